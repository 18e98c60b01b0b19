//! The results as a table for other programs.

use super::point::PointResult;
use super::space::Axis;
use synthesis::Resources;

/// A row for each point and target.
pub fn text(axes: &[Axis], results: &[PointResult]) -> String {
    let mut writer = csv::Writer::from_writer(vec![]);
    let figures = [
        "target",
        "device",
        "luts",
        "carries",
        "flip_flops",
        "dsps",
        "block_rams",
        "lut_rams",
        "area_um2",
        "gate_equivalents",
        "delay_ns",
        "f_max_mhz",
        "energy_pj_per_beat",
        "netlist",
        "accuracy_percent",
        "problem",
    ];
    let header = axes.iter().map(Axis::name).chain(figures);
    writer.write_record(header).expect("memory takes any record");
    for result in results {
        let values = axes.iter().map(|axis| result.value(axis).to_string());
        writer.write_record(values.chain(row(result))).expect("memory takes any record");
    }
    let bytes = writer.into_inner().expect("memory takes any record");
    String::from_utf8(bytes).expect("names and numbers are text")
}

fn row(result: &PointResult) -> [String; 16] {
    let figures = result.figures.as_ref();
    let count = |of: fn(&Resources) -> Option<u64>| {
        figures.and_then(|figures| of(&figures.resources)).map_or(String::new(), |count| count.to_string())
    };
    let number = |value: Option<f64>| value.map_or(String::new(), |value| format!("{value:.4}"));
    let resources = figures.map(|figures| &figures.resources);
    let timing = figures.and_then(|figures| figures.timing.as_ref());
    let energy = figures.and_then(|figures| figures.energy.as_ref());
    let netlist = match figures.and_then(|figures| figures.gate_level.as_ref()) {
        None => "",
        Some(run) if run.mismatch.is_some() => "differs",
        Some(_) => "agrees",
    };
    [
        result.target.name.into(),
        figures.map_or(String::new(), |figures| figures.device.clone()),
        count(|of| of.luts),
        count(|of| of.carries),
        count(|of| Some(of.flip_flops)),
        count(|of| of.dsps),
        count(|of| of.block_rams),
        count(|of| of.lut_rams),
        number(resources.and_then(|of| of.area)),
        number(resources.and_then(|of| of.gate_equivalents)),
        number(timing.map(|timing| timing.delay)),
        number(timing.map(|timing| timing.f_max)),
        number(energy.map(|energy| energy.per_beat)),
        netlist.into(),
        result.accuracy.map_or(String::new(), |accuracy| format!("{accuracy:.2}")),
        result.problem().unwrap_or_default(),
    ]
}
