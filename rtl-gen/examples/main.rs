//! Simulates an example, or prints its Verilog.

use examples::{EXAMPLES, Example};
use sim::{Interpreter, Options};
use std::error::Error;
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let find = |name: &str| EXAMPLES.iter().find(|example| example.name == name);
    let done = match arguments.as_slice() {
        [name] => find(name).map(simulate),
        [name, "--verilog"] => find(name).map(print),
        _ => None,
    };
    match done {
        Some(Ok(())) => ExitCode::SUCCESS,
        Some(Err(error)) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
        None => {
            let names = EXAMPLES.map(|example| example.name).join("|");
            eprintln!("usage: example {names} [--verilog]");
            ExitCode::from(2)
        }
    }
}

fn simulate(example: &Example) -> Result<(), Box<dyn Error>> {
    let mut simulator = Interpreter::new(&(example.netlist)()?, Options::default())?;
    println!("{}", (example.exercise)(&mut simulator)?);
    Ok(())
}

fn print(example: &Example) -> Result<(), Box<dyn Error>> {
    let files = verilog::print(&(example.netlist)()?, &verilog::Options::default());
    files.iter().for_each(|file| print!("{}", file.text));
    Ok(())
}
