#![doc = include_str!("pipeline.md")]

use super::{WORD, Word};
use crate::Part;
use hdl::{Design, Module, ModuleRef, Signal, Signals, Stream, Wire};

/// See the page.
pub const PART: Part = Part {
    name: "pipeline",
    summary: "pipeline registers, free-running or with ready/valid handshakes",
    page: include_str!("pipeline.md"),
    example,
};

/// A pipeline under construction, from its input towards its output.
///
/// Free-running, every stage takes a new payload in every cycle. With a handshake a stage takes one when it
/// is empty or handed on: throughput is one payload a cycle, and `ready` is combinational through the stages.
pub struct Pipeline<'m> {
    module: &'m Module,
    handshake: Option<Handshake<'m>>,
    stages: u32,
}

/// Whether a payload is there, and the wire by which the next stage says that it takes it.
struct Handshake<'m> {
    valid: Signal<'m>,
    ready: Wire<'m>,
}

impl<'m> Pipeline<'m> {
    /// A pipeline without handshake.
    pub fn free_running(module: &'m Module) -> Pipeline<'m> {
        Pipeline { module, handshake: None, stages: 0 }
    }

    /// A pipeline that takes its payloads from `input`.
    pub fn from_stream<P>(module: &'m Module, input: &Stream<'m, P>) -> Pipeline<'m> {
        let ready = module.wire("stage0_ready", 1);
        input.set_ready(ready.value());
        Pipeline { module, handshake: Some(Handshake { valid: input.valid(), ready }), stages: 0 }
    }

    /// A register stage. Registers are called `<signal>_q<stage>`.
    pub fn stage(&mut self, payload: &mut impl Signals<'m>) {
        self.stages += 1;
        let advance = self.handshake.take().map(|before| self.valid_register(before));
        *payload = payload.map(|signal| {
            let register = self.module.reg(&self.register_name(*signal), signal.width());
            if let Some(advance) = advance {
                register.enable(advance);
            }
            register.set(*signal);
            register.value()
        });
    }

    /// Hands the payload to `output`, whose payload the caller drives.
    pub fn into_stream<P>(self, output: &Stream<'m, P>) {
        if let Some(last) = self.handshake {
            output.set_valid(last.valid);
            last.ready.drive(output.ready());
        }
    }

    /// `<signal>_q<stage>`, whatever number the signal itself ends in.
    fn register_name(&self, signal: Signal<'m>) -> String {
        let name = signal.name().unwrap_or_else(|| "data".into());
        let earlier = format!("_q{}", self.stages - 1);
        format!("{}_q{}", name.strip_suffix(&earlier).unwrap_or(&name), self.stages)
    }

    /// The stage's valid bit; returns the enable of its payload registers.
    fn valid_register(&mut self, before: Handshake<'m>) -> Signal<'m> {
        let valid = self.module.reg(&format!("stage{}_valid", self.stages), 1).reset_to(0);
        let ready = self.module.wire(&format!("stage{}_ready", self.stages), 1);
        let advance = !valid.value() | ready.value();
        before.ready.drive(advance);
        valid.enable(advance).set(before.valid);
        self.handshake = Some(Handshake { valid: valid.value(), ready });
        advance & before.valid
    }
}

fn example(design: &Design) -> ModuleRef {
    design.module("pipeline", &["w32", "s2"], |m| {
        let (input, output) = (m.input_stream("in", &WORD), m.output_stream("out", &WORD));
        let mut word = Word { data: input.payload.data.named("data") };
        let mut pipeline = Pipeline::from_stream(m, &input);
        (0..2).for_each(|_| pipeline.stage(&mut word));
        output.set_payload(word);
        pipeline.into_stream(&output);
    })
}
