//! The sheet of keys and mouse movements, from the same table as the buttons.

use eframe::egui::{Align, Context, Frame, Grid, Id, Label, Layout, Modal, RichText, ScrollArea, Ui};

use super::actions::{Action, Entry, TABLE};
use super::icons::Icon;
use super::renderer::{Drawn, Renderer};
use super::shell::Look;
use super::theme;
use super::widgets::{bare_icon_button, heading, palette, weak};
use super::words::{Words, words};

/// Movements of the mouse; what they do is said under `.does`.
fn movements(words: Words) -> [(&'static str, &'static str); 9] {
    [
        (words.text("mouse-wheel"), words.text("mouse-wheel.does")),
        (words.text("mouse-ctrl-wheel"), words.text("mouse-ctrl-wheel.does")),
        (words.text("mouse-left-drag"), words.text("mouse-left-drag.does")),
        (words.text("mouse-shift-drag"), words.text("mouse-shift-drag.does")),
        (words.text("mouse-right-drag"), words.text("mouse-right-drag.does")),
        (words.text("mouse-middle-drag"), words.text("mouse-middle-drag.does")),
        (words.text("mouse-space-drag"), words.text("mouse-space-drag.does")),
        (words.text("mouse-double-click"), words.text("mouse-double-click.does")),
        (words.text("mouse-drop"), words.text("mouse-drop.does")),
    ]
}

pub(super) fn help_sheet(ctx: &Context, look: &mut Look, renderer: &Renderer) {
    if !look.help_open {
        return;
    }
    let frame = Frame::window(&ctx.global_style());
    let modal = Modal::new(Id::unique("help")).frame(frame).show(ctx, |ui| {
        let height = (ui.ctx().content_rect().height() - 160.0).max(160.0);
        ui.set_width(880.0_f32.min(ui.ctx().content_rect().width() - 96.0));
        let close = ui
            .horizontal(|ui| {
                ui.add(Label::new(RichText::new(Action::Help.name(words(ui))).font(theme::title())));
                ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                    bare_icon_button(ui, Icon::Close, words(ui).text("help-close"), false).clicked()
                })
                .inner
            })
            .inner;
        ScrollArea::vertical().max_height(height).min_scrolled_height(height).show(ui, |ui| {
            let entries: Vec<&Entry> = TABLE.iter().filter(|entry| entry.key_text().is_some()).collect();
            let (first, second) = entries.split_at(entries.len().div_ceil(2));
            ui.columns(3, |columns| {
                if let [left, middle, right] = columns {
                    let title = words(left).text("help-keys");
                    keys(left, title, first);
                    keys(middle, "", second);
                    mouse(right);
                    about(right, &renderer.drawn());
                }
            });
        });
        close
    });
    if modal.inner || modal.should_close() {
        look.help_open = false;
    }
}

fn keys(ui: &mut Ui, title: &str, entries: &[&Entry]) {
    heading(ui, title);
    ui.spacing_mut().interact_size.y = 12.0;
    Grid::new(("keys", title)).num_columns(2).spacing([16.0, 6.0]).show(ui, |ui| {
        for entry in entries {
            let name = entry.name(words(ui));
            line(ui, &entry.key_text().unwrap_or_default(), name);
        }
    });
}

fn mouse(ui: &mut Ui) {
    let words = words(ui);
    heading(ui, words.text("help-mouse"));
    ui.spacing_mut().interact_size.y = 12.0;
    Grid::new("mouse").num_columns(2).spacing([16.0, 6.0]).show(ui, |ui| {
        for (what, does) in movements(words) {
            line(ui, what, does);
        }
    });
}

fn about(ui: &mut Ui, drawn: &Drawn) {
    let words = words(ui);
    ui.add_space(16.0);
    heading(ui, words.text("help-about"));
    let drawn_by = match drawn {
        Drawn::NothingYet => None,
        Drawn::Gpu(name) => Some((words.with("help-drawn-by-opengl", &[("name", name.into())]), None)),
        // The reason is an English sentence.
        Drawn::Cpu(reason) => Some((words.text("help-drawn-by-processor").to_owned(), Some(reason.to_string()))),
    };
    // Columns are justified, which pulls words apart.
    ui.with_layout(Layout::top_down(Align::Min), |ui| {
        weak(ui, words.with("help-version", &[("version", env!("CARGO_PKG_VERSION").into())]));
        weak(ui, words.text("research-use"));
        if let Some((drawn_by, reason)) = drawn_by {
            let line = weak(ui, drawn_by);
            if let Some(reason) = reason {
                line.on_hover_text(reason);
            }
        }
        weak(ui, words.text("help-convention"));
    });
}

fn line(ui: &mut Ui, key: &str, does: &str) {
    let p = palette(ui);
    ui.add(Label::new(RichText::new(key).font(theme::small_strong()).color(p.accent)));
    ui.add(Label::new(RichText::new(does).font(theme::small())));
    ui.end_row();
}
