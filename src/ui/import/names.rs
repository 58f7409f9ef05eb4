//! Class names: typed, pasted, from a labels file, from the folders that the model was trained on.

use eframe::egui::{Button, Label, RichText, TextEdit, Ui};

use super::rows;
use crate::app::{Drafted, Fact, Importing};
use crate::engine::import::{Choices, class_names_from_text};
use crate::ui::dialogs::Wanted;
use crate::ui::shell::Wishes;
use crate::ui::theme;
use crate::ui::widgets::{palette, weak};
use crate::ui::words::words;

/// The field's own memory: what is typed need not be class names yet.
#[derive(Default)]
pub(super) struct NamesField {
    text: String,
    /// What the text stands for, so that names from elsewhere take its place.
    stands_for: Option<Vec<String>>,
}

impl NamesField {
    /// How many names the text holds and how many the model needs, where these differ: nothing is saved then, so that no
    /// typed name is lost.
    pub fn unfinished(&self, importing: &Importing) -> Option<(usize, usize)> {
        let expected = importing.drafted.as_ref()?.facts.class_names.len();
        let count = class_names_from_text(&self.text).len();
        (count != expected && !self.text.trim().is_empty()).then_some((count, expected))
    }

    pub fn show(
        &mut self,
        ui: &mut Ui,
        importing: &Importing,
        drafted: &Drafted,
        said: &mut Choices,
        wishes: &mut Wishes,
    ) {
        let (p, words) = (palette(ui), words(ui));
        let facts = &drafted.facts;
        let own = facts.facts.iter().find(|parameter| matches!(parameter.fact, Fact::Classes { .. }));
        rows::section(ui, words.text("import-classes"), own.map(|own| (own.origin, own.from.as_str())));
        if self.stands_for != importing.said.classes {
            self.stands_for = importing.said.classes.clone();
            self.text = self.stands_for.clone().unwrap_or_default().join("\n");
        }
        let expected = facts.class_names.len();
        let hint = if facts.classes_are_named {
            facts.class_names.join("\n")
        } else {
            words.with("import-classes-hint", &[("count", expected.into())])
        };
        let edit = TextEdit::multiline(&mut self.text).hint_text(hint).desired_rows(expected.clamp(2, 5));
        let response = ui.add(edit.desired_width(f32::INFINITY).margin(eframe::egui::Margin::symmetric(8, 6)));
        let response = response.accessible_name(words.text("import-classes"));
        let names = class_names_from_text(&self.text);
        if response.changed() {
            // While it is being typed there are too few; then the model's own names go on.
            said.classes = (names.len() == expected).then(|| names.clone());
            said.classes_from = words.text("import-typed").to_owned();
            self.stands_for = said.classes.clone();
        }
        ui.horizontal_wrapped(|ui| {
            for (wanted, key) in
                [(Wanted::ClassNames, "import-names-file"), (Wanted::ClassFolder, "import-names-folder")]
            {
                let button = ui.add(Button::new(words.text(key)));
                if button.on_hover_text(words.find(&format!("{key}.tooltip")).unwrap_or_default()).clicked() {
                    wishes.dialogs.push(wanted);
                }
            }
            if !names.is_empty() && names.len() != expected {
                let values = [("count", names.len().into()), ("expected", expected.into())];
                let text = words.with("import-classes-count", &values);
                ui.add(Label::new(RichText::new(text).font(theme::small()).color(p.amber)));
            }
        });
        if expected == 2 {
            positive(ui, drafted, said);
        } else {
            weak(ui, words.text("import-classes-order"));
        }
    }
}

/// The class that thresholds look at.
fn positive(ui: &mut Ui, drafted: &Drafted, said: &mut Choices) {
    let words = words(ui);
    let all: Vec<usize> = (0..drafted.facts.class_names.len()).collect();
    let say = |class: &usize| words.class(&drafted.facts, *class);
    if let Some(class) = rows::choose(ui, words.text("import-positive"), drafted.positive.as_ref(), &all, say) {
        said.positive = drafted.facts.class_names.get(class).cloned();
    }
}
