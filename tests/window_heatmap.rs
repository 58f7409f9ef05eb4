//! Heatmaps in the whole window, by what it shows and says, without a display or a GPU.
#![cfg(feature = "gui")]

#[path = "common/window.rs"]
#[allow(dead_code)]
mod common_window;
#[path = "common/onnx_models.rs"]
#[allow(dead_code)]
mod onnx_models;

use std::fs;
use std::path::{Path, PathBuf};

use eframe::egui::{Key, Role, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use overread::app::{AppState, Command, HeatmapState, Jobs, Pane};
use overread::ui::Shell;

use common_window::press;

/// A window over one picture and one model.
fn window(picture: PathBuf, model: PathBuf) -> Harness<'static, Shell> {
    let mut state = AppState::new(Jobs::inline());
    state.apply(Command::Open(vec![picture]));
    state.apply(Command::LoadModel(model));
    common_window::window(state, vec2(1280.0, 1600.0))
}

fn demo() -> Harness<'static, Shell> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    window(root.join("assets/demo/grade-1/case-10.png"), root.join("models/phantom-brain-3grade"))
}

fn choose(harness: &mut Harness<'_, Shell>, list: &str, entry: &str) {
    harness.get_by_role_and_label(Role::ComboBox, list).click();
    harness.run();
    harness.get_by_role_and_label(Role::Button, entry).click();
    harness.run();
}

#[test]
fn the_heatmap_is_switched_on_by_its_button_and_its_key() {
    let mut harness = demo();
    assert!(harness.query_by_label_contains("Heatmap (").is_none());
    harness.get_by_role_and_label(Role::CheckBox, "Heatmap").click();
    harness.run();
    harness.get_by_label_contains("Heatmap (Grad-CAM, layer ");
    harness.get_by_label_contains("Logit of grade-");
    harness.get_by_label_contains("Layer: Relu, 13 x 11 x 64, from the manifest");
    harness.get_by_label_contains("the same map here");
    for (role, name) in [(Role::Slider, "Opacity"), (Role::Slider, "Threshold"), (Role::CheckBox, "Signed")] {
        harness.get_by_role_and_label(role, name);
    }
    press(&mut harness, Key::H);
    assert!(harness.query_by_label_contains("Heatmap (").is_none());
    press(&mut harness, Key::F1);
    harness.get_by_label("H");
}

#[test]
fn class_method_and_layer_are_chosen_from_lists() {
    let mut harness = demo();
    press(&mut harness, Key::H);
    choose(&mut harness, "Class", "grade-0");
    harness.get_by_label_contains("class grade-0)");
    choose(&mut harness, "Method", "LayerCAM");
    harness.get_by_label_contains("Heatmap (LayerCAM, layer ");
    assert!(harness.query_by_label_contains("the same map here").is_none());
    let words = harness.state().state.heatmaps().layers(Pane::First).iter().rev().nth(1).unwrap().words();
    harness.get_by_role_and_label(Role::ComboBox, "Layer").click();
    harness.run();
    harness
        .get_all_by_role(Role::Button)
        .find(|node| node.accesskit_node().label().is_some_and(|l| l.starts_with(&words)))
        .unwrap()
        .click();
    harness.run();
    harness.get_by_label(&format!("Layer: {words}"));
    let state = &harness.state().state;
    assert!(matches!(state.heatmaps().state(Pane::First), HeatmapState::Ready(_)));
    // The strip of layers goes one back from there, by key.
    let strip = harness.get_by_role_and_label(Role::Slider, "Depth");
    strip.focus();
    harness.run();
    harness.key_press(Key::ArrowLeft);
    harness.run();
    let chosen = harness.state().state.heatmaps().question(Pane::First).layer.clone().unwrap();
    assert_eq!(harness.state().state.heatmaps().layers(Pane::First).iter().rev().nth(2).unwrap().name, chosen);
    choose(&mut harness, "Method", "CAM");
    harness.get_by_label_contains("CAM needs a layer behind which only");
}

#[test]
fn signed_contours_and_the_scale_are_switched() {
    let mut harness = demo();
    press(&mut harness, Key::H);
    for name in ["Signed", "Contour", "Shared scale"] {
        harness.get_by_label(name).click();
        harness.run();
    }
    choose(&mut harness, "Colours", "Jet");
    let style = harness.state().state.heatmaps().style();
    assert!(style.signed && style.contour && !style.shared_scale);
    assert_eq!(style.colors().label(), "Jet");
}

#[test]
fn no_positive_evidence_is_a_message() {
    let folder = tempfile::tempdir().unwrap();
    let mut model = onnx_models::small_cnn(false, onnx_models::Axis::Open("N"), onnx_models::Tail::Softmax);
    let against = onnx_models::noise(12, 3).iter().map(|weight| -0.1 - weight.abs()).collect();
    for weights in &mut model.graph.as_mut().unwrap().initializer {
        if weights.name == "dense" {
            *weights = onnx_models::floats("dense", &[4, 3], against);
            break;
        }
    }
    let path = folder.path().join("against.onnx");
    fs::write(&path, onnx_models::bytes(&model)).unwrap();
    let picture = folder.path().join("a.png");
    image::GrayImage::from_fn(40, 30, |x, y| image::Luma([(4 * x + y) as u8])).save(&picture).unwrap();
    let mut harness = window(picture, path);
    press(&mut harness, Key::H);
    harness.get_by_label("No positive evidence at this layer.");
}

#[test]
fn two_heatmaps_lie_side_by_side() {
    let mut harness = demo();
    press(&mut harness, Key::C);
    assert_eq!(harness.get_all_by_role(Role::Canvas).count(), 2);
    harness.get_by_label_contains("Left: Heatmap (Grad-CAM");
    harness.get_by_label_contains("Right: Heatmap (Grad-CAM");
    choose(&mut harness, "Right: Method", "HiResCAM");
    harness.get_by_label_contains("Right: Heatmap (HiResCAM");
    harness.get_by_label_contains("Left: Heatmap (Grad-CAM");
    press(&mut harness, Key::C);
    assert_eq!(harness.get_all_by_role(Role::Canvas).count(), 1);
}

#[test]
fn how_far_a_map_can_be_trusted_is_measured_on_demand() {
    let mut harness = demo();
    press(&mut harness, Key::H);
    assert!(harness.query_by_label_contains("Deletion").is_none());
    harness.get_by_label("How far can it be trusted?").click();
    harness.run();
    harness.get_by_role_and_label(Role::Image, &said_beginning(&harness, "Deletion: Area "));
    harness.get_by_role_and_label(Role::Image, &said_beginning(&harness, "Insertion: Area "));
    harness.get_by_label_contains("With scrambled weights, rank correlation: last layer ");
    harness.get_by_label_contains("Methods: Grad-CAM = HiResCAM = XGrad-CAM = CAM · Grad-CAM++");
    // Another class is another map.
    choose(&mut harness, "Class", "grade-0");
    harness.get_by_label("How far can it be trusted?");
}

#[test]
fn the_probability_and_another_model_are_compared() {
    let mut harness = demo();
    press(&mut harness, Key::C);
    choose(&mut harness, "Left: Target", "Probability");
    harness.get_by_label_contains("Probability of grade-");
    let other = Path::new(env!("CARGO_MANIFEST_DIR")).join("models/chest-xray-pneumonia");
    harness.state_mut().state.apply(Command::CompareWithModel(Some(other)));
    harness.run();
    harness.get_by_role_and_label(Role::ComboBox, "Right: Model");
    assert!(common_window::said(&harness).iter().any(|text| text.starts_with("NORMAL  0.")), "its own scores");
    harness.get_by_label_contains("Right: Heatmap (Grad-CAM");
    choose(&mut harness, "Right: Model", "The same model");
    assert!(harness.state().state.heatmaps().compared_model().is_none());
}

#[test]
fn occlusion_is_drawn_without_a_layer() {
    let mut harness = demo();
    press(&mut harness, Key::H);
    choose(&mut harness, "Method", "Occlusion");
    harness.get_by_label_contains("Heatmap (Occlusion, class grade-");
    harness.get_by_label_contains("filled with the picture's mean");
}

fn said_beginning(harness: &Harness<'_, Shell>, start: &str) -> String {
    common_window::said(harness).into_iter().find(|text| text.starts_with(start)).expect("it is said")
}
