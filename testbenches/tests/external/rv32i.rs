//! The example's processor against a model of RV32I in plain Rust: random programs, instruction by instruction.

use examples::riscv::{OUTPUT, RAM_WORDS, processor};
use hdl::{Clocking, Design};
use sim::{Interpreter, Options, SignalId, Simulator};

/// Why the model stopped.
#[derive(Debug, PartialEq)]
enum Stop {
    Halt,
    Trap,
}

/// What an instruction did.
#[derive(Default)]
struct Effect {
    /// What it wrote to a register other than x0.
    written: Option<u32>,
    /// What it stored to the output.
    said: Option<u32>,
}

struct Machine {
    pc: u32,
    x: [u32; 32],
    ram: Vec<u8>,
}

/// Bits `high` down to `low`.
fn field(word: u32, high: u32, low: u32) -> u32 {
    word << (31 - high) >> (31 - high + low)
}

/// The low `width` bits, sign-extended.
fn sign(value: u32, width: u32) -> u32 {
    ((value << (32 - width)) as i32 >> (32 - width)) as u32
}

impl Machine {
    fn step(&mut self, program: &[u32]) -> Result<Effect, Stop> {
        let word = *program.get(self.pc as usize / 4).ok_or(Stop::Trap)?;
        let (rd, funct3, funct7) = (field(word, 11, 7), field(word, 14, 12), field(word, 31, 25));
        let [a, b] = [field(word, 19, 15), field(word, 24, 20)].map(|index| self.x[index as usize]);
        let i = sign(field(word, 31, 20), 12);
        let s = sign(funct7 << 5 | rd, 12);
        let branch = field(word, 31, 31) << 12 | field(word, 7, 7) << 11 | field(word, 30, 25) << 5;
        let branch = sign(branch | field(word, 11, 8) << 1, 13);
        let jump = field(word, 31, 31) << 20 | field(word, 19, 12) << 12 | field(word, 20, 20) << 11;
        let jump = sign(jump | field(word, 30, 21) << 1, 21);
        let (mut next, mut effect) = (self.pc.wrapping_add(4), Effect::default());
        let result = match word & 0x7f {
            0x37 => Some(word & 0xffff_f000),
            0x17 => Some(self.pc.wrapping_add(word & 0xffff_f000)),
            0x6f => Some(std::mem::replace(&mut next, self.pc.wrapping_add(jump))),
            0x67 if funct3 == 0 => Some(std::mem::replace(&mut next, a.wrapping_add(i) & !1)),
            0x63 => {
                if taken(funct3, a, b).ok_or(Stop::Trap)? {
                    next = self.pc.wrapping_add(branch);
                }
                None
            }
            0x03 => Some(self.load(funct3, a.wrapping_add(i)).ok_or(Stop::Trap)?),
            0x23 if funct3 == 2 && a.wrapping_add(s) == OUTPUT => {
                effect.said = Some(b);
                None
            }
            0x23 => {
                self.store(funct3, a.wrapping_add(s), b).ok_or(Stop::Trap)?;
                None
            }
            0x13 if matches!(funct3, 1 | 5) => Some(compute(funct3, funct7, a, i & 31).ok_or(Stop::Trap)?),
            0x13 => Some(compute(funct3, 0, a, i).ok_or(Stop::Trap)?),
            0x33 => Some(compute(funct3, funct7, a, b).ok_or(Stop::Trap)?),
            0x0f if funct3 == 0 => None,
            _ if matches!(word, 0x73 | 0x10_0073) => return Err(Stop::Halt),
            _ => return Err(Stop::Trap),
        };
        if next & 2 != 0 {
            return Err(Stop::Trap);
        }
        self.pc = next;
        if let (Some(value), true) = (result, rd != 0) {
            self.x[rd as usize] = value;
            effect.written = Some(value);
        }
        Ok(effect)
    }

    /// The range of bytes in the RAM; `None` if the address is misaligned or beyond the RAM.
    fn place(&self, address: u32, bytes: u32) -> Option<std::ops::Range<usize>> {
        let (first, bytes) = (address as usize, bytes as usize);
        (first.is_multiple_of(bytes) && first + bytes <= self.ram.len()).then_some(first..first + bytes)
    }

    fn load(&self, funct3: u32, address: u32) -> Option<u32> {
        let bytes = *[Some(1), Some(2), Some(4), None].get(funct3 as usize & 3)?;
        let place = self.place(address, bytes?)?;
        let value = self.ram[place].iter().rev().fold(0, |value, byte| value << 8 | u32::from(*byte));
        match funct3 {
            0 => Some(sign(value, 8)),
            1 => Some(sign(value, 16)),
            2 | 4 | 5 => Some(value),
            _ => None,
        }
    }

    fn store(&mut self, funct3: u32, address: u32, value: u32) -> Option<()> {
        let bytes = *[1, 2, 4].get(funct3 as usize)?;
        let place = self.place(address, bytes)?;
        self.ram[place].copy_from_slice(&value.to_le_bytes()[..bytes as usize]);
        Some(())
    }
}

fn taken(funct3: u32, a: u32, b: u32) -> Option<bool> {
    match funct3 {
        0 => Some(a == b),
        1 => Some(a != b),
        4 => Some((a as i32) < b as i32),
        5 => Some(a as i32 >= b as i32),
        6 => Some(a < b),
        7 => Some(a >= b),
        _ => None,
    }
}

fn compute(funct3: u32, funct7: u32, a: u32, b: u32) -> Option<u32> {
    match (funct3, funct7) {
        (0, 0) => Some(a.wrapping_add(b)),
        (0, 0x20) => Some(a.wrapping_sub(b)),
        (1, 0) => Some(a << (b & 31)),
        (2, 0) => Some(((a as i32) < b as i32).into()),
        (3, 0) => Some((a < b).into()),
        (4, 0) => Some(a ^ b),
        (5, 0) => Some(a >> (b & 31)),
        (5, 0x20) => Some((a as i32 >> (b & 31)) as u32),
        (6, 0) => Some(a | b),
        (7, 0) => Some(a & b),
        _ => None,
    }
}

/// A program of mostly legal instructions, with few registers, a small part of the RAM and short jumps; x8 holds the
/// address of the output.
fn random_program(random: &mut fastrand::Rng) -> Vec<u32> {
    let output = OUTPUT | 8 << 7 | 0x37;
    [output].into_iter().chain((1..64).map(|_| random_instruction(random))).collect()
}

/// 1 with a probability of one in eight.
fn now_and_then(random: &mut fastrand::Rng) -> u32 {
    (random.u32(0..8) == 0).into()
}

/// A multiple of `aligned` below 32, occasionally made odd.
fn offset(random: &mut fastrand::Rng, aligned: u32) -> u32 {
    (random.u32(0..32 / aligned) * aligned) | now_and_then(random)
}

fn random_instruction(random: &mut fastrand::Rng) -> u32 {
    // Only registers x0 to x7.
    let word = random.u32(..) & !(0x18 << 7 | 0x18 << 15 | 0x18 << 20);
    let (funct3, rd, rs2) = (field(word, 14, 12), word & 7 << 7, word & 7 << 20);
    let alternative = word & 1 << 30;
    let of_two_registers = word & 0x01ff_f000 | rd;
    match random.u32(0..200) {
        0..50 if matches!(funct3, 0 | 5) => of_two_registers | alternative | 0x33,
        0..50 => of_two_registers | 0x33,
        50..90 if funct3 == 5 => of_two_registers | alternative | 0x13,
        50..90 if funct3 == 1 => of_two_registers | 0x13,
        50..90 => word & !0x7f | 0x13,
        90..104 => word & !0x7f | 0x37,
        104..112 => word & !0x7f | 0x17,
        // Loads and stores relative to x0, near the beginning of the RAM.
        112..136 => {
            let (funct3, aligned) = [(0, 1), (1, 2), (2, 4), (4, 1), (5, 2)][random.usize(0..5)];
            offset(random, aligned) << 20 | funct3 << 12 | rd | 0x03
        }
        136..154 => {
            let (funct3, aligned) = [(0, 1), (1, 2), (2, 4)][random.usize(0..3)];
            rs2 | funct3 << 12 | offset(random, aligned) << 7 | 0x23
        }
        // Stores to the output, and occasionally beside it.
        154..160 => rs2 | 8 << 15 | 2 << 12 | now_and_then(random) << 9 | 0x23,
        // Branches forward, by up to 7 instructions.
        160..180 => {
            word & 0x01ff_8000 | [0, 1, 4, 5, 6, 7][random.usize(0..6)] << 12 | random.u32(1..8) << 9 | 0x63
        }
        180..188 => random.u32(1..8) << 22 | rd | 0x6f,
        188..194 => random.u32(0..64) << 22 | now_and_then(random) << 21 | rd | 0x67,
        194..197 => 0x0000_000f,
        197 => word & !0x7f | [0x03, 0x23, 0x33, 0x63, 0x67, 0x6f][random.usize(0..6)],
        198 => word,
        _ => 0x0000_0073,
    }
}

fn signal(simulator: &impl Simulator, path: &str) -> SignalId {
    let found = simulator.signals().iter().find(|signal| signal.path == path);
    found.unwrap_or_else(|| panic!("there is no signal `{path}`")).id
}

/// How much was compared.
#[derive(Debug, Default)]
struct Seen {
    steps: u64,
    halts: u64,
    traps: u64,
    written: u64,
    said: u64,
}

/// Runs a program on both, for `steps` steps or until it stops.
fn compare(program: &[u32], steps: usize, seen: &mut Seen) {
    let design = Design::new(Clocking::default());
    let netlist = design.elaborate(processor(&design, program)).unwrap();
    let mut simulator = Interpreter::new(&netlist, Options::default()).unwrap();
    let [pc, rd_write, rd_value] = ["pc", "rd_write", "rd_value"].map(|path| signal(&simulator, path));
    let [reset, valid, data, halted, trap] =
        simulator.ports_named(["rst_n", "out_valid", "out_data", "halted", "trap"]).unwrap();
    let mut machine = Machine { pc: 0, x: [0; 32], ram: vec![0; 4 * RAM_WORDS as usize] };
    // Power-up is at zero here, as in the model, so no reset is needed.
    simulator.poke_u64(reset, 1);
    for _ in 0..steps {
        assert_eq!(simulator.signal(pc).to_u64(), u64::from(machine.pc));
        let word = program.get(machine.pc as usize / 4).copied().unwrap_or_default();
        let stopped = [halted, trap].map(|port| simulator.peek_u64(port));
        let effect = machine.step(program);
        let expected = [Stop::Halt, Stop::Trap].map(|stop| u64::from(effect.as_ref().err() == Some(&stop)));
        assert_eq!(stopped, expected, "{word:08x}");
        seen.halts += stopped[0];
        seen.traps += stopped[1];
        let effect = effect.unwrap_or_default();
        let is_written = simulator.signal(rd_write).bit(0);
        let value = is_written.then(|| simulator.signal(rd_value).to_u64() as u32);
        assert_eq!(value, effect.written, "{word:08x}");
        let spoken = (simulator.peek_u64(valid) == 1).then(|| simulator.peek_u64(data) as u32);
        assert_eq!(spoken, effect.said, "{word:08x}");
        seen.written += u64::from(is_written);
        seen.said += u64::from(spoken.is_some());
        seen.steps += 1;
        simulator.tick();
        if stopped != [0, 0] {
            break;
        }
    }
}

#[test]
fn the_processor_of_the_example_runs_random_programs_as_rv32i_says() {
    let mut random = fastrand::Rng::with_seed(17);
    let mut seen = Seen::default();
    (0..200).for_each(|_| compare(&random_program(&mut random), 100, &mut seen));
    let Seen { steps, halts, traps, written, said } = seen;
    let is_enough = steps > 4000 && halts > 10 && traps > 10 && written > 2000 && said > 50;
    assert!(is_enough, "{seen:?}");
}

/// Every opcode with every `funct3` and some of `funct7`, and encodings close to ECALL.
#[test]
fn the_processor_of_the_example_takes_the_instructions_of_rv32i_and_no_others() {
    let opcodes = [0x03, 0x0f, 0x13, 0x17, 0x23, 0x33, 0x37, 0x63, 0x67, 0x6f, 0x73, 0x2f, 0x3b, 0x32];
    let mut seen = Seen::default();
    for opcode in opcodes {
        for (funct3, funct7) in (0..8).flat_map(|funct3| [0, 1, 0x20].map(|funct7| (funct3, funct7))) {
            compare(&[funct7 << 25 | funct3 << 12 | 1 << 7 | opcode], 1, &mut seen);
        }
    }
    for word in [0, u32::MAX, 0x73, 0x10_0073, 0x20_0073, 0x8073, 0xf3] {
        compare(&[word], 1, &mut seen);
    }
    assert!(seen.halts == 2 && seen.traps > 100 && seen.written > 50, "{seen:?}");
}
