//! Area against delay, a plot for each target.

use super::pareto::{self, Measure, front, measures};
use super::point::PointResult;
use crate::terminal::error::Error;
use plotters::coord::Shift;
use plotters::prelude::*;
use std::error::Error as StdError;
use synthesis::Target;

const WIDTH: u32 = 900;
const HEIGHT: u32 = 500;

/// The plot as SVG; `None` if no point has both an area and a delay.
pub fn svg(block: &str, swept: &[String], results: &[PointResult]) -> Result<Option<String>, Error> {
    let targets: Vec<&Target> =
        pareto::targets(results).into_iter().filter(|target| !measures(results, target).is_empty()).collect();
    if targets.is_empty() {
        return Ok(None);
    }
    let mut text = String::new();
    {
        let height = HEIGHT * targets.len() as u32;
        let area = SVGBackend::with_string(&mut text, (WIDTH, height)).into_drawing_area();
        draw_all(&area, &targets, block, swept, results)
            .map_err(|error| Error::new(format!("cannot draw: {error}")))?;
    }
    Ok(Some(text))
}

type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;

fn draw_all(
    area: &Area,
    targets: &[&Target],
    block: &str,
    swept: &[String],
    results: &[PointResult],
) -> Result<(), Box<dyn StdError>> {
    area.fill(&WHITE)?;
    for (part, target) in area.split_evenly((targets.len(), 1)).iter().zip(targets) {
        draw(part, target, block, swept, results)?;
    }
    Ok(area.present()?)
}

fn draw(
    area: &Area,
    target: &Target,
    block: &str,
    swept: &[String],
    results: &[PointResult],
) -> Result<(), Box<dyn StdError>> {
    let all = measures(results, target);
    let best = front(results, target);
    let largest = |of: fn(&Measure) -> f64| all.iter().map(of).fold(0.0, f64::max) * 1.1;
    let (delay, size) = (largest(|measure| measure.delay), largest(|measure| measure.area));
    let mut chart = ChartBuilder::on(area)
        .caption(format!("{block} for {}", target.name), ("sans-serif", 20))
        .margin(15)
        .x_label_area_size(45)
        .y_label_area_size(70)
        .build_cartesian_2d(0.0..delay, 0.0..size)?;
    let unit = target.area_unit();
    chart.configure_mesh().x_desc("delay, ns").y_desc(format!("area, {unit}")).draw()?;
    let place = |measure: &Measure| (measure.delay, measure.area);
    chart.draw_series(all.iter().map(|measure| Circle::new(place(measure), 4, BLUE.filled())))?;
    chart.draw_series(LineSeries::new(best.iter().map(place), RED.stroke_width(2)))?;
    chart.draw_series(best.iter().map(|measure| {
        EmptyElement::at(place(measure))
            + Circle::new((0, 0), 4, RED.filled())
            + Text::new(measure.result.label(swept), (7, -10), ("sans-serif", 12))
    }))?;
    Ok(())
}
