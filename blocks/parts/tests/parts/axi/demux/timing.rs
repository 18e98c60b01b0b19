//! Cycles from port to port, and the beats that are lost.

use super::TWO;
use crate::axi::SPACE;
use crate::support::Bench;
use parts::axi::axi_demux::{axi_demux, axi_read_demux};

fn bench() -> Bench {
    let mut bench = Bench::new(|design| axi_demux(design, &TWO));
    for memory in [0, 1] {
        for ready in ["arready", "awready", "wready"] {
            bench.set(&format!("m_axi{memory}_{ready}"), 1);
        }
    }
    ["s_axi_rready", "s_axi_bready"].iter().for_each(|ready| bench.set(ready, 1));
    bench
}

#[test]
fn each_channel_takes_a_cycle() {
    let mut bench = bench();
    for (from, to) in [("s_axi_ar", "m_axi0_ar"), ("s_axi_aw", "m_axi0_aw"), ("m_axi0_b", "s_axi_b")] {
        bench.set(&format!("{from}valid"), 1);
        assert_eq!((bench.fires(from), bench.get(&format!("{to}valid"))), (true, 0));
        bench.tick();
        bench.set(&format!("{from}valid"), 0);
        assert_eq!(bench.get(&format!("{to}valid")), 1, "{from}");
        bench.tick();
    }
}

/// As many bursts of an ID are under way as the shape says.
#[test]
fn bursts_of_an_id_are_bounded() {
    let mut bench = bench();
    bench.set("s_axi_arvalid", 1);
    let mut asked = 0;
    for _ in 0..20 {
        asked += u32::from(bench.fires("m_axi0_ar"));
        bench.tick();
    }
    assert_eq!(asked, TWO.outstanding);
}

/// Two bursts of reads, one of each memory, whose data is always there: a beat leaves in each cycle, from each memory in turn.
#[test]
fn memories_take_turns() {
    for module in [axi_demux, axi_read_demux] {
        let mut bench = Bench::new(|design| module(design, &TWO));
        bench.set("s_axi_rready", 1);
        for memory in [0, 1] {
            bench.set(&format!("m_axi{memory}_arready"), 1);
            bench.set("s_axi_arvalid", 1);
            bench.set("s_axi_arid", memory);
            bench.set("s_axi_araddr", memory * SPACE as u64);
            bench.set("s_axi_arlen", 255);
            bench.tick();
        }
        bench.set("s_axi_arvalid", 0);
        for memory in [0, 1] {
            bench.set(&format!("m_axi{memory}_rvalid"), 1);
            bench.set(&format!("m_axi{memory}_rid"), memory);
        }
        bench.tick();
        let ids: Vec<u64> = (0..100)
            .map(|_| {
                assert!(bench.fires("s_axi_r"));
                let id = bench.get("s_axi_rid");
                bench.tick();
                id
            })
            .collect();
        assert!(ids.windows(2).all(|pair| pair[0] != pair[1]), "{ids:?}");
        assert!(bench.violations().is_empty(), "{:?}", bench.violations());
    }
}

/// Beats of data out of the demultiplexer in 400 cycles, in bursts of 4 to the memories that `of` gives.
fn written(of: fn(u64) -> u64) -> u64 {
    let mut bench = bench();
    let (mut addresses, mut beats, mut left) = (0, 0, 0);
    for channel in ["aw", "w"] {
        bench.set(&format!("s_axi_{channel}valid"), 1);
    }
    bench.set("s_axi_awlen", 3);
    // Each memory answers a burst in the cycle after its end.
    let mut answers = [0u64; 2];
    for _ in 0..400 {
        bench.set("s_axi_awaddr", of(addresses) * SPACE as u64);
        bench.set("s_axi_wlast", u64::from(beats % 4 == 3));
        for (memory, answers) in answers.iter_mut().enumerate() {
            bench.set(&format!("m_axi{memory}_bvalid"), u64::from(*answers > 0));
            *answers -= u64::from(bench.fires(&format!("m_axi{memory}_b")));
            let goes = bench.fires(&format!("m_axi{memory}_w"));
            left += u64::from(goes);
            *answers += u64::from(goes && bench.get(&format!("m_axi{memory}_wlast")) == 1);
        }
        addresses += u64::from(bench.fires("s_axi_aw"));
        beats += u64::from(bench.fires("s_axi_w"));
        bench.tick();
    }
    assert!(bench.violations().is_empty(), "{:?}", bench.violations());
    left
}

#[test]
fn another_memory_costs_a_beat() {
    assert_eq!(written(|_| 1), 398);
    // Five cycles for four beats.
    let switching = written(|burst| burst % 2);
    assert!((316..=319).contains(&switching), "{switching}");
}
