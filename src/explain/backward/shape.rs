//! Operators that only move values: the same numbers in another shape or order.

use super::{Forward, Rule, Tape, resample};
use crate::explain::onnx::attributes::{int, ints, set_int, set_ints, text};

pub(super) const RULES: &[Rule] = &[
    ("Reshape", reshaped),
    ("Flatten", reshaped),
    ("Squeeze", reshaped),
    ("Unsqueeze", reshaped),
    ("Transpose", transpose),
    ("Expand", expand),
    ("DepthToSpace", depth_to_space),
    ("SpaceToDepth", space_to_depth),
];

type Done = Result<(), String>;

/// Back to the shape of the input; how the forward shape came about does not matter.
fn reshaped(node: &Forward<'_>, tape: &mut Tape<'_>) -> Done {
    let (x, g) = (node.input(0)?, node.gradient(0)?);
    let gradient = tape.reshape_like(&g, x);
    tape.give(x, gradient);
    Ok(())
}

fn transpose(node: &Forward<'_>, tape: &mut Tape<'_>) -> Done {
    let (x, g) = (node.input(0)?, node.gradient(0)?);
    let rank = i64::try_from(tape.shape(x)?.len()).unwrap_or(0);
    let perm = ints(node.node, "perm").map_or_else(|| (0..rank).rev().collect(), <[i64]>::to_vec);
    let place = |axis: i64| perm.iter().position(|from| *from == axis).and_then(|place| i64::try_from(place).ok());
    let back: Option<Vec<i64>> = (0..rank).map(place).collect();
    let back = back.ok_or("its permutation is not one")?;
    let gradient = tape.op("Transpose", &[&g], vec![set_ints("perm", &back)]);
    tape.give(x, gradient);
    Ok(())
}

fn expand(node: &Forward<'_>, tape: &mut Tape<'_>) -> Done {
    let (x, g) = (node.input(0)?, node.gradient(0)?);
    let shape = tape.shape(node.output(0)?)?;
    let gradient = tape.unbroadcast(g, &shape, x)?;
    tape.give(x, gradient);
    Ok(())
}

fn depth_to_space(node: &Forward<'_>, tape: &mut Tape<'_>) -> Done {
    let (x, g) = (node.input(0)?, node.gradient(0)?);
    if text(node.node, "mode", "DCR") != "DCR" {
        return resample::unshuffled(node, tape);
    }
    let block = set_int("blocksize", int(node.node, "blocksize", 1));
    let gradient = tape.op("SpaceToDepth", &[&g], vec![block]);
    tape.give(x, gradient);
    Ok(())
}

fn space_to_depth(node: &Forward<'_>, tape: &mut Tape<'_>) -> Done {
    let (x, g) = (node.input(0)?, node.gradient(0)?);
    let block = set_int("blocksize", int(node.node, "blocksize", 1));
    let gradient = tape.op("DepthToSpace", &[&g], vec![block]);
    tape.give(x, gradient);
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::explain::backward::check::{Check, noise};
    use crate::explain::onnx::attributes::{set_int, set_ints};

    #[test]
    fn other_shapes_agree_with_differences() {
        let shape = Check::new(&[2, 3, 2, 2]).ints("shape", &[0, -1, 4]);
        shape.node("Reshape", &["x", "shape"], vec![]).agrees();
        Check::new(&[2, 3, 2, 2]).node("Flatten", &["x"], vec![set_int("axis", 2)]).agrees();
        Check::new(&[2, 3, 1, 1]).opset(12).node("Squeeze", &["x"], vec![set_ints("axes", &[2, 3])]).agrees();
        Check::new(&[2, 3, 1, 1]).ints("axes", &[2]).node("Squeeze", &["x", "axes"], vec![]).agrees();
        Check::new(&[2, 3]).ints("axes", &[2, 3]).node("Unsqueeze", &["x", "axes"], vec![]).agrees();
        Check::new(&[2, 3]).opset(11).node("Unsqueeze", &["x"], vec![set_ints("axes", &[0, 3])]).agrees();
    }

    #[test]
    fn other_orders_agree_with_differences() {
        Check::new(&[2, 3, 2, 4]).node("Transpose", &["x"], vec![set_ints("perm", &[0, 2, 3, 1])]).agrees();
        Check::new(&[2, 3, 4]).node("Transpose", &["x"], vec![set_ints("perm", &[1, 2, 0])]).agrees();
        Check::new(&[2, 3]).node("Transpose", &["x"], vec![]).agrees();
        Check::new(&[1, 8, 2, 3]).node("DepthToSpace", &["x"], vec![set_int("blocksize", 2)]).agrees();
        Check::new(&[1, 2, 4, 6]).node("SpaceToDepth", &["x"], vec![set_int("blocksize", 2)]).agrees();
    }

    #[test]
    fn repeated_values_are_added_up() {
        let check =
            Check::new(&[2, 1, 3]).ints("shape", &[2, 4, 3]).node_named("Expand", &["x", "shape"], "wide", vec![]);
        check.floats("weights", &[2, 4, 3], &noise(24, 5)).node("Mul", &["wide", "weights"], vec![]).agrees();
    }
}
