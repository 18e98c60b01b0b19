//! Small designs, values, and the comparison of a batch with interpreters.

use hdl::{Bits, Clocking, Design, Direction, Module, Netlist, limbs_for};
use sim::batch::Isa;
use sim::{Batch, Initial, Interpreter, Options, Simulator};

/// Widths around the boundaries of a 64-bit limb.
pub const WIDTHS: [u32; 7] = [1, 8, 63, 64, 65, 128, 200];

/// The netlist of a module on its own, with the default clocking.
pub fn elaborate(build: impl FnOnce(&Module)) -> Netlist {
    elaborate_with(Clocking::default(), build)
}

/// The netlist of a module on its own.
pub fn elaborate_with(clocking: Clocking, build: impl FnOnce(&Module)) -> Netlist {
    let design = Design::new(clocking);
    let top = design.module("top", &[], build);
    design.elaborate(top).unwrap_or_else(|errors| panic!("{errors}"))
}

/// A batch of each instruction set that this machine has.
pub fn batches(netlist: &Netlist, options: Options) -> impl Iterator<Item = Batch> {
    let available = Isa::ALL.into_iter().filter(|isa| isa.is_available());
    available.map(move |isa| Batch::with_isa(netlist, options, isa).unwrap_or_else(|error| panic!("{error}")))
}

/// The index of a port.
pub fn port(batch: &Batch, name: &str) -> usize {
    batch.port(name).unwrap_or_else(|error| panic!("{error}"))
}

/// The indices of the inputs.
pub fn inputs(batch: &Batch) -> Vec<usize> {
    (0..batch.ports().len()).filter(|&port| batch.ports()[port].direction == Direction::Input).collect()
}

/// Any value of `width` bits.
pub fn random_bits(random: &mut fastrand::Rng, width: u32) -> Bits {
    let limbs: Vec<u64> = (0..limbs_for(width)).map(|_| random.u64(..)).collect();
    Bits::from_limbs(width, &limbs)
}

/// Values at which operators err: the ends of both ranges, single bits, runs across limbs.
pub fn corners(width: u32) -> Vec<Bits> {
    let bit = |index: u32| {
        let mut bits = Bits::zero(width);
        bits.set_bit(index, true);
        bits
    };
    let mut corners = vec![Bits::zero(width), Bits::ones(width), bit(0), bit(width - 1)];
    corners.extend([5, 63, 64, 127, 128].into_iter().filter(|&index| index < width).map(bit));
    corners.push(hdl::evaluate::not(&bit(width - 1)));
    corners.push(hdl::evaluate::not(&bit(0)));
    corners
}

/// Corner values and some random ones.
pub fn values(random: &mut fastrand::Rng, width: u32) -> Vec<Bits> {
    let mut values = corners(width);
    values.extend((0..12).map(|_| random_bits(random, width)));
    values
}

/// All pairs of some values.
pub fn pairs(a: &[Bits], b: &[Bits]) -> Vec<Vec<Bits>> {
    a.iter().flat_map(|a| b.iter().map(move |b| vec![a.clone(), b.clone()])).collect()
}

/// Drives the inputs with `cases`, one a lane, and compares outputs with what `expected` makes of a case: names
/// with values. The lanes beyond the last case get the first ones again.
pub fn check_cases(
    batch: &mut Batch,
    cases: &[Vec<Bits>],
    expected: impl Fn(&[Bits]) -> Vec<(String, Bits)>,
) {
    let (inputs, lanes) = (inputs(batch), batch.lanes());
    for chunk in cases.chunks(lanes) {
        let case = |lane: usize| &chunk[lane % chunk.len()];
        for lane in 0..lanes {
            for (&port, value) in inputs.iter().zip(case(lane)) {
                batch.poke_lane(port, lane, value);
            }
        }
        for lane in 0..lanes {
            for (name, value) in expected(case(lane)) {
                let output = port(batch, &name);
                let isa = batch.isa();
                assert_eq!(batch.peek_lane(output, lane), value, "{isa}: {name} of {:?}", case(lane));
            }
        }
    }
}

/// Runs each instruction set beside one interpreter a lane, all inputs at random; now and then the reset too.
/// Everything that both can tell must be the same in every cycle.
pub fn check_beside_interpreters(netlist: &Netlist, initial: Initial, cycles: usize) {
    for mut batch in batches(netlist, Options { initial }) {
        let mut lanes: Vec<Interpreter> =
            (0..batch.lanes()).map(|lane| start(netlist, initial, lane)).collect();
        let mut random = fastrand::Rng::with_seed(11);
        for _ in 0..cycles {
            drive(&mut batch, &mut lanes, &mut random);
            compare_ports(&mut batch, &mut lanes);
            // An output that depends on no input must be right both if it is read first and if nothing is read.
            if random.bool() {
                batch.tick();
                lanes.iter_mut().for_each(Simulator::tick);
                compare_ports(&mut batch, &mut lanes);
            }
            batch.tick();
            lanes.iter_mut().for_each(Simulator::tick);
        }
        for (index, lane) in lanes.iter_mut().enumerate() {
            compare_inside(&mut batch, index, lane);
        }
    }
}

fn start(netlist: &Netlist, initial: Initial, lane: usize) -> Interpreter {
    let initial = match initial {
        Initial::Zero => Initial::Zero,
        Initial::Random(seed) => Initial::Random(seed + lane as u64),
    };
    Interpreter::new(netlist, Options { initial }).unwrap_or_else(|error| panic!("{error}"))
}

fn drive(batch: &mut Batch, lanes: &mut [Interpreter], random: &mut fastrand::Rng) {
    for port in inputs(batch) {
        let name = batch.ports()[port].name.clone();
        let is_reset = name == "rst_n" || name == "rst";
        for (index, lane) in lanes.iter_mut().enumerate() {
            let mut value = random_bits(random, lane.ports()[port].width);
            if is_reset && random.u32(..4) > 0 {
                value = Bits::from(name == "rst_n");
            }
            batch.poke_lane(port, index, &value);
            lane.poke(port, &value);
        }
    }
}

fn compare_ports(batch: &mut Batch, lanes: &mut [Interpreter]) {
    for port in 0..batch.ports().len() {
        for (index, lane) in lanes.iter_mut().enumerate() {
            let (isa, name) = (batch.isa(), batch.ports()[port].name.clone());
            let place = format!("{isa}: `{name}` of lane {index} in cycle {}", lane.cycle());
            assert_eq!(batch.peek_lane(port, index), lane.peek(port), "{place}");
        }
    }
}

fn compare_inside(batch: &mut Batch, index: usize, lane: &mut Interpreter) {
    let mut view = batch.lane(index);
    assert_eq!(view.cycle(), lane.cycle());
    assert_eq!(view.violations(), lane.violations(), "lane {index}");
    assert_eq!(view.environment_errors(), lane.environment_errors(), "lane {index}");
    assert_eq!(view.covered(), lane.covered(), "lane {index}");
    assert_eq!(view.signals(), lane.signals());
    for signal in lane.signals().to_vec() {
        assert_eq!(view.signal(signal.id), lane.signal(signal.id), "`{}` of lane {index}", signal.path);
    }
}
