//! Small pictures of items: uploaded while they are on the screen.

use std::collections::HashMap;
use std::ops::Range;

use eframe::egui::{Color32, ColorImage, Rect, TextureHandle, TextureOptions, Ui, pos2};

use super::icons::{self, Icon};
use super::shell::Wishes;
use super::theme;
use super::widgets::palette;
use crate::app::{Command, Item, Review, ThumbnailState};
use crate::render::Thumbnail;

/// Uploaded pictures, by item.
#[derive(Default)]
pub(super) struct Thumbnails {
    list: u64,
    textures: HashMap<usize, TextureHandle>,
}

impl Thumbnails {
    /// Before the rows of a frame are drawn: pictures of another list go.
    pub fn begin(&mut self, list: u64) {
        if self.list != list {
            *self = Self { list, ..Self::default() };
        }
    }

    /// Gives back what is not on the screen.
    pub fn keep(&mut self, on_screen: impl Fn(usize) -> bool) {
        self.textures.retain(|index, _| on_screen(*index));
    }

    /// Item `index` as large as fits into `at`.
    pub fn paint(&mut self, ui: &Ui, index: usize, item: &Item, at: Rect) {
        ui.painter().rect_filled(at, theme::CONTROL_RADIUS, theme::VIEWPORT);
        match &item.thumbnail {
            ThumbnailState::Ready(thumbnail) => {
                let texture = self.textures.entry(index).or_insert_with(|| {
                    ui.ctx().load_texture(format!("thumbnail {index}"), image(thumbnail), TextureOptions::LINEAR)
                });
                let size = texture.size_vec2();
                let scale = (at.width() / size.x.max(1.0)).min(at.height() / size.y.max(1.0));
                let uv = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
                let shown = Rect::from_center_size(at.center(), size * scale);
                ui.painter().image(texture.id(), shown, uv, Color32::WHITE);
            }
            ThumbnailState::Broken => icons::paint(ui.painter(), at, 20.0, Icon::Warning, palette(ui).red),
            ThumbnailState::Unknown => {}
        }
    }
}

/// The rows that were on the screen last, and the items in them.
#[derive(Default)]
pub(super) struct RowsSeen {
    rows: Range<usize>,
    items: Vec<usize>,
}

impl RowsSeen {
    /// Asks for the pictures of other rows, or of other cases in the same rows (a filter, another order). Only when they
    /// change: a wish costs a repaint.
    pub fn want(&mut self, review: &Review, rows: Range<usize>, wishes: &mut Wishes) {
        let shown = review.shown().get(rows.clone()).unwrap_or_default();
        let items: Vec<usize> = shown.iter().filter_map(|place| Some(review.get(*place)?.item)).collect();
        if self.rows != rows || self.items != items {
            *self = Self { rows: rows.clone(), items };
            wishes.commands.push(Command::ShowRows(rows));
        }
    }
}

/// A thumbnail as egui takes it.
pub(super) fn image(thumbnail: &Thumbnail) -> ColorImage {
    ColorImage::from_rgba_premultiplied([thumbnail.size.cols, thumbnail.size.rows], &thumbnail.rgba)
}
