//! Who makes the viewport's pixels: the graphics card, or, where it cannot or shall not, the processor.

use std::sync::{Arc, Mutex, PoisonError};

use eframe::egui::{PaintCallback, Ui};
use eframe::{egui_glow, glow};

use super::gpu::{Gpu, GpuError, Target};
use crate::render::Scene;

/// Set to `cpu`, it keeps the graphics card out of it; `gpu` lets OpenGL draw even where it is software.
const VARIABLE: &str = "OVERREAD_RENDER";

/// Cheap to clone; all clones are one.
#[derive(Clone)]
pub(super) struct Renderer(Arc<Mutex<State>>);

enum State {
    /// Nothing was drawn yet: drivers take their time over a first shader, which the window need not wait for.
    Untried {
        gl: Arc<glow::Context>,
        even_software: bool,
    },
    Gpu(Box<Gpu>),
    Cpu(GpuError),
}

/// Who draws, for a person to read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Drawn {
    NothingYet,
    /// The driver's name for itself.
    Gpu(String),
    Cpu(GpuError),
}

impl Renderer {
    /// The graphics card behind `gl`, where there is one and the environment does not forbid it.
    pub fn new(gl: Option<Arc<glow::Context>>) -> Self {
        let asked = std::env::var(VARIABLE).unwrap_or_default().to_lowercase();
        let state = match (asked.as_str(), gl) {
            ("cpu", _) => State::cpu(GpuError::Asked(asked)),
            (asked, Some(gl)) => State::Untried { gl, even_software: asked == "gpu" },
            (_, None) => State::Cpu(GpuError::NoContext),
        };
        Self(Arc::new(Mutex::new(state)))
    }

    pub fn drawn(&self) -> Drawn {
        match &*self.0.lock().unwrap_or_else(PoisonError::into_inner) {
            State::Untried { .. } => Drawn::NothingYet,
            State::Gpu(gpu) => Drawn::Gpu(gpu.name().to_owned()),
            State::Cpu(reason) => Drawn::Cpu(reason.clone()),
        }
    }

    /// True until the graphics card is known not to be up to it.
    pub fn may_use_gpu(&self) -> bool {
        !matches!(self.drawn(), Drawn::Cpu(_))
    }

    /// Draws, inside a paint callback. False where the processor has to, from now on.
    pub fn draw(&self, scene: &Scene<'_>, target: Target) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).draw(scene, target)
    }

    /// Where no picture is shown: drops what the graphics card keeps of frames that are gone.
    pub fn drop_unused(&self, ui: &Ui) {
        if !matches!(self.drawn(), Drawn::Gpu(_)) {
            return;
        }
        let renderer = self.clone();
        let callback = egui_glow::CallbackFn::new(move |_, _| {
            if let State::Gpu(gpu) = &mut *renderer.0.lock().unwrap_or_else(PoisonError::into_inner) {
                gpu.drop_unused();
            }
        });
        let rect = ui.max_rect();
        ui.painter().add(PaintCallback { rect, callback: Arc::new(callback) });
    }

    /// Gives everything on the graphics card back, while its context is still current.
    pub fn free(&self) {
        if let State::Gpu(gpu) = &mut *self.0.lock().unwrap_or_else(PoisonError::into_inner) {
            gpu.free();
        }
    }
}

impl State {
    fn cpu(reason: GpuError) -> Self {
        tracing::warn!("the processor draws the pictures: {reason}");
        Self::Cpu(reason)
    }

    fn draw(&mut self, scene: &Scene<'_>, target: Target) -> bool {
        if let Self::Untried { gl, even_software } = self {
            *self = match Gpu::new(gl.clone()) {
                Ok(mut gpu) if gpu.is_software() && !*even_software => {
                    gpu.free();
                    Self::cpu(GpuError::Software { name: gpu.name().to_owned() })
                }
                Ok(gpu) => {
                    tracing::info!("the graphics card draws the pictures: {}", gpu.name());
                    Self::Gpu(Box::new(gpu))
                }
                Err(reason) => Self::cpu(reason),
            };
        }
        let Self::Gpu(gpu) = self else { return false };
        match gpu.draw(scene, target) {
            Ok(()) => true,
            Err(reason) => {
                gpu.free();
                *self = Self::cpu(reason);
                false
            }
        }
    }
}
