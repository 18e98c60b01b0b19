// Drives the example: factors in every cycle; rows with gaps, and with pauses of who takes the probabilities.
module testbench;
    reg clock = 0;
    always #5 clock = !clock;

    reg [31:0] factors [0:`FACTORS - 1];
    reg [36:0] rows [0:`ROWS - 1];
    integer factor = 0, row = 0, idle = 0;
    reg reset_n = 0, valid = 0, ready = 0, taken = 0;
    wire [31:0] multiplied = factors[factor];
    wire [36:0] offered = rows[row];
    wire [63:0] products;
    wire [31:0] probabilities;
    wire [3:0] keep;
    wire last, error, in_ready, out_valid;

    top dut (
        .clock(clock), .reset_n(reset_n),
        .activation(multiplied[31:16]), .weights(multiplied[15:0]), .products(products),
        .scores(offered[36:5]), .keep(offered[4:1]), .last(offered[0]), .scores_valid(valid), .scores_ready(in_ready),
        .probabilities(probabilities), .probabilities_keep(keep), .probabilities_last(last), .error(error),
        .probabilities_valid(out_valid), .probabilities_ready(ready)
    );

    initial begin
        $readmemh("factors.hex", factors);
        $readmemh("rows.hex", rows);
        repeat (3) @(negedge clock);
        reset_n = 1;
    end

    // What passes at an edge is there before it.
    always @(posedge clock) if (reset_n) begin
        taken <= valid && in_ready;
        idle <= out_valid ? 0 : idle + 1;
        if (out_valid && ready) $display("row %h %h %h %h", probabilities, keep, last, error);
        if (idle > 200 && factor == `FACTORS) $finish;
    end

    always @(negedge clock) if (reset_n) begin
        ready = $random;
        if (taken) row = row + 1;
        if (taken || !valid) valid = row < `ROWS && $random % 4 != 0;
        if (factor < `FACTORS) begin
            $display("product %h", products);
            factor = factor + 1;
        end
    end
endmodule
