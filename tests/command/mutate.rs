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
fn only_the_modules_that_are_named_are_changed() {
    let workplace = Workplace::new();
    let mutants = |modules: &[&str]| {
        let block = ["mutate", "meadow_mac_pe", "--set", "lanes=2", "--mutants", "3", "--json"];
        workplace.run(&[&block[..], modules].concat())
    };
    let report: Value = serde_json::from_str(&mutants(&["--module", "meadow_mac_pe"]).succeeded()).unwrap();
    let modules: Vec<&str> = report["mutants"]
        .as_array()
        .unwrap()
        .iter()
        .map(|mutant| mutant["module"].as_str().unwrap())
        .collect();
    assert!(modules.len() == 3 && modules.iter().all(|module| module.starts_with("meadow_mac_pe")));
    let refused = mutants(&["--module", "meadow_mac_pe", "--module", "meadow_scores"]).refused();
    assert!(refused.contains("no module begins with `meadow_scores`; modules: "), "{refused}");
}

#[test]
fn the_table_ends_in_the_score() {
    let workplace = Workplace::new();
    let score = workplace.run(&FEW).succeeded();
    assert!(score.starts_with("12 of ") && score.ends_with(" 0 survived\n"), "{score}");
    // None survived, so only --verbose prints mutants.
    assert_eq!(score.lines().count(), 1, "{score}");
    let all = workplace.run(&[&FEW[..], &["--verbose"]].concat());
    assert_eq!((all.status, all.stdout.lines().count()), (Some(0), 13), "{all:?}");
    assert!(all.stdout.ends_with(&score), "{all:?}");
}
