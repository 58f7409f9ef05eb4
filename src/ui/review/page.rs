//! The page: numbers on the left, cases on the right.

use eframe::egui::{self, Align, CentralPanel, Frame, Label, Layout, Panel, ScrollArea, Ui};

use super::leaks::LeakPanel;
use super::matrix::Cells;
use super::table::Scrolled;
use super::{filters, gallery, labels, numbers, table};
use crate::app::{AppState, Command, ExportState};
use crate::review::Show;
use crate::ui::actions::Action;
use crate::ui::shell::Wishes;
use crate::ui::theme;
use crate::ui::thumbnails::{RowsSeen, Thumbnails};
use crate::ui::widgets::{action_button, elided, heading, palette, toggle_button, weak};
use crate::ui::words::words;

/// Wide enough for a matrix of four classes and a table with intervals.
const NUMBERS_WIDTH: f32 = 424.0;

/// Of the list of kinds of cases.
const KINDS_WIDTH: f32 = 152.0;

/// How the cases are shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Style {
    #[default]
    Table,
    Gallery,
}

/// The page's own memory.
#[derive(Default)]
pub(in crate::ui) struct ReviewPage {
    thumbnails: Thumbnails,
    style: Style,
    cells: Cells,
    leaks: LeakPanel,
    scrolled: Scrolled,
    rows: RowsSeen,
}

impl ReviewPage {
    pub fn show(&mut self, ui: &mut Ui, state: &AppState, wishes: &mut Wishes) {
        self.thumbnails.begin(state.items().generation);
        let frame = Frame::NONE.fill(palette(ui).background);
        Panel::left("review numbers").exact_size(NUMBERS_WIDTH).resizable(false).frame(frame).show(ui, |ui| {
            ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
                Frame::NONE.inner_margin(theme::PANEL_MARGIN).show(ui, |ui| {
                    ui.set_width(ui.available_width());
                    self.numbers(ui, state, wishes);
                });
            });
        });
        CentralPanel::no_frame().frame(frame).show(ui, |ui| self.cases(ui, state, wishes));
    }

    fn numbers(&mut self, ui: &mut Ui, state: &AppState, wishes: &mut Wishes) {
        let words = words(ui);
        let Some(facts) = state.model().facts() else {
            heading(ui, words.text("review-numbers"));
            weak(ui, words.text("review-no-model"));
            action_button(ui, Action::OpenModel, wishes);
            return;
        };
        labels::labels(ui, state, facts, wishes);
        failed(ui, state, wishes);
        match state.review().numbers() {
            Some(numbers) => numbers::numbers(ui, state, (facts, numbers), &mut self.cells, wishes),
            None => {
                weak(ui, words.text("review-no-numbers"));
            }
        }
        self.leaks.show(ui, state, wishes);
    }

    fn cases(&mut self, ui: &mut Ui, state: &AppState, wishes: &mut Wishes) {
        Frame::NONE.inner_margin(egui::Margin::symmetric(16, 8)).show(ui, |ui| self.toolbar(ui, state, wishes));
        if state.review().shown().is_empty() && !state.review().cases().is_empty() {
            nothing_shown(ui, wishes);
            return;
        }
        let rows = match self.style {
            Style::Table => table::table(ui, state, &mut self.thumbnails, &mut self.scrolled, wishes),
            Style::Gallery => gallery::gallery(ui, state, &mut self.thumbnails, wishes),
        };
        self.rows.want(state.review(), rows, wishes);
    }

    fn toolbar(&mut self, ui: &mut Ui, state: &AppState, wishes: &mut Wishes) {
        let (p, words, review) = (palette(ui), words(ui), state.review());
        ui.horizontal(|ui| {
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                let exporting = state.export_state() != ExportState::Idle;
                ui.add_enabled_ui(!exporting && state.answered() > 0, |ui| action_button(ui, Action::Export, wishes));
                toggle_button(ui, Action::CompareList, review.is_compared(), wishes);
                for (style, name) in [(Style::Gallery, "review-gallery"), (Style::Table, "review-table")] {
                    if ui.add(egui::Button::selectable(self.style == style, words.text(name))).clicked() {
                        self.style = style;
                    }
                }
                // The count is always whole: the search gives way to it.
                let values = [("shown", review.shown().len().into()), ("all", review.cases().len().into())];
                let count = elided(ui, &words.with("review-count", &values), theme::small(), p.weak, f32::INFINITY);
                let gaps = 3.0 * ui.spacing().item_spacing.x;
                let room = ui.available_width() - KINDS_WIDTH - count.size().x - gaps;
                ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                    filters::search(ui, review.text(), room.clamp(72.0, 148.0), wishes);
                    filters::show_list(ui, state, KINDS_WIDTH, wishes);
                    ui.add(Label::new(count));
                });
            });
        });
    }
}

/// No case is of the chosen kind and holds the words that are searched for.
fn nothing_shown(ui: &mut Ui, wishes: &mut Wishes) {
    Frame::NONE.inner_margin(egui::Margin::symmetric(16, 16)).show(ui, |ui| {
        ui.add(Label::new(words(ui).text("review-nothing-shown")).wrap());
        if ui.button(words(ui).text("review-show-again")).clicked() {
            wishes.commands.extend([Command::Filter(Show::All), Command::Search(String::new())]);
        }
    });
}

/// How many cases failed, and the way to try them again.
fn failed(ui: &mut Ui, state: &AppState, wishes: &mut Wishes) {
    let count = state.review().count(Show::Failed);
    if count == 0 {
        return;
    }
    ui.horizontal(|ui| {
        weak(ui, words(ui).with("review-failed", &[("count", count.into())]));
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| action_button(ui, Action::RetryFailed, wishes));
    });
}
