//! Convolutions.
//!
//! The gradient of a convolution is the transposed convolution with the same weights, and the other way round (Dumoulin
//! and Visin 2016, "A guide to convolution arithmetic for deep learning", <https://arxiv.org/abs/1603.07285>).

use super::{Forward, Rule, Tape};
use crate::explain::onnx::attributes::{int, ints, set_int, set_ints, text};
use crate::explain::onnx::window::{Window, windows};
use crate::onnx::proto::AttributeProto;

pub(super) const RULES: &[Rule] = &[("Conv", conv), ("ConvTranspose", conv_transpose)];

type Done = Result<(), String>;

fn list(values: impl Iterator<Item = usize>) -> Vec<i64> {
    values.map(|value| i64::try_from(value).unwrap_or(i64::MAX)).collect()
}

/// Attributes of the ConvTranspose that lays values back where the windows took them from. What no window saw at the
/// end becomes output padding, which is zero.
pub(super) fn lay_back(windows: &[Window], group: i64) -> Vec<AttributeProto> {
    let begins = windows.iter().map(|window| window.pad_begin);
    let ends = windows.iter().map(|window| window.used_end().0);
    vec![
        set_ints("kernel_shape", &list(windows.iter().map(|window| window.kernel))),
        set_ints("strides", &list(windows.iter().map(|window| window.stride))),
        set_ints("dilations", &list(windows.iter().map(|window| window.dilation))),
        set_ints("pads", &list(begins.chain(ends))),
        set_ints("output_padding", &list(windows.iter().map(|window| window.used_end().1))),
        set_int("group", group),
    ]
}

/// Attributes of a Conv over values that are padded already.
pub(super) fn lay_out(windows: &[Window]) -> Vec<AttributeProto> {
    vec![
        set_ints("kernel_shape", &list(windows.iter().map(|window| window.kernel))),
        set_ints("strides", &list(windows.iter().map(|window| window.stride))),
        set_ints("dilations", &list(windows.iter().map(|window| window.dilation))),
        set_ints("pads", &vec![0; windows.len() * 2]),
        set_int("group", 1),
    ]
}

fn conv(node: &Forward<'_>, tape: &mut Tape<'_>) -> Done {
    let (x, weights, g) = (node.input(0)?, node.input(1)?, node.gradient(0)?);
    let others = [Some(weights), node.optional_input(2)];
    if others.into_iter().flatten().any(|name| tape.wants(name)) {
        return Err("its weights depend on the layer".to_owned());
    }
    let windows = windows(node.node, tape.facts())?;
    let gradient = tape.op("ConvTranspose", &[&g, weights], lay_back(&windows, int(node.node, "group", 1)));
    tape.give(x, gradient);
    Ok(())
}

fn conv_transpose(node: &Forward<'_>, tape: &mut Tape<'_>) -> Done {
    let (x, weights, g) = (node.input(0)?, node.input(1)?, node.gradient(0)?);
    let others = [Some(weights), node.optional_input(2)];
    if others.into_iter().flatten().any(|name| tape.wants(name)) {
        return Err("its weights depend on the layer".to_owned());
    }
    if text(node.node, "auto_pad", "NOTSET") != "NOTSET" || ints(node.node, "output_shape").is_some() {
        return Err("it states its output's size instead of its padding".to_owned());
    }
    let axes = tape.shape(x)?.len().saturating_sub(2);
    let kernel: Vec<usize> = tape.shape(weights)?.get(2..).unwrap_or_default().to_vec();
    let stated = |name: &str, count: usize, default: i64| {
        ints(node.node, name).map_or_else(|| vec![default; count], <[i64]>::to_vec)
    };
    let attributes = vec![
        set_ints("kernel_shape", &list(kernel.into_iter())),
        set_ints("strides", &stated("strides", axes, 1)),
        set_ints("dilations", &stated("dilations", axes, 1)),
        set_ints("pads", &stated("pads", axes * 2, 0)),
        set_int("group", int(node.node, "group", 1)),
    ];
    let gradient = tape.op("Conv", &[&g, weights], attributes);
    tape.give(x, gradient);
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::explain::backward::check::{Check, noise};
    use crate::explain::onnx::attributes::{set_int, set_ints, set_text};
    use crate::onnx::proto::AttributeProto;

    fn check(x: &[usize], weights: &[usize], attributes: Vec<AttributeProto>) {
        let check = Check::new(x).floats("w", weights, &noise(weights.iter().product(), 1));
        let check = check.floats("b", &weights[..1], &noise(weights[0], 2));
        check.node("Conv", &["x", "w", "b"], attributes).agrees();
    }

    #[test]
    fn strides_pads_and_dilations_agree_with_differences() {
        check(&[2, 2, 5, 4], &[3, 2, 3, 3], vec![]);
        check(&[1, 2, 6, 5], &[3, 2, 3, 2], vec![set_ints("strides", &[2, 2]), set_ints("pads", &[1, 0, 1, 1])]);
        check(&[1, 1, 7, 8], &[2, 1, 3, 3], vec![set_ints("strides", &[3, 2])]);
        check(&[1, 2, 7, 7], &[2, 2, 3, 3], vec![set_ints("dilations", &[2, 3]), set_ints("pads", &[2, 3, 2, 3])]);
        check(&[1, 2, 5, 5], &[4, 2, 1, 1], vec![set_ints("strides", &[2, 2])]);
        // The last row is seen by no window, and the padding at the end is not used either.
        check(&[1, 1, 6, 6], &[2, 1, 3, 3], vec![set_ints("strides", &[2, 2]), set_ints("pads", &[1, 1, 0, 0])]);
    }

    #[test]
    fn groups_agree_with_differences() {
        check(&[1, 4, 5, 4], &[6, 2, 3, 3], vec![set_int("group", 2), set_ints("pads", &[1, 1, 1, 1])]);
        let depthwise = vec![set_int("group", 3), set_ints("strides", &[2, 2]), set_ints("pads", &[1, 1, 1, 1])];
        check(&[2, 3, 6, 5], &[3, 1, 3, 3], depthwise);
    }

    #[test]
    fn volumes_agree_with_differences() {
        check(&[2, 2, 3, 4, 3], &[3, 2, 3, 2, 1], vec![set_ints("pads", &[1, 0, 0, 1, 1, 0])]);
        check(&[1, 1, 5, 4, 6], &[2, 1, 3, 3, 3], vec![set_ints("strides", &[2, 1, 2]), set_ints("pads", &[1; 6])]);
    }

    #[test]
    fn automatic_padding_agrees_with_differences() {
        for auto in ["SAME_UPPER", "SAME_LOWER", "VALID"] {
            for stride in [1, 2] {
                let attributes = vec![set_text("auto_pad", auto), set_ints("strides", &[stride, stride])];
                check(&[1, 2, 6, 5], &[2, 2, 3, 2], attributes);
            }
        }
    }

    #[test]
    fn transposed_convolutions_agree_with_differences() {
        for attributes in [
            vec![],
            vec![set_ints("strides", &[2, 2])],
            vec![set_ints("strides", &[2, 2]), set_ints("pads", &[1, 1, 1, 1]), set_ints("output_padding", &[1, 1])],
        ] {
            let check = Check::new(&[1, 2, 3, 4]).floats("w", &[2, 3, 3, 3], &noise(54, 1));
            check.node("ConvTranspose", &["x", "w"], attributes).agrees();
        }
    }
}
