//! The figures of the loop.

use super::faults::Fault;
use super::{Balance, FRAMES, balances, guarded};

#[test]
fn a_gate_saves_work_and_the_pole_stays_up() {
    let balances = balances(1, &()).expect("they run");
    assert!(balances.iter().all(|balance| balance.fell.is_none()));
    let [all, .., last, _] = &balances[..] else { panic!("there are several") };
    assert_eq!([all.products, all.sent], [FRAMES as u64, 4 * FRAMES as u64]);
    let share = |balance: &Balance| balance.clocks as f64 / all.clocks as f64;
    assert!(share(last) < 0.5 && last.rms_angle < 1.1 * all.rms_angle, "{last:?}");
}

#[test]
fn a_watchdog_catches_every_fault() {
    for run in guarded(1, &()).expect("they run") {
        assert_eq!([run.caught, run.false_alarms], [run.faults, 0], "{run:?}");
        assert!(run.with_watchdog.fell.is_none(), "{run:?}");
        assert_eq!(run.without.fell.is_some(), run.fault == Fault::Beyond, "{run:?}");
    }
}
