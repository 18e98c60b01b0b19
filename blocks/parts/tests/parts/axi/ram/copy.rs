//! The DMAs copy matrices within the memory.

use super::{FAST, fill, read_word};
use crate::axi::{BYTES, Command, SHAPE, Source};
use crate::support::Bench;
use fastrand::Rng;
use hdl::{Design, ModuleRef};
use parts::axi::axi_ram::{Memory, axi_ram};
use parts::axi::read_dma::read_dma;
use parts::axi::write_dma::{DONE, write_dma};
use parts::axi::{Data, MatrixBeat};

/// Both DMAs on one memory: what the one reads the other writes.
fn copier(design: &Design, memory: &Memory) -> ModuleRef {
    design.module("copier", &[], |m| {
        let reader = m.instance("u_reader", read_dma(design, &SHAPE));
        let writer = m.instance("u_writer", write_dma(design, &SHAPE));
        let ram = m.instance("u_ram", axi_ram(design, &SHAPE, memory));
        for (stream, dma) in [("from", reader), ("to", writer)] {
            dma.input_stream("command", &SHAPE.command()).connect(&m.input_stream(stream, &SHAPE.command()));
        }
        let out = reader.output_stream("out", &SHAPE.matrix_beat());
        let into = writer.input_stream("in", &SHAPE.data());
        into.set_valid(out.valid());
        out.set_ready(into.ready());
        let MatrixBeat { data, last, error, .. } = out.payload;
        into.set_payload(Data { data });
        m.output("fails", out.fires() & last & error, "a matrix came with an error");

        let address = SHAPE.address();
        ram.input_stream("s_axi_ar", &address).connect(&reader.output_stream("m_axi_ar", &address));
        let data = SHAPE.read_data();
        reader.input_stream("m_axi_r", &data).connect(&ram.output_stream("s_axi_r", &data));
        ram.input_stream("s_axi_aw", &address).connect(&writer.output_stream("m_axi_aw", &address));
        let data = SHAPE.write_data();
        ram.input_stream("s_axi_w", &data).connect(&writer.output_stream("m_axi_w", &data));
        let response = SHAPE.write_response();
        writer.input_stream("m_axi_b", &response).connect(&ram.output_stream("s_axi_b", &response));

        let (access, answer) = (memory.host_access(&SHAPE), memory.host_answer(&SHAPE));
        ram.input_stream("host", &access).connect(&m.input_stream("host", &access));
        m.output_stream("host_out", &answer).connect(&ram.output_stream("host_out", &answer));
        m.output_stream("done", &DONE).connect(&writer.output_stream("done", &DONE));
        for count in ["read_beats", "written_beats"] {
            m.output(count, ram.get(count), "beats");
        }
    })
}

/// A matrix of the shape of `of` within these bytes.
fn within(bytes: std::ops::Range<u64>, of: &Command, rng: &mut Rng) -> Command {
    loop {
        let address = rng.u64(bytes.clone());
        let command = Command { address, stride: rng.u64(..200), tile_stride: rng.u64(..600), ..*of };
        if command.row_addresses().iter().flatten().all(|address| bytes.contains(&(*address as u64))) {
            return command;
        }
    }
}

/// A matrix in one half of the memory, and one of the same shape in the other.
fn pair(memory: &Memory, rng: &mut Rng) -> [Command; 2] {
    let of =
        Command { row_bytes: rng.u64(1..40), rows: rng.u64(1..6), tiles: rng.u64(1..4), ..crate::axi::LONG };
    let end = memory.words * BYTES as u64;
    let mut halves = [0..end / 2, end / 2..end];
    rng.shuffle(&mut halves);
    halves.map(|half| within(half, &of, rng))
}

/// The copy on plain bytes; whether each of the two has an error. What cannot be read is 0, and what cannot be written stays.
fn copy(memory: &Memory, bytes: &mut [u8], [from, to]: &[Command; 2]) -> [bool; 2] {
    let fails = |address: &usize| memory.fails_from.is_some_and(|word| (address / BYTES) as u64 >= word);
    let [from, to] = [from, to].map(|command| command.row_addresses().concat());
    for (from, to) in from.iter().zip(&to) {
        if !fails(to) {
            bytes[*to] = if fails(from) { 0 } else { bytes[*from] };
        }
    }
    [from.iter().any(fails), to.iter().any(fails)]
}

/// Has the DMAs copy a matrix; returns the errors of reading and of writing, and the cycles.
fn command(bench: &mut Bench, pair: &[Command; 2], rng: &mut Rng) -> ([bool; 2], u64) {
    let mut commands = pair.map(|command| Source::new(vec![command]));
    let (mut fails, mut cycles) = (false, 0);
    bench.set("done_ready", 1);
    loop {
        for (source, stream) in commands.iter_mut().zip(["from", "to"]) {
            let command = source.offer(rng.bool());
            bench.set(&format!("{stream}_valid"), command.is_some().into());
            command.inspect(|command| command.offer_to(bench, stream));
            source.see(bench.fires(stream));
        }
        fails |= bench.get("fails") == 1;
        let (is_done, done_fails) = (bench.fires("done"), bench.get("done_error") == 1);
        bench.tick();
        cycles += 1;
        if is_done {
            return ([fails, done_fails], cycles);
        }
        assert!(cycles < 10_000, "it hangs");
    }
}

/// Copies random matrices, one after the other; returns the errors of reads and of writes.
fn run(memory: &Memory, copies: usize, seed: u64) -> [usize; 2] {
    let mut bench = Bench::new(|design| copier(design, memory));
    let mut rng = Rng::with_seed(seed);
    let mut bytes = fill(&mut bench, memory.words, &mut rng);
    let mut errors = [0; 2];
    for _ in 0..copies {
        let pair = pair(memory, &mut rng);
        let expected = copy(memory, &mut bytes, &pair);
        assert_eq!(command(&mut bench, &pair, &mut rng).0, expected, "{pair:?}");
        errors.iter_mut().zip(expected).for_each(|(count, error)| *count += usize::from(error));
    }
    for (address, word) in bytes.chunks(BYTES).enumerate() {
        let word = word.iter().rev().fold(0, |word, byte| word << 8 | u64::from(*byte));
        assert_eq!(read_word(&mut bench, address as u64), word, "word {address}");
    }
    assert!(bench.violations().is_empty(), "{:?}", bench.violations());
    errors
}

#[test]
fn any_matrix_is_copied() {
    run(&FAST, 60, 1);
    run(&Memory { latency: 30, rate: 100, is_unordered: true, ..FAST }, 60, 2);
}

#[test]
fn errors_reach_the_dmas() {
    let memory = Memory { fails_from: Some(900), is_unordered: true, ..FAST };
    let errors = run(&memory, 60, 3);
    assert!(errors.iter().all(|count| *count > 5), "{errors:?}");
}

/// The DMAs use all of the bandwidth: a copy of 480 beats takes as long as reading and writing them.
#[test]
fn a_copy_takes_the_bandwidth() {
    let from = Command { address: 0, row_bytes: 240, rows: 8, stride: 240, tiles: 1, tile_stride: 0 };
    let pair = [from, Command { address: 2048, ..from }];
    let beats = 2 * from.rows * from.row_bytes / BYTES as u64;
    for (rate, is_unordered) in [(512, false), (512, true), (256, true), (40, false), (40, true)] {
        let mut bench = Bench::new(|design| copier(design, &Memory { rate, is_unordered, ..FAST }));
        let (_, cycles) = command(&mut bench, &pair, &mut Rng::with_seed(1));
        let least = beats * 256 / u64::from(rate);
        assert!((least - 32..least + 40).contains(&cycles), "{rate}: {cycles}, not {least}");
    }
}
