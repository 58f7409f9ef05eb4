//! On the left: what the graph says, and what was found beside and inside the file.

use eframe::egui::{Label, RichText, Ui};

use crate::app::{Drafted, Fact, GraphFacts, LogitsPlace, StepFacts};
use crate::engine::Origin;
use crate::onnx::{Activation, Layout};
use crate::ui::theme;
use crate::ui::widgets::{fact, fact_in, heading, palette, remark, weak};
use crate::ui::words::{Language, Words, words};

/// Notes inside a model that are shown.
const MOST_NOTES: usize = 6;

pub(super) fn graph_panel(ui: &mut Ui, drafted: &Drafted) {
    let words = words(ui);
    heading(ui, words.text("import-graph"));
    graph(ui, drafted);
    ui.add_space(theme::GRID);
    heading(ui, words.text("import-found"));
    found(ui, drafted);
}

fn graph(ui: &mut Ui, drafted: &Drafted) {
    let (words, graph) = (words(ui), &drafted.graph);
    (ui.spacing_mut().item_spacing.y, ui.spacing_mut().interact_size.y) = (6.0, 16.0);
    let unnamed = || words.text("import-producer-unnamed").to_owned();
    let producer = if graph.producer.is_empty() { unnamed() } else { graph.producer.clone() };
    fact(ui, words.text("import-producer"), &producer, false);
    let values = [
        ("opset", graph.opset.into()),
        ("operators", graph.operators.into()),
        ("parameters", count(graph.parameters).into()),
    ];
    fact(ui, words.text("import-size"), &words.with("import-size-value", &values), false);
    let input = format!("{} {} {}", graph.input, graph.dtype, graph.input_shape);
    fact(ui, words.text("import-input"), &input, false);
    let axes = layout(words, graph.layout);
    // What a person or a file stated is not what the graph says.
    let axes = match drafted.layout_from.as_str() {
        from @ ("given" | "metadata.json") => format!("{axes} · {}", words.origin(Origin::Declared, from)),
        _ => axes,
    };
    fact(ui, words.text("import-layout"), &axes, false);
    fact(ui, words.text("import-dimensions"), &dimensions(words, graph), false);
    fact(ui, words.text("import-inside"), &inside(words, graph), false);
    let output = format!("{} {}", graph.output, graph.output_shape);
    fact(ui, words.text("import-output"), &output, false);
    fact(ui, words.text("import-ending"), &ending(words, graph), false);
    if let Some(precision) = &graph.precision {
        remark(ui, words.text("import-precision"), precision);
    }
}

/// What a person may say where the graph does not tell.
pub(super) fn layouts(volume: bool) -> &'static [Layout] {
    if volume { &[Layout::Ndhwc, Layout::Ncdhw] } else { &[Layout::Nhwc, Layout::Nchw, Layout::Ncwh] }
}

/// How many go in at a time, and whether their size is fixed.
fn dimensions(words: Words, graph: &GraphFacts) -> String {
    let volumes = graph.layout.is_volume();
    let length = |length: usize| [("length", length.into())];
    let batch = match (graph.batch, volumes) {
        (Some(fixed), false) => words.with("import-batch-fixed", &length(fixed)),
        (Some(fixed), true) => words.with("import-batch-fixed-volumes", &length(fixed)),
        (None, false) => words.text("import-batch-any").to_owned(),
        (None, true) => words.text("import-batch-any-volumes").to_owned(),
    };
    let size = match (graph.free_size, volumes) {
        (true, false) => words.text("import-any-size"),
        (false, false) => words.text("import-fixed-size"),
        (true, true) => words.text("import-any-size-volumes"),
        (false, true) => words.text("import-fixed-size-volumes"),
    };
    format!("{batch}; {size}")
}

/// `NHWC: rows, columns, channels (Keras, TensorFlow)`.
pub(super) fn layout(words: Words, layout: Layout) -> String {
    let own = match layout {
        Layout::Nhwc => words.text("import-nhwc"),
        Layout::Nchw => words.text("import-nchw"),
        Layout::Ncwh => words.text("import-ncwh"),
        Layout::Ncdhw => words.text("import-ncdhw"),
        Layout::Ndhwc => words.text("import-ndhwc"),
    };
    format!("{layout}: {own}")
}

/// What it does to the picture itself.
fn inside(words: Words, graph: &GraphFacts) -> String {
    let mut said = Vec::new();
    if graph.resizes {
        said.push(words.text("import-resizes").to_owned());
    }
    if let Some((low, high)) = graph.scales {
        let (low, high) = (format!("{low:.3}").into(), format!("{high:.3}").into());
        said.push(words.with("import-scales", &[("low", low), ("high", high)]));
    }
    if said.is_empty() { words.text("import-inside-nothing").to_owned() } else { said.join("; ") }
}

fn ending(words: Words, graph: &GraphFacts) -> String {
    let last = match graph.activation {
        Activation::Softmax => words.text("import-ends-softmax"),
        Activation::LogSoftmax => words.text("import-ends-log-softmax"),
        Activation::Sigmoid => words.text("import-ends-sigmoid"),
        Activation::None => words.text("import-ends-logits"),
    };
    match &graph.logits {
        LogitsPlace::Output => last.to_owned(),
        LogitsPlace::Tensor(name) => {
            format!("{last}; {}", words.with("import-logits-at", &[("name", name.into())]))
        }
        LogitsPlace::None => format!("{last}; {}", words.text("import-no-logits")),
    }
}

/// `23.5 M`.
fn count(parameters: u64) -> String {
    match parameters {
        0..10_000 => parameters.to_string(),
        10_000..1_000_000 => format!("{:.0} k", parameters as f64 / 1e3),
        _ => format!("{:.1} M", parameters as f64 / 1e6),
    }
}

fn found(ui: &mut Ui, drafted: &Drafted) {
    let words = words(ui);
    (ui.spacing_mut().item_spacing.y, ui.spacing_mut().interact_size.y) = (6.0, 16.0);
    for (name, there) in &drafted.files {
        let (said, color) = match there {
            true => (words.text("import-there"), palette(ui).text),
            false => (words.text("import-not-there"), palette(ui).weak),
        };
        line(ui, name, said, color);
    }
    let notes = &drafted.graph.notes;
    if notes.is_empty() {
        line(ui, "metadata_props", words.text("import-no-notes"), palette(ui).weak);
    }
    for (key, value) in notes.iter().take(MOST_NOTES) {
        line(ui, key, value, palette(ui).text);
    }
    let of_file = |origin: Origin, from: &str| origin == Origin::Imported || from == "metadata.json";
    let facts = drafted.facts.facts.iter().filter(|fact| of_file(fact.origin, &fact.from));
    for parameter in facts.filter(|parameter| !matches!(parameter.fact, Fact::Input { .. })) {
        let (name, value) = words.fact(&parameter.fact);
        let from = match parameter.origin {
            Origin::Imported => words.with("seen-imported", &[("from", (&parameter.from).into())]),
            _ => parameter.from.clone(),
        };
        fact(ui, name, &format!("{value} ({from})"), false).on_hover_text(&parameter.from);
    }
    for step in drafted.facts.steps.iter().filter(|step| of_file(step.origin, &step.from)) {
        fact(ui, &words.step(&step.name), &told(words, step), false).on_hover_text(&step.from);
    }
    let remarks: Vec<&str> = drafted.facts.remarks.iter().map(String::as_str).collect();
    if words.language() == Language::English {
        remarks.iter().for_each(|sentence| drop(weak(ui, *sentence)));
    } else if !remarks.is_empty() {
        crate::ui::widgets::details(ui, &remarks);
    }
}

fn told(words: Words, step: &StepFacts) -> String {
    let own = words.parameters(step);
    if own.is_empty() { step.from.clone() } else { format!("{} ({})", own.join(" · "), step.from) }
}

/// A long name above what is said of it.
fn line(ui: &mut Ui, name: &str, said: &str, color: eframe::egui::Color32) {
    if name.chars().count() <= 14 {
        fact_in(ui, name, said, color);
        return;
    }
    let p = palette(ui);
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = theme::GRID;
        ui.add(Label::new(RichText::new(name).font(theme::small()).color(p.weak)));
        ui.add(Label::new(RichText::new(said).font(theme::small()).color(color)).wrap());
    });
}
