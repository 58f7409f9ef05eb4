//! The import page by what it shows and says: a bare export dropped, named, prepared another way, examined, saved,
//! and how a number came about.
#![cfg(feature = "gui")]

mod common;
#[path = "common/window.rs"]
#[allow(dead_code)]
mod common_window;
#[path = "window_import/drafts.rs"]
mod drafts;
#[path = "window_import/keeping.rs"]
mod keeping;
#[allow(dead_code)]
#[path = "common/onnx_models.rs"]
mod onnx_models;
#[path = "window_import/questions.rs"]
mod questions;
#[path = "window_import/volumes.rs"]
mod volumes;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use common_window::{Dropped, SIZE, press, said, window, window_in};
use eframe::egui::{Key, Role};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;
use onnx_models::{Axis, Tail, bytes, small_cnn};
use overread::app::{AppState, Command, DoctorState, ImportWish, Importing, Jobs, PredictionState};
use overread::engine::import::Choices;
use overread::engine::{EngineChoice, Model, Origin, Session, SessionOptions};
use overread::preprocess::{Preset, prepare};
use overread::scan;
use overread::ui::{Language, Shell};
use serde_json::Value;

/// A folder with a bare export of three classes and a picture in colour.
struct Desk {
    folder: tempfile::TempDir,
    onnx: PathBuf,
    picture: PathBuf,
}

fn desk() -> Desk {
    let folder = tempfile::tempdir().unwrap();
    let onnx = folder.path().join("grades.onnx");
    std::fs::write(&onnx, bytes(&small_cnn(true, Axis::Open("N"), Tail::Softmax))).unwrap();
    let picture = folder.path().join("case.png");
    draw(&picture, 1);
    Desk { folder, onnx, picture }
}

fn draw(path: &Path, seed: u32) {
    let color = |x: u32, y: u32| {
        let at = |a: u32, b: u32| ((x * a * seed + y * b + 31 * seed) % 256) as u8;
        image::Rgb([at(7, 3), at(2, 11) / 2, at(5, 5) / 3])
    };
    image::RgbImage::from_fn(31, 23, color).save(path).unwrap();
}

/// The picture open, then the export dropped.
fn dropped(desk: &Desk) -> Harness<'static, Shell> {
    dropped_in(Language::English, desk)
}

fn dropped_in(language: Language, desk: &Desk) -> Harness<'static, Shell> {
    let mut state = AppState::new(Jobs::inline());
    state.keep_models_below(desk.folder.path().join("models"));
    state.apply(Command::Open(vec![desk.picture.clone()]));
    let mut harness = window_in(language, state, SIZE);
    harness.input_mut().dropped_files = vec![Arc::new(Dropped(desk.onnx.clone()))];
    harness.run();
    harness
}

fn importing<'a>(harness: &'a Harness<'_, Shell>) -> &'a Importing {
    harness.state().state.importing().expect("the page is open")
}

fn change(harness: &mut Harness<'_, Shell>, change: impl FnOnce(&mut Choices)) {
    let mut said = importing(harness).said.clone();
    change(&mut said);
    wish(harness, ImportWish::Change(Box::new(said)));
}

fn wish(harness: &mut Harness<'_, Shell>, wish: ImportWish) {
    harness.state_mut().state.apply(Command::Import(wish));
    harness.run();
}

fn scores(state: &PredictionState) -> Vec<f32> {
    match state {
        PredictionState::Done(prediction) => prediction.inference.scores.clone(),
        other => panic!("no prediction: {other:?}"),
    }
}

/// What a model folder or an export says of a picture, by the library alone.
fn scores_of(model: &Model, picture: &Path) -> Vec<f32> {
    let scan = scan::open(picture).unwrap();
    let prepared = prepare(&scan.frame(0).unwrap(), &scan.meta, model.steps(), false).unwrap();
    let mut session = Session::start(model, EngineChoice::Auto, &SessionOptions::default()).unwrap();
    session.run(&[prepared.tensor.view()]).unwrap().remove(0).scores
}

#[test]
fn a_dropped_bare_export_is_in_use_and_its_page_says_what_is_assumed() {
    let desk = desk();
    let harness = dropped(&desk);
    let texts = said(&harness);
    for text in [
        "Set up grades.onnx",
        "2 things are assumed",
        "What the graph says",
        "image float32 [N, 8, 8, 3]",
        "NHWC: rows, columns, channels (Keras, TensorFlow)",
        "any number of pictures at a time; picture size fixed",
        "softmax: the output holds probabilities; logits are read from logits",
        "What was found",
        "not there",
        "Processing result",
        "8 × 8 × 3",
    ] {
        assert!(texts.contains(text), "{text} is missing: {texts:#?}");
    }
    let state = &harness.state().state;
    let current = state.current().unwrap();
    assert_eq!(scores(&current.prediction), scores(&importing(&harness).preview), "usable at once, as it was before");
    assert_eq!(scores(&current.prediction), scores_of(&Model::load(&desk.onnx).unwrap(), &desk.picture));
    assert!(!desk.folder.path().join("models").exists(), "nothing is written");
}

#[test]
fn settings_renew_the_preview_and_saving_keeps_them() {
    let desk = desk();
    let mut harness = dropped(&desk);
    let before = scores(&importing(&harness).preview);
    harness.get_by_role_and_label(Role::Button, "Preset").click();
    harness.run();
    harness.get_by_label("Keras VGG, ResNet").click();
    harness.run();
    let PredictionState::Done(preview) = &importing(&harness).preview else { panic!("no preview") };
    assert_ne!(preview.inference.scores, before);
    // Blue first, ImageNet's mean off: the darkest possible value of each channel is minus its mean.
    let least = [103.939, 116.779, 123.68];
    assert_eq!(preview.fed.len(), 3);
    assert!(
        preview.fed.iter().zip(least).all(|(fed, least)| fed.low >= -least && fed.mean < fed.high),
        "{:?}",
        preview.fed
    );
    change(&mut harness, |said| said.classes = Some(vec!["정상".into(), "mild".into(), "severe".into()]));
    assert!(said(&harness).contains("Nothing is assumed"));
    let shown = scores(&importing(&harness).preview);
    harness.get_by_label("Save and use").click();
    harness.run();

    let folder = desk.folder.path().join("models/grades");
    let state = &harness.state().state;
    assert!(state.importing().is_none(), "the page is closed");
    let facts = state.model().facts().unwrap();
    assert_eq!((facts.path.as_path(), facts.is_bare), (folder.as_path(), false));
    assert_eq!(facts.class_names, ["정상", "mild", "severe"]);
    assert!(facts.steps.iter().all(|step| step.origin == Origin::Declared));
    assert_eq!(scores(&state.current().unwrap().prediction), shown);
    assert_eq!(scores_of(&Model::load(&folder).unwrap(), &desk.picture), shown);
    let texts = said(&harness);
    assert!(texts.iter().any(|text| text.contains("The model is saved in")), "{texts:#?}");
    assert!(!texts.iter().any(|text| text.starts_with("Nobody has said yet")), "nothing is assumed any more");

    // Again, from the same file: its own folder, the version before kept.
    press(&mut harness, Key::F8);
    change(&mut harness, |said| said.recipe = Preset::by_name("opencv").map(Preset::recipe));
    harness.get_by_label("Save and use").click();
    harness.run();
    assert!(folder.join("versions/metadata-1.json").is_file());
    let names: Vec<_> = Model::load(&folder).unwrap().steps().iter().map(|step| step.name()).collect();
    assert_eq!(names, ["to_8bit", "to_rgb", "resize", "rescale"]);
    assert_eq!(Model::load(&folder).unwrap().class_names()[0], "정상", "what was stated before stays");
}

#[test]
fn a_model_that_is_set_up_is_called_by_its_own_name_and_shows_what_it_states() {
    let desk = desk();
    let (own, copy) = (Path::new(env!("CARGO_MANIFEST_DIR")).join("models/phantom-brain-3grade"), desk.folder.path());
    let copy = copy.join("renamed-by-someone");
    std::fs::create_dir(&copy).unwrap();
    for file in ["model.onnx", "metadata.json"] {
        std::fs::copy(own.join(file), copy.join(file)).unwrap();
    }
    let mut state = AppState::new(Jobs::inline());
    state.apply(Command::Open(vec![desk.picture.clone()]));
    state.apply(Command::LoadModel(copy));
    let mut harness = window(state, SIZE);
    press(&mut harness, Key::F8);
    harness.get_by_label("Set up phantom-brain-3grade");
    let facts = &importing(&harness).drafted.as_ref().unwrap().facts;
    assert_eq!((&facts.modality[..], &facts.body_part[..]), (&["MR".to_owned()][..], &["BRAIN".to_owned()][..]));
}

#[test]
fn cancelling_leaves_everything_as_it_was_and_a_button_leads_back() {
    let desk = desk();
    let mut harness = dropped(&desk);
    let before = scores(&harness.state().state.current().unwrap().prediction);
    change(&mut harness, |said| said.recipe = Preset::by_name("keras-raw").map(Preset::recipe));
    harness.get_by_label("Cancel").click();
    harness.run();
    let state = &harness.state().state;
    assert!(state.importing().is_none() && state.model().facts().unwrap().is_bare);
    assert_eq!(scores(&state.current().unwrap().prediction), before);
    assert!(!desk.folder.path().join("models").exists());
    assert!(said(&harness).iter().any(|text| text.starts_with("Nobody has said yet how pictures are prepared")));
    harness.get_by_label("Set up this model…").click();
    harness.run();
    let importing = importing(&harness);
    assert_eq!(importing.said.recipe, Preset::by_name("keras-raw").map(Preset::recipe), "what was said before is back");
    assert!(importing.is_restored && said(&harness).contains("What you entered before is back."));
    harness.get_by_label("Start over").click();
    harness.run();
    assert_eq!(crate::importing(&harness).said, Choices::default());
}

#[test]
fn names_come_from_what_is_typed_from_files_and_from_folders() {
    let desk = desk();
    let mut harness = dropped(&desk);
    let field = harness.get_by_role_and_label(Role::MultilineTextInput, "Class names");
    field.focus();
    field.type_text("CN, MCI");
    harness.run();
    assert!(said(&harness).contains("2 of 3 names"));
    assert_eq!(importing(&harness).said.classes, None, "the model's own names go on meanwhile");
    harness.get_by_role_and_label(Role::MultilineTextInput, "Class names").type_text(", AD");
    harness.run();
    assert_eq!(importing(&harness).said.classes.as_deref().unwrap(), ["CN", "MCI", "AD"]);
    assert!(said(&harness).contains("you said so"));

    for name in ["b", "a", "c"] {
        std::fs::create_dir_all(desk.folder.path().join("train").join(name)).unwrap();
    }
    wish(&mut harness, ImportWish::Names(desk.folder.path().join("train")));
    assert_eq!(importing(&harness).said.classes.as_deref().unwrap(), ["a", "b", "c"]);
    assert!(said(&harness).contains("a\nb\nc"), "the field shows them");
    let labels = desk.folder.path().join("labels.json");
    std::fs::write(&labels, r#"{"0": "zero", "1": "one", "2": "two"}"#).unwrap();
    wish(&mut harness, ImportWish::Names(labels));
    assert_eq!(importing(&harness).drafted.as_ref().unwrap().facts.class_names, ["zero", "one", "two"]);
    wish(&mut harness, ImportWish::Names(desk.picture.clone()));
    assert_eq!(harness.state().state.toasts().len(), 1, "a file without names is said");
    change(&mut harness, |said| said.classes = Some(vec!["one".into()]));
    assert!(!importing(&harness).can_save() && importing(&harness).problem.is_some());
}

#[test]
fn the_doctor_finds_how_the_framework_prepared_and_one_click_applies_it() {
    let desk = desk();
    let truth = Preset::by_name("opencv-bgr").unwrap().recipe();
    let export = overread::engine::import::ReadExport::open(&desk.onnx).unwrap();
    let model = export.draft(&Choices { recipe: Some(truth.clone()), ..Choices::default() }).unwrap().model;
    let pictures = desk.folder.path().join("pictures");
    std::fs::create_dir(&pictures).unwrap();
    let mut table = "file,class 0,class 1,class 2\n".to_owned();
    for seed in 1..=6 {
        let path = pictures.join(format!("{seed}.png"));
        draw(&path, seed);
        let own: Vec<String> = scores_of(&model, &path).iter().map(f32::to_string).collect();
        table += &format!("{seed}.png,{}\n", own.join(","));
    }
    let outputs = desk.folder.path().join("outputs.csv");
    std::fs::write(&outputs, table).unwrap();
    let mut harness = dropped(&desk);
    wish(&mut harness, ImportWish::Outputs(Some(outputs)));
    wish(&mut harness, ImportWish::Examine(pictures));
    let DoctorState::Done(diagnosis) = importing(&harness).doctor.clone() else {
        panic!("{:?}", importing(&harness).doctor)
    };
    assert!(diagnosis.of_outputs && diagnosis.reproduced && diagnosis.count == 6);
    let place = diagnosis.findings.iter().position(|finding| finding.recipe.as_ref() == Some(&truth));
    assert!(place.is_some_and(|place| place < diagnosis.tied), "{diagnosis:#?}");
    harness.get_by_label("Apply way 1").click_accesskit();
    harness.run();
    let drafted = importing(&harness).drafted.clone().unwrap();
    assert_eq!(drafted.recipe, diagnosis.findings[0].recipe);
    assert_eq!(importing(&harness).said.doctor_record(), Some(&diagnosis.findings[0].record));
    let preview = scores(&importing(&harness).preview);
    let expected = scores_of(&model, &desk.picture);
    assert!(preview.iter().zip(&expected).all(|(a, b)| (a - b).abs() < 2e-4), "{preview:?} {expected:?}");

    // Saved, its manifest says how the steps were found, as the command's does; steps chosen since are nobody's finding.
    let out = drafted.out.clone();
    let metadata = || -> Value { serde_json::from_slice(&std::fs::read(out.join("metadata.json")).unwrap()).unwrap() };
    wish(&mut harness, ImportWish::Save);
    let record = metadata()["doctor"].clone();
    assert_eq!((&record["place"], &record["pictures"]), (&1.into(), &6.into()), "{record}");
    assert_eq!((&record["reference"], &record["reproduced"]), (&"outputs".into(), &true.into()));
    assert!(record["cannot_be_told_from"].is_array() && record["overread"].is_string(), "{record}");
    wish(&mut harness, ImportWish::Open(out.clone()));
    change(&mut harness, |said| said.recipe = Some(Preset::by_name("keras-caffe").unwrap().recipe()));
    wish(&mut harness, ImportWish::Save);
    assert!(metadata().get("doctor").is_none());
}

#[test]
fn the_doctors_buttons_stay_in_their_place_while_it_runs() {
    let desk = desk();
    let mut state = AppState::new(Jobs::inline());
    state.keep_models_below(desk.folder.path().join("models"));
    state.apply(Command::Open(vec![desk.picture.clone()]));
    state.apply(Command::Import(ImportWish::Open(desk.onnx.clone())));
    state.settle();
    // Without settling: what was asked for waits, as it does while a worker is at it.
    let mut harness = Harness::builder()
        .with_size(SIZE)
        .with_context_setup(|ctx| {
            overread::ui::install_fonts(ctx);
            overread::ui::install_theme(ctx);
        })
        .build_ui_state(|ui, shell: &mut Shell| shell.ui(ui), Shell::new(state, Language::English));
    harness.run();
    let before = harness.get_by_label("Labelled folder…").rect();
    harness.state_mut().state.apply(Command::Import(ImportWish::Examine(desk.folder.path().to_owned())));
    harness.run_steps(2);
    assert!(matches!(importing(&harness).doctor, DoctorState::Running { .. }));
    let stop = harness.get_by_label("Stop").rect();
    assert_eq!((stop.left(), stop.top(), stop.height()), (before.left(), before.top(), before.height()));
    harness.get_by_label("Stop").click_accesskit();
    harness.run_steps(2);
    assert_eq!(harness.get_by_label("Labelled folder…").rect(), before);
}

#[test]
fn how_a_number_came_about_holds_every_number_on_the_way() {
    let desk = desk();
    let mut harness = dropped(&desk);
    harness.get_by_label("Cancel").click();
    harness.run();
    press(&mut harness, Key::F9);
    let texts = said(&harness);
    let state = &harness.state().state;
    let PredictionState::Done(prediction) = &state.current().unwrap().prediction else { panic!("no prediction") };
    let facts = state.model().facts().unwrap();
    let inference = &prediction.inference;
    let numbers = inference.scores.iter().chain(inference.logits.iter().flatten()).map(|n| format!("{n:.6}"));
    let source = prediction.source.sha256.clone().unwrap();
    for text in numbers.chain([facts.sha256.clone(), source.clone(), "case.png".into()]) {
        assert!(texts.contains(&text), "{text} is missing: {texts:#?}");
    }
    let json = overread::app::account(facts, state.model().engine().map(|engine| &**engine), prediction, None);
    assert_eq!((json["file_sha256"].as_str(), json["slices"].as_array().unwrap().len()), (Some(&*source), 1));
    let steps: Vec<&str> = json["preprocess"].as_array().unwrap().iter().filter_map(|s| s["step"].as_str()).collect();
    assert_eq!(steps, ["to_8bit", "to_rgb", "resize", "rescale"]);
    // Logits to scores by hand: what the sheet says must be what happened.
    let logits: Vec<f64> = json["logits"].as_array().unwrap().iter().filter_map(Value::as_f64).collect();
    let sum: f64 = logits.iter().map(|z| z.exp()).sum();
    for (z, score) in logits.iter().zip(&inference.scores) {
        assert!((z.exp() / sum - f64::from(*score)).abs() < 1e-6);
    }
    press(&mut harness, Key::Escape);
    assert!(!said(&harness).contains(&source));
}

#[test]
fn another_tools_folder_is_in_use_with_what_was_found_in_it() {
    let desk = desk();
    let folder = desk.folder.path().join("vit");
    std::fs::create_dir_all(folder.join("onnx")).unwrap();
    std::fs::copy(&desk.onnx, folder.join("onnx/model.onnx")).unwrap();
    std::fs::write(folder.join("config.json"), r#"{"id2label": {"0": "a", "1": "b", "2": "c"}}"#).unwrap();
    let processor = r#"{"do_resize": true, "size": {"height": 8, "width": 8}, "resample": 3, "do_normalize": true,
        "image_mean": [0.5, 0.5, 0.5], "image_std": [0.5, 0.5, 0.5]}"#;
    std::fs::write(folder.join("preprocessor_config.json"), processor).unwrap();
    let mut harness = dropped(&Desk { onnx: folder.clone(), ..desk });
    let facts = harness.state().state.model().facts().unwrap().clone();
    assert_eq!((facts.path.as_path(), facts.class_names.len()), (folder.as_path(), 3));
    assert_eq!(facts.class_names, ["a", "b", "c"]);
    let drafted = importing(&harness).drafted.clone().unwrap();
    assert!(drafted.facts.steps.iter().all(|step| step.origin == Origin::Imported), "{:#?}", drafted.facts.steps);
    assert!(drafted.files.contains(&("preprocessor_config.json", true)));
    let texts = said(&harness);
    assert!(
        texts.contains("Nothing is assumed") && texts.contains("preprocessor_config.json (Hugging Face)"),
        "{texts:#?}"
    );
    press(&mut harness, Key::F7);
    press(&mut harness, Key::F8);
    assert!(said(&harness).contains("What the graph says"), "the page is left and found again");
}

#[test]
fn letters_do_nothing_to_the_scan_behind_the_page() {
    let desk = desk();
    let mut harness = dropped(&desk);
    let inverted = |harness: &Harness<'_, Shell>| harness.state().state.current().unwrap().invert;
    for key in [Key::I, Key::H, Key::Num1, Key::L] {
        press(&mut harness, key);
    }
    assert!(!inverted(&harness) && !harness.state().state.heatmaps().is_on());
    assert!(said(&harness).contains("Set up grades.onnx"), "the language stays");
    press(&mut harness, Key::F8);
    press(&mut harness, Key::I);
    assert!(inverted(&harness), "the same key, the scan in view");
}

#[test]
fn the_strip_of_steps_folds_and_still_names_them() {
    let desk = desk();
    let mut harness = dropped(&desk);
    assert!(said(&harness).contains("3  resize"));
    harness.get_by_role_and_label(Role::Button, "Processing result").click();
    harness.run();
    assert!(!said(&harness).contains("3  resize"));
    harness.get_by_role_and_label(Role::Button, "Processing result").click();
    harness.run();
    assert!(said(&harness).contains("3  resize"));
}

#[test]
fn without_a_scan_the_page_invites_one_and_follows_it() {
    let desk = desk();
    let mut state = AppState::new(Jobs::inline());
    state.apply(Command::OpenModel(desk.onnx.clone()));
    let mut harness = window(state, SIZE);
    assert!(said(&harness).contains("Open a scan to see what the model would be fed and what it would say."));
    assert!(matches!(importing(&harness).preview, PredictionState::None));
    harness.state_mut().state.apply(Command::Open(vec![desk.picture.clone()]));
    harness.run();
    assert_eq!(scores(&importing(&harness).preview).len(), 3);
    // Without a place for models they lie beside the export.
    assert_eq!(importing(&harness).drafted.as_ref().unwrap().out, desk.folder.path().join("grades"));
}

#[test]
fn the_page_and_the_sheet_speak_korean() {
    let desk = desk();
    let mut harness = dropped_in(Language::Korean, &desk);
    let known = [
        "grades",
        "case.png",
        "Overread",
        "ONNX",
        "CPU",
        "English",
        "opset",
        "float32",
        "NHWC",
        "softmax",
        "metadata",
        "config",
        "plain",
        "Pillow",
        "bilinear",
        "pillow",
        "header",
        "factor",
        "to_",
        "resize",
        "rescale",
        "opening",
        "equalize",
        "clahe",
        "smooth",
        "_merge",
        "BGR",
        "models",
        "logits",
        "CR, CT",
        "CHEST",
        "Identity",
        "ms",
        "sha256",
        "testing",
        "torchvision",
        "image",
        "test",
        "overread",
        "TensorFlow",
        "CLAHE",
        "scores",
    ];
    let odd = |harness: &Harness<'_, Shell>| -> Vec<String> {
        let latin =
            |text: &String| text.chars().any(|c| c.is_ascii_alphabetic()) && !known.iter().any(|k| text.contains(k));
        said(harness).into_iter().filter(latin).collect()
    };
    assert_eq!(odd(&harness), Vec::<String>::new());
    press(&mut harness, Key::F9);
    // Wrapped into several pieces.
    let hash = |text: &String| text.chars().all(|c| c.is_ascii_hexdigit());
    assert_eq!(odd(&harness).into_iter().filter(|text| !hash(text)).collect::<Vec<_>>(), Vec::<String>::new());
}
