//! The state by commands and results, without workers' timing: inline jobs, or results handed in by hand.

use std::fs;
use std::path::{Path, PathBuf};

use super::*;
use crate::engine::{EngineKind, Inference, Provider};

fn png(folder: &Path, name: &str) -> PathBuf {
    let path = folder.join(name);
    image::GrayImage::from_pixel(8, 8, image::Luma([100])).save(&path).unwrap();
    path
}

fn listed(names: &[&str]) -> (tempfile::TempDir, AppState) {
    let folder = tempfile::tempdir().unwrap();
    for name in names {
        png(folder.path(), name);
    }
    let mut state = AppState::new(Jobs::inline());
    state.apply(Command::Open(vec![folder.path().to_path_buf()]));
    state.settle();
    (folder, state)
}

/// A model that is there without any engine.
fn give_model(state: &mut AppState) {
    state.model_generation = state.next_generation();
    let facts =
        ModelFacts { class_names: vec!["no".into(), "yes".into()], classes_are_named: true, ..ModelFacts::default() };
    let engine =
        EngineFacts { kind: EngineKind::Embedded, version: "test".into(), provider: Provider::Cpu, remark: None };
    let (generation, path) = (state.model_generation, PathBuf::from("m.onnx"));
    state.take(Event::ModelLoaded { generation, path, result: Ok((facts, engine)) });
}

fn answer(predicted: usize) -> Prediction {
    let inference = Inference {
        logits: None,
        scores: vec![0.25, 0.75],
        predicted,
        engine: EngineKind::Embedded,
        provider: Provider::Cpu,
        elapsed_ms: 1.0,
    };
    Prediction {
        inference,
        frames: vec![0],
        seen: Vec::new(),
        seen_frame: 0,
        warnings: Vec::new(),
        remarks: Vec::new(),
        cases: 1,
        total_ms: 2.0,
    }
}

fn predicted(state: &AppState, item: usize, request: Option<u64>) -> Event {
    let (model, list) = (state.model_generation, state.items.generation);
    Event::Predicted { model, list, item, request, result: Ok(answer(1)) }
}

#[test]
fn a_late_picture_of_an_earlier_item_is_dropped() {
    let (_folder, mut state) = listed(&["a.png", "b.png"]);
    let late = state.current().unwrap().generation;
    state.apply(Command::Select(1));
    state.take(Event::Opened { generation: late, result: Err(Problem::new(Cause::Damaged, "late")) });
    assert!(state.current().unwrap().error.is_none());
    state.settle();
    assert_eq!(state.current().unwrap().item, 1);
    assert!(state.current().unwrap().shown.is_some());
}

#[test]
fn the_prediction_is_asked_for_after_the_picture() {
    let (_folder, mut state) = listed(&["a.png", "b.png"]);
    give_model(&mut state);
    state.apply(Command::Select(1));
    let current = state.current().unwrap();
    assert!(current.shown.is_none() && current.prediction_request.is_none());
    let generation = current.generation;
    let scan = crate::scan::open(state.items().get(1).unwrap().path()).unwrap();
    let frame = scan.frame(0).unwrap();
    let auto = Some(ValueWindow::Auto.of(&frame));
    let picture = crate::render::Pyramid::new(frame);
    let decoded = Decoded { picture, luts: std::sync::Arc::from(Vec::new()), through: None, auto };
    state.take(Event::Opened { generation, result: Ok(scan) });
    assert!(state.current().unwrap().prediction_request.is_none());
    state.take(Event::FrameReady { generation, index: 0, result: Ok(decoded) });
    assert!(matches!(state.current().unwrap().prediction, PredictionState::Running));
}

#[test]
fn results_of_another_model_or_request_are_dropped() {
    let (_folder, mut state) = listed(&["a.png", "b.png"]);
    give_model(&mut state);
    let request = state.current().unwrap().prediction_request.unwrap();
    let (old_model, other_request) = (predicted(&state, 0, Some(request)), predicted(&state, 0, Some(request + 1000)));
    state.take(other_request);
    assert!(matches!(state.current().unwrap().prediction, PredictionState::Running));
    give_model(&mut state);
    state.take(old_model);
    assert_eq!(state.items().get(0).unwrap().chip, Chip::None);
    let request = state.current().unwrap().prediction_request;
    let right = predicted(&state, 0, request);
    state.take(right);
    assert_eq!(state.items().get(0).unwrap().chip, Chip::Done { class: 1, score: 0.75 });
}

#[test]
fn the_rest_is_counted_and_can_be_cancelled() {
    let (_folder, mut state) = listed(&["a.png", "b.png", "c.png"]);
    give_model(&mut state);
    assert_eq!(state.background(), Background { total: 2, done: 0 });
    let second = predicted(&state, 1, None);
    state.take(second);
    assert_eq!(state.background(), Background { total: 2, done: 1 });
    assert!(state.background().is_running());
    state.apply(Command::CancelRest);
    assert!(!state.background().is_running());
    state.apply(Command::Select(2));
    assert!(!state.background().is_running(), "a cancelled rest stays cancelled");
    state.apply(Command::PredictRest);
    assert_eq!(state.background().total, 1, "only the first item has no answer and is not on the screen");
}

#[test]
fn a_slice_tried_by_hand_does_not_change_the_list() {
    let (_folder, mut state) = listed(&["a.png"]);
    give_model(&mut state);
    let request = state.current().unwrap().prediction_request;
    let chosen = predicted(&state, 0, request);
    state.take(chosen);
    state.apply(Command::PredictShownSlice);
    let request = state.current().unwrap().prediction_request;
    let (model, list) = (state.model_generation, state.items.generation);
    state.take(Event::Predicted { model, list, item: 0, request, result: Ok(answer(0)) });
    assert_eq!(state.items().get(0).unwrap().chip, Chip::Done { class: 1, score: 0.75 });
    let PredictionState::Done(prediction) = &state.current().unwrap().prediction else { panic!("answered") };
    assert_eq!(prediction.inference.predicted, 0);
}

#[test]
fn a_broken_worker_leaves_nothing_waiting() {
    let (_folder, mut state) = listed(&["a.png", "b.png"]);
    give_model(&mut state);
    let (model, list) = (state.model_generation, state.items.generation);
    state.take(Event::PredictionStarted { model, list, item: 1 });
    state.take(Event::JobPanicked { worker: "session", what: "index out of bounds".into() });
    assert!(matches!(state.current().unwrap().prediction, PredictionState::Failed(_)));
    assert!(matches!(state.items().get(1).unwrap().chip, Chip::Failed(_)));
    assert_eq!(state.toasts().len(), 1);
}

#[test]
fn thumbnails_are_made_for_the_rows_on_the_screen() {
    let names: Vec<String> = (0..40).map(|n| format!("{n:02}.png")).collect();
    let (_folder, mut state) = listed(&names.iter().map(String::as_str).collect::<Vec<_>>());
    state.apply(Command::ShowRows(10..15));
    state.settle();
    let made = |n: usize| matches!(state.items().get(n).unwrap().thumbnail, ThumbnailState::Ready(_));
    assert!(made(10) && made(14) && made(2) && made(22));
    assert!(!made(1) && !made(24));
}

#[test]
fn nothing_to_open_is_said_and_the_list_stays() {
    let (_folder, mut state) = listed(&["a.png"]);
    let empty = tempfile::tempdir().unwrap();
    fs::write(empty.path().join("notes.txt"), "text").unwrap();
    state.apply(Command::Open(vec![empty.path().to_path_buf()]));
    assert!(state.is_listing());
    state.settle();
    assert!(!state.is_listing());
    assert_eq!(state.items().len(), 1);
    assert_eq!(state.toasts().len(), 1);
}
