//! Which cases are shown: a search, and a list of kinds with their counts.

use eframe::egui::{self, ComboBox, TextEdit, Ui};

use crate::app::{AppState, Command};
use crate::review::folder::Opinion;
use crate::review::{Pair, Show};
use crate::ui::shell::Wishes;
use crate::ui::widgets::no_wider;
use crate::ui::words::{Words, words};

/// What can be shown of any list; cells and pairs are chosen in their tables.
const KINDS: [Show; 9] = [
    Show::All,
    Show::Wrong,
    Show::Uncertain,
    Show::Undecided,
    Show::Decided(Opinion::Agree),
    Show::Decided(Opinion::Disagree),
    Show::Decided(Opinion::Unsure),
    Show::Flagged,
    Show::Failed,
];

/// Room for every kind, a second model's included.
const KINDS_HEIGHT: f32 = 520.0;

/// A field for words in paths, classes and notes.
pub(in crate::ui) fn search(ui: &mut Ui, text: &str, width: f32, wishes: &mut Wishes) {
    let mut typed = text.to_owned();
    let field = TextEdit::singleline(&mut typed).hint_text(words(ui).text("review-search")).desired_width(width);
    let response = ui.add_sized([width, 28.0], field.align(egui::Align2::LEFT_CENTER));
    let response = response.on_hover_text(words(ui).text("review-search.tooltip"));
    response.clone().accessible_name(words(ui).text("review-search"));
    if response.changed() {
        wishes.commands.push(Command::Search(typed));
    }
}

/// The kinds of cases, each with how many there are.
pub(in crate::ui) fn show_list(ui: &mut Ui, state: &AppState, width: f32, wishes: &mut Wishes) {
    let (words, review) = (words(ui), state.review());
    let name = words.text("review-show");
    let list = ComboBox::from_id_salt(name).selected_text(show_name(words, state, review.show())).width(width);
    // All kinds at once, where the window is high enough.
    let list = list.height(KINDS_HEIGHT).truncate();
    let entries = |ui: &mut Ui| {
        ui.spacing_mut().item_spacing.y = 2.0;
        let compared = [Show::Flipped].into_iter().chain(Pair::ALL.map(Show::Pair)).filter(|_| review.is_compared());
        for show in KINDS.into_iter().chain(compared) {
            let text = format!("{}  {}", show_name(words, state, show), review.count(show));
            if ui.selectable_label(review.show() == show, text).clicked() {
                wishes.commands.push(Command::Filter(show));
            }
        }
    };
    no_wider(ui, width, |ui| list.show_ui(ui, entries).response.accessible_name(name));
}

/// A kind of cases in words.
pub(super) fn show_name(words: Words, state: &AppState, show: Show) -> String {
    let text = |key: &'static str| words.text(key).to_owned();
    match show {
        Show::All => text("review-show-all"),
        Show::Wrong => text("review-show-wrong"),
        Show::Uncertain => text("review-show-uncertain"),
        Show::Failed => text("review-show-failed"),
        Show::Undecided => text("review-show-undecided"),
        Show::Decided(opinion) => opinion_name(words, opinion).to_owned(),
        Show::Flagged => text("review-show-flagged"),
        Show::Leaked => text("review-show-leaked"),
        Show::NotLeaked => text("review-show-not-leaked"),
        Show::Flipped => text("review-show-flipped"),
        Show::Pair(pair) => pair_name(words, pair).to_owned(),
        Show::Cell { truth, predicted } => match state.model().facts() {
            Some(facts) => words.caption(facts, Some(truth), Some(predicted)),
            None => text("review-show-all"),
        },
    }
}

pub(in crate::ui) fn opinion_name(words: Words, opinion: Opinion) -> &'static str {
    match opinion {
        Opinion::None => words.text("review-show-undecided"),
        Opinion::Agree => words.text("opinion-agree"),
        Opinion::Disagree => words.text("opinion-disagree"),
        Opinion::Unsure => words.text("opinion-unsure"),
    }
}

pub(super) fn pair_name(words: Words, pair: Pair) -> &'static str {
    match pair {
        Pair::BothRight => words.text("pair-both-right"),
        Pair::OnlyFirst => words.text("pair-only-first"),
        Pair::OnlySecond => words.text("pair-only-second"),
        Pair::BothWrong => words.text("pair-both-wrong"),
    }
}
