//! ROC, precision-recall and calibration curves as charts.

use std::path::Path;

use plotters::coord::Shift;
use plotters::prelude::*;

use super::{Drawing, Drawn, FAMILY, INK, LEFT, fitted, save, text, words};
use crate::metrics::Summary;
use crate::report::document::Phrase;
use crate::report::{Language, ReportError};

const SIZE: (u32, u32) = (960, 680);
/// Columns of the plot; the legend stands to its right.
const PLOT: i32 = 640;
const TOP: i32 = 56;
const BOTTOM: i32 = 44;
/// Curves of one chart; the largest classes are drawn.
const MOST_CURVES: usize = 8;
/// Points of one curve.
const MOST_POINTS: usize = 2000;

/// Colours that people with colour-blindness tell apart (M. Okabe, K. Ito, Color Universal Design, 2008).
const COLORS: [RGBColor; MOST_CURVES] = [
    RGBColor(0, 114, 178),
    RGBColor(213, 94, 0),
    RGBColor(0, 158, 115),
    RGBColor(204, 121, 167),
    RGBColor(230, 159, 0),
    RGBColor(86, 180, 233),
    RGBColor(120, 90, 60),
    RGBColor(30, 34, 40),
];

/// One line with what the legend says of it, in two lines.
struct Curve {
    name: String,
    number: String,
    points: Vec<(f64, f64)>,
}

pub(in crate::report) struct CurveChart {
    language: Language,
    title: &'static Phrase,
    x: &'static Phrase,
    y: &'static Phrase,
    curves: Vec<Curve>,
    left_out: usize,
    /// The line of chance, or of perfect calibration.
    diagonal: bool,
    dots: bool,
}

/// One ROC curve a class; with two classes the second one's. `Ok(false)` where there is none, and no file.
pub fn roc_chart(
    path: &Path,
    summary: &Summary,
    class_names: &[String],
    language: Language,
) -> Result<bool, ReportError> {
    draw(path, roc(summary, class_names, language))
}

pub(super) fn roc(summary: &Summary, class_names: &[String], language: Language) -> Option<CurveChart> {
    let curves = curves(summary, class_names, language, |class| {
        let points = class.sweep.as_ref().ok()?.roc().ok()?;
        Some((points, number("AUC", &class.auc, language)))
    });
    let (title, x, y) = (&words::ROC, &words::FALSE_ALARMS, &words::SENSITIVITY);
    some(CurveChart { title, x, y, diagonal: true, dots: false, ..curves })
}

/// One precision-recall curve a class.
pub fn precision_recall_chart(
    path: &Path,
    summary: &Summary,
    class_names: &[String],
    language: Language,
) -> Result<bool, ReportError> {
    draw(path, precision_recall(summary, class_names, language))
}

pub(super) fn precision_recall(summary: &Summary, class_names: &[String], language: Language) -> Option<CurveChart> {
    let curves = curves(summary, class_names, language, |class| {
        let points = class.sweep.as_ref().ok()?.precision_recall().ok()?;
        Some((points, number("AP", &class.average_precision, language)))
    });
    let (title, x, y) = (&words::PRECISION_RECALL, &words::RECALL, &words::PRECISION);
    some(CurveChart { title, x, y, diagonal: false, dots: false, ..curves })
}

/// Stated probability against observed share, one line a class.
pub fn calibration_chart(
    path: &Path,
    summary: &Summary,
    class_names: &[String],
    language: Language,
) -> Result<bool, ReportError> {
    draw(path, calibration(summary, class_names, language))
}

pub(super) fn calibration(summary: &Summary, class_names: &[String], language: Language) -> Option<CurveChart> {
    let curves = curves(summary, class_names, language, |class| {
        let bins = class.calibration.as_ref().ok()?;
        let points: Vec<(f64, f64)> = bins.iter().map(|bin| (bin.mean_stated, bin.share_true)).collect();
        (!points.is_empty()).then(|| (points, language.fill(&words::BINS, &[&bins.len().to_string()])))
    });
    let (title, x, y) = (&words::CALIBRATION, &words::STATED, &words::SHARE);
    some(CurveChart { title, x, y, diagonal: true, dots: true, ..curves })
}

/// A chart without curves is none.
fn some(chart: CurveChart) -> Option<CurveChart> {
    (!chart.curves.is_empty()).then_some(chart)
}

fn draw(path: &Path, chart: Option<CurveChart>) -> Result<bool, ReportError> {
    chart.as_ref().map(|chart| save(path, chart, chart.language)).transpose().map(|saved| saved.is_some())
}

fn number(name: &str, estimate: &crate::metrics::Estimate, language: Language) -> String {
    let value = estimate.value.map_or_else(|_| "-".to_owned(), |value| format!("{value:.3}"));
    match estimate.interval {
        Ok(interval) => {
            let ends = [interval.low, interval.high].map(|end| format!("{end:.3}"));
            language.fill(&words::INTERVAL, &[name, &value, &ends[0], &ends[1]])
        }
        Err(_) => format!("{name} {value}"),
    }
}

type Part = Option<(Vec<(f64, f64)>, String)>;

fn curves(
    summary: &Summary,
    names: &[String],
    language: Language,
    of: impl Fn(&crate::metrics::ClassSummary) -> Part,
) -> CurveChart {
    let mut classes: Vec<&crate::metrics::ClassSummary> = summary.classes.iter().collect();
    if let [_, positive] = classes.as_slice() {
        classes = vec![positive];
    }
    let drawable = classes.iter().filter(|class| of(class).is_some()).count();
    if drawable > MOST_CURVES {
        classes.sort_by_key(|class| std::cmp::Reverse(class.support));
    }
    let curve = |class: &&crate::metrics::ClassSummary| {
        let (points, number) = of(class)?;
        let name = names.get(class.class).map_or("?", String::as_str);
        Some(Curve { name: format!("{name} (n {})", class.support), number, points: thinned(points) })
    };
    let curves: Vec<Curve> = classes.iter().filter_map(curve).take(MOST_CURVES).collect();
    let left_out = drawable - curves.len();
    let (title, x, y) = (&words::ROC, &words::FALSE_ALARMS, &words::SENSITIVITY);
    CurveChart { language, title, x, y, left_out, curves, diagonal: false, dots: false }
}

/// Every so many points of a long curve, and its last.
fn thinned(points: Vec<(f64, f64)>) -> Vec<(f64, f64)> {
    let step = points.len().div_ceil(MOST_POINTS).max(1);
    let last = points.last().copied();
    points.into_iter().step_by(step).chain(last).collect()
}

impl Drawing for CurveChart {
    fn size(&self) -> Result<(u32, u32), Box<dyn std::error::Error>> {
        Ok(SIZE)
    }

    fn draw<B: DrawingBackend>(&self, area: &DrawingArea<B, Shift>) -> Drawn
    where
        B::ErrorType: 'static,
    {
        area.draw(&Text::new(self.language.say(self.title), (16, 28), text(22.0, LEFT)))?;
        let plot = area.margin(TOP, BOTTOM, 8, 0);
        let (plot, _) = plot.split_horizontally(PLOT);
        let mut chart = ChartBuilder::on(&plot)
            .x_label_area_size(52)
            .y_label_area_size(60)
            .margin_right(12)
            .margin_top(8)
            .build_cartesian_2d(0.0..1.0, 0.0..1.0)?;
        chart
            .configure_mesh()
            .x_desc(self.language.say(self.x))
            .y_desc(self.language.say(self.y))
            .label_style((FAMILY, 15.0))
            .axis_desc_style((FAMILY, 17.0))
            .light_line_style(TRANSPARENT)
            .bold_line_style(INK.mix(0.15))
            .axis_style(INK)
            .draw()?;
        if self.diagonal {
            chart.draw_series(DashedLineSeries::new([(0.0, 0.0), (1.0, 1.0)], 6, 5, INK.mix(0.5).into()))?;
        }
        for (curve, color) in self.curves.iter().zip(COLORS) {
            chart.draw_series(LineSeries::new(curve.points.iter().copied(), color.stroke_width(2)))?;
            if self.dots {
                chart.draw_series(curve.points.iter().map(|point| Circle::new(*point, 4, color.filled())))?;
            }
        }
        self.legend(area)
    }
}

impl CurveChart {
    fn legend<B: DrawingBackend>(&self, area: &DrawingArea<B, Shift>) -> Drawn
    where
        B::ErrorType: 'static,
    {
        let (x, room) = (PLOT + 24, f64::from(i32::try_from(SIZE.0)? - PLOT - 56));
        let mut y = TOP + 20;
        for (curve, color) in self.curves.iter().zip(COLORS) {
            area.draw(&PathElement::new(vec![(x, y), (x + 18, y)], color.stroke_width(3)))?;
            area.draw(&Text::new(fitted(&curve.name, 16.0, room), (x + 26, y), text(16.0, LEFT)))?;
            area.draw(&Text::new(fitted(&curve.number, 14.0, room), (x + 26, y + 20), text(14.0, LEFT)))?;
            y += 54;
        }
        if self.left_out > 0 {
            let words = self.language.fill(&words::SMALLER, &[&self.left_out.to_string()]);
            area.draw(&Text::new(words, (x, y), text(14.0, LEFT)))?;
        }
        Ok(())
    }
}
