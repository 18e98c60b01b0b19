//! Blocks with several channels.

use blocks::block::{Configured, Hardware, elaborate};
use blocks::channel::{Channel, Interface, Pace, Ports, Timing};
use blocks::golden::{GoldenModel, Model, Reference};
use blocks::parameters::Values;
use blocks::stimulus::{Coverage, Space, Stimulus, case_rng};
use hdl::{Bits, Design, Field, ModuleRef};
use sim::{Interpreter, Options, Simulator};
use std::collections::VecDeque;
use testbenches::driver::{Stop, Testbench};

const WIDTH: u32 = 100;

/// Adds the beats of two streams pair by pair; the sum of every second pair goes to `odd`, of the others to `even`.
/// Or, without handshakes, gives both outputs of both inputs in the same cycle.
struct Pairs {
    timing: Timing,
    /// Both sums go to the wrong channel.
    is_crossed: bool,
}

impl Values for Pairs {
    fn values(&self) -> Vec<(String, String)> {
        vec![]
    }
}

impl Ports for Pairs {
    fn interface(&self) -> Interface {
        let channel = |name: &'static str| match self.timing {
            Timing::Fixed { .. } => Channel { name, fields: vec![Field::new(name, WIDTH, "")] },
            Timing::ReadyValid { .. } | Timing::Elastic => {
                Channel { name, fields: vec![Field::new("data", WIDTH, "")] }
            }
        };
        Interface {
            inputs: vec![channel("left"), channel("right")],
            outputs: vec![channel("even"), channel("odd")],
            timing: self.timing,
        }
    }
}

impl Hardware for Pairs {
    fn build(&self, design: &Design) -> ModuleRef {
        match self.timing {
            Timing::Fixed { .. } => self.build_fixed(design),
            Timing::ReadyValid { .. } | Timing::Elastic => self.build_streams(design),
        }
    }
}

impl Reference for Pairs {
    fn golden(&self) -> GoldenModel {
        let is_stream = !matches!(self.timing, Timing::Fixed { .. });
        GoldenModel::sequential(Golden { is_stream, waiting: Default::default(), is_odd: false })
    }
}

impl Stimulus for Pairs {
    /// The right beats of five cases come before their left ones; without handshakes, they alternate.
    fn random(&self, seed: u64) -> Space {
        let burst = if matches!(self.timing, Timing::Fixed { .. }) { 1 } else { 5 };
        let make = move |index: u64, emit: &mut dyn FnMut(usize, &[Bits])| {
            let mut rng = case_rng(seed, index);
            for channel in [1, 0] {
                (0..burst).for_each(|_| emit(channel, &[Bits::truncated(rng.u128(..), WIDTH)]));
            }
        };
        Space { name: "random".into(), cases: u64::MAX, make: Box::new(make), make_many: None }
    }

    fn coverage(&self) -> Coverage<'_> {
        Coverage::of_beats([], |_, _| {})
    }
}

impl Pairs {
    fn build_fixed(&self, design: &Design) -> ModuleRef {
        design.module("pairs", &["fixed"], |m| {
            let (left, right) = (m.input("left", WIDTH, ""), m.input("right", WIDTH, ""));
            let (sum, difference) = (left + right, left - right);
            let (even, odd) = if self.is_crossed { (difference, sum) } else { (sum, difference) };
            m.output("even", even, "");
            m.output("odd", odd, "");
        })
    }

    fn build_streams(&self, design: &Design) -> ModuleRef {
        design.module("pairs", &["streams"], |m| {
            let fields = [Field::new("data", WIDTH, "")];
            let (left, right) = (m.input_stream("left", &fields), m.input_stream("right", &fields));
            let (even, odd) = (m.output_stream("even", &fields), m.output_stream("odd", &fields));
            let is_odd = m.reg("is_odd", 1).reset_to(self.is_crossed.into());
            let both = left.valid() & right.valid();
            let ready = is_odd.value().mux(odd.ready(), even.ready());
            left.set_ready(right.valid() & ready);
            right.set_ready(left.valid() & ready);
            for (stream, is_meant) in [(&even, !is_odd.value()), (&odd, is_odd.value())] {
                stream.set_valid(both & is_meant);
                stream.set_field("data", left.field("data") + right.field("data"));
            }
            is_odd.enable(both & ready).set(!is_odd.value());
        })
    }
}

struct Golden {
    is_stream: bool,
    waiting: [VecDeque<u128>; 2],
    is_odd: bool,
}

impl Model for Golden {
    fn accept(&mut self, channel: usize, beat: &[Bits], emit: &mut dyn FnMut(usize, &[Option<Bits>])) {
        self.waiting[channel].push_back(beat[0].to_u128());
        if self.waiting.iter().any(VecDeque::is_empty) {
            return;
        }
        let [left, right] = self.waiting.each_mut().map(|beats| beats.pop_front().unwrap_or_default());
        let value = |value| [Some(Bits::truncated(value, WIDTH))];
        if self.is_stream {
            emit(self.is_odd.into(), &value(left + right));
            self.is_odd = !self.is_odd;
        } else {
            emit(0, &value(left + right));
            emit(1, &value(left.wrapping_sub(right)));
        }
    }
}

/// Answers each beat with two: itself and its complement.
struct Doubler;

impl Values for Doubler {
    fn values(&self) -> Vec<(String, String)> {
        vec![]
    }
}

impl Ports for Doubler {
    fn interface(&self) -> Interface {
        let channel = |name| Channel { name, fields: vec![Field::new("data", 8, "")] };
        let (inputs, outputs) = (vec![channel("in")], vec![channel("out")]);
        Interface { inputs, outputs, timing: Timing::ReadyValid { latency: 1 } }
    }

    fn pace(&self) -> Option<Pace> {
        Some(Pace { interval: 2, capacity: 1 })
    }
}

impl Hardware for Doubler {
    fn build(&self, design: &Design) -> ModuleRef {
        design.module("doubler", &[], |m| {
            let fields = [Field::new("data", 8, "")];
            let (input, output) = (m.input_stream("in", &fields), m.output_stream("out", &fields));
            let [full, second] = ["full", "second"].map(|name| m.reg(name, 1).reset_to(0));
            let data = m.reg("data", 8).enable(input.fires());
            data.set(input.field("data"));
            input.set_ready(!full.value() | second.value() & output.ready());
            full.set(input.fires() | full.value() & !(second.value() & output.ready()));
            second.enable(output.fires()).set(!second.value());
            output.set_valid(full.value());
            output.set_field("data", data.value() ^ second.value().repeat(8));
        })
    }
}

impl Reference for Doubler {
    fn golden(&self) -> GoldenModel {
        struct Golden;
        impl Model for Golden {
            fn accept(
                &mut self,
                _channel: usize,
                beat: &[Bits],
                emit: &mut dyn FnMut(usize, &[Option<Bits>]),
            ) {
                let value = beat[0].to_u64();
                let mut answer = |value: u64| emit(0, &[Some(Bits::truncated(value.into(), 8))]);
                answer(value);
                answer(!value);
            }
        }
        GoldenModel::sequential(Golden)
    }
}

impl Stimulus for Doubler {
    fn random(&self, seed: u64) -> Space {
        Space::of_beats("random", u64::MAX, move |index| [Bits::truncated(case_rng(seed, index).u128(..), 8)])
    }

    fn coverage(&self) -> Coverage<'_> {
        Coverage::of_beats([], |_, _| {})
    }
}

fn run_block(block: &dyn Configured) -> Result<u64, Stop> {
    let netlist = elaborate(block).unwrap_or_else(|errors| panic!("{errors}"));
    let mut simulator = Interpreter::new(&netlist, Options::default()).unwrap();
    let testbench = Testbench::new(block, simulator.ports(), &netlist.clocking, 1).unwrap();
    testbench.run(&mut simulator, &block.random(3), 0..2000, &mut ()).map(|passed| passed.cycles)
}

fn run(timing: Timing, is_crossed: bool) -> Result<u64, Stop> {
    run_block(&Pairs { timing, is_crossed })
}

#[test]
fn a_beat_may_have_several_answers() {
    assert!(run_block(&Doubler).unwrap() > 4000);
}

#[test]
fn channels_are_driven_and_checked_each_for_itself() {
    for timing in [Timing::Fixed { latency: 0 }, Timing::ReadyValid { latency: 0 }, Timing::Elastic] {
        run(timing, false).unwrap();
        let Err(Stop::Failed(failure)) = run(timing, true) else { panic!("crossed channels pass") };
        // If a latency is promised, the missing `even` is noticed before `odd` arrives.
        let noticed = if timing == Timing::Elastic { "odd" } else { "even" };
        assert!(failure.signal.starts_with(noticed), "{failure}");
    }
}

#[test]
fn every_beat_of_a_case_is_listed() {
    let Err(Stop::Failed(failure)) = run(Timing::ReadyValid { latency: 0 }, true) else {
        panic!("it passes")
    };
    let names: Vec<&str> = failure.inputs.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names.len(), 10);
    assert_eq!(names[..2], ["right_data", "right_data (beat 2)"]);
    assert_eq!(names[9], "left_data (beat 5)");
}
