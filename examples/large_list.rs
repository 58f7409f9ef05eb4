//! How long the window's own thread is busy with a list of 100 000 answered cases: opening, rows, numbers, the report's
//! and the leak check's beginnings. Nothing of it is a file: paths and answers are made up.
//!
//! `cargo run --release --example large_list [CASES]`

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use overread::app::{AppState, Command, Event, Jobs, OpenedReview};
use overread::metrics::SplitMix64;
use overread::report::Language;
use overread::review::Show;
use overread::review::record::{
    CaseRecord, ClassMapping, LabelSource, Labels, Outcome, Pseudonyms, Recorder, Roots, Scores, Truth, TruthFrom,
};

const GRADES: [&str; 3] = ["grade-0", "grade-1", "grade-2"];
/// More than the state has counted when the list is there.
const MOST_GENERATIONS: u64 = 64;

fn main() {
    let cases = std::env::args().nth(1).and_then(|count| count.parse().ok()).unwrap_or(100_000);
    let root = PathBuf::from("/made-up/시험");
    let paths: Vec<String> =
        (0..cases).map(|n| format!("{}/환자 {:05}/slice {n:06}.png", GRADES[n % 3], n / 20)).collect();
    let mut state = AppState::new(Jobs::inline());
    state.apply(Command::LoadModel(PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("models/phantom-brain-3grade")));
    state.settle();
    state.apply(Command::Open(vec![root.clone()]));
    // The right one of these is taken, the others are late results.
    for generation in 1..MOST_GENERATIONS {
        state.take(Event::Listed {
            generation,
            cases: paths.iter().map(|path| vec![root.join(path)]).collect(),
            models: Vec::new(),
            names: None,
            problems: Vec::new(),
            roots: vec![root.clone()],
            review: None,
        });
    }
    assert_eq!(state.items().len(), cases);
    let files: Vec<PathBuf> = paths.iter().map(|path| root.join(path)).collect();
    let roots = Roots::new(std::slice::from_ref(&root));
    let mapping = ClassMapping::new(&GRADES.map(str::to_owned));
    let labels = Labels::new(&LabelSource::Folders, &files, &roots, &Pseudonyms::Plain, &mapping);
    let recorder = Arc::new(Recorder { roots, labels, pseudonyms: Pseudonyms::Plain });
    let opened = |records: Vec<CaseRecord>| {
        let answers = records.into_iter().map(|record| vec![record]).enumerate().collect();
        OpenedReview { answers, ..OpenedReview::empty(recorder.clone()) }
    };
    let mut generation = 0;
    while !state.background().is_running() && generation < MOST_GENERATIONS {
        generation += 1;
        state.take(Event::ReviewOpened { generation, review: Box::new(opened(Vec::new())) });
    }
    state.apply(Command::CancelRest);
    let review = Box::new(opened(records(&paths)));
    time("kept answers taken over", || state.take(Event::ReviewOpened { generation, review }));
    assert_eq!(state.answered(), cases, "the answers are there");
    state.apply(Command::CancelRest);
    time("operating point moved (rows, question to the numbers worker)", || {
        state.apply(Command::SetThreshold(Some((1, 0.4))));
    });
    time("filter", || state.apply(Command::Filter(Show::Wrong)));
    time("search", || state.apply(Command::Search("slice 0500".to_owned())));
    time("decision", || state.apply(Command::ToggleFlag));
    time("report asked for", || {
        state.apply(Command::Export { out: PathBuf::from("/made-up/report"), language: Language::Korean });
    });
    time("leak check asked for", || state.apply(Command::FindLeaks(PathBuf::from("/made-up/train"))));
}

fn time(what: &str, work: impl FnOnce()) {
    let start = Instant::now();
    work();
    println!("{what:<66} {:>8.1} ms", start.elapsed().as_secs_f64() * 1000.0);
}

/// Right in nine of ten.
fn records(paths: &[String]) -> Vec<CaseRecord> {
    let mut random = SplitMix64::new(5);
    let record = |(number, path): (usize, &String)| {
        let class = number % GRADES.len();
        let predicted = if random.unit() < 0.9 { class } else { (class + 1) % GRADES.len() };
        let sure = (0.5 + 0.5 * random.unit()) as f32;
        let rest = (1.0 - sure) / 2.0;
        let scores = (0..GRADES.len()).map(|other| if other == predicted { sure } else { rest }).collect();
        let logits = Some(vec![0.5, 1.0, -0.5]);
        CaseRecord {
            key: path.clone(),
            path: path.clone(),
            sha256: Some("ab".repeat(32)),
            patient: Some(format!("{:012x}", number / 20)),
            series: None,
            truth: Some(Truth { label: GRADES[class].to_owned(), class: Some(class), from: TruthFrom::Folder }),
            outcome: Outcome::Scored(Scores {
                slices: vec![0],
                scores,
                logits,
                predicted,
                warnings: Vec::new(),
                known: None,
            }),
        }
    };
    paths.iter().enumerate().map(record).collect()
}
