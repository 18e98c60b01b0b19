// Three small datapaths, each of which some Verilator release computes wrongly without any
// warning at its default optimisation. A simulator that gets them wrong cannot be trusted with
// a flattened floating-point datapath, and the version string does not tell: some packaged
// builds print no version number.
//
//   output         wrong in        flag that avoids it      Verilator issue
//   sum_parity     4.224 to 5.008  -fno-const-bit-op-tree   4059
//   signed_addend  up to 5.026     -fno-const-bit-op-tree   5186
//   shift_*        5.048, 5.050    -fno-dfg-peephole        7955
//
// The shape of the expressions is the test: a simpler equivalent is simulated correctly.
module verilator_regression (
    input  wire [32:0] x,
    input  wire [3:0]  first,
    input  wire [3:0]  second,
    output wire        sum_parity,
    output wire [31:0] signed_addend,
    output wire [15:0] shift_left,
    output wire [15:0] shift_right
);
    // Parity of the 2-bit sum x[1:0] + x[9:8], predicted from the addends and the carry into
    // its upper bit. The defect loses a NOT which stands, in an XOR tree, before a term
    // that is not a plain bit (here the carry).
    wire carry    = x[0] & x[8];
    wire parity_a = ~(x[0] ^ x[1]);
    wire parity_b = x[8] ^ x[9];
    assign sum_parity = ~((parity_a ^ carry) ^ parity_b);

    // The sign x[31] of an addend, recovered from the effective operation, below its magnitude.
    // The defect leaves x[32] above the sign: the mask is lost when all but bit 31 cancels.
    wire subtract = x[32] ^ x[31];
    assign signed_addend = {x[30:0], subtract ^ x[32]};

    // Two shifts in a row. The defect adds the two amounts in 4 bits, so 8 and 8 shift by 0.
    assign shift_left  = (x[15:0] << first) << second;
    assign shift_right = (x[15:0] >> first) >> second;
endmodule
