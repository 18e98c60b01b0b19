//! A master that uses IDs as it likes, and sends data before addresses, in front of four memories.

use super::memory::{Memory, content, response};
use super::{FOUR, SHAPE};
use crate::axi::{SPACE, Source};
use crate::support::Bench;
use fastrand::Rng;
use parts::axi::axi_demux::axi_demux;
use std::collections::VecDeque;

/// Bursts of reads, and as many of writes.
const BURSTS: usize = 1500;

#[derive(Clone, Copy, Debug)]
struct Burst {
    id: u64,
    memory: u64,
    address: u64,
    beats: u64,
    done: u64,
}

impl Burst {
    /// With its number as the address.
    fn random(rng: &mut Rng, number: usize, ids: u64) -> Burst {
        let (id, memory, beats) = (rng.u64(..ids), rng.u64(..4), rng.u64(1..5));
        Burst { id, memory, address: number as u64 * 8, beats, done: 0 }
    }

    fn offer(&self, bench: &mut Bench, channel: &str) {
        let address = self.memory * SPACE as u64 + self.address;
        for (member, value) in [("id", self.id), ("addr", address), ("len", self.beats - 1)] {
            bench.set(&format!("s_axi_{channel}{member}"), value);
        }
    }
}

struct Master {
    rng: Rng,
    /// Out of 4: how often a channel has no beat, or takes none.
    stalls: u8,
    reads: Source<Burst>,
    writes: Source<Burst>,
    /// The number of the burst, and whether the beat is its last one.
    data: Source<[u64; 2]>,
    /// What was asked for and is not answered.
    reading: Vec<Burst>,
    writing: VecDeque<Burst>,
    /// Answers so far.
    answered: [usize; 2],
    /// Beats that followed one of another burst which had not ended.
    mixed: usize,
    last: Option<u64>,
}

impl Master {
    fn new(reads: Vec<Burst>, writes: &[Burst], stalls: u8, rng: Rng) -> Master {
        let of = |(number, burst): (u64, &Burst)| {
            (1..=burst.beats).map(|beat| [number, u64::from(beat == burst.beats)]).collect::<Vec<_>>()
        };
        let data = (0..).zip(writes).flat_map(of).collect();
        Master {
            rng,
            stalls,
            reads: Source::new(reads),
            writes: Source::new(writes.to_vec()),
            data: Source::new(data),
            reading: vec![],
            writing: VecDeque::new(),
            answered: [0; 2],
            mixed: 0,
            last: None,
        }
    }

    fn goes(&mut self) -> bool {
        self.rng.u8(..4) >= self.stalls
    }

    fn drive(&mut self, bench: &mut Bench) {
        let [read, write, data, read_ready, write_ready] = [(); 5].map(|()| self.goes());
        for (channel, source, goes) in [("ar", &mut self.reads, read), ("aw", &mut self.writes, write)] {
            let burst = source.offer(goes);
            bench.set(&format!("s_axi_{channel}valid"), burst.is_some().into());
            burst.inspect(|burst| burst.offer(bench, channel));
        }
        let beat = self.data.offer(data);
        bench.set("s_axi_wvalid", beat.is_some().into());
        beat.inspect(|[number, last]| {
            bench.set("s_axi_wdata", *number);
            bench.set("s_axi_wlast", *last);
        });
        bench.set("s_axi_rready", read_ready.into());
        bench.set("s_axi_bready", write_ready.into());
    }

    fn see(&mut self, bench: &mut Bench) {
        if bench.fires("s_axi_r") {
            self.see_read(bench);
        }
        if bench.fires("s_axi_b") {
            let Burst { id, memory, address, .. } = self.writing.pop_front().expect("a response is due");
            let found = ["id", "resp"].map(|member| bench.get(&format!("s_axi_b{member}")));
            assert_eq!(found, [id, response(memory, address)]);
            self.answered[1] += 1;
        }
        self.data.see(bench.fires("s_axi_w"));
        let take = |source: &mut Source<Burst>, fires: bool| {
            let burst = source.offer(false).copied().filter(|_| fires);
            source.see(fires);
            burst
        };
        self.reading.extend(take(&mut self.reads, bench.fires("s_axi_ar")));
        self.writing.extend(take(&mut self.writes, bench.fires("s_axi_aw")));
    }

    fn see_read(&mut self, bench: &mut Bench) {
        let [id, data, resp, last] =
            ["id", "data", "resp", "last"].map(|member| bench.get(&format!("s_axi_r{member}")));
        let index = self.reading.iter().position(|burst| burst.id == id).expect("it was asked for");
        let burst = &mut self.reading[index];
        let expected =
            [content(burst.memory, burst.address, burst.done), response(burst.memory, burst.address)];
        assert_eq!([data, resp], expected, "{burst:?}");
        burst.done += 1;
        assert_eq!(last == 1, burst.done == burst.beats);
        self.mixed += usize::from(self.last.is_some_and(|before| before != id));
        self.last = (last == 0).then_some(id);
        if last == 1 {
            self.reading.remove(index);
            self.answered[0] += 1;
        }
    }
}

/// Runs random bursts of so many IDs; returns how many beats were mixed.
fn run(ids: u64, stalls: u8, seed: u64) -> usize {
    let mut bench = Bench::new(|design| axi_demux(design, &FOUR));
    let mut rng = Rng::with_seed(seed);
    let mut bursts = || (0..BURSTS).map(|number| Burst::random(&mut rng, number, ids)).collect::<Vec<_>>();
    let (reads, writes) = (bursts(), bursts());
    let mut memories: Vec<Memory> = (0..4).map(|number| Memory::new(number, seed + number)).collect();
    let mut master = Master::new(reads, &writes, stalls, rng);
    let mut cycles = 0;
    while master.answered != [BURSTS; 2] {
        master.drive(&mut bench);
        memories.iter_mut().for_each(|memory| memory.drive(&mut bench));
        master.see(&mut bench);
        memories.iter_mut().for_each(|memory| memory.see(&mut bench));
        bench.tick();
        cycles += 1;
        assert!(cycles < 100_000, "it hangs");
    }
    // The data of a burst went to the memory of its address.
    for (number, memory) in (0..).zip(&memories) {
        let numbered = (0..).zip(&writes).filter(|(_, write)| write.memory == number);
        let expected: Vec<[u64; 2]> = numbered.map(|(place, write)| [write.address, place]).collect();
        assert_eq!(memory.written, expected);
    }
    assert!(bench.violations().is_empty(), "{:?}", bench.violations());
    master.mixed
}

#[test]
fn any_traffic() {
    let ids = SHAPE.outstanding.into();
    let mixed = run(ids, 0, 1);
    assert!(mixed > 500, "{mixed} beats were mixed");
    run(ids, 2, 2);
    assert_eq!(run(1, 0, 3), 0, "data of one ID is in order");
}
