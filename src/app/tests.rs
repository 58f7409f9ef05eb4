//! The state by commands and results, without workers' timing: inline jobs, or results handed in by hand.

use std::fs;
use std::path::{Path, PathBuf};

use super::*;
use crate::engine::{EngineKind, Inference, Provider, SliceFiles};
use crate::review::folder::{self, RunFacts, RunOptions};
use crate::review::record::{Labels, Pseudonyms, Recorder, Roots};
use crate::review::{Answer, Case, Scored, SourceFacts};

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
    give_model_of_slices(state, None);
}

fn give_model_of_slices(state: &mut AppState, slice_files: Option<&str>) {
    state.model_generation = state.next_generation();
    let slice_files = slice_files.map(|pattern| SliceFiles::try_from(pattern.to_owned()).unwrap());
    let class_names = vec!["no".into(), "yes".into()];
    let facts = ModelFacts { class_names, classes_are_named: true, slice_files, ..ModelFacts::default() };
    let engine =
        EngineFacts { kind: EngineKind::Embedded, version: "test".into(), provider: Provider::Cpu, remark: None };
    let (generation, path) = (state.model_generation, PathBuf::from("m.onnx"));
    state.take(Event::ModelLoaded { generation, path, result: Ok(Box::new((facts, engine, run_facts()))) });
    let recorder = Recorder { roots: Roots::default(), labels: Labels::default(), pseudonyms: Pseudonyms::Plain };
    let review = OpenedReview::empty(recorder.into());
    state.take(Event::ReviewOpened { generation: state.review.folder_generation, review: Box::new(review) });
}

fn run_facts() -> RunFacts {
    RunFacts {
        program: "test".into(),
        started: String::new(),
        model: folder::ModelFacts {
            name: "m".into(),
            version: None,
            path: "m.onnx".into(),
            sha256: "0".into(),
            manifest_sha256: None,
            classes: vec!["no".into(), "yes".into()],
            ordinal: false,
            steps: serde_json::Value::Null,
            scoring: serde_json::Value::Null,
        },
        engine: folder::EngineFacts {
            engine: "embedded".into(),
            version: None,
            provider: "cpu".into(),
            system: "test".into(),
        },
        roots: Vec::new(),
        options: RunOptions::default(),
        reference_sha256: None,
    }
}

fn inference(predicted: usize) -> Inference {
    Inference {
        logits: None,
        scores: vec![0.25, 0.75],
        predicted,
        features: None,
        engine: EngineKind::Embedded,
        provider: Provider::Cpu,
        elapsed_ms: 1.0,
    }
}

fn answer(predicted: usize) -> Prediction {
    Prediction {
        volume: None,
        inference: inference(predicted),
        source: SourceFacts::default(),
        frames: vec![0],
        seen: Vec::new(),
        seen_frame: 0,
        fed: Vec::new(),
        parts: Vec::new(),
        warnings: Vec::new(),
        known: None,
        remarks: Vec::new(),
        cases: 1,
        total_ms: 2.0,
    }
}

fn predicted(state: &AppState, item: usize, request: u64) -> Event {
    let (model, list) = (state.model_generation, state.items.generation);
    Event::Predicted { model, list, item, request, result: Ok(Box::new(answer(1))) }
}

/// An answer of the batch that runs.
fn answered(state: &AppState, item: usize) -> Event {
    let path = state.items().get(item).unwrap().path().to_path_buf();
    let scored = Scored { slices: vec![0], siblings: 1, inference: inference(1), warnings: Vec::new(), known: None };
    let case = Box::new(Case { item, path, truth: None, source: None, outcome: Ok(scored) });
    Event::Answered { generation: state.batch_generation, pane: Pane::First, item, case }
}

/// What the list shows of an item: class and score.
fn listed_answer(state: &AppState, item: usize) -> Option<(usize, f32)> {
    match state.review().cases().iter().find(|case| case.item == item)?.row.answer {
        Answer::Class { predicted, score, .. } => Some((predicted, score)),
        _ => None,
    }
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
    let (old_model, other_request) = (predicted(&state, 0, request), predicted(&state, 0, request + 1000));
    state.take(other_request);
    assert!(matches!(state.current().unwrap().prediction, PredictionState::Running));
    give_model(&mut state);
    state.take(old_model);
    assert_eq!(listed_answer(&state, 0), None);
    let request = state.current().unwrap().prediction_request.unwrap();
    let right = predicted(&state, 0, request);
    state.take(right);
    state.make_rows();
    assert_eq!(listed_answer(&state, 0), Some((1, 0.75)));
}

#[test]
fn the_rest_is_counted_and_can_be_cancelled() {
    let (_folder, mut state) = listed(&["a.png", "b.png", "c.png"]);
    give_model(&mut state);
    assert_eq!((state.background().total, state.background().done), (2, 0));
    let (second, third) = (answered(&state, 1), answered(&state, 2));
    state.take(second);
    assert_eq!((state.background().total, state.background().done), (2, 1));
    assert!(state.background().pace().is_some());
    assert!(state.background().is_running());
    state.apply(Command::CancelRest);
    assert!(!state.background().is_running());
    state.take(third);
    state.make_rows();
    assert_eq!((listed_answer(&state, 1), listed_answer(&state, 2)), (Some((1, 0.75)), None), "late");
    state.apply(Command::Select(2));
    assert!(!state.background().is_running(), "a cancelled rest stays cancelled");
    state.apply(Command::PredictRest);
    assert_eq!(state.background().total, 1, "only the first item has no answer and is not on the screen");
}

#[test]
fn a_slice_tried_by_hand_does_not_change_the_list() {
    let (_folder, mut state) = listed(&["a.png"]);
    give_model(&mut state);
    let request = state.current().unwrap().prediction_request.unwrap();
    let chosen = predicted(&state, 0, request);
    state.take(chosen);
    state.apply(Command::PredictShownSlice);
    let request = state.current().unwrap().prediction_request.unwrap();
    let (model, list) = (state.model_generation, state.items.generation);
    state.take(Event::Predicted { model, list, item: 0, request, result: Ok(Box::new(answer(0))) });
    state.make_rows();
    assert_eq!(listed_answer(&state, 0), Some((1, 0.75)));
    let PredictionState::Done(prediction) = &state.current().unwrap().prediction else { panic!("answered") };
    assert_eq!(prediction.inference.predicted, 0);
}

#[test]
fn a_broken_worker_leaves_nothing_waiting() {
    let (_folder, mut state) = listed(&["a.png", "b.png"]);
    give_model(&mut state);
    for worker in ["session", "batch"] {
        state.take(Event::JobPanicked { worker, what: "index out of bounds".into() });
    }
    assert!(matches!(state.current().unwrap().prediction, PredictionState::Failed(_)));
    assert!(!state.background().is_running());
    assert_eq!(state.toasts().len(), 2);
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

#[test]
fn slices_stand_together_as_the_model_names_them() {
    let (folder, mut state) = listed(&["A_z-4.png", "A_z12.png", "A_z4.png", "b.png"]);
    state.apply(Command::Select(1));
    state.settle();
    assert_eq!(state.items().len(), 4);
    give_model_of_slices(&mut state, Some("{case}_z{mm}.png"));
    state.settle();
    let names: Vec<&str> = state.items().all().iter().map(|item| item.name.as_str()).collect();
    assert_eq!(names, ["A", "b.png"]);
    let ordered = ["A_z-4.png", "A_z4.png", "A_z12.png"].map(|name| folder.path().join(name));
    assert_eq!(*state.items().get(0).unwrap().files, ordered);
    // The selected slice's case stays selected, and opens as one scan.
    assert_eq!(state.items().selected(), Some(0));
    assert_eq!(state.current().map(Current::frames), Some(3));
    give_model(&mut state);
    state.settle();
    assert_eq!(state.items().len(), 4);
    // Opened again, the list is as the model takes it at once.
    give_model_of_slices(&mut state, Some("{case}_z{mm}.png"));
    state.apply(Command::Open(vec![folder.path().to_path_buf()]));
    state.settle();
    assert_eq!(state.items().len(), 2);
}
