//! The shader in the few forms that pictures need, each compiled when it is first needed. A form has no branches on what
//! is the same for all pixels: software OpenGL would walk through both sides of each.

use super::GpuError;
use super::device::{Device, Program};
use crate::render::{Curve, Shader};

const VERTEX: &str = include_str!("picture.vert");
const FRAGMENT: &str = include_str!("picture.frag");

/// What a picture needs of the shader.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Form {
    /// Red, green, blue instead of values.
    pub color: bool,
    pub smooth: bool,
    pub overlay: bool,
    /// 0 ramp, 1 step, 2 sigmoid.
    pub curve: u8,
    /// Grey levels become colours.
    pub palette: bool,
}

impl Form {
    pub fn new(color: bool, smooth: bool, overlay: bool, shader: &Shader) -> Self {
        let curve = match shader.curve() {
            _ if color => 0,
            Curve::Ramp(_) => 0,
            Curve::Step { .. } => 1,
            Curve::Sigmoid { .. } => 2,
        };
        Self { color, smooth, overlay, curve, palette: !color && shader.colors().is_some() }
    }

    fn defines(self) -> String {
        let Self { color, smooth, overlay, curve, palette } = self;
        let [color, smooth, overlay, palette] = [color, smooth, overlay, palette].map(u8::from);
        format!(
            "#define COLOR {color}\n#define SMOOTH {smooth}\n#define OVERLAY {overlay}\n#define CURVE {curve}\n\
             #define PALETTE {palette}\n"
        )
    }
}

#[derive(Default)]
pub(super) struct Programs {
    compiled: Vec<(Form, Program)>,
}

impl Programs {
    pub fn ready(&mut self, device: &Device, form: Form) -> Result<(), GpuError> {
        if self.get(form).is_none() {
            self.compiled.push((form, device.program(&form.defines(), VERTEX, FRAGMENT)?));
        }
        Ok(())
    }

    /// After [`Programs::ready`].
    pub fn get(&self, form: Form) -> Option<&Program> {
        self.compiled.iter().find(|(known, _)| *known == form).map(|(_, program)| program)
    }

    pub fn free(&mut self, device: &Device) {
        for (_, program) in self.compiled.drain(..) {
            device.free_program(program);
        }
    }
}
