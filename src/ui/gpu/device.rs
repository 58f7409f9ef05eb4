//! The calls into OpenGL, and the only `unsafe` of this folder.
//!
//! They are unsafe because OpenGL works on the context that is current on the calling thread. Here it always is: a
//! [`Device`] is made and used only inside a paint callback of the window, or by whoever made a context of its own
//! current first (tests, benches). Names of textures and programs never leave this folder, sizes are checked against
//! the data they are uploaded from.

use std::sync::Arc;

use eframe::glow::{self, HasContext as _};

use super::GpuError;
use crate::geometry::Size;

/// What a texture holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Texels {
    /// One 32-bit float.
    Value,
    /// Two 32-bit floats.
    Tap,
    /// 8-bit red, green, blue.
    Rgb,
    /// 8-bit red, green, blue, alpha.
    Rgba,
}

impl Texels {
    pub fn bytes(self) -> usize {
        match self {
            Self::Value | Self::Rgba => 4,
            Self::Tap => 8,
            Self::Rgb => 3,
        }
    }

    /// Internal format, format, type.
    fn formats(self) -> (u32, u32, u32) {
        match self {
            Self::Value => (glow::R32F, glow::RED, glow::FLOAT),
            Self::Tap => (glow::RG32F, glow::RG, glow::FLOAT),
            Self::Rgb => (glow::RGB8, glow::RGB, glow::UNSIGNED_BYTE),
            Self::Rgba => (glow::RGBA8, glow::RGBA, glow::UNSIGNED_BYTE),
        }
    }
}

/// A texture by its name. To be given back to [`Device::free`].
#[derive(Debug)]
pub(super) struct Texture {
    name: glow::Texture,
    pub bytes: usize,
}

/// A linked shader.
#[derive(Debug)]
pub(super) struct Program(glow::Program);

/// A value of a uniform.
#[derive(Clone, Copy, Debug)]
pub(super) enum Uniform {
    Int(i32),
    Ints([i32; 2]),
    Floats([f32; 3]),
    FourFloats([f32; 4]),
}

/// A rectangle of the framebuffer, in pixels from its lower left corner.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Area {
    pub left: i32,
    pub bottom: i32,
    pub size: Size,
}

/// A framebuffer that is drawn on instead of the window.
pub(super) struct Offscreen {
    framebuffer: glow::Framebuffer,
    before: Option<glow::Framebuffer>,
    scissored: bool,
    target: Texture,
    size: Size,
    out: Vec<u8>,
}

/// An OpenGL context that is new enough.
pub(super) struct Device {
    gl: Arc<glow::Context>,
    header: &'static str,
    corners: glow::VertexArray,
    pub max_side: usize,
    /// The driver's name for itself.
    pub name: String,
    pub textures: usize,
    pub bytes: usize,
}

impl Device {
    pub fn new(gl: Arc<glow::Context>) -> Result<Self, GpuError> {
        let header = header(gl.version()).ok_or_else(|| GpuError::TooOld { version: version_text(gl.version()) })?;
        // SAFETY: the context is current (see the top of this file).
        let (max_side, name, corners) = unsafe {
            let corners = gl.create_vertex_array().map_err(|log| GpuError::Shader { log })?;
            (gl.get_parameter_i32(glow::MAX_TEXTURE_SIZE), gl.get_parameter_string(glow::RENDERER), corners)
        };
        let max_side = usize::try_from(max_side).unwrap_or(0);
        Ok(Self { gl, header, corners, max_side, name, textures: 0, bytes: 0 })
    }

    /// True where the driver is a program on the same processor: Mesa's two, Google's, Microsoft's.
    pub fn is_software(&self) -> bool {
        let name = self.name.to_lowercase();
        ["llvmpipe", "softpipe", "swiftshader", "gdi generic", "microsoft basic render"]
            .iter()
            .any(|own| name.contains(own))
    }

    /// A texture of `size` from rows of `row_texels` texels each, of which the first `size.cols` are taken.
    pub fn upload(&mut self, texels: Texels, size: Size, row_texels: usize, data: &[u8]) -> Result<Texture, GpuError> {
        let refused = || GpuError::Refused { what: format!("{size} pixels") };
        let needed = size.rows.saturating_sub(1).checked_mul(row_texels).and_then(|n| n.checked_add(size.cols));
        let needed = needed.and_then(|n| n.checked_mul(texels.bytes())).ok_or_else(refused)?;
        let (rows, cols) = (i32::try_from(size.rows), i32::try_from(size.cols));
        let (Ok(rows), Ok(cols), Ok(row_texels)) = (rows, cols, i32::try_from(row_texels)) else {
            return Err(refused());
        };
        if rows == 0
            || cols == 0
            || row_texels < cols
            || data.len() < needed
            || size.rows.max(size.cols) > self.max_side
        {
            return Err(refused());
        }
        let bytes = size.rows.saturating_mul(size.cols).saturating_mul(texels.bytes());
        let (internal, format, kind) = texels.formats();
        let gl = &self.gl;
        // SAFETY: the context is current (see the top of this file); OpenGL reads `needed` bytes at most, which `data`
        // has: rows of `row_texels` without padding between them, the last one only as far as it is used.
        let (name, error) = unsafe {
            while gl.get_error() != glow::NO_ERROR {}
            let name = gl.create_texture().map_err(|code| GpuError::Memory { bytes, code })?;
            gl.active_texture(glow::TEXTURE0);
            gl.bind_texture(glow::TEXTURE_2D, Some(name));
            for (parameter, value) in [
                (glow::TEXTURE_MIN_FILTER, glow::NEAREST),
                (glow::TEXTURE_MAG_FILTER, glow::NEAREST),
                (glow::TEXTURE_WRAP_S, glow::CLAMP_TO_EDGE),
                (glow::TEXTURE_WRAP_T, glow::CLAMP_TO_EDGE),
            ] {
                gl.tex_parameter_i32(glow::TEXTURE_2D, parameter, value as i32);
            }
            gl.bind_buffer(glow::PIXEL_UNPACK_BUFFER, None);
            gl.pixel_store_i32(glow::UNPACK_ALIGNMENT, 1);
            gl.pixel_store_i32(glow::UNPACK_ROW_LENGTH, row_texels);
            let pixels = glow::PixelUnpackData::Slice(Some(data));
            gl.tex_image_2d(glow::TEXTURE_2D, 0, internal as i32, cols, rows, 0, format, kind, pixels);
            gl.pixel_store_i32(glow::UNPACK_ROW_LENGTH, 0);
            gl.bind_texture(glow::TEXTURE_2D, None);
            (name, gl.get_error())
        };
        self.textures += 1;
        self.bytes += bytes;
        let texture = Texture { name, bytes };
        if error != glow::NO_ERROR {
            self.free(texture);
            return Err(GpuError::Memory { bytes, code: format!("0x{error:04x}") });
        }
        Ok(texture)
    }

    pub fn free(&mut self, texture: Texture) {
        self.textures = self.textures.saturating_sub(1);
        self.bytes = self.bytes.saturating_sub(texture.bytes);
        // SAFETY: the context is current (see the top of this file); a texture is given back once, as it is moved here.
        unsafe { self.gl.delete_texture(texture.name) };
    }

    /// Compiles and links; both sources begin below the version line.
    pub fn program(&self, defines: &str, vertex: &str, fragment: &str) -> Result<Program, GpuError> {
        let gl = &self.gl;
        let failed = |log| GpuError::Shader { log };
        // SAFETY: the context is current (see the top of this file); shaders are deleted once, after their program.
        unsafe {
            let program = gl.create_program().map_err(failed)?;
            let mut log = String::new();
            let mut shaders = Vec::new();
            for (kind, source) in [(glow::VERTEX_SHADER, vertex), (glow::FRAGMENT_SHADER, fragment)] {
                let shader = gl.create_shader(kind).map_err(failed)?;
                gl.shader_source(shader, &format!("{}{defines}{source}", self.header));
                gl.compile_shader(shader);
                if !gl.get_shader_compile_status(shader) {
                    log += &gl.get_shader_info_log(shader);
                }
                gl.attach_shader(program, shader);
                shaders.push(shader);
            }
            gl.link_program(program);
            let linked = gl.get_program_link_status(program);
            if !linked && log.is_empty() {
                log = gl.get_program_info_log(program);
            }
            for shader in shaders {
                gl.detach_shader(program, shader);
                gl.delete_shader(shader);
            }
            if !linked {
                gl.delete_program(program);
                return Err(GpuError::Shader { log });
            }
            Ok(Program(program))
        }
    }

    /// Makes a program ready for [`Device::draw`]: samplers by name, in the order of their units.
    pub fn prepare(&self, program: &Program, samplers: &[(&str, &Texture)], uniforms: &[(&str, Uniform)]) {
        let gl = &self.gl;
        // SAFETY: the context is current (see the top of this file). A uniform that the shader does not use has no
        // location, and is left out by OpenGL.
        unsafe {
            gl.use_program(Some(program.0));
            gl.bind_vertex_array(Some(self.corners));
            gl.disable(glow::BLEND);
            gl.disable(glow::DITHER);
            for (unit, (sampler, texture)) in (0u32..).zip(samplers) {
                gl.uniform_1_i32(gl.get_uniform_location(program.0, sampler).as_ref(), unit as i32);
                self.bind(unit, texture);
            }
        }
        self.set(program, uniforms);
    }

    pub fn set(&self, program: &Program, uniforms: &[(&str, Uniform)]) {
        for (name, value) in uniforms {
            // SAFETY: the context is current (see the top of this file), and the program in use.
            unsafe {
                let at = self.gl.get_uniform_location(program.0, name);
                match *value {
                    Uniform::Int(value) => self.gl.uniform_1_i32(at.as_ref(), value),
                    Uniform::Ints([x, y]) => self.gl.uniform_2_i32(at.as_ref(), x, y),
                    Uniform::Floats([x, y, z]) => self.gl.uniform_3_f32(at.as_ref(), x, y, z),
                    Uniform::FourFloats([x, y, z, w]) => self.gl.uniform_4_f32(at.as_ref(), x, y, z, w),
                }
            }
        }
    }

    pub fn bind(&self, unit: u32, texture: &Texture) {
        // SAFETY: the context is current (see the top of this file).
        unsafe {
            self.gl.active_texture(glow::TEXTURE0 + unit);
            self.gl.bind_texture(glow::TEXTURE_2D, Some(texture.name));
        }
    }

    /// Runs the prepared program over every pixel of an area.
    pub fn draw(&self, area: Area) {
        let (cols, rows) = (i32::try_from(area.size.cols), i32::try_from(area.size.rows));
        let (Ok(cols), Ok(rows)) = (cols, rows) else { return };
        // SAFETY: the context is current (see the top of this file); the four corners come from their numbers, no
        // memory is read.
        unsafe {
            self.gl.viewport(area.left, area.bottom, cols, rows);
            self.gl.draw_arrays(glow::TRIANGLE_STRIP, 0, 4);
        }
    }

    /// Binds a framebuffer of its own, cleared to nothing, until [`Device::offscreen_end`].
    pub fn offscreen_begin(&mut self, size: Size) -> Result<Offscreen, GpuError> {
        let out = vec![0; size.pixels().unwrap_or(0).saturating_mul(4)];
        let target = self.upload(Texels::Rgba, size, size.cols, &out)?;
        let gl = &self.gl;
        // SAFETY: the context is current (see the top of this file).
        let begun = unsafe {
            let before = gl.get_parameter_framebuffer(glow::DRAW_FRAMEBUFFER_BINDING);
            let scissored = gl.is_enabled(glow::SCISSOR_TEST);
            gl.create_framebuffer().map(|framebuffer| {
                gl.bind_framebuffer(glow::FRAMEBUFFER, Some(framebuffer));
                let to = glow::COLOR_ATTACHMENT0;
                gl.framebuffer_texture_2d(glow::FRAMEBUFFER, to, glow::TEXTURE_2D, Some(target.name), 0);
                gl.disable(glow::SCISSOR_TEST);
                (framebuffer, before, scissored)
            })
        };
        match begun {
            Ok((framebuffer, before, scissored)) => Ok(Offscreen { framebuffer, before, scissored, target, size, out }),
            Err(code) => {
                self.free(target);
                Err(GpuError::Memory { bytes: 0, code })
            }
        }
    }

    /// What was drawn: RGBA, upper row first. Binds the framebuffer from before.
    pub fn offscreen_end(&mut self, offscreen: Offscreen) -> Vec<u8> {
        let Offscreen { framebuffer, before, scissored, target, size, mut out } = offscreen;
        let (cols, rows) = (i32::try_from(size.cols).unwrap_or(0), i32::try_from(size.rows).unwrap_or(0));
        let gl = &self.gl;
        // SAFETY: the context is current (see the top of this file); `out` has four bytes for each of the pixels that
        // are read.
        unsafe {
            gl.pixel_store_i32(glow::PACK_ALIGNMENT, 1);
            let pixels = glow::PixelPackData::Slice(Some(&mut out));
            gl.read_pixels(0, 0, cols, rows, glow::RGBA, glow::UNSIGNED_BYTE, pixels);
            gl.bind_framebuffer(glow::FRAMEBUFFER, before);
            gl.delete_framebuffer(framebuffer);
            if scissored {
                gl.enable(glow::SCISSOR_TEST);
            }
        }
        self.free(target);
        // OpenGL gives the lowest row first.
        out.chunks_exact(size.cols.max(1) * 4).rev().flatten().copied().collect()
    }

    /// Gives a program back.
    pub fn free_program(&self, program: Program) {
        // SAFETY: the context is current (see the top of this file); given back once, as it is moved here.
        unsafe { self.gl.delete_program(program.0) };
    }
}

/// The first lines of a shader; `None` where the language has no exact look-up of a texel (before GLSL 1.30, ES 3.00).
fn header(version: &glow::Version) -> Option<&'static str> {
    match (version.is_embedded, version.major, version.minor) {
        (true, 3.., _) => {
            Some("#version 300 es\nprecision highp float;\nprecision highp int;\nprecision highp sampler2D;\n")
        }
        (false, 3, 0) => Some("#version 130\n"),
        (false, 3.., _) => Some("#version 140\n"),
        _ => None,
    }
}

fn version_text(version: &glow::Version) -> String {
    let api = if version.is_embedded { "OpenGL ES" } else { "OpenGL" };
    format!("{api} {}.{}", version.major, version.minor)
}
