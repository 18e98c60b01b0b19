//! The `bench` command.

use bench::activity::Activity;
use bench::designs::workloads;
use bench::engine::builtin;
use std::error::Error;
use std::time::Instant;

const CYCLES: u64 = 10_000;

fn main() -> Result<(), Box<dyn Error>> {
    for workload in workloads() {
        let (operators, activity) = (workload.operators(), Activity::of(&workload));
        println!("{}: {}, {operators} operators, {activity:?}", workload.name, workload.about);
        for engine in builtin() {
            let start = Instant::now();
            let mut run = engine.build(&workload)?;
            let built = Instant::now();
            let signature = run.run(CYCLES)?;
            let speed = CYCLES as f64 / built.elapsed().as_secs_f64();
            println!(
                "  {}: {signature:016x}, built in {:?}, {speed:.0} cycles/s",
                engine.name(),
                built - start
            );
        }
    }
    Ok(())
}
