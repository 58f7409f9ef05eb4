//! What the sections of the page share: headings with their origin, rows of a name and a control.

use eframe::egui::{Align, Button, ComboBox, CornerRadius, Frame, Label, Layout, Margin, RichText, Ui, vec2};

use crate::engine::Origin;
use crate::ui::theme;
use crate::ui::widgets::{heading, palette, weak};
use crate::ui::words::words;

/// Names before controls.
const NAME: f32 = 104.0;

/// A section's title, and where what it holds comes from: amber where it is assumed.
pub(super) fn section(ui: &mut Ui, title: &str, origin: Option<(Origin, &str)>) {
    section_with(ui, title, origin, |_| ());
}

/// A small button that turns a guess into a statement; true where it was clicked.
pub(super) fn confirm(ui: &mut Ui) -> bool {
    let words = words(ui);
    confirm_as(ui, words.text("import-confirm"), words.text("import-confirm.tooltip"))
}

/// The same in words of its own.
pub(super) fn confirm_as(ui: &mut Ui, text: &str, about: &str) -> bool {
    let text = RichText::new(text).font(theme::small()).color(palette(ui).accent);
    ui.add(Button::new(text).frame(false).small()).on_hover_text(about).clicked()
}

/// The same with something at the right end.
pub(super) fn section_with(ui: &mut Ui, title: &str, origin: Option<(Origin, &str)>, right: impl FnOnce(&mut Ui)) {
    ui.scope(|ui| {
        ui.spacing_mut().interact_size.y = 20.0;
        ui.horizontal(|ui| {
            heading(ui, title);
            if let Some((origin, from)) = origin {
                chip(ui, origin, from);
            }
            ui.with_layout(Layout::right_to_left(Align::Center), right);
        });
    });
}

fn chip(ui: &mut Ui, origin: Origin, from: &str) {
    let (p, text) = (palette(ui), words(ui).origin(origin, from));
    let (color, fill) = match origin {
        Origin::Assumed => (p.amber, p.amber_fill),
        Origin::Declared if from == "given" => (p.accent, p.raised),
        Origin::Declared | Origin::Imported => (p.weak, p.raised),
    };
    let chip = Frame::NONE.fill(fill).corner_radius(CornerRadius::same(255)).inner_margin(Margin::symmetric(8, 2));
    let response = chip.show(ui, |ui| {
        ui.add(Label::new(RichText::new(text).font(theme::small_strong()).color(color)));
    });
    if origin == Origin::Assumed && !from.is_empty() {
        response.response.on_hover_text(from);
    }
}

/// A name and the control that it names.
pub(super) fn row(ui: &mut Ui, name: &str, control: impl FnOnce(&mut Ui)) {
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = theme::GRID;
        let height = ui.spacing().interact_size.y;
        ui.allocate_ui_with_layout(vec2(NAME, height), Layout::left_to_right(Align::Center), |ui| {
            ui.set_width(NAME);
            weak(ui, name);
        });
        control(ui);
    });
}

/// A list of values in a row of its own; the one that was chosen.
pub(super) fn choose<T: PartialEq + Clone>(
    ui: &mut Ui,
    name: &str,
    now: Option<&T>,
    all: &[T],
    say: impl Fn(&T) -> String,
) -> Option<T> {
    let mut chosen = None;
    row(ui, name, |ui| {
        let width = ui.available_width();
        chosen = list(ui, name, width, now, all, say);
    });
    chosen
}

/// The same without the name in front.
pub(super) fn list<T: PartialEq + Clone>(
    ui: &mut Ui,
    name: &str,
    width: f32,
    now: Option<&T>,
    all: &[T],
    say: impl Fn(&T) -> String,
) -> Option<T> {
    let mut chosen = None;
    let shown = now.map(&say).unwrap_or_default();
    let list = ComboBox::from_id_salt(name).selected_text(shown).width(width).height(theme::LIST_HEIGHT).truncate();
    let response = list.show_ui(ui, |ui| {
        for one in all {
            if ui.selectable_label(now == Some(one), say(one)).clicked() {
                chosen = Some(one.clone());
            }
        }
    });
    response.response.accessible_name(name);
    chosen
}
