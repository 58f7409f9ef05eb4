//! The real window: starts it, wakes it, measures its first frame.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use eframe::egui::{self, Context, Ui, ViewportBuilder};

use super::preflight::{self, WindowError};
use super::settings::{Keeper, Settings, settings_file};
use super::shell::Shell;
use super::smoke::Smoke;
use super::words::Language;
use super::{fonts, theme};
use crate::app::{AppState, Command, Jobs, Wake};
use crate::engine::data_folder;

/// Opens the window on `paths` with `model`, and returns when it is closed.
///
/// # Errors
/// No display, a library that is missing, a window system that refuses: then nothing has happened, and the caller may
/// go on without a window.
pub fn run(paths: Vec<PathBuf>, model: Option<PathBuf>) -> Result<(), WindowError> {
    let start = Instant::now();
    preflight::check()?;
    let options = eframe::NativeOptions {
        viewport: ViewportBuilder::default()
            .with_title("Overread")
            .with_app_id("overread")
            .with_inner_size([1280.0, 800.0])
            .with_min_inner_size([960.0, 600.0])
            .with_drag_and_drop(true),
        system_font_fallback: false,
        // Nothing in the window is a gradient, and software OpenGL pays for it at every pixel.
        dithering: false,
        ..Default::default()
    };
    let file = settings_file();
    let settings = file.as_deref().map(Settings::read).unwrap_or_default();
    let language = Language::at_start(settings.language);
    let mut commands = Vec::new();
    if !paths.is_empty() {
        commands.push(Command::Open(paths));
    }
    commands.extend(model.map(Command::LoadModel));
    let create = move |creation: &eframe::CreationContext<'_>| -> Result<Box<dyn eframe::App>, _> {
        let gl = creation.gl.clone();
        let shell = |state| Shell::with_gl(state, language, gl).with_settings(&settings, file.map(Keeper::new));
        let window = Window::new(&creation.egui_ctx, shell, commands, start)?;
        Ok(Box::new(window) as Box<dyn eframe::App>)
    };
    // The windowing library panics where a library it loads late is missing: a sentence is kinder.
    let ended = catch_unwind(AssertUnwindSafe(|| eframe::run_native("Overread", options, Box::new(create))));
    match ended {
        Ok(Ok(())) => Ok(()),
        Ok(Err(error)) => Err(WindowError::of_library(&error.to_string())),
        Err(payload) => Err(WindowError::of_library(&panic_text(payload.as_ref()))),
    }
}

fn panic_text(payload: &(dyn std::any::Any + Send)) -> String {
    let text = payload.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| payload.downcast_ref::<String>().cloned()).unwrap_or_else(|| "no reason given".into())
}

struct Window {
    shell: Shell,
    smoke: Option<Smoke>,
    start: Instant,
    frames: u64,
    /// What the program was started with. Given to the workers only when the window is about to be drawn: on a small
    /// machine they would otherwise delay the first frame.
    at_first: Vec<Command>,
}

impl Window {
    fn new(
        ctx: &Context,
        shell: impl FnOnce(AppState) -> Shell,
        at_first: Vec<Command>,
        start: Instant,
    ) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        fonts::install(ctx);
        theme::apply(ctx);
        let waker = ctx.clone();
        let wake: Wake = Arc::new(move || waker.request_repaint());
        let mut state = AppState::new(Jobs::threads(wake)?);
        if let Some(folder) = data_folder() {
            state.keep_reviews_below(folder.join("reviews"));
            state.keep_models_below(folder.join("models"));
        }
        let shell = shell(state);
        Ok(Self { shell, smoke: Smoke::from_environment(), start, frames: 0, at_first })
    }

    fn first_frame(&self) {
        let since_exec = since_exec_ms();
        let since_run = self.start.elapsed().as_millis();
        match since_exec {
            Some(ms) => tracing::info!("first frame {ms} ms after exec, {since_run} ms after the window was asked for"),
            None => tracing::info!("first frame {since_run} ms after the window was asked for"),
        }
        if let Some(smoke) = &self.smoke {
            smoke.first_frame(since_exec);
        }
    }
}

impl eframe::App for Window {
    fn logic(&mut self, ctx: &Context, _frame: &mut eframe::Frame) {
        // Also called while the window is hidden: workers must not wait for it.
        if self.shell.poll() {
            ctx.request_repaint();
        }
        if let Some(smoke) = &mut self.smoke {
            smoke.state(&self.shell.state);
            smoke.renderer(self.shell.renderer());
        }
    }

    fn ui(&mut self, ui: &mut Ui, _frame: &mut eframe::Frame) {
        for command in self.at_first.drain(..) {
            self.shell.state.apply(command);
        }
        self.shell.ui(ui);
        self.frames += 1;
        if self.frames == 2 {
            // The second call begins once the first frame is on the screen.
            self.first_frame();
        } else if self.frames == 1 {
            ui.ctx().request_repaint();
        }
    }

    fn on_exit(&mut self, _gl: Option<&eframe::glow::Context>) {
        // The context is current for the last time.
        self.shell.free_pictures();
    }

    fn clear_color(&self, visuals: &egui::Visuals) -> [f32; 4] {
        visuals.panel_fill.to_normalized_gamma_f32()
    }
}

/// Milliseconds since the process was started, to 10 ms: field 22 of /proc/self/stat against the time since boot.
#[cfg(target_os = "linux")]
fn since_exec_ms() -> Option<u64> {
    // Linux shows times to programs in USER_HZ, 100 on every architecture this builds for.
    const TICK_MS: u64 = 10;
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    let after_name = stat.rsplit_once(')')?.1;
    let started: u64 = after_name.split_whitespace().nth(19)?.parse().ok()?;
    let uptime = std::fs::read_to_string("/proc/uptime").ok()?;
    let (seconds, hundredths) = uptime.split_whitespace().next()?.split_once('.')?;
    let now = seconds.parse::<u64>().ok()? * 1000 + hundredths.parse::<u64>().ok()? * 10;
    now.checked_sub(started * TICK_MS)
}

#[cfg(not(target_os = "linux"))]
fn since_exec_ms() -> Option<u64> {
    None
}
