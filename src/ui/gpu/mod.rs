//! The viewport's pixels on the graphics card: a [`Scene`] in, the pixels of [`Scene::draw`] out.
//!
//! Values go up once for each frame (its half-size copies when the view needs them) and stay while the frame is held
//! by anyone, up to 256 MiB. What changes with the mouse (window, inversion, colours, opacity, threshold) are a few
//! numbers to a shader. Which values a pixel mixes, in which shares, is worked out by `render` in f64 and goes up as
//! two rows of numbers, so that the card cannot come to another result by rounding. Before it draws for anyone, a card
//! has to draw a test picture right; where it does not, or is too old, the processor draws.
//!
//! Not here: what is drawn when, and the window's own widgets. No value leaves the graphics card but in tests.

mod check;
mod device;
mod draw;
mod error;
mod frames;
mod programs;
mod recent;

use std::sync::Arc;

use eframe::glow;

use self::device::Device;
use self::draw::MapKey;
use self::frames::Frames;
use self::programs::Programs;
use self::recent::Recent;
use crate::render::{Axis, ColorMap, OverlayStyle, Paint, Scene, Taps};

pub use error::GpuError;

/// Where on the framebuffer that is bound a view goes, in pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Target {
    /// Of the framebuffer.
    pub height: i32,
    /// Of the view's upper left pixel, from the framebuffer's upper left corner.
    pub left: i32,
    pub top: i32,
}

/// A graphics card that draws pictures right.
pub struct Gpu {
    device: Device,
    programs: Programs,
    frames: Frames,
    axes: Recent<Axis, Arc<Taps>>,
    maps: Recent<MapKey, ()>,
    colors: Recent<OverlayStyle, Paint>,
    /// Colours for grey levels.
    palettes: Recent<ColorMap, ()>,
}

impl Gpu {
    /// `gl` must be current on this thread, now and at each later call.
    ///
    /// # Errors
    /// A driver that is too old, refuses the shader, or draws the test picture otherwise than the processor.
    pub fn new(gl: Arc<glow::Context>) -> Result<Self, GpuError> {
        let mut gpu = Self::unchecked(gl)?;
        match check::check(&mut gpu) {
            Ok(()) => Ok(gpu),
            Err(error) => {
                gpu.free();
                Err(error)
            }
        }
    }

    fn unchecked(gl: Arc<glow::Context>) -> Result<Self, GpuError> {
        let device = Device::new(gl)?;
        Ok(Self {
            frames: Frames::new(device.max_side),
            device,
            programs: Programs::default(),
            axes: Recent::default(),
            maps: Recent::default(),
            colors: Recent::default(),
            palettes: Recent::default(),
        })
    }

    /// True where there is no graphics card behind it: then the processor draws the same pictures with less work.
    pub fn is_software(&self) -> bool {
        self.device.is_software()
    }

    /// The driver's name for itself.
    pub fn name(&self) -> &str {
        &self.device.name
    }

    /// Textures that exist now, and their bytes.
    pub fn textures(&self) -> (usize, usize) {
        (self.device.textures, self.device.bytes)
    }

    /// The pixels of a scene, RGBA row by row as [`Scene::draw`] gives them.
    ///
    /// # Errors
    /// As [`Gpu::draw`].
    pub fn rgba(&mut self, scene: &Scene<'_>) -> Result<Vec<u8>, GpuError> {
        let size = scene.size();
        let target = Target { height: i32::try_from(size.rows).unwrap_or(0), left: 0, top: 0 };
        let offscreen = self.device.offscreen_begin(size)?;
        let drawn = self.draw(scene, target);
        let out = self.device.offscreen_end(offscreen);
        drawn.map(|()| out)
    }

    /// Drops the values of frames that nobody holds any more.
    pub fn drop_unused(&mut self) {
        self.frames.drop_dead(&mut self.device);
    }

    /// Gives everything back but a few bytes; drawing again uploads anew.
    pub fn free(&mut self) {
        self.frames.free(&mut self.device);
        self.axes.free(&mut self.device);
        self.maps.free(&mut self.device);
        self.colors.free(&mut self.device);
        self.palettes.free(&mut self.device);
        self.programs.free(&self.device);
    }
}
