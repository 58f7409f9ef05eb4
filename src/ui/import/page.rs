//! The page: head, three columns, the steps below.

use std::path::PathBuf;

use eframe::egui::{CentralPanel, DragValue, Frame, Label, Margin, Panel, RichText, ScrollArea, TextEdit, Ui};

use super::presets::{Chosen, PresetList};
use super::question::Question;
use super::{doctor, graph, head, names, preview, recipe, rows, volume};
use crate::app::{AppState, Command, Drafted, Fact, ImportWish, Importing, PredictionState, StepFacts};
use crate::engine::import::Choices;
use crate::engine::{Origin, OutputKind};
use crate::onnx::{Activation, Layout as Axes};
use crate::ui::shell::Wishes;
use crate::ui::strip::{FoldingStrip, StepPictures};
use crate::ui::theme;
use crate::ui::widgets::{palette, problem, weak};
use crate::ui::words::words;

const GRAPH_WIDTH: f32 = 328.0;
const PREVIEW_WIDTH: f32 = 384.0;
/// Of the settings: rows that are easily read.
const WIDEST: f32 = 720.0;
const HEAD_HEIGHT: f32 = 60.0;
/// Sides that a picture may be resized to.
const SIDES: std::ops::RangeInclusive<usize> = 8..=2048;

/// The page's own memory.
#[derive(Default)]
pub(in crate::ui) struct ImportPage {
    of: Option<PathBuf>,
    pictures: StepPictures,
    strip: FoldingStrip,
    question: Question,
    presets: PresetList,
}

impl ImportPage {
    pub fn show(&mut self, ui: &mut Ui, state: &AppState, wishes: &mut Wishes) {
        let Some(importing) = state.importing() else { return };
        if self.of.as_ref() != Some(&importing.path) {
            let strip = std::mem::take(&mut self.strip);
            *self = Self { of: Some(importing.path.clone()), strip, ..Self::default() };
        }
        let frame = Frame::NONE.fill(palette(ui).background);
        Panel::top("import head").exact_size(HEAD_HEIGHT).frame(frame).show(ui, |ui| head::head(ui, importing, wishes));
        if importing.offered.is_some() {
            let margin = frame.inner_margin(Margin { left: 16, right: 16, top: 8, bottom: 8 });
            Panel::top("import offer").show_separator_line(false).frame(margin).show(ui, |ui| {
                head::offer(ui, importing, wishes);
            });
        }
        let Some(drafted) = &importing.drafted else {
            let mut said = importing.said.clone();
            CentralPanel::no_frame().frame(frame).show(ui, |ui| {
                column(ui, "question", |ui| {
                    no_wider_rows(ui, |ui| self.question.show(ui, importing, &mut said, wishes))
                });
            });
            change(importing, said, wishes);
            return;
        };
        if let PredictionState::Done(prediction) = &importing.preview {
            let height = self.strip.height(ui);
            Panel::bottom("import strip").exact_size(height).resizable(false).frame(frame).show(ui, |ui| {
                Frame::NONE.inner_margin(Margin::symmetric(16, 8)).show(ui, |ui| {
                    self.strip.show(ui, prediction, &drafted.facts.steps);
                });
            });
        }
        let side = |name: &'static str, width: f32| {
            let panel = if name == "import graph" { Panel::left(name) } else { Panel::right(name) };
            panel.exact_size(width).resizable(false).frame(frame)
        };
        side("import graph", GRAPH_WIDTH).show(ui, |ui| column(ui, "graph", |ui| graph::graph_panel(ui, drafted)));
        side("import preview", PREVIEW_WIDTH).show(ui, |ui| {
            column(ui, "preview", |ui| preview::preview(ui, importing, drafted, &mut self.pictures, wishes));
        });
        CentralPanel::no_frame().frame(frame).show(ui, |ui| {
            column(ui, "settings", |ui| no_wider_rows(ui, |ui| self.settings(ui, importing, drafted, wishes)));
        });
    }

    fn settings(&mut self, ui: &mut Ui, importing: &Importing, drafted: &Drafted, wishes: &mut Wishes) {
        let mut said = importing.said.clone();
        ui.spacing_mut().interact_size.y = 26.0;
        if let Some(why) = &importing.problem {
            problem(ui, why);
        }
        names::names(ui, importing, drafted, &mut said, wishes);
        gap(ui);
        if drafted.facts.takes_volumes {
            volumes(ui, drafted, &mut said);
        } else {
            self.preparation(ui, importing, drafted, &mut said);
        }
        gap(ui);
        input_and_output(ui, importing, drafted, &mut said);
        gap(ui);
        if drafted.facts.takes_volumes {
            rows::section(ui, words(ui).text("doctor"), None);
            weak(ui, words(ui).text("doctor-pictures-only"));
        } else {
            doctor::doctor(ui, importing, wishes);
        }
        gap(ui);
        about(ui, drafted, &mut said);
        change(importing, said, wishes);
    }

    fn preparation(&mut self, ui: &mut Ui, importing: &Importing, drafted: &Drafted, said: &mut Choices) {
        let words = words(ui);
        let steps = &drafted.facts.steps;
        if prepared(ui, words.text("import-preparation"), drafted, drafted.recipe.is_some()) {
            said.recipe = drafted.recipe.clone();
        }
        match self.presets.show(ui, drafted, &importing.said) {
            Some(Chosen::Preset(preset)) => (said.recipe, said.preset) = (Some(preset.recipe()), Some(preset)),
            Some(Chosen::Export) => (said.recipe, said.preset) = (None, None),
            None => {}
        }
        let is_resized = drafted.size.is_some() || !drafted.graph.resizes;
        match &drafted.recipe {
            Some(now) => {
                if let Some(next) = recipe::controls(ui, now, drafted.channels, is_resized) {
                    said.recipe = Some(next);
                }
            }
            None => {
                weak(ui, words.text("import-steps-as-stated"));
                list(ui, steps);
            }
        }
    }
}

/// The title of how pictures or volumes are prepared, with where it comes from; true where a guess was confirmed.
fn prepared(ui: &mut Ui, title: &str, drafted: &Drafted, can_confirm: bool) -> bool {
    let steps = &drafted.facts.steps;
    let doubt = |step: &&StepFacts| (step.origin == Origin::Assumed, step.origin == Origin::Imported);
    let least_sure = steps.iter().max_by_key(doubt);
    let is_guess = steps.iter().any(|step| step.origin == Origin::Assumed);
    let origin = least_sure.map(|step| (step.origin, step.from.as_str()));
    let mut confirmed = false;
    rows::section_with(ui, title, origin, |ui| confirmed = is_guess && can_confirm && rows::confirm(ui));
    confirmed
}

/// Of a network that takes volumes.
fn volumes(ui: &mut Ui, drafted: &Drafted, said: &mut Choices) {
    let words = words(ui);
    if prepared(ui, words.text("import-preparation-volumes"), drafted, drafted.volume.is_some()) {
        said.volume = drafted.volume;
    }
    match &drafted.volume {
        Some(now) => {
            if let Some(next) = volume::controls(ui, now) {
                said.volume = Some(next);
            }
            weak(ui, words.text("import-volume-resize"));
        }
        None => {
            weak(ui, words.text("import-volume-as-stated"));
            list(ui, &drafted.facts.steps);
        }
    }
}

fn list(ui: &mut Ui, steps: &[StepFacts]) {
    let words = words(ui);
    for (n, step) in steps.iter().enumerate() {
        let own = words.parameters(step).join(" · ");
        weak(ui, format!("{}  {}  {own}", n + 1, words.step(&step.name)));
    }
}

/// A scrolled column with the usual margins.
fn column(ui: &mut Ui, name: &str, content: impl FnOnce(&mut Ui)) {
    ScrollArea::vertical().id_salt(name).auto_shrink(false).show(ui, |ui| {
        Frame::NONE.inner_margin(theme::PANEL_MARGIN).show(ui, |ui| {
            ui.set_width(ui.available_width());
            content(ui);
        });
    });
}

/// In a `Ui` of its own: the column's is as wide as its scroll area.
fn no_wider_rows(ui: &mut Ui, content: impl FnOnce(&mut Ui)) {
    ui.vertical(|ui| {
        ui.set_max_width(WIDEST.min(ui.available_width()));
        content(ui);
    });
}

fn gap(ui: &mut Ui) {
    ui.add_space(theme::GRID * 1.5);
}

fn change(importing: &Importing, said: Choices, wishes: &mut Wishes) {
    if said != importing.said {
        wishes.commands.push(Command::Import(ImportWish::Change(Box::new(said))));
    }
}

fn input_and_output(ui: &mut Ui, importing: &Importing, drafted: &Drafted, said: &mut Choices) {
    let words = words(ui);
    let of = |wanted: fn(&Fact) -> bool| drafted.facts.facts.iter().find(|parameter| wanted(&parameter.fact));
    let output = of(|fact| matches!(fact, Fact::Output(_)));
    let origin = output.map(|output| (output.origin, output.from.as_str()));
    rows::section_with(ui, words.text("import-scores"), origin, |ui| {
        if let Some((Origin::Assumed, Fact::Output(now))) = output.map(|output| (output.origin, &output.fact))
            && rows::confirm(ui)
        {
            said.kind = Some(*now);
        }
    });
    if let Some(Fact::Output(now)) = output.map(|output| &output.fact) {
        let free = drafted.graph.activation == Activation::None;
        let all = [OutputKind::Logits, OutputKind::Softmax, OutputKind::Sigmoid];
        let all = if free { &all[..] } else { std::slice::from_ref(now) };
        let say = |kind: &OutputKind| match kind {
            OutputKind::Logits => words.text("import-kind-logits").to_owned(),
            OutputKind::Softmax => words.text("import-kind-softmax").to_owned(),
            OutputKind::Sigmoid => words.text("import-kind-sigmoid").to_owned(),
        };
        if let Some(kind) = rows::choose(ui, words.text("import-kind"), Some(now), all, say) {
            said.kind = Some(kind);
        }
    }
    if drafted.graph.free_size {
        size_row(ui, drafted, said);
    }
    if importing.said.layout.is_some() {
        layout_row(ui, said, drafted.facts.takes_volumes);
    }
}

/// Rows and columns, where the graph takes any.
fn size_row(ui: &mut Ui, drafted: &Drafted, said: &mut Choices) {
    let words = words(ui);
    let now = drafted.size.or(said.size);
    rows::row(ui, words.text("import-picture-size"), |ui| {
        let usual = 224;
        let [mut rows, mut cols] = now.unwrap_or([usual, usual]);
        let mut changed = false;
        let mut side = |ui: &mut Ui, value: &mut usize, name: &str| {
            let response = ui.add(DragValue::new(value).range(SIDES).speed(1.0));
            changed |= response.accessible_name(name).changed();
        };
        side(ui, &mut cols, words.text("import-columns"));
        weak(ui, "×");
        side(ui, &mut rows, words.text("import-rows"));
        if changed {
            said.size = Some([rows, cols]);
        }
        if drafted.size_is_assumed && said.size.is_none() {
            let text = RichText::new(words.text("origin-assumed")).font(theme::small_strong());
            ui.add(Label::new(text.color(palette(ui).amber)));
        }
    });
}

/// Where the graph does not tell.
fn layout_row(ui: &mut Ui, said: &mut Choices, volume: bool) {
    let words = words(ui);
    let say = |axes: &Axes| graph::layout(words, *axes);
    let all = graph::layouts(volume);
    if let Some(layout) = rows::choose(ui, words.text("import-layout"), said.layout.as_ref(), all, say) {
        said.layout = Some(layout);
    }
}

/// Its name, and which scans it is for.
fn about(ui: &mut Ui, drafted: &Drafted, said: &mut Choices) {
    let words = words(ui);
    rows::section(ui, words.text("import-about"), None);
    let field = |ui: &mut Ui, key: &'static str, value: &mut Option<String>, hint: &str| {
        rows::row(ui, words.text(key), |ui| {
            let mut text = value.clone().unwrap_or_default();
            let edit = TextEdit::singleline(&mut text).hint_text(hint).desired_width(f32::INFINITY);
            if ui.add(edit).accessible_name(words.text(key)).changed() {
                *value = Some(text).filter(|text| !text.trim().is_empty());
            }
        });
    };
    field(ui, "import-name", &mut said.name, &drafted.facts.name);
    // Pale as a hint, so that what is typed replaces it: what the manifest states.
    let hint = |stated: &[String], none: &'static str| match stated {
        [] => none.to_owned(),
        stated => stated.join(", "),
    };
    let modality = hint(&drafted.facts.modality, words.text("import-modality-hint"));
    field(ui, "import-modality", &mut said.modality, &modality);
    let body_part = hint(&drafted.facts.body_part, words.text("import-body-part-hint"));
    field(ui, "import-body-part", &mut said.body_part, &body_part);
    weak(ui, words.text("import-guards"));
}
