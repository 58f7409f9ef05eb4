//! How far a heatmap may be trusted: three checks on demand, with numbers to compare them with.

use eframe::egui::{Pos2, Rect, Role, Sense, Shape, Spinner, Stroke, Ui, WidgetInfo, pos2, vec2};

use super::heatmap_marks::evidence;
use super::shell::Wishes;
use super::theme;
use super::widgets::{palette, sentence, weak};
use super::words::words;
use crate::app::{AppState, Command, HeatmapState, Pane, Trust, TrustProgress, TrustState, TrustStep};
use crate::explain::forward::faithfulness::{Curve, Curves};
use crate::explain::scramble::Scrambled;
use crate::review::Opinions;

const CHART_HEIGHT: f32 = 56.0;
/// How many standard deviations of the random orders a map must be away from their mean to be told from them.
const DEVIATIONS: f64 = 2.0;

pub(super) fn heatmap_trust(ui: &mut Ui, state: &AppState, pane: Pane, wishes: &mut Wishes) {
    if !matches!(state.heatmaps().state(pane), HeatmapState::Ready(_)) {
        return;
    }
    let words = words(ui);
    match state.heatmaps().trust(pane) {
        TrustState::None => {
            let button = ui.button(words.text("trust-measure")).on_hover_text(words.text("trust-measure.tooltip"));
            if button.clicked() {
                wishes.commands.push(Command::MeasureTrust(pane));
            }
        }
        TrustState::Running(progress) => running(ui, *progress, wishes),
        TrustState::Failed(why) => sentence(ui, words.text("trust-failed"), why),
        TrustState::Ready(trust) => measured(ui, trust),
    }
}

fn running(ui: &mut Ui, progress: Option<TrustProgress>, wishes: &mut Wishes) {
    let words = words(ui);
    ui.horizontal(|ui| {
        ui.add(Spinner::new().size(14.0));
        let text = match progress {
            None => words.text("trust-running").to_owned(),
            Some(TrustProgress { step, done, total }) => {
                let values = [("done", done.into()), ("total", total.into())];
                match step {
                    TrustStep::Curves => words.with("trust-running-curves", &values),
                    TrustStep::Weights => words.with("trust-running-weights", &values),
                }
            }
        };
        weak(ui, text);
        if ui.small_button(words.text("heatmap-cancel")).clicked() {
            wishes.commands.push(Command::CancelTrust);
        }
    });
}

fn measured(ui: &mut Ui, trust: &Trust) {
    let words = words(ui);
    let chart = |ui: &mut Ui, title: &'static str, curves: &Curves, smaller_is_better: bool| {
        ui.vertical(|ui| {
            weak(ui, title);
            curves_chart(ui, title, curves);
            weak(
                ui,
                match verdict(curves, smaller_is_better) {
                    Verdict::Better => words.text("trust-better"),
                    Verdict::LikeRandom => words.text("trust-like-random"),
                    Verdict::Worse => words.text("trust-worse"),
                },
            );
            weak(ui, areas(ui, curves));
        });
    };
    ui.columns_const(|[left, right]| {
        chart(left, words.text("trust-deletion"), &trust.faithfulness.deletion, true);
        chart(right, words.text("trust-insertion"), &trust.faithfulness.insertion, false);
    });
    weak(ui, words.text("trust-legend")).on_hover_text(words.text("trust-legend.tooltip"));
    let rank = |which| match trust.rank_when_scrambled(which) {
        Some(rank) => format!("{rank:.2}"),
        None => words.text("trust-no-evidence-left").to_owned(),
    };
    let (head, all) = (rank(Scrambled::Head), rank(Scrambled::All));
    weak(ui, words.with("trust-scrambled", &[("head", head.into()), ("all", all.into())]))
        .on_hover_text(words.text("trust-scrambled-tooltip"));
    if let Some(opinions) = &trust.opinions {
        weak(ui, opinions_line(ui, opinions)).on_hover_text(words.text("trust-opinions-tooltip"));
    }
}

/// `0.48 · random 0.49 ± 0.02 · edges 0.90`.
fn areas(ui: &Ui, curves: &Curves) -> String {
    let number = |value: f64| evidence(value as f32).trim_start_matches('+').to_owned();
    let random = curves.random_auc().unwrap_or(f64::NAN);
    let deviation = curves.random_auc_deviation().unwrap_or(f64::NAN);
    words(ui).with(
        "trust-areas",
        &[
            ("map", number(curves.map.auc).into()),
            ("random", number(random).into()),
            ("deviation", number(deviation).into()),
            ("edges", number(curves.edges.auc).into()),
        ],
    )
}

/// A map beside random orders.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    Better,
    LikeRandom,
    Worse,
}

fn verdict(curves: &Curves, smaller_is_better: bool) -> Verdict {
    let (Some(random), Some(deviation)) = (curves.random_auc(), curves.random_auc_deviation()) else {
        return Verdict::LikeRandom;
    };
    let better = if smaller_is_better { random - curves.map.auc } else { curves.map.auc - random };
    match better {
        better if better > DEVIATIONS * deviation => Verdict::Better,
        better if better < -DEVIATIONS * deviation => Verdict::Worse,
        _ => Verdict::LikeRandom,
    }
}

fn opinions_line(ui: &Ui, opinions: &Opinions) -> String {
    let words = words(ui);
    let group =
        |methods: Vec<_>| methods.into_iter().map(|method| words.method(method)).collect::<Vec<_>>().join(" = ");
    let groups = opinions.groups().map(group).collect::<Vec<_>>().join(" · ");
    let mean = match opinions.agreement.mean() {
        Some(mean) => format!("{mean:.2}"),
        None => "–".to_owned(),
    };
    words.with("trust-opinions", &[("groups", groups.into()), ("mean", mean.into())])
}

/// The map's curve over those of random orders and of the picture's edges, on one scale.
fn curves_chart(ui: &mut Ui, title: &str, curves: &Curves) {
    let p = palette(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), CHART_HEIGHT), Sense::hover());
    let spoken = format!("{title}: {}", areas(ui, curves));
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, &spoken));
    ui.painter().rect_filled(rect, theme::CONTROL_RADIUS, p.track);
    let all = || curves.random.iter().chain([&curves.map, &curves.edges]);
    let scores = || all().flat_map(|curve| curve.scores.iter().copied());
    let (low, high) = (scores().fold(f32::INFINITY, f32::min), scores().fold(f32::NEG_INFINITY, f32::max));
    let inside = rect.shrink(4.0);
    let line = |curve: &Curve| -> Vec<Pos2> {
        curve.shares.iter().zip(&curve.scores).map(|(share, score)| at(inside, *share, *score, (low, high))).collect()
    };
    for curve in &curves.random {
        ui.painter().add(Shape::line(line(curve), Stroke::new(1.0, p.weak.gamma_multiply(0.6))));
    }
    ui.painter().add(Shape::line(line(&curves.edges), Stroke::new(1.5, p.amber)));
    ui.painter().add(Shape::line(line(&curves.map), Stroke::new(2.0, p.accent)));
}

fn at(rect: Rect, share: f64, score: f32, (low, high): (f32, f32)) -> Pos2 {
    let height = if high > low { (score - low) / (high - low) } else { 0.5 };
    pos2(rect.left() + rect.width() * share as f32, rect.bottom() - rect.height() * height)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn curves(map: f64, random: &[f64]) -> Curves {
        let curve = |auc: f64| Curve { shares: vec![0.0, 1.0], scores: vec![0.0, 1.0], auc };
        Curves { map: curve(map), random: random.iter().map(|auc| curve(*auc)).collect(), edges: curve(0.5) }
    }

    #[test]
    fn a_map_is_told_from_chance_by_two_deviations() {
        let random = [0.4, 0.5, 0.6]; // 0.5 with a deviation of 0.1
        assert_eq!(verdict(&curves(0.29, &random), true), Verdict::Better);
        assert_eq!(verdict(&curves(0.31, &random), true), Verdict::LikeRandom);
        assert_eq!(verdict(&curves(0.71, &random), true), Verdict::Worse);
        assert_eq!(verdict(&curves(0.71, &random), false), Verdict::Better);
        assert_eq!(verdict(&curves(0.71, &[0.5]), false), Verdict::LikeRandom, "one order has no spread");
    }
}
