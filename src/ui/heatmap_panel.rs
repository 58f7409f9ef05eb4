//! Where the score came from: what each pane shows, and the choice of class, method and layer.

use eframe::egui::{CollapsingHeader, Label, RichText, Spinner, Ui, vec2};

use super::heatmap_look::heatmap_look;
use super::heatmap_marks::evidence;
use super::shell::Wishes;
use super::theme;
use super::widgets::{notice, palette, picker, weak};
use crate::app::{AppState, Command, Heatmap, HeatmapQuestion, HeatmapState, Heatmaps, Pane};
use crate::explain::{FeatureMap, Method};

pub(super) const TOOLTIP: &str = "Shows where the score came from, not where disease is.";
pub(super) const NO_POSITIVE_EVIDENCE: &str = "No positive evidence at this layer.";
const SAME_MAP: &str = "CAM, Grad-CAM, HiResCAM and XGrad-CAM are the same map here.";
/// Characters of a tensor's name in the list of layers.
const NAME_SHOWN: usize = 40;

pub(super) fn heatmap_panel(ui: &mut Ui, state: &AppState, wishes: &mut Wishes) {
    if state.model().facts().is_none() || !state.heatmaps().is_on() {
        return;
    }
    let title = RichText::new("Heatmap").font(theme::heading());
    let header = CollapsingHeader::new(title).id_salt("heatmap").default_open(true).show_unindented(ui, |ui| {
        ui.spacing_mut().interact_size.y = 24.0;
        ui.spacing_mut().button_padding = vec2(8.0, 2.0);
        ui.spacing_mut().item_spacing.y = 6.0;
        for pane in state.heatmaps().panes() {
            pane_controls(ui, state, *pane, wishes);
        }
        heatmap_look(ui, state, wishes);
    });
    header.header_response.on_hover_text(TOOLTIP);
    ui.add_space(theme::GRID);
}

fn pane_controls(ui: &mut Ui, state: &AppState, pane: Pane, wishes: &mut Wishes) {
    let p = palette(ui);
    match state.heatmaps().state(pane) {
        HeatmapState::Ready(heatmap) => found(ui, state, (pane, heatmap)),
        HeatmapState::Failed(sentence) => notice(ui, sentence, p.red, p.red_fill),
        HeatmapState::Waiting { passes } => {
            ui.horizontal(|ui| {
                ui.add(Spinner::new().size(14.0));
                match passes {
                    Some((done, total)) => weak(ui, format!("{done} of {total} changed pictures…")),
                    None => weak(ui, "Tracing the score back…"),
                };
                if passes.is_some() && ui.small_button("Cancel").clicked() {
                    wishes.commands.push(Command::CancelHeatmap(pane));
                }
            });
        }
        HeatmapState::Off => {
            weak(ui, "There is no picture to explain.");
        }
    }
    pickers(ui, state, pane, wishes);
    ui.add_space(4.0);
}

/// Title, what the map says as a whole, and why this layer.
fn found(ui: &mut Ui, state: &AppState, (pane, heatmap): (Pane, &Heatmap)) {
    let p = palette(ui);
    let map = heatmap.map();
    let class = heatmap.model.class_name(map.class);
    let side = if state.heatmaps().is_comparing() { side(pane) } else { "" };
    let layer = map.layer.as_ref().map_or(String::new(), |layer| format!(", layer {}", layer.name));
    let title = format!("{side}Heatmap ({}{layer}, class {class})", map.method.title());
    ui.add(Label::new(RichText::new(title).font(theme::small_strong())).wrap()).on_hover_text(TOOLTIP);
    if !map.has_positive_evidence() {
        notice(ui, NO_POSITIVE_EVIDENCE, p.amber, p.amber_fill);
    }
    weak(ui, format!("Logit of {class} on this slice: {}", evidence(map.score)));
    let chosen = state.heatmaps().question(pane).layer.is_some();
    if let (Some(layer), Some(reason)) = (&map.layer, &heatmap.layer_reason) {
        weak(ui, format!("Layer: {}", if chosen { layer.words() } else { reason.clone() }));
    }
    if let Some(settings) = &map.settings {
        weak(ui, settings);
    }
    if says_same_map(state.heatmaps(), pane) {
        weak(ui, SAME_MAP);
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

fn side(pane: Pane) -> &'static str {
    if pane == Pane::First { "Left: " } else { "Right: " }
}

fn pickers(ui: &mut Ui, state: &AppState, pane: Pane, wishes: &mut Wishes) {
    let heatmaps = state.heatmaps();
    let question = heatmaps.question(pane);
    let mut ask = |question: HeatmapQuestion| {
        wishes.commands.push(Command::SetHeatmapQuestion { pane, question });
    };
    let side = if heatmaps.is_comparing() { side(pane) } else { "" };

    let Some(facts) = state.pane_model(pane) else { return };
    let predicted = match heatmaps.ready(pane).filter(|_| question.class.is_none()) {
        Some(heatmap) => format!("Predicted ({})", facts.class_name(heatmap.map().class)),
        None => "Predicted".to_owned(),
    };
    let own = |class: Option<usize>| class.map_or(predicted.clone(), |class| facts.class_name(class));
    picker(ui, side, "Class", &own(question.class), |ui| {
        for class in std::iter::once(None).chain((0..facts.class_names.len()).map(Some)) {
            if ui.selectable_label(question.class == class, own(class)).clicked() {
                ask(HeatmapQuestion { class, ..question.clone() });
            }
        }
    });

    picker(ui, side, "Method", question.method.title(), |ui| {
        for method in Method::ALL {
            if ui.selectable_label(question.method == method, method.title()).clicked() {
                ask(HeatmapQuestion { method, ..question.clone() });
            }
        }
    });

    let default =
        heatmaps.default_layer(pane).map_or("Default".to_owned(), |layer| format!("Default: {}", layer.words()));
    let chosen = heatmaps.layers(pane).iter().find(|layer| Some(&layer.name) == question.layer.as_ref());
    let shown = match (&question.layer, chosen) {
        (None, _) => default.clone(),
        (Some(_), Some(layer)) => layer.words(),
        (Some(name), None) => name.clone(),
    };
    picker(ui, side, "Layer", &shown, |ui| {
        if ui.selectable_label(question.layer.is_none(), default).clicked() {
            ask(HeatmapQuestion { layer: None, ..question.clone() });
        }
        // The last layers say most about the score.
        for layer in heatmaps.layers(pane).iter().rev() {
            let on = question.layer.as_ref() == Some(&layer.name);
            if ui.selectable_label(on, layer_entry(layer)).on_hover_text(&layer.name).clicked() {
                ask(HeatmapQuestion { layer: Some(layer.name.clone()), ..question.clone() });
            }
        }
    });
}

/// Words, and the name's end below them: many layers have the same words.
fn layer_entry(layer: &FeatureMap) -> String {
    let length = layer.name.chars().count();
    let end: String = layer.name.chars().skip(length.saturating_sub(NAME_SHOWN)).collect();
    let cut = if length > NAME_SHOWN { "…" } else { "" };
    format!("{}\n{cut}{end}", layer.words())
}
