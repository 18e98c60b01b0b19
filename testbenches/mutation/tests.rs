//! Each mutant does what its description says.

use super::candidates::{Mutation, candidates};
use hdl::{Bits, Clocking, Collision, Design, Module, Netlist, Signal};
use sim::{Interpreter, Options, Simulator};

fn netlist(build: impl FnOnce(&Module)) -> Netlist {
    let design = Design::new(Clocking::default());
    let top = design.module("top", &[], build);
    design.elaborate(top).unwrap_or_else(|errors| panic!("{errors}"))
}

/// `y` as a function of `a` and `b`, of 4 bits each, and of `s`.
fn function(operation: for<'m> fn(&'m Module, [Signal<'m>; 3]) -> Signal<'m>) -> Netlist {
    netlist(|m| {
        let inputs = [m.input("a", 4, ""), m.input("b", 4, ""), m.input("s", 1, "")];
        inputs.into_iter().for_each(Signal::unused);
        m.output("y", operation(m, inputs).named("result"), "");
    })
}

/// The only mutation with this description at the node called `result`, or at an unnamed one.
fn mutant(netlist: &Netlist, change: &str) -> Netlist {
    let described = |mutation: &Mutation| mutation.change.to_string() == change;
    let found: Vec<Mutation> = candidates(netlist).into_iter().filter(described).collect();
    let [mutation] = found.as_slice() else { panic!("{} mutants: {change}", found.len()) };
    mutation.apply(netlist)
}

fn check(netlist: &Netlist, change: &str, expected: fn(u64, u64, u64) -> u64) {
    let mut simulator = Interpreter::new(&mutant(netlist, change), Options::default()).unwrap();
    for (a, b, s) in (0..512).map(|index| (index & 15, index >> 4 & 15, index >> 8)) {
        [a, b, s].into_iter().enumerate().for_each(|(port, value)| simulator.poke_u64(port, value));
        assert_eq!(simulator.peek_u64(3), expected(a, b, s), "{change}: a = {a}, b = {b}, s = {s}");
    }
}

fn signed(value: u64) -> i64 {
    (value as i64 ^ 8) - 8
}

#[test]
fn operators_become_others() {
    check(&function(|_, [a, b, _]| a & b), "And becomes Or", |a, b, _| a | b);
    check(&function(|_, [a, b, _]| a | b), "Or becomes Xor", |a, b, _| a ^ b);
    check(&function(|_, [a, b, _]| a ^ b), "Xor becomes And", |a, b, _| a & b);
    check(&function(|_, [a, b, _]| a + b), "Add becomes Sub", |a, b, _| a.wrapping_sub(b) & 15);
    check(&function(|_, [a, b, _]| a - b), "Sub becomes Add", |a, b, _| (a + b) & 15);
    check(&function(|_, [a, b, _]| a - b), "operands swapped", |a, b, _| b.wrapping_sub(a) & 15);
    check(&function(|_, [a, b, _]| a * b), "Mul becomes MulSigned", |a, b, _| {
        (signed(a) * signed(b)) as u64 & 255
    });
    check(&function(|_, [a, b, _]| a << b), "Shl becomes Shr", |a, b, _| a >> b);
    check(&function(|_, [a, b, _]| a >> b), "Shr becomes ShrSigned", |a, b, _| (signed(a) >> b) as u64 & 15);
}

#[test]
fn comparisons_become_others() {
    check(&function(|_, [a, b, _]| a.eq(b)), "Eq becomes Lt", |a, b, _| (a < b).into());
    check(&function(|_, [a, b, _]| a.lt(b)), "Lt becomes LtSigned", |a, b, _| (signed(a) < signed(b)).into());
    check(&function(|_, [a, b, _]| a.lt(b)), "operands swapped", |a, b, _| (b < a).into());
    check(&function(|_, [a, b, _]| a.lt(b)), "less becomes less or equal", |a, b, _| (a <= b).into());
    check(&function(|_, [a, b, _]| a.lt(b)), "complement inserted", |a, b, _| (a >= b).into());
}

#[test]
fn structure_changes() {
    let mux = function(|_, [a, b, s]| s.mux(a, b));
    check(&mux, "multiplexer inputs swapped", |a, b, s| if s == 1 { b } else { a });
    let table = function(|m, [a, b, _]| m.select(a.low(2), &[a, b, !a, !b]));
    check(&table, "values 0 and 1 of a decision swapped", |a, b, _| {
        [b, a, !a & 15, !b & 15][(a & 3) as usize]
    });
    let concat = function(|m, [a, b, _]| m.concat(&[a, b]));
    check(&concat, "parts 0 and 1 of a concatenation swapped", |a, b, _| b << 4 | a);
    check(&concat, "bit 5 stuck at 1", |a, b, _| a << 4 | b | 32);
    check(&concat, "bit 5 stuck at 0", |a, b, _| (a << 4 | b) & !32);
    let slice = function(|_, [a, _, _]| a.slice(2, 1));
    check(&slice, "slice becomes [3:2]", |a, _, _| a >> 2);
    check(&slice, "slice becomes [1:0]", |a, _, _| a & 3);
    check(&function(|_, [a, _, _]| !a), "complement removed", |a, _, _| a);
    check(&function(|_, [a, _, _]| a & 0b0110u64), "bit 3 of the constant flipped", |a, _, _| a & 0b1110);
    check(&function(|_, [a, _, _]| a.any()), "reduction Or becomes And", |a, _, _| (a == 15).into());
    check(&function(|_, [a, _, _]| a.all()), "reduction And becomes Xor", |a, _, _| {
        u64::from(a.count_ones()) & 1
    });
}

#[test]
fn contents_of_a_rom_change() {
    let rom = function(|m, [a, _, _]| {
        let words: Vec<Bits> = (0..16).map(|word| Bits::truncated(3 * word, 6)).collect();
        m.rom("table", &words).read(a)
    });
    check(&rom, "bit 1 of word 7 flipped", |a, _, _| if a == 7 { 21 ^ 2 } else { 3 * a });
}

/// A register with every feature; its ports are the reset, `a`, `s`, `y`.
fn register() -> Netlist {
    netlist(|m| {
        let (a, s) = (m.input("a", 4, ""), m.input("s", 1, ""));
        let register = m.reg("held", 4).reset_to(5).enable(s);
        register.set(a);
        m.output("y", register.value(), "");
    })
}

/// The output in five cycles: of a reset with `a` = 9, then with `s` at 1, 0, 1, 0 and `a` = 1, 2, 3, 4.
fn outputs(netlist: &Netlist) -> Vec<u64> {
    let mut simulator = Interpreter::new(netlist, Options::default()).unwrap();
    let cycle = |values: [u64; 3]| {
        values.into_iter().enumerate().for_each(|(port, value)| simulator.poke_u64(port, value));
        let found = simulator.peek_u64(3);
        simulator.tick();
        found
    };
    [[0, 9, 0], [1, 1, 1], [1, 2, 0], [1, 3, 1], [1, 4, 0]].map(cycle).into()
}

#[test]
fn registers_change() {
    let design = register();
    assert_eq!(outputs(&design), [0, 5, 1, 1, 3]);
    let mutated = |change| outputs(&mutant(&design, change));
    assert_eq!(mutated("register removed"), [9, 1, 2, 3, 4]);
    assert_eq!(mutated("enable removed"), [0, 5, 1, 2, 3]);
    assert_eq!(mutated("bit 1 of the reset value flipped"), [0, 7, 1, 1, 3]);
    assert_eq!(mutated("reset removed"), [0, 0, 1, 1, 3]);
}

#[test]
fn a_register_that_breaks_a_loop_stays() {
    let counter = netlist(|m| {
        let count = m.reg("count", 4).reset_to(0);
        count.set(count.value() + 1u64);
        m.output("y", count.value(), "");
    });
    assert!(candidates(&counter).iter().all(|mutation| mutation.change.to_string() != "register removed"));
}

#[test]
fn what_only_an_assertion_reads_is_no_hardware() {
    let design = netlist(|m| {
        let (a, b) = (m.input("a", 4, ""), m.input("b", 4, ""));
        m.assert("different", a.ne(b));
        m.output("y", a & b, "");
    });
    assert!(candidates(&design).iter().all(|mutation| !mutation.change.to_string().starts_with("Eq")));
}

#[test]
fn registers_after_a_removed_one_keep_their_inputs() {
    let design = netlist(|m| {
        let a = m.input("a", 4, "");
        let [first, second] = ["first", "second"].map(|name| m.reg(name, 4));
        first.set(a);
        second.set(a + 1u64);
        m.output("y", first.value(), "");
        m.output("z", second.value(), "");
    });
    let removals = candidates(&design).into_iter().filter(|m| m.change.to_string() == "register removed");
    let seen: Vec<[u64; 2]> = removals
        .map(|mutation| {
            let mut simulator = Interpreter::new(&mutation.apply(&design), Options::default()).unwrap();
            simulator.poke_u64(0, 3);
            simulator.tick();
            simulator.poke_u64(0, 8);
            [1, 2].map(|port| simulator.peek_u64(port))
        })
        .collect();
    assert_eq!(seen, [[8, 4], [3, 9]]);
}

/// A memory of two words of 4 bits, read and written at one address: ports are `a`, `b`, `s`, `y`.
#[test]
fn ports_of_memories_change() {
    let design = netlist(|m| {
        let (a, b, s) = (m.input("a", 4, ""), m.input("b", 2, ""), m.input("s", 1, ""));
        let memory = m.memory("words", 4, 2).contents(&[Bits::ones(4), Bits::ones(4)]);
        memory.write_masked(m.lit(1, 1), b, s, a);
        m.output("y", memory.read_at_clock("q", s, Collision::Old).value(), "");
    });
    let outputs = |netlist: &Netlist| {
        let mut simulator = Interpreter::new(netlist, Options::default()).unwrap();
        [[6, 0b01, 0], [9, 0b00, 0]].map(|values| {
            (0..).zip(values).for_each(|(port, value)| simulator.poke_u64(port, value));
            simulator.tick();
            simulator.peek_u64(3)
        })
    };
    assert_eq!(outputs(&design), [0b1111, 0b1110]);
    assert_eq!(outputs(&mutant(&design, "mask of write 0 removed")), [0b1111, 0b0110]);
    assert_eq!(outputs(&mutant(&design, "the old word lost at a collision")), [0, 0]);
}
