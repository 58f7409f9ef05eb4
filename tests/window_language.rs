//! The window in Korean and English: every word of it, switched while it is open, without a display or a GPU.
#![cfg(feature = "gui")]

#[path = "common/window.rs"]
#[allow(dead_code)]
mod common_window;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use common_window::{SIZE, press, said, window_in};
use eframe::egui::{Key, Role};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;
use overread::app::{AppState, Command, CurrentError, Jobs, Pane};
use overread::ui::{Language, Shell};

fn root(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// The demo's model over one of its scans.
fn demo(language: Language) -> Harness<'static, Shell> {
    let mut state = AppState::new(Jobs::inline());
    state.apply(Command::Open(vec![root("assets/demo/grade-1/case-10.png")]));
    state.apply(Command::LoadModel(root("models/phantom-brain-3grade")));
    window_in(language, state, SIZE)
}

/// What the model and the file say of themselves, in whatever language they were written.
fn own_words(harness: &Harness<'_, Shell>) -> Vec<String> {
    let state = &harness.state().state;
    let facts = state.model().facts().expect("the model is there");
    let mut own = vec![format!("{} {}", facts.name, facts.version.clone().unwrap_or_default())];
    own.push(format!("{}…", &facts.sha256[..12]));
    own.extend([&facts.description, &facts.intended_use].into_iter().flatten().cloned());
    own
}

/// Names that are the same in every language: products, formats, methods, units, file and class names, the manifest's
/// own step names, keys, and the language that the button changes to.
const NAMES: &[&str] = &[
    "Overread",
    "DICOM",
    "NIfTI",
    "PNG",
    "JPEG",
    "TIFF",
    "BMP",
    "npy",
    "ONNX",
    "Runtime",
    "onnx",
    "model",
    "metadata",
    "json",
    "CPU",
    "CUDA",
    "tract",
    "sha256",
    "NHWC",
    "NCHW",
    "softmax",
    "sigmoid",
    "logits",
    "Grad",
    "CAM",
    "HiResCAM",
    "XGrad",
    "LayerCAM",
    "EigenCAM",
    "Relu",
    "ms",
    "mm",
    "grade",
    "case",
    "png",
    "Ctrl",
    "Shift",
    "Esc",
    "Del",
    "Enter",
    "Home",
    "End",
    "Minus",
    "Plus",
    "English",
    "Viridis",
    "to_8bit",
    "to_gray",
    "to_rgb",
    "resize",
    "rescale",
    "normalize",
    "Pillow",
    "bilinear",
    "R",
    "L",
];

/// The English words of a text that are no names.
fn english(text: &str) -> Vec<&str> {
    let words = text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'));
    let worded = |word: &&str| word.chars().filter(char::is_ascii_alphabetic).count() > 1;
    words.filter(worded).filter(|word| !NAMES.contains(word)).collect()
}

fn english_left(harness: &Harness<'_, Shell>) -> Vec<String> {
    let own = own_words(harness);
    let layer = |text: &str| {
        // A layer's own name is a tensor's.
        let heatmap =
            harness.state().state.heatmaps().layers(Pane::First).iter().find(|layer| text.contains(&layer.name));
        heatmap.map_or_else(|| text.to_owned(), |layer| text.replace(&layer.name, ""))
    };
    let of_others = |text: &String| own.contains(text) || key(text);
    said(harness).into_iter().filter(|text| !of_others(text) && !english(&layer(text)).is_empty()).collect()
}

/// A key of the help sheet: `Ctrl+O`, `F1`.
fn key(text: &str) -> bool {
    text.split('+').all(|part| part.chars().count() == 1 || ["Ctrl", "Shift", "F1", "PgDn", "PgUp"].contains(&part))
}

#[test]
fn a_scan_with_a_model_is_read_in_korean() {
    let mut harness = demo(Language::Korean);
    harness.get_by_label("연구용입니다. 의료기기가 아니며, 진단·치료 결정에 사용할 수 없습니다.");
    for label in
        ["워크리스트", "예측", "확률", "모델이 본 영상", "파일 열기…", "창 설정", "화면 맞춤", "읽은 그대로의 영상"]
    {
        assert!(harness.query_all_by_label(label).count() >= 1, "{label}");
    }
    harness.get_by_label("case-10.png 영상");
    harness.get_by_role_and_label(Role::CheckBox, "히트맵").click();
    harness.run();
    harness.get_by_label_contains("히트맵 (Grad-CAM, 레이어 ");
    harness.get_by_role_and_label(Role::Slider, "불투명도");
    assert!(english_left(&harness).is_empty(), "{:#?}", english_left(&harness));
    press(&mut harness, Key::C);
    harness.get_by_label_contains("오른쪽: 히트맵 (");
    assert!(english_left(&harness).is_empty(), "{:#?}", english_left(&harness));
}

#[test]
fn the_language_changes_while_the_window_is_open() {
    let mut harness = demo(Language::English);
    press(&mut harness, Key::H);
    let before = said(&harness);
    harness.get_by_label("한국어").click();
    harness.run();
    press(&mut harness, Key::F1);
    harness.get_by_label("두 번 클릭");
    assert!(english_left(&harness).is_empty(), "{:#?}", english_left(&harness));
    press(&mut harness, Key::Escape);
    press(&mut harness, Key::L);
    assert_eq!(said(&harness), before, "back again, nothing is left behind");
    let hangul = |text: &String| text.chars().any(|c| ('가'..='힣').contains(&c)) && text != "한국어";
    assert_eq!(before.into_iter().filter(hangul).collect::<BTreeSet<_>>(), BTreeSet::new());
}

#[test]
fn an_empty_window_invites_in_korean() {
    let harness = window_in(Language::Korean, AppState::new(Jobs::inline()), SIZE);
    harness.get_by_label("영상이나 폴더를 여기에 끌어다 놓으십시오");
    let left: Vec<_> = said(&harness).into_iter().filter(|text| !english(text).is_empty()).collect();
    assert!(left.is_empty(), "{left:#?}");
}

#[test]
fn a_broken_file_says_in_korean_what_to_do_and_keeps_the_facts_in_a_fold() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.png");
    image::GrayImage::from_pixel(64, 64, image::Luma([100])).save(&path).unwrap();
    fs::write(&path, &fs::read(&path).unwrap()[..60]).unwrap();
    let mut state = AppState::new(Jobs::inline());
    state.apply(Command::Open(vec![path]));
    let mut harness = window_in(Language::Korean, state, SIZE);
    harness.get_by_label("이 파일은 열리지 않습니다");
    harness.get_by_label("파일이 손상되었습니다. 원본에서 다시 복사하십시오.");
    let Some(CurrentError::File(problem) | CurrentError::Frame { problem, .. }) =
        harness.state().state.current().unwrap().error.clone()
    else {
        panic!("a cut file must not open");
    };
    assert!(harness.query_by_label(&problem.sentence).is_none());
    harness.get_by_label("자세히 보기").click();
    harness.run();
    harness.get_by_label(&problem.sentence);
}

#[test]
fn nothing_to_open_is_a_korean_message() {
    let folder = tempfile::tempdir().unwrap();
    let mut state = AppState::new(Jobs::inline());
    state.apply(Command::Open(vec![folder.path().to_path_buf()]));
    let harness = window_in(Language::Korean, state, SIZE);
    harness.get_by_label("이 프로그램이 아는 영상이 없습니다. 다른 파일이나 폴더를 선택하십시오.");
    harness.get_by_label("자세히 보기");
}
