//! Results as plots: speed against size for deflate, speed against the size of pieces for inflate.

use crate::library::Library;
use crate::measure::{Row, Work};
use crate::report::{size, speed};
use plotters::prelude::*;
use std::error::Error;
use std::path::Path;

/// Size of a plot, in pixels.
const SIZE: (u32, u32) = (900, 560);
/// Where "all at once" stands on the axis of pieces.
const AT_ONCE: f64 = 1_048_576.0;

/// A library's points, and what stands beside each.
type Line = (String, Vec<(f64, f64, String)>);

fn deflate_lines(rows: &[Row], libraries: &[Library]) -> Vec<Line> {
    let line = |(index, library): (usize, &Library)| {
        let points = rows.iter().filter_map(|row| match row.work {
            Work::Deflate { level } if level != 0 => {
                let sum = row.sums[index]?;
                Some((speed(sum), size(sum), level.to_string()))
            }
            _ => None,
        });
        (library.name.clone(), points.collect())
    };
    libraries.iter().enumerate().map(line).collect()
}

fn inflate_lines(rows: &[Row], libraries: &[Library]) -> Vec<Line> {
    let line = |(index, library): (usize, &Library)| {
        let points = rows.iter().filter_map(|row| match row.work {
            Work::Inflate { chunk } => {
                let sum = row.sums[index]?;
                Some(((chunk as f64).min(AT_ONCE), speed(sum), String::new()))
            }
            _ => None,
        });
        (library.name.clone(), points.collect())
    };
    libraries.iter().enumerate().map(line).collect()
}

/// The least and the greatest value, with some room around.
fn range(values: impl Iterator<Item = f64> + Clone, factor: f64) -> std::ops::Range<f64> {
    let least = values.clone().fold(f64::INFINITY, f64::min);
    let greatest = values.fold(0.0, f64::max);
    least / factor..greatest * factor
}

/// Draws lines on axes of which the first is logarithmic.
fn draw(path: &Path, title: &str, axes: [&str; 2], lines: &[Line]) -> Result<(), Box<dyn Error>> {
    let all = || lines.iter().flat_map(|(_, points)| points);
    if all().next().is_none() {
        return Ok(());
    }
    let root = SVGBackend::new(path, SIZE).into_drawing_area();
    root.fill(&WHITE)?;
    let mut chart = ChartBuilder::on(&root)
        .caption(title, ("sans-serif", 20))
        .margin(12)
        .x_label_area_size(44)
        .y_label_area_size(60)
        .build_cartesian_2d(
            range(all().map(|point| point.0), 1.3).log_scale(),
            range(all().map(|point| point.1), 1.04),
        )?;
    chart
        .configure_mesh()
        .x_desc(axes[0])
        .y_desc(axes[1])
        .draw()?;
    for (index, (name, points)) in lines.iter().enumerate() {
        let color = Palette99::pick(index).to_rgba();
        chart
            .draw_series(LineSeries::new(
                points.iter().map(|(x, y, _)| (*x, *y)),
                color.stroke_width(2),
            ))?
            .label(name)
            .legend(move |(x, y)| PathElement::new([(x, y), (x + 18, y)], color.stroke_width(2)));
        chart.draw_series(points.iter().map(|(x, y, label)| {
            EmptyElement::at((*x, *y))
                + Circle::new((0, 0), 3, color.filled())
                + Text::new(label.clone(), (5, -12), ("sans-serif", 12))
        }))?;
    }
    chart
        .configure_series_labels()
        .background_style(WHITE.mix(0.8))
        .border_style(BLACK.mix(0.3))
        .position(SeriesLabelPosition::UpperLeft)
        .draw()?;
    root.present()?;
    Ok(())
}

/// Writes deflate.svg and inflate.svg to a folder, as far as they were measured.
pub fn write(rows: &[Row], libraries: &[Library], folder: &Path) -> Result<(), Box<dyn Error>> {
    draw(
        &folder.join("deflate.svg"),
        "Speed and size by level",
        ["MB/s of data", "size in % of the data"],
        &deflate_lines(rows, libraries),
    )?;
    draw(
        &folder.join("inflate.svg"),
        "Speed of decompression by the size of pieces",
        [
            "bytes in and out at a time (the last: all at once)",
            "MB/s of data",
        ],
        &inflate_lines(rows, libraries),
    )
}
