//! Values of ports as integers, rows and bits.

use crate::support::{batches, elaborate, port, random_bits};
use hdl::{Bits, Module};
use sim::Options;

fn increments(m: &Module) {
    for width in [5, 8, 16, 31, 64] {
        m.output(&format!("y{width}"), m.input(&format!("x{width}"), width, "") + 1, "");
    }
    m.output("y100", !m.input("x100", 100, ""), "");
}

#[test]
fn values_go_in_and_come_out_in_their_lanes() {
    for mut batch in batches(&elaborate(increments), Options::default()) {
        let mut random = fastrand::Rng::with_seed(1);
        let lanes = batch.lanes();
        let bytes: Vec<u8> = (0..lanes).map(|_| random.u8(..32)).collect();
        let halves: Vec<u16> = (0..lanes).map(|_| random.u16(..)).collect();
        let words: Vec<u32> = (0..lanes).map(|_| random.u32(..1 << 31)).collect();
        let longs: Vec<u64> = (0..lanes).map(|_| random.u64(..)).collect();
        let [x5, x16, x31, x64] = ["x5", "x16", "x31", "x64"].map(|name| port(&batch, name));
        batch.poke_values(x5, &bytes);
        batch.poke_values(x16, &halves);
        batch.poke_values(x31, &words);
        batch.poke_values(x64, &longs);
        let [y5, y16, y31, y64] = ["y5", "y16", "y31", "y64"].map(|name| port(&batch, name));
        let expected: Vec<u8> = bytes.iter().map(|byte| (byte + 1) % 32).collect();
        let mut found = vec![0u8; lanes];
        batch.peek_values(y5, &mut found);
        assert_eq!(found, expected, "{}", batch.isa());
        let expected: Vec<u16> = halves.iter().map(|half| half.wrapping_add(1)).collect();
        assert_eq!(batch.first_difference(y16, &expected), None);
        let expected: Vec<u32> = words.iter().map(|word| (word + 1) & 0x7fff_ffff).collect();
        assert_eq!(batch.first_difference(y31, &expected), None);
        let mut expected: Vec<u64> = longs.iter().map(|long| long.wrapping_add(1)).collect();
        assert_eq!(batch.first_difference(y64, &expected), None);
        expected[77] ^= 1 << 63;
        expected[200] ^= 1;
        assert_eq!(batch.first_difference(y64, &expected), Some(77));
        assert_eq!(batch.first_difference(y64, &expected[..77]), None);
    }
}

#[test]
fn rows_hold_a_bit_of_every_lane() {
    for mut batch in batches(&elaborate(increments), Options::default()) {
        let mut random = fastrand::Rng::with_seed(2);
        let (x, y, words) = (port(&batch, "x100"), port(&batch, "y100"), batch.lanes() / 64);
        let rows: Vec<u64> = (0..100 * words).map(|_| random.u64(..)).collect();
        batch.poke_rows(x, &rows);
        let complement: Vec<u64> = rows.iter().map(|row| !row).collect();
        assert_eq!(batch.peek_rows(y), complement);
        let value = random_bits(&mut random, 100);
        batch.poke_lane(x, 65, &value);
        assert_eq!(batch.peek_lane(y, 65), hdl::evaluate::not(&value));
        assert!(batch.peek_lane(y, 64).bit(3) == (complement[3 * words + 1] & 1 == 1));
        batch.poke(x, &Bits::ones(100));
        assert!((0..batch.lanes()).all(|lane| batch.peek_lane(y, lane).is_zero()));
    }
}

#[test]
#[should_panic(expected = "`x5` has 5 bits: it cannot take some of the values")]
fn a_value_that_does_not_fit_is_refused() {
    let mut batch = sim::Batch::new(&elaborate(increments), Options::default()).unwrap();
    let (x, values) = (port(&batch, "x5"), vec![32u8; batch.lanes()]);
    batch.poke_values(x, &values);
}

#[test]
#[should_panic(expected = "`y5` is an output: it cannot be poked")]
fn an_output_is_not_poked() {
    let mut batch = sim::Batch::new(&elaborate(increments), Options::default()).unwrap();
    let y = port(&batch, "y5");
    batch.poke_u64(y, 1);
}
