//! Cells that are programmed alone, against figures of the same model in floating point.

use super::*;

/// Targets of 1 to 40 uS, and how far from them a cell may be, in nS.
struct Levels {
    count: u64,
    tolerance: u64,
}

/// The pulses that a cell takes: SET from 1.2 V, RESET from 1.5 V, 0.1 V more with each pulse of a polarity. At most 60.
fn pulses(device: &Device, number: u32, levels: &Levels) -> u32 {
    let level = (u64::from(random(1, 9, number, 0)) * levels.count) >> 32;
    let target = 1000 + 39_000 * level / (levels.count - 1);
    let mut cell = Cell::new(device, 1, number);
    let mut last: Option<Pulse> = None;
    while cell.pulses < 60 {
        let polarity = match cell.conductance {
            low if low + levels.tolerance < target => Polarity::Set,
            high if high > target + levels.tolerance => Polarity::Reset,
            _ => return cell.pulses,
        };
        let start = match polarity {
            Polarity::Set => 1200,
            Polarity::Reset => 1500,
        };
        let millivolts = match last {
            Some(last) if last.polarity == polarity => last.millivolts + 100,
            _ => start,
        };
        let pulse = Pulse { polarity, millivolts, clocks: device.nominal_clocks };
        cell.pulse(device, pulse);
        last = Some(pulse);
    }
    panic!("cell {number} is not at its level after {} pulses", cell.pulses);
}

#[test]
fn cells_take_as_many_pulses_as_the_model_in_floating_point() {
    let device = Device::resistive(100);
    for (count, tolerance, expected) in [(16, 1000, 7.9), (8, 1500, 7.3), (4, 3000, 6.4)] {
        let levels = Levels { count, tolerance };
        let total: u32 = (0..4000).map(|number| pulses(&device, number, &levels)).sum();
        let mean = f64::from(total) / 4000.0;
        assert!((mean / expected - 1.0).abs() < 0.04, "{count} levels: {mean} pulses, expected {expected}");
    }
}

#[test]
fn factors_have_the_mean_and_deviation_of_a_log_normal_distribution() {
    for thousandths in [0, 200, 350, 1000] {
        let sigma = f64::from(thousandths) / 1000.0;
        let logs: Vec<f64> = LogNormal::new(thousandths)
            .factors
            .iter()
            .map(|factor| (*factor as f64 / 65536.0).ln())
            .collect();
        let mean = logs.iter().sum::<f64>() / 256.0;
        let deviation = (logs.iter().map(|log| (log - mean).powi(2)).sum::<f64>() / 256.0).sqrt();
        assert!(mean.abs() < 1e-3, "mean {mean} for {sigma}");
        assert!((deviation - sigma).abs() < 0.01 * sigma + 1e-6, "deviation {deviation} for {sigma}");
    }
}

#[test]
fn random_numbers_differ_in_every_argument_and_are_even() {
    let first = random(1, 2, 3, 4);
    for other in [random(2, 2, 3, 4), random(1, 3, 3, 4), random(1, 2, 4, 4), random(1, 2, 3, 5)] {
        assert_ne!(first, other);
    }
    let ones: u32 = (0..1000).map(|index| random(0, 0, 0, index).count_ones()).sum();
    assert!((15_700..16_300).contains(&ones), "{ones} ones in 32000 bits");
}

#[test]
fn cells_stay_within_their_limits() {
    let device = Device::resistive(100);
    let mut cell = Cell::new(&device, 3, 0);
    let pulse = |polarity, millivolts| Pulse { polarity, millivolts, clocks: 10_000 };
    cell.pulse(&device, pulse(Polarity::Set, 900));
    assert!((1000..2000).contains(&cell.conductance), "no effect at the threshold");
    cell.pulse(&device, pulse(Polarity::Set, 3000));
    assert_eq!(cell.conductance, device.greatest);
    cell.pulse(&device, pulse(Polarity::Reset, 3000));
    assert_eq!(cell.conductance, device.least);
    let mut stuck = Cell::stuck(&device, 3, 0, 12_345);
    stuck.pulse(&device, pulse(Polarity::Set, 3000));
    assert_eq!((stuck.conductance, stuck.pulses), (12_345, 1));
}
