//! What the testbench costs per vector, without a simulator: the design is six inversions in Rust.

use blocks::block::Hardware;
use blocks::channel::{Channel, Interface, Ports, Timing};
use blocks::golden::{GoldenModel, Model, Reference};
use blocks::parameters::Values;
use blocks::stimulus::{Coverage, Space, Stimulus};
use divan::black_box;
use divan::counter::ItemsCount;
use hdl::{Bits, Clocking, Design, Direction, Field, ModuleRef, Port};
use sim::Simulator;
use testbenches::driver::Testbench;

const VECTORS: u64 = 100_000;

fn main() {
    divan::main();
}

/// Two inputs of 16 bits; six outputs, each the inverse of the first.
struct Inverters(Timing);

impl Values for Inverters {
    fn values(&self) -> Vec<(String, String)> {
        vec![]
    }
}

impl Ports for Inverters {
    fn interface(&self) -> Interface {
        let fields = |names: &[&str]| names.iter().map(|name| Field::new(name, 16, "")).collect();
        Interface {
            inputs: vec![Channel { name: "in", fields: fields(&["a", "b"]) }],
            outputs: vec![Channel { name: "out", fields: fields(&["p", "q", "r", "s", "t", "u"]) }],
            timing: self.0,
        }
    }
}

impl Hardware for Inverters {
    fn build(&self, _design: &Design) -> ModuleRef {
        unreachable!("the design is in Rust")
    }
}

impl Reference for Inverters {
    fn golden(&self) -> GoldenModel {
        GoldenModel::sequential(Golden)
    }
}

impl Stimulus for Inverters {
    fn spaces(&self) -> Vec<Space> {
        let value = |index: u64| Bits::truncated(index.into(), 16);
        vec![Space::of_beats("all", 1 << 32, move |index| [value(index), value(index >> 16)])]
    }

    fn random(&self, _seed: u64) -> Space {
        self.spaces().remove(0)
    }

    fn coverage(&self) -> Coverage<'_> {
        Coverage::of_beats([], |_, _| {})
    }
}

struct Golden;

impl Model for Golden {
    fn accept(&mut self, _channel: usize, beat: &[Bits], emit: &mut dyn FnMut(usize, &[Option<Bits>])) {
        let inverse = Bits::truncated((!beat[0].to_u64()).into(), 16);
        emit(0, &[(); 6].map(|()| Some(inverse.clone())));
    }
}

/// The design: combinational, its handshakes passed straight through.
struct Native {
    ports: Vec<Port>,
    values: Vec<u64>,
}

impl Native {
    fn new(names: &[(&str, u32, Direction)]) -> Native {
        let port =
            |&(name, width, direction): &(&str, u32, Direction)| Port { name: name.into(), width, direction };
        Native { ports: names.iter().map(port).collect(), values: vec![0; names.len()] }
    }
}

impl Simulator for Native {
    fn ports(&self) -> &[Port] {
        &self.ports
    }

    fn poke(&mut self, port: usize, value: &Bits) {
        self.values[port] = value.to_u64();
    }

    fn peek(&mut self, port: usize) -> Bits {
        Bits::truncated(self.peek_u64(port).into(), self.ports[port].width)
    }

    fn tick(&mut self) {}

    fn poke_u64(&mut self, port: usize, value: u64) {
        self.values[port] = value;
    }

    fn peek_u64(&mut self, port: usize) -> u64 {
        match port {
            0..2 => self.values[port],
            2..8 => !self.values[0] & 0xffff,
            8..10 => self.values[port],
            10 => self.values[9],
            _ => self.values[8],
        }
    }

    sim::ports_only!();
}

fn run(bencher: divan::Bencher, timing: Timing, names: &[(&str, u32, Direction)]) {
    let block = Inverters(timing);
    let mut simulator = Native::new(names);
    let testbench =
        Testbench::new(&block, simulator.ports(), &Clocking::default(), 0).expect("the ports fit");
    let space = block.random(0);
    bencher.counter(ItemsCount::new(VECTORS)).bench_local(|| {
        let simulator: &mut dyn Simulator = &mut simulator;
        testbench.run(simulator, &space, 0..VECTORS, &mut ()).expect("the design is right")
    });
}

/// The part of it that is not the testbench's, to be subtracted.
#[divan::bench(sample_count = 20)]
fn stimulus_and_model_alone(bencher: divan::Bencher) {
    let space = Inverters(Timing::Fixed { latency: 0 }).random(0);
    let mut golden = Golden;
    bencher.counter(ItemsCount::new(VECTORS)).bench_local(|| {
        for case in 0..VECTORS {
            (space.make)(case, &mut |channel, beat| {
                golden.accept(channel, beat, &mut |_, fields| {
                    black_box(fields);
                })
            });
        }
    });
}

#[divan::bench(sample_count = 20)]
fn fixed(bencher: divan::Bencher) {
    use Direction::{Input, Output};
    let outputs = ["p", "q", "r", "s", "t", "u"].map(|name| (name, 16, Output));
    run(
        bencher,
        Timing::Fixed { latency: 0 },
        &[&[("a", 16, Input), ("b", 16, Input)], &outputs[..]].concat(),
    );
}

#[divan::bench(sample_count = 20)]
fn ready_valid(bencher: divan::Bencher) {
    use Direction::{Input, Output};
    let outputs = ["out_p", "out_q", "out_r", "out_s", "out_t", "out_u"].map(|name| (name, 16, Output));
    let handshakes =
        [("in_valid", 1, Input), ("out_ready", 1, Input), ("in_ready", 1, Output), ("out_valid", 1, Output)];
    let inputs = [("in_a", 16, Input), ("in_b", 16, Input)];
    run(bencher, Timing::ReadyValid { latency: 0 }, &[&inputs[..], &outputs[..], &handshakes[..]].concat());
}
