//! The DMAs copy matrices from and to two memories.

use super::TWO;
use crate::axi::memory::{Behaviour, FAST, Memory, fails_at_pages};
use crate::axi::{BYTES, Command, LONG, SPACE, Source};
use crate::support::Bench;
use fastrand::Rng;
use hdl::{Design, ModuleRef};
use parts::axi::axi_demux::axi_demux;
use parts::axi::read_dma::read_dma;
use parts::axi::write_dma::{DONE, write_dma};
use parts::axi::{Data, MatrixBeat, PortOf};

/// The ports of the memories.
const PORTS: [&str; 2] = ["m_axi0", "m_axi1"];

/// Both DMAs in front of two memories: what the one reads the other writes.
fn copier(design: &Design) -> ModuleRef {
    design.module("copier", &[], |m| {
        let reader = m.instance("u_reader", read_dma(design, &TWO));
        let writer = m.instance("u_writer", write_dma(design, &TWO));
        let demux = m.instance("u_demux", axi_demux(design, &TWO));
        for (stream, dma) in [("from", reader), ("to", writer)] {
            dma.input_stream("command", &TWO.command()).connect(&m.input_stream(stream, &TWO.command()));
        }
        let out = reader.output_stream("out", &TWO.matrix_beat());
        let into = writer.input_stream("in", &TWO.data());
        into.set_valid(out.valid());
        out.set_ready(into.ready());
        let MatrixBeat { data, last, error, .. } = out.payload;
        into.set_payload(Data { data });
        m.output("ends", out.fires() & last, "a matrix was read");
        m.output("fails", error, "it came with an error");
        m.output_stream("done", &DONE).connect(&writer.output_stream("done", &DONE));
        TWO.join_reads(PortOf(reader, "m_axi"), PortOf(demux, "s_axi"));
        TWO.join_writes(PortOf(writer, "m_axi"), PortOf(demux, "s_axi"));
        for port in PORTS {
            TWO.selected().connect_reads(m, port, PortOf(demux, port));
            TWO.selected().connect_writes(m, port, PortOf(demux, port));
        }
    })
}

/// A matrix in one of the memories, which it goes round.
#[derive(Clone, Copy, Debug)]
struct Place {
    memory: usize,
    command: Command,
}

impl Place {
    fn random(of: &Command, rng: &mut Rng) -> Place {
        let Command { address, stride, tile_stride, .. } = Command::random(rng);
        Place { memory: rng.usize(..2), command: Command { address, stride, tile_stride, ..*of } }
    }

    fn offer_to(&self, bench: &mut Bench, stream: &str) {
        let address = self.command.address + (self.memory * SPACE) as u64;
        Command { address, ..self.command }.offer_to(bench, stream);
    }

    fn addresses(&self) -> Vec<usize> {
        self.command.row_addresses().concat()
    }

    fn fails(&self, fails: fn(usize) -> bool) -> bool {
        self.addresses().iter().any(|address| fails(address / BYTES * BYTES))
    }
}

/// The memories that are read, and those that are written: these have other bytes.
struct Memories {
    read: [Memory; 2],
    written: [Memory; 2],
}

impl Memories {
    fn new(behaviours: [Behaviour; 2], seed: u64) -> Memories {
        let of = |seed: u64| {
            [0, 1].map(|memory| Memory::at(PORTS[memory], behaviours[memory], seed + memory as u64))
        };
        Memories { read: of(seed), written: of(seed + 2) }
    }

    /// What the written memories have after the copies.
    fn expected(&self, copies: &[[Place; 2]]) -> [Vec<u8>; 2] {
        let mut bytes = self.written.each_ref().map(|memory| memory.bytes.clone());
        for [from, to] in copies {
            for (source, target) in from.addresses().into_iter().zip(to.addresses()) {
                bytes[to.memory][target] = self.read[from.memory].bytes[source];
            }
        }
        bytes
    }

    fn drive(&mut self, bench: &mut Bench) {
        self.read.iter_mut().for_each(|memory| memory.drive_reads(bench));
        self.written.iter_mut().for_each(|memory| memory.drive_writes(bench));
    }

    fn see(&mut self, bench: &mut Bench) {
        self.read.iter_mut().for_each(|memory| memory.see_reads(bench));
        self.written.iter_mut().for_each(|memory| memory.see_writes(bench));
    }
}

/// Copies, and compares all bytes and the errors; returns the cycles.
fn run(copies: &[[Place; 2]], behaviours: [Behaviour; 2], stalls: u8, seed: u64) -> u64 {
    let mut bench = Bench::new(copier);
    let mut rng = Rng::with_seed(seed);
    let mut memories = Memories::new(behaviours, seed);
    let expected = memories.expected(copies);
    let fails = |place: &Place| place.fails(behaviours[place.memory].fails);
    let mut sources =
        [0, 1].map(|side| Source::new(copies.iter().map(|copy| copy[side]).collect::<Vec<_>>()));
    let (mut read, mut written, mut cycles) = (0, 0, 0);
    bench.set("done_ready", 1);
    while written < copies.len() {
        for (source, stream) in sources.iter_mut().zip(["from", "to"]) {
            let place = source.offer(rng.u8(..4) >= stalls);
            bench.set(&format!("{stream}_valid"), place.is_some().into());
            place.inspect(|place| place.offer_to(&mut bench, stream));
        }
        memories.drive(&mut bench);
        for (source, stream) in sources.iter_mut().zip(["from", "to"]) {
            source.see(bench.fires(stream));
        }
        if bench.get("ends") == 1 {
            assert_eq!(bench.get("fails") == 1, fails(&copies[read][0]), "{:?}", copies[read]);
            read += 1;
        }
        if bench.fires("done") {
            assert_eq!(bench.get("done_error") == 1, fails(&copies[written][1]), "{:?}", copies[written]);
            written += 1;
        }
        memories.see(&mut bench);
        bench.tick();
        cycles += 1;
        assert!(cycles < 1_000_000, "it hangs");
    }
    assert!(memories.written.iter().zip(&expected).all(|(memory, bytes)| memory.bytes == *bytes));
    assert!(bench.violations().is_empty(), "{:?}", bench.violations());
    cycles
}

#[test]
fn any_matrix_is_copied_from_and_to_any_memory() {
    let mut rng = Rng::with_seed(1);
    let copy = |_| {
        let of = Command::random(&mut rng);
        [0, 1].map(|_| Place::random(&of, &mut rng))
    };
    let mut copies: Vec<[Place; 2]> = (0..150).map(copy).collect();
    // Rows go on at the beginning of their memory.
    for (from, to) in [(0, 1), (1, 0)] {
        let at_end = |memory: usize, address: usize| Place {
            memory,
            command: Command { address: address as u64, row_bytes: 100, rows: 2, ..LONG },
        };
        copies.push([at_end(from, SPACE - 50), at_end(to, 3)]);
        copies.push([at_end(from, 5), at_end(to, SPACE - 50)]);
    }
    let slow = Behaviour { latency: 20, stalls: 2, is_unordered: true, fails: fails_at_pages };
    run(&copies, [FAST, FAST], 0, 1);
    run(&copies, [slow, FAST], 1, 2);
    run(&copies, [FAST, slow], 0, 3);
    run(&copies, [slow, Behaviour { latency: 3, stalls: 1, ..slow }], 1, 4);
}

/// Long rows come and go at a beat a cycle, each from one memory to the other.
#[test]
fn a_beat_a_cycle() {
    let place = |memory| Place { memory, command: LONG };
    let beats = LONG.row_bytes * LONG.rows / BYTES as u64;
    let cycles = run(&[[place(0), place(1)], [place(1), place(0)]], [FAST, FAST], 0, 5);
    assert!(cycles < 2 * beats + 60, "{cycles} for twice {beats} beats");
}
