// Drives the design of awkward names: a word of stimulus in each step.
module testbench;
    reg [408:0] words [0:`WORDS - 1];
    reg [408:0] word;
    wire [199:0] result;
    wire [7:0] sum;
    wire is_odd;
    wire [8:0] narrow_result;
    integer index;

    top dut (
        .word(word[408:209]), .inverts(word[208]), .other(word[207:8]), .summand(word[7:0]),
        .result(result), .sum(sum), .is_odd(is_odd), .narrow_result(narrow_result), .unused_sum(), .unused_odd()
    );

    initial begin
        $readmemh("words.hex", words);
        for (index = 0; index < `WORDS; index = index + 1) begin
            word = words[index];
            #1 $display("%h %h %h %h", result, sum, is_odd, narrow_result);
        end
    end
endmodule
