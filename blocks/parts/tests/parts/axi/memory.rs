//! A memory behind the ports of a DMA.

use super::{BYTES, SPACE};
use crate::support::Bench;
use fastrand::Rng;
use std::collections::VecDeque;

/// The response of a memory that fails.
const SLAVE_ERROR: u64 = 2;
/// Bursts do not cross multiples of this.
const BOUNDARY: usize = 4096;

/// How a memory behaves.
#[derive(Clone, Copy)]
pub struct Behaviour {
    /// Cycles from an address to its data, or from the last data to the response.
    pub latency: u64,
    /// Out of 4: how often it stalls a channel, or pauses its answers.
    pub stalls: u8,
    /// Bursts with different IDs are answered in any order.
    pub is_unordered: bool,
    /// Answers with an error for addresses of which this is true.
    pub fails: fn(usize) -> bool,
}

/// It answers at once, and never fails.
pub const FAST: Behaviour = Behaviour { latency: 1, stalls: 0, is_unordered: false, fails: |_| false };

/// Errors in the first bytes of each page.
pub fn fails_at_pages(address: usize) -> bool {
    address % BOUNDARY < 64
}

/// A burst that was asked for.
struct Burst {
    id: u64,
    addresses: VecDeque<usize>,
    /// Not answered before this cycle.
    due: u64,
    has_failed: bool,
}

/// Bytes, and the bursts under way.
pub struct Memory {
    /// The name of the master's port.
    port: &'static str,
    pub bytes: Vec<u8>,
    behaviour: Behaviour,
    rng: Rng,
    cycle: u64,
    /// Bursts to be answered; of each ID in their order.
    pending: Vec<Burst>,
    /// Bursts of writes whose data has not all come.
    open: VecDeque<Burst>,
    /// The burst that is answered in this cycle.
    answered: Option<usize>,
    /// The most bursts that were under way.
    pub most_pending: usize,
}

impl Memory {
    /// Random bytes, behind a DMA.
    pub fn new(behaviour: Behaviour, seed: u64) -> Memory {
        Memory::at("m_axi", behaviour, seed)
    }

    /// Behind a port of this name.
    pub fn at(port: &'static str, behaviour: Behaviour, seed: u64) -> Memory {
        let mut rng = Rng::with_seed(seed);
        let bytes = (0..SPACE).map(|_| rng.u8(..)).collect();
        let (pending, open) = (vec![], VecDeque::new());
        Memory { port, bytes, behaviour, rng, cycle: 0, pending, open, answered: None, most_pending: 0 }
    }

    fn named(&self, member: &str) -> String {
        format!("{}_{member}", self.port)
    }

    fn set(&self, bench: &mut Bench, member: &str, value: u64) {
        bench.set(&self.named(member), value);
    }

    fn goes(&mut self) -> bool {
        self.rng.u8(..4) >= self.behaviour.stalls
    }

    /// Chooses a burst to answer, which it keeps to until the answer is taken.
    fn choose(&mut self) {
        if self.answered.is_some() || !self.goes() {
            return;
        }
        let is_first =
            |index: usize| self.pending[..index].iter().all(|other| other.id != self.pending[index].id);
        let due = |index: &usize| self.pending[*index].due <= self.cycle && is_first(*index);
        let ready: Vec<usize> = (0..self.pending.len()).filter(due).collect();
        self.answered = match self.behaviour.is_unordered {
            true => self.rng.choice(ready),
            false => ready.first().copied().filter(|index| *index == 0),
        };
    }

    /// The burst that an address channel asks for, which must be legal.
    fn burst(&self, bench: &mut Bench, channel: &str) -> Burst {
        let mut get = |name: &str| bench.get(&self.named(&format!("{channel}{name}")));
        let (id, address, beats) = (get("id"), get("addr") as usize, get("len") as usize + 1);
        assert_eq!((get("size"), get("burst")), (2, 1), "4 bytes a beat, incrementing");
        assert!(address.is_multiple_of(BYTES) && beats <= 4);
        assert_eq!(address / BOUNDARY, (address + beats * BYTES - 1) / BOUNDARY, "a burst crosses 4 KiB");
        let addresses = (0..beats).map(|beat| address + beat * BYTES).collect();
        Burst { id, addresses, due: self.cycle + self.behaviour.latency, has_failed: false }
    }

    /// Drives the channels of reads for this cycle.
    pub fn drive_reads(&mut self, bench: &mut Bench) {
        self.choose();
        let ready = self.goes();
        self.set(bench, "arready", ready.into());
        self.set(bench, "rvalid", self.answered.is_some().into());
        let Some(index) = self.answered else { return };
        let burst = &self.pending[index];
        let address = burst.addresses[0];
        let word =
            self.bytes[address..][..BYTES].iter().rev().fold(0, |word, byte| word << 8 | u64::from(*byte));
        self.set(bench, "rid", burst.id);
        self.set(bench, "rdata", word);
        self.set(bench, "rlast", (burst.addresses.len() == 1).into());
        self.set(bench, "rresp", if (self.behaviour.fails)(address) { SLAVE_ERROR } else { 0 });
    }

    /// Sees what was transferred in this cycle.
    pub fn see_reads(&mut self, bench: &mut Bench) {
        if bench.fires(&self.named("ar")) {
            let burst = self.burst(bench, "ar");
            assert!(self.pending.iter().all(|other| other.id != burst.id), "an ID is used twice");
            self.pending.push(burst);
        }
        if bench.fires(&self.named("r")) {
            let index = self.answered.take().expect("an answer was offered");
            self.pending[index].addresses.pop_front();
            if self.pending[index].addresses.is_empty() {
                self.pending.remove(index);
            }
        }
        self.end_cycle();
    }

    /// Drives the channels of writes for this cycle.
    pub fn drive_writes(&mut self, bench: &mut Bench) {
        self.choose();
        let (address, data) = (self.goes(), self.goes());
        self.set(bench, "awready", address.into());
        self.set(bench, "wready", (data && !self.open.is_empty()).into());
        self.set(bench, "bvalid", self.answered.is_some().into());
        let Some(index) = self.answered else { return };
        self.set(bench, "bid", self.pending[index].id);
        self.set(bench, "bresp", if self.pending[index].has_failed { SLAVE_ERROR } else { 0 });
    }

    /// Sees what was transferred in this cycle.
    pub fn see_writes(&mut self, bench: &mut Bench) {
        if bench.fires(&self.named("aw")) {
            let burst = self.burst(bench, "aw");
            self.open.push_back(burst);
        }
        if bench.fires(&self.named("w")) {
            self.store(bench);
        }
        if bench.fires(&self.named("b")) {
            let index = self.answered.take().expect("an answer was offered");
            self.pending.remove(index);
        }
        self.end_cycle();
    }

    fn store(&mut self, bench: &mut Bench) {
        let [data, strobes, last] =
            ["data", "strb", "last"].map(|name| bench.get(&self.named(&format!("w{name}"))));
        let burst = &mut self.open[0];
        let address = burst.addresses.pop_front().expect("a burst has a beat");
        burst.has_failed |= (self.behaviour.fails)(address);
        for lane in (0..BYTES).filter(|lane| strobes >> lane & 1 == 1) {
            self.bytes[address + lane] = (data >> (8 * lane)) as u8;
        }
        assert_eq!(last == 1, burst.addresses.is_empty(), "`last` is elsewhere than the burst ends");
        if burst.addresses.is_empty() {
            burst.due = self.cycle + self.behaviour.latency;
            self.pending.extend(self.open.pop_front());
        }
    }

    fn end_cycle(&mut self) {
        self.most_pending = self.most_pending.max(self.pending.len() + self.open.len());
        self.cycle += 1;
    }
}
