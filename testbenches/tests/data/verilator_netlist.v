// The product of two signed numbers of 3 bits, as look-up tables and carries that synthesis for an
// iCE40 makes of it. Verilator 5.006 computes it wrongly, without a warning, when its peephole
// rules are switched off with -fno-dfg-peephole; -fno-dfg switches off all passes over dataflow
// graphs and is right. 5.048 is right with both.
module verilator_netlist (
    input  wire [2:0] x,
    input  wire [2:0] y,
    output wire [5:0] p
);
    wire [5:0] f;
    wire [3:0] c;
    wire [5:0] carry;
    wire [3:0] b;
    wire [3:0] d;
    wire [5:0] e;

    lut #(16'hb0c8) lut0 (f[2], p[0], b[0], d[2], d[3]);
    lut #(16'h0f00) lut1 (e[4], 1'b0, 1'b0, f[4], e[5]);
    lut #(16'h3000) lut2 (f[4], 1'b0, x[1], c[3], y[2]);
    lut #(16'h3003) lut3 (f[3], 1'b0, c[2], x[1], c[3]);
    lut #(16'hb44b) lut4 (e[3], x[1], y[2], c[2], c[3]);
    lut #(16'h3c00) lut5 (c[3], 1'b0, y[0], y[1], x[2]);
    lut #(16'h6996) lut6 (p[3], 1'b0, e[3], f[2], 1'b0);
    lut #(16'h6996) lut7 (p[5], 1'b0, e[5], f[4], carry[5]);
    lut #(16'h6996) lut8 (p[4], 1'b0, e[4], f[3], carry[4]);
    assign carry[5] = e[4] & f[3] | (e[4] | f[3]) & carry[4];
    assign carry[4] = e[3] & f[2] | (e[3] | f[2]) & 1'b0;
    lut #(16'h4bb4) lut11 (p[2], p[0], b[0], d[3], d[2]);
    lut #(16'h1777) lut12 (c[2], b[0], y[2], y[0], x[2]);
    lut #(16'hf000) lut13 (b[0], 1'b0, 1'b0, x[1], y[1]);
    lut #(16'h0f00) lut14 (d[2], 1'b0, 1'b0, x[0], y[2]);
    lut #(16'h3fc0) lut15 (d[3], 1'b0, x[2], y[0], y[2]);
    lut #(16'h7888) lut16 (p[1], x[0], y[1], x[1], y[0]);
    lut #(16'hf000) lut17 (p[0], 1'b0, 1'b0, x[0], y[0]);
    lut #(16'heef0) lut18 (e[5], y[0], y[1], y[2], x[2]);
    assign d[1:0] = { b[0], p[0] };
    assign b[3:1] = { x[2], y[0], y[2] };
    assign c[1:0] = { y[2], x[1] };
    assign f[1:0] = 2'b0;
    assign e[2:0] = p[2:0];
    assign carry[3:0] = 4'b0;
endmodule

module lut (
    output wire o,
    input  wire i0,
    input  wire i1,
    input  wire i2,
    input  wire i3
);
    parameter [15:0] TABLE = 16'h0;
    wire [7:0] s3 = i3 ? TABLE[15:8] : TABLE[7:0];
    wire [3:0] s2 = i2 ? s3[7:4] : s3[3:0];
    wire [1:0] s1 = i1 ? s2[3:2] : s2[1:0];
    assign o = i0 ? s1[1] : s1[0];
endmodule
