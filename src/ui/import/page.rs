//! The page: head, three columns, the steps below.

use std::path::PathBuf;

use eframe::egui::{
    Align, Button, CentralPanel, DragValue, Frame, Label, Layout, Margin, Panel, RichText, ScrollArea, Spinner, Stroke,
    TextEdit, Ui, UiBuilder, vec2,
};

use super::names::NamesField;
use super::presets::{Chosen, PresetList};
use super::{doctor, graph, preview, recipe, rows};
use crate::app::{AppState, Command, Drafted, Fact, ImportWish, Importing, PredictionState};
use crate::engine::import::Choices;
use crate::engine::{Origin, OutputKind};
use crate::onnx::{Activation, Layout as Axes};
use crate::ui::dialogs::Wanted;
use crate::ui::model_panel::model_title;
use crate::ui::shell::Wishes;
use crate::ui::strip::{StepPictures, strip};
use crate::ui::theme;
use crate::ui::widgets::{heading, palette, problem, weak};
use crate::ui::words::words;

const GRAPH_WIDTH: f32 = 328.0;
const PREVIEW_WIDTH: f32 = 384.0;
/// Of the settings: rows that are easily read.
const WIDEST: f32 = 720.0;
const HEAD_HEIGHT: f32 = 60.0;
const STRIP_HEIGHT: f32 = 184.0;
const STRIP_PICTURE: f32 = 88.0;
/// Sides that a picture may be resized to.
const SIDES: std::ops::RangeInclusive<usize> = 8..=2048;

/// The page's own memory.
#[derive(Default)]
pub(in crate::ui) struct ImportPage {
    of: Option<PathBuf>,
    pictures: StepPictures,
    strip: StepPictures,
    names: NamesField,
    presets: PresetList,
}

impl ImportPage {
    pub fn show(&mut self, ui: &mut Ui, state: &AppState, wishes: &mut Wishes) {
        let Some(importing) = state.importing() else { return };
        if self.of.as_ref() != Some(&importing.path) {
            *self = Self { of: Some(importing.path.clone()), ..Self::default() };
        }
        let frame = Frame::NONE.fill(palette(ui).background);
        Panel::top("import head")
            .exact_size(HEAD_HEIGHT)
            .frame(frame)
            .show(ui, |ui| head(ui, importing, &self.names, wishes));
        let Some(drafted) = &importing.drafted else {
            CentralPanel::no_frame().frame(frame).show(ui, |ui| self.without_draft(ui, importing, wishes));
            return;
        };
        if let PredictionState::Done(prediction) = &importing.preview {
            Panel::bottom("import strip").exact_size(STRIP_HEIGHT).resizable(false).frame(frame).show(ui, |ui| {
                Frame::NONE.inner_margin(Margin::symmetric(16, 8)).show(ui, |ui| {
                    heading(ui, words(ui).text("strip"));
                    strip(ui, &mut self.strip, prediction, &drafted.facts.steps, STRIP_PICTURE);
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
            column(ui, "settings", |ui| self.settings(ui, importing, drafted, wishes));
        });
    }

    /// While it is read, and where the graph does not tell enough.
    fn without_draft(&mut self, ui: &mut Ui, importing: &Importing, wishes: &mut Wishes) {
        let words = words(ui);
        column(ui, "problem", |ui| {
            ui.set_max_width(640.0);
            if importing.is_reading() {
                ui.horizontal(|ui| {
                    ui.add(Spinner::new().size(16.0));
                    weak(ui, words.text("import-reading"));
                });
            }
            if let Some(why) = &importing.problem {
                problem(ui, why);
            }
            if importing.asks_layout {
                weak(ui, words.text("import-asks-layout"));
                let mut said = importing.said.clone();
                layout_row(ui, &mut said);
                change(importing, said, wishes);
            }
        });
    }

    fn settings(&mut self, ui: &mut Ui, importing: &Importing, drafted: &Drafted, wishes: &mut Wishes) {
        let mut said = importing.said.clone();
        ui.spacing_mut().interact_size.y = 26.0;
        ui.set_max_width(WIDEST.min(ui.available_width()));
        if let Some(why) = &importing.problem {
            problem(ui, why);
        }
        self.names.show(ui, importing, drafted, &mut said, wishes);
        gap(ui);
        self.preparation(ui, importing, drafted, &mut said);
        gap(ui);
        input_and_output(ui, importing, drafted, &mut said);
        gap(ui);
        doctor::doctor(ui, importing, wishes);
        gap(ui);
        about(ui, drafted, &mut said);
        change(importing, said, wishes);
    }

    fn preparation(&mut self, ui: &mut Ui, importing: &Importing, drafted: &Drafted, said: &mut Choices) {
        let words = words(ui);
        let steps = &drafted.facts.steps;
        let least_sure =
            steps.iter().max_by_key(|step| (step.origin == Origin::Assumed, step.origin == Origin::Imported));
        let guessed = drafted.recipe.as_ref().filter(|_| steps.iter().any(|step| step.origin == Origin::Assumed));
        let origin = least_sure.map(|step| (step.origin, step.from.as_str()));
        rows::section_with(ui, words.text("import-preparation"), origin, |ui| {
            let Some(now) = guessed else { return };
            if rows::confirm(ui) {
                said.recipe = Some(now.clone());
            }
        });
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
                for (n, step) in steps.iter().enumerate() {
                    let own = crate::ui::strip::parameters(step).join(" · ");
                    weak(ui, format!("{}  {}  {own}", n + 1, words.step(&step.name)));
                }
            }
        }
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

fn gap(ui: &mut Ui) {
    ui.add_space(theme::GRID * 1.5);
}

fn change(importing: &Importing, said: Choices, wishes: &mut Wishes) {
    if said != importing.said {
        wishes.commands.push(Command::Import(ImportWish::Change(Box::new(said))));
    }
}

/// What it is, how much of it is assumed, where it goes, and the two ways out.
fn head(ui: &mut Ui, importing: &Importing, names: &NamesField, wishes: &mut Wishes) {
    let inside = ui.max_rect().shrink2(vec2(16.0, 8.0));
    let builder = UiBuilder::new().max_rect(inside).layout(Layout::right_to_left(Align::Center));
    let left = ui.scope_builder(builder, |ui| {
        ways_out(ui, importing, names, wishes);
        ui.available_rect_before_wrap()
    });
    let builder = UiBuilder::new().max_rect(left.inner).layout(Layout::top_down(Align::Min));
    ui.scope_builder(builder, |ui| {
        ui.spacing_mut().item_spacing.y = 2.0;
        let title = words(ui).with("import-title", &[("name", model_title(&importing.path).into())]);
        ui.add(Label::new(RichText::new(title).font(theme::title())).truncate());
        ui.spacing_mut().interact_size.y = 16.0;
        below_title(ui, importing, wishes);
    });
}

fn ways_out(ui: &mut Ui, importing: &Importing, names: &NamesField, wishes: &mut Wishes) {
    let (p, words) = (palette(ui), words(ui));
    let text = RichText::new(words.text("import-save")).font(theme::strong()).color(p.on_accent);
    let button = Button::new(text).fill(p.accent).stroke(Stroke::NONE);
    let unfinished = names.unfinished(importing);
    let response = ui.add_enabled(importing.can_save() && unfinished.is_none(), button);
    let response = match unfinished {
        Some((count, expected)) => {
            let values = [("count", count.into()), ("expected", expected.into())];
            response.on_disabled_hover_text(words.with("import-classes-count", &values))
        }
        None => response.on_hover_text(words.text("import-save.tooltip")),
    };
    if response.clicked() {
        wishes.commands.push(Command::Import(ImportWish::Save));
    }
    let response = ui.add(Button::new(words.text("import-cancel")));
    if response.on_hover_text(words.text("import-cancel.tooltip")).clicked() {
        wishes.commands.push(Command::Import(ImportWish::Close));
    }
    if importing.saving {
        ui.add(Spinner::new().size(16.0));
    }
    ui.add_space(theme::GRID);
}

/// How much is assumed, and where it will be saved.
fn below_title(ui: &mut Ui, importing: &Importing, wishes: &mut Wishes) {
    let (p, words) = (palette(ui), words(ui));
    let Some(drafted) = &importing.drafted else { return };
    let small = |text: String, color| Label::new(RichText::new(text).font(theme::small()).color(color));
    ui.horizontal(|ui| {
        let (text, color) = match assumed(drafted) {
            0 => (words.text("import-all-stated").to_owned(), p.green),
            count => (words.with("import-assumed", &[("count", count.into())]), p.amber),
        };
        ui.add(Label::new(RichText::new(text).font(theme::small_strong()).color(color)));
        ui.add_space(theme::GRID);
        let place = words.with("import-place", &[("folder", drafted.out.display().to_string().into())]);
        let room = (ui.available_width() - 88.0).max(80.0);
        ui.scope(|ui| {
            ui.set_max_width(room);
            ui.add(small(place.clone(), p.weak).truncate()).on_hover_text(place);
        });
        let change = RichText::new(words.text("import-place-change")).font(theme::small()).color(p.accent);
        if ui.add(Button::new(change).frame(false).small()).clicked() {
            wishes.dialogs.push(Wanted::ModelFolder);
        }
    });
}

/// Of classes, input, output and preparation: how many rest on guesses.
fn assumed(drafted: &Drafted) -> usize {
    let facts = drafted.facts.facts.iter().filter(|parameter| parameter.origin == Origin::Assumed).count();
    facts + usize::from(drafted.facts.steps.iter().any(|step| step.origin == Origin::Assumed))
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
        layout_row(ui, said);
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
        if now.is_none() {
            let text = RichText::new(words.text("origin-assumed")).font(theme::small_strong());
            ui.add(Label::new(text.color(palette(ui).amber)));
        }
    });
}

/// Where the graph does not tell.
fn layout_row(ui: &mut Ui, said: &mut Choices) {
    let words = words(ui);
    let say = |axes: &Axes| graph::layout(words, *axes);
    let all = [Axes::Nhwc, Axes::Nchw];
    if let Some(layout) = rows::choose(ui, words.text("import-layout"), said.layout.as_ref(), &all, say) {
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
    field(ui, "import-modality", &mut said.modality, words.text("import-modality-hint"));
    field(ui, "import-body-part", &mut said.body_part, words.text("import-body-part-hint"));
    weak(ui, words.text("import-guards"));
}
