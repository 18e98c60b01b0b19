//! Streams: what goes in comes out, once and in order.

use crate::bench;
use crate::support::Bench;
use fastrand::Rng;
use hdl::{Design, Field, ModuleRef};
use parts::stream::fork::fork_to;

/// Offers numbers at `in` and takes them at the outputs, both at random, and checks that each output has all of them
/// in order.
fn passes(mut bench: Bench, outputs: &[&str]) {
    let mut rng = Rng::with_seed(5);
    let (mut sent, mut valid, mut received) = (0, false, vec![0; outputs.len()]);
    for cycle in 0..5000 {
        valid = valid || rng.u8(..4) < 3;
        bench.set("in_valid", valid.into());
        bench.set("in_data", sent);
        for output in outputs {
            bench.set(&format!("{output}_ready"), rng.bool().into());
        }
        for (output, received) in outputs.iter().zip(&mut received) {
            let fires = bench.get(&format!("{output}_valid")) & bench.get(&format!("{output}_ready"));
            if fires == 1 {
                assert_eq!(bench.get(&format!("{output}_data")), *received, "cycle {cycle}");
                *received += 1;
            }
        }
        if valid && bench.get("in_ready") == 1 {
            (sent, valid) = (sent + 1, false);
        }
        bench.tick();
    }
    assert!(received.iter().all(|received| *received > 1000 && sent - received < 4), "{sent} {received:?}");
    assert!(bench.violations().is_empty(), "{:?}", bench.violations());
}

#[test]
fn beats_pass_once_and_in_order() {
    passes(bench("pipeline"), &["out"]);
    passes(bench("skid"), &["out"]);
    passes(bench("fork"), &["left", "right"]);
}

/// Two branches, each of which wants the beats whose bit of `wanted` is 1.
fn with_choice(design: &Design) -> ModuleRef {
    design.module("choice", &[], |m| {
        let fields = [Field::new("data", 32, "the word"), Field::new("wanted", 2, "its branches")];
        let source = m.input_stream("in", &fields);
        let branches = ["left", "right"].map(|name| m.output_stream(name, &[Field::new("data", 32, "")]));
        branches.iter().for_each(|branch| branch.set_field("data", source.field("data")));
        fork_to(m, &source, &branches, &source.field("wanted").split_lsb(1));
    })
}

#[test]
fn a_beat_goes_to_the_branches_that_want_it() {
    let (mut bench, mut rng) = (Bench::new(with_choice), Rng::with_seed(6));
    let wanted: Vec<u64> = (0..1000).map(|_| rng.u64(..4)).collect();
    let (mut sent, mut valid, mut received) = (0, false, [vec![], vec![]]);
    while sent < wanted.len() {
        valid = valid || rng.u8(..4) < 3;
        bench.set("in_valid", valid.into());
        bench.set("in_data", sent as u64);
        bench.set("in_wanted", wanted[sent]);
        for (branch, received) in ["left", "right"].iter().zip(&mut received) {
            bench.set(&format!("{branch}_ready"), rng.bool().into());
            if bench.fires(branch) {
                received.push(bench.get(&format!("{branch}_data")));
            }
        }
        if bench.fires("in") {
            (sent, valid) = (sent + 1, false);
        }
        bench.tick();
    }
    let expected = [0, 1].map(|branch| {
        let goes = |number: &u64| wanted[*number as usize] >> branch & 1 == 1;
        (0..wanted.len() as u64).filter(goes).collect::<Vec<u64>>()
    });
    assert_eq!(received, expected);
    assert!(bench.violations().is_empty(), "{:?}", bench.violations());
}

#[test]
fn a_slot_keeps_its_beat_until_it_is_used() {
    let mut bench = bench("slot");
    for number in 1..100 {
        bench.set("in_valid", 1);
        bench.set("in_data", number);
        bench.set("uses", 0);
        assert_eq!((bench.get("is_full"), bench.get("in_ready")), (0, 1));
        bench.tick();
        bench.set("in_data", 0);
        for _ in 0..number % 4 {
            assert_eq!((bench.get("is_full"), bench.get("in_ready"), bench.get("word")), (1, 0, number));
            bench.tick();
        }
        bench.set("uses", 1);
        assert_eq!(bench.get("word"), number);
        bench.tick();
    }
}

/// Requests that stay until they are served are served in turn, one at a time, and a grant does not move.
#[test]
fn grants_go_round() {
    let (mut bench, mut rng) = (bench("arbiter"), Rng::with_seed(9));
    let (mut requests, mut waits, mut waiting, mut served) = (0u64, [0; 4], None, 0);
    for cycle in 0..10_000 {
        requests |= rng.u64(..16) & rng.u64(..16);
        let taken = rng.bool();
        bench.set("requests", requests);
        bench.set("taken", taken.into());
        let (grant, index) = (bench.get("grant"), bench.get("index"));
        assert_eq!(grant, if requests == 0 { 0 } else { 1 << index }, "cycle {cycle}");
        assert!(requests == 0 || requests >> index & 1 == 1);
        assert!(waiting.is_none_or(|waiting| waiting == grant), "the grant moves in cycle {cycle}");
        waiting = (grant != 0 && !taken).then_some(grant);
        if grant != 0 && taken {
            requests &= !grant;
            served += 1;
            for (place, waits) in waits.iter_mut().enumerate() {
                *waits = if requests >> place & 1 == 1 { *waits + 1 } else { 0 };
                assert!(*waits <= 4, "requester {place} waits for {waits} others in cycle {cycle}");
            }
        }
        bench.tick();
    }
    assert!(served > 3000 && bench.violations().is_empty(), "{:?}", bench.violations());
}

#[test]
fn a_request_that_goes_away_is_reported() {
    let mut bench = bench("arbiter");
    for requests in [1, 0] {
        bench.set("requests", requests);
        bench.set("taken", 0);
        bench.tick();
    }
    assert!(bench.violations().contains(&"turn_requests_stay".to_string()), "{:?}", bench.violations());
}
