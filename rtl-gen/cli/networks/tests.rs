//! Readers of networks.

use super::arrays::{Numbers, read_npy};
use super::description::parse;
use super::quantise::Floats;
use super::read;
use blocks::loas::loas_plif::Compare;
use std::fs;
use test_support::fuzz::survives_text;

/// A file of NumPy of version 1.0.
fn npy(header: &str, data: &[u8]) -> Vec<u8> {
    let header = format!("{header}\n");
    [&b"\x93NUMPY\x01\x00"[..], &(header.len() as u16).to_le_bytes(), header.as_bytes(), data].concat()
}

#[test]
fn arrays_in_fortran_order_are_turned() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.npy");
    // Of shape (2, 3, 2), the element (i, j, k) is 100 i + 10 j + k.
    let data = [0, 100, 10, 110, 20, 120, 1, 101, 11, 111, 21, 121];
    fs::write(&path, npy("{'descr': '|u1', 'fortran_order': True, 'shape': (2, 3, 2), }", &data)).unwrap();
    let expected = vec![0, 1, 10, 11, 20, 21, 100, 101, 110, 111, 120, 121];
    assert_eq!(read_npy(&path).unwrap().numbers, Numbers::Integers(expected));
}

#[test]
fn floats_become_integers_of_their_channel() {
    let layer = Floats {
        terms: vec![vec![0.5, -1.0, 2.0, 0.1], vec![0.25, 0.0]],
        bias: vec![0.5, 0.0],
        thresholds: Some(vec![1.0, 1.0]),
        denominator: 1,
    };
    // Channel 0: 127 for 1; channel 1: 127 for 2. Ties to even: 63.5 is 64. A threshold of 63.5 for whole numbers is 63 or 64.
    let found = layer.quantised(8, Compare::Greater).unwrap();
    assert_eq!(found.terms, [vec![64, -127, 127, 6], vec![32, 0]]);
    assert_eq!((found.bias, found.thresholds), (vec![64, 0], Some(vec![127, 63])));
    let up = layer.quantised(8, Compare::GreaterEqual).unwrap();
    assert_eq!(up.thresholds, Some(vec![127, 64]));
    // Without neurons all channels have one scale.
    let sums = Floats { thresholds: None, ..layer }.quantised(8, Compare::Greater).unwrap();
    assert_eq!(sums.terms, [vec![32, -64, 127, 6], vec![16, 0]]);
    let zero =
        Floats { terms: vec![vec![0.0]], bias: vec![0.0], thresholds: Some(vec![0.5]), denominator: 1 };
    assert_eq!(zero.quantised(8, Compare::Greater).unwrap().thresholds, Some(vec![127]));
    let endless = Floats { terms: vec![vec![f64::NAN]], bias: vec![0.0], thresholds: None, denominator: 1 };
    assert_eq!(
        endless.quantised(8, Compare::Greater).err().unwrap(),
        "it holds NaN: expected finite numbers"
    );
}

#[test]
fn thresholds_behind_averages_are_scaled_before_they_are_rounded() {
    let half =
        Floats { terms: vec![vec![1.0]], bias: vec![0.25], thresholds: Some(vec![0.5]), denominator: 4 };
    // In units of a quarter the threshold is 0.5 x 127 x 4: 63 x 4 would let two spikes of four, 254, fire.
    let found = half.quantised(8, Compare::Greater).unwrap();
    assert_eq!((found.terms, found.thresholds), (vec![vec![127]], Some(vec![254])));
    assert_eq!((found.bias, found.limited), (vec![127], 0));
}

#[test]
fn a_dead_channel_has_the_scale_of_its_threshold() {
    let dead = Floats {
        terms: vec![vec![0.5, -1.0, 1e-7, 2e-8]],
        bias: vec![0.0; 2],
        thresholds: Some(vec![1.0; 2]),
        denominator: 1,
    };
    let found = dead.quantised(8, Compare::Greater).unwrap();
    // Sums of two weights have 9 bits.
    assert_eq!((&found.terms, &found.thresholds), (&vec![vec![64, -127, 0, 0]], &Some(vec![127, 511])));
    assert!(
        found
            .note("a", 8)
            .ends_with("those of 1 channel are too small beside its threshold, which limits its scale")
    );
}

#[test]
fn no_description_panics() {
    let folder = tempfile::tempdir().unwrap();
    let weights =
        npy("{'descr': '|i1', 'fortran_order': False, 'shape': (2, 1, 2, 2), }", &[1, 2, 3, 4, 5, 6, 7, 8]);
    fs::write(folder.path().join("w.npy"), weights).unwrap();
    let corpus = [
        "time_steps = 4\nleak = 1\n[input]\nshape = [1, 4, 4]\nthresholds = [1, 2.5]\n[[layer]]\nname = \"a\"\nkind = \"conv\"\n\
         weights = \"w.npy\"\nstride = 2\npadding = [1, 1]\ndilation = 1\ngroups = 1\nbias = [1, 2]\nthreshold = 3\n",
        "[input]\nshape = [2, 9, 9]\n[[layer]]\nname = \"p\"\nkind = \"average_pool\"\nkernel = 3\npadding = 1\n[[layer]]\nname = \"c\"\n\
         kind = \"conv\"\nweights = \"w.npy\"\ngroups = 2\nneuron = \"none\"\n[[layer.current]]\nkind = \"conv\"\ninput = \"input\"\n\
         weights = \"w.npy\"\n",
        "[input]\nshape = [1]\n[[layer]]\nname = \"x\"\nkind = \"add\"\ninputs = [\"input\", \"input\"]\n",
    ];
    let path = folder.path().join("network.toml");
    survives_text(&corpus, |text| {
        drop(parse(text));
        fs::write(&path, text).unwrap();
        if let Ok(loaded) = read(&path, 8) {
            drop(reports::snn::Prepared::of(&loaded.network, 8));
        }
    });
}
