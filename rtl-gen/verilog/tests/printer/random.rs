//! Random numbers and random designs, the same at every run.

use hdl::netlist::{BinaryOp, OperatorKind, ReduceOp};
use hdl::{Bits, Clocking, Design, Module, Netlist, Signal};

/// SplitMix64.
pub struct Random(pub u64);

impl Random {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ self.0 >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ z >> 31
    }

    pub fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound
    }

    /// A value of `width` bits: often all zeros or all ones.
    pub fn bits(&mut self, width: u32) -> Bits {
        match self.below(8) {
            0 => Bits::zero(width),
            1 => Bits::ones(width),
            _ => {
                let limbs: Vec<u64> = (0..width.div_ceil(64)).map(|_| self.next()).collect();
                Bits::from_limbs(width, &limbs)
            }
        }
    }
}

/// A design of random operators and registers.
pub fn design(seed: u64) -> Netlist {
    let design = Design::new(Clocking::default());
    let top = design.module("random", &[], |m| {
        Growth { m, random: Random(seed), pool: vec![] }.run();
    });
    design.elaborate(top).unwrap_or_else(|errors| panic!("seed {seed}: {errors}"))
}

const WIDTHS: [u32; 9] = [1, 1, 2, 3, 4, 8, 13, 34, 70];

/// A module that grows from the signals it has so far.
struct Growth<'m> {
    m: &'m Module,
    random: Random,
    pool: Vec<Signal<'m>>,
}

impl<'m> Growth<'m> {
    fn run(mut self) {
        for (index, width) in WIDTHS.into_iter().enumerate() {
            self.pool.push(self.m.input(&format!("in{index}"), width, ""));
        }
        let registers: Vec<_> = (0..4).map(|index| (index, self.width())).collect();
        let registers =
            registers.into_iter().map(|(index, width)| self.m.reg(&format!("r{index}"), width).reset_to(1));
        let registers: Vec<_> = registers.collect();
        self.pool.extend(registers.iter().map(|register| register.value()));
        for index in 0..60 {
            let grown = self.grow();
            let is_named = self.random.below(6) == 0;
            self.pool.push(if is_named { grown.named(&format!("n{index}")) } else { grown });
        }
        for register in registers {
            let next = self.of_width(register.value().width());
            let register =
                if self.random.below(2) == 0 { register.enable(self.of_width(1)) } else { register };
            register.set(next);
        }
        // Every input is read by something.
        let all = self.m.concat(&self.pool[..WIDTHS.len()]);
        self.m.output("all", all.parity(), "");
        for index in 0..12 {
            let value = self.pool[self.pool.len() - 1 - 2 * index];
            self.m.output(&format!("out{index}"), value, "");
        }
    }

    fn width(&mut self) -> u32 {
        WIDTHS[self.random.below(WIDTHS.len() as u64) as usize]
    }

    fn any(&mut self) -> Signal<'m> {
        let recent = self.pool.len().min(12) as u64;
        let range = if self.random.below(2) == 0 { recent } else { self.pool.len() as u64 };
        self.pool[self.pool.len() - 1 - self.random.below(range) as usize]
    }

    /// Some signal, cut or extended to `width` bits.
    fn of_width(&mut self, width: u32) -> Signal<'m> {
        let signal = self.any();
        match signal.width() {
            own if own > width => {
                let low = self.random.below((own - width + 1) as u64) as u32;
                signal.slice(low + width - 1, low)
            }
            own if own < width && self.random.below(2) == 0 => signal.sext(width),
            own if own < width => signal.zext(width),
            _ => signal,
        }
    }

    /// An operand of `width` bits, now and then a constant.
    fn operand(&mut self, width: u32) -> Signal<'m> {
        if self.random.below(6) == 0 { self.m.bits(&self.random.bits(width)) } else { self.of_width(width) }
    }

    fn grow(&mut self) -> Signal<'m> {
        let a = self.any();
        let b = self.operand(a.width());
        match self.random.below(22) {
            0 => !a,
            1 => a.ge(b),
            2 => !a.reduce(self.one_of(ReduceOp::ALL)),
            3 => a.reduce(self.one_of(ReduceOp::ALL)),
            4 | 5 => self.of_width(1).mux(a, b),
            6 => self.m.concat(&[a, b, a]).low(a.width() + 2),
            _ => self.binary(a, b),
        }
    }

    fn binary(&mut self, a: Signal<'m>, b: Signal<'m>) -> Signal<'m> {
        let op = self.one_of(BinaryOp::ALL);
        match op.kind() {
            OperatorKind::Bitwise | OperatorKind::Sum | OperatorKind::Comparison => a.binary(op, b),
            OperatorKind::Product => a.low(a.width().min(20)).binary(op, self.of_width(9)),
            OperatorKind::Shift | OperatorKind::Rotation => a.binary(op, self.any()),
        }
    }

    fn one_of<T: Copy>(&mut self, all: &[T]) -> T {
        all[self.random.below(all.len() as u64) as usize]
    }
}
