//! The window: a person's clicks and keys become [`Command`](crate::app::Command)s, the state becomes pixels.
//!
//! The only room that names egui, eframe and rfd. One panel per file, each a function over a read-only view of the
//! state that returns wishes; colours and sizes only in `theme`; keys only in `actions`, words only in
//! `words`. It
//! decodes, infers, reads and writes nothing on its own thread.

mod account;
mod actions;
mod bars;
mod command_palette;
mod composed;
mod crosshair;
mod decision;
mod dialogs;
mod empty;
mod findings;
mod fonts;
mod gestures;
mod gpu;
mod heatmap_look;
mod heatmap_marks;
mod heatmap_panel;
mod heatmap_trust;
mod help;
mod icons;
mod import;
mod known;
mod menus;
mod model_panel;
mod overlay;
mod picture;
mod preflight;
mod renderer;
mod review;
mod rulers;
mod seen;
mod settings;
mod shell;
mod smoke;
mod stability;
mod strip;
mod theme;
mod thumbnails;
mod toasts;
mod top_bar;
mod viewport;
mod viewport_bar;
mod widgets;
mod window;
mod without_picture;
mod words;
mod worklist;

pub use crate::render::RESEARCH_USE;
pub use fonts::install as install_fonts;
pub use gpu::{Gpu, GpuError, Target};
pub use preflight::WindowError;
pub use shell::Shell;
pub use theme::apply as install_theme;
pub use window::run;
pub use words::Language;
