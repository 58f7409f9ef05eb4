//! Two models on the same cases: which is right where, is the difference more than chance, what moved.

use eframe::egui::{self, Button, Grid, Label, RichText, Ui};

use crate::app::{AppState, Command, ModelFacts};
use crate::metrics::{Agreement, Comparison};
use crate::review::{Pair, Show};
use crate::ui::model_panel::model_title;
use crate::ui::shell::Wishes;
use crate::ui::theme;
use crate::ui::widgets::{heading, palette, weak};
use crate::ui::words::words;

/// Moves that are listed.
const MOST_MOVES: usize = 8;

pub(super) fn comparison(ui: &mut Ui, state: &AppState, facts: &ModelFacts, found: &Comparison, wishes: &mut Wishes) {
    let (p, words) = (palette(ui), words(ui));
    heading(ui, words.text("review-comparison"));
    if let Some(other) = state.heatmaps().compared_model() {
        let known = other.facts.as_ref().map(|facts| facts.name.as_str()).or(state.review().compared_name());
        let title = model_title(&other.path);
        // Versions of one model have one name: where they lie tells them apart.
        let other = match known {
            Some(known) if known == facts.name => format!("{known} ({title})"),
            Some(known) => known.to_owned(),
            None => title,
        };
        let values = [("first", facts.name.as_str().into()), ("second", other.into())];
        weak(ui, words.with("review-comparison-of", &values));
    }
    let show = state.review().show();
    Grid::new("agreement").num_columns(2).spacing([8.0, 4.0]).show(ui, |ui| {
        for (number, (pair, count)) in cells(&found.agreement).into_iter().enumerate() {
            let text = format!("{}  {count}", super::filters::pair_name(words, pair));
            let this = Show::Pair(pair);
            let button = Button::selectable(show == this, text).min_size(egui::vec2(188.0, 32.0));
            if ui.add(button).clicked() {
                wishes.commands.push(Command::Filter(if show == this { Show::All } else { this }));
            }
            if number % 2 == 1 {
                ui.end_row();
            }
        }
    });
    let p_value = |value: f64| if value < 1e-4 { "p < 0.0001".to_owned() } else { format!("p = {value:.4}") };
    let text = words.with("review-mcnemar", &[("p", p_value(found.mcnemar.p_exact).into())]);
    ui.add(Label::new(RichText::new(text).font(theme::small()).color(p.text)).wrap());
    for (class, difference) in found.auc.iter().enumerate() {
        let Ok(difference) = difference else { continue };
        let values = [
            ("class", words.class(facts, class).into()),
            ("first", format!("{:.3}", difference.area_a).into()),
            ("second", format!("{:.3}", difference.area_b).into()),
            ("p", p_value(difference.p).into()),
        ];
        weak(ui, words.with("review-auc-difference", &values));
    }
    if ui
        .add(Button::selectable(
            show == Show::Flipped,
            // As many as the click shows: cases without a label too.
            words.with("review-flips", &[("count", state.review().count(Show::Flipped).into())]),
        ))
        .clicked()
    {
        wishes.commands.push(Command::Filter(if show == Show::Flipped { Show::All } else { Show::Flipped }));
    }
    for step in found.moves.iter().take(MOST_MOVES) {
        let class = |index: usize| words.class(facts, index);
        let values = [
            ("truth", class(step.truth).into()),
            ("from", class(step.from).into()),
            ("to", class(step.to).into()),
            ("count", step.cases.into()),
        ];
        weak(ui, words.with("review-move", &values));
    }
}

fn cells(agreement: &Agreement) -> [(Pair, u64); 4] {
    [
        (Pair::BothRight, agreement.both_right),
        (Pair::OnlyFirst, agreement.only_a_right),
        (Pair::OnlySecond, agreement.only_b_right),
        (Pair::BothWrong, agreement.both_wrong),
    ]
}
