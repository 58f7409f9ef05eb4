//! How far the case lies from what the model has seen, and the cases that are most like it.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use eframe::egui::{
    self, Align2, Color32, Rect, Response, Sense, TextureHandle, TextureOptions, Ui, Vec2, WidgetInfo, pos2, vec2,
};

use super::icons::{self, Icon};
use super::shell::Wishes;
use super::theme;
use super::thumbnails::image;
use super::widgets::{elided, elided_middle, heading, notice, palette, tip, weak};
use super::words::{Words, words};
use crate::app::{AppState, Command, KnownCase, ThumbnailState};
use crate::review::reference::Neighbour;

/// Height of a row with a picture, and of one without.
const WITH_PICTURE: f32 = 44.0;
const WITHOUT_PICTURE: f32 = 22.0;
/// Of a case's id beside its label.
const ID_WIDTH: f32 = 144.0;

/// The uploaded pictures.
#[derive(Default)]
pub(super) struct KnownPanel {
    textures: HashMap<PathBuf, TextureHandle>,
}

impl KnownPanel {
    pub fn show(&mut self, ui: &mut Ui, state: &AppState, case: &KnownCase, wishes: &mut Wishes) {
        let words = words(ui);
        if !case.known.is_unlike() {
            let values = [("percent", case.known.percent().into()), ("cases", case.cases.into())];
            explained(weak(ui, words.with("known-like", &values)), words, case);
        }
        if case.known.is_reference {
            weak(ui, words.text("known-is-reference"));
        }
        if case.known.nearest.is_empty() {
            return;
        }
        ui.add_space(theme::GRID);
        heading(ui, words.text("known-similar"));
        ui.scope(|ui| {
            ui.spacing_mut().item_spacing.y = 4.0;
            weak(ui, words.text("known-meaning"));
        });
        let files = state.near_files(case);
        ui.scope(|ui| {
            ui.spacing_mut().item_spacing.y = 0.0;
            for (place, neighbour) in case.known.nearest.iter().enumerate() {
                let files = files.get(place).and_then(Option::as_ref);
                let sha256 = case.sha256.get(place).and_then(Option::as_deref);
                self.row(ui, state, (neighbour, sha256, files), wishes);
            }
        });
        let shown = || files.iter().flatten().filter_map(|files| files.first());
        self.textures.retain(|file, _| shown().any(|shown| shown == file));
    }

    fn row(
        &mut self,
        ui: &mut Ui,
        state: &AppState,
        (near, sha256, files): (&Neighbour, Option<&str>, Option<&Arc<[PathBuf]>>),
        wishes: &mut Wishes,
    ) {
        let (p, words) = (palette(ui), words(ui));
        let file = files.and_then(|files| files.first());
        let (height, sense) = match file {
            Some(_) => (WITH_PICTURE, Sense::click()),
            None => (WITHOUT_PICTURE, Sense::hover()),
        };
        let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), height), sense);
        let label = near.label.clone().unwrap_or_else(|| words.text("known-no-label").to_owned());
        let similarity = format!("{:.3}", near.similarity);
        let values = [("label", label.as_str().into()), ("similarity", similarity.as_str().into())];
        let spoken = words.with("known-spoken", &values);
        let role = if file.is_some() { egui::Role::Button } else { egui::Role::Label };
        response.widget_info(|| WidgetInfo::labeled(role, true, &spoken));
        if file.is_some() && (response.hovered() || response.has_focus()) {
            ui.painter().rect_filled(rect, theme::CONTROL_RADIUS, p.hovered);
        }
        let mut left = rect.left();
        if let Some(file) = file {
            let side = height - 4.0;
            let at = Rect::from_min_size(pos2(left, rect.top() + 2.0), Vec2::splat(side));
            self.picture(ui, state, file, at);
            left = at.right() + 8.0;
        }
        let end = pos2(rect.right(), rect.center().y);
        let number = ui.painter().text(end, Align2::RIGHT_CENTER, &similarity, theme::small(), p.weak);
        // The model's own answer, where it is not the label.
        let wrong = near.label.as_ref().is_some_and(|label| *label != near.predicted);
        let text = if wrong {
            words.with("known-called", &[("label", label.as_str().into()), ("predicted", (&near.predicted).into())])
        } else {
            label.clone()
        };
        let room = number.left() - left - 8.0;
        let id = id(words, near, sha256);
        let put = |galley: Arc<egui::Galley>, x: f32, y: f32| {
            ui.painter().galley(pos2(x, y - galley.size().y / 2.0), galley, p.text);
        };
        if file.is_some() {
            put(elided(ui, &text, theme::small(), p.text, room), left, rect.top() + height * 0.3);
            put(elided_middle(ui, &id, theme::small(), p.weak, room), left, rect.top() + height * 0.7);
        } else {
            let galley = elided(ui, &text, theme::small(), p.text, room * 0.6);
            let beside = left + galley.size().x + 8.0;
            put(galley, left, rect.center().y);
            let room = (number.left() - beside - 8.0).min(ID_WIDTH);
            put(elided_middle(ui, &id, theme::small(), p.weak, room), beside, rect.center().y);
        }
        let response = tip(response, || format!("{id}\n{text}\n{}", words.with("known-similarity", &values)));
        if let Some(files) = files.filter(|_| response.clicked()) {
            wishes.commands.push(Command::OpenBeside(files.clone()));
        }
    }

    fn picture(&mut self, ui: &Ui, state: &AppState, file: &Path, at: Rect) {
        ui.painter().rect_filled(at, theme::CONTROL_RADIUS, theme::VIEWPORT);
        match state.near_picture(file) {
            ThumbnailState::Ready(thumbnail) => {
                let texture = self.textures.entry(file.to_owned()).or_insert_with(|| {
                    let name = format!("reference case {}", file.display());
                    ui.ctx().load_texture(name, image(thumbnail), TextureOptions::LINEAR)
                });
                let size = texture.size_vec2();
                let scale = (at.width() / size.x.max(1.0)).min(at.height() / size.y.max(1.0));
                let uv = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
                let shown = Rect::from_center_size(at.center(), size * scale);
                ui.painter().image(texture.id(), shown, uv, Color32::WHITE);
            }
            ThumbnailState::Broken => icons::paint(ui.painter(), at, 16.0, Icon::Warning, palette(ui).red),
            ThumbnailState::Unknown => {}
        }
    }
}

/// The warning that the case is unlike all that the model has seen; to stand before the prediction.
pub(super) fn warning(ui: &mut Ui, case: &KnownCase) {
    if !case.known.is_unlike() {
        return;
    }
    let (p, words) = (palette(ui), words(ui));
    let values = [("percent", case.known.percent().into()), ("cases", case.cases.into())];
    let text = match case.known.farther_than >= 1.0 {
        true => words.with("known-unlike-all", &values),
        false => words.with("known-unlike", &values),
    };
    explained(ui.scope(|ui| notice(ui, &text, p.amber, p.amber_fill)).response, words, case);
}

/// How the distance is computed, and which way is better.
fn explained(response: Response, words: Words, case: &KnownCase) {
    let values = [("distance", format!("{:.1}", case.known.distance).into()), ("cases", case.cases.into())];
    tip(response, || words.with("known-distance", &values));
}

/// What a reference case is called: its path, else its file's hash, else its number.
fn id(words: Words, near: &Neighbour, sha256: Option<&str>) -> String {
    let named = near.name.clone().or_else(|| sha256.map(|sha256| format!("sha256 {sha256}")));
    named.unwrap_or_else(|| words.with("known-number", &[("number", (near.case + 1).into())]))
}
