//! Small designs that together use every operator and every structure.

use crate::decisions;
use hdl::{
    Bits, BlackBoxPort, Clocking, Collision, Design, Level, Module, ModuleRef, Netlist, ResetStyle, Signal,
};

/// A design with a name: its netlist is made again at each call.
pub struct Example {
    pub name: &'static str,
    pub build: fn() -> Netlist,
}

pub const ALL: &[Example] = &[
    Example { name: "bitwise", build: bitwise },
    Example { name: "arithmetic", build: arithmetic },
    Example { name: "products", build: products },
    Example { name: "shifts", build: shifts },
    Example { name: "rotations", build: rotations },
    Example { name: "comparisons", build: comparisons },
    Example { name: "choices", build: choices },
    Example { name: "assignments", build: decisions::assignments },
    Example { name: "state_machine", build: decisions::state_machine },
    Example { name: "tables", build: decisions::tables },
    Example { name: "timer", build: decisions::timer },
    Example { name: "slices", build: slices },
    Example { name: "constants", build: constants },
    Example { name: "names", build: names },
    Example { name: "prefix_sums", build: || prefix_sums(8) },
    Example { name: "words_of_tools", build: words_of_tools },
    Example { name: "only_outputs", build: only_outputs },
    Example { name: "long_lines", build: long_lines },
    Example { name: "counter_sync_low", build: || counter(ResetStyle::Synchronous, Level::Low) },
    Example { name: "counter_async_low", build: || counter(ResetStyle::Asynchronous, Level::Low) },
    Example { name: "counter_async_high", build: || counter(ResetStyle::Asynchronous, Level::High) },
    Example { name: "counter_no_reset", build: || counter(ResetStyle::None, Level::Low) },
    Example { name: "memories", build: memories },
    Example { name: "read_ports", build: read_ports },
    Example { name: "dual_port", build: || dual_port(3, 8) },
    Example { name: "masked_writes", build: masked_writes },
    Example { name: "roms", build: roms },
    Example { name: "hierarchy", build: hierarchy },
    Example { name: "black_box", build: black_box },
    Example { name: "properties", build: properties },
    Example { name: "watched", build: watched },
    Example { name: "combinational_property", build: combinational_property },
    Example { name: "property_of_a_child", build: property_of_a_child },
];

/// A design of one module with the default clocking.
pub fn one(name: &str, build: impl FnOnce(&Module)) -> Netlist {
    let design = Design::new(Clocking::default());
    let top = design.module(name, &[], build);
    elaborate(&design, top)
}

fn elaborate(design: &Design, top: ModuleRef) -> Netlist {
    design.elaborate(top).unwrap_or_else(|errors| panic!("{errors}"))
}

pub fn inputs<'m, const N: usize>(m: &'m Module, names: [&str; N], width: u32) -> [Signal<'m>; N] {
    names.map(|name| m.input(name, width, ""))
}

fn bitwise() -> Netlist {
    one("bitwise", |m| {
        m.describe("Every bitwise operator and every reduction.");
        m.parameter("width", 8);
        let [a, b, c] = inputs(m, ["a", "b", "c"], 8);
        m.output("y_and", a & b, "a and b");
        m.output("y_or", a | b | c, "a or b or c");
        m.output("y_mixed", (a & b) | (b ^ c), "two operators");
        m.output("y_not", !(a ^ b), "the complement of an expression");
        m.output("all", a.all(), "");
        m.output("not_all", !b.all(), "");
        m.output("any", (a & c).any(), "");
        m.output("none", !c.any(), "");
        m.output("parity", a.parity() ^ b.parity(), "");
        m.output("even", !(a.parity()), "");
    })
}

fn arithmetic() -> Netlist {
    one("arithmetic", |m| {
        let [a, b, c] = inputs(m, ["a", "b", "c"], 8);
        m.output("sum3", a + b + c, "left to right");
        m.output("difference", a - (b - c), "");
        m.output("carry", (a.zext(9) + b.zext(9)).msb(), "the carry must not be lost");
        m.output("no_carry", (a + b).zext(9) + c.zext(9), "a carry must not appear");
        m.output("average", (a + b).high(7).zext(8), "the top of a sum without its carry");
        m.output("increment", a + 1, "");
        m.output("wide", a.add_wide(b), "");
        let shared = a + b;
        m.output("shared", shared ^ c, "");
        m.output("shared_again", shared & c, "");
    })
}

fn products() -> Netlist {
    one("products", |m| {
        let (a, b, c) = (m.input("a", 8, ""), m.input("b", 8, ""), m.input("c", 3, ""));
        m.output("square", a * b, "equal widths");
        m.output("uneven", a * c, "");
        m.output("of_sum", (a + b) * c, "the sum has 8 bits");
        m.output("of_complement", (!c.bit(0)) * c.bit(1), "");
        m.output("constant", a * m.lit(11, 5), "");
        m.output("sum_of_products", a * b + b * b, "");
        m.output("signed_product", a.mul_signed(b), "");
        m.output("signed_uneven", a.mul_signed(c), "");
        m.output("signed_constant", m.lit(5, 3).mul_signed(a), "minus three times a");
        m.output("signed_sum", (a + b).mul_signed(c) + c.mul_signed(a), "");
        let named = (a - b).mul_signed(c - c.low(1).zext(3)).named("named");
        m.output("top", named.high(4), "");
        m.output("one_bit", c.bit(0).mul_signed(c.bit(1)), "");
    })
}

fn shifts() -> Netlist {
    one("shifts", |m| {
        let (a, n) = (m.input("a", 8, ""), m.input("n", 4, ""));
        let wide = m.input("wide", 40, "an amount wider than any tool takes");
        m.output("left", a << n, "");
        m.output("right", a >> n, "");
        m.output("right_signed", a.shr_signed(n), "");
        m.output("signed_in_sum", a.shr_signed(n) + a, "the sign must survive its neighbours");
        m.output("of_sum", (a + (a << n)) >> n, "without the carry");
        m.output("left_wide", a << wide, "");
        m.output("right_signed_wide", a.shr_signed(wide), "");
        m.output("by_constant", (a << 3) ^ (a >> 2), "");
    })
}

fn rotations() -> Netlist {
    one("rotations", |m| {
        let (a, five, n) = (m.input("a", 8, ""), m.input("five", 5, ""), m.input("n", 4, ""));
        let wide = m.input("wide", 40, "an amount wider than any tool takes");
        m.output("left", a.rotate_left(n), "the top bit of the amount turns a whole round");
        m.output("right", a.rotate_right(n), "");
        m.output("left_of_five", five.rotate_left(n), "every bit of the amount counts");
        m.output("right_of_five", five.rotate_right(wide.low(35)), "");
        m.output("of_sum", (a + 1).rotate_left(n.low(1)).named("turned_sum") ^ a, "");
        m.output("of_a_slice", wide.slice(39, 20).rotate_left(n + 3), "");
        m.output("one_hot", m.lit(1, 16).rotate_left(n), "");
        m.output("of_a_wide_constant", m.bits(&Bits::ones(150)).zext(300).rotate_right(n.high(2)), "");
        m.output("by_constant", a.rotate_left(3) ^ a.rotate_right(m.lit(9, 4)), "");
        m.output("of_one_bit", n.bit(0).rotate_left(a), "");
    })
}

fn comparisons() -> Netlist {
    one("comparisons", |m| {
        let [a, b] = inputs(m, ["a", "b"], 4);
        m.output("equal", a.eq(b), "");
        m.output("different", a.ne(b), "");
        m.output("less", a.lt(b), "");
        m.output("at_most", a.le(b), "");
        m.output("greater", a.gt(b), "");
        m.output("at_least", a.ge(b), "");
        m.output("less_signed", a.lt_signed(b), "");
        m.output("not_less_signed", !a.lt_signed(b), "");
        m.output("above_five", a.gt(5), "the constant stands on the right");
        m.output("negative", a.lt_signed(m.lit(0, 4)), "");
        m.output("never", m.lit(15, 4).lt(a), "nothing is above the greatest");
        m.output("never_signed", b.lt_signed(m.lit(8, 4)), "nothing is below the least");
        m.output("of_sums", (a + b).eq(a - b) & (a & b).any(), "");
        m.output("small_sum", (a + b).lt(3), "without the carry");
    })
}

fn choices() -> Netlist {
    one("choices", |m| {
        let (s, state) = (m.input("s", 1, ""), m.input("state", 3, ""));
        let [a, b, c] = inputs(m, ["a", "b", "c"], 8);
        m.output("either", s.mux(a, b), "");
        m.output("nested", s.mux(state.bit(0).mux(a, b), c), "");
        m.output("inside_sum", s.mux(a, b) + c, "");
        let cases = [(state.eq(0), a + b), (state.eq(1), a - b), (state.eq(5), a & b)];
        m.output("cases", m.priority(&cases, c), "");
        let values: Vec<_> = (0..8).map(|i| m.lit(i * i, 8) ^ a).collect();
        m.output("looked_up", m.select(state, &values), "");
        let long = (0..80u64).rev().fold(c, |rest, i| (a + i).eq(b).mux(m.lit(i as u128, 8), rest));
        m.output("long_chain", long, "");
    })
}

fn slices() -> Netlist {
    one("slices", |m| {
        let (a, b) = (m.input("a", 16, ""), m.input("b", 16, ""));
        let flag = m.input("flag", 1, "");
        m.output("bits", m.concat(&[a.bit(3), b.slice(9, 5), flag]), "");
        m.output("carry_free", (a + b).high(4), "");
        m.output("extended", a.low(5).sext(12), "");
        m.output("spread", flag.repeat(6), "");
        m.output("copies", m.concat(&[a.bit(1) ^ flag, a.low(2)]).repeat(3), "");
        m.output("gated", a.gated(flag), "");
        m.output("joined", m.concat(&[a & b, m.lit(5, 4), a.low(3).repeat(2), flag.mux(a, b)]), "");
        let part = (a ^ b).named("part");
        m.output("of_part", part.slice(7, 4), "the rest of it is unread");
        let unread = m.input("unread", 4, "");
        unread.unused();
    })
}

fn constants() -> Netlist {
    one("constants", |m| {
        let a = m.input("a", 300, "");
        let little = m.input("little", 8, "");
        let mut wide = Bits::zero(300);
        (0..300).step_by(7).for_each(|bit| wide.set_bit(bit, true));
        m.output("sum", a + wide, "");
        m.output("ones", a.eq(Bits::ones(300)), "");
        m.output("fixed", m.lit(0xbeef, 16), "");
        let limit = m.lit(200, 8).named("limit");
        m.output("over", limit.lt(little), "");
        m.output("excess", little - limit, "");
        let other = m.lit(3, 2).named("other_limit");
        m.output("also_over", other.lt(little.low(2)), "never");
    })
}

fn names() -> Netlist {
    one("names", |m| {
        let (a, sum) = (m.input("a", 8, ""), m.input("sum", 8, ""));
        let words =
            ["wire", "logic", "bool", "float", "std", "1st", "a.b", "_1", "_1", "sum", "names", "y", "reg"];
        let mut chain = a;
        for word in words {
            chain = (chain + sum).named(word);
        }
        m.output("y", chain, "");
        let lane = m.scope("lane0", || (a ^ sum).named("sum"));
        m.output("z", lane, "");
        m.output("product", lane.mul_signed(a).named("product"), "a name that its port has too");
        m.output("unnamed", (lane + a) * (lane - a), "temporaries");
    })
}

/// Sums of all prefixes of `lanes` numbers of 16 bits, by the network of Kogge and Stone.
pub fn prefix_sums(lanes: usize) -> Netlist {
    one("prefix_sums", |m| {
        let input = m.input("values", 16 * lanes as u32, "");
        let mut sums: Vec<_> = (0..lanes as u32).map(|lane| input.slice(16 * lane + 15, 16 * lane)).collect();
        let mut distance = 1;
        while distance < lanes {
            let sum = |lane| if lane < distance { sums[lane] } else { sums[lane] + sums[lane - distance] };
            sums = (0..lanes).map(sum).collect();
            distance *= 2;
        }
        sums.reverse();
        m.output("sums", m.concat(&sums), "");
    })
}

/// C++ keywords and names of its library: legal in Verilog, but Verilator must prefix them.
fn words_of_tools() -> Netlist {
    const WORDS: &str = "abs alignas and_eq asm auto bitand bool catch char compl concept const_cast constexpr
        decltype delete double dynamic_cast errno exp explicit float friend goto inline int8_t log long main mutable
        namespace noexcept not_eq nullptr NULL operator private public register reinterpret_cast requires round
        short sizeof static_assert static_cast std switch template thread_local throw true try typeid typename
        using volatile wchar_t xor_eq";
    one("words_of_tools", |m| {
        let [a, b] = inputs(m, ["a", "b"], 4);
        let y = WORDS.split_ascii_whitespace().fold(a, |value, word| (value + b).named(word));
        m.output("y", y, "");
    })
}

fn only_outputs() -> Netlist {
    one("only_outputs", |m| {
        m.output("version", m.lit(0x0102, 16), "constant");
        m.output("ready", m.lit(1, 1), "");
    })
}

fn long_lines() -> Netlist {
    one("long_lines", |m| {
        let long =
            |i: u32| m.input(&format!("a_port_with_a_name_that_leaves_little_room_on_a_line_{i}"), 8, "");
        let [a, b, c, d] = [0, 1, 2, 3].map(long);
        m.output("sum", a + b + c + d, "");
        m.output("chosen", a.lt(b).mux(c, d), "");
        m.output("joined", m.concat(&[a, b, c, d]), "");
        m.output("deep", ((a ^ (b + c)) & (d | (a - b))) + ((a & b) ^ (c | d)), "");
    })
}

fn counter(style: ResetStyle, active: Level) -> Netlist {
    let reset = if active == Level::Low { "rst_n" } else { "rst" };
    let design = Design::new(Clocking { style, active, reset: reset.into(), ..Clocking::default() });
    let top = design.module("counter", &["w8"], |m| {
        m.describe("Counts the cycles in which `step` is 1.");
        let (step, clear) = (m.input("step", 1, "counts"), m.input("clear", 1, "starts again"));
        let count = m.reg("count", 8).reset_to(3).enable(step | clear);
        count.set(clear.mux(m.lit(0, 8), count.value() + 1));
        let seen = m.reg("seen", 1).reset_to(0);
        seen.set(seen.value() | step);
        let delayed = m.reg("delayed", 8);
        delayed.set(count.value());
        let held = m.reg("held", 8).enable(step);
        held.set(delayed.value() ^ count.value());
        m.output("count", count.value(), "steps so far");
        m.output("delayed_count", delayed.value(), "one cycle later");
        m.output("started", seen.value(), "");
        m.output("held", held.value(), "");
    });
    elaborate(&design, top)
}

fn memories() -> Netlist {
    one("memories", |m| {
        let (we, we2) = (m.input("we", 1, ""), m.input("we2", 1, ""));
        let [waddr, raddr] = inputs(m, ["waddr", "raddr"], 4);
        let data = m.input("data", 8, "");
        let ram = m.memory("ram", 8, 16);
        ram.write(we, waddr, data);
        ram.write(we2 & !we, raddr, data + 1);
        m.output("ram_now", ram.read(raddr), "");
        let registered = m.reg("registered", 8).enable(we2);
        registered.set(ram.read(raddr + 1));
        m.output("registered", registered.value(), "");
        let short = m.memory("short", 8, 10);
        short.write(we, waddr, data);
        m.output("short_now", short.read(raddr), "unknown beyond the last word");
    })
}

fn read_ports() -> Netlist {
    one("read_ports", |m| {
        let (we, re) = (m.input("we", 1, ""), m.input("re", 1, ""));
        let [waddr, raddr, other] = inputs(m, ["waddr", "raddr", "other"], 3);
        let data = m.input("data", 8, "");
        let words: Vec<Bits> = (1..9).map(|i| Bits::truncated(i * 37, 8)).collect();
        for &collision in Collision::ALL {
            m.scope(&format!("{collision:?}").to_lowercase(), || {
                let ram = m.memory("ram", 8, 8).contents(&words);
                ram.write(we & !re, waddr, data);
                ram.write(waddr.bit(0) & we, raddr, !data);
                let always = ram.read_at_clock("always", raddr, collision);
                let sometimes = ram.read_at_clock("sometimes", raddr, collision).enable(re);
                let elsewhere = ram.read_at_clock("elsewhere", other + 1, collision).enable(re & other.any());
                let name = |what: &str| format!("{}_{what}", always.value().name().unwrap_or_default());
                m.output(&name("now"), always.value(), "");
                m.output(&name("both"), sometimes.value() ^ elsewhere.value(), "");
            });
        }
        let started = m
            .memory("started", 4, 8)
            .contents(&words.iter().map(|word| word.slice(3, 0)).collect::<Vec<_>>()[..5]);
        started.write(we, waddr, data.low(4));
        m.output("started_now", started.read(raddr), "unknown from word 5");
        let flags = m.memory("flags", 1, 8);
        flags.write(we, waddr, data.bit(0));
        m.output("flag", flags.read_at_clock("flag_read", raddr, Collision::Undefined).value(), "");
    })
}

/// Two ports that read and write; where one writes an even address, the other writes an odd one.
pub fn dual_port(address_width: u32, width: u32) -> Netlist {
    one("dual_port", |m| {
        let ram = m.memory("ram", width, 1 << address_width).writes_never_meet();
        let swap = m.input("swap", 1, "");
        for (name, lowest) in [("a", swap), ("b", !swap)] {
            let input = |what: &str, width| m.input(&format!("{name}_{what}"), width, "");
            let (write, data) = (input("write", 1), input("data", width));
            let address = m.concat(&[input("address", address_width - 1), lowest]);
            ram.write(write, address, data);
            let word = ram.read_at_clock(&format!("{name}_q"), address, Collision::Undefined).enable(!write);
            m.output(&format!("{name}_word"), word.value(), "");
        }
    })
}

fn masked_writes() -> Netlist {
    one("masked_writes", |m| {
        let (we, bytes, bits) = (m.input("we", 1, ""), m.input("bytes", 2, ""), m.input("bits", 16, ""));
        let [to, from] = inputs(m, ["to", "from"], 2);
        let data = m.input("data", 16, "");
        let words: Vec<Bits> = (0..4).map(|i| Bits::truncated(i * 4099, 16)).collect();
        for &collision in Collision::ALL {
            m.scope(&format!("{collision:?}").to_lowercase(), || {
                let ram = m.memory("ram", 16, 4).contents(&words);
                ram.write_masked(we, bytes, to, data);
                ram.write_masked(
                    we & to.bit(0),
                    m.concat(&[bits.high(4), bytes ^ bits.low(2), bytes]),
                    from + to,
                    data + 1,
                );
                ram.write_masked(bits.all(), m.lit(1, 2), to, m.lit(0xabcd, 16));
                let word = ram.read_at_clock("word", from, collision).enable(we | bytes.any()).value();
                m.output(&format!("{}_now", word.name().unwrap_or_default()), word, "");
            });
        }
        let flags = m.memory("flags", 16, 4).contents(&words);
        flags.write_masked(we, bits, to, !data);
        m.output("flags_now", flags.read(from), "");
    })
}

fn roms() -> Netlist {
    one("roms", |m| {
        let address = m.input("address", 4, "");
        let squares: Vec<Bits> = (0..5).map(|i| Bits::truncated(i * i, 5)).collect();
        let squares = m.rom("squares", &squares);
        m.output("square", squares.read(address.low(3)), "0 beyond the last");
        m.output("high_square", squares.read(address.high(3)).high(2), "");
        let flags = m.rom("flags", &[Bits::ones(1)]);
        m.output("flag", flags.read(address.bit(3)), "a ROM of one word");
    })
}

fn hierarchy() -> Netlist {
    let design = Design::new(Clocking::default());
    let stage = design.module("stage", &["w8"], |m| {
        let (data, valid) = (m.input("data", 8, "payload"), m.input("valid", 1, ""));
        let ready = m.input("next_ready", 1, "");
        let full = m.reg("full", 1).reset_to(0).enable(ready);
        full.set(valid);
        let held = m.reg("held", 8).enable(ready & valid);
        held.set(data);
        m.output("ready", ready, "");
        m.output("next_valid", full.value(), "");
        m.output("next_data", held.value(), "");
        m.output("spare", held.value().parity(), "nobody reads it");
    });
    let top = design.module("hierarchy", &[], |m| {
        let (data, valid) = (m.input("data", 8, ""), m.input("valid", 1, ""));
        let ready = m.input("out_ready", 1, "");
        let first = m.instance("first", stage).set("data", data + 1).set("valid", valid);
        let second = m.instance("stage_w8", stage);
        first.set("next_ready", second.get("ready"));
        m.output("out_data", second.get("next_data").named("held").low(4), "half of it");
        let accepted = (first.get("next_valid") & !second.get("next_valid")).named("accepted");
        second.set("data", first.get("next_data")).set("valid", accepted);
        second.set("next_ready", ready);
        m.output("ready", first.get("ready"), "");
        m.output("out_valid", second.get("next_valid"), "");
    });
    elaborate(&design, top)
}

fn black_box() -> Netlist {
    let design = Design::new(Clocking::default());
    let pads = || vec![BlackBoxPort::clock("C"), BlackBoxPort::input("D", 8), BlackBoxPort::output("Q", 8)];
    let fast = design.black_box("PAD", &[("DRIVE", "12"), ("MODE", "\"FAST\"")], pads());
    let plain = design.black_box("PAD", &[], pads());
    let top = design.module("black_box", &[], |m| {
        let data = m.input("data", 8, "");
        let fast = m.instance("fast", fast).set("C", m.clock()).set("D", data);
        let plain = m.instance("plain", plain).set("C", m.clock()).set("D", fast.get("Q") ^ data);
        m.output("half", plain.get("Q").low(4), "");
    });
    elaborate(&design, top)
}

fn properties() -> Netlist {
    one("properties", |m| {
        let step = m.input("step", 1, "");
        let count = m.reg("count", 3).reset_to(0).enable(step);
        count.set(count.value().eq(5).mux(m.lit(0, 3), count.value() + 1));
        m.output("count", count.value(), "0 to 5");
        let before = m.reg("before", 3).reset_to(0);
        before.set(count.value());
        m.assert("below_six", count.value().lt(6));
        let difference = count.value() - before.value();
        m.assert("moves_by_one", difference.lt(2) | count.value().eq(0));
        m.assume("calm", !(step & before.value().eq(7)));
        m.cover("five", count.value().eq(5));
    })
}

/// Only a property uses the clock.
fn watched() -> Netlist {
    one("watched", |m| {
        let [a, b] = inputs(m, ["a", "b"], 4);
        m.output("sum", a + b, "");
        let before = m.reg("before", 4);
        before.set(a);
        m.cover("rises", before.value().lt(a) & (a ^ b).named("difference").bit(0));
    })
}

fn combinational_property() -> Netlist {
    one("combinational_property", |m| {
        let [a, b] = inputs(m, ["a", "b"], 4);
        m.output("larger", a.lt(b).mux(b, a), "");
        m.assert("no_less", a.lt(b).mux(b, a).ge(a));
    })
}

/// An output of a child that only a property reads must be connected too.
fn property_of_a_child() -> Netlist {
    let design = Design::new(Clocking::default());
    let child = design.module("both", &[], |m| {
        let a = m.input("a", 4, "");
        m.output("complement", !a, "");
        m.output("any", a.any(), "");
    });
    let top = design.module("property_of_a_child", &[], |m| {
        let child = m.instance("u_both", child).set("a", m.input("a", 4, ""));
        m.output("any", child.get("any"), "");
        m.assert("any_or_all", child.get("any") | child.get("complement").all());
    });
    elaborate(&design, top)
}
