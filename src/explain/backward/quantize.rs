//! Quantised values: `QuantizeLinear` and `DequantizeLinear` pairs.
//!
//! Rounding has no slope, so the gradient is the straight-through estimator (Bengio, Leonard and Courville 2013, "Estimating
//! or Propagating Gradients Through Stochastic Neurons for Conditional Computation", <https://arxiv.org/abs/1308.3432>):
//! a pair passes it on where the value lies inside the range that its integers reach, and stops it where it was clipped,
//! as PyTorch's `fake_quantize` does. `q = clip(round(x / s) + z)` gives `g / s` inside, `x = (q - z) s` gives `g s`.
//!
//! Models quantised while they run find `s` over the values themselves, so that nothing is clipped; `s` is held as it is.

use super::conv::lay_back;
use super::{Forward, Rule, Tape};
use crate::explain::onnx::attributes::{int, set_ints};
use crate::explain::onnx::window::windows;
use crate::onnx::proto::DataType;

pub(super) const RULES: &[Rule] = &[
    ("QuantizeLinear", quantize),
    ("DequantizeLinear", dequantize),
    ("DynamicQuantizeLinear", dynamic_quantize),
    ("ConvInteger", integer_conv),
    ("MatMulInteger", integer_product),
    ("QLinearConv", whole_numbers),
    ("QLinearMatMul", whole_numbers),
];

type Done = Result<(), String>;

fn quantize(node: &Forward<'_>, tape: &mut Tape<'_>) -> Done {
    let (x, g) = (node.input(0)?, node.gradient(0)?);
    let scale = fitted(node, tape, node.input(1)?, x)?;
    let (low, high) = range(node, tape)?;
    let share = tape.div(x, &scale);
    let mut level = tape.op("Round", &[&share], vec![]);
    if let Some(zero) = node.optional_input(2) {
        let zero = tape.as_float(zero);
        let zero = fitted(node, tape, &zero, x)?;
        level = tape.add(&level, &zero);
    }
    // Levels are whole numbers: half a step beside the ends lies none.
    let (above, below) = (tape.mask_above(&level, low - 0.5), tape.mask_below(&level, high + 0.5));
    let inside = tape.mul(&above, &below);
    let kept = tape.mul(&g, &inside);
    let gradient = tape.div(&kept, &scale);
    tape.give(x, gradient);
    Ok(())
}

fn dequantize(node: &Forward<'_>, tape: &mut Tape<'_>) -> Done {
    let (q, g) = (node.input(0)?, node.gradient(0)?);
    let scale = fitted(node, tape, node.input(1)?, q)?;
    let gradient = tape.mul(&g, &scale);
    tape.give(q, gradient);
    Ok(())
}

/// Its own outputs are the integers, their scale and their zero point.
fn dynamic_quantize(node: &Forward<'_>, tape: &mut Tape<'_>) -> Done {
    if let Some(g) = node.optional_gradient(0) {
        let gradient = tape.div(&g, node.output(1)?);
        tape.give(node.input(0)?, gradient);
    }
    Ok(())
}

/// A convolution of integers less their zero points.
fn integer_conv(node: &Forward<'_>, tape: &mut Tape<'_>) -> Done {
    let (x, weights, g) = (node.input(0)?, node.input(1)?, node.gradient(0)?);
    let ahead: Vec<i64> = (0..tape.shape(weights)?.len()).map(|axis| if axis == 0 { -1 } else { 1 }).collect();
    let weights = less_zero(node, tape, weights, &ahead)?;
    let windows = windows(node.node, tape.facts())?;
    let gradient = tape.op("ConvTranspose", &[&g, &weights], lay_back(&windows, int(node.node, "group", 1)));
    tape.give(x, gradient);
    Ok(())
}

/// A matrix product of integers less their zero points, with a constant on the right.
fn integer_product(node: &Forward<'_>, tape: &mut Tape<'_>) -> Done {
    let (a, b, g) = (node.input(0)?, node.input(1)?, node.gradient(0)?);
    if tape.shape(b)?.len() != 2 {
        return Err("its second factor is no matrix".to_owned());
    }
    let b = less_zero(node, tape, b, &[1, -1])?;
    let turned = tape.op("Transpose", &[&b], vec![set_ints("perm", &[1, 0])]);
    let gradient = tape.op("MatMul", &[&g, &turned], vec![]);
    tape.give(a, gradient);
    Ok(())
}

/// Integer weights as floats, less their zero point (the fourth input), one for all or one along the axis that is -1.
fn less_zero(node: &Forward<'_>, tape: &mut Tape<'_>, weights: &str, axis: &[i64]) -> Result<String, String> {
    let zero = node.optional_input(3);
    if tape.wants(weights) || zero.is_some_and(|zero| tape.wants(zero)) {
        return Err("its weights depend on the layer".to_owned());
    }
    let float = tape.as_float(weights);
    let Some(zero) = zero else { return Ok(float) };
    let zero = tape.as_float(zero);
    let zero = tape.reshape(&zero, axis);
    Ok(tape.sub(&float, &zero))
}

/// A scale or zero point `[]`, `[1]` or `[length of the axis]` so that it meets its axis of `x`.
fn fitted(node: &Forward<'_>, tape: &mut Tape<'_>, values: &str, x: &str) -> Result<String, String> {
    if int(node.node, "block_size", 0) != 0 {
        return Err("it has a scale for each block of values".to_owned());
    }
    let parameters = [node.optional_input(1), node.optional_input(2)];
    if parameters.into_iter().flatten().any(|name| tape.wants(name)) {
        return Err("its scale depends on the picture".to_owned());
    }
    let scale = tape.shape(node.input(1)?)?;
    if scale.iter().product::<usize>() <= 1 {
        return Ok(tape.reshape(values, &[1]));
    }
    let rank = tape.shape(x)?.len();
    let axis = int(node.node, "axis", 1);
    let axis = if axis < 0 { axis + i64::try_from(rank).unwrap_or(0) } else { axis };
    let axis = usize::try_from(axis).map_err(|_| format!("it has the axis {axis}"))?;
    let shape: Vec<i64> = (0..rank).map(|own| if own == axis { -1 } else { 1 }).collect();
    Ok(tape.reshape(values, &shape))
}

/// The least and largest integer of the quantised values.
fn range(node: &Forward<'_>, tape: &Tape<'_>) -> Result<(f32, f32), String> {
    let dtype = tape.facts().element_type(node.output(0)?).unwrap_or(DataType::Uint8);
    Ok(match dtype {
        DataType::Uint8 => (0.0, 255.0),
        DataType::Int8 => (-128.0, 127.0),
        DataType::Uint16 => (0.0, 65_535.0),
        DataType::Int16 => (-32_768.0, 32_767.0),
        DataType::Uint4 => (0.0, 15.0),
        DataType::Int4 => (-8.0, 7.0),
        other => return Err(format!("it quantises to {}", other.numpy_name())),
    })
}

fn whole_numbers(_: &Forward<'_>, _: &mut Tape<'_>) -> Done {
    Err("it computes with whole numbers, which have no slope (quantised with QuantizeLinear and DequantizeLinear pairs, \
         quantize_static with QuantFormat.QDQ, the model has gradients)"
        .to_owned())
}

#[cfg(test)]
mod tests {
    use crate::explain::backward::check::Check;
    use crate::explain::onnx::attributes::set_int;
    use crate::onnx::proto::DataType;

    /// Weights of 1 for what lies inside, by hand: scale 0.5, zero point 3, unsigned: -1.5 … 126.
    #[test]
    fn a_pair_passes_gradients_inside_its_range_only() {
        let x = [-2.0, -1.76, -1.74, -1.0, 0.0, 1.3, 126.2, 126.3];
        let pair = |zero: u8, dtype: DataType| {
            let check = Check::new(&[1, 2, 2, 2]).floats("s", &[], &[0.5]).tensor("z", &[], dtype, vec![zero]);
            let check = check.node_named("QuantizeLinear", &["x", "s", "z"], "q", vec![]);
            check.node("DequantizeLinear", &["q", "s", "z"], vec![])
        };
        let seed = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0];
        for (engine, found) in pair(3, DataType::Uint8).gradients(&x, &seed) {
            assert_eq!(found, [0.0, 0.0, 3.0, 4.0, 5.0, 6.0, 7.0, 0.0], "{engine:?}");
        }
        for (engine, found) in pair(0, DataType::Int8).gradients(&x, &seed) {
            assert_eq!(found, [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 0.0, 0.0], "{engine:?}");
        }
    }

    #[test]
    fn scales_of_an_axis_meet_their_channels() {
        let check =
            Check::new(&[1, 2, 1, 2]).floats("s", &[2], &[0.5, 0.25]).tensor("z", &[2], DataType::Int8, vec![0, 100]);
        let axis = || vec![set_int("axis", 1)];
        let check = check.node_named("QuantizeLinear", &["x", "s", "z"], "q", axis());
        let check = check.node("DequantizeLinear", &["q", "s", "z"], axis());
        for (engine, found) in check.gradients(&[60.0, 70.0, 6.0, 8.0], &[1.0, 2.0, 3.0, 4.0]) {
            assert_eq!(found, [1.0, 0.0, 3.0, 0.0], "{engine:?}");
        }
    }

    #[test]
    fn whole_numbers_are_refused_in_words() {
        let check = Check::new(&[1, 4]).tensor("w", &[4, 2], DataType::Uint8, vec![3; 8]).floats("s", &[], &[0.5]);
        let check = check.tensor("z", &[], DataType::Uint8, vec![9]);
        let check = check.node_named("QuantizeLinear", &["x", "s", "z"], "q", vec![]);
        let inputs = ["q", "s", "z", "w", "s", "z", "s", "z"];
        let check = check.node_named("QLinearMatMul", &inputs, "whole", vec![]);
        let refused = check.node("DequantizeLinear", &["whole", "s", "z"], vec![]).refusal();
        assert!(refused.contains("QLinearMatMul") && refused.contains("whole numbers"), "{refused}");
    }

    /// y = s x' W with x' = x / s: the gradient is that of the float product with the weights less their zero point.
    #[test]
    fn integers_found_while_the_model_runs_pass_gradients() {
        let check = Check::new(&[1, 2]).tensor("w", &[2, 3], DataType::Uint8, vec![5, 3, 1, 8, 2, 9]);
        let check = check.tensor("wz", &[], DataType::Uint8, vec![2]);
        let check = check.node_with_outputs("DynamicQuantizeLinear", &["x"], &["q", "s", "z"], vec![]);
        let check = check.node_named("MatMulInteger", &["q", "w", "z", "wz"], "whole", vec![]);
        let check = check.node_named("Cast", &["whole"], "float", vec![set_int("to", DataType::Float as i64)]);
        let check = check.node("Mul", &["float", "s"], vec![]);
        for (engine, found) in check.gradients(&[1.0, -0.5], &[1.0, 10.0, 100.0]) {
            let expected = [3.0 + 10.0 - 100.0, 6.0 + 700.0];
            let close = found.iter().zip(expected).all(|(a, b): (&f32, f32)| (a - b).abs() < 1e-3);
            assert!(close, "{engine:?}: {found:?}");
        }
    }
}
