//! Mutants of blocks.

use crate::support::Workplace;
use serde_json::Value;

const FEW: [&str; 6] = ["mutate", "pacq_mul", "--set", "weight_bits=2", "--mutants", "12"];

#[test]
fn every_mutant_has_a_verdict_and_none_survives() {
    let workplace = Workplace::new();
    let report: Value =
        serde_json::from_str(&workplace.run(&[&FEW[..], &["--json"]].concat()).succeeded()).unwrap();
    let mutants = report["mutants"].as_array().unwrap();
    assert_eq!(mutants.len(), 12);
    assert!(report["possible"].as_u64() > Some(12), "{report}");
    for verdict in ["killed", "equivalent", "survived"] {
        let count = mutants.iter().filter(|mutant| mutant["verdict"] == verdict).count();
        assert_eq!(report[verdict], count, "{verdict}");
    }
    assert!(report["killed"].as_u64() > Some(6), "{report}");
    assert_eq!(report["survived"], 0);
}

#[test]
fn the_table_ends_in_the_score() {
    let stdout = Workplace::new().run(&FEW).succeeded();
    assert_eq!(stdout.lines().count(), 13, "{stdout}");
    assert!(
        stdout.lines().last().unwrap().contains(" mutants: ") && stdout.ends_with(" 0 survived\n"),
        "{stdout}"
    );
}
