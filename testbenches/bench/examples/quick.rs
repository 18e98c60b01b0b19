use bench::engine::{Builtin, Engine};
use std::time::Instant;
fn main() {
    let only = std::env::args().nth(1);
    let wanted = std::env::args().nth(2);
    for workload in bench::designs::workloads() {
        if only.as_ref().is_some_and(|only| !workload.name.contains(only.as_str())) {
            continue;
        }
        println!("== {} ({} operators)", workload.name, workload.operators());
        let engines: Vec<Box<dyn Engine>> = vec![
            Box::new(Builtin::new("interpreter", |n| sim::Interpreter::new(n, Default::default()))),
            Box::new(Builtin::new("flat", |n| {
                sim::Compiled::with(
                    n,
                    Default::default(),
                    sim::CompileOptions {
                        sharing: sim::Sharing::Never,
                        gating: sim::Gating::Never,
                        ..Default::default()
                    },
                )
            })),
            Box::new(Builtin::new("scalar", |n| {
                sim::Compiled::with(
                    n,
                    Default::default(),
                    sim::CompileOptions {
                        lanes: sim::Lanes::Scalar,
                        gating: sim::Gating::Never,
                        ..Default::default()
                    },
                )
            })),
            Box::new(Builtin::new("vector", |n| {
                sim::Compiled::with(
                    n,
                    Default::default(),
                    sim::CompileOptions { gating: sim::Gating::Never, ..Default::default() },
                )
            })),
            Box::new(Builtin::new("gated", |n| {
                sim::Compiled::with(
                    n,
                    Default::default(),
                    sim::CompileOptions { gating: sim::Gating::Always, ..Default::default() },
                )
            })),
            Box::new(Builtin::new("adaptive", |n| sim::Compiled::new(n, Default::default()))),
        ];
        let mut sums = vec![];
        for engine in engines {
            if wanted.as_ref().is_some_and(|w| *w != engine.name()) {
                continue;
            }
            let start = Instant::now();
            let mut run = engine.build(&workload).unwrap();
            let build = start.elapsed();
            let cycles = if wanted.is_some() {
                1000000
            } else if workload.operators() > 5000 {
                3000
            } else {
                100000
            };
            sums.push(run.run(cycles).unwrap());
            let mut best = f64::MAX;
            for _ in 0..3 {
                let start = Instant::now();
                run.run(cycles).unwrap();
                best = best.min(start.elapsed().as_nanos() as f64 / cycles as f64);
            }
            println!("{:>12}: build {:?}, {:.1} ns/cycle", engine.name(), build, best);
        }
        assert!(sums.windows(2).all(|p| p[0] == p[1]), "{sums:x?}");
    }
}
