//! A memory that answers reads as it likes, and sees data before it takes an address.

use crate::support::Bench;
use fastrand::Rng;
use std::collections::VecDeque;

/// A burst of reads.
struct Read {
    id: u64,
    address: u64,
    beats: u64,
    done: u64,
}

/// One of the memories.
pub struct Memory {
    port: String,
    number: u64,
    rng: Rng,
    /// Reads that were asked for, of each ID in their order.
    reads: Vec<Read>,
    /// The one of which a beat is offered.
    offered: Option<usize>,
    /// Bursts of data that are to come.
    addresses: VecDeque<u64>,
    /// Bursts of data that came, with or without their address.
    data: VecDeque<u64>,
    /// Responses that are to be given.
    responses: VecDeque<u64>,
    offers_response: bool,
    /// The address of each write, with the number of its data, in their order.
    pub written: Vec<[u64; 2]>,
}

/// What a memory has at an address, in the beat of a number.
pub fn content(memory: u64, address: u64, beat: u64) -> u64 {
    memory << 30 | address << 9 | beat
}

/// Its response.
pub fn response(memory: u64, address: u64) -> u64 {
    (memory + address / 8) % 4
}

impl Memory {
    pub fn new(number: u64, seed: u64) -> Memory {
        Memory {
            port: format!("m_axi{number}"),
            number,
            rng: Rng::with_seed(seed),
            reads: vec![],
            offered: None,
            addresses: VecDeque::new(),
            data: VecDeque::new(),
            responses: VecDeque::new(),
            offers_response: false,
            written: vec![],
        }
    }

    fn port(&self, member: &str) -> String {
        format!("{}_{member}", self.port)
    }

    fn set(&self, bench: &mut Bench, member: &str, value: u64) {
        bench.set(&self.port(member), value);
    }

    fn get(&self, bench: &mut Bench, member: &str) -> u64 {
        bench.get(&self.port(member))
    }

    pub fn drive(&mut self, bench: &mut Bench) {
        let ready = self.rng.bool();
        self.set(bench, "arready", ready.into());
        let is_first =
            |index: &usize| self.reads[..*index].iter().all(|read| read.id != self.reads[*index].id);
        let choice: Vec<usize> = (0..self.reads.len()).filter(is_first).collect();
        if self.offered.is_none() && self.rng.u8(..4) > 0 {
            self.offered = self.rng.choice(choice);
        }
        self.set(bench, "rvalid", self.offered.is_some().into());
        if let Some(Read { id, address, beats, done }) = self.offered.map(|index| &self.reads[index]) {
            let data = content(self.number, *address, *done);
            let last = done + 1 == *beats;
            for (member, value) in [
                ("rid", *id),
                ("rdata", data),
                ("rlast", last.into()),
                ("rresp", response(self.number, *address)),
            ] {
                self.set(bench, member, value);
            }
        }
        // It takes an address only when it sees data.
        let takes_address = self.rng.bool() && self.get(bench, "wvalid") == 1;
        self.set(bench, "awready", takes_address.into());
        let takes_data = self.rng.bool() && (takes_address || !self.addresses.is_empty());
        self.set(bench, "wready", takes_data.into());
        self.offers_response |= !self.responses.is_empty() && self.rng.u8(..8) == 0;
        self.set(bench, "bvalid", self.offers_response.into());
        self.set(bench, "bresp", self.responses.front().copied().unwrap_or(0));
    }

    pub fn see(&mut self, bench: &mut Bench) {
        if bench.fires(&self.port("ar")) {
            let [id, address, len] = ["arid", "araddr", "arlen"].map(|member| self.get(bench, member));
            self.reads.push(Read { id, address, beats: len + 1, done: 0 });
        }
        if bench.fires(&self.port("r")) {
            let index = self.offered.take().expect("it was offered");
            self.reads[index].done += 1;
            if self.reads[index].done == self.reads[index].beats {
                self.reads.remove(index);
            }
        }
        if bench.fires(&self.port("aw")) {
            assert_eq!(self.get(bench, "awid"), 0);
            self.addresses.push_back(self.get(bench, "awaddr"));
        }
        if bench.fires(&self.port("w")) && self.get(bench, "wlast") == 1 {
            self.data.push_back(self.get(bench, "wdata"));
        }
        if bench.fires(&self.port("b")) {
            self.responses.pop_front();
            self.offers_response = false;
        }
        while let (Some(address), Some(data)) = (self.addresses.front(), self.data.front()) {
            self.written.push([*address, *data]);
            self.responses.push_back(response(self.number, *address));
            self.addresses.pop_front();
            self.data.pop_front();
        }
    }
}
