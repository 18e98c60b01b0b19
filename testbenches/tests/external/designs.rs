//! Designs in Verilog, and a model in Rust of one of them.

use hdl::{Bits, Direction, Port};
use sim::Simulator;
use testbenches::VerilogDesign;

/// Every size that Verilator stores in its own way, and the sizes around them.
pub const WIDTHS: [u32; 9] = [1, 8, 16, 32, 33, 64, 65, 128, 200];

pub fn input(name: &str, width: u32) -> Port {
    Port { name: name.into(), width, direction: Direction::Input }
}

pub fn output(name: &str, width: u32) -> Port {
    Port { name: name.into(), width, direction: Direction::Output }
}

pub fn design(top: &str, clock: Option<&str>, ports: Vec<Port>, text: &str) -> VerilogDesign {
    let files = vec![(format!("{top}.v"), text.to_string())];
    let clock = clock.map(String::from);
    VerilogDesign { top: top.into(), files, ports, clock, asynchronous_reset: None }
}

/// Combinational: output `y<width>` is input `a<width>` rotated right by one bit, and inverted.
pub fn rotate() -> VerilogDesign {
    let ports = WIDTHS
        .iter()
        .flat_map(|&width| [input(&format!("a{width}"), width), output(&format!("y{width}"), width)]);
    let ports: Vec<Port> = ports.collect();
    let declared =
        ports.iter().map(|port| format!("{} wire [{}:0] {}", port.direction, port.width - 1, port.name));
    let assigned = WIDTHS.iter().map(|&width| match width {
        1 => "  assign y1 = ~a1;\n".to_string(),
        _ => format!("  assign y{width} = ~{{a{width}[0], a{width}[{}:1]}};\n", width - 1),
    });
    let (declared, assigned) = (declared.collect::<Vec<_>>().join(", "), assigned.collect::<String>());
    design("rotate", None, ports, &format!("module rotate({declared});\n{assigned}endmodule\n"))
}

/// What [`rotate`] computes.
pub fn rotated(value: &Bits) -> Bits {
    let mut result = Bits::zero(value.width());
    (0..value.width()).for_each(|bit| result.set_bit(bit, !value.bit((bit + 1) % value.width())));
    result
}

/// Two stages: the product of two 16-bit numbers, two cycles later; 0 after reset.
pub fn pipeline() -> VerilogDesign {
    let ports = vec![input("rst_n", 1), input("a", 16), input("b", 16), output("y", 32)];
    let text = "\
module pipeline(input wire clk, input wire rst_n, input wire [15:0] a, input wire [15:0] b, output wire [31:0] y);
  reg [31:0] stage0;
  reg [31:0] stage1;
  wire [31:0] product = {16'd0, a} * {16'd0, b};
  always @(posedge clk) begin
    if (!rst_n) begin
      stage0 <= 32'd0;
      stage1 <= 32'd0;
    end else begin
      stage0 <= product;
      stage1 <= stage0;
    end
  end
  assign y = stage1;
endmodule
";
    design("pipeline", Some("clk"), ports, text)
}

/// Indices of [`pipeline`]'s ports.
pub const RST_N: usize = 0;
pub const A: usize = 1;
pub const B: usize = 2;
pub const Y: usize = 3;

/// A model of [`pipeline`]: it stands for the built-in simulator.
pub struct Pipeline {
    ports: Vec<Port>,
    inputs: [u64; 3],
    stages: [u64; 2],
}

impl Pipeline {
    pub fn new() -> Pipeline {
        Pipeline { ports: pipeline().ports, inputs: [0; 3], stages: [0; 2] }
    }
}

impl Simulator for Pipeline {
    fn ports(&self) -> &[Port] {
        &self.ports
    }

    fn poke(&mut self, port: usize, value: &Bits) {
        self.inputs[port] = value.to_u64();
    }

    fn peek(&mut self, port: usize) -> Bits {
        let value = if port == Y { self.stages[1] } else { self.inputs[port] };
        Bits::truncated(value as u128, self.ports[port].width)
    }

    fn tick(&mut self) {
        let [rst_n, a, b] = self.inputs;
        self.stages = if rst_n == 1 { [a * b, self.stages[0]] } else { [0, 0] };
    }

    fn poke_u64(&mut self, port: usize, value: u64) {
        self.inputs[port] = value;
    }

    fn peek_u64(&mut self, port: usize) -> u64 {
        self.peek(port).to_u64()
    }

    sim::ports_only!();
}

/// Drives a pipeline for `cycles` cycles: in reset for the first two and for the 20th, then any numbers.
pub fn drive(pipeline: &mut impl Simulator, cycles: u64, mut each: impl FnMut(u64, &mut dyn FnMut() -> u64)) {
    let mut numbers = Numbers(cycles);
    for cycle in 0..cycles {
        pipeline.poke_u64(RST_N, u64::from(cycle > 1 && cycle != 20));
        pipeline.poke_u64(A, numbers.next() & 0xffff);
        pipeline.poke_u64(B, numbers.next() & 0xffff);
        each(cycle, &mut || pipeline.peek_u64(Y));
        pipeline.tick();
    }
}

/// A register without reset: its output is X until the first load.
pub fn unknown() -> VerilogDesign {
    let ports = vec![input("load", 1), input("d", 8), output("q", 8), output("known", 4)];
    let text = "\
module unknown(input wire clk, input wire load, input wire [7:0] d, output wire [7:0] q, output wire [3:0] known);
  reg [7:0] register;
  always @(posedge clk) begin
    if (load) register <= d;
  end
  assign q = {register[7:4], d[3:0]};
  assign known = d[3:0] & register[3:0];
endmodule
";
    design("unknown", Some("clk"), ports, text)
}

/// Pseudo-random numbers (xorshift).
pub struct Numbers(pub u64);

impl Numbers {
    pub fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    pub fn bits(&mut self, width: u32) -> Bits {
        let limbs: Vec<u64> = (0..hdl::limbs_for(width)).map(|_| self.next()).collect();
        Bits::from_limbs(width, &limbs)
    }
}
