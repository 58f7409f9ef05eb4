//! How long a series takes from the drop to its first slice, with the window's own workers: the state is asked as the
//! window asks it, after every wake. `cargo run --release --example first_slice [-- FILES SIDE]` writes a CT-like series
//! into a folder of its own and prints one JSON line for each of several runs, times in ms.
//!
//! `listed`: the worklist knows it; `first`: its first slice is there to be drawn; `all`: every slice is decoded, while
//! which the view is scrolled once through all of them (`scrolled`, slices per second, every slice shown).

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use overread::app::{AppState, Command, Jobs};
use serde_json::json;

const RUNS: usize = 5;

fn main() {
    let mut numbers = std::env::args().skip(1).filter_map(|text| text.parse().ok());
    let (files, side) = (numbers.next().unwrap_or(500), numbers.next().unwrap_or(512));
    let folder = tempfile::tempdir().expect("a folder");
    for index in 0..files {
        write(folder.path(), index, side as u16).expect("the file is written");
    }
    for _ in 0..RUNS {
        println!("{}", run(folder.path(), files));
    }
}

fn run(folder: &Path, files: usize) -> serde_json::Value {
    let (waker, wakes) = channel();
    let wake = Arc::new(move || _ = waker.send(()));
    let mut state = AppState::new(Jobs::threads(wake).expect("threads"));
    let start = Instant::now();
    state.apply(Command::Open(vec![folder.to_path_buf()]));
    let listed = until(&mut state, &wakes, start, |state| !state.items().is_empty());
    let first = until(&mut state, &wakes, start, |state| shown(state).is_some());
    state.apply(Command::GoToFrame(0));
    until(&mut state, &wakes, start, |state| shown(state) == Some(0));
    let scrolling = Instant::now();
    for index in 1..state.current().map_or(0, |current| current.frames()) {
        state.apply(Command::StepFrame(1));
        until(&mut state, &wakes, start, |state| shown(state) == Some(index));
    }
    let scrolled = files as f64 / scrolling.elapsed().as_secs_f64();
    json!({"files": files, "items": state.items().len(), "listed": listed, "first": first, "scrolled": scrolled.round(),
        "all": start.elapsed().as_millis()})
}

fn shown(state: &AppState) -> Option<usize> {
    state.current()?.shown.as_ref().map(|shown| shown.index)
}

fn until(state: &mut AppState, wakes: &Receiver<()>, start: Instant, there: impl Fn(&AppState) -> bool) -> u64 {
    while !there(state) {
        wakes.recv_timeout(Duration::from_secs(60)).expect("a worker answers");
        state.poll();
    }
    start.elapsed().as_millis() as u64
}

/// One explicit VR little endian element.
fn element(group: u16, number: u16, vr: &str, value: &[u8]) -> Vec<u8> {
    let mut value = value.to_vec();
    if value.len() % 2 == 1 {
        value.push(if vr == "UI" { 0 } else { b' ' });
    }
    let mut bytes = [group.to_le_bytes(), number.to_le_bytes()].concat();
    bytes.extend(vr.as_bytes());
    if vr == "OW" {
        bytes.extend([0, 0]);
        bytes.extend((value.len() as u32).to_le_bytes());
    } else {
        bytes.extend((value.len() as u16).to_le_bytes());
    }
    bytes.extend(value);
    bytes
}

/// A slice of 16-bit values with a window, uncompressed; names do not follow the order.
fn write(folder: &Path, index: usize, side: u16) -> std::io::Result<()> {
    let short = |group, number, value: u16| element(group, number, "US", &value.to_le_bytes());
    let text = |group, number, vr, value: &str| element(group, number, vr, value.as_bytes());
    let pixels: Vec<u8> = (0..usize::from(side) * usize::from(side))
        .flat_map(|at| {
            let (row, col) = (at / usize::from(side), at % usize::from(side));
            (((row * 31 + col * 17 + index * 7) % 2000) as u16).to_le_bytes()
        })
        .collect();
    let syntax = text(2, 0x10, "UI", "1.2.840.10008.1.2.1");
    let bytes = [
        vec![0; 128],
        b"DICM".to_vec(),
        element(2, 0, "UL", &(syntax.len() as u32).to_le_bytes()),
        syntax,
        text(8, 0x16, "UI", "1.2.840.10008.5.1.4.1.1.2"),
        text(8, 0x18, "UI", &format!("1.2.3.{index}")),
        text(8, 0x60, "CS", "CT"),
        text(0x20, 0x0d, "UI", "1.2.9"),
        text(0x20, 0x0e, "UI", "1.2.3"),
        text(0x20, 0x13, "IS", &index.to_string()),
        text(0x20, 0x32, "DS", &format!("-250\\-250\\{}", index as f64 * 1.25)),
        text(0x20, 0x37, "DS", "1\\0\\0\\0\\1\\0"),
        short(0x28, 0x02, 1),
        text(0x28, 0x04, "CS", "MONOCHROME2"),
        short(0x28, 0x10, side),
        short(0x28, 0x11, side),
        text(0x28, 0x30, "DS", "0.9\\0.9"),
        short(0x28, 0x100, 16),
        short(0x28, 0x101, 16),
        short(0x28, 0x102, 15),
        short(0x28, 0x103, 0),
        text(0x28, 0x1050, "DS", "40"),
        text(0x28, 0x1051, "DS", "400"),
        text(0x28, 0x1052, "DS", "-1024"),
        text(0x28, 0x1053, "DS", "1"),
        element(0x7fe0, 0x10, "OW", &pixels),
    ]
    .concat();
    let path: PathBuf = folder.join(format!("IM{:04}.dcm", index * 7919 % 10007));
    std::fs::File::create(path)?.write_all(&bytes)
}
