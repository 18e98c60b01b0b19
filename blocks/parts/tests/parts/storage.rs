//! Queues, compared with Rust's, and what assertions say of misuse.

use crate::bench;
use fastrand::Rng;
use std::collections::VecDeque;

/// Random pushes and pops; `has_room` says whether a push has room, given the length and the pop.
fn behaves(name: &str, depth: usize, has_room: fn(usize, usize, bool) -> bool) {
    let (mut bench, mut queue, mut rng) = (bench(name), VecDeque::new(), Rng::with_seed(3));
    let (mut was_full, mut was_empty) = (false, false);
    for cycle in 0..20_000 {
        // Long phases of filling and emptying reach both ends.
        let is_filling = cycle / 100 % 2 == 0;
        let pop = !queue.is_empty() && rng.u8(..4) < if is_filling { 1 } else { 3 };
        let push = has_room(queue.len(), depth, pop) && rng.u8(..4) < if is_filling { 3 } else { 1 };
        let word = rng.u64(..1 << 16);
        bench.set("push", push.into());
        bench.set("pop", pop.into());
        bench.set("word", word);
        assert_eq!(bench.get("has_word"), u64::from(!queue.is_empty()), "cycle {cycle}");
        if let Some(front) = queue.front() {
            assert_eq!(bench.get("front"), *front, "cycle {cycle}");
        }
        match name {
            "fifo" => assert_eq!(bench.get("is_full"), u64::from(queue.len() == depth), "cycle {cycle}"),
            other => assert_eq!(
                bench.get("has_room"),
                u64::from(has_room(queue.len(), depth, pop)),
                "{other} {cycle}"
            ),
        }
        (was_full, was_empty) = (was_full | (queue.len() == depth), was_empty | queue.is_empty());
        if pop {
            queue.pop_front();
        }
        if push {
            queue.push_back(word);
        }
        bench.tick();
    }
    assert!(was_full && was_empty && bench.violations().is_empty(), "{:?}", bench.violations());
}

#[test]
fn words_leave_in_order() {
    behaves("fifo", 32, |length, depth, _| length < depth);
    behaves("shift_queue", 3, |length, depth, pop| length < depth || pop);
}

#[test]
fn misuse_is_reported() {
    for (name, depth) in [("fifo", 32), ("shift_queue", 3)] {
        let mut empty = bench(name);
        empty.set("pop", 1);
        empty.tick();
        assert_eq!(empty.violations(), ["queue_pop_has_word"], "{name}");

        let mut full = bench(name);
        full.set("push", 1);
        (0..depth).for_each(|_| full.tick());
        assert!(full.violations().is_empty(), "{name}");
        full.tick();
        assert_eq!(full.violations(), ["queue_push_has_room"], "{name}");
    }
}
