//! Prints the design as Verilog.

fn main() {
    print!("{}", accelerator::verilog());
}
