//! Reference cases in the whole window, by what it shows and says, without a display or a GPU.
#![cfg(feature = "gui")]

mod common;
#[path = "common/window.rs"]
#[allow(dead_code)]
mod common_window;

use std::fs;
use std::path::{Path, PathBuf};

use eframe::egui::{Role, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;
use overread::app::{AppState, Command, Jobs, Layout, PredictionState, ThumbnailState};
use overread::engine::{EngineChoice, Model, SessionOptions};
use overread::report::write_reference;
use overread::review::Control;
use overread::review::record::{ClassMapping, LabelSource, Labels, Pseudonyms, Recorder, Roots};
use overread::review::reference::{BuildOptions, build, find_taps};
use overread::ui::{Language, Shell};

/// The demo's model, with a reference of the demo's pictures.
fn model_with_reference(folder: &Path, names: bool) -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let to = folder.join("model");
    fs::create_dir(&to).unwrap();
    for file in ["model.onnx", "metadata.json"] {
        fs::copy(root.join("models/phantom-brain-3grade").join(file), to.join(file)).unwrap();
    }
    let model = Model::load(&to).unwrap();
    let demo = root.join("assets/demo");
    let files = overread::scan::discover(std::slice::from_ref(&demo)).files;
    let roots = Roots::new(&[demo]);
    let mapping = ClassMapping::new(model.class_names());
    let labels = Labels::new(&LabelSource::Folders, &files, &roots, &Pseudonyms::Plain, &mapping);
    let recorder = Recorder { roots, labels, pseudonyms: Pseudonyms::Plain };
    let mut tap = find_taps(&model, EngineChoice::Embedded, &SessionOptions::default()).unwrap();
    let options = BuildOptions { most: 100, names, of: files.len(), slices: None };
    let items: Vec<Vec<PathBuf>> = files.into_iter().map(|file| vec![file]).collect();
    let new = build(&items, &model, &mut tap, &recorder, &options, &mut |_| Control::Continue).unwrap();
    write_reference(&to.join("reference"), &new).unwrap();
    to
}

/// Noise of the demo's size.
fn noise(folder: &Path) -> PathBuf {
    let path = folder.join("noise.png");
    let mut state = 7u32;
    let pixels = image::GrayImage::from_fn(176, 208, |_, _| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        image::Luma([(state >> 24) as u8])
    });
    pixels.save(&path).unwrap();
    path
}

fn window_in(language: Language, picture: PathBuf, model: PathBuf) -> Harness<'static, Shell> {
    let mut state = AppState::new(Jobs::inline());
    state.apply(Command::Open(vec![picture]));
    state.apply(Command::LoadModel(model));
    common_window::window_in(language, state, vec2(1280.0, 1600.0))
}

#[test]
fn a_strange_picture_is_called_unlike_and_a_reference_case_opens_beside_it() {
    let folder = tempfile::tempdir().unwrap();
    let (model, picture) = (model_with_reference(folder.path(), true), noise(folder.path()));
    let mut harness = window_in(Language::English, picture, model);
    harness.get_by_label_contains("Unlike the reference cases: farther out than all ");
    harness.get_by_label("Most similar reference cases");
    let state = &harness.state().state;
    let PredictionState::Done(prediction) = &state.current().unwrap().prediction else { panic!("no prediction") };
    let known = prediction.known.clone().unwrap();
    assert!(known.known.is_unlike() && !known.known.is_reference && known.known.nearest.len() == 5);
    let file = known.files[0].clone().unwrap()[0].clone();
    let first = |files: &std::sync::Arc<[PathBuf]>| files[0].clone();
    let mut files = known.files.iter().flatten().map(first);
    assert!(files.all(|file| matches!(state.near_picture(&file), ThumbnailState::Ready(_))));

    let near = &known.known.nearest[0];
    let spoken = format!("Reference case {}, similarity {:.3}", near.label.as_deref().unwrap(), near.similarity);
    harness.get_all_by_role(Role::Button).find(|node| named(node, &spoken)).unwrap().click();
    harness.run();
    let state = &harness.state().state;
    assert_eq!((state.views().layout(), state.views().active()), (Layout::TwoColumns, 0));
    let beside = state.views().get(1).unwrap();
    assert!(beside.shown.is_some(), "{:?}", beside.error);
    let name = file.file_name().unwrap().to_string_lossy().into_owned();
    assert_eq!(beside.outside_name().as_deref(), Some(name.as_str()));
    harness.get_by_label_contains(&name);

    // It is looked at like any other, and nothing can be decided about it.
    harness.state_mut().state.apply(Command::Activate(1));
    harness.run();
    harness.get_by_label("This very file is one of the reference cases");
    assert!(harness.query_by_label_contains("Unlike the reference cases").is_none());
    let before = harness.state().state.review().cases().len();
    harness.state_mut().state.apply(Command::ToggleFlag);
    harness.run();
    assert_eq!(harness.state().state.review().cases().len(), before);
    assert_eq!(harness.state().state.items().len(), 1, "the list stays as it was");
}

fn named(node: &egui_kittest::Node<'_>, label: &str) -> bool {
    use egui_kittest::kittest::NodeT as _;
    node.accesskit_node().label().is_some_and(|own| own == label)
}

#[test]
fn without_names_there_are_labels_and_no_pictures() {
    let folder = tempfile::tempdir().unwrap();
    let model = model_with_reference(folder.path(), false);
    let picture = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/demo/grade-1/case-10.png");
    let harness = window_in(Language::Korean, picture, model);
    harness.get_by_label("이 파일 자체가 참조 증례입니다");
    harness.get_by_label("가장 비슷한 참조 증례");
    harness.get_by_label_contains("보다 더 벗어나 있습니다");
    let said = common_window::said(&harness);
    let rows: Vec<&String> = said.iter().filter(|text| text.starts_with("참조 증례 grade-")).collect();
    assert!(!rows.is_empty() && rows.iter().all(|row| row.contains("유사도")), "{said:?}");
    assert!(harness.get_all_by_role(Role::Button).all(|node| rows.iter().all(|row| !named(&node, row))));
}

#[test]
fn reference_cases_of_the_open_list_have_their_picture_and_open() {
    let folder = tempfile::tempdir().unwrap();
    let model = model_with_reference(folder.path(), false);
    let demo = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/demo");
    let harness = window_in(Language::English, demo, model);
    let state = &harness.state().state;
    let PredictionState::Done(prediction) = &state.current().unwrap().prediction else { panic!("no prediction") };
    let known = prediction.known.as_ref().unwrap();
    assert!(known.files.iter().all(Option::is_none) && known.sha256.iter().all(Option::is_some));
    for files in state.near_files(known) {
        let files = files.expect("it is a case of the list");
        assert!(matches!(state.near_picture(&files[0]), ThumbnailState::Ready(_)));
    }
    let near = &known.known.nearest[0];
    let spoken = format!("Reference case {}, similarity {:.3}", near.label.as_deref().unwrap(), near.similarity);
    assert!(harness.get_all_by_role(Role::Button).any(|node| named(&node, &spoken)));
}

#[test]
fn a_chest_picture_on_a_model_of_pet_is_doubted_before_its_class_is_said() {
    let Some(shared) = common::shared() else { return };
    let chest = shared.join("data/dicom/none/fo-dicom__CR-MONO1-10-chest.dcm");
    let model = Path::new(env!("CARGO_MANIFEST_DIR")).join("models/brain-fdg-pet");
    let harness = window_in(Language::English, chest.clone(), model.clone());
    harness.get_by_label("The model is made for the modality PT; the file says CR.");
    harness.get_by_label("The model is made for the body part BRAIN or HEAD; the file says CHEST.");
    let doubt = harness.get_by_label_contains("Unlike the reference cases").rect();
    let score = harness.get_by_label("How this number came about").rect();
    assert!(doubt.bottom() < score.top(), "the doubt stands above the card with the class");

    let harness = window_in(Language::Korean, chest, model);
    harness.get_by_label_contains("참조 증례와 다릅니다");
}

#[test]
fn a_reference_of_another_model_is_said_and_not_used() {
    let folder = tempfile::tempdir().unwrap();
    let model = model_with_reference(folder.path(), true);
    let path = model.join("reference/reference.json");
    let text = fs::read_to_string(&path).unwrap();
    let own = Model::load(&model).unwrap().sha256;
    fs::write(&path, text.replace(&own, &"0".repeat(64))).unwrap();
    let harness = window_in(Language::English, noise(folder.path()), model);
    assert!(harness.query_by_label_contains("reference cases").is_none());
    let state = &harness.state().state;
    assert!(state.model().facts().unwrap().remarks.iter().any(|remark| remark.contains("another model")));
}
