//! The circuits of the generation benchmark in kaze: `kaze-peer CIRCUIT SIZE` prints what it took.

use kaze::{Context, Module, Signal, verilog};
use std::time::Instant;

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let size: usize = arguments[2].parse().expect("a size");
    let start = Instant::now();
    let context = Context::new();
    let mut text = vec![];
    match arguments[1].as_str() {
        "array" => array(&context, size, &mut text),
        circuit => prefix(&context, circuit, size, &mut text),
    }
    let seconds = start.elapsed().as_secs_f64();
    println!(r#"{{"seconds":{seconds},"bytes":{},"peak_kib":{}}}"#, text.len(), peak_kib());
}

fn prefix<'a>(context: &'a Context<'a>, circuit: &str, size: usize, text: &mut Vec<u8>) {
    let m = context.module("prefix");
    let width = size.ilog2() + 1;
    let words: Vec<&Signal> = (0..size / 64).map(|index| m.input(format!("x{index}"), 64)).collect();
    let bit = |lane: usize| m.lit(0u32, width - 1).concat(words[lane / 64].bit(lane as u32 % 64));
    let mut counts: Vec<&Signal> = (0..size).map(bit).collect();
    let mut distance = 1;
    while distance < size {
        let before = counts.clone();
        for lane in 0..size {
            let other = match circuit {
                "kogge-stone" => lane.checked_sub(distance),
                "sklansky" => (lane & distance != 0).then(|| (lane & !(2 * distance - 1)) + distance - 1),
                unknown => panic!("no prefix network `{unknown}`"),
            };
            if let Some(other) = other {
                counts[lane] = before[lane] + before[other];
            }
        }
        distance *= 2;
    }
    for (lane, count) in counts.into_iter().enumerate() {
        m.output(format!("y{lane}"), count);
    }
    verilog::generate(m, text).expect("memory takes any text");
}

fn array<'a>(context: &'a Context<'a>, size: usize, text: &mut Vec<u8>) {
    let element = element(context);
    let m = context.module("array");
    let (mut a, mut sum): (&Signal, &Signal) = (m.input("a", 8), m.lit(0u32, 32));
    for index in 0..size {
        let child = m.instance(format!("u{index}"), "element");
        child.drive_input("a", a);
        child.drive_input("b", m.input(format!("b{index}"), 8));
        child.drive_input("sum", sum);
        (a, sum) = (child.output("a_next"), child.output("sum_next"));
    }
    m.output("a_next", a);
    m.output("sum", sum);
    verilog::generate(element, &mut *text).expect("memory takes any text");
    verilog::generate(m, text).expect("memory takes any text");
}

fn element<'a>(context: &'a Context<'a>) -> &'a Module<'a> {
    let m = context.module("element");
    let (a, b) = (m.input("a", 8), m.input("b", 8));
    let sum = m.reg("sum_q", 32);
    sum.drive_next(m.input("sum", 32) + m.lit(0u32, 16).concat(a * b));
    m.output("a_next", a.reg_next("a_q"));
    m.output("sum_next", sum.value);
    m
}

/// The peak memory of this process so far.
fn peak_kib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or(0)
}
