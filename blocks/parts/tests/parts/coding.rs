//! Sequences and checks, compared with what mathematics and catalogues say of them.

use crate::bench;
use crate::support::Bench;
use parts::coding::crc::Crc;
use parts::coding::lfsr::{WIDTHS, lfsr, taps};

/// The state after one step, bit by bit.
fn step(width: u32, state: u32) -> u32 {
    let fed_back = (state & taps(width)).count_ones() & 1;
    (state << 1 | fed_back) & u32::MAX >> (32 - width)
}

#[test]
fn the_hardware_takes_the_steps_of_the_model() {
    let mut bench = bench("lfsr");
    let mut state = 1;
    for cycle in 0..1000 {
        bench.set("advance", u64::from(cycle % 3 != 0));
        assert_eq!(bench.get("state"), u64::from(state));
        bench.tick();
        state = if cycle % 3 == 0 { state } else { step(16, state) };
    }
    assert!(bench.violations().is_empty());
}

#[test]
fn several_steps_are_one_after_the_other() {
    let build = |design: &hdl::Design| {
        design.module("lfsr", &["32"], |m| {
            let advance = m.input("advance", 1, "");
            m.output("state", lfsr(m, "random", 32, 0xdead_beef, 32, advance), "");
        })
    };
    let mut bench = Bench::new(build);
    bench.set("advance", 1);
    let mut state = 0xdead_beef;
    for _ in 0..100 {
        assert_eq!(bench.get("state"), u64::from(state));
        bench.tick();
        state = (0..32).fold(state, |state, _| step(32, state));
    }
}

/// The states of a width, as powers of the step: that of 2^width - 1 is the identity, and of no divisor of it.
#[test]
fn periods_are_maximal() {
    for width in WIDTHS {
        let period = (1u64 << width) - 1;
        assert_eq!(power(width, period), power(width, 0), "{width} bits");
        for prime in primes_of(period) {
            assert_ne!(power(width, period / prime), power(width, 0), "{width} bits, {prime}");
        }
    }
}

/// The matrix of `steps` steps: the state that each single bit leads to.
fn power(width: u32, steps: u64) -> Vec<u32> {
    let apply = |matrix: &[u32], state: u32| {
        (0..width).filter(|bit| state >> bit & 1 == 1).fold(0, |sum, bit| sum ^ matrix[bit as usize])
    };
    let mut result: Vec<u32> = (0..width).map(|bit| 1 << bit).collect();
    let mut square: Vec<u32> = (0..width).map(|bit| step(width, 1 << bit)).collect();
    for bit in 0..64 {
        if steps >> bit & 1 == 1 {
            result = result.iter().map(|state| apply(&square, *state)).collect();
        }
        square = square.iter().map(|state| apply(&square, *state)).collect();
    }
    result
}

fn primes_of(mut number: u64) -> Vec<u64> {
    let mut primes = vec![];
    let mut factor = 2;
    while factor * factor <= number {
        if number.is_multiple_of(factor) {
            primes.push(factor);
            while number.is_multiple_of(factor) {
                number /= factor;
            }
        }
        factor += 1;
    }
    primes.extend((number > 1).then_some(number));
    primes
}

/// The checks of the text "123456789", which catalogues give.
#[test]
fn checks_are_those_of_the_catalogue() {
    let catalogue = [
        (Crc::CRC32, 0xcbf4_3926),
        (Crc::CRC32C, 0xe306_9283),
        (Crc::CRC16_CCITT, 0x29b1),
        (Crc::CRC16_MODBUS, 0x4b37),
        (Crc::CRC8_SMBUS, 0xf4),
    ];
    for (crc, expected) in catalogue {
        for bytes in [1, 3, 9] {
            assert_eq!(check(crc, bytes), expected, "{crc:x?}, {bytes} bytes a cycle");
        }
    }
}

/// The check of the text, `bytes` bytes a cycle, after other data that a restart must discard.
fn check(crc: Crc, bytes: usize) -> u64 {
    let mut bench = Bench::new(|design| {
        design.module("crc", &[], |m| {
            let data = m.input("data", 8 * bytes as u32, "");
            let [advance, restart] = ["advance", "restart"].map(|name| m.input(name, 1, ""));
            m.output("check", crc.of(m, "crc", data, advance, restart), "");
        })
    });
    bench.set("advance", 1);
    for (cycle, word) in [&[0x55; 9][..], b"123456789"].concat().chunks(bytes).enumerate() {
        bench.set("restart", u64::from(cycle == 9 / bytes - 1));
        let put = |data: u128, byte: &u8| data << 8 | u128::from(*byte);
        // Reflected checks take the lowest byte first.
        let data = if crc.is_reflected { word.iter().rev().fold(0, put) } else { word.iter().fold(0, put) };
        bench.set_bits("data", &hdl::Bits::truncated(data, 8 * bytes as u32));
        bench.tick();
    }
    bench.get("check")
}
