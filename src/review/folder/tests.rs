//! A run folder through crashes, second runs and other models.

use std::io::Write as _;

use serde_json::json;

use super::*;
use crate::review::record::{Outcome, Scores, Truth, TruthFrom};

fn facts(sha256: &str) -> RunFacts {
    RunFacts {
        program: "overread test".to_owned(),
        started: now_utc(),
        model: ModelFacts {
            name: "m".to_owned(),
            version: None,
            path: "m.onnx".into(),
            sha256: sha256.to_owned(),
            manifest_sha256: None,
            classes: vec!["CN".to_owned(), "AD".to_owned()],
            ordinal: false,
            steps: json!([{"step": "rescale", "factor": 0.1}]),
            scoring: json!({}),
        },
        engine: EngineFacts {
            engine: "embedded".to_owned(),
            version: None,
            provider: "cpu".to_owned(),
            system: "test".to_owned(),
        },
        roots: vec!["뇌".into()],
        options: RunOptions::default(),
        reference_sha256: None,
    }
}

fn record(path: &str, slice: Option<usize>) -> CaseRecord {
    let scores = Scores {
        slices: vec![slice.unwrap_or(0)],
        scores: vec![0.1, 0.9],
        logits: Some(vec![-1.5, 2.25]),
        predicted: 1,
        warnings: vec!["a \"warning\"\n".to_owned()],
        known: None,
    };
    CaseRecord {
        key: slice.map_or(path.to_owned(), |slice| format!("{path}#{slice}")),
        path: path.to_owned(),
        sha256: Some("ab".repeat(32)),
        patient: None,
        series: None,
        truth: Some(Truth { label: "ad".to_owned(), class: Some(1), from: TruthFrom::Table }),
        outcome: Outcome::Scored(scores),
    }
}

fn failed(path: &str) -> CaseRecord {
    CaseRecord { outcome: Outcome::Failed("it is cut".to_owned()), truth: None, ..record(path, None) }
}

#[test]
fn what_was_written_is_there_again() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("결과 1");
    let records = [record("뇌/1.png", None), failed("뇌/2.png"), record("v.nii", Some(3))];
    let pseudonyms = {
        let mut folder = RunFolder::create_or_resume(&path, facts("a")).unwrap();
        records.iter().for_each(|record| folder.append(record.clone()).unwrap());
        folder.pseudonyms().clone()
    };
    let folder = RunFolder::create_or_resume(&path, facts("a")).unwrap();
    assert_eq!(folder.records(), records);
    assert_eq!(folder.get("뇌/2.png").unwrap().error(), Some("it is cut"));
    assert_eq!(folder.pseudonyms(), &pseudonyms);
    assert!(folder.problems.is_empty());
}

#[test]
fn a_torn_last_line_is_dropped_and_the_file_goes_on() {
    let home = tempfile::tempdir().unwrap();
    let (a, b) = (record("1.png", None), record("2.png", None));
    {
        let mut folder = RunFolder::create_or_resume(home.path(), facts("a")).unwrap();
        folder.append(a.clone()).unwrap();
        folder.append(b.clone()).unwrap();
    }
    let cases = home.path().join(CASES);
    let whole = std::fs::read(&cases).unwrap();
    let first = whole.iter().position(|byte| *byte == b'\n').unwrap() + 1;
    for length in first..whole.len() {
        std::fs::write(&cases, &whole[..length]).unwrap();
        let mut folder = RunFolder::open(home.path()).unwrap();
        assert_eq!(folder.records(), std::slice::from_ref(&a), "cut at {length}");
        let items = ["1.png", "2.png"].map(|name| vec![PathBuf::from(name)]);
        let missing = folder.to_run(&items, &|path| path.to_string_lossy().into_owned(), Retry::Changed).items;
        assert_eq!(missing, [vec![PathBuf::from("2.png")]]);
        folder.append(b.clone()).unwrap();
        drop(folder);
        assert_eq!(std::fs::read(&cases).unwrap(), whole, "cut at {length}");
    }
}

#[test]
fn a_volume_that_was_cut_between_its_slices_runs_again() {
    let home = tempfile::tempdir().unwrap();
    let mut folder = RunFolder::create_or_resume(home.path(), facts("a")).unwrap();
    for slice in 0..2 {
        folder.append(record("a.nii", Some(slice))).unwrap();
    }
    let items = ["a.nii", "b.nii"].map(|name| vec![PathBuf::from(name)]);
    let missing = |folder: &RunFolder| {
        folder.to_run(&items, &|path| path.to_string_lossy().into_owned(), Retry::Changed).items.len()
    };
    assert_eq!(missing(&folder), 2);
    folder.append(record("a.nii", Some(1))).unwrap();
    assert_eq!(folder.records().len(), 2, "the same again is no new case");
    folder.append(record("b.nii", None)).unwrap();
    assert_eq!(missing(&folder), 0);
}

#[test]
fn a_damaged_line_costs_itself_only() {
    let home = tempfile::tempdir().unwrap();
    RunFolder::create_or_resume(home.path(), facts("a")).unwrap().append(record("1.png", None)).unwrap();
    let mut file = std::fs::OpenOptions::new().append(true).open(home.path().join(CASES)).unwrap();
    file.write_all(b"{\"key\": 3}\n\xff\xfe\n").unwrap();
    drop(file);
    let mut folder = RunFolder::open(home.path()).unwrap();
    assert_eq!((folder.records().len(), folder.problems.len()), (1, 2));
    assert!(folder.problems[0].contains("line 2"), "{:?}", folder.problems);
    folder.append(record("2.png", None)).unwrap();
    drop(folder);
    assert_eq!(RunFolder::open(home.path()).unwrap().records().len(), 2);
}

#[test]
fn another_model_needs_another_folder() {
    let home = tempfile::tempdir().unwrap();
    drop(RunFolder::create_or_resume(home.path(), facts("a")).unwrap());
    let refused = |facts: RunFacts| RunFolder::create_or_resume(home.path(), facts).unwrap_err().to_string();
    assert!(refused(facts("b")).contains("choose another folder"));
    let mut other = facts("a");
    other.model.steps = json!([]);
    assert!(refused(other).contains("preprocessing steps"));
    let mut other = facts("a");
    other.engine.provider = "cuda".to_owned();
    assert!(refused(other).contains("engine or provider"));
    assert!(matches!(RunFolder::open(&home.path().join("none")), Err(FolderError::NoRun { .. })));
}

#[test]
fn one_writer_at_a_time() {
    let home = tempfile::tempdir().unwrap();
    let first = RunFolder::create_or_resume(home.path(), facts("a")).unwrap();
    assert!(matches!(RunFolder::open(home.path()), Err(FolderError::InUse { .. })));
    drop(first);
    assert!(RunFolder::open(home.path()).is_ok());
}

#[test]
fn the_last_decision_counts_and_an_empty_one_takes_it_back() {
    let home = tempfile::tempdir().unwrap();
    let ruler = Mark { kind: "ruler".into(), slice: 2, points: vec![[0.1, 0.2], [1e9, -3.3]], text: "길이".into() };
    let last = {
        let mut folder = RunFolder::create_or_resume(home.path(), facts("a")).unwrap();
        let mut decide = |opinion, note: &str, marks: Vec<Mark>| {
            let note = note.to_owned();
            let decision = Decision { key: "뇌/1.png".to_owned(), opinion, note, marks, ..Default::default() };
            folder.decisions_mut().decide(decision).unwrap();
        };
        decide(Opinion::Agree, "", vec![]);
        decide(Opinion::None, "", vec![]);
        decide(Opinion::Disagree, "두 번째\n줄", vec![ruler.clone()]);
        folder.decisions().get("뇌/1.png").cloned().unwrap()
    };
    assert_eq!(std::fs::read_to_string(home.path().join(DECISIONS)).unwrap().lines().count(), 3);
    let mut folder = RunFolder::open(home.path()).unwrap();
    assert_eq!(folder.decisions().all().collect::<Vec<_>>(), [&last]);
    assert_eq!((last.marks[0].points[0], last.opinion), (ruler.points[0], Opinion::Disagree));
    folder.decisions_mut().decide(Decision { key: "뇌/1.png".to_owned(), ..Default::default() }).unwrap();
    assert!(folder.decisions().get("뇌/1.png").is_none());
}

#[test]
fn an_operating_point_is_there_again_and_no_other_models_is() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("run");
    let classes = facts("a").model.classes;
    {
        let mut folder = RunFolder::create_or_resume(&path, facts("a")).unwrap();
        assert_eq!(folder.choices().point(&classes), None);
        folder.choose_point(Some((0, 0.25))).unwrap();
        folder.choose_point(Some((1, 0.373))).unwrap();
    }
    {
        let mut folder = RunFolder::open(&path).unwrap();
        assert_eq!(folder.choices().point(&classes), Some((1, 0.373)));
        assert_eq!(folder.choices().point(&["CN".to_owned()]), None, "a class that is no more");
        folder.choose_point(None).unwrap();
        assert_eq!(RunFolder::facts_of(&path).unwrap(), *folder.facts());
    }
    let chosen = path.join("choices.json");
    assert!(!std::fs::read_to_string(&chosen).unwrap().contains("0.373"));
    for (text, words) in [
        (r#"{"model_sha256": "b", "operating_point": {"class": "AD", "score": 0.1}}"#, "another model"),
        (r#"{"model_sha256": "a", "operating_point": {"class": "AD", "sco"#, "damaged"),
    ] {
        std::fs::write(&chosen, text).unwrap();
        let folder = RunFolder::open(&path).unwrap();
        assert_eq!(folder.choices().point(&classes), None);
        assert!(folder.problems.iter().any(|problem| problem.contains(words)), "{:?}", folder.problems);
    }
    std::fs::write(&chosen, r#"{"model_sha256": "a", "operating_point": {"class": "AD", "score": 7.0}}"#).unwrap();
    assert_eq!(RunFolder::open(&path).unwrap().choices().point(&classes), None, "no score is 7");
}

#[test]
fn a_failed_file_is_tried_again_when_it_changed_or_when_asked() {
    let home = tempfile::tempdir().unwrap();
    let file = |name: &str| home.path().join(name);
    std::fs::write(file("same.png"), "cut").unwrap();
    std::fs::write(file("mended.png"), "cut").unwrap();
    let hash = crate::review::source::hash_file(&file("same.png")).ok();
    let failed = |name: &str, sha256: &Option<String>| CaseRecord { sha256: sha256.clone(), ..failed(name) };
    let mut folder = RunFolder::create_or_resume(&file("run"), facts("a")).unwrap();
    for name in ["same.png", "mended.png", "gone.png"] {
        folder.append(failed(name, &hash)).unwrap();
    }
    folder.append(failed("unhashed.png", &None)).unwrap();
    folder.append(record("right.png", None)).unwrap();
    std::fs::write(file("mended.png"), "whole").unwrap();
    std::fs::write(file("unhashed.png"), "whole").unwrap();
    let items = ["same.png", "mended.png", "unhashed.png", "right.png", "new.png"].map(|name| vec![file(name)]);
    let key = |path: &Path| path.file_name().unwrap().to_string_lossy().into_owned();
    let names = |found: &ToRun| found.items.iter().map(|files| key(&files[0])).collect::<Vec<_>>();
    let changed = folder.to_run(&items, &key, Retry::Changed);
    assert_eq!(
        (names(&changed), changed.again),
        (["mended.png", "unhashed.png", "new.png"].map(String::from).to_vec(), 2)
    );
    let all = folder.to_run(&items, &key, Retry::All);
    assert_eq!((names(&all).len(), all.again), (4, 3), "all but the one with a result");
    let files = |path: &str| items.iter().find(|files| key(&files[0]) == path).map(Vec::as_slice);
    let again = folder.changed_failures(files);
    assert_eq!(again, ["mended.png", "unhashed.png"].map(String::from).into());
}

#[test]
fn slices_take_the_place_of_the_failure_before_them_and_the_other_way_round() {
    let home = tempfile::tempdir().unwrap();
    let keys = |folder: &RunFolder| folder.records().iter().map(|record| record.key.clone()).collect::<Vec<_>>();
    let expected = ["1.png", "v.nii#0", "v.nii#1", "w.nii"];
    {
        let mut folder = RunFolder::create_or_resume(home.path(), facts("a")).unwrap();
        let lines = [failed("v.nii"), record("w.nii", Some(0)), record("w.nii", Some(1)), record("1.png", None)];
        lines.into_iter().for_each(|line| folder.append(line).unwrap());
        let later = [record("v.nii", Some(0)), record("v.nii", Some(1)), failed("w.nii")];
        later.into_iter().for_each(|line| folder.append(line).unwrap());
        assert_eq!(keys(&folder), expected);
        assert_eq!(folder.get("v.nii#1"), Some(&record("v.nii", Some(1))));
        assert_eq!((folder.get("v.nii"), folder.get("w.nii#1")), (None, None));
    }
    assert_eq!(keys(&RunFolder::open(home.path()).unwrap()), expected);
}

#[test]
fn second_models_have_folders_of_their_own_and_the_last_one_is_found_again() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("run");
    let compared = |folder: &RunFolder| folder.open_comparison().unwrap().map(|run| run.facts().model.sha256.clone());
    {
        let mut folder = RunFolder::create_or_resume(&path, facts("a")).unwrap();
        assert_eq!(compared(&folder), None);
        for (sha256, name) in [("b", "compare"), ("c", "compare-2"), ("b", "compare")] {
            let mut run = folder.compare_with(facts(sha256)).unwrap();
            assert_eq!(run.path(), path.join(name));
            assert_eq!(run.pseudonyms(), folder.pseudonyms());
            run.append(record(&format!("{sha256}.png"), None)).unwrap();
        }
        folder.choose_point(Some((1, 0.5))).unwrap();
    }
    let mut folder = RunFolder::open(&path).unwrap();
    assert_eq!(folder.open_comparison().unwrap().unwrap().records(), [record("b.png", None)]);
    assert_eq!(folder.choices().point(&facts("a").model.classes), Some((1, 0.5)), "one choice keeps the other");
    folder.stop_comparing().unwrap();
    assert_eq!(compared(&folder), None);
    drop(folder);
    // As the command line leaves it, and as nobody should.
    std::fs::remove_file(path.join("choices.json")).unwrap();
    assert_eq!(compared(&RunFolder::open(&path).unwrap()), Some("b".to_owned()));
    std::fs::write(path.join("choices.json"), r#"{"model_sha256": "a", "compared": "../run/compare"}"#).unwrap();
    assert_eq!(compared(&RunFolder::open(&path).unwrap()), None);
}
