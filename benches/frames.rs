//! What a frame of the whole window costs: dragging the window of a 4000 x 3000 picture, and scrolling through a decoded
//! stack, with the graphics card's path and with the processor's, on whatever OpenGL an EGL without a window finds.
//!
//! `cargo bench --bench frames [-- gpu|cpu]` (where OpenGL is software, with `OVERREAD_RENDER=gpu`, or the processor draws in
//! both); without a graphics card, Mesa's llvmpipe stands in for one, and its share of the work
//! is done by the same cores. One JSON line for each measurement, times in ms:
//! `own`: layout, tessellation and handing over to OpenGL, on the window's thread (median, and worst of 95 %);
//! `layout`, `paint`: its parts; `wait`: until OpenGL has the pixels; `own_cpu`, `all_cpu`: processor time per frame of
//! the window's thread, and of all threads, llvmpipe's among them.

#[path = "../tests/common/gl.rs"]
#[allow(dead_code)]
mod gl;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use eframe::egui::{self, Event, Modifiers, PointerButton, Pos2, RawInput, Rect, Vec2, pos2, vec2};
use eframe::egui_glow;
use eframe::glow::{self, HasContext as _};
use overread::app::{AppState, Command, Jobs, ViewTransform};
use overread::ui::{Language, Shell, install_fonts, install_theme};
use serde_json::json;

const FRAMES: usize = 40;
const SLICES: usize = 120;

fn main() {
    let Some(context) = gl::offscreen(gl::desktop(3, 3)) else {
        println!("skipped: no EGL that does without a window");
        return;
    };
    // SAFETY: the context is current on this thread, until the end.
    println!("{}", json!({"opengl": unsafe { context.gl.get_parameter_string(glow::RENDERER) }}));
    let folder = tempfile::tempdir().expect("a folder");
    let large = npy(folder.path(), "large", &[3000, 4000]);
    let stack = npy(folder.path(), "stack", &[SLICES, 512, 512]);
    let only: Vec<String> = std::env::args().skip(1).filter(|argument| !argument.starts_with("--")).collect();
    for gpu in [true, false] {
        if only.iter().any(|only| (only == "gpu") != gpu) {
            continue;
        }
        let mut bench = Bench::new(&context.gl, gpu);
        for (name, size) in [("1280 x 800", vec2(1280.0, 800.0)), ("3840 x 2160", vec2(3840.0, 2160.0))] {
            bench.open(&large, size);
            bench.drag(&format!("window drag, 4000 x 3000 fitted, screen {name}"));
            bench.shell.state.apply(Command::SetView(ViewTransform::Free { zoom: 1.0, center: (2000.0, 1500.0) }));
            bench.drag(&format!("window drag, 4000 x 3000 at 1:1, screen {name}"));
        }
        // Large enough for each of its pixels, the panels beside it, and the bars above and below.
        bench.open(&large, vec2(4000.0 + 320.0, 3000.0 + 160.0));
        bench.shell.state.apply(Command::SetView(ViewTransform::Free { zoom: 1.0, center: (2000.0, 1500.0) }));
        bench.drag("window drag, all 4000 x 3000 pixels on the screen");
        bench.open(&stack, vec2(1280.0, 800.0));
        bench.scroll("decode and show");
        bench.scroll("decoded stack");
        bench.end();
    }
}

/// A window without a window.
struct Bench {
    gl: Arc<glow::Context>,
    ctx: egui::Context,
    painter: egui_glow::Painter,
    shell: Shell,
    size: Vec2,
    path: &'static str,
    target: Option<(glow::Framebuffer, glow::Texture)>,
    time_s: f64,
}

/// Milliseconds of one frame.
struct Times {
    layout: f64,
    paint: f64,
    wait: f64,
}

impl Bench {
    fn new(gl: &Arc<glow::Context>, gpu: bool) -> Self {
        let ctx = egui::Context::default();
        install_fonts(&ctx);
        install_theme(&ctx);
        let painter = egui_glow::Painter::new(gl.clone(), "", None, false).expect("egui paints");
        let shell = Shell::with_gl(AppState::new(Jobs::inline()), Language::English, gpu.then(|| gl.clone()));
        let path = if gpu { "gpu" } else { "cpu" };
        Self { gl: gl.clone(), ctx, painter, shell, size: Vec2::ZERO, path, target: None, time_s: 0.0 }
    }

    fn open(&mut self, path: &Path, size: Vec2) {
        self.resize(size);
        self.shell.state.apply(Command::Open(vec![path.to_owned()]));
        for _ in 0..4 {
            self.shell.state.settle();
            self.frame(Vec::new());
        }
    }

    /// Presses in the middle of the picture and moves, a few points a frame.
    fn drag(&mut self, what: &str) {
        let button = |pos, pressed| Event::PointerButton {
            pos,
            button: PointerButton::Primary,
            pressed,
            modifiers: Modifiers::NONE,
        };
        let start = pos2((self.size.x - 320.0) / 2.0, self.size.y / 2.0);
        self.frame(vec![Event::PointerMoved(start), button(start, true)]);
        for n in 0..5 {
            self.frame(vec![Event::PointerMoved(moved(start, n))]);
        }
        let cpu = cpu_ms();
        let times: Vec<Times> =
            (5..5 + FRAMES).map(|n| self.frame(vec![Event::PointerMoved(moved(start, n))])).collect();
        self.report(what, &times, cpu);
        self.frame(vec![button(moved(start, 0), false)]);
    }

    fn scroll(&mut self, what: &str) {
        self.shell.state.apply(Command::GoToFrame(0));
        self.shell.state.settle();
        self.frame(Vec::new());
        let (start, cpu) = (Instant::now(), cpu_ms());
        let mut times = Vec::new();
        for _ in 1..SLICES {
            self.shell.state.apply(Command::StepFrame(1));
            self.shell.state.settle();
            times.push(self.frame(Vec::new()));
        }
        let per_second = (SLICES - 1) as f64 / start.elapsed().as_secs_f64();
        self.report(&format!("scroll, {SLICES} slices of 512 x 512, {what}: {per_second:.0} slices/s"), &times, cpu);
    }

    fn report(&self, what: &str, times: &[Times], before: (f64, f64)) {
        let after = cpu_ms();
        let per_frame = |before: f64, after: f64| rounded((after - before) / times.len() as f64);
        let at = |of: &dyn Fn(&Times) -> f64, share: f64| {
            let mut all: Vec<f64> = times.iter().map(of).collect();
            all.sort_by(f64::total_cmp);
            rounded(all[((all.len() - 1) as f64 * share) as usize])
        };
        let own = |times: &Times| times.layout + times.paint;
        println!(
            "{}",
            json!({"what": what, "path": self.path, "frames": times.len(), "own": at(&own, 0.5), "own_95": at(&own, 0.95),
                "layout": at(&|times| times.layout, 0.5), "paint": at(&|times| times.paint, 0.5),
                "wait": at(&|times| times.wait, 0.5),
                "own_cpu": per_frame(before.0, after.0), "all_cpu": per_frame(before.1, after.1)})
        );
    }

    fn frame(&mut self, events: Vec<Event>) -> Times {
        self.time_s += 1.0 / 60.0;
        let screen_rect = Some(Rect::from_min_size(Pos2::ZERO, self.size));
        let max_texture_side = Some(self.painter.max_texture_side());
        let input = RawInput {
            screen_rect,
            max_texture_side,
            events,
            time: Some(self.time_s),
            focused: true,
            ..Default::default()
        };
        let start = Instant::now();
        let mut output = self.ctx.run_ui(input, |ui| self.shell.ui(ui));
        let primitives = self.ctx.tessellate(output.shapes, output.pixels_per_point);
        let layout = ms(start);
        let start = Instant::now();
        let pixels = [self.size.x as u32, self.size.y as u32];
        self.painter.clear(pixels, self.ctx.global_style().visuals.panel_fill.to_normalized_gamma_f32());
        self.painter.paint_and_update_textures(
            pixels,
            output.pixels_per_point,
            &primitives,
            &mut output.textures_delta,
        );
        let paint = ms(start);
        let start = Instant::now();
        // SAFETY: the context is current on this thread.
        unsafe { self.gl.finish() };
        Times { layout, paint, wait: ms(start) }
    }

    /// A framebuffer of the window's size, bound.
    fn resize(&mut self, size: Vec2) {
        self.free_target();
        self.size = size;
        let gl = &self.gl;
        // SAFETY: the context is current on this thread; no memory is read for a texture without data.
        unsafe {
            let texture = gl.create_texture().expect("a texture");
            gl.bind_texture(glow::TEXTURE_2D, Some(texture));
            let (cols, rows) = (size.x as i32, size.y as i32);
            let nothing = glow::PixelUnpackData::Slice(None);
            let (format, kind) = (glow::RGBA, glow::UNSIGNED_BYTE);
            gl.tex_image_2d(glow::TEXTURE_2D, 0, glow::RGBA8 as i32, cols, rows, 0, format, kind, nothing);
            let framebuffer = gl.create_framebuffer().expect("a framebuffer");
            gl.bind_framebuffer(glow::FRAMEBUFFER, Some(framebuffer));
            let to = glow::COLOR_ATTACHMENT0;
            gl.framebuffer_texture_2d(glow::FRAMEBUFFER, to, glow::TEXTURE_2D, Some(texture), 0);
            self.target = Some((framebuffer, texture));
        }
    }

    fn free_target(&mut self) {
        if let Some((framebuffer, texture)) = self.target.take() {
            // SAFETY: the context is current on this thread; both are given back once.
            unsafe {
                self.gl.delete_framebuffer(framebuffer);
                self.gl.delete_texture(texture);
            }
        }
    }

    fn end(mut self) {
        self.shell.free_pictures();
        self.painter.destroy();
        self.free_target();
    }
}

/// Back and forth: never out of the picture, never twice at the same place.
fn moved(start: Pos2, n: usize) -> Pos2 {
    start + vec2((n % 40) as f32 * 3.0 - 60.0, (n % 23) as f32 - 11.0)
}

fn ms(start: Instant) -> f64 {
    start.elapsed().as_secs_f64() * 1e3
}

fn rounded(ms: f64) -> f64 {
    (ms * 100.0).round() / 100.0
}

/// Processor time so far, ms: of this thread (the scheduler's own count), of all threads (to 10 ms). Zeros where the
/// system does not say.
fn cpu_ms() -> (f64, f64) {
    let own = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let own = own.and_then(|text| text.split_whitespace().next()?.parse::<f64>().ok()).unwrap_or(0.0) / 1e6;
    let all = std::fs::read_to_string("/proc/self/stat").ok();
    let all = all.and_then(|text| {
        let fields: Vec<&str> = text.rsplit_once(')')?.1.split_whitespace().collect();
        Some((fields.get(11)?.parse::<f64>().ok()? + fields.get(12)?.parse::<f64>().ok()?) * 10.0)
    });
    (own, all.unwrap_or(0.0))
}

/// A NumPy file of 16-bit whole numbers, smooth with a little texture.
fn npy(folder: &Path, name: &str, shape: &[usize]) -> PathBuf {
    let path = folder.join(format!("{name}.npy"));
    let shape_text: String = shape.iter().map(|n| format!("{n}, ")).collect();
    let header = format!("{{'descr': '<i2', 'fortran_order': False, 'shape': ({shape_text}), }}");
    let padded = format!("{header:<117}\n");
    let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
    bytes.extend((padded.len() as u16).to_le_bytes());
    bytes.extend(padded.as_bytes());
    let cols = *shape.last().expect("a shape");
    for at in 0..shape.iter().product::<usize>() {
        let (row, col) = (at / cols, at % cols);
        let value =
            1000.0 * (row as f32 / 60.0).sin() * (col as f32 / 90.0).cos() + ((row * 31 + col * 17) % 97) as f32;
        bytes.extend((value as i16).to_le_bytes());
    }
    std::fs::write(&path, bytes).expect("the file is written");
    path
}
