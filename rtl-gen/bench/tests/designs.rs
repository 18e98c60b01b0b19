//! The designs are as the benchmarks describe them, and the engines agree on them.

use bench::activity::Activity;
use bench::designs::{irregular, workload, workloads};
use bench::engine::{Engine, builtin};
use bench::workload::Workload;

/// Long enough to include the clearing of memories.
const CYCLES: u64 = 1300;

fn signature(engine: &dyn Engine, workload: &Workload) -> u64 {
    let run = engine.build(workload).and_then(|mut run| run.run(CYCLES));
    run.unwrap_or_else(|error| panic!("{} on {}: {error}", workload.name, engine.name()))
}

#[test]
fn engines_agree() {
    let engines = builtin();
    for workload in workloads() {
        let expected = signature(&*engines[0], &workload);
        assert_ne!(expected, 0, "{} computes nothing", workload.name);
        for engine in &engines[1..] {
            let found = signature(&**engine, &workload);
            assert_eq!(found, expected, "{} on {}", workload.name, engine.name());
        }
    }
}

#[test]
fn sizes_are_those_of_the_targets() {
    for (name, legal) in [("datapath", 300..=360), ("lanes", 19_000..=21_500), ("irregular", 19_000..=21_500)]
    {
        let operators = workload(name).operators();
        assert!(legal.contains(&operators), "{name} has {operators} operators");
    }
}

#[test]
fn lanes_are_all_busy_or_one_in_twenty() {
    assert_eq!(Activity::of(&workload("lanes")).instances, Some(1.0));
    let idle = Activity::of(&workload("lanes_idle")).instances.expect("it has instances");
    assert!((0.03..0.07).contains(&idle), "{idle}");
}

/// With a name on every operator, a simulator shows how many of them change.
#[test]
fn all_of_the_irregular_design_toggles() {
    let named = Workload::new("irregular", "", irregular::netlist(irregular::Names::Everything));
    let changes = bench::activity::changes(&named, |_| true);
    let mean = changes.iter().sum::<f64>() / changes.len() as f64;
    let still = changes.iter().filter(|changes| **changes == 0.0).count();
    assert!(mean > 0.6, "{mean} of the signals change in a cycle");
    assert!(still * 50 < changes.len(), "{still} of {} signals never change", changes.len());
}
