//! The review page by what it shows and says: a folder dropped, its numbers read, a cell clicked, cases stepped through
//! and marked, the window closed and opened again.
#![cfg(feature = "gui")]

mod common;
#[path = "common/window.rs"]
#[allow(dead_code)]
mod common_window;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use common_window::{Dropped, SIZE, press, said, window, window_in};
use eframe::egui::{Key, Role};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;
use overread::app::{AppState, Command, Jobs, LeakState, Pane, ThumbnailState};
use overread::review::folder::Opinion;
use overread::review::{Order, Show, SortKey};
use overread::ui::{Language, Shell};

fn demo_model() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("models/phantom-brain-3grade")
}

fn demo_scans() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/demo")
}

/// A state that keeps its reviews below `folder`.
fn kept(folder: &Path) -> AppState {
    let mut state = AppState::new(Jobs::inline());
    state.keep_reviews_below(folder.to_path_buf());
    state
}

/// The demo's scans, predicted, on the review page.
fn reviewed(folder: &Path) -> Harness<'static, Shell> {
    let mut state = kept(folder);
    state.apply(Command::Open(vec![demo_scans()]));
    state.apply(Command::LoadModel(demo_model()));
    let mut harness = window(state, SIZE);
    press(&mut harness, Key::F7);
    harness
}

/// The demo's model as another file: the same numbers under another sha256.
fn other_model(folder: &Path) -> PathBuf {
    let other = folder.join("other model");
    std::fs::create_dir_all(&other).unwrap();
    let mut onnx = std::fs::read(demo_model().join("model.onnx")).unwrap();
    onnx.extend([0x32, 1, b'x']); // doc_string (field 6 of onnx.proto's ModelProto): "x"
    std::fs::write(other.join("model.onnx"), onnx).unwrap();
    let manifest = std::fs::read_to_string(demo_model().join("metadata.json")).unwrap();
    let mut manifest: serde_json::Value = serde_json::from_str(&manifest).unwrap();
    manifest.as_object_mut().unwrap().remove("golden_cases");
    std::fs::write(other.join("metadata.json"), manifest.to_string()).unwrap();
    other
}

/// Labels and predictions of all cases, in the order of the list.
fn answers(harness: &Harness<'_, Shell>) -> Vec<(Option<usize>, Option<usize>)> {
    harness.state().state.review().cases().iter().map(|case| (case.row.truth, case.row.predicted())).collect()
}

#[test]
fn a_dropped_folder_is_counted_and_a_cell_lists_its_cases() {
    let folder = tempfile::tempdir().unwrap();
    let mut state = kept(folder.path());
    state.apply(Command::LoadModel(demo_model()));
    let mut harness = window(state, SIZE);
    harness.input_mut().dropped_files = vec![Arc::new(Dropped(demo_scans()))];
    harness.run();
    harness.get_by_label("Review").click();
    harness.run();

    let all = answers(&harness);
    let count = |cell: (usize, usize)| all.iter().filter(|case| **case == (Some(cell.0), Some(cell.1))).count();
    let wrong = all.iter().filter(|(truth, predicted)| truth != predicted).count();
    assert_eq!((all.len(), wrong), (21, 1), "as the demo's card says");
    let texts = said(&harness);
    assert!(texts.contains(&format!("Label grade-0, predicted grade-0: {} cases", count((0, 0)))), "{texts:?}");

    let (truth, predicted) = all.iter().copied().find(|(truth, predicted)| truth != predicted).unwrap();
    let cell = format!("Label grade-{}, predicted grade-{}: 1 case", truth.unwrap(), predicted.unwrap());
    harness.get_by_label(&cell).click();
    harness.run();
    let review = harness.state().state.review();
    assert_eq!(review.show(), Show::Cell { truth: truth.unwrap(), predicted: predicted.unwrap() });
    assert_eq!(review.shown().len(), 1);
    harness.get_by_label("1 of 21 cases");
    harness.get_by_label(&cell).click();
    harness.run();
    assert_eq!(harness.state().state.review().shown().len(), 21, "a second click opens the whole list again");
}

#[test]
fn marks_survive_closing_the_window() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = reviewed(folder.path());
    let before = answers(&harness);
    press(&mut harness, Key::PageDown); // the next wrong case
    let wrong = harness.state().state.review().selected_case().copied().unwrap();
    assert!(wrong.row.is_wrong());
    press(&mut harness, Key::Num2);
    press(&mut harness, Key::Num4);
    let key = harness.state().state.selected_record().unwrap().key.clone();
    harness.state_mut().state.apply(Command::Note { key, text: "흉터?".into() });
    press(&mut harness, Key::ArrowDown);
    press(&mut harness, Key::Num1);
    press(&mut harness, Key::ArrowUp);
    harness.state_mut().state.apply(Command::SetLabel(wrong.row.predicted()));
    harness.run();
    assert!(!harness.state().state.review().selected_case().unwrap().row.is_wrong(), "the reader's label counts");
    drop(harness);

    let mut harness = reviewed(folder.path());
    let state = &harness.state().state;
    let found = state.review().cases().iter().find(|case| case.item == wrong.item).unwrap();
    assert_eq!((found.row.opinion, found.row.flagged, found.row.noted), (Opinion::Disagree, true, true));
    assert_eq!(found.row.truth, wrong.row.predicted());
    assert_eq!(state.review().count(Show::Decided(Opinion::Agree)), 1);
    let after = answers(&harness);
    let same = before.iter().zip(&after).filter(|(before, after)| before == after).count();
    assert_eq!((before.len(), same), (21, 20), "all but the relabelled case");
    let place = harness.state().state.review().cases().iter().position(|case| case.item == wrong.item).unwrap();
    harness.state_mut().state.apply(Command::SelectCase(place));
    harness.run();
    assert_eq!(harness.state().state.selected_decision().unwrap().note, "흉터?");
}

#[test]
fn a_kept_review_reopens_by_its_folder() {
    let folder = tempfile::tempdir().unwrap();
    let harness = reviewed(folder.path());
    let kept_in = harness.state().state.review().folder().unwrap().to_path_buf();
    let records: Vec<_> =
        harness.state().state.items().all().iter().map(|item| item.records(Pane::First).to_vec()).collect();
    drop(harness);
    let mut state = AppState::new(Jobs::inline());
    state.apply(Command::Open(vec![kept_in.clone()]));
    let harness = window(state, SIZE);
    let state = &harness.state().state;
    assert_eq!(state.review().folder(), Some(kept_in.as_path()));
    assert_eq!(state.items().all().iter().map(|item| item.records(Pane::First).to_vec()).collect::<Vec<_>>(), records);
    assert!(!state.background().is_running());
}

#[test]
fn the_operating_point_moves_the_numbers() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = reviewed(folder.path());
    let accuracy = |harness: &Harness<'_, Shell>| {
        let numbers = harness.state().state.review().numbers().unwrap().clone();
        assert!(numbers.has_intervals);
        numbers.summary.matrix.correct()
    };
    assert_eq!(accuracy(&harness), 20);
    harness.state_mut().state.apply(Command::SetThreshold(Some((2, 0.0))));
    harness.run();
    let third = answers(&harness).iter().filter(|(truth, _)| *truth == Some(2)).count() as u64;
    assert_eq!(accuracy(&harness), third, "every case is called grade-2");
    harness.get_by_label("Reset").click();
    harness.run();
    assert_eq!(accuracy(&harness), 20);
}

#[test]
fn the_operating_point_is_kept_for_its_model_alone() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = reviewed(folder.path());
    for score in [0.9, 0.25] {
        harness.state_mut().state.apply(Command::SetThreshold(Some((2, score))));
        harness.run();
    }
    let moved = answers(&harness);
    drop(harness);

    let mut harness = reviewed(folder.path());
    assert_eq!(harness.state().state.review().threshold(), Some((2, 0.25)));
    assert_eq!(answers(&harness), moved);

    harness.state_mut().state.apply(Command::LoadModel(other_model(folder.path())));
    harness.run();
    assert_eq!(harness.state().state.review().threshold(), None, "another model's");
    harness.state_mut().state.apply(Command::LoadModel(demo_model()));
    harness.run();
    assert_eq!(harness.state().state.review().threshold(), Some((2, 0.25)));
    harness.get_by_label("Reset").click();
    harness.run();
    drop(harness);
    assert_eq!(reviewed(folder.path()).state().state.review().threshold(), None, "taken back");
}

#[test]
fn columns_order_and_words_filter() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = reviewed(folder.path());
    harness.get_by_label("Loss").click();
    harness.run();
    let review = harness.state().state.review();
    assert_eq!(review.order(), Order { key: SortKey::Loss, descending: true });
    let first = review.get(review.shown()[0]).unwrap();
    assert!(first.row.is_wrong(), "the worst case comes first");
    harness.state_mut().state.apply(Command::Search("grade-1/ case".into()));
    harness.run();
    let review = harness.state().state.review();
    assert!(!review.shown().is_empty() && review.shown().len() < 21);
    harness.get_by_label("Gallery").click();
    harness.run();
    let texts = said(&harness);
    assert!(texts.iter().any(|text| text.contains("True: grade-1  Pred: grade-1")), "{texts:?}");
}

/// More cases than fit on the screen, so that only the rows in view get pictures.
#[test]
fn rows_that_a_filter_brings_into_view_get_their_pictures() {
    let folder = tempfile::tempdir().unwrap();
    let last = 59;
    for n in 0..=last {
        image::GrayImage::from_pixel(9, 9, image::Luma([n as u8]))
            .save(folder.path().join(format!("{n:02}.png")))
            .unwrap();
    }
    let mut state = AppState::new(Jobs::inline());
    state.apply(Command::Open(vec![folder.path().to_owned()]));
    let mut harness = window(state, SIZE);
    let has_picture = |harness: &Harness<'_, Shell>, item: usize| {
        matches!(harness.state().state.items().get(item).unwrap().thumbnail, ThumbnailState::Ready(_))
    };
    assert!(has_picture(&harness, 0) && !has_picture(&harness, last));
    // The same rows of the screen, other cases in them: 05, 15, 25, 35…
    harness.state_mut().state.apply(Command::Search("5.png".into()));
    harness.run();
    assert!(has_picture(&harness, 35) && !has_picture(&harness, 36));
}

#[test]
fn a_table_of_labels_takes_the_folders_place() {
    let folder = tempfile::tempdir().unwrap();
    let table = folder.path().join("labels.csv");
    std::fs::write(&table, "file,label\ncase-10.png,grade-2\n").unwrap();
    let mut harness = reviewed(folder.path());
    harness.state_mut().state.apply(Command::UseLabels(Some(table)));
    harness.run();
    let labelled: Vec<_> = answers(&harness).iter().filter_map(|(truth, _)| *truth).collect();
    assert_eq!(labelled, [2]);
    harness.get_by_label("From labels.csv");
    harness.state_mut().state.apply(Command::UseLabels(Some(folder.path().join("none.csv"))));
    harness.run();
    assert_eq!(harness.state().state.toasts().len(), 1, "a table that is not there is said");
    harness.get_by_label("From labels.csv"); // the table in use stays in use
}

#[test]
fn two_models_are_compared_case_by_case() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = reviewed(folder.path());
    let state = &mut harness.state_mut().state;
    state.apply(Command::CompareWithModel(Some(demo_model())));
    state.apply(Command::CompareList(true));
    harness.run();
    let state = &harness.state().state;
    assert_eq!(state.review().count(Show::Flipped), 0, "the same model twice");
    let comparison = state.review().numbers().unwrap().comparison.clone().unwrap();
    assert_eq!((comparison.cases, comparison.agreement.both_right, comparison.agreement.both_wrong), (21, 20, 1));
    assert_eq!(comparison.mcnemar.p_exact, 1.0);
}

#[test]
fn the_second_models_answers_are_kept_like_the_firsts() {
    let folder = tempfile::tempdir().unwrap();
    // The same network that calls nearly everything grade-2.
    let other = other_model(folder.path());
    let sha256 = overread::engine::Model::load(&other).unwrap().sha256;
    let manifest = std::fs::read_to_string(other.join("metadata.json")).unwrap();
    let thresholds = format!("{{\"thresholds\": {{\"grade-2\": 0.0001, \"model_sha256\": \"{sha256}\"}},");
    std::fs::write(other.join("metadata.json"), manifest.replacen('{', &thresholds, 1)).unwrap();
    let told = |harness: &Harness<'_, Shell>| {
        let state = &harness.state().state;
        let comparison = state.review().numbers().unwrap().comparison.clone().unwrap();
        let others: Vec<_> = state.review().cases().iter().map(|case| case.row.other).collect();
        (state.review().count(Show::Flipped), comparison.mcnemar, comparison.flips.len(), others)
    };
    let mut harness = reviewed(folder.path());
    harness.state_mut().state.apply(Command::CompareWithModel(Some(other.clone())));
    harness.state_mut().state.apply(Command::CompareList(true));
    harness.run();
    let before = told(&harness);
    assert!(before.0 > 0 && before.0 == before.2, "{before:?}");
    let kept_in = harness.state().state.review().folder().unwrap().to_path_buf();
    drop(harness);
    let lines = std::fs::read(kept_in.join("compare/cases.jsonl")).unwrap();
    assert!(String::from_utf8_lossy(&lines).contains("sha256"));

    // Nothing can run again: the second model is gone.
    std::fs::remove_dir_all(&other).unwrap();
    let mut harness = reviewed(folder.path());
    assert_eq!(told(&harness), before);
    assert_eq!(harness.state().state.review().compared_name(), Some("phantom-brain-3grade"), "by its own name");
    assert!(harness.state().state.toasts().is_empty(), "{:?}", harness.state().state.toasts());
    assert_eq!(std::fs::read(kept_in.join("compare/cases.jsonl")).unwrap(), lines);
    // Once it is no longer wanted it does not come back by itself.
    harness.state_mut().state.apply(Command::CompareList(false));
    harness.run();
    drop(harness);
    let harness = reviewed(folder.path());
    assert!(!harness.state().state.review().is_compared());
}

#[test]
fn a_comparison_goes_on_where_it_was_and_other_classes_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let other = other_model(folder.path());
    let compare = |harness: &mut Harness<'_, Shell>, model: &Path| {
        harness.state_mut().state.apply(Command::CompareWithModel(Some(model.to_path_buf())));
        harness.state_mut().state.apply(Command::CompareList(true));
        harness.run();
    };
    let mut harness = reviewed(folder.path());
    compare(&mut harness, &other);
    let cases = harness.state().state.review().folder().unwrap().join("compare/cases.jsonl");
    drop(harness);
    let whole = std::fs::read_to_string(&cases).unwrap();
    let lines: Vec<&str> = whole.lines().collect();
    assert_eq!(lines.len(), 21);
    std::fs::write(&cases, lines[..9].join("\n") + "\n").unwrap();
    let mut harness = reviewed(folder.path());
    assert_eq!(std::fs::read_to_string(&cases).unwrap().lines().count(), 21, "what was missing ran");
    assert_eq!(harness.state().state.review().numbers().unwrap().comparison.as_ref().unwrap().cases, 21);
    compare(&mut harness, &Path::new(env!("CARGO_MANIFEST_DIR")).join("models/chest-xray-pneumonia-lite"));
    let state = &harness.state().state;
    assert!(!state.review().is_compared());
    assert_eq!(state.toasts().len(), 1, "its classes are others");
}

#[test]
fn the_page_speaks_korean() {
    let folder = tempfile::tempdir().unwrap();
    let mut state = kept(folder.path());
    state.apply(Command::Open(vec![demo_scans()]));
    state.apply(Command::LoadModel(demo_model()));
    let mut harness = window_in(Language::Korean, state, SIZE);
    press(&mut harness, Key::F7);
    let latin = |text: &String| {
        let known =
            ["grade-", "case-", "Overread", "ONNX", "CPU", "AUC", "ROC", "English", "F1", "ECE", "phantom", "assets"];
        text.chars().any(|c| c.is_ascii_alphabetic()) && !known.iter().any(|known| text.contains(known))
    };
    let odd: Vec<String> = said(&harness).into_iter().filter(latin).collect();
    assert!(odd.is_empty(), "{odd:?}");
}

#[test]
fn the_report_is_written_with_the_readers_labels() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("report 보고서");
    let mut harness = reviewed(folder.path());
    press(&mut harness, Key::PageDown);
    let wrong = harness.state().state.review().selected_case().copied().unwrap();
    harness.state_mut().state.apply(Command::SetLabel(wrong.row.predicted()));
    let language = overread::report::Language::Korean;
    harness.state_mut().state.apply(Command::Export { out: out.clone(), language });
    harness.run();
    assert_eq!(harness.state().state.toasts().len(), 1, "{:?}", harness.state().state.toasts());
    for file in ["report.html", "report.pdf", "predictions.csv", "metrics.json", "confusion.png"] {
        assert!(out.join(file).is_file(), "{file}");
    }
    let metrics = std::fs::read_to_string(out.join("metrics.json")).unwrap();
    let metrics: serde_json::Value = serde_json::from_str(&metrics).unwrap();
    let text = metrics.to_string();
    assert!(text.contains("\"accuracy\""), "{text}");
    let html = std::fs::read_to_string(out.join("report.html")).unwrap();
    assert!(html.contains("연구용") && html.contains("phantom-brain-3grade"));
    let table = std::fs::read_to_string(out.join("predictions.csv")).unwrap();
    let right = |line: &str| {
        let cells: Vec<&str> = line.split(',').collect();
        cells[2] == cells[3]
    };
    assert_eq!(table.lines().skip(1).filter(|line| right(line)).count(), 21, "the relabelled case counts as right");
}

#[test]
fn cases_that_were_trained_on_are_found_and_left_out() {
    let folder = tempfile::tempdir().unwrap();
    let training = folder.path().join("train/grade-1");
    std::fs::create_dir_all(&training).unwrap();
    let known: Vec<PathBuf> =
        std::fs::read_dir(demo_scans().join("grade-1")).unwrap().map(|entry| entry.unwrap().path()).take(3).collect();
    for path in &known {
        std::fs::copy(path, training.join(path.file_name().unwrap())).unwrap();
    }
    let mut harness = reviewed(folder.path());
    harness.state_mut().state.apply(Command::FindLeaks(folder.path().join("train")));
    harness.run();
    let state = &harness.state().state;
    let LeakState::Found(finding) = state.leaks() else { panic!("{:?}", state.leaks()) };
    let same: Vec<_> = finding.twins.values().filter(|(_, correlation)| *correlation > 0.9999).collect();
    assert_eq!(same.len(), 3, "the copies, whatever else looks alike");
    let (leaked, rest) = state.accuracy_without_leaks().unwrap();
    assert_eq!((leaked.of + rest.of, leaked.of as usize), (21, finding.twins.len()));
    assert_eq!(state.review().count(Show::Leaked), finding.twins.len());
    assert!(!finding.pairs.is_empty());
    harness.get_by_label("In the training data");
    harness.state_mut().state.apply(Command::Filter(Show::Leaked));
    harness.run();
    let state = &harness.state().state;
    assert!(state.review().shown().iter().all(|place| state.review().get(*place).unwrap().row.leaked));
}

#[test]
fn a_note_belongs_to_the_case_it_was_typed_for() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = reviewed(folder.path());
    let first = harness.state().state.selected_record().unwrap().key.clone();
    press(&mut harness, Key::Num5);
    harness.event(eframe::egui::Event::Text("scar".into()));
    harness.run();
    // Another case by a click, without Enter, while the field has the focus.
    harness.get_by_label_contains("case-04.png, ").click();
    harness.run();
    let state = &harness.state().state;
    assert_ne!(state.selected_record().unwrap().key, first);
    assert_eq!(state.review().decision(&first).unwrap().note, "scar");
    assert!(state.selected_decision().is_none());
    press(&mut harness, Key::Num5);
    press(&mut harness, Key::F7); // no letter: it works while a note is being written
    harness.get_by_label("Confusion matrix");
}

#[test]
fn the_reading_page_follows_the_readers_operating_point() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = reviewed(folder.path());
    press(&mut harness, Key::F7);
    harness.state_mut().state.apply(Command::SetThreshold(Some((2, 0.0))));
    harness.run();
    harness.get_by_label("Threshold 0.000");
    harness.get_by_label("Model disagrees with the reference label grade-0");
}

#[test]
fn failed_files_are_tried_again() {
    let folder = tempfile::tempdir().unwrap();
    let scans = folder.path().join("scans/grade-1");
    std::fs::create_dir_all(&scans).unwrap();
    let good = demo_scans().join("grade-1/case-08.png");
    std::fs::copy(&good, scans.join("1.png")).unwrap();
    for name in ["2.png", "3.png"] {
        std::fs::write(scans.join(name), b"\x89PNG\r\n\x1a\ncut").unwrap();
    }
    let opened = || {
        let mut state = kept(folder.path());
        state.apply(Command::Open(vec![folder.path().join("scans")]));
        state.apply(Command::LoadModel(demo_model()));
        let mut harness = window(state, SIZE);
        press(&mut harness, Key::F7);
        harness
    };
    let failed = |harness: &Harness<'_, Shell>| harness.state().state.review().count(Show::Failed);
    let mut harness = opened();
    assert_eq!(failed(&harness), 2);
    harness.get_by_label("2 cases failed.");
    std::fs::copy(&good, scans.join("2.png")).unwrap();
    harness.get_by_label("Try failed again").click();
    harness.run();
    assert_eq!(failed(&harness), 1);
    drop(harness);
    // The other one is mended while the window is closed.
    std::fs::copy(&good, scans.join("3.png")).unwrap();
    let harness = opened();
    assert_eq!(failed(&harness), 0);
    assert!(said(&harness).iter().any(|text| text.starts_with("1 file that failed before")), "{:?}", said(&harness));
}

#[test]
fn a_rows_tooltip_does_not_lie_over_a_dialog() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = reviewed(folder.path());
    let row = harness.get_by_label_contains("case-08.png: ").rect().center();
    let shown = |harness: &Harness<'_, Shell>| {
        let path = demo_scans().join("grade-1/case-08.png").display().to_string();
        said(harness).iter().any(|text| text.starts_with(&path))
    };
    harness.event(eframe::egui::Event::PointerMoved(row));
    harness.run_steps(8);
    assert!(shown(&harness), "{:?}", said(&harness));
    // By its key: the pointer rests where it is.
    harness.key_press(Key::F1);
    harness.run_steps(8);
    assert!(!shown(&harness));
    harness.get_by_label("Keys");
}

#[test]
fn an_empty_list_says_why_and_leads_back() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = reviewed(folder.path());
    harness.state_mut().state.apply(Command::Filter(Show::Flagged));
    harness.run();
    assert!(said(&harness).contains("No case is of this kind and holds the words that are searched for."));
    harness.get_by_label("Show all cases").click();
    harness.run();
    assert_eq!(harness.state().state.review().shown().len(), 21);
    harness.state_mut().state.apply(Command::Search("no such case".into()));
    harness.run();
    harness.get_by_label("Show all cases").click();
    harness.run();
    assert_eq!(harness.state().state.review().text(), "");
}

#[test]
fn the_readers_column_is_there_once_a_reader_answered() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = reviewed(folder.path());
    let has_reader =
        |harness: &Harness<'_, Shell>| harness.query_by_role_and_label(Role::ColumnHeader, "Reader").is_some();
    assert!(!has_reader(&harness) && said(&harness).contains("Margin"));
    press(&mut harness, Key::PageDown);
    press(&mut harness, Key::Num2);
    assert!(has_reader(&harness));
    press(&mut harness, Key::Num2);
    assert!(!has_reader(&harness), "taken back");
}

#[test]
fn doubt_follows_the_operating_point() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = reviewed(folder.path());
    let uncertain = |harness: &Harness<'_, Shell>| harness.state().state.review().count(Show::Uncertain);
    let before = uncertain(&harness);
    // Every score of grade-2 lies near one end of the scale or the other; a point at the end is close to those.
    harness.state_mut().state.apply(Command::SetThreshold(Some((2, 0.999))));
    harness.run();
    assert!(uncertain(&harness) > before, "{} {before}", uncertain(&harness));
    harness.state_mut().state.apply(Command::SetThreshold(None));
    harness.run();
    assert_eq!(uncertain(&harness), before);
}
