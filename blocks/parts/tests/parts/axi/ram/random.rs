//! A master and a host that do anything at any time.

use super::golden::{Burst, Bytes};
use super::{FAST, bench, fill};
use crate::axi::Source;
use crate::support::Bench;
use fastrand::Rng;
use parts::axi::axi_ram::Memory;
use std::collections::VecDeque;

/// Bursts of reads, and as many of writes.
const BURSTS: usize = 700;

/// A beat of data: data, strobes, last.
type Data = [u64; 3];

/// What happened.
#[derive(Default)]
struct Seen {
    /// Beats of reads and of writes.
    beats: [u64; 2],
    /// Beats of reads that followed one of another burst that was not done.
    mixed: u64,
    /// Bursts of reads whose last beat came before that of an older one.
    overtaking: u64,
    /// Beats with each response.
    responses: [u64; 4],
    /// Beats read whose word was written since their address was taken.
    renewed: u64,
}

/// The masters, what they sent, and what they expect.
struct Traffic<'a> {
    memory: &'a Memory,
    bytes: Bytes,
    rng: Rng,
    /// Out of 8: how often a channel has a beat or takes one.
    eagerness: u8,
    cycle: u64,
    read_asks: Source<Burst>,
    write_asks: Source<Burst>,
    data: Source<Data>,
    host: Source<[u64; 3]>,
    /// Reads whose address was taken.
    reads: Vec<Burst>,
    /// The ID of the last beat of reads, where its burst was not done.
    last_id: Option<u64>,
    /// Writes whose address was taken.
    writes: VecDeque<Burst>,
    worst: u64,
    /// ID, response, the first cycle in which it may come.
    responses: VecDeque<[u64; 3]>,
    host_answers: VecDeque<u64>,
    seen: Seen,
}

impl<'a> Traffic<'a> {
    fn new(memory: &'a Memory, bytes: &[u8], eagerness: u8, mut rng: Rng) -> Traffic<'a> {
        let mut bursts = || (0..BURSTS).map(|_| Burst::random(memory, &mut rng)).collect::<Vec<_>>();
        let (reads, writes) = (bursts(), bursts());
        let lasts = writes.iter().flat_map(|burst| (1..=burst.beats).map(|beat| beat == burst.beats));
        let data = lasts.map(|last| [rng.u32(..).into(), rng.u64(..16), last.into()]).collect();
        let host = (0..BURSTS).map(|_| [rng.u64(..2), rng.u64(..6), rng.u32(..).into()]).collect();
        Traffic {
            memory,
            bytes: Bytes::new(bytes),
            rng,
            eagerness,
            cycle: 1,
            read_asks: Source::new(reads),
            write_asks: Source::new(writes),
            data: Source::new(data),
            host: Source::new(host),
            reads: vec![],
            last_id: None,
            writes: VecDeque::new(),
            worst: 0,
            responses: VecDeque::new(),
            host_answers: VecDeque::new(),
            seen: Seen::default(),
        }
    }

    fn goes(&mut self) -> bool {
        self.rng.u8(..8) < self.eagerness
    }

    fn drive(&mut self, bench: &mut Bench) {
        let [read, write, data, read_ready, write_ready] = [(); 5].map(|()| self.goes());
        let burst = self.read_asks.offer(read).cloned();
        offer(bench, "ar", burst.as_ref());
        let burst = self.write_asks.offer(write).cloned();
        offer(bench, "aw", burst.as_ref());
        let beat = self.data.offer(data);
        bench.set("s_axi_wvalid", beat.is_some().into());
        beat.inspect(|beat| set_all(bench, "s_axi_w", &["data", "strb", "last"], &beat[..]));
        bench.set("s_axi_rready", read_ready.into());
        bench.set("s_axi_bready", write_ready.into());
        let host = self.rng.u8(..32) == 0;
        let access = self.host.offer(host);
        bench.set("host_valid", access.is_some().into());
        access.inspect(|access| set_all(bench, "host_", &["write", "address", "data"], &access[..]));
        bench.set("host_out_ready", self.goes().into());
    }

    /// Sees what was transferred in this cycle; the data that comes first, so that the host sees it.
    fn see(&mut self, bench: &mut Bench) {
        self.see_data(bench);
        self.see_host(bench);
        if bench.fires("s_axi_r") {
            self.see_read(bench);
        }
        if bench.get("s_axi_bvalid") == 1 {
            let [id, resp, due] = *self.responses.front().expect("a response is due");
            assert!(self.cycle >= due, "a response comes early");
            assert_eq!([bench.get("s_axi_bid"), bench.get("s_axi_bresp")], [id, resp]);
        }
        if bench.fires("s_axi_b") {
            self.responses.pop_front();
        }
        let asked =
            [("s_axi_ar", &mut self.read_asks), ("s_axi_aw", &mut self.write_asks)].map(|(name, asks)| {
                let fires = bench.fires(name);
                let burst = asks.offer(false).filter(|_| fires).cloned();
                asks.see(fires);
                burst.map(|burst| Burst { from: self.cycle, ..burst })
            });
        let [read, write] = asked;
        self.reads.extend(read);
        self.writes.extend(write);
        self.cycle += 1;
    }

    fn see_data(&mut self, bench: &mut Bench) {
        if !bench.fires("s_axi_w") {
            return;
        }
        let [data, strobes, _] = *self.data.offer(false).expect("data was offered");
        self.data.see(true);
        self.seen.beats[1] += 1;
        let burst = self.writes.front_mut().expect("data is not taken before its address");
        let response = burst.response(self.memory);
        if response == 0 {
            self.bytes.write(self.cycle, burst.word(), data, strobes);
        }
        self.worst = self.worst.max(response);
        if burst.move_on() {
            self.responses.push_back([burst.id, self.worst, self.cycle + u64::from(self.memory.latency)]);
            self.writes.pop_front();
            self.worst = 0;
        }
    }

    fn see_host(&mut self, bench: &mut Bench) {
        if bench.fires("host_out") {
            assert_eq!(Some(bench.get("host_out_data")), self.host_answers.pop_front());
        }
        if !bench.fires("host") {
            return;
        }
        let [write, address, data] = *self.host.offer(false).expect("an access was offered");
        self.host.see(true);
        match write {
            // A cycle after data that comes now.
            1 => self.bytes.write(self.cycle + 1, address, data, 0b1111),
            _ => self.host_answers.push_back(self.bytes.word(address)),
        }
    }

    fn see_read(&mut self, bench: &mut Bench) {
        let [id, data, resp, last] =
            ["id", "data", "resp", "last"].map(|name| bench.get(&format!("s_axi_r{name}")));
        let index = self.reads.iter().position(|burst| burst.id == id).expect("it was asked for");
        assert!(self.memory.is_unordered || index == 0, "a read overtakes another");
        let burst = &mut self.reads[index];
        let word = burst.word();
        assert!(self.cycle >= burst.from + u64::from(self.memory.latency), "{burst:?} comes early");
        assert_eq!(resp, burst.response(self.memory), "{burst:?}");
        match resp {
            0 => {
                assert!(
                    self.bytes.may_be(word, data, burst.from),
                    "{data:x} in cycle {}: {burst:?}",
                    self.cycle
                );
                self.seen.renewed += u64::from(!self.bytes.may_be(word, data, self.cycle + 1));
            }
            _ => assert_eq!(data, 0),
        }
        self.seen.mixed += u64::from(self.last_id.is_some_and(|last| last != id));
        self.seen.overtaking += u64::from(last == 1 && index != 0);
        self.seen.beats[0] += 1;
        self.seen.responses[resp as usize] += 1;
        self.last_id = (last == 0).then_some(id);
        assert_eq!(burst.move_on(), last == 1, "`last` is elsewhere than the burst ends");
        if last == 1 {
            self.reads.remove(index);
        }
    }

    fn is_over(&self) -> bool {
        let sources = [&self.read_asks, &self.write_asks];
        let is_sent =
            sources.iter().all(|source| source.is_empty()) && self.data.is_empty() && self.host.is_empty();
        is_sent && self.reads.is_empty() && self.responses.is_empty() && self.host_answers.is_empty()
    }
}

fn set_all(bench: &mut Bench, prefix: &str, names: &[&str], values: &[u64]) {
    names.iter().zip(values).for_each(|(name, value)| bench.set(&format!("{prefix}{name}"), *value));
}

/// Drives an address channel.
fn offer(bench: &mut Bench, channel: &str, burst: Option<&Burst>) {
    bench.set(&format!("s_axi_{channel}valid"), burst.is_some().into());
    if let Some(Burst { id, address, beats, size, kind, .. }) = burst {
        let names = ["id", "addr", "len", "size", "burst"];
        set_all(bench, &format!("s_axi_{channel}"), &names, &[*id, *address, beats - 1, *size, *kind]);
    }
}

fn run(memory: &Memory, eagerness: u8, seed: u64) -> Seen {
    let mut bench = bench(memory);
    let mut rng = Rng::with_seed(seed);
    let bytes = fill(&mut bench, memory.words, &mut rng);
    let mut traffic = Traffic::new(memory, &bytes, eagerness, rng);
    while !traffic.is_over() {
        traffic.drive(&mut bench);
        traffic.see(&mut bench);
        bench.tick();
        assert!(traffic.cycle < 200_000, "it hangs");
    }
    for word in 0..memory.words {
        assert_eq!(super::read_word(&mut bench, word), traffic.bytes.word(word), "word {word}");
    }
    let seen = traffic.seen;
    assert_eq!([bench.get("read_beats"), bench.get("written_beats")], seen.beats);
    assert!(bench.violations().is_empty(), "{:?}", bench.violations());
    for (response, least) in [(0, 500), (2, 50), (3, 50)] {
        assert!(seen.responses[response] >= least, "{:?}", seen.responses);
    }
    seen
}

#[test]
fn any_traffic_in_order() {
    let memory = Memory { words: 600, fails_from: Some(550), ..FAST };
    let renewed =
        run(&memory, 7, 1).renewed + run(&Memory { latency: 25, rate: 200, ..memory }, 3, 2).renewed;
    assert!(renewed > 10, "{renewed} reads saw a write that came after them");
    run(&Memory { latency: 7, rate: 511, words: 512, fails_from: None, ..memory }, 8, 3);
}

#[test]
fn any_traffic_out_of_order() {
    let memory = Memory { words: 600, fails_from: Some(550), is_unordered: true, ..FAST };
    for (memory, eagerness) in [(memory, 7), (Memory { latency: 25, rate: 200, ..memory }, 3)] {
        let seen = run(&memory, eagerness, 4);
        assert!(
            seen.mixed > 200 && seen.overtaking > 50,
            "{} mixed, {} overtaking",
            seen.mixed,
            seen.overtaking
        );
    }
}
