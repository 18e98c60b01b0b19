//! The figures of ReSpike's report.

use super::frames::GROUP;
use super::{STAGES, encodings, rtl_check, scene};
use blocks::respike::residual_frame_encoder::Against;

#[test]
fn keeping_keys_saves_as_many_products_as_derived() {
    let of = |keeps| STAGES.iter().map(|stage| stage.macs(keeps)).sum::<u64>() as f64 / 1e6;
    // 32, 110, 399 and 365 million of a frame, of which 6.4, 25.7, 103 and 103 for the key frame.
    assert_eq!([of(false).round(), (of(false) - of(true)).round()], [2716.0, 475.0]);
    assert_eq!((of(false) / of(true) * 100.0).round(), 121.0);
}

#[test]
fn a_small_stage_runs_on_the_rtl_as_modelled() {
    let [made, kept] = rtl_check(1, &()).expect("it runs");
    for check in [&made, &kept] {
        let error = check.modelled / check.measured as f64 - 1.0;
        assert!(error.abs() < 0.02, "{check:?}: {error}");
    }
    assert!(kept.measured < made.measured);
}

#[test]
fn a_scene_is_sent_in_fewer_bytes() {
    let scene = scene(1);
    let encodings = encodings(&scene, &()).expect("they run");
    let of = |against, threshold| {
        let found =
            |encoding: &&super::Encoding| encoding.against == against && encoding.threshold == threshold;
        encodings.iter().find(found).expect("it is there").clone()
    };
    let residual = scene.frames.len() - scene.frames.len() / GROUP;
    assert_eq!(of(Against::Key, 0).samples, (residual * scene.samples) as u64);
    assert_eq!(of(Against::Key, 0).greatest_error, 0);
    for against in [Against::Key, Against::Previous] {
        assert!(of(against, 8).size() < 0.3 && of(against, 0).size() > 0.8);
        assert!(of(against, 4).bytes < of(against, 2).bytes);
    }
}
