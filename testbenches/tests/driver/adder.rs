//! An adder with every timing, correct or with one of the defects that a testbench must find.

use blocks::block::Hardware;
use blocks::channel::{Channel, Interface, Pace, Ports, Timing};
use blocks::golden::{GoldenModel, PureModel, Reference};
use blocks::parameters::Values;
use blocks::stimulus::{Coverage, Space, Stimulus, case_rng};
use hdl::{Design, Field, Module, ModuleRef, Signal, Wire, stream_bundle};

/// What is wrong with an adder, or unusual.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Defect {
    None,
    /// No defect: the data registers have a reset, which nothing can observe.
    ResetsData,
    /// No defect: the sum is 0 while `valid` is 0.
    GatesData,
    /// No defect: after a stall, the output pauses for a cycle.
    Rests,
    /// No defect: an assertion says what the parity must be.
    AssertsParity,
    /// Bit 3 of the sum is 0 if b is 0xf0.
    RarelyWrongBit,
    /// Bit 3 of the sum is 0.
    WrongBit,
    /// One register more than stated.
    Late,
    /// One register less than stated.
    Early,
    /// If a is 0x55, a register that is never loaded is part of the sum: it is 0 only by luck.
    Unknown,
    /// The sums of a = 0x55 are lost.
    Drop,
    /// The sums of a = 0x55 come twice.
    Duplicate,
    /// An offered sum counts up while it waits.
    ChangesWhileHeld,
    /// `valid` falls in every second cycle of a stall.
    Withdraws,
    /// `valid` waits for `ready`.
    WaitsForReady,
    /// After a = 0x55, no further beats are taken.
    Sticks,
    /// Beats survive a reset.
    IgnoresReset,
    /// Takes a beat only in every second cycle.
    Throttles,
    /// The first stage waits for the second one even while the first is empty.
    KeepsBubbles,
    /// A spurious answer, 4 cycles after a = 0x55 if no beat follows.
    Invents,
}

/// An 8-bit adder with its carry, and a parity that is not specified where b is 0.
pub struct Adder {
    pub timing: Timing,
    pub defect: Defect,
}

impl Adder {
    pub fn new(timing: Timing, defect: Defect) -> Adder {
        Adder { timing, defect }
    }
}

fn fields() -> [Vec<Field>; 2] {
    let field = |name, width| Field::new(name, width, "");
    [vec![field("a", 8), field("b", 8)], vec![field("sum", 9), field("parity", 1)]]
}

impl Values for Adder {
    fn values(&self) -> Vec<(String, String)> {
        vec![]
    }
}

impl Ports for Adder {
    fn interface(&self) -> Interface {
        let [inputs, outputs] = fields();
        Interface {
            inputs: vec![Channel { name: "in", fields: inputs }],
            outputs: vec![Channel { name: "out", fields: outputs }],
            timing: self.timing,
        }
    }

    fn pace(&self) -> Option<Pace> {
        match self.timing {
            Timing::Fixed { .. } => None,
            // No capacity is promised, so that the promised interval is what fails.
            Timing::ReadyValid { .. } if self.defect == Defect::Throttles => {
                Some(Pace { interval: 1, capacity: 0 })
            }
            Timing::ReadyValid { latency } => Some(Pace { interval: 1, capacity: latency }),
            Timing::Elastic => None,
        }
    }
}

impl Hardware for Adder {
    fn build(&self, design: &Design) -> ModuleRef {
        match self.timing {
            Timing::Fixed { latency } => design.module("adder", &[], |m| self.build_fixed(m, latency)),
            Timing::ReadyValid { latency } => {
                design.module("adder_rv", &[], |m| self.build_stream(m, latency))
            }
            Timing::Elastic => design.module("adder_elastic", &[], |m| self.build_stream(m, 2)),
        }
    }
}

impl Reference for Adder {
    fn golden(&self) -> GoldenModel {
        GoldenModel::pure(Golden)
    }
}

impl Stimulus for Adder {
    fn spaces(&self) -> Vec<Space> {
        vec![Space::of_limbs("a x b", 1 << 16, vec![8, 8], |index, beat| {
            beat.copy_from_slice(&[index & 0xff, index >> 8]);
        })]
    }

    fn random(&self, seed: u64) -> Space {
        Space::of_limbs("random", u64::MAX, vec![8, 8], move |index, beat| {
            let mut rng = case_rng(seed, index);
            beat.fill_with(|| rng.u8(..).into());
        })
    }

    fn coverage(&self) -> Coverage<'_> {
        Coverage::of_beats(["carry", "a = b"], |beat, hit| {
            let (a, b) = (beat[0].to_u64(), beat[1].to_u64());
            if a + b > 0xff {
                hit(0);
            }
            if a == b {
                hit(1);
            }
        })
    }
}

struct Golden;

impl PureModel for Golden {
    fn answer(&self, beat: &[u64], answer: &mut [u64], specified: &mut [u64]) {
        let sum = beat[0] + beat[1];
        answer.copy_from_slice(&[sum, (sum.count_ones() % 2).into()]);
        if beat[1] == 0 {
            specified[1] = 0;
        }
    }
}

impl Adder {
    fn build_fixed(&self, m: &Module, latency: u32) {
        let (a, b) = (m.input("a", 8, ""), m.input("b", 8, ""));
        let mut sum = self.sum(m, a, b);
        for stage in 0..self.stages(latency) {
            let register = m.reg(&format!("sum_q{stage}"), 9);
            if self.defect == Defect::ResetsData {
                register.reset_to(5);
            }
            register.set(sum);
            sum = register.value();
        }
        let parity = sum.parity();
        if self.defect == Defect::AssertsParity {
            let bit_by_bit = (1..9).fold(sum.bit(0), |parity, bit| parity ^ sum.bit(bit));
            m.assert("parity_is_right", parity.eq(bit_by_bit));
        }
        m.output("sum", sum, "");
        m.output("parity", parity, "");
    }

    fn sum<'m>(&self, m: &'m Module, a: Signal<'m>, b: Signal<'m>) -> Signal<'m> {
        let sum = a.add_wide(b);
        match self.defect {
            Defect::WrongBit => sum & 0x1f7u64,
            Defect::RarelyWrongBit => b.eq(0xf0u64).mux(sum & 0x1f7u64, sum),
            Defect::Unknown => {
                let stray = m.reg("stray", 9);
                stray.enable(m.lit(0, 1)).set(sum);
                sum ^ stray.value().gated(a.eq(0x55u64))
            }
            _ => sum,
        }
    }

    fn build_stream(&self, m: &Module, latency: u32) {
        let [inputs, outputs] = fields();
        let input = m.input_stream("in", &inputs);
        let output = match self.defect {
            // On ports known to be a stream, the language rejects this defect.
            Defect::WaitsForReady => m.bundle_ports("out", &stream_bundle(&outputs)),
            _ => m.output_stream("out", &outputs).interface().clone(),
        };
        let sum = self.sum(m, input.field("a"), input.field("b"));
        let is_marked = input.field("a").eq(0x55u64);
        let first = m.wire("first_ready", 1);
        let may_take = self.throttle(m, input.fires());
        input.set_ready(first.value() & may_take);
        let mut flow =
            Flow { valid: input.valid() & may_take, ready: first, data: m.concat(&[is_marked, sum]) };
        for stage in 0..self.stages(latency) {
            flow = self.stage(m, flow, stage);
        }
        let Flow { valid, ready, data } = flow;
        let shown = spoil(m, self.defect, valid, output.get("ready"), data);
        output.set("valid", shown.valid);
        output.set("sum", shown.sum);
        output.set("parity", shown.sum.parity());
        ready.drive(shown.ready);
    }

    /// 1 if a beat may be taken.
    fn throttle<'m>(&self, m: &'m Module, takes: Signal<'m>) -> Signal<'m> {
        if self.defect != Defect::Throttles {
            return m.lit(1, 1);
        }
        let has_taken = m.reg("has_taken", 1).reset_to(0);
        has_taken.set(takes);
        !has_taken.value()
    }

    fn stages(&self, latency: u32) -> u32 {
        match self.defect {
            Defect::Late => latency + 1,
            Defect::Early => latency - 1,
            _ => latency,
        }
    }

    fn stage<'m>(&self, m: &'m Module, before: Flow<'m>, stage: u32) -> Flow<'m> {
        let valid = m.reg(&format!("valid_q{stage}"), 1);
        if self.defect != Defect::IgnoresReset {
            valid.reset_to(0);
        }
        let data = m.reg(&format!("data_q{stage}"), before.data.width());
        let ready = m.wire(&format!("ready_{stage}"), 1);
        let advance = match self.defect {
            Defect::KeepsBubbles if stage == 0 => ready.value(),
            _ => !valid.value() | ready.value(),
        };
        before.ready.drive(advance);
        valid.enable(advance).set(before.valid);
        data.enable(advance & before.valid).set(before.data);
        Flow { valid: valid.value(), ready, data: data.value() }
    }
}

/// A stream between two stages; `ready` is driven by the later one.
struct Flow<'m> {
    valid: Signal<'m>,
    ready: Wire<'m>,
    /// The sum, and above it a bit that says whether a was 0x55.
    data: Signal<'m>,
}

/// What the output channel shows, and whether the last stage is emptied.
struct Shown<'m> {
    valid: Signal<'m>,
    sum: Signal<'m>,
    ready: Signal<'m>,
}

/// The defects of the output channel.
fn spoil<'m>(
    m: &'m Module,
    defect: Defect,
    valid: Signal<'m>,
    ready: Signal<'m>,
    data: Signal<'m>,
) -> Shown<'m> {
    let (is_marked, sum) = (data.bit(9) & valid, data.low(9));
    let flag = |set: Signal<'m>, clear: Signal<'m>| {
        let flag = m.reg("flag", 1).reset_to(0);
        flag.set((flag.value() | set) & !clear);
        flag.value()
    };
    let never = m.lit(0, 1);
    match defect {
        Defect::Drop => Shown { valid: valid & !is_marked, sum, ready: ready | is_marked },
        Defect::Duplicate => {
            let seen = m.wire("seen", 1);
            seen.drive(flag(is_marked & ready & !seen.value(), ready & seen.value()));
            Shown { valid, sum, ready: ready & (!is_marked | seen.value()) }
        }
        Defect::ChangesWhileHeld => {
            let waited = m.reg("waited", 9).reset_to(0);
            waited.set((valid & !ready).mux(waited.value() + 1u64, 0u64));
            Shown { valid, sum: sum + waited.value(), ready }
        }
        Defect::Withdraws => {
            let hidden = m.wire("hidden", 1);
            hidden.drive(flag(valid & !ready & !hidden.value(), hidden.value()));
            Shown { valid: valid & !hidden.value(), sum, ready: ready & !hidden.value() }
        }
        Defect::GatesData => Shown { valid, sum: sum & valid.repeat(9).named("gate"), ready },
        Defect::Rests => {
            let rests = m.wire("rests", 1);
            let stalled = m.reg("was_stalled", 1).reset_to(0);
            stalled.set(valid & !ready);
            let rested = m.reg("rests_now", 1).reset_to(0);
            rested.set(stalled.value() & valid & ready);
            rests.drive(rested.value());
            Shown { valid: valid & !rests.value(), sum, ready: ready & !rests.value() }
        }
        Defect::WaitsForReady => Shown { valid: valid & ready, sum, ready },
        Defect::Sticks => {
            let flows = !flag(is_marked & ready, never);
            Shown { valid: valid & flows, sum, ready: ready & flows }
        }
        Defect::Invents => {
            let armed = m.wire("armed", 1);
            let idle = m.reg("idle", 3).reset_to(0);
            let invents = armed.value() & idle.value().bit(2) & !valid;
            idle.set(valid.mux(m.lit(0, 3), idle.value().bit(2).mux(idle.value(), idle.value() + 1u64)));
            armed.drive(flag(is_marked & ready, invents & ready));
            Shown { valid: valid | invents, sum, ready }
        }
        _ => Shown { valid, sum, ready },
    }
}
