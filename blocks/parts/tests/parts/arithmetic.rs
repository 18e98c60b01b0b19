//! Numbers and masks, compared with Rust's.

use crate::bench;
use fastrand::Rng;

/// Corner values and random numbers of `bits` bits.
fn numbers(bits: u32, count: usize) -> Vec<u64> {
    let mut rng = Rng::with_seed(u64::from(bits));
    let ones = u64::MAX >> (64 - bits);
    let corners = (0..bits).flat_map(|bit| [1 << bit, ones >> bit, ones ^ (1 << bit)]);
    let random = (0..count).map(|_| rng.u64(..) & rng.u64(..) & ones);
    [0, ones].into_iter().chain(corners).chain(random).collect()
}

#[test]
fn running_counts() {
    let mut bench = bench("count");
    for mask in 0..1 << 16 {
        bench.set("mask", mask);
        let counts = bench.bits("counts").to_u128();
        for bit in [0, 1, 6, 7, 14, 15] {
            let expected = (mask << (63 - bit)).count_ones();
            assert_eq!((counts >> (5 * bit)) as u32 & 0x1f, expected, "{mask:x} {bit}");
        }
    }
}

#[test]
fn prefixes_of_or() {
    let mut bench = bench("prefix");
    for mask in numbers(32, 1000) {
        bench.set("mask", mask);
        let above = if mask == 0 { 0 } else { u64::from(u32::MAX) << mask.trailing_zeros() };
        assert_eq!(bench.get("seen"), above & u64::from(u32::MAX), "{mask:x}");
    }
}

#[test]
fn leading_zeros() {
    let mut bench = bench("leading_zeros");
    for value in numbers(32, 1000) {
        bench.set("value", value);
        assert_eq!(bench.get("is_zero"), u64::from(value == 0));
        if value != 0 {
            assert_eq!(bench.get("count"), u64::from((value as u32).leading_zeros()), "{value:x}");
        }
    }
}

#[test]
fn lowest_ones() {
    let mut bench = bench("lowest_one");
    for mask in numbers(32, 1000) {
        bench.set("mask", mask);
        let lowest = mask & mask.wrapping_neg();
        assert_eq!(bench.get("one_hot"), lowest, "{mask:x}");
        assert_eq!(bench.get("below"), if mask == 0 { u64::from(u32::MAX) } else { lowest - 1 });
        assert_eq!(bench.get("index"), if mask == 0 { 0 } else { u64::from(mask.trailing_zeros()) });
    }
}

#[test]
fn right_shifts() {
    let mut bench = bench("shift");
    for value in numbers(24, 200) {
        bench.set("value", value);
        for amount in 0..32 {
            bench.set("amount", amount);
            assert_eq!(bench.get("shifted"), value >> amount);
            assert_eq!(
                bench.get("sticky"),
                u64::from(value & ((1 << amount) - 1) != 0),
                "{value:x} {amount}"
            );
        }
    }
}

#[test]
fn absolute_values() {
    let mut bench = bench("negate");
    for value in 0..1u64 << 16 {
        bench.set("value", value);
        assert_eq!(bench.get("magnitude"), u64::from((value as i16).unsigned_abs()));
    }
}

#[test]
fn products() {
    let mut bench = bench("digits");
    for a in numbers(11, 50) {
        bench.set("a", a);
        for b in numbers(11, 50) {
            bench.set("b", b);
            assert_eq!(bench.get("product"), a * b);
        }
    }
}

#[test]
fn sums_without_carry_chains() {
    let mut bench = bench("carry_save");
    let mut rng = Rng::with_seed(3);
    let corner = |rng: &mut Rng| rng.choice([0, 1, 0x7fff, 0x8000, 0xffff]).expect("there are some");
    for _ in 0..20_000 {
        let terms = [(); 4].map(|()| if rng.bool() { corner(&mut rng) } else { rng.u64(..1 << 16) });
        terms.iter().enumerate().for_each(|(place, term)| bench.set(&format!("term{place}"), *term));
        assert_eq!(bench.get("sum"), terms.iter().sum::<u64>() % (1 << 16), "{terms:?}");
    }
}

/// FP32 to FP16, against another library.
#[test]
fn floats_are_rounded() {
    let mut bench = bench("scaled");
    let mut rng = Rng::with_seed(7);
    for index in 0..20_000 {
        let magnitude = rng.u32(0x3200_0000..0x4800_0000) & u32::MAX << (index % 24);
        let float = magnitude | rng.u32(..) & 0x8000_0000;
        bench.set("single", float.into());
        let expected = half::f16::from_f32(f32::from_bits(float)).to_bits();
        assert_eq!(bench.get("half"), u64::from(expected), "{float:08x}");
    }
}
