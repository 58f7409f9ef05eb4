//! Kernel, stride, dilation and padding of a sliding window, with `auto_pad` resolved.

use super::attributes::{int, ints, text};
use super::facts::Facts;
use crate::onnx::proto::NodeProto;

/// One spatial axis of a Conv, MaxPool or AveragePool, in pixels of its input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    pub kernel: usize,
    pub stride: usize,
    pub dilation: usize,
    /// Padding before the first pixel.
    pub pad_begin: usize,
    /// Padding after the last pixel, as the operator states it. With `ceil_mode` windows may reach beyond.
    pub pad_end: usize,
    pub input: usize,
    pub output: usize,
}

impl Window {
    /// Pixels that one window spans.
    pub fn extent(&self) -> usize {
        self.dilation * self.kernel.saturating_sub(1) + 1
    }

    /// Pixels from the start of the padding to the end of the last window.
    pub fn reach(&self) -> usize {
        self.output.saturating_sub(1) * self.stride + self.extent()
    }

    /// Padding at the end that the windows really use, and pixels at the end that no window sees.
    pub fn used_end(&self) -> (usize, usize) {
        let there = self.pad_begin + self.input;
        (self.reach().saturating_sub(there), there.saturating_sub(self.reach()))
    }
}

/// The windows of a node along its spatial axes (the third axis and later).
///
/// # Errors
/// A reason in words.
pub fn windows(node: &NodeProto, facts: &Facts) -> Result<Vec<Window>, String> {
    let shape = |place: &Option<&String>, what: &str| {
        let found = place.and_then(|name| facts.shape(name)).map(|shape| shape.get(2..).unwrap_or_default().to_vec());
        found.ok_or_else(|| format!("the shape of its {what} is not known"))
    };
    let inputs = shape(&node.input.first(), "input")?;
    let outputs = shape(&node.output.first(), "output")?;
    let kernel = match ints(node, "kernel_shape") {
        Some(kernel) => kernel.iter().map(|length| usize::try_from(*length).unwrap_or(1)).collect(),
        None => shape(&node.input.get(1), "weights")?,
    };
    let auto_pad = text(node, "auto_pad", "NOTSET");
    let list = |name: &str, default: usize, at: usize| {
        let stated = ints(node, name).and_then(|values| values.get(at).copied());
        stated.and_then(|value| usize::try_from(value).ok()).unwrap_or(default)
    };
    let axes = kernel.len();
    if inputs.len() != axes || outputs.len() != axes {
        return Err("its kernel and its input have different numbers of axes".to_owned());
    }
    if int(node, "storage_order", 0) != 0 {
        return Err("it counts columns first (storage_order 1)".to_owned());
    }
    let mut windows = Vec::with_capacity(axes);
    for (axis, ((kernel, input), output)) in kernel.iter().zip(inputs).zip(outputs).enumerate() {
        let (stride, dilation) = (list("strides", 1, axis).max(1), list("dilations", 1, axis).max(1));
        let mut window = Window { kernel: *kernel, stride, dilation, pad_begin: 0, pad_end: 0, input, output };
        let missing = window.reach().saturating_sub(input);
        (window.pad_begin, window.pad_end) = match auto_pad {
            "SAME_UPPER" => (missing / 2, missing - missing / 2),
            "SAME_LOWER" => (missing - missing / 2, missing / 2),
            "VALID" => (0, 0),
            _ => (list("pads", 0, axis), list("pads", 0, axes + axis)),
        };
        windows.push(window);
    }
    Ok(windows)
}
