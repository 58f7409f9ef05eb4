//! The list on the left: small picture, name, folder, prediction. Only the visible rows are drawn.

use eframe::egui::{self, Label, Rect, RichText, ScrollArea, Sense, Ui, Vec2, WidgetInfo, pos2, vec2};

use super::review::filters;
use super::shell::Wishes;
use super::theme;
use super::thumbnails::{RowsSeen, Thumbnails};
use super::widgets::{elided, heading, paint_chip, palette, tip};
use super::words::{Words, words};
use crate::app::{AppState, Command, Item, ListedCase};
use crate::review::Answer;

/// The list's own memory: uploaded pictures of the visible rows, and what it last scrolled to.
#[derive(Default)]
pub(super) struct Worklist {
    list: u64,
    thumbnails: Thumbnails,
    scrolled_to: Option<usize>,
    rows: RowsSeen,
}

impl Worklist {
    pub fn show(&mut self, ui: &mut Ui, state: &AppState, wishes: &mut Wishes) {
        if self.list != state.items().generation {
            *self = Self { list: state.items().generation, ..Self::default() };
        }
        self.thumbnails.begin(self.list);
        header(ui, state, wishes);
        ui.spacing_mut().item_spacing.y = 0.0;
        let review = state.review();
        let selected = review.place_shown();
        let mut area = ScrollArea::vertical().auto_shrink(false);
        if self.scrolled_to != selected {
            self.scrolled_to = selected;
            if let Some(offset) = selected.and_then(|index| reveal(ui, index)) {
                area = area.vertical_scroll_offset(offset);
            }
        }
        let out = area.show_rows(ui, theme::ROW_HEIGHT, review.shown().len(), |ui, rows| {
            let visible = review.shown().get(rows.clone()).unwrap_or_default();
            let cases = || visible.iter().filter_map(|place| Some((*place, review.get(*place)?)));
            self.thumbnails.keep(|item| cases().any(|(_, case)| case.item == item));
            for (place, case) in cases() {
                if let Some(item) = state.items().get(case.item) {
                    self.row(ui, state, (place, case), item, wishes);
                }
            }
            rows
        });
        remember_offset(ui, out.state.clamped_offset().y, out.inner_rect.height());
        self.rows.want(review, out.inner, wishes);
    }

    fn row(
        &mut self,
        ui: &mut Ui,
        state: &AppState,
        (place, case): (usize, &ListedCase),
        item: &Item,
        wishes: &mut Wishes,
    ) {
        let p = palette(ui);
        let selected = state.review().selected() == Some(place);
        let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), theme::ROW_HEIGHT), Sense::click());
        let name = spoken(words(ui), state, case, item);
        response.widget_info(|| WidgetInfo::selected(egui::Role::Button, true, selected, &name));
        if selected || response.hovered() {
            ui.painter().rect_filled(rect, 0.0, if selected { p.raised } else { p.hovered });
        }
        if selected {
            let bar = Rect::from_min_size(rect.min, vec2(3.0, rect.height()));
            ui.painter().rect_filled(bar, 0.0, p.accent);
        }
        let picture = Rect::from_min_size(rect.min + vec2(16.0, 8.0), Vec2::splat(theme::THUMBNAIL));
        self.thumbnails.paint(ui, case.item, item, picture);

        let left = picture.right() + 12.0;
        let right = rect.right() - 16.0;
        let top = elided(ui, &words(ui).item(item), theme::body(), p.text, right - left);
        ui.painter().galley(pos2(left, rect.top() + 12.0), top, p.text);
        let below = pos2(right, rect.bottom() - 20.0);
        let chip = paint_answer(ui, state, case, below, right - left);
        if let Some(folder) = &item.folder {
            let width = chip.map_or(right, |chip| chip.left() - 8.0) - left;
            if width > 24.0 {
                let text = elided(ui, folder, theme::small(), p.weak, width);
                ui.painter().galley(pos2(left, below.y - text.size().y / 2.0), text, p.weak);
            }
        }
        let response = tip(response, || item.path().display().to_string());
        if response.clicked() {
            wishes.commands.push(Command::SelectCase(place));
        }
    }
}

fn header(ui: &mut Ui, state: &AppState, wishes: &mut Wishes) {
    let p = palette(ui);
    egui::Frame::NONE.inner_margin(theme::PANEL_MARGIN).show(ui, |ui| {
        let row = std::mem::replace(&mut ui.spacing_mut().interact_size.y, 16.0);
        ui.horizontal(|ui| {
            heading(ui, words(ui).text("worklist"));
            ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                let place = state.review().place_shown().map_or(0, |index| index + 1);
                let text = format!("{place} / {}", state.review().shown().len());
                ui.add(Label::new(RichText::new(text).font(theme::small()).color(p.weak)));
            });
        });
        ui.spacing_mut().interact_size.y = row;
        if state.items().len() > 1 {
            ui.horizontal(|ui| {
                let half = (ui.available_width() - ui.spacing().item_spacing.x) / 2.0;
                filters::search(ui, state.review().text(), half, wishes);
                filters::show_list(ui, state, half, wishes);
            });
        }
    });
}

/// The prediction at the right end of a row's second line.
fn paint_answer(ui: &Ui, state: &AppState, case: &ListedCase, right_center: egui::Pos2, width: f32) -> Option<Rect> {
    let (p, words) = (palette(ui), words(ui));
    match case.row.answer {
        Answer::Waiting => None,
        Answer::Failed => Some(paint_chip(ui, right_center, words.text("worklist-failed"), p.red, width)),
        Answer::Class { predicted, score, .. } => {
            let facts = state.model().facts()?;
            let text = format!("{} {}", words.class(facts, predicted), words.short_score(score));
            let color = if case.row.is_wrong() { p.amber } else { p.accent };
            Some(paint_chip(ui, right_center, &text, color, width))
        }
    }
}

/// The row for those who cannot see it.
fn spoken(words: Words, state: &AppState, case: &ListedCase, item: &Item) -> String {
    let name = words.item(item);
    match (case.row.answer, state.model().facts()) {
        (Answer::Class { predicted, score, .. }, Some(facts)) => {
            let (class, score) = (words.class(facts, predicted), words.short_score(score));
            let values = [("name", name.into()), ("class", class.into()), ("score", score.into())];
            words.with("worklist-spoken-done", &values)
        }
        (Answer::Failed, _) => words.with("worklist-spoken-failed", &[("name", name.into())]),
        _ => name,
    }
}

/// Where the list was last frame: offset and height, in points.
fn remember_offset(ui: &Ui, offset: f32, height: f32) {
    ui.ctx().data_mut(|data| data.insert_temp(offset_id(), (offset, height)));
}

fn offset_id() -> egui::Id {
    egui::Id::unique("worklist offset")
}

/// The offset that brings row `index` into view, where it is not.
fn reveal(ui: &Ui, index: usize) -> Option<f32> {
    let (offset, height): (f32, f32) = ui.ctx().data(|data| data.get_temp(offset_id()))?;
    let (top, bottom) = (index as f32 * theme::ROW_HEIGHT, (index + 1) as f32 * theme::ROW_HEIGHT);
    if top < offset {
        Some(top)
    } else if bottom > offset + height {
        Some(bottom - height)
    } else {
        None
    }
}
