//! The circuits of the generation benchmark in rust-hdl: `rust-hdl-peer CIRCUIT SIZE` prints what it took.
//!
//! A kernel of rust-hdl cannot compute which lanes are added, since its loops know only their own index. So the
//! prefix networks provide the syntax tree that its macro would generate, which also saves rust-hdl the unrolling of
//! loops.

mod array;
mod prefix;

use prefix::Prefix;
use rust_hdl_core::prelude::*;
use std::time::Instant;

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let size: usize = arguments[2].parse().expect("a size");
    let start = Instant::now();
    let text = match arguments[1].as_str() {
        "array" => generated(array::Array::new(size)),
        circuit => prefix(circuit, size),
    };
    let seconds = start.elapsed().as_secs_f64();
    println!(r#"{{"seconds":{seconds},"bytes":{},"peak_kib":{}}}"#, text.len(), peak_kib());
}

/// The widths of the counts are types, so every width that is generated is listed here.
fn prefix(circuit: &str, size: usize) -> String {
    match size.ilog2() {
        6 => generated(Prefix::<7>::new(circuit, size)),
        7 => generated(Prefix::<8>::new(circuit, size)),
        8 => generated(Prefix::<9>::new(circuit, size)),
        9 => generated(Prefix::<10>::new(circuit, size)),
        10 => generated(Prefix::<11>::new(circuit, size)),
        11 => generated(Prefix::<12>::new(circuit, size)),
        12 => generated(Prefix::<13>::new(circuit, size)),
        13 => generated(Prefix::<14>::new(circuit, size)),
        14 => generated(Prefix::<15>::new(circuit, size)),
        _ => panic!("no prefix network of {size} lanes"),
    }
}

fn generated(mut design: impl Block) -> String {
    design.connect_all();
    generate_verilog(&design)
}

/// The peak memory of this process so far.
fn peak_kib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or(0)
}
