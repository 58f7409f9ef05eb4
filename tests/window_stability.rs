//! How stable a prediction is, in the whole window and against the command line, without a display or a GPU.
#![cfg(feature = "gui")]

mod common;
#[path = "common/window.rs"]
#[allow(dead_code)]
mod common_window;

use std::path::{Path, PathBuf};
use std::process::Command as Program;
use std::sync::Arc;

use eframe::egui::{Key, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;
use overread::app::{AppState, Command, Jobs, PredictionState, StabilityState};
use overread::review::stability::Stability;
use overread::ui::{Language, Shell};
use serde_json::Value;

use common_window::{press, said};

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn demo(case: &str) -> PathBuf {
    root().join("assets/demo").join(case)
}

fn demo_model() -> PathBuf {
    root().join("models/phantom-brain-3grade")
}

fn state(pictures: Vec<PathBuf>, model: &Path) -> AppState {
    let mut state = AppState::new(Jobs::inline());
    state.apply(Command::Open(pictures));
    state.apply(Command::LoadModel(model.to_owned()));
    state.settle();
    state
}

fn window(language: Language, pictures: Vec<PathBuf>, model: &Path) -> Harness<'static, Shell> {
    common_window::window_in(language, state(pictures, model), vec2(1280.0, 1600.0))
}

fn found(state: &AppState) -> Arc<Stability> {
    match state.stability() {
        Some(StabilityState::Ready(found)) => found.clone(),
        other => panic!("not checked: {other:?}"),
    }
}

/// What `predict --stability --json` says.
fn of_the_command_line(picture: &Path, model: &Path) -> Value {
    let arguments = ["predict", picture.to_str().unwrap(), "--model", model.to_str().unwrap(), "--stability", "--json"];
    let output = Program::new(env!("CARGO_BIN_EXE_overread")).args(arguments).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let line: Value = serde_json::from_str(text.lines().next().unwrap()).unwrap();
    line["stability"].clone()
}

/// The same engine with other numbers of threads: sums may be put together in another order.
const TOLERANCE: f64 = 1e-5;

fn assert_same_as_the_command_line(picture: &Path, model: &Path, changes: usize) {
    let mut state = state(vec![picture.to_owned()], model);
    let PredictionState::Done(prediction) = state.current().unwrap().prediction.clone() else { panic!("predicted") };
    state.apply(Command::CheckStability);
    state.settle();
    let (own, theirs) = (found(&state), of_the_command_line(picture, model));
    for (own, shown) in own.unchanged.scores.iter().zip(&prediction.inference.scores) {
        assert!((own - shown).abs() < 1e-5, "without a change it is the prediction on the screen");
    }
    let theirs_changed = theirs["changes"].as_array().unwrap();
    assert_eq!((own.changed.len(), theirs_changed.len()), (changes, changes));
    assert_eq!(own.other_class().count() as u64, theirs["other_class"].as_u64().unwrap());
    let names = &state.model().facts().unwrap().class_names;
    for ((change, inference), their) in own.changed.iter().zip(theirs_changed) {
        assert_eq!(their["change"], change.words());
        assert_eq!(their["predicted"], names[inference.predicted]);
        for (score, their) in inference.scores.iter().zip(their["scores"].as_array().unwrap()) {
            let their = their.as_f64().unwrap();
            assert!((f64::from(*score) - their).abs() < TOLERANCE, "{}: {score} {their}", change.words());
        }
    }
}

#[test]
fn a_picture_and_a_volume_are_as_stable_as_on_the_command_line() {
    assert_same_as_the_command_line(&demo("grade-1/case-10.png"), &demo_model(), 12);
    let volume = root().join("tests/fixtures/volume");
    assert_same_as_the_command_line(&volume.join("phantom.nii"), &volume, 14);
}

#[test]
fn a_real_chest_picture_is_as_stable_as_on_the_command_line() {
    let Some(shared) = common::shared() else { return };
    let picture = shared.join("data/chest_xray_pneumonia/test/NORMAL/IM-0023-0001.jpeg");
    assert_same_as_the_command_line(&picture, &root().join("models/chest-xray-pneumonia-lite"), 12);
}

#[test]
fn the_strip_says_what_every_change_makes_of_the_class() {
    let mut harness = window(Language::English, vec![demo("grade-1/case-10.png")], &demo_model());
    harness.get_by_label("Check stability").click();
    harness.run();
    let stability = found(&harness.state().state);
    let texts = said(&harness);
    let sentence = match stability.other_class().count() {
        0 => "The class stays under all 12 small changes".to_owned(),
        count => format!("The class changes under {count} of 12 small changes"),
    };
    let (low, high) = stability.range();
    let name = |class: usize| harness.state().state.model().facts().unwrap().class_names[class].clone();
    let predicted = stability.unchanged.predicted;
    let range = format!("Probability of {}: {low:.3} to {high:.3}", name(predicted));
    for text in [&sentence, &range] {
        assert!(texts.contains(text), "{text} is missing: {texts:#?}");
    }
    for (change, inference) in &stability.changed {
        let (before, after) = (stability.unchanged.scores[predicted], inference.scores[predicted]);
        let numbers = format!("Probability of {}: {before:.3} → {after:.3}", name(predicted));
        let cell = |text: &&String| text.contains(&numbers) && text.matches(". ").count() >= 2;
        assert!(texts.iter().any(|text| cell(&text)), "{change:?}: {numbers} is missing: {texts:#?}");
    }
    // The sheet of how the number came about says it too.
    press(&mut harness, Key::F9);
    assert_eq!(harness.get_all_by_label(&sentence).count(), 2);

    // The reader's own operating point says which class is called, here too: always the last.
    press(&mut harness, Key::Escape);
    harness.state_mut().state.apply(Command::SetThreshold(Some((2, 0.0))));
    harness.run();
    harness.get_by_label("The class stays under all 12 small changes");

    let mut harness = window(Language::Korean, vec![demo("grade-1/case-10.png")], &demo_model());
    press(&mut harness, Key::U);
    let texts = said(&harness);
    assert!(texts.iter().any(|text| text.starts_with("작은 변화 12가지")), "{texts:#?}");
    assert!(texts.iter().any(|text| text.starts_with("오른쪽으로 2 %")), "{texts:#?}");
}

#[test]
fn it_is_kept_by_case_and_forgotten_with_the_model() {
    let mut state = state(vec![demo("grade-1/case-10.png"), demo("grade-2")], &demo_model());
    state.apply(Command::CheckStability);
    state.settle();
    let first = found(&state);
    state.apply(Command::Select(1));
    state.settle();
    assert!(state.stability().is_none(), "another case");
    state.apply(Command::Select(0));
    state.settle();
    assert!(Arc::ptr_eq(&first, &found(&state)), "kept");
    state.apply(Command::CheckStability);
    assert!(Arc::ptr_eq(&first, &found(&state)), "not asked for again");
    state.apply(Command::LoadModel(demo_model()));
    state.settle();
    assert!(matches!(state.current().unwrap().prediction, PredictionState::Done(_)));
    assert!(state.stability().is_none(), "the model was loaded again, perhaps with another recipe");
}

#[test]
fn it_ends_when_it_is_cancelled_and_when_the_case_is_left() {
    let running = |state: &AppState| matches!(state.stability(), Some(StabilityState::Running(Some((3, 12)))));
    let until_the_third = |state: &mut AppState| {
        while !running(state) {
            assert!(state.poll(), "it ended before");
        }
    };
    let mut state = state(vec![demo("grade-1/case-10.png"), demo("grade-2")], &demo_model());
    state.apply(Command::CheckStability);
    until_the_third(&mut state);
    state.apply(Command::CancelStability);
    assert!(state.stability().is_none());
    state.settle();
    assert!(state.stability().is_none());

    state.apply(Command::CheckStability);
    until_the_third(&mut state);
    state.apply(Command::Select(1));
    state.settle();
    state.apply(Command::Select(0));
    state.settle();
    assert!(state.stability().is_none(), "left, not finished behind the reader's back");
    state.apply(Command::CheckStability);
    state.settle();
    assert_eq!(found(&state).changed.len(), 12);
}

#[test]
fn without_a_prediction_there_is_nothing_to_check() {
    let mut state = AppState::new(Jobs::inline());
    state.apply(Command::Open(vec![demo("grade-1/case-10.png")]));
    state.settle();
    state.apply(Command::CheckStability);
    state.settle();
    assert!(state.stability().is_none());
}
