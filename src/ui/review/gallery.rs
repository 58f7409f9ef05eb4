//! The cases as tiles: picture, reference label and prediction; only the visible tiles are drawn.

use std::ops::Range;

use eframe::egui::{self, CornerRadius, Rect, ScrollArea, Sense, Stroke, Ui, Vec2, WidgetInfo, pos2, vec2};

use super::filters::opinion_name;
use crate::app::{AppState, Command, Item, ListedCase, ModelFacts};
use crate::review::folder::Opinion;
use crate::ui::actions::Action;
use crate::ui::icons::{self, Icon};
use crate::ui::shell::Wishes;
use crate::ui::theme;
use crate::ui::thumbnails::Thumbnails;
use crate::ui::widgets::{elided, outline, paint_chip, palette, tip};
use crate::ui::words::words;

const PICTURE: f32 = 144.0;
const TILE: Vec2 = vec2(PICTURE + 16.0, PICTURE + 84.0);
const MARGIN: f32 = 16.0;

/// Draws the tiles; the visible ones come back.
pub(super) fn gallery(ui: &mut Ui, state: &AppState, thumbnails: &mut Thumbnails, wishes: &mut Wishes) -> Range<usize> {
    let review = state.review();
    let across = (((ui.available_width() - 2.0 * MARGIN) / (TILE.x + theme::GRID)).floor() as usize).max(1);
    let lines = review.shown().len().div_ceil(across);
    ui.spacing_mut().item_spacing = Vec2::splat(theme::GRID);
    ScrollArea::vertical()
        .auto_shrink(false)
        .show_rows(ui, TILE.y, lines, |ui, rows| {
            let visible = (rows.start * across)..(rows.end * across).min(review.shown().len());
            let places = review.shown().get(visible.clone()).unwrap_or_default();
            let shown = |item| places.iter().any(|place| review.get(*place).is_some_and(|case| case.item == item));
            thumbnails.keep(shown);
            for line in places.chunks(across) {
                ui.horizontal(|ui| {
                    ui.add_space(MARGIN - theme::GRID);
                    for place in line {
                        let case = review.get(*place);
                        let item = case.and_then(|case| state.items().get(case.item));
                        if let (Some(case), Some(item), Some(facts)) = (case, item, state.model().facts()) {
                            tile(ui, state, (*place, case, item), facts, thumbnails, wishes);
                        }
                    }
                });
            }
            visible
        })
        .inner
}

fn tile(
    ui: &mut Ui,
    state: &AppState,
    (place, case, item): (usize, &ListedCase, &Item),
    facts: &ModelFacts,
    thumbnails: &mut Thumbnails,
    wishes: &mut Wishes,
) {
    let (p, words) = (palette(ui), words(ui));
    let selected = state.review().selected() == Some(place);
    let (rect, response) = ui.allocate_exact_size(TILE, Sense::click());
    let caption = words.caption(facts, case.row.truth, case.row.predicted());
    let spoken = format!("{}: {caption}", words.item(item));
    response.widget_info(|| WidgetInfo::selected(egui::Role::Button, true, selected, &spoken));
    let radius = CornerRadius::same(8);
    ui.painter().rect_filled(rect, radius, if response.hovered() { p.hovered } else { p.raised });
    let edge = match (selected, case.row.is_wrong()) {
        (true, _) => Stroke::new(2.0, p.accent),
        (false, true) => Stroke::new(1.0, p.amber),
        (false, false) => Stroke::new(1.0, p.line),
    };
    outline(ui, rect, radius, edge);
    let picture = Rect::from_min_size(rect.min + Vec2::splat(8.0), Vec2::splat(PICTURE));
    thumbnails.paint(ui, case.item, item, picture);
    if case.row.flagged {
        let flag = Rect::from_min_size(picture.right_top() + vec2(-22.0, 6.0), Vec2::splat(16.0));
        icons::paint(ui.painter(), flag, 16.0, Icon::Flag, p.amber);
    }
    let color = if case.row.is_wrong() { p.amber } else { p.text };
    if case.row.opinion != Opinion::None {
        let at = pos2(picture.left() + PICTURE - 4.0, picture.bottom() - 14.0);
        paint_chip(ui, at, opinion_name(words, case.row.opinion), theme::ON_PICTURE, PICTURE - 8.0);
    }
    let (truth, predicted) = words.caption_lines(facts, case.row.truth, case.row.predicted());
    let lines = [(truth, p.text), (predicted, color), (words.item(item), p.weak)];
    for (number, (text, color)) in lines.iter().enumerate() {
        let galley = elided(ui, text, theme::small(), *color, PICTURE);
        let top = picture.bottom() + 8.0 + 20.0 * number as f32;
        ui.painter().galley(pos2(picture.left(), top), galley, *color);
    }
    let response = tip(response, || spoken);
    if response.clicked() {
        wishes.commands.push(Command::SelectCase(place));
    }
    if response.double_clicked() {
        wishes.actions.push(Action::ReadPage);
    }
}
