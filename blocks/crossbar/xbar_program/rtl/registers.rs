//! The registers, which change only between words.

use crate::crossbar::xbar_program::params::{
    ADDRESS_BITS, BOUNDS, Config, DATA_BITS, Limits, LoopOrder, Params, Range, Write,
};
use hdl::{Bundle, Module, Signal, Stream};

/// The registers.
pub struct Registers<'m> {
    /// Those from address 0 on.
    pub config: Config<Signal<'m>>,
    /// The bounds of each level.
    pub bounds: Vec<Bounds<'m>>,
    /// No box contradicts itself.
    pub has_legal_boxes: Signal<'m>,
    /// A write is offered: it comes before a word.
    pub write_valid: Signal<'m>,
}

/// A cell of a level is within its bounds from `lower` on, below `upper`.
#[derive(Clone, Copy)]
pub struct Bounds<'m> {
    pub lower: Signal<'m>,
    /// With a bit more: above the greatest code it is none.
    pub upper: Signal<'m>,
}

impl<'m> Bounds<'m> {
    /// A code is at the upper bound or above it.
    pub fn is_below(&self, code: Signal<'m>) -> Signal<'m> {
        code.zext(self.upper.width()).ge(self.upper)
    }

    /// No code is within the bounds.
    pub fn is_empty(&self) -> Signal<'m> {
        self.is_below(self.lower)
    }

    /// What the upper bound is among the codes.
    pub fn upper_code(&self) -> Signal<'m> {
        self.upper.low(self.lower.width())
    }

    /// Some codes are not below the upper bound.
    pub fn has_upper(&self) -> Signal<'m> {
        !self.upper.bit(self.lower.width())
    }
}

impl<'m> Registers<'m> {
    /// The registers, with their port. They are written while `is_idle` is 1.
    pub fn new(m: &'m Module, params: &Params, is_idle: Signal<'m>) -> Registers<'m> {
        let port = m.input_stream("config", &Write { address: ADDRESS_BITS, data: DATA_BITS });
        port.set_ready(is_idle);
        let mut all = Selected { port, legal: vec![], read: vec![] };
        let declared = params.config();
        let mut names = (0..).zip(declared.names());
        let config = declared.map(|width| {
            let (address, name) = names.next().expect("each register has a name");
            all.register(m, address, &name, *width)
        });
        let bounds = (0..params.levels()).map(|level| {
            let address = BOUNDS + 2 * u64::from(level);
            let mut bound =
                |address, name, bits| all.register(m, address, &format!("level{level}_{name}"), bits);
            Bounds {
                lower: bound(address, "lower", params.adc_bits),
                upper: bound(address + 1, "upper", params.upper_bits()),
            }
        });
        let bounds = bounds.collect();
        let is_legal = m.concat_lsb(&all.legal).any();
        m.output(
            "config_error",
            all.port.valid() & !is_legal,
            "no register has this address, or not this value",
        );
        m.output("config_read", m.one_hot(&all.read), "what the register at config_address holds");
        let has_legal_boxes = is_legal_box(&config.set) & is_legal_box(&config.reset);
        Registers {
            config,
            bounds,
            has_legal_boxes: has_legal_boxes.named("has_legal_boxes"),
            write_valid: all.port.valid(),
        }
    }
}

/// The registers so far, on their port.
struct Selected<'m> {
    port: Stream<'m, Write<Signal<'m>>>,
    legal: Vec<Signal<'m>>,
    read: Vec<(Signal<'m>, Signal<'m>)>,
}

impl<'m> Selected<'m> {
    fn register(&mut self, m: &'m Module, address: u64, name: &str, width: u32) -> Signal<'m> {
        let Write { address: selected, data } = self.port.payload;
        let is_selected = selected.eq(address);
        let is_legal = match DATA_BITS - width {
            0 => is_selected,
            above => is_selected & !data.high(above).any(),
        };
        let register = m.reg(name, width).reset_to(0).enable(self.port.fires() & is_legal);
        register.set(data.low(width));
        self.legal.push(is_legal);
        self.read.push((is_selected, register.value().zext(DATA_BITS)));
        register.value()
    }
}

fn is_legal_box<'m>(limits: &Limits<Signal<'m>>) -> Signal<'m> {
    let has_values = |range: &Range<Signal<'m>>| {
        range.start.eq(range.stop) | (range.start.lt(range.stop) & range.step.any())
    };
    let loops = has_values(&limits.word_line) & has_values(&limits.line) & has_values(&limits.width);
    loops & limits.width.start.any() & limits.order.le(LoopOrder::Bpw)
}
