//! Black boxes with Rust closures as their models.

use crate::support::{elaborate, peek, poke, signal};
use hdl::{Bits, BlackBoxPort, Module, ModuleRef, Netlist};
use sim::{Batch, BuildError, Compiled, Interpreter, Models, Options, Pins, Simulator};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Multiplies; the width is a parameter of the Verilog module.
fn multiplier(m: &Module) -> ModuleRef {
    let ports = vec![BlackBoxPort::input("a", 8), BlackBoxPort::input("b", 8), BlackBoxPort::output("p", 16)];
    m.design().black_box("vendor_mul", &[("WIDTH", "8")], ports)
}

/// Accumulates its input from START on, and also passes the input through.
fn counter(m: &Module, start: &str) -> ModuleRef {
    let ports = vec![
        BlackBoxPort::clock("ck"),
        BlackBoxPort::input("clear", 1),
        BlackBoxPort::input("step", 8),
        BlackBoxPort::registered_output("total", 8),
        BlackBoxPort::output("next", 8),
    ];
    m.design().black_box("vendor_counter", &[("START", start)], ports)
}

fn multiply(pins: &mut Pins) {
    pins.set_u64("p", pins.get_u64("a") * pins.get_u64("b"));
}

fn sum(total: u64, pins: &Pins) -> u64 {
    (total + pins.get_u64("step")) & 0xff
}

fn models() -> Models {
    Models::new().combinational("vendor_mul", multiply).clocked(
        "vendor_counter",
        |instance| instance.parameter("START").expect("it is given").parse::<u64>().expect("a number"),
        |total, pins| {
            pins.set_u64("next", sum(*total, pins));
            pins.set("total", Bits::from_limbs(8, &[*total]));
        },
        |total, pins| *total = if pins.get_u64("clear") == 1 { 0 } else { sum(*total, pins) },
    )
}

/// Two counters in modules of their own, the first feeding the second through a multiplier; then a multiplier whose
/// instance is declared before what feeds it.
fn chain() -> Netlist {
    elaborate(|m| {
        let last = m.instance("u_last", multiplier(m));
        let stage = |start: &'static str| {
            m.design().module("stage", &[&format!("from{start}")], |m| {
                let box_ = m.instance("u_counter", counter(m, start));
                box_.set("ck", m.clock())
                    .set("clear", m.input("clear", 1, ""))
                    .set("step", m.input("step", 8, ""));
                m.output("total", box_.get("total"), "");
                m.output("next", box_.get("next") + 0u64, "");
            })
        };
        let (first, second) = (m.instance("u_first", stage("3")), m.instance("u_second", stage("5")));
        let square = m.instance("u_square", multiplier(m));
        let clear = m.input("clear", 1, "");
        first.set("clear", clear).set("step", m.input("step", 8, ""));
        square.set("a", first.get("next")).set("b", first.get("next"));
        second.set("clear", clear).set("step", square.get("p").low(8));
        last.set("a", second.get("next")).set("b", first.get("total"));
        m.output("first", first.get("total"), "");
        m.output("second", second.get("total"), "");
        m.output("last", last.get("p"), "");
        // A register of the design sees the same edge as the models.
        m.output("delayed", second.get("next").delayed("kept"), "");
    })
}

fn follow(simulator: &mut impl Simulator) {
    let names: Vec<String> = simulator.ports().iter().map(|port| port.name.clone()).collect();
    assert_eq!(names, ["clear", "step", "first", "second", "last", "delayed"], "no pin is a port");
    let (mut first, mut second, mut delayed) = (3, 5, 0);
    for cycle in 0..40u64 {
        let (clear, step) = (u64::from(cycle % 7 == 6), cycle * 37 % 256);
        poke(simulator, "clear", clear);
        poke(simulator, "step", step);
        let next = (first + step) & 0xff;
        let next_second = (second + next * next) & 0xff;
        assert_eq!(peek(simulator, "last"), next_second * first, "cycle {cycle}");
        assert_eq!(signal(simulator, "u_square.p").to_u64(), next * next);
        assert_eq!(signal(simulator, "u_first.u_counter.step").to_u64(), step);
        assert_eq!([peek(simulator, "first"), peek(simulator, "second")], [first, second]);
        assert_eq!(peek(simulator, "delayed"), delayed);
        simulator.tick();
        delayed = next_second;
        (first, second) = if clear == 1 { (0, 0) } else { (next, next_second) };
    }
    assert_eq!(simulator.cycle(), 40);
}

#[test]
fn models_stand_for_black_boxes_in_both_engines() {
    let netlist = chain();
    follow(&mut Interpreter::with_models(&netlist, Options::default(), &models()).unwrap());
    follow(&mut Compiled::with_models(&netlist, Options::default(), &models()).unwrap());
}

/// A module that is compiled once for all its instances, which must have no black box in it, beside one that has.
#[test]
fn black_boxes_stand_beside_shared_modules() {
    let netlist = elaborate(|m| {
        let lane = m.design().module("lane", &[], |m| {
            let x = m.input("x", 8, "");
            m.output("y", (0..30u64).fold(x, |y, step| (y ^ step) + (y >> 1u32)), "");
        });
        let boxed = m.design().module("boxed", &[], |m| {
            let x = m.input("x", 8, "");
            let square = m.instance("u_square", multiplier(m)).set("a", x).set("b", x);
            m.output("y", (0..30u64).fold(square.get("p").low(8), |y, step| (y ^ step) + (y >> 1u32)), "");
        });
        let mut value = m.input("x", 8, "");
        for index in 0..9 {
            value = m.instance(&format!("u_lane{index}"), lane).set("x", value).get("y");
            value = m.instance(&format!("u_boxed{index}"), boxed).set("x", value).get("y");
        }
        m.output("y", value, "");
    });
    let mut interpreter = Interpreter::with_models(&netlist, Options::default(), &models()).unwrap();
    let mut compiled = Compiled::with_models(&netlist, Options::default(), &models()).unwrap();
    for x in 0..256 {
        poke(&mut interpreter, "x", x);
        poke(&mut compiled, "x", x);
        assert_eq!(peek(&mut interpreter, "y"), peek(&mut compiled, "y"));
    }
}

#[test]
fn a_black_box_without_a_model_is_refused() {
    let netlist = chain();
    let error = |models: &Models| {
        let refused = [
            Interpreter::with_models(&netlist, Options::default(), models).err().unwrap(),
            Compiled::with_models(&netlist, Options::default(), models).err().unwrap(),
        ];
        assert_eq!(refused[0], refused[1]);
        refused[0].to_string()
    };
    assert_eq!(
        error(&Models::new().combinational("vendor_mul", multiply).combinational("vendor_count", |_| {})),
        "instance `u_first.u_counter` is of the black box `vendor_counter`, which has no model \
         (there are models of vendor_count, vendor_mul)"
    );
    assert_eq!(
        error(&Models::new()),
        "instance `u_last` is of the black box `vendor_mul`, which has no model (there are no models)"
    );
    let clocked = Models::new().clocked("vendor_mul", |_| (), |_, pins| multiply(pins), |_, _| {});
    assert_eq!(
        error(&clocked),
        "instance `u_last` is of the black box `vendor_mul`, which has no clock: its model cannot be a clocked one"
    );
    let batch = Batch::new(&netlist, Options::default()).err().unwrap();
    assert!(matches!(batch, BuildError::BlackBox { .. }), "{batch}");
}

/// The panic message of a model that does `wrong` with its pins.
fn complaint(wrong: impl Fn(&mut Pins) + 'static) -> String {
    let netlist = elaborate(|m| {
        let x = m.input("x", 8, "");
        m.output("y", m.instance("u_mul", multiplier(m)).set("a", x).set("b", x).get("p"), "");
    });
    let models = Models::new().combinational("vendor_mul", wrong);
    let mut simulator = Interpreter::with_models(&netlist, Options::default(), &models).unwrap();
    let panic = catch_unwind(AssertUnwindSafe(|| peek(&mut simulator, "y"))).unwrap_err();
    let message = panic.downcast::<String>().expect("a message");
    message
        .strip_prefix("the model of black box `vendor_mul` (instance `u_mul`): ")
        .expect("it says whose")
        .into()
}

#[test]
fn a_model_that_misuses_its_pins_is_told_so() {
    assert_eq!(complaint(|pins| pins.set_u64("q", 1)), "there is no output `q` (outputs: p)");
    assert_eq!(complaint(|pins| pins.set_u64("a", 1)), "there is no output `a` (outputs: p)");
    assert_eq!(complaint(|pins| _ = pins.get("c")), "there is no input `c` (inputs: a, b)");
    assert_eq!(
        complaint(|pins| pins.set("p", Bits::ones(8))),
        "output `p` has 16 bits: it cannot take 8 bits"
    );
    assert_eq!(
        complaint(|pins| pins.set_u64("p", 1 << 16)),
        "output `p` has 16 bits: it cannot take 65536 as up to 64 bits"
    );
    assert_eq!(complaint(|_| {}), "output `p` got no value");
}

/// The netlist was accepted because the black box declares its output as registered; the model breaks that promise.
#[test]
#[should_panic = "the models of `u_box` do not settle"]
fn an_output_that_only_claims_to_be_registered_is_found_on_a_loop() {
    let netlist = elaborate(|m| {
        let ports = vec![BlackBoxPort::input("x", 1), BlackBoxPort::registered_output("y", 1)];
        let box_ = m.instance("u_box", m.design().black_box("liar", &[], ports));
        box_.set("x", box_.get("y") ^ m.input("x", 1, ""));
        m.output("y", box_.get("y"), "");
    });
    let models =
        Models::new().combinational("liar", |pins| pins.set("y", hdl::evaluate::not(&pins.get("x"))));
    peek(&mut Interpreter::with_models(&netlist, Options::default(), &models).unwrap(), "y");
}
