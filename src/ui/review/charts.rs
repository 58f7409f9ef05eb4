//! Small curves beside the numbers: ROC and calibration, painted.

use eframe::egui::{Align2, Color32, Pos2, Rect, Role, Sense, Shape, Stroke, Ui, WidgetInfo, pos2, vec2};

use crate::metrics::{ClassSummary, Sweep};
use crate::ui::theme;
use crate::ui::widgets::palette;
use crate::ui::words::words;

/// Width and height of the square in which a curve lies.
const SIDE: f32 = 148.0;
/// Room for the numbers of the axes.
const MARGIN: f32 = 24.0;

/// Sensitivity over 1 - specificity, with the operating point.
pub(super) fn roc(ui: &mut Ui, sweep: &Sweep, at: Option<(f64, f64)>) {
    let Ok(points) = sweep.roc() else { return };
    let p = palette(ui);
    let auc = sweep.auc().map_or_else(|_| "–".to_owned(), |auc| format!("{auc:.3}"));
    let title = words(ui).with("review-roc", &[("auc", auc.into())]);
    let square = axes(ui, &title, "review-roc-x", "review-roc-y");
    ui.painter().line_segment([square.left_bottom(), square.right_top()], Stroke::new(1.0, p.line));
    line(ui, square, &thinned(&points), p.accent);
    if let Some(at) = at {
        ui.painter().circle(place(square, at), 4.0, p.amber, Stroke::new(1.0, p.background));
    }
}

/// Observed share over stated probability.
pub(super) fn calibration(ui: &mut Ui, class: &ClassSummary) {
    let Ok(bins) = &class.calibration else { return };
    let p = palette(ui);
    let square = axes(ui, words(ui).text("review-calibration"), "review-calibration-x", "review-calibration-y");
    ui.painter().line_segment([square.left_bottom(), square.right_top()], Stroke::new(1.0, p.line));
    let points: Vec<(f64, f64)> = bins.iter().map(|bin| (bin.mean_stated, bin.share_true)).collect();
    line(ui, square, &points, p.accent);
    let most = bins.iter().map(|bin| bin.cases).max().unwrap_or(1).max(1) as f32;
    for bin in bins {
        let radius = 2.0 + 3.0 * (bin.cases as f32 / most).sqrt();
        ui.painter().circle_filled(place(square, (bin.mean_stated, bin.share_true)), radius, p.accent);
    }
}

/// A titled square from 0 to 1 in both directions.
fn axes(ui: &mut Ui, title: &str, x: &'static str, y: &'static str) -> Rect {
    let (p, words) = (palette(ui), words(ui));
    let (rect, response) = ui.allocate_exact_size(vec2(SIDE + MARGIN, SIDE + 2.0 * MARGIN), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, title));
    let square = Rect::from_min_size(rect.min + vec2(MARGIN, MARGIN), vec2(SIDE, SIDE));
    let painter = ui.painter();
    painter.rect_filled(square, 0.0, p.track.gamma_multiply(0.5));
    let say = |at: Pos2, anchor, text: &str, color| painter.text(at, anchor, text, theme::small(), color);
    say(square.left_top() - vec2(0.0, 4.0), Align2::LEFT_BOTTOM, title, p.text);
    for (share, text) in [(0.0, "0"), (0.5, "0.5"), (1.0, "1")] {
        say(place(square, (share, 0.0)) + vec2(0.0, 2.0), Align2::CENTER_TOP, text, p.weak);
        say(place(square, (0.0, share)) - vec2(4.0, 0.0), Align2::RIGHT_CENTER, text, p.weak);
    }
    response.on_hover_text(format!("{}\n{}", words.text(x), words.text(y)));
    square
}

fn place(square: Rect, (x, y): (f64, f64)) -> Pos2 {
    pos2(square.left() + square.width() * x as f32, square.bottom() - square.height() * y as f32)
}

fn line(ui: &Ui, square: Rect, points: &[(f64, f64)], color: Color32) {
    let points: Vec<Pos2> = points.iter().map(|point| place(square, *point)).collect();
    ui.painter().add(Shape::line(points, Stroke::new(2.0, color)));
}

/// At most a few hundred points: a screen shows no more, and a curve of 100 000 cases is painted every frame.
fn thinned(points: &[(f64, f64)]) -> Vec<(f64, f64)> {
    let every = points.len().div_ceil(400).max(1);
    points.iter().step_by(every).chain(points.last()).copied().collect()
}
