//! Class names: typed, pasted, from a labels file, from the folders that the model was trained on.

use eframe::egui::{Button, Label, Margin, Response, RichText, TextEdit, Ui};

use super::rows;
use crate::app::{Command, Drafted, Fact, ImportWish, Importing};
use crate::engine::ClassNamesError;
use crate::engine::import::Choices;
use crate::ui::dialogs::Wanted;
use crate::ui::shell::Wishes;
use crate::ui::theme;
use crate::ui::widgets::{palette, tip, weak};
use crate::ui::words::{Words, words};

/// Lines of the field.
const LINES: std::ops::RangeInclusive<usize> = 2..=5;

pub(super) fn names(ui: &mut Ui, importing: &Importing, drafted: &Drafted, said: &mut Choices, wishes: &mut Wishes) {
    let words = words(ui);
    let facts = &drafted.facts;
    let own = facts.facts.iter().find(|parameter| matches!(parameter.fact, Fact::Classes { .. }));
    rows::section(ui, words.text("import-classes"), own.map(|own| (own.origin, own.from.as_str())));
    let expected = facts.class_names.len();
    let hint = if facts.classes_are_named {
        facts.class_names.join("\n")
    } else {
        words.with("import-classes-hint", &[("count", expected.into())])
    };
    let mut text = importing.names.clone();
    if field(ui, &mut text, hint, expected).changed() {
        wishes.commands.push(Command::Import(ImportWish::TypeNames(text)));
    }
    ui.horizontal_wrapped(|ui| {
        sources(ui, wishes);
        if let Some(fault) = importing.names_fault() {
            let text = RichText::new(told(words, &fault)).font(theme::small()).color(palette(ui).amber);
            ui.add(Label::new(text).wrap());
        }
    });
    if expected == 2 {
        positive(ui, drafted, said);
    } else {
        weak(ui, words.text("import-classes-order"));
    }
}

pub(super) fn field(ui: &mut Ui, text: &mut String, hint: String, lines: usize) -> Response {
    let rows = lines.clamp(*LINES.start(), *LINES.end());
    let edit = TextEdit::multiline(text).hint_text(hint).desired_rows(rows).desired_width(f32::INFINITY);
    ui.add(edit.margin(Margin::symmetric(8, 6))).accessible_name(words(ui).text("import-classes"))
}

/// Where names come from besides.
pub(super) fn sources(ui: &mut Ui, wishes: &mut Wishes) {
    let words = words(ui);
    for (wanted, key) in [(Wanted::ClassNames, "import-names-file"), (Wanted::ClassFolder, "import-names-folder")] {
        let button = ui.add(Button::new(words.text(key)));
        let about = || words.find(&format!("{key}.tooltip")).unwrap_or_default().to_owned();
        if tip(button, about).clicked() {
            wishes.dialogs.push(wanted);
        }
    }
}

/// Why the names are not in use yet.
pub(super) fn told(words: Words, fault: &ClassNamesError) -> String {
    match fault {
        ClassNamesError::Count { given, expected } => {
            words.with("import-classes-count", &[("count", (*given).into()), ("expected", (*expected).into())])
        }
        ClassNamesError::Empty { index } => words.with("import-classes-empty", &[("index", (*index).into())]),
        ClassNamesError::Twice { name, first, second } => {
            let values = [("name", name.into()), ("first", (*first).into()), ("second", (*second).into())];
            words.with("import-classes-twice", &values)
        }
        ClassNamesError::Invisible { index } => words.with("import-classes-invisible", &[("index", (*index).into())]),
    }
}

/// The class that thresholds look at.
fn positive(ui: &mut Ui, drafted: &Drafted, said: &mut Choices) {
    let words = words(ui);
    let all: Vec<usize> = (0..drafted.facts.class_names.len()).collect();
    let say = |class: &usize| words.class(&drafted.facts, *class);
    let mut chosen = None;
    rows::row(ui, words.text("import-positive"), |ui| {
        let room = if drafted.positive_is_assumed { 160.0 } else { 0.0 };
        let (name, width) = (words.text("import-positive"), ui.available_width() - room);
        chosen = rows::list(ui, name, width, drafted.positive.as_ref(), &all, say);
        if drafted.positive_is_assumed {
            let text = RichText::new(words.text("origin-assumed")).font(theme::small_strong());
            ui.add(Label::new(text.color(palette(ui).amber)));
            if rows::confirm_as(ui, words.text("import-confirm-class"), words.text("import-confirm-class.tooltip")) {
                chosen = drafted.positive;
            }
        }
    });
    if let Some(class) = chosen {
        said.positive = drafted.facts.class_names.get(class).cloned();
    }
}
