//! The whole window by what it shows and says: opened, clicked, dragged and typed into without a display or a GPU.
#![cfg(feature = "gui")]

mod common;
#[path = "common/window.rs"]
#[allow(dead_code)]
mod common_window;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use common_window::{Dropped, SIZE, drag, nifti};
use eframe::egui::{self, Event, Key, Modifiers, PointerButton, Pos2, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;
use overread::app::{
    AppState, Command, CurrentError, Jobs, Mark, ModelState, PredictionState, Shape, ViewTransform, WindowSource,
};
use overread::ui::{RESEARCH_USE, Shell};

/// A window of the usual size over `state`.
fn window(state: AppState) -> Harness<'static, Shell> {
    common_window::window(state, SIZE)
}

fn opened(paths: &[&Path]) -> Harness<'static, Shell> {
    let mut state = AppState::new(Jobs::inline());
    state.apply(Command::Open(paths.iter().map(|path| path.to_path_buf()).collect()));
    window(state)
}

/// An 8-bit picture whose pixel (col, row) is `col + row`.
fn png(folder: &Path, name: &str) -> PathBuf {
    let path = folder.join(name);
    image::GrayImage::from_fn(120, 80, |x, y| image::Luma([(x + y) as u8])).save(&path).unwrap();
    path
}

fn demo_model() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("models/phantom-brain-3grade")
}

fn demo_scans() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/demo")
}

fn middle(harness: &Harness<'_, Shell>) -> Pos2 {
    harness.get_by_role(egui::Role::Canvas).rect().center()
}

fn wheel(harness: &mut Harness<'_, Shell>, points: f32, modifiers: Modifiers) {
    let at = middle(harness);
    harness.event(Event::PointerMoved(at));
    let (unit, phase) = (egui::MouseWheelUnit::Point, egui::TouchPhase::Move);
    harness.event(Event::MouseWheel {
        source: egui::MouseWheelSource::Wheel,
        unit,
        delta: vec2(0.0, points),
        phase,
        modifiers,
    });
    harness.run();
}

#[test]
fn an_empty_window_invites_and_says_research_use() {
    let harness = window(AppState::new(Jobs::inline()));
    harness.get_by_label("Drop images or a folder here");
    harness.get_by_label(RESEARCH_USE);
    harness.get_by_label("No model loaded");
    assert_eq!(harness.get_all_by_label("Open files…").count(), 2, "in the bar and in the middle");
}

#[test]
fn an_opened_picture_is_listed_shown_and_described() {
    let folder = tempfile::tempdir().unwrap();
    let harness = opened(&[&png(folder.path(), "뇌 MRI 검사 01.png")]);
    harness.get_by_label("뇌 MRI 검사 01.png");
    harness.get_by_label("Picture of 뇌 MRI 검사 01.png");
    harness.get_by_label("1 / 1");
    let current = harness.state().state.current().unwrap();
    assert!(current.shown.is_some());
    assert_eq!(current.windowing.source, WindowSource::Auto);
}

#[test]
fn a_broken_file_says_why_and_the_next_one_opens() {
    let folder = tempfile::tempdir().unwrap();
    let good = png(folder.path(), "b good.png");
    let broken = folder.path().join("a broken.png");
    fs::write(&broken, &fs::read(&good).unwrap()[..200]).unwrap();
    let mut harness = opened(&[folder.path()]);
    harness.get_by_label("This file does not open");
    let Some(CurrentError::File(problem) | CurrentError::Frame { problem, .. }) =
        harness.state().state.current().unwrap().error.clone()
    else {
        panic!("a cut file must not open");
    };
    harness.get_by_label(&problem.sentence);
    harness.get_by_label("a broken.png, failed");
    harness.get_by_label("b good.png").click();
    harness.run();
    harness.get_by_label("Picture of b good.png");
    assert!(harness.state().state.current().unwrap().error.is_none());
}

#[test]
fn dragging_changes_the_window_and_reset_brings_it_back() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = opened(&[&png(folder.path(), "a.png")]);
    let window = |harness: &Harness<'_, Shell>| harness.state().state.current().unwrap().window().cloned().unwrap();
    let before = window(&harness);
    let at = middle(&harness);
    drag(&mut harness, PointerButton::Primary, at, vec2(60.0, 30.0));
    let after = window(&harness);
    assert!(after.width > before.width && after.center > before.center, "{before:?} to {after:?}");
    assert_eq!(harness.state().state.current().unwrap().windowing.source, WindowSource::Manual);
    harness.key_press(Key::R);
    harness.run();
    assert_eq!(window(&harness), before);
}

#[test]
fn wheel_keys_and_slider_walk_through_the_slices() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = opened(&[&nifti(folder.path(), "volume.nii", 9)]);
    let frame = |harness: &Harness<'_, Shell>| harness.state().state.current().unwrap().shown.as_ref().unwrap().index;
    assert_eq!(frame(&harness), 4, "a volume opens in its middle");
    harness.get_by_label("5 / 9");
    wheel(&mut harness, -120.0, Modifiers::NONE);
    assert_eq!(frame(&harness), 7, "40 points of a touchpad are a slice");
    harness.key_press(Key::Home);
    harness.run();
    assert_eq!(frame(&harness), 0);
    harness.key_press(Key::ArrowUp);
    harness.run();
    assert_eq!(frame(&harness), 0, "there is nothing before the first");
    harness.key_press(Key::ArrowDown);
    harness.run();
    assert_eq!(frame(&harness), 1);
    harness.key_press(Key::End);
    harness.run();
    assert_eq!(frame(&harness), 8);
    harness.get_by_role_and_label(egui::Role::Slider, "Slice");
}

#[test]
fn zoom_pan_and_fit() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = opened(&[&png(folder.path(), "a.png")]);
    let view = |harness: &Harness<'_, Shell>| harness.state().state.current().unwrap().view;
    assert_eq!(view(&harness), ViewTransform::Fit);
    wheel(&mut harness, 80.0, Modifiers::CTRL);
    let ViewTransform::Free { zoom, .. } = view(&harness) else { panic!("Ctrl and the wheel zoom") };
    assert!(zoom > 5.0, "{zoom}");
    let at = middle(&harness);
    drag(&mut harness, PointerButton::Middle, at, vec2(40.0, 0.0));
    let ViewTransform::Free { center, .. } = view(&harness) else { panic!("panning keeps the zoom") };
    assert!(center.0 < 60.0, "{center:?}");
    harness.key_press(Key::Num9);
    harness.run();
    assert!(matches!(view(&harness), ViewTransform::Free { zoom, .. } if (zoom - 1.0).abs() < 1e-9));
    harness.get_by_label("Fit").click();
    harness.run();
    assert_eq!(view(&harness), ViewTransform::Fit);
    drag(&mut harness, PointerButton::Secondary, at, vec2(0.0, -100.0));
    assert!(matches!(view(&harness), ViewTransform::Free { zoom, .. } if zoom > 8.0));
}

#[test]
fn the_list_is_walked_by_keys_and_clicks() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["a.png", "b.png", "c.png"] {
        png(folder.path(), name);
    }
    let mut harness = opened(&[folder.path()]);
    let selected = |harness: &Harness<'_, Shell>| harness.state().state.items().selected();
    assert_eq!(selected(&harness), Some(0));
    for (key, expected) in [(Key::ArrowRight, 1), (Key::ArrowRight, 2), (Key::ArrowRight, 2), (Key::ArrowLeft, 1)] {
        harness.key_press(key);
        harness.run();
        assert_eq!(selected(&harness), Some(expected));
    }
    harness.get_by_label("c.png").click();
    harness.run();
    harness.get_by_label("3 / 3");
}

#[test]
fn a_dropped_folder_opens_and_a_dropped_model_loads() {
    let folder = tempfile::tempdir().unwrap();
    png(folder.path(), "in the folder.png");
    let mut harness = window(AppState::new(Jobs::inline()));
    for path in [folder.path().to_path_buf(), demo_model()] {
        harness.input_mut().dropped_files.push(Arc::new(Dropped(path)));
    }
    harness.run();
    harness.get_by_label("Picture of in the folder.png");
    let ModelState::Ready { facts, .. } = harness.state().state.model() else { panic!("the model loads") };
    assert_eq!(facts.name, "phantom-brain-3grade");
}

#[test]
fn a_model_answers_beside_the_picture_and_shows_what_it_saw() {
    let mut state = AppState::new(Jobs::inline());
    state.apply(Command::Open(vec![demo_scans().join("grade-0/case-02.png")]));
    state.apply(Command::LoadModel(demo_model()));
    let harness = window(state);
    let state = &harness.state().state;
    let PredictionState::Done(prediction) = &state.current().unwrap().prediction else {
        panic!("no prediction: {:?}", state.current().unwrap().prediction);
    };
    let scores = &prediction.inference.scores;
    assert!((scores.iter().sum::<f32>() - 1.0).abs() < 1e-4);
    harness.get_by_label("Prediction");
    harness.get_by_label("What the model saw");
    harness.get_by_label("Picture as read");
    for score in scores {
        assert!(harness.query_all_by_label(&format!("{score:.3}")).count() >= 1);
    }
    assert_eq!(prediction.seen.len(), state.model().facts().unwrap().steps.len() + 1);
    assert!(state.review().cases()[0].row.predicted().is_some());
    harness.get_by_label("Probability"); // this model's manifest states a calibration
}

#[test]
fn the_rest_of_the_list_is_predicted_too() {
    let mut state = AppState::new(Jobs::inline());
    state.apply(Command::Open(vec![demo_scans().join("grade-1")]));
    state.apply(Command::LoadModel(demo_model()));
    let harness = window(state);
    let state = &harness.state().state;
    assert!(state.items().len() > 3);
    for case in state.review().cases() {
        assert!(case.row.predicted().is_some(), "{case:?}");
        assert_eq!(case.row.truth, Some(1));
    }
    assert!(!state.background().is_running());
}

#[test]
fn a_model_that_is_none_says_so_in_place() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("broken.onnx");
    fs::write(&path, b"not a model").unwrap();
    let mut state = AppState::new(Jobs::inline());
    state.apply(Command::Open(vec![path]));
    let harness = window(state);
    let ModelState::Failed { problem, .. } = harness.state().state.model() else { panic!("it must not load") };
    harness.get_by_label(&problem.sentence);
    harness.get_by_label("broken.onnx");
}

#[test]
fn help_theme_and_panels_answer_their_keys() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = opened(&[&png(folder.path(), "a.png")]);
    harness.key_press(Key::F1);
    harness.run();
    harness.get_by_label("Mouse");
    harness.key_press(Key::Escape);
    harness.run();
    assert!(harness.query_by_label("Mouse").is_none());
    harness.key_press(Key::OpenBracket);
    harness.run();
    assert!(harness.query_by_label("a.png").is_none(), "the worklist folds away");
    harness.key_press(Key::T);
    harness.run();
    assert!(!harness.ctx.global_style().visuals.dark_mode);
    harness.key_press(Key::T);
    harness.run();
    let visuals = harness.ctx.global_style().visuals.clone();
    assert_eq!((visuals.dark_mode, visuals.panel_fill), (true, egui::Color32::BLACK), "high contrast");
    harness.key_press(Key::T);
    harness.run();
    assert_ne!(harness.ctx.global_style().visuals.panel_fill, egui::Color32::BLACK);
}

#[test]
fn personal_data_is_hidden_until_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = opened(&[&png(folder.path(), "a.png")]);
    assert!(!harness.state().state.shows_identity());
    harness.key_press(Key::P);
    harness.run();
    assert!(harness.state().state.shows_identity());
}

#[test]
fn a_typed_path_opens() {
    let folder = tempfile::tempdir().unwrap();
    let path = png(folder.path(), "typed.png");
    let mut harness = window(AppState::new(Jobs::inline()));
    harness.key_press_modifiers(Modifiers::COMMAND, Key::L);
    harness.run();
    harness.get_by_role(egui::Role::TextInput).type_text(&path.to_string_lossy());
    harness.run();
    harness.key_press(Key::Enter);
    harness.run();
    harness.get_by_label("Picture of typed.png");
}

#[test]
fn workers_deliver_what_inline_mode_does() {
    let folder = tempfile::tempdir().unwrap();
    let path = png(folder.path(), "threads.png");
    let (sender, receiver) = std::sync::mpsc::channel();
    let wake = Arc::new(move || {
        let _ = sender.send(());
    });
    let mut state = AppState::new(Jobs::threads(wake).unwrap());
    state.apply(Command::Open(vec![path]));
    let limit = std::time::Duration::from_secs(60); // a hang fails instead of blocking the run
    while state.current().is_none_or(|current| current.shown.is_none()) {
        receiver.recv_timeout(limit).expect("the workers answer");
        state.poll();
    }
    assert_eq!(state.current().unwrap().frames(), 1);
}

#[test]
fn a_command_is_found_by_a_part_of_its_name() {
    let mut harness = opened(&[&demo_scans()]);
    harness.key_press_modifiers(Modifiers::COMMAND, Key::K);
    harness.run();
    harness.get_by_role_and_label(egui::Role::TextInput, "Type a part of a command");
    harness.event(Event::Text("inver".into()));
    harness.run();
    harness.key_press(Key::Enter);
    harness.run();
    assert!(harness.state().state.current().unwrap().invert, "the first command found is run");
    assert!(harness.query_by_role_and_label(egui::Role::TextInput, "Type a part of a command").is_none());
    harness.key_press_modifiers(Modifiers::COMMAND, Key::K);
    harness.run();
    harness.key_press(Key::Escape);
    harness.run();
    assert!(harness.query_by_role_and_label(egui::Role::TextInput, "Type a part of a command").is_none());
}

#[test]
fn a_length_is_drawn_with_shift_and_deleted_by_its_key() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = opened(&[&png(folder.path(), "a.png")]);
    let from = middle(&harness);
    let button = |pressed, pos| Event::PointerButton {
        pos,
        button: PointerButton::Primary,
        pressed,
        modifiers: Modifiers::SHIFT,
    };
    harness.event(Event::PointerMoved(from));
    harness.event_modifiers(button(true, from), Modifiers::SHIFT);
    harness.run();
    for step in 1..=4 {
        harness.event_modifiers(Event::PointerMoved(from + vec2(20.0 * step as f32, 0.0)), Modifiers::SHIFT);
        harness.run();
    }
    harness.event_modifiers(button(false, from + vec2(80.0, 0.0)), Modifiers::SHIFT);
    harness.run();
    let current = harness.state().state.current().unwrap();
    let [Mark { slice: 0, shape: Shape::Length(ruler), .. }] = current.marks.all() else {
        panic!("one length: {:?}", current.marks)
    };
    let zoom = (ruler.to.0 - ruler.from.0) / 80.0;
    assert!(zoom > 0.0 && (ruler.to.1 - ruler.from.1).abs() < 1e-9, "{ruler:?}");
    let lengths = |harness: &Harness<'_, Shell>| harness.state().state.current().unwrap().marks.all().len();
    common_window::press(&mut harness, Key::Delete);
    assert_eq!(lengths(&harness), 0);
    let ctrl_shift = Modifiers::COMMAND | Modifiers::SHIFT;
    for (modifiers, expected) in
        [(Modifiers::COMMAND, 1), (Modifiers::COMMAND, 0), (ctrl_shift, 1), (ctrl_shift, 0), (ctrl_shift, 0)]
    {
        harness.key_press_modifiers(modifiers, Key::Z);
        harness.run();
        assert_eq!(lengths(&harness), expected, "{modifiers:?}");
    }
}

#[test]
fn slices_play_round_and_stop() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = opened(&[&nifti(folder.path(), "v.nii", 3)]);
    let place = |harness: &Harness<'_, Shell>| harness.state().state.current().unwrap().wanted_frame;
    let start = place(&harness);
    harness.key_press(Key::Period);
    let mut seen = vec![start];
    for _ in 0..40 {
        harness.step();
        if seen.last() != Some(&place(&harness)) {
            seen.push(place(&harness));
        }
    }
    assert!(seen.len() > 3 && seen.windows(2).all(|pair| pair[1] == (pair[0] + 1) % 3), "{seen:?}");
    harness.key_press(Key::Period);
    harness.run();
    assert!(!harness.state().state.current().unwrap().playing);
}

#[test]
fn windows_from_the_values_are_in_the_menu() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = opened(&[&nifti(folder.path(), "v.nii", 1)]);
    harness.get_by_label("Window").click();
    harness.run();
    harness.get_by_label("Full range").click();
    harness.run();
    assert_eq!(harness.state().state.current().unwrap().windowing.source, WindowSource::Preset);
}

#[test]
fn a_picture_is_turned_and_flipped_and_its_letters_and_probe_follow() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = opened(&[&nifti(folder.path(), "volume.nii", 3)]);
    let turn = |harness: &Harness<'_, Shell>| harness.state().state.current().unwrap().turn;
    let upright = turn(&harness);
    for key in [Key::E, Key::E] {
        common_window::press(&mut harness, key);
    }
    assert_eq!((turn(&harness).degrees(), turn(&harness).is_mirrored()), (180, false));
    common_window::press(&mut harness, Key::Q);
    common_window::press(&mut harness, Key::M);
    assert_eq!((turn(&harness).degrees(), turn(&harness).is_mirrored()), (90 + 180, true));
    common_window::press(&mut harness, Key::V);
    common_window::press(&mut harness, Key::M);
    common_window::press(&mut harness, Key::Num0);
    assert_eq!(turn(&harness), upright, "reset");
}
