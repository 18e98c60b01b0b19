//! Speed of the interpreter: items are instructions, so "ns per op" is 1000 over the "Mitem/s" column.

use divan::counter::ItemsCount;
use divan::{Bencher, black_box};
use hdl::netlist::Clocking;
use hdl::{Design, Module, Netlist, Signal};
use sim::{Interpreter, Options, Simulator};

fn main() {
    divan::main();
}

/// The combinational design settles once a new input is there.
#[divan::bench(sample_size = 2000)]
fn half_precision_multipliers(bencher: Bencher) {
    settle(bencher, &multipliers());
}

/// Masks, sums, selections and rotations of 128 bits.
#[divan::bench(sample_size = 2000)]
fn vectors_of_128_bits(bencher: Bencher) {
    settle(bencher, &wide());
}

/// The same multipliers between registers: one clock edge and one settling.
#[divan::bench(sample_size = 2000)]
fn pipelined_multipliers(bencher: Bencher) {
    let mut simulator = interpreter(&pipelined());
    let mut random = fastrand::Rng::with_seed(1);
    bencher.counter(ItemsCount::new(simulator.instruction_count())).bench_local(|| {
        simulator.poke_u64(1, random.u64(..) >> 48);
        simulator.tick();
        black_box(simulator.peek(3))
    });
}

fn settle(bencher: Bencher, netlist: &Netlist) {
    let mut simulator = interpreter(netlist);
    let mut random = fastrand::Rng::with_seed(1);
    bencher.counter(ItemsCount::new(simulator.instruction_count())).bench_local(|| {
        simulator.poke_u64(0, random.u64(..) >> 48);
        simulator.poke_u64(1, random.u64(..) >> 48);
        black_box(simulator.peek(2))
    });
}

fn interpreter(netlist: &Netlist) -> Interpreter {
    let mut simulator = Interpreter::new(netlist, Options::default()).expect("the design can be simulated");
    let is_reset = simulator.ports()[0].name == "rst_n";
    if is_reset {
        simulator.poke_u64(0, 1);
    }
    simulator
}

fn elaborate(build: impl FnOnce(&Module)) -> Netlist {
    let design = Design::new(Clocking::default());
    let top = design.module("top", &[], build);
    design.elaborate(top).unwrap_or_else(|errors| panic!("{errors}"))
}

fn multipliers() -> Netlist {
    elaborate(|m| {
        let (a, b) = (m.input("a", 16, ""), m.input("b", 16, ""));
        m.output("products", products(m, a, b), "");
    })
}

fn pipelined() -> Netlist {
    elaborate(|m| {
        let (a, b) = (m.reg("a_q", 16).reset_to(0), m.reg("b_q", 16).reset_to(0));
        a.set(m.input("a", 16, ""));
        b.set(m.input("b", 16, ""));
        let result = m.reg("products_q", 64);
        result.set(products(m, a.value(), b.value()));
        m.output("products", result.value(), "");
    })
}

/// Four truncating half-precision products of rotated operands.
fn products<'m>(m: &'m Module, a: Signal<'m>, b: Signal<'m>) -> Signal<'m> {
    let rotated = |lane: u32| if lane == 0 { b } else { m.concat(&[b.low(16 - lane), b.high(lane)]) };
    let lanes: Vec<Signal> = (0..4).map(|lane| half_product(m, a, rotated(lane))).collect();
    m.concat(&lanes)
}

fn half_product<'m>(m: &'m Module, a: Signal<'m>, b: Signal<'m>) -> Signal<'m> {
    let exponent = |x: Signal<'m>| x.slice(14, 10);
    let significand = |x: Signal<'m>| m.concat(&[exponent(x).any(), x.low(10)]);
    let product = significand(a) * significand(b);
    let zeros = leading_zeros(m, product);
    let normal = product << zeros;
    let sum = exponent(a).add_wide(exponent(b)) - zeros.zext(6);
    let round = normal.bit(10) & (normal.low(10).any() | normal.bit(11));
    let rounded = m.concat(&[sum, normal.slice(20, 11)]) + round.zext(16);
    let overflows = rounded.slice(15, 10).gt(45u64);
    let vanishes = rounded.slice(15, 10).lt(15u64);
    let special = exponent(a).all() | exponent(b).all();
    let magnitude = m.priority(
        &[(special, m.lit(0x7e00, 15)), (overflows, m.lit(0x7c00, 15)), (vanishes, m.lit(0, 15))],
        rounded.low(15) - m.lit(15 << 10, 15),
    );
    m.concat(&[a.msb() ^ b.msb(), magnitude])
}

/// The number of leading zeros of 22 bits, by halving.
fn leading_zeros<'m>(m: &'m Module, value: Signal<'m>) -> Signal<'m> {
    let mut rest = m.concat(&[value, m.lit(0x3ff, 10)]);
    let mut bits = vec![];
    while rest.width() > 1 {
        let half = rest.width() / 2;
        let is_zero = !rest.high(half).any();
        bits.push(is_zero);
        rest = is_zero.mux(rest.low(half), rest.high(half));
    }
    m.concat(&bits)
}

fn wide() -> Netlist {
    elaborate(|m| {
        let (a, b) = (m.input("a", 16, ""), m.input("b", 16, ""));
        let mut x = m.concat(&[a, b, a, b, b, a, b, a]);
        let mut y = m.concat(&[b, b, b, b, a, a, a, a]);
        for round in 0..20 {
            let select = x.bit(5 * round);
            let rotated = m.concat(&[y.low(50), y.high(78)]);
            (x, y) = (select.mux(x + rotated, x & y), (x ^ rotated) | (y >> 3));
        }
        m.output("mixed", x ^ y, "");
    })
}
