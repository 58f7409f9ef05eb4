//! `overread metrics` as people use it: published tables, files of many tools, hostile rows.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

/// Runs the command in a folder of its own; gives what it said, its exit code and the folder of its files.
struct Run {
    folder: tempfile::TempDir,
    said: String,
    error: String,
    code: Option<i32>,
}

fn folder(files: &[(&str, &[u8])]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes) in files {
        std::fs::write(folder.path().join(name), bytes).unwrap();
    }
    folder
}

fn run(files: &[(&str, &[u8])], args: &[&str]) -> Run {
    let folder = folder(files);
    let output = Command::new(env!("CARGO_BIN_EXE_overread"))
        .arg("metrics")
        .args(args)
        .args(["--out", "결과", "--resamples", "100"])
        .current_dir(folder.path())
        .output()
        .unwrap();
    Run {
        folder,
        said: String::from_utf8(output.stdout).unwrap(),
        error: String::from_utf8(output.stderr).unwrap(),
        code: output.status.code(),
    }
}

impl Run {
    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join("결과").join(name)
    }

    fn json(&self, name: &str) -> Value {
        let text = std::fs::read(self.path(name)).unwrap_or_else(|_| panic!("{name}: {} {}", self.said, self.error));
        serde_json::from_slice(&text).unwrap()
    }
}

const A: &[[u32; 3]; 3] = &[[66, 0, 7], [8, 0, 12], [1, 2, 56]];
const B: &[[u32; 3]; 3] = &[[73, 0, 0], [16, 0, 4], [0, 0, 59]];

/// One row a case, named in the order of the matrix.
fn cases(matrix: &[[u32; 3]; 3]) -> Vec<u8> {
    let mut text = "file,y_true,y_pred\n".to_owned();
    for (truth, row) in matrix.iter().enumerate() {
        let mut number = 0;
        for (predicted, count) in row.iter().enumerate() {
            for _ in 0..*count {
                number += 1;
                text += &format!("grade{truth}/{number}.png,{truth},{predicted}\n");
            }
        }
    }
    text.into_bytes()
}

fn rounded(report: &Value, score: &str) -> Vec<String> {
    let value = |scores: &Value| format!("{:.2}", scores[score].as_f64().unwrap());
    let classes = ["0", "1", "2"].map(|class| value(&report["classes"][class]));
    classes.into_iter().chain([value(&report["weighted avg"])]).collect()
}

fn check_published(report: &Value, expected: [[&str; 4]; 3]) {
    for (score, expected) in ["precision", "recall", "f1-score"].into_iter().zip(expected) {
        assert_eq!(rounded(report, score), expected, "{score}");
    }
    assert_eq!(report["weighted avg"]["support"], 152);
}

const PUBLISHED_A: [[&str; 4]; 3] =
    [["0.88", "0.00", "0.75", "0.71"], ["0.90", "0.00", "0.95", "0.80"], ["0.89", "0.00", "0.84", "0.75"]];
const PUBLISHED_B: [[&str; 4]; 3] =
    [["0.82", "0.00", "0.94", "0.76"], ["1.00", "0.00", "1.00", "0.87"], ["0.90", "0.00", "0.97", "0.81"]];

#[test]
fn the_published_tables_come_out_of_case_lists_and_of_matrices() {
    let matrix_a = b"66,0,7\n8,0,12\n1,2,56\n";
    for (file, expected) in [
        (cases(A), PUBLISHED_A),
        (cases(B), PUBLISHED_B),
        (matrix_a.to_vec(), PUBLISHED_A),
        (b"73 | 0 | 0\n16 | 0 | 4\n0 | 0 | 59\n".to_vec(), PUBLISHED_B),
    ] {
        let run = run(&[("p.csv", &file)], &["p.csv"]);
        assert_eq!(run.code, Some(0), "{}{}", run.said, run.error);
        check_published(&run.json("metrics.json")["classification_report"], expected);
    }
}

#[test]
fn the_published_tables_as_a_comparison() {
    let run = run(&[("a.csv", &cases(A)), ("b.csv", &cases(B))], &["a.csv", "--compare", "b.csv"]);
    assert_eq!(run.code, Some(0), "{}{}", run.said, run.error);
    for line in [
        "           0     0.88 -> 0.82     0.90 -> 1.00     0.89 -> 0.90        73",
        "           1     0.00 -> 0.00     0.00 -> 0.00     0.00 -> 0.00        20",
        "           2     0.75 -> 0.94     0.95 -> 1.00     0.84 -> 0.97        59",
        "weighted avg     0.71 -> 0.76     0.80 -> 0.87     0.75 -> 0.81       152",
    ] {
        assert!(run.said.contains(line), "{line}\n{}", run.said);
    }
    let json = run.json("comparison.json");
    let paired = &json["paired"];
    assert_eq!(paired["n"], 152);
    let counts = &paired["agreement"];
    assert_eq!((&counts["both_right"], &counts["only_a_right"]), (&122.into(), &0.into()));
    assert_eq!((&counts["only_b_right"], &counts["both_wrong"]), (&10.into(), &20.into()));
    // 2 / 2^10
    assert!((paired["mcnemar"]["p_exact_two_sided"].as_f64().unwrap() - 1.0 / 512.0).abs() < 1e-12);
    let page = std::fs::read_to_string(run.path("report.html")).unwrap();
    for words in ["Comparison of two models", "0.88 → 0.82", "p = 0.0020", "a.csv / b.csv"] {
        assert!(page.contains(words), "{words}");
    }
    let flips = std::fs::read_to_string(run.path("flips.csv")).unwrap();
    assert_eq!(flips.lines().count() as u64, paired["flips"].as_u64().unwrap() + 1);
    assert!(flips.contains("grade0/67.png,,0,2,0,fixed"), "{flips}");
}

#[test]
fn matrices_are_compared_side_by_side_and_no_test_is_made_up() {
    let files: [(&str, &[u8]); 2] = [("a.csv", b"66,0,7\n8,0,12\n1,2,56\n"), ("b.csv", b"73,0,0\n16,0,4\n0,0,59\n")];
    let run = run(&files, &["a.csv", "--compare", "b.csv"]);
    assert_eq!(run.code, Some(0), "{}{}", run.said, run.error);
    assert!(run.said.contains("weighted avg     0.71 -> 0.76     0.80 -> 0.87     0.75 -> 0.81       152"));
    assert!(run.said.contains("A confusion matrix names no cases"));
    assert!(run.json("comparison.json")["paired"].is_null() && !run.path("flips.csv").exists());
}

/// Korean names, scores, patients; the file in the code page of a Korean spreadsheet.
fn korean() -> Vec<u8> {
    let mut text = "파일;정답;환자;prob_정상;prob_폐렴\n".to_owned();
    for case in 0..40 {
        let truth = if case % 2 == 0 { "정상" } else { "폐렴" };
        let p = 0.05 + 0.02 * f64::from(case % 23) + if case % 2 == 1 { 0.3 } else { 0.0 };
        text += &format!("영상/{case}.png;{truth};환자{};{:.3};{p:.3}\n", case / 4 * 2 + case % 2, 1.0 - p);
    }
    encoding_rs::EUC_KR.encode(&text).0.into_owned()
}

#[test]
fn a_korean_table_with_patients_gives_every_file() {
    let run = run(&[("예측.csv", &korean())], &["예측.csv"]);
    assert_eq!(run.code, Some(0), "{}{}", run.said, run.error);
    assert!(
        run.said.contains("CP949 (EUC-KR), guessed, semicolon; id: 파일, truth: 정답, group: 환자"),
        "{}",
        run.said
    );
    let json = run.json("metrics.json");
    assert_eq!(json["classes"], serde_json::json!(["정상", "폐렴"]));
    assert_eq!((json["n"].as_u64(), json["groups"].as_u64()), (Some(40), Some(20)));
    assert_eq!(json["per_group"]["n"], 20);
    let auc = &json["by_class"][1]["auc"];
    assert!(auc["value"].as_f64().unwrap() > 0.5 && auc["interval"]["groups"] == 20, "{auc}");
    assert!(json["temperature"]["temperature"].as_f64().unwrap() > 0.0);
    let calibrated = json["calibrated_scores"].as_array().unwrap();
    assert_eq!((calibrated[0]["scores"].clone(), calibrated[1]["scores"].clone()), ("in_use".into(), "fitted".into()));
    assert_eq!(calibrated[0]["log_loss"], json["overall"]["log loss"]["value"]);
    assert!(run.said.contains("In use: the scores as the table has them"), "{}", run.said);
    for name in ["confusion", "roc", "pr", "calibration"] {
        let picture = image::open(run.path(&format!("{name}.png"))).unwrap();
        assert!(picture.width() >= 640);
        let svg = std::fs::read_to_string(run.path(&format!("{name}.svg"))).unwrap();
        assert!(svg.contains("Research use only") && svg.contains("폐렴") && !svg.contains("\"overread\""));
    }
    let page = std::fs::read_to_string(run.path("report.html")).unwrap();
    assert!(page.contains("CP949 (EUC-KR), guessed") && page.contains("예측.csv") && page.contains("<svg"));
    assert!(!page.contains(run.path("x").parent().unwrap().to_str().unwrap()), "no folder of this machine");
    assert!(std::fs::read(run.path("report.pdf")).unwrap().starts_with(b"%PDF-"));
    let thresholds = std::fs::read_to_string(run.path("thresholds.csv")).unwrap();
    assert!(thresholds.starts_with("class,threshold,true_positives") && thresholds.contains("폐렴,inf,0,0,20,20"));
    let matrix = run.path("confusion.csv");
    let again = self::run(&[("m.csv", &std::fs::read(matrix).unwrap())], &["m.csv"]);
    assert_eq!(again.json("metrics.json")["confusion"]["counts"], json["confusion"]["counts"]);
}

#[test]
fn the_report_of_a_table_speaks_korean_and_names_rows_left_out() {
    let mut table = korean();
    table.extend(b"x.png;;p;0.2\n");
    let run = run(&[("t.csv", &table)], &["t.csv", "--language", "ko"]);
    let page = std::fs::read_to_string(run.path("report.html")).unwrap();
    for words in ["분류 모델 예측의 성능 보고서", "표를 읽은 방법", "보정 곡선", "환자 또는 시리즈 단위"]
    {
        assert!(page.contains(words), "{words}");
    }
    assert!(std::fs::read_to_string(run.path("roc.svg")).unwrap().contains("민감도"));
    assert!(run.code == Some(1) && page.contains("제외한 행"), "{:?} {}", run.code, run.said);
}

#[test]
fn the_same_call_gives_the_same_numbers() {
    let both = [(); 2].map(|()| run(&[("p.csv", &korean())], &["p.csv"]).json("metrics.json"));
    assert_eq!(both[0], both[1]);
}

#[test]
fn bad_rows_are_named_and_the_rest_is_counted() {
    let text = "id,label,score A,score B\n\
                1,A,0.9,0.1\n\
                2,A,0.2\n\
                3,B,nan,0.4\n\
                4,C,0.5,0.5\n\
                1,B,0.1,0.9\n\
                6,B,0.3,0.7\n\
                7,,0.3,0.7\n\
                8,A,x,0.7\n";
    let run = run(&[("p.csv", text.as_bytes())], &["p.csv"]);
    assert_eq!(run.code, Some(1), "{}{}", run.said, run.error);
    for sentence in [
        "5 rows were left out",
        "line 3: 3 cells where the header has 4; left out",
        "line 4: the score nan is no number; left out",
        "line 5: the label C is none of the classes A, B; left out",
        "line 6: 1 stands on line 2 already; left out",
        "line 9: the score x is no number; left out",
        "1 rows have no reference label",
        "2 cases: read nothing into this.",
    ] {
        assert!(run.said.contains(sentence), "{sentence}\n{}", run.said);
    }
    let json = run.json("metrics.json");
    assert_eq!((json["n"].as_u64(), json["rows_left_out"].as_u64()), (Some(2), Some(5)));
}

#[test]
fn files_that_say_nothing_end_in_a_sentence() {
    for (text, code, sentence) in [
        ("", 1, "the file is empty"),
        ("a,b\nx,y\n", 1, "no class is named"),
        ("file,truth\na,N\nb,P\n", 1, "no column holds predictions"),
        ("file,pred\na,N\nb,P\n", 1, "no row has a reference label"),
        ("truth,pred\nN,N\n", 1, "only the class N occurs"),
        ("truth,pred\n", 1, "no class is named"),
        ("truth,prob_0,prob_1,prob_2\nN,.1,.2,.7\nP,.1,.2,.7\n", 1, "--classes"),
    ] {
        let run = run(&[("p.csv", text.as_bytes())], &["p.csv"]);
        assert_eq!(run.code, Some(code), "{text}: {}{}", run.said, run.error);
        assert!(run.error.contains(sentence), "{text}: {}", run.error);
    }
    assert_eq!(run(&[], &["missing.csv"]).code, Some(2));
    assert_eq!(run(&[("p.csv", b"x")], &["p.csv", "--column", "colour=red"]).code, Some(2));
}

#[test]
fn labels_from_a_table_of_their_own_and_from_folders() {
    let predictions = b"path,predicted\n/data/N/1.png,N\n/data/N/2.png,P\n/data/P/3.png,P\n";
    let truth = "\u{feff}image_id\tdiagnosis\n1\tP\n2\tN\n3\tP\n9\tN\n";
    let own = run(&[("p.csv", predictions), ("t.tsv", truth.as_bytes())], &["p.csv", "--truth", "t.tsv"]);
    assert_eq!(own.code, Some(0), "{}{}", own.said, own.error);
    assert!(own.said.contains("joined by file name without extension: 3 of 3 rows have one; 1 of 4"), "{}", own.said);
    assert_eq!(own.json("metrics.json")["confusion"]["counts"], serde_json::json!([[0, 1], [1, 1]]));
    let folders = run(&[("p.csv", predictions)], &["p.csv"]);
    assert!(folders.said.contains("Reference labels from the folders' names: 3 of 3 rows."), "{}", folders.said);
    assert_eq!(folders.json("metrics.json")["confusion"]["counts"], serde_json::json!([[1, 1], [0, 1]]));
}

#[test]
fn a_comparison_says_what_did_not_match() {
    let a = b"path,truth,predicted\nx/1.png,N,N\nx/2.png,P,N\nx/3.png,P,P\nx/4.png,N,P\n";
    let b = b"filename,prediction\n3.png,P\n1.png,P\n2.png,P\n7.png,N\n";
    let run = run(&[("a.csv", a), ("b.csv", b)], &["a.csv", "--compare", "b.csv", "--json"]);
    assert_eq!(run.code, Some(0), "{}{}", run.said, run.error);
    let json: Value = serde_json::from_str(&run.said).unwrap();
    let remark = "Rows matched by file name: 3; 1 rows of A and 1 rows of B have no partner (the first of A: x/4.png).";
    assert_eq!(json["remarks"][0], remark);
    assert_eq!(json["paired"]["agreement"]["only_a_right"], 1);
    assert_eq!(json["paired"]["agreement"]["only_b_right"], 1);
}

#[test]
fn our_own_predictions_read_back() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let output = Command::new(env!("CARGO_BIN_EXE_overread"))
        .args(["predict", "--json", "--engine", "embedded", "--model", "models/phantom-brain-3grade", "assets/demo"])
        .current_dir(root)
        .output()
        .unwrap();
    let lines: Vec<Value> = String::from_utf8(output.stdout.clone())
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let right = lines.iter().filter(|line| line["truth"] == line["predicted"]).count();
    let run = run(&[("p.jsonl", &output.stdout)], &["p.jsonl"]);
    assert_eq!(run.code, Some(0), "{}{}", run.said, run.error);
    let json = run.json("metrics.json");
    assert_eq!(json["n"].as_u64(), Some(lines.len() as u64));
    let accuracy = json["overall"]["accuracy"]["value"].as_f64().unwrap();
    assert!((accuracy - right as f64 / lines.len() as f64).abs() < 1e-12);
    assert!(json["overall"]["macro AUC"]["value"].is_number());
}
