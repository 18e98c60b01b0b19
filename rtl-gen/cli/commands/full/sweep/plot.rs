//! Area against delay, and against accuracy if it is known: plots for each target.

use super::pareto::{self, Cost, Measure, front, measures};
use super::point::PointResult;
use super::space::Axis;
use crate::terminal::error::Error;
use plotters::coord::Shift;
use plotters::prelude::*;
use std::error::Error as StdError;
use synthesis::Target;

const WIDTH: u32 = 900;
const HEIGHT: u32 = 500;

/// The plots as SVG; `None` if no point has both an area and a delay or an accuracy.
pub fn svg(block: &str, axes: &[Axis], results: &[PointResult]) -> Result<Option<String>, Error> {
    let costs = [Cost::Delay, Cost::Error];
    let plots = pareto::targets(results).into_iter().flat_map(|target| costs.map(|cost| (target, cost)));
    let plots: Vec<(&Target, Cost)> =
        plots.filter(|(target, cost)| !measures(results, target, *cost).is_empty()).collect();
    if plots.is_empty() {
        return Ok(None);
    }
    let mut text = String::new();
    {
        let height = HEIGHT * plots.len() as u32;
        let area = SVGBackend::with_string(&mut text, (WIDTH, height)).into_drawing_area();
        draw_all(&area, &plots, block, axes, results)
            .map_err(|error| Error::new(format!("cannot draw: {error}")))?;
    }
    Ok(Some(text))
}

type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;

fn draw_all(
    area: &Area,
    plots: &[(&Target, Cost)],
    block: &str,
    axes: &[Axis],
    results: &[PointResult],
) -> Result<(), Box<dyn StdError>> {
    area.fill(&WHITE)?;
    for (part, plot) in area.split_evenly((plots.len(), 1)).iter().zip(plots) {
        draw(part, *plot, block, axes, results)?;
    }
    Ok(area.present()?)
}

fn draw(
    area: &Area,
    (target, cost): (&Target, Cost),
    block: &str,
    axes: &[Axis],
    results: &[PointResult],
) -> Result<(), Box<dyn StdError>> {
    let all = measures(results, target, cost);
    let best = front(results, target, cost);
    let largest = |of: fn(&Measure) -> f64| match all.iter().map(of).fold(0.0, f64::max) {
        0.0 => 1.0,
        largest => largest * 1.1,
    };
    let (greatest, size) = (largest(|measure| measure.cost), largest(|measure| measure.area));
    let mut chart = ChartBuilder::on(area)
        .caption(format!("{block} for {}", target.name), ("sans-serif", 20))
        .margin(15)
        .x_label_area_size(45)
        .y_label_area_size(70)
        .build_cartesian_2d(0.0..greatest, 0.0..size)?;
    let unit = target.area_unit();
    chart
        .configure_mesh()
        .x_desc(format!("{}, {}", cost.name(), cost.unit()))
        .y_desc(format!("area, {unit}"))
        .draw()?;
    let place = |measure: &Measure| (measure.cost, measure.area);
    chart.draw_series(all.iter().map(|measure| Circle::new(place(measure), 4, BLUE.filled())))?;
    chart.draw_series(LineSeries::new(best.iter().map(place), RED.stroke_width(2)))?;
    chart.draw_series(best.iter().map(|measure| {
        EmptyElement::at(place(measure))
            + Circle::new((0, 0), 4, RED.filled())
            + Text::new(measure.result.label(axes), (7, -10), ("sans-serif", 12))
    }))?;
    Ok(())
}
