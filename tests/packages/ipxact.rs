//! The component follows the schema of IEEE 1685-2014, and its registers are those of the SystemRDL.

use crate::support::{COMBINATIONAL, MASTER, Package, REGISTERS, STREAMS, python_tool, said};

#[test]
fn components_follow_the_schema() {
    let Some(python) = python_tool("python3") else { return };
    let packages = [COMBINATIONAL, STREAMS, REGISTERS, MASTER].map(Package::new);
    let mut command = packages[0].beside(python);
    command.arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/packages/check_ipxact.py"));
    let output = command.args(packages.iter().map(Package::folder)).output().expect("Python starts");
    let expected = "\
gelu_q3_5: 2 ports; 0 registers, buses:
softmax_x2_8: 13 ports; 0 registers, buses: clk slave clock, rst_n slave reset
pacq_gemm_w4_d1_biased_acc_fp16_fp16_g32: 38 ports; 8 registers, buses: s_axi slave AXI4-Lite, s_axis_a slave AXI4Stream, \
s_axis_b slave AXI4Stream, s_axis_scale slave AXI4Stream, m_axis_c master AXI4Stream, clk slave clock, rst_n slave reset
meadow_decoder_layer_p1_h8_d8_k4_r8_w4_b64_none: 55 ports; 7 registers, buses: m_axi master AXI4, s_axi slave AXI4-Lite, \
clk slave clock, rst_n slave reset
";
    assert!(output.status.success(), "{}", said(&output));
    assert_eq!(said(&output), expected);
}
