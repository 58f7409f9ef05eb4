//! A window without a display: what it shows and says, in a language of the test's own choice.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use eframe::egui::{Event, Key, Modifiers, PointerButton, Pos2, Vec2, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::NodeT as _;
use overread::app::AppState;
use overread::ui::{Language, Shell, install_fonts, install_theme};

/// The smallest screen the window is designed for.
pub const SIZE: Vec2 = vec2(1280.0, 720.0);

/// An English window of `size` over `state`; every pass first does the work that is waiting.
pub fn window(state: AppState, size: Vec2) -> Harness<'static, Shell> {
    window_in(Language::English, state, size)
}

pub fn window_in(language: Language, state: AppState, size: Vec2) -> Harness<'static, Shell> {
    let mut harness = Harness::builder()
        .with_size(size)
        .with_max_steps(32)
        .with_context_setup(|ctx| {
            install_fonts(ctx);
            install_theme(ctx);
        })
        .build_ui_state(
            |ui, shell: &mut Shell| {
                shell.state.settle();
                shell.ui(ui);
            },
            Shell::new(state, language),
        );
    harness.run();
    harness
}

pub fn press(harness: &mut Harness<'_, Shell>, key: Key) {
    harness.key_press(key);
    harness.run();
}

/// All that is said of the window's parts: labels, and values that are text.
pub fn said(harness: &Harness<'_, Shell>) -> BTreeSet<String> {
    let root = harness.root();
    let parts = |node: egui_kittest::Node<'_>| {
        let node = node.accesskit_node();
        [node.label(), node.value()].into_iter().flatten().collect::<Vec<_>>()
    };
    root.children_recursive().flat_map(parts).filter(|text| !text.trim().is_empty()).collect()
}

/// A NIfTI-1 volume of 16-bit values (the standard's header, nifti1.h): frame `n` holds `100 * n + column`.
pub fn nifti(folder: &Path, name: &str, frames: i16) -> PathBuf {
    let (cols, rows) = (16i16, 12i16);
    let mut bytes = vec![0u8; 352];
    let mut put = |at: usize, value: &[u8]| bytes[at..at + value.len()].copy_from_slice(value);
    put(0, &348i32.to_le_bytes());
    for (n, side) in [3, cols, rows, frames, 1, 1, 1, 1].into_iter().enumerate() {
        put(40 + 2 * n, &side.to_le_bytes());
    }
    put(70, &4i16.to_le_bytes()); // DT_INT16
    put(72, &16i16.to_le_bytes());
    for n in 0..4 {
        put(76 + 4 * n, &1f32.to_le_bytes()); // pixdim
    }
    put(108, &352f32.to_le_bytes()); // vox_offset
    put(112, &1f32.to_le_bytes()); // scl_slope
    put(123, &[2]); // mm
    put(254, &1i16.to_le_bytes()); // sform: scanner
    for (axis, row) in [[1f32, 0.0, 0.0, 0.0], [0.0, 1.0, 0.0, 0.0], [0.0, 0.0, 1.0, 0.0]].iter().enumerate() {
        for (n, value) in row.iter().enumerate() {
            put(280 + 16 * axis + 4 * n, &value.to_le_bytes());
        }
    }
    put(344, b"n+1\0");
    for frame in 0..frames {
        for _ in 0..rows {
            for col in 0..cols {
                bytes.extend((100 * frame + col).to_le_bytes());
            }
        }
    }
    let path = folder.join(name);
    fs::write(&path, bytes).unwrap();
    path
}

pub fn drag(harness: &mut Harness<'_, Shell>, button: PointerButton, from: Pos2, by: Vec2) {
    let press = |pressed, pos| Event::PointerButton { pos, button, pressed, modifiers: Modifiers::NONE };
    harness.event(Event::PointerMoved(from));
    harness.event(press(true, from));
    harness.run();
    for step in 1..=8 {
        harness.event(Event::PointerMoved(from + by * (step as f32 / 8.0)));
        harness.run();
    }
    harness.event(press(false, from + by));
    harness.run();
}

/// A file or folder that was dropped on the window.
#[derive(Debug)]
pub struct Dropped(pub std::path::PathBuf);

impl eframe::egui::DroppedFile for Dropped {
    fn path(&self) -> &std::path::Path {
        &self.0
    }

    fn bytes(&self) -> Result<Vec<u8>, String> {
        fs::read(&self.0).map_err(|error| error.to_string())
    }
}
