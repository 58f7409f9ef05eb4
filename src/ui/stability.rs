//! Whether the predicted class stays under small changes of the picture: one cell for each change.

use eframe::egui::{
    self, CornerRadius, Label, Rect, RichText, Sense, Spinner, Stroke, Ui, Vec2, WidgetInfo, pos2, vec2,
};

use super::actions::Action;
use super::icons::{self, Icon};
use super::shell::Wishes;
use super::theme;
use super::widgets::{action_button, elided, heading, palette, sentence, tip, weak};
use super::words::{Words, words};
use crate::app::{AppState, Command, ModelFacts, PredictionState, StabilityState};
use crate::engine::Inference;
use crate::review::stability::{Change, Stability};

/// A cell's column, and the mark below it.
const COLUMN: f32 = 28.0;
const MARK: f32 = 14.0;
/// Between cells, and between kinds of changes.
const GAP: f32 = 3.0;
const KIND_GAP: f32 = 9.0;

pub(super) fn stability(ui: &mut Ui, state: &AppState, facts: &ModelFacts, wishes: &mut Wishes) {
    let predicted = state.subject().is_some_and(|current| matches!(current.prediction, PredictionState::Done(_)));
    if !predicted {
        return;
    }
    let words = words(ui);
    match state.stability() {
        None => drop(action_button(ui, Action::CheckStability, wishes)),
        Some(StabilityState::Running(progress)) => running(ui, *progress, wishes),
        Some(StabilityState::Failed(why)) => {
            sentence(ui, words.text("stability-failed"), why);
            action_button(ui, Action::CheckStability, wishes);
        }
        Some(StabilityState::Ready(_)) => {
            if let Some(checked) = Checked::of(state, facts) {
                checked.show(ui);
            }
        }
    }
}

fn running(ui: &mut Ui, progress: Option<(usize, usize)>, wishes: &mut Wishes) {
    let words = words(ui);
    ui.horizontal(|ui| {
        ui.add(Spinner::new().size(14.0));
        let text = match progress {
            None => words.text("stability-starting").to_owned(),
            Some((done, total)) => words.with("stability-running", &[("done", done.into()), ("total", total.into())]),
        };
        weak(ui, text);
        if ui.small_button(words.text("heatmap-cancel")).clicked() {
            wishes.commands.push(Command::CancelStability);
        }
    });
}

/// A check that is through, with what the window calls of it.
pub(super) struct Checked<'a> {
    facts: &'a ModelFacts,
    found: &'a Stability,
    /// The class without a change, and under each.
    before: usize,
    after: Vec<usize>,
}

impl<'a> Checked<'a> {
    /// Of the prediction on the screen, where that was checked.
    pub fn of(state: &'a AppState, facts: &'a ModelFacts) -> Option<Self> {
        let Some(StabilityState::Ready(found)) = state.stability() else { return None };
        let after = found.changed.iter().map(|(_, inference)| state.class_of(inference)).collect();
        Some(Self { facts, found, before: state.class_of(&found.unchanged), after })
    }

    pub fn found(&self) -> &'a Stability {
        self.found
    }

    /// The strip, and what it says in words.
    pub fn show(&self, ui: &mut Ui) {
        ui.add_space(theme::GRID);
        ui.vertical(|ui| self.content(ui));
    }

    fn content(&self, ui: &mut Ui) {
        let (p, words) = (palette(ui), words(ui));
        heading(ui, words.text("stability")).on_hover_text(words.text("stability.tooltip"));
        ui.spacing_mut().item_spacing.y = 4.0;
        let stays = self.after.iter().all(|after| *after == self.before);
        let color = if stays { p.text } else { p.amber };
        ui.add(Label::new(RichText::new(self.sentence(words)).color(color)).wrap());
        ui.add_space(2.0);
        strip(ui, self);
        let (low, high) = self.range();
        let values = [
            ("score", words.score(self.facts).into()),
            ("class", words.class(self.facts, self.before).into()),
            ("low", format!("{low:.3}").into()),
            ("high", format!("{high:.3}").into()),
        ];
        weak(ui, words.with("stability-range", &values));
        let mut classes: Vec<usize> = self.after.iter().copied().filter(|after| *after != self.before).collect();
        classes.sort_unstable();
        classes.dedup();
        for class in classes {
            let under = self.cells().filter(|(_, _, after)| *after == class);
            let list = under.map(|(change, ..)| words.change(*change)).collect::<Vec<_>>().join(", ");
            let values = [("class", words.class(self.facts, class).into()), ("list", list.into())];
            weak(ui, words.with("stability-becomes", &values));
        }
    }

    fn cells(&self) -> impl Iterator<Item = (&'a Change, &'a Inference, usize)> {
        self.found.changed.iter().zip(&self.after).map(|((change, inference), after)| (change, inference, *after))
    }

    fn score(&self, inference: &Inference, class: usize) -> f32 {
        inference.scores.get(class).copied().unwrap_or_default()
    }

    /// Lowest and highest score of the class that is called without a change.
    fn range(&self) -> (f32, f32) {
        let all = self.found.changed.iter().map(|(_, inference)| inference).chain([&self.found.unchanged]);
        all.map(|inference| self.score(inference, self.before))
            .fold((f32::INFINITY, f32::NEG_INFINITY), |(low, high), score| (low.min(score), high.max(score)))
    }

    /// `The class changes under 3 of 12 small changes`.
    fn sentence(&self, words: Words) -> String {
        let count = ("count", self.after.len().into());
        match self.after.iter().filter(|after| **after != self.before).count() {
            0 => words.with("stability-stays", &[count]),
            changed => words.with("stability-changes", &[("changed", changed.into()), count]),
        }
    }

    /// A cell's change, class and numbers, line by line.
    fn lines(&self, words: Words, (change, inference, after): (&Change, &Inference, usize)) -> Vec<String> {
        let name = |class: usize| words.class(self.facts, class);
        let score = |class: usize| {
            let number = |inference: &Inference| format!("{:.3}", self.score(inference, class));
            let values = [
                ("score", words.score(self.facts).into()),
                ("class", name(class).into()),
                ("before", number(&self.found.unchanged).into()),
                ("after", number(inference).into()),
            ];
            words.with("stability-score", &values)
        };
        let mut lines = vec![words.change(*change)];
        if after == self.before {
            lines.push(words.with("stability-cell-stays", &[("class", name(after).into())]));
            lines.push(score(after));
        } else {
            let values = [("before", name(self.before).into()), ("after", name(after).into())];
            lines.push(words.with("stability-cell-changes", &values));
            lines.extend([score(self.before), score(after)]);
        }
        lines
    }
}

/// Changes that belong together in the strip.
fn kind(words: Words, change: Change) -> &'static str {
    match change {
        Change::Brighter(_) | Change::Contrast(_) => words.text("stability-gray"),
        Change::Zoom(_) => words.text("stability-size"),
        Change::Shift(..) => words.text("stability-place"),
        Change::Along(_) => words.text("stability-along"),
        Change::Flip => words.text("stability-flip"),
    }
}

/// A column for each change, as high as the score of the class, and below it whether the class stays.
fn strip(ui: &mut Ui, checked: &Checked<'_>) {
    let (p, words) = (palette(ui), words(ui));
    let text = ui.fonts_mut(|fonts| fonts.row_height(&theme::small()));
    let (whole, _) = ui.allocate_exact_size(vec2(ui.available_width(), COLUMN + MARK + text), Sense::hover());
    let kinds: Vec<&str> = checked.cells().map(|(change, ..)| kind(words, *change)).collect();
    let breaks = kinds.windows(2).filter(|pair| pair.first() != pair.last()).count();
    let gaps = GAP * kinds.len().saturating_sub(1) as f32 + (KIND_GAP - GAP) * breaks as f32;
    let width = ((whole.width() - gaps) / kinds.len().max(1) as f32).clamp(4.0, 24.0);
    let (mut left, mut group) = (whole.left(), whole.left());
    for (place, cell) in checked.cells().enumerate() {
        let rect = Rect::from_min_size(pos2(left, whole.top()), vec2(width, COLUMN + MARK));
        column(ui, checked, cell, rect);
        let last = kinds.get(place + 1) != kinds.get(place);
        if last {
            let name = kinds.get(place).copied().unwrap_or_default();
            let galley = elided(ui, name, theme::small(), p.weak, rect.right() - group + KIND_GAP - 2.0);
            // The last one's room to the right is the panel's margin.
            let x = group.min(whole.right() - galley.size().x);
            ui.painter().galley(pos2(x, rect.bottom()), galley, p.weak);
        }
        left = rect.right() + if last { KIND_GAP } else { GAP };
        if last {
            group = left;
        }
    }
    // The score without a change.
    let y = level(whole.top(), checked.score(&checked.found.unchanged, checked.before));
    ui.painter().hline(whole.left()..=left - KIND_GAP, y, Stroke::new(1.0, p.text));
}

fn level(top: f32, score: f32) -> f32 {
    let share = if score.is_finite() { score.clamp(0.0, 1.0) } else { 0.0 };
    top + COLUMN * (1.0 - share)
}

fn column(ui: &mut Ui, checked: &Checked<'_>, cell: (&Change, &Inference, usize), rect: Rect) {
    let (p, words) = (palette(ui), words(ui));
    let (_, inference, after) = cell;
    let stays = after == checked.before;
    let lines = checked.lines(words, cell);
    let response = ui.interact(rect, ui.scope_id().with(("stability", &lines)), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(egui::Role::Label, true, lines.join(". ")));
    let bar = Rect::from_min_size(rect.min, vec2(rect.width(), COLUMN));
    let radius = CornerRadius::same(2);
    ui.painter().rect_filled(bar, radius, if response.hovered() { p.line } else { p.track });
    let top = level(bar.top(), checked.score(inference, checked.before));
    let color = if stays { p.accent } else { p.amber };
    ui.painter().rect_filled(Rect::from_min_max(pos2(bar.left(), top), bar.max), radius, color.gamma_multiply(0.8));
    let mark = Rect::from_center_size(pos2(bar.center().x, bar.bottom() + MARK / 2.0 + 1.0), Vec2::splat(MARK));
    if stays {
        icons::paint(ui.painter(), mark, 8.0, Icon::Check, p.weak);
    } else {
        icons::paint(ui.painter(), mark, 14.0, Icon::Close, p.amber);
    }
    tip(response, || lines.join("\n"));
}
