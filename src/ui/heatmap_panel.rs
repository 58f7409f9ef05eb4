//! Where the score came from: what each pane shows, and the choice of class, method and layer.

use eframe::egui::{CollapsingHeader, Label, RichText, Slider, Spinner, Ui, WidgetInfo, vec2};

use super::actions::Action;
use super::heatmap_look::heatmap_look;
use super::heatmap_marks::evidence;
use super::heatmap_trust::heatmap_trust;
use super::shell::Wishes;
use super::theme;
use super::widgets::{named_row, notice, palette, picker, remark, score_bar, sentence, weak};
use super::words::{Language, Words, words};
use crate::app::{AppState, Command, Heatmap, HeatmapQuestion, HeatmapState, Heatmaps, Pane};
use crate::explain::{FeatureMap, Method, Target};

/// Room for `120 / 120` beside the strip of layers, in points.
const DEPTH_TEXT: f32 = 80.0;
/// Characters of a tensor's name in the list of layers.
const NAME_SHOWN: usize = 40;

pub(super) fn heatmap_panel(ui: &mut Ui, state: &AppState, wishes: &mut Wishes) {
    if state.model().facts().is_none() || !state.heatmaps().is_on() {
        return;
    }
    let title = RichText::new(words(ui).text("heatmap")).font(theme::heading());
    let header = CollapsingHeader::new(title).id_salt("heatmap").default_open(true).show_unindented(ui, |ui| {
        ui.spacing_mut().interact_size.y = 24.0;
        ui.spacing_mut().button_padding = vec2(8.0, 2.0);
        ui.spacing_mut().item_spacing.y = 6.0;
        for pane in state.heatmaps().panes() {
            pane_controls(ui, state, *pane, wishes);
        }
        heatmap_look(ui, state, wishes);
    });
    header.header_response.on_hover_text(words(ui).text("heatmap.tooltip"));
    ui.add_space(theme::GRID);
}

fn pane_controls(ui: &mut Ui, state: &AppState, pane: Pane, wishes: &mut Wishes) {
    let words = words(ui);
    match state.heatmaps().state(pane) {
        HeatmapState::Ready(heatmap) => found(ui, state, (pane, heatmap)),
        HeatmapState::Failed(why) => sentence(ui, words.text("heatmap-failed"), why),
        HeatmapState::Waiting { passes } => {
            ui.horizontal(|ui| {
                ui.add(Spinner::new().size(14.0));
                match passes {
                    Some((done, total)) => {
                        let (done, total) = ((*done).into(), (*total).into());
                        weak(ui, words.with("heatmap-passes", &[("done", done), ("total", total)]))
                    }
                    None => weak(ui, words.text("heatmap-running")),
                };
                if passes.is_some() && ui.small_button(words.text("heatmap-cancel")).clicked() {
                    wishes.commands.push(Command::CancelHeatmap(pane));
                }
            });
        }
        HeatmapState::Off => {
            weak(ui, words.text("heatmap-no-picture"));
        }
    }
    pickers(ui, state, pane, wishes);
    heatmap_trust(ui, state, pane, wishes);
    ui.add_space(4.0);
}

/// Title, what the map says as a whole, and why this layer.
fn found(ui: &mut Ui, state: &AppState, (pane, heatmap): (Pane, &Heatmap)) {
    let (p, words) = (palette(ui), words(ui));
    let map = heatmap.map();
    let class = words.class(&heatmap.model, map.class);
    let [method, of] = [("method", words.method(map.method).into()), ("class", (&class).into())];
    let title = match &map.layer {
        Some(layer) => words.with("heatmap-title", &[method, of, ("layer", (&layer.name).into())]),
        None => words.with("heatmap-title-no-layer", &[method, of]),
    };
    let title = sided(words, state.heatmaps(), pane, title);
    let title = Label::new(RichText::new(title).font(theme::small_strong())).wrap();
    ui.add(title).on_hover_text(words.text("heatmap.tooltip"));
    if !map.has_positive_evidence() {
        notice(ui, words.text("heatmap-none-positive"), p.amber, p.amber_fill);
    }
    let score = evidence(map.score).into();
    let values = [("class", class.into()), ("value", score)];
    weak(
        ui,
        match (map.target, heatmap.model.takes_volumes) {
            (Target::Logit, false) => words.with("heatmap-logit", &values),
            (Target::Probability, false) => words.with("heatmap-probability", &values),
            (Target::Logit, true) => words.with("heatmap-logit-volume", &values),
            (Target::Probability, true) => words.with("heatmap-probability-volume", &values),
        },
    );
    if pane == Pane::Second && state.heatmaps().compared_model().is_some() {
        other_scores(ui, heatmap);
    }
    let chosen = state.heatmaps().question(pane).layer.is_some();
    if let (Some(layer), Some(reason)) = (&map.layer, &heatmap.layer_reason) {
        layer_line(ui, layer, reason, chosen);
    }
    if let Some(settings) = &map.settings {
        remark(ui, words.text("heatmap-settings"), settings);
    }
    if says_same_map(state.heatmaps(), pane) {
        weak(ui, words.text("heatmap-same-map"));
    }
}

/// What a second model says about this slice; the first one's scores stand in the findings.
fn other_scores(ui: &mut Ui, heatmap: &Heatmap) {
    let (p, words) = (palette(ui), words(ui));
    let inference = &heatmap.explained.inference;
    for (class, score) in inference.scores.iter().enumerate() {
        let color = if class == inference.predicted { p.accent } else { p.weak };
        weak(ui, format!("{}  {score:.3}", words.class(&heatmap.model, class)));
        score_bar(ui, *score, heatmap.model.thresholds.get(class).copied().flatten(), color);
    }
}

/// Of one heatmap always; of two where they might be taken for two opinions.
fn says_same_map(heatmaps: &Heatmaps, pane: Pane) -> bool {
    let alike = |pane: Pane| {
        let heatmap = heatmaps.ready(pane)?;
        let map = heatmap.map();
        let same = matches!(map.method, Method::Cam | Method::GradCam | Method::HiResCam | Method::XGradCam);
        let layer = map.layer.as_ref().filter(|layer| same && layer.linear_head)?;
        Some((&heatmap.model.sha256, map.class, &layer.name))
    };
    let own = alike(pane);
    own.is_some() && (!heatmaps.is_comparing() || (pane == Pane::Second && own == alike(Pane::First)))
}

/// The layer, and why it is this one; the reason is an English sentence.
fn layer_line(ui: &mut Ui, layer: &FeatureMap, reason: &str, chosen: bool) {
    let words = words(ui);
    let layer = words.layer(layer);
    let (why, hover) = match words.language() {
        _ if chosen => (layer, None),
        Language::English => (reason.to_owned(), None),
        Language::Korean => (words.with("heatmap-layer-default", &[("layer", layer.into())]), Some(reason)),
    };
    let line = weak(ui, words.with("heatmap-layer-why", &[("why", why.into())]));
    if let Some(hover) = hover {
        line.on_hover_text(hover);
    }
}

/// With the side it is on, where there are two.
fn sided(words: Words, heatmaps: &Heatmaps, pane: Pane, what: String) -> String {
    match pane {
        _ if !heatmaps.is_comparing() => what,
        Pane::First => words.with("heatmap-left", &[("what", what.into())]),
        Pane::Second => words.with("heatmap-right", &[("what", what.into())]),
    }
}

fn pickers(ui: &mut Ui, state: &AppState, pane: Pane, wishes: &mut Wishes) {
    let heatmaps = state.heatmaps();
    let question = heatmaps.question(pane);
    let words = words(ui);
    let name = |what: &str| sided(words, heatmaps, pane, what.to_owned());

    if pane == Pane::Second {
        let model = words.text("heatmap-model");
        let shown = match heatmaps.compared_model() {
            None => words.text("heatmap-model-same").to_owned(),
            Some(other) => match &other.facts {
                Some(facts) => facts.name.clone(),
                None => other.path.file_name().unwrap_or_default().to_string_lossy().into_owned(),
            },
        };
        picker(ui, Some(name(model)), model, &shown, |ui| {
            let same = heatmaps.compared_model().is_none();
            if ui.selectable_label(same, words.text("heatmap-model-same")).clicked() && !same {
                wishes.commands.push(Command::CompareWithModel(None));
            }
            let entry = Action::CompareModel.entry();
            if ui.selectable_label(!same, entry.name(words)).on_hover_text(entry.hover_text(words)).clicked() {
                wishes.actions.push(Action::CompareModel);
            }
        });
    }
    let Some(facts) = state.pane_model(pane) else { return };
    let mut ask = |question: HeatmapQuestion| {
        wishes.commands.push(Command::SetHeatmapQuestion { pane, question });
    };
    let predicted = match heatmaps.ready(pane).filter(|_| question.class.is_none()) {
        Some(heatmap) => {
            let class = words.class(facts, heatmap.map().class);
            words.with("heatmap-class-predicted-as", &[("class", class.into())])
        }
        None => words.text("heatmap-class-predicted").to_owned(),
    };
    let own = |class: Option<usize>| class.map_or(predicted.clone(), |class| words.class(facts, class));
    let class = words.text("heatmap-class");
    picker(ui, Some(name(class)), class, &own(question.class), |ui| {
        for class in std::iter::once(None).chain((0..facts.class_names.len()).map(Some)) {
            if ui.selectable_label(question.class == class, own(class)).clicked() {
                ask(HeatmapQuestion { class, ..question.clone() });
            }
        }
    });

    let method = words.text("heatmap-method");
    picker(ui, Some(name(method)), method, words.method(question.method), |ui| {
        for method in Method::ALL {
            if ui.selectable_label(question.method == method, words.method(method)).clicked() {
                ask(HeatmapQuestion { method, ..question.clone() });
            }
        }
    });

    let target = words.text("heatmap-target");
    let own = |target: Target| match target {
        Target::Logit => words.text("heatmap-target-logit"),
        Target::Probability => words.text("heatmap-target-probability"),
    };
    picker(ui, Some(name(target)), target, own(question.target), |ui| {
        for target in [Target::Logit, Target::Probability] {
            if ui.selectable_label(question.target == target, own(target)).clicked() {
                ask(HeatmapQuestion { target, ..question.clone() });
            }
        }
    });

    let default = match heatmaps.default_layer(pane) {
        Some(layer) => words.with("heatmap-default-layer", &[("layer", words.layer(layer).into())]),
        None => words.text("heatmap-default").to_owned(),
    };
    let chosen = heatmaps.layers(pane).iter().find(|layer| Some(&layer.name) == question.layer.as_ref());
    let shown = match (&question.layer, chosen) {
        (None, _) => default.clone(),
        (Some(_), Some(layer)) => words.layer(layer),
        (Some(name), None) => name.clone(),
    };
    let layer = words.text("heatmap-layer");
    picker(ui, Some(name(layer)), layer, &shown, |ui| {
        if ui.selectable_label(question.layer.is_none(), default).clicked() {
            ask(HeatmapQuestion { layer: None, ..question.clone() });
        }
        // The last layers say most about the score.
        for layer in heatmaps.layers(pane).iter().rev() {
            let on = question.layer.as_ref() == Some(&layer.name);
            if ui.selectable_label(on, layer_entry(words, layer)).on_hover_text(&layer.name).clicked() {
                ask(HeatmapQuestion { layer: Some(layer.name.clone()), ..question.clone() });
            }
        }
    });
    let used = chosen.or(heatmaps.default_layer(pane));
    depth(ui, name(words.text("heatmap-depth")), (heatmaps.layers(pane), used), &mut |layer| {
        ask(HeatmapQuestion { layer: Some(layer.name.clone()), ..question.clone() });
    });
}

/// All layers on a strip, from the picture on the left to the logits on the right.
fn depth(
    ui: &mut Ui,
    spoken: String,
    (layers, used): (&[FeatureMap], Option<&FeatureMap>),
    choose: &mut dyn FnMut(&FeatureMap),
) {
    let words = words(ui);
    let place = used.and_then(|used| layers.iter().position(|layer| layer.name == used.name));
    let (Some(mut index), Some(last)) = (place, layers.len().checked_sub(1).filter(|last| *last > 0)) else { return };
    named_row(ui, words.text("heatmap-depth"), |ui| {
        ui.spacing_mut().interact_size.y = 18.0; // the handle's size follows it
        ui.spacing_mut().slider_width = (ui.available_width() - DEPTH_TEXT).max(64.0);
        let slider = ui.add(Slider::new(&mut index, 0..=last).show_value(false));
        slider.widget_info(|| WidgetInfo::slider(true, index as f64, &spoken));
        ui.label(format!("{} / {}", index + 1, last + 1));
        if let Some(layer) = layers.get(index).filter(|_| slider.changed()) {
            choose(layer);
        }
        slider.on_hover_text(words.text("heatmap-depth.tooltip"));
    });
}

/// Words, and the name's end below them: many layers have the same words.
fn layer_entry(words: Words, layer: &FeatureMap) -> String {
    let length = layer.name.chars().count();
    let end: String = layer.name.chars().skip(length.saturating_sub(NAME_SHOWN)).collect();
    let cut = if length > NAME_SHOWN { "…" } else { "" };
    format!("{}\n{cut}{end}", words.layer(layer))
}
