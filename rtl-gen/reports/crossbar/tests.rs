//! The figures that the project promises.

use super::*;

fn right<T>(found: Result<T, crate::ReportError>) -> T {
    found.unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn every_controller_is_within_a_twentieth_of_its_bound() {
    for Controller { block, setting, bound, measured, .. } in right(controllers()) {
        assert!(
            measured >= bound && 20 * measured <= 21 * bound,
            "{block}, {setting}: {measured}, bound {bound}"
        );
    }
}

#[test]
fn vectors_of_eight_bits_take_80_720_and_512_clocks() {
    let found = right(read_outs());
    let serial: Vec<u64> = found.iter().map(|read_out| read_out.serial).collect();
    assert_eq!(serial, [80, 720, 512]);
    for ReadOut { converter, serial_bound, serial, overlapped_bound, overlapped, .. } in found {
        assert_eq!([serial, overlapped], [serial_bound, overlapped_bound], "{converter}");
    }
}

#[test]
fn a_processing_element_takes_10_clocks_where_spikesim_takes_26() {
    let clocks: Vec<u64> = right(processing_elements()).iter().map(|element| element.clocks).collect();
    assert_eq!(clocks, [26, 10, 8]);
}

#[test]
fn reuse_saves_what_its_multiplications_say_within_a_fiftieth() {
    // The others take a second more.
    let small = &attention::NETWORKS[..1];
    let found = right(attention::reuses(small, &()));
    assert_eq!(found.len(), attention::REUSES.len());
    for Reuse { reused, clocks, bound, saved, expected, kv_writes, .. } in found {
        assert!((saved / expected - 1.0).abs() < 0.02, "{reused} reuse: {saved}, not {expected}");
        // A clock for each step.
        assert_eq!(clocks, bound + 24);
        assert_eq!(kv_writes, (12 - reused) * 2 * 197 * 384);
    }
}
