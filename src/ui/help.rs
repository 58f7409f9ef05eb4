//! The sheet of keys and mouse movements, from the same table as the buttons.

use eframe::egui::{Align, Context, Frame, Grid, Id, Label, Layout, Modal, RichText, ScrollArea, Ui};

use super::RESEARCH_USE;
use super::actions::{Action, Entry, TABLE};
use super::icons::Icon;
use super::renderer::{Drawn, Renderer};
use super::shell::Look;
use super::theme;
use super::widgets::{bare_icon_button, heading, palette, weak};

const MOUSE: &[(&str, &str)] = &[
    ("Wheel", "Slices"),
    ("Ctrl + wheel", "Zoom"),
    ("Left drag", "Window: across width, down level"),
    ("Right drag", "Zoom"),
    ("Middle drag", "Move the picture"),
    ("Space + drag", "Move the picture"),
    ("Double click", "Fit"),
    ("Drop", "Open files, folders, models"),
];

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
                ui.add(Label::new(RichText::new(Action::Help.name()).font(theme::title())));
                ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                    bare_icon_button(ui, Icon::Close, "Close the help sheet", false).clicked()
                })
                .inner
            })
            .inner;
        ScrollArea::vertical().max_height(height).min_scrolled_height(height).show(ui, |ui| {
            let entries: Vec<&Entry> = TABLE.iter().filter(|entry| entry.key_text().is_some()).collect();
            let (first, second) = entries.split_at(entries.len().div_ceil(2));
            ui.columns(3, |columns| {
                if let [left, middle, right] = columns {
                    keys(left, "Keys", first);
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
            line(ui, &entry.key_text().unwrap_or_default(), entry.name);
        }
    });
}

fn mouse(ui: &mut Ui) {
    heading(ui, "Mouse");
    ui.spacing_mut().interact_size.y = 12.0;
    Grid::new("mouse").num_columns(2).spacing([16.0, 6.0]).show(ui, |ui| {
        for (what, does) in MOUSE {
            line(ui, what, does);
        }
    });
}

fn about(ui: &mut Ui, drawn: &Drawn) {
    ui.add_space(16.0);
    heading(ui, "About");
    weak(ui, format!("Overread {}", env!("CARGO_PKG_VERSION")));
    weak(ui, RESEARCH_USE);
    let drawn_by = match drawn {
        Drawn::NothingYet => None,
        Drawn::Gpu(name) => Some(format!("Pictures are drawn by OpenGL: {name}")),
        Drawn::Cpu(reason) => Some(format!("Pictures are drawn by the processor: {reason}")),
    };
    if let Some(drawn_by) = drawn_by {
        weak(ui, drawn_by);
    }
    weak(ui, "Pictures are shown in radiological convention: the patient's right is on the left where R and L say so.");
}

fn line(ui: &mut Ui, key: &str, does: &str) {
    let p = palette(ui);
    ui.add(Label::new(RichText::new(key).font(theme::small_strong()).color(p.accent)));
    ui.add(Label::new(RichText::new(does).font(theme::small())));
    ui.end_row();
}
