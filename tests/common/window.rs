//! A window without a display: what it shows and says, in a language of the test's own choice.

use std::collections::BTreeSet;

use eframe::egui::{Key, Vec2, vec2};
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
