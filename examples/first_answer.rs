//! How long a dropped folder takes to its first row with an answer, with the window's own workers: the state is asked as
//! the window asks it, after every wake. `cargo run --release --example first_answer -- FOLDER MODEL` prints one JSON line
//! for each of several runs, times in ms from the drop; the model is ready before it.
//!
//! `listed`: the worklist knows the folder; `answer`: some row shows a class; `hundred`: a hundred rows do.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use overread::app::{AppState, Command, Jobs, ListedCase};
use serde_json::json;

const RUNS: usize = 5;

fn main() {
    let paths: Vec<PathBuf> = std::env::args().skip(1).map(PathBuf::from).collect();
    let [folder, model] = paths.as_slice() else {
        eprintln!("first_answer FOLDER MODEL");
        return;
    };
    for _ in 0..RUNS {
        println!("{}", run(folder, model));
    }
}

fn run(folder: &Path, model: &Path) -> serde_json::Value {
    let (waker, wakes) = channel();
    let wake = Arc::new(move || _ = waker.send(()));
    let mut state = AppState::new(Jobs::threads(wake).expect("threads"));
    let kept = tempfile::tempdir().expect("a folder");
    state.keep_reviews_below(kept.path().to_owned());
    state.apply(Command::LoadModel(model.to_owned()));
    until(&mut state, &wakes, Instant::now(), |state| state.model().facts().is_some());
    let start = Instant::now();
    state.apply(Command::Open(vec![folder.to_owned()]));
    let listed = until(&mut state, &wakes, start, |state| !state.items().is_empty());
    let answer = until(&mut state, &wakes, start, |state| rows(state) > 0);
    let most = state.items().len().min(100);
    let hundred = until(&mut state, &wakes, start, |state| rows(state) >= most);
    json!({"items": state.items().len(), "listed": listed, "answer": answer, "hundred": hundred})
}

/// Rows that show a class.
fn rows(state: &AppState) -> usize {
    let answered = |case: &&ListedCase| case.row.predicted().is_some();
    state.review().cases().iter().filter(answered).count()
}

fn until(state: &mut AppState, wakes: &Receiver<()>, start: Instant, there: impl Fn(&AppState) -> bool) -> u64 {
    while !there(state) {
        // Rows are made some time after answers: the window is drawn again then.
        _ = wakes.recv_timeout(Duration::from_millis(10));
        state.poll();
        assert!(start.elapsed() < Duration::from_secs(120), "a worker answers");
    }
    start.elapsed().as_millis() as u64
}
