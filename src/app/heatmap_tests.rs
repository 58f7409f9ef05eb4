//! Heatmaps by commands, with the demo's model and scans, without threads.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::*;
use crate::explain::scramble::Scrambled;
use crate::explain::{Method, Target};

fn demo(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

fn started(scans: &str) -> AppState {
    let mut state = AppState::new(Jobs::inline());
    state.apply(Command::Open(vec![demo(scans)]));
    state.apply(Command::LoadModel(demo("models/phantom-brain-3grade")));
    state.settle();
    state
}

fn shown(scans: &str) -> AppState {
    let mut state = started(scans);
    state.apply(Command::ToggleHeatmap);
    state.settle();
    state
}

fn heatmap(state: &AppState, pane: Pane) -> Arc<Heatmap> {
    match state.heatmaps().state(pane) {
        HeatmapState::Ready(heatmap) => heatmap.clone(),
        other => panic!("no heatmap: {other:?}"),
    }
}

fn ask(state: &mut AppState, pane: Pane, change: impl FnOnce(&mut HeatmapQuestion)) {
    let mut question = state.heatmaps().question(pane).clone();
    change(&mut question);
    state.apply(Command::SetHeatmapQuestion { pane, question });
}

fn scale(state: &AppState, pane: Pane) -> f32 {
    state.heatmaps().overlay_style(pane).unwrap().drawn_scale().high
}

#[test]
fn the_predicted_class_of_the_shown_slice_is_explained_once_it_is_wanted() {
    let mut state = started("assets/demo/grade-1/case-10.png");
    assert!(matches!(state.heatmaps().state(Pane::First), HeatmapState::Off));
    state.apply(Command::ToggleHeatmap);
    assert!(matches!(state.heatmaps().state(Pane::First), HeatmapState::Waiting { .. }));
    state.settle();
    let found = heatmap(&state, Pane::First);
    let PredictionState::Done(prediction) = &state.current().unwrap().prediction else { panic!("predicted") };
    assert_eq!(found.map().class, prediction.inference.predicted);
    assert_eq!(found.explained.inference.scores.len(), prediction.inference.scores.len());
    for (here, there) in found.explained.inference.scores.iter().zip(&prediction.inference.scores) {
        assert!((here - there).abs() < 1e-4, "the same tensor went in: {here}, {there}");
    }
    assert!(state.heatmaps().layers(Pane::First).len() > 1);
    assert_eq!(
        state.heatmaps().default_layer(Pane::First).map(|layer| &layer.name),
        found.map().layer.as_ref().map(|layer| &layer.name)
    );
    state.apply(Command::ToggleHeatmap);
    assert!(matches!(state.heatmaps().state(Pane::First), HeatmapState::Off));
    state.apply(Command::ToggleHeatmap);
    assert!(Arc::ptr_eq(&found, &heatmap(&state, Pane::First)), "nothing is computed twice");
}

#[test]
fn looks_compute_nothing_and_questions_do() {
    let mut state = shown("assets/demo/grade-1/case-10.png");
    let first = heatmap(&state, Pane::First);
    let style = HeatmapStyle { signed: true, opacity: 7.0, contour: true, ..HeatmapStyle::default() };
    state.apply(Command::SetHeatmapStyle(style));
    assert!(Arc::ptr_eq(&first, &heatmap(&state, Pane::First)));
    assert_eq!(state.heatmaps().style().opacity, 1.0);
    let other = (first.map().class + 1) % 3;
    ask(&mut state, Pane::First, |question| question.class = Some(other));
    assert!(matches!(state.heatmaps().state(Pane::First), HeatmapState::Waiting { .. }));
    state.settle();
    let second = heatmap(&state, Pane::First);
    assert_eq!(second.map().class, other);
    ask(&mut state, Pane::First, |question| question.method = Method::HiResCam);
    let layer = state.heatmaps().layers(Pane::First)[0].name.clone();
    ask(&mut state, Pane::First, |question| question.layer = Some(layer.clone()));
    state.settle();
    let third = heatmap(&state, Pane::First);
    assert_eq!((third.map().method, &third.map().layer.as_ref().unwrap().name), (Method::HiResCam, &layer));
}

#[test]
fn a_late_answer_is_dropped() {
    let mut state = started("assets/demo/grade-1");
    state.apply(Command::ToggleHeatmap);
    let request = state.heatmaps().pane(Pane::First).asked.clone().unwrap();
    state.settle();
    state.apply(Command::Select(1));
    let late = Event::HeatmapReady { pane: Pane::First, request, result: Err("late".into()) };
    state.take(late);
    assert!(!matches!(state.heatmaps().state(Pane::First), HeatmapState::Failed(_)));
    state.settle();
    assert_eq!(heatmap(&state, Pane::First).explained.path, state.items().get(1).unwrap().path());
}

#[test]
fn what_does_not_work_is_a_sentence() {
    let mut state = shown("assets/demo/grade-1/case-10.png");
    ask(&mut state, Pane::First, |question| question.layer = Some("no such layer".into()));
    state.settle();
    let HeatmapState::Failed(sentence) = state.heatmaps().state(Pane::First) else { panic!("there is none") };
    assert!(sentence.contains("no such layer"), "{sentence}");
    ask(&mut state, Pane::First, |question| question.layer = None);
    state.settle();
    heatmap(&state, Pane::First);
    ask(&mut state, Pane::First, |question| question.class = None);
    ask(&mut state, Pane::First, |question| question.method = Method::LayerCam);
    state.take(Event::JobPanicked { worker: "heatmap", what: "index out of bounds".into() });
    assert!(matches!(state.heatmaps().state(Pane::First), HeatmapState::Failed(_)), "nothing waits for ever");
}

#[test]
fn a_model_file_that_changed_meanwhile_explains_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let model = folder.path().join("model");
    fs::create_dir(&model).unwrap();
    for name in ["model.onnx", "metadata.json"] {
        fs::copy(demo("models/phantom-brain-3grade").join(name), model.join(name)).unwrap();
    }
    let mut state = AppState::new(Jobs::inline());
    state.apply(Command::Open(vec![demo("assets/demo/grade-1/case-10.png")]));
    state.apply(Command::LoadModel(model.clone()));
    state.settle();
    // Another producer_version (field 3 of ModelProto): the same graph, another file.
    let mut bytes = fs::read(model.join("model.onnx")).unwrap();
    bytes.extend(b"\x1a\x01x");
    fs::write(model.join("new"), bytes).unwrap();
    fs::rename(model.join("new"), model.join("model.onnx")).unwrap();
    state.apply(Command::ToggleHeatmap);
    state.settle();
    let HeatmapState::Failed(sentence) = state.heatmaps().state(Pane::First) else { panic!("it changed") };
    assert!(sentence.contains("has changed"), "{sentence}");
}

#[test]
fn one_scale_holds_for_all_cases_of_the_session() {
    let mut state = shown("assets/demo/grade-2");
    let own = |state: &AppState| heatmap(state, Pane::First).map().positive().iter().copied().fold(0.0, f32::max);
    let mut largest: f32 = 0.0;
    for item in 0..3 {
        state.apply(Command::Select(item));
        state.settle();
        largest = largest.max(own(&state));
        assert_eq!(scale(&state, Pane::First), largest);
    }
    let style = HeatmapStyle { shared_scale: false, ..HeatmapStyle::default() };
    state.apply(Command::SetHeatmapStyle(style));
    assert_eq!(scale(&state, Pane::First), own(&state));
}

#[test]
fn two_panes_show_two_classes_on_one_scale() {
    let mut state = started("assets/demo/grade-1/case-10.png");
    state.apply(Command::ToggleCompare);
    state.settle();
    let (left, right) = (heatmap(&state, Pane::First), heatmap(&state, Pane::Second));
    assert_ne!(left.map().class, right.map().class, "the runner-up beside the predicted class");
    let style = HeatmapStyle { shared_scale: false, signed: true, ..HeatmapStyle::default() };
    state.apply(Command::SetHeatmapStyle(style));
    let largest = left.map().largest().max(right.map().largest());
    assert_eq!([scale(&state, Pane::First), scale(&state, Pane::Second)], [largest; 2]);
    ask(&mut state, Pane::Second, |question| question.method = Method::EigenCam);
    state.settle();
    assert_eq!(scale(&state, Pane::First), left.map().largest(), "EigenCAM's numbers are no logits");
    state.apply(Command::ToggleCompare);
    assert_eq!(state.heatmaps().panes(), [Pane::First]);
    assert!(matches!(state.heatmaps().state(Pane::Second), HeatmapState::Off));
}

#[test]
fn another_model_takes_its_layers_and_questions_with_it() {
    let mut state = shown("assets/demo/grade-1/case-10.png");
    ask(&mut state, Pane::First, |question| question.class = Some(2));
    state.settle();
    state.apply(Command::LoadModel(demo("models/chest-xray-pneumonia")));
    assert!(state.heatmaps().layers(Pane::First).is_empty());
    assert!(matches!(state.heatmaps().state(Pane::First), HeatmapState::Off));
    state.settle();
    assert_eq!(*state.heatmaps().question(Pane::First), HeatmapQuestion::default());
    heatmap(&state, Pane::First);
}

#[test]
fn the_probability_has_a_map_and_a_scale_of_its_own() {
    let mut state = started("assets/demo/grade-1/case-10.png");
    state.apply(Command::ToggleCompare);
    ask(&mut state, Pane::Second, |question| {
        (question.class, question.target) = (None, Target::Probability);
    });
    state.settle();
    let (logit, probability) = (heatmap(&state, Pane::First), heatmap(&state, Pane::Second));
    assert_eq!((logit.map().target, probability.map().target), (Target::Logit, Target::Probability));
    assert!((0.0..=1.0).contains(&probability.map().score));
    assert_ne!(scale(&state, Pane::First), scale(&state, Pane::Second), "their numbers mean different things");
}

#[test]
fn another_model_fills_the_second_pane() {
    let mut state = shown("assets/demo/grade-1/case-10.png");
    state.apply(Command::CompareWithModel(Some(demo("models/chest-xray-pneumonia"))));
    assert!(state.pane_model(Pane::Second).is_none(), "not known before it answered");
    state.settle();
    let (own, other) = (heatmap(&state, Pane::First), heatmap(&state, Pane::Second));
    assert_eq!((own.model.class_names.len(), other.model.class_names.len()), (3, 2));
    assert_eq!(state.pane_model(Pane::Second).unwrap().name, "chest-xray-pneumonia");
    assert_ne!(state.heatmaps().layers(Pane::First), state.heatmaps().layers(Pane::Second));
    assert_eq!(other.map().class, other.explained.inference.predicted, "each model says what it predicts");
    assert_eq!(scale(&state, Pane::First), scale(&state, Pane::Second), "logits of both on one scale");
    state.apply(Command::CompareWithModel(None));
    state.settle();
    assert_eq!(heatmap(&state, Pane::Second).model.sha256, own.model.sha256);
    state.apply(Command::CompareWithModel(Some(demo("no such model"))));
    state.settle();
    assert!(matches!(state.heatmaps().state(Pane::Second), HeatmapState::Failed(_)));
    heatmap(&state, Pane::First);
}

#[test]
fn a_method_of_many_passes_tells_how_far_it_is_and_can_be_left() {
    let mut state = shown("assets/demo/grade-1/case-10.png");
    ask(&mut state, Pane::First, |question| question.method = Method::Occlusion);
    let request = state.heatmaps().pane(Pane::First).asked.clone().unwrap();
    state.take(Event::HeatmapProgress { pane: Pane::First, request, done: 3, total: 9 });
    assert!(matches!(state.heatmaps().state(Pane::First), HeatmapState::Waiting { passes: Some((3, 9)) }));
    state.apply(Command::CancelHeatmap(Pane::First));
    assert_eq!(state.heatmaps().question(Pane::First).method, Method::GradCam);
    state.settle();
    assert_eq!(heatmap(&state, Pane::First).map().method, Method::GradCam);
    ask(&mut state, Pane::First, |question| question.method = Method::Occlusion);
    state.settle();
    let found = heatmap(&state, Pane::First);
    assert!(found.map().layer.is_none() && found.layer_reason.is_none());
    assert!(!state.heatmaps().layers(Pane::First).is_empty(), "layers stay for the next question");
}

#[test]
fn checks_run_on_demand_and_go_with_their_heatmap() {
    let mut state = shown("assets/demo/grade-2/case-16.png");
    assert!(matches!(state.heatmaps().trust(Pane::First), TrustState::None));
    state.apply(Command::MeasureTrust(Pane::First));
    assert!(matches!(state.heatmaps().trust(Pane::First), TrustState::Running(None)));
    state.settle();
    let TrustState::Ready(trust) = state.heatmaps().trust(Pane::First) else { panic!("measured") };
    assert_eq!(trust.faithfulness.deletion.map.scores.len(), trust.parameters.steps + 1);
    assert_eq!(trust.randomised.len(), 6, "three orders of the head and of all layers");
    assert!(trust.opinions.as_ref().unwrap().groups().count() > 1);
    assert!(trust.rank_when_scrambled(Scrambled::Head).is_none_or(|rank| rank < 0.99));
    // Looks keep the numbers, another question does not.
    state.apply(Command::SetHeatmapStyle(HeatmapStyle { signed: true, ..HeatmapStyle::default() }));
    assert!(matches!(state.heatmaps().trust(Pane::First), TrustState::Ready(_)));
    ask(&mut state, Pane::First, |question| question.method = Method::EigenCam);
    assert!(matches!(state.heatmaps().trust(Pane::First), TrustState::None));
    state.settle();
    state.apply(Command::MeasureTrust(Pane::First));
    state.apply(Command::CancelTrust);
    state.settle();
    assert!(matches!(state.heatmaps().trust(Pane::First), TrustState::None));
    heatmap(&state, Pane::First);
    state.apply(Command::MeasureTrust(Pane::First));
    state.take(Event::JobPanicked { worker: "heatmap", what: "index out of bounds".into() });
    assert!(matches!(state.heatmaps().trust(Pane::First), TrustState::Failed(_)), "nothing waits for ever");
}

/// One map for the whole volume; each slice shows its part of it, on one scale, and the map goes along with the slices.
#[test]
fn scrolling_slices_scrolls_the_map_of_a_volume() {
    let mut state = AppState::new(Jobs::inline());
    state.apply(Command::Open(vec![demo("tests/fixtures/volume/phantom.nii")]));
    state.apply(Command::LoadModel(demo("tests/fixtures/volume")));
    state.settle();
    let PredictionState::Done(prediction) = &state.current().unwrap().prediction else {
        panic!("{:?}", state.current().unwrap().prediction)
    };
    assert_eq!(prediction.frames.len(), state.current().unwrap().frames());
    let seen: Vec<_> = prediction.seen.iter().map(|step| step.name.unwrap_or("as read")).collect();
    assert_eq!(seen, ["as read", "orient", "resize", "clip_percentiles", "zscore"]);
    state.apply(Command::ToggleHeatmap);
    ask(&mut state, Pane::First, |question| question.layer = Some("third/third.1/Relu".to_owned()));
    state.settle();
    let mut sums = Vec::new();
    for slice in [2, 7, 12] {
        state.apply(Command::GoToFrame(slice));
        state.settle();
        let found = heatmap(&state, Pane::First);
        assert_eq!(found.explained.slice, slice);
        assert_eq!(found.map().volume().unwrap().dim(), (5, 6, 4));
        // Columns run to the left, the network's first axis to the right: 22 columns over 5 cells.
        assert_eq!(found.map().values.dim(), (6, 5));
        sums.push((found.map().values.sum(), scale(&state, Pane::First)));
    }
    assert!(sums[0].0 != sums[1].0 && sums[1].0 != sums[2].0, "{sums:?}");
    assert!(sums.iter().all(|(_, scale)| *scale == sums[0].1), "one scale for all slices: {sums:?}");
    ask(&mut state, Pane::First, |question| question.method = Method::Occlusion);
    state.settle();
    assert!(matches!(state.heatmaps().state(Pane::First), HeatmapState::Failed(why) if why.contains("takes volumes")));
}
