//! Random numbers and random designs, the same for the same seed.

use hdl::netlist::{BinaryOp, OperatorKind, ReduceOp};
use hdl::{Bits, Clocking, Design, Module, Netlist, Reg, Signal};

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
        for &register in &registers {
            let next = self.of_width(register.value().width());
            let register =
                if self.random.below(2) == 0 { register.enable(self.of_width(1)) } else { register };
            register.set(next);
        }
        for round in 0..3 {
            self.decide(round, &registers);
        }
        // Reads every input: an input that nothing reads is an error.
        let all = self.m.concat(&self.pool[..WIDTHS.len()]);
        self.m.output("all", all.parity(), "");
        for index in 0..12 {
            let value = self.pool[self.pool.len() - 1 - 2 * index];
            self.m.output(&format!("out{index}"), value, "");
        }
    }

    /// A decision that assigns other values to the registers, in one of its branches or in all of them.
    fn decide(&mut self, round: usize, registers: &[Reg<'m>]) {
        let m = self.m;
        let (condition, select) = (self.of_width(1), self.of_width(2 + round as u32));
        let values: Vec<[Signal; 3]> = registers
            .iter()
            .map(|register| [(); 3].map(|()| self.of_width(register.value().width())))
            .collect();
        let set = |which: usize, every: usize| {
            let chosen = registers.iter().zip(&values).skip(round % 2).step_by(every);
            chosen.for_each(|(register, values)| register.set(values[which]));
        };
        let switch = |every: usize| {
            m.switch(select)
                .case(0, || set(0, every))
                .cases([3, 1], || {
                    m.when(condition, || set(1, every)).else_when(select.bit(1), || set(2, 2));
                })
                .default(|| {
                    if every == 1 {
                        set(2, 3)
                    }
                });
        };
        match round {
            0 => drop(m.when(condition, || switch(1))),
            1 => switch(2),
            _ => {
                m.when(select.any(), || set(0, 1)).else_when(condition, || switch(3)).otherwise(|| set(1, 2))
            }
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

    /// Some signal, truncated or extended to `width` bits.
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

    /// A wire that is assigned under conditions.
    fn table(&mut self, a: Signal<'m>, b: Signal<'m>) -> Signal<'m> {
        let (m, select, condition) = (self.m, self.of_width(3), self.of_width(1));
        let others: Vec<Signal> = (0..3).map(|_| self.operand(a.width())).collect();
        let wire = m.wire(&format!("table{}", self.pool.len()), a.width());
        wire.drive(a);
        m.switch(select)
            .case(1, || wire.drive(b))
            .cases([2, 5], || {
                m.when(condition, || wire.drive(others[0]));
            })
            .case(6, || m.when(condition, || wire.drive(others[1])).otherwise(|| wire.drive(others[2])))
            .default(|| {});
        m.when(select.all() & condition, || wire.drive(others[0]));
        wire.value()
    }

    fn grow(&mut self) -> Signal<'m> {
        let a = self.any();
        let b = self.operand(a.width());
        match self.random.below(24) {
            0 => !a,
            1 => a.ge(b),
            2 => !a.reduce(self.one_of(ReduceOp::ALL)),
            3 => a.reduce(self.one_of(ReduceOp::ALL)),
            4 | 5 => self.of_width(1).mux(a, b),
            6 => self.m.concat(&[a, b, a]).low(a.width() + 2),
            7 | 8 => self.table(a, b),
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
