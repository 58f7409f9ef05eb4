//! Sums, means and extremes over axes.

use super::{Forward, Rule, Tape};
use crate::explain::onnx::attributes::{int, ints};

pub(super) const RULES: &[Rule] = &[
    ("ReduceMean", mean),
    ("ReduceSum", sum),
    ("ReduceMax", extreme),
    ("ReduceMin", extreme),
    ("ReduceL2", length),
    ("ReduceSumSquare", squares),
    ("ReduceL1", magnitudes),
    ("ReduceLogSumExp", log_sum_exp),
    ("ReduceLogSum", log_sum),
];

type Done = Result<(), String>;

/// The axes, as numbers from 0; all where none are stated.
fn axes(node: &Forward<'_>, tape: &Tape<'_>) -> Result<Vec<usize>, String> {
    let shape = tape.shape(node.input(0)?)?;
    let rank = i64::try_from(shape.len()).unwrap_or(0);
    let stated = match node.optional_input(1) {
        Some(name) => Some(tape.integers(name)?),
        None => ints(node.node, "axes").map(<[i64]>::to_vec),
    };
    let stated = stated.filter(|axes| !axes.is_empty());
    if stated.is_none() && int(node.node, "noop_with_empty_axes", 0) != 0 {
        return Ok(Vec::new());
    }
    let whole = stated.unwrap_or_else(|| (0..rank).collect());
    let axes: Vec<usize> = whole
        .iter()
        .map(|axis| {
            usize::try_from(if *axis < 0 { axis + rank } else { *axis }).map_err(|_| format!("it has the axis {axis}"))
        })
        .collect::<Result<_, _>>()?;
    if axes.iter().any(|axis| tape.is_batch(&shape, *axis) && shape.get(*axis) != Some(&1)) {
        return Err("it mixes the pictures of a batch".to_owned());
    }
    Ok(axes)
}

/// A value of the output's shape, repeated to the input's.
fn widened(node: &Forward<'_>, tape: &mut Tape<'_>, value: &str, axes: &[usize]) -> Result<String, String> {
    let shape = tape.shape(node.input(0)?)?;
    let mut sorted = axes.to_vec();
    sorted.sort_unstable();
    let dropped = int(node.node, "keepdims", 1) == 0 && !axes.is_empty();
    let value = if dropped { tape.unsqueeze(value, &sorted) } else { value.to_owned() };
    let length = |(axis, length): (usize, &usize)| if axes.contains(&axis) { *length } else { 1 };
    let dims: Vec<usize> = shape.iter().enumerate().map(length).collect();
    Ok(tape.expand(&value, &dims))
}

fn spread(node: &Forward<'_>, tape: &mut Tape<'_>, mean: bool) -> Done {
    let axes = axes(node, tape)?;
    let shape = tape.shape(node.input(0)?)?;
    let count: usize = axes.iter().filter_map(|axis| shape.get(*axis)).product();
    let mut g = node.gradient(0)?;
    if mean {
        g = tape.times(&g, 1.0 / count.max(1) as f32);
    }
    let gradient = widened(node, tape, &g, &axes)?;
    tape.give(node.input(0)?, gradient);
    Ok(())
}

fn mean(node: &Forward<'_>, tape: &mut Tape<'_>) -> Done {
    spread(node, tape, true)
}

fn sum(node: &Forward<'_>, tape: &mut Tape<'_>) -> Done {
    spread(node, tape, false)
}

/// Shared by all values that are the extreme, as PyTorch (amax) and TensorFlow have it.
fn extreme(node: &Forward<'_>, tape: &mut Tape<'_>) -> Done {
    let (x, axes) = (node.input(0)?, axes(node, tape)?);
    let g = node.gradient(0)?;
    let g = widened(node, tape, &g, &axes)?;
    let y = widened(node, tape, node.output(0)?, &axes)?;
    let equal = tape.op("Equal", &[x, &y], vec![]);
    let mask = tape.as_float(&equal);
    let count = tape.reduce_sum(&mask, &axes, true);
    let share = tape.div(&g, &count);
    let gradient = tape.mul(&mask, &share);
    tape.give(x, gradient);
    Ok(())
}

/// x / y.
fn length(node: &Forward<'_>, tape: &mut Tape<'_>) -> Done {
    let (x, axes) = (node.input(0)?, axes(node, tape)?);
    let g = node.gradient(0)?;
    let share = tape.div(&g, node.output(0)?);
    let share = widened(node, tape, &share, &axes)?;
    let gradient = tape.mul(x, &share);
    tape.give(x, gradient);
    Ok(())
}

/// 2 x.
fn squares(node: &Forward<'_>, tape: &mut Tape<'_>) -> Done {
    let (x, axes) = (node.input(0)?, axes(node, tape)?);
    let g = node.gradient(0)?;
    let double = tape.times(&g, 2.0);
    let double = widened(node, tape, &double, &axes)?;
    let gradient = tape.mul(x, &double);
    tape.give(x, gradient);
    Ok(())
}

/// The sign of x.
fn magnitudes(node: &Forward<'_>, tape: &mut Tape<'_>) -> Done {
    let (x, axes) = (node.input(0)?, axes(node, tape)?);
    let g = node.gradient(0)?;
    let g = widened(node, tape, &g, &axes)?;
    let (above, below) = (tape.mask_above(x, 0.0), tape.mask_below(x, 0.0));
    let sign = tape.sub(&above, &below);
    let gradient = tape.mul(&g, &sign);
    tape.give(x, gradient);
    Ok(())
}

/// exp(x - y), the softmax.
fn log_sum_exp(node: &Forward<'_>, tape: &mut Tape<'_>) -> Done {
    let (x, axes) = (node.input(0)?, axes(node, tape)?);
    let g = node.gradient(0)?;
    let g = widened(node, tape, &g, &axes)?;
    let y = widened(node, tape, node.output(0)?, &axes)?;
    let below = tape.sub(x, &y);
    let share = tape.op("Exp", &[&below], vec![]);
    let gradient = tape.mul(&g, &share);
    tape.give(x, gradient);
    Ok(())
}

/// 1 / exp(y), the same for all.
fn log_sum(node: &Forward<'_>, tape: &mut Tape<'_>) -> Done {
    let (x, axes) = (node.input(0)?, axes(node, tape)?);
    let g = node.gradient(0)?;
    let sum = tape.op("Exp", &[node.output(0)?], vec![]);
    let share = tape.div(&g, &sum);
    let gradient = widened(node, tape, &share, &axes)?;
    tape.give(x, gradient);
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::explain::backward::check::Check;
    use crate::explain::onnx::attributes::{set_int, set_ints};

    #[test]
    fn reductions_with_axes_as_an_attribute_agree_with_differences() {
        for op in ["ReduceMean", "ReduceSum", "ReduceMax", "ReduceMin", "ReduceL2", "ReduceSumSquare"] {
            for keep in [0, 1] {
                for axes in [&[2i64, 3][..], &[-1], &[1]] {
                    let attributes = vec![set_ints("axes", axes), set_int("keepdims", keep)];
                    Check::new(&[2, 3, 2, 2]).opset(12).spread(3.0).node(op, &["x"], attributes).agrees();
                }
            }
        }
    }

    #[test]
    fn reductions_with_axes_as_an_input_agree_with_differences() {
        for op in ["ReduceMean", "ReduceSum", "ReduceMax", "ReduceMin", "ReduceL2", "ReduceSumSquare"] {
            for keep in [0, 1] {
                let check = Check::new(&[2, 3, 2, 2]).opset(20).spread(3.0).ints("axes", &[-2, 3]);
                check.node(op, &["x", "axes"], vec![set_int("keepdims", keep)]).agrees();
            }
        }
    }

    #[test]
    fn further_reductions_agree_with_differences() {
        for (op, centre) in [("ReduceL1", 0.0), ("ReduceLogSumExp", 0.0), ("ReduceLogSum", 4.0)] {
            let check = || Check::new(&[2, 3, 2, 2]).spread(3.0).above(centre);
            check().opset(12).node(op, &["x"], vec![set_ints("axes", &[2, 3])]).agrees();
            check().opset(18).ints("axes", &[1]).node(op, &["x", "axes"], vec![set_int("keepdims", 0)]).agrees();
        }
    }

    #[test]
    fn mixing_pictures_is_refused() {
        let check = Check::new(&[2, 3, 2, 2]).opset(12);
        let reason = check.node("ReduceMean", &["x"], vec![set_ints("axes", &[0])]).refusal();
        assert!(reason.contains("mixes the pictures"), "{reason}");
    }
}
