//! Before there is a draft: the export is being read, cannot be read, or leaves one thing open that only a person can tell.

use eframe::egui::{Button, Label, RichText, Spinner, Ui, vec2};

use super::{graph, names};
use crate::app::{Command, ImportWish, Importing, Unsaid};
use crate::engine::import::Choices;
use crate::ui::shell::Wishes;
use crate::ui::theme;
use crate::ui::widgets::{palette, problem, weak};
use crate::ui::words::words;

/// Rows that are easily read.
const WIDEST: f32 = 640.0;

/// What is typed before there is a place for it.
#[derive(Default)]
pub(super) struct Question {
    names: String,
}

impl Question {
    pub fn show(&mut self, ui: &mut Ui, importing: &Importing, said: &mut Choices, wishes: &mut Wishes) {
        let words = words(ui);
        ui.set_max_width(WIDEST.min(ui.available_width()));
        if importing.is_reading() {
            ui.horizontal(|ui| {
                ui.add(Spinner::new().size(16.0));
                weak(ui, words.text("import-reading"));
            });
        }
        match importing.unsaid {
            Some(Unsaid::Layout { volume }) => layout(ui, volume, said),
            Some(Unsaid::Classes) => self.classes(ui, importing, wishes),
            None => {
                if let Some(why) = &importing.problem {
                    problem(ui, why);
                }
                // An answer that led nowhere can be taken back.
                if let (Some(now), Some(_)) = (said.layout, &importing.problem) {
                    layout(ui, now.is_volume(), said);
                }
            }
        }
    }

    /// How many classes there are: their names tell.
    fn classes(&mut self, ui: &mut Ui, importing: &Importing, wishes: &mut Wishes) {
        let words = words(ui);
        asked(ui, words.text("import-asks-classes"), words.text("import-asks-classes-why"));
        if self.names.is_empty() {
            self.names = importing.names.clone();
        }
        names::field(ui, &mut self.names, words.text("import-asks-classes-hint").to_owned(), 4);
        ui.horizontal_wrapped(|ui| {
            let text = RichText::new(words.text("import-go-on")).font(theme::strong());
            let ready = !self.names.trim().is_empty();
            if ui.add_enabled(ready, Button::new(text)).clicked() {
                wishes.commands.push(Command::Import(ImportWish::TypeNames(self.names.clone())));
            }
            names::sources(ui, wishes);
        });
        if let Some(fault) = importing.names_fault() {
            let text = RichText::new(names::told(words, &fault)).font(theme::small()).color(palette(ui).amber);
            ui.add(Label::new(text).wrap());
        }
    }
}

/// Two answers, each a wide button.
fn layout(ui: &mut Ui, volume: bool, said: &mut Choices) {
    let words = words(ui);
    asked(ui, words.text("import-asks-layout"), words.text("import-asks-layout-why"));
    for &answer in graph::layouts(volume) {
        let text = RichText::new(graph::layout(words, answer)).font(theme::strong());
        let button = Button::new(text).selected(said.layout == Some(answer));
        if ui.add(button.min_size(vec2(ui.available_width(), 40.0))).clicked() {
            said.layout = Some(answer);
        }
    }
}

/// A question and why it is asked.
fn asked(ui: &mut Ui, question: &str, why: &str) {
    ui.add(Label::new(RichText::new(question).font(theme::heading())).wrap());
    weak(ui, why);
    ui.add_space(theme::GRID / 2.0);
}
