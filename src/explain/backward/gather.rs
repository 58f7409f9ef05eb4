//! Operators that take single values by their places, which must not depend on the picture.

use super::resample::picking;
use super::select::{axis_of, laid_back};
use super::{Forward, Rule, Tape};
use crate::explain::onnx::attributes::{int, set_ints};

pub(super) const RULES: &[Rule] = &[("Gather", gather), ("GatherND", gather_nd)];

type Done = Result<(), String>;

/// `index` of an axis of `length`, counted from the end where negative.
///
/// # Errors
/// Where it lies outside.
fn place(index: i64, length: usize) -> Result<usize, String> {
    let whole = i64::try_from(length).unwrap_or(i64::MAX);
    let found = usize::try_from(if index < 0 { index + whole } else { index }).ok().filter(|at| *at < length);
    found.ok_or_else(|| "its indices lie outside".to_owned())
}

fn gather(node: &Forward<'_>, tape: &mut Tape<'_>) -> Done {
    let (x, g) = (node.input(0)?, node.gradient(0)?);
    let shape = tape.shape(x)?;
    let axis = axis_of(node, &shape, int(node.node, "axis", 0))?;
    if tape.is_batch(&shape, axis) {
        return Err("it takes single pictures out of a batch".to_owned());
    }
    let indices = node.input(1)?;
    let length = shape.get(axis).copied().unwrap_or(0);
    let rows: Vec<usize> =
        tape.integers(indices)?.into_iter().map(|index| place(index, length)).collect::<Result<_, _>>()?;
    let g = match tape.shape(indices)?.len() {
        0 => tape.unsqueeze(&g, &[axis]),
        1 => g,
        _ => {
            // Axes of the indices become one; 0 keeps the length of an axis in front of them.
            let behind = shape.iter().skip(axis + 1).map(|length| i64::try_from(*length).unwrap_or(0));
            let count = i64::try_from(rows.len()).unwrap_or(0);
            let merged: Vec<i64> = std::iter::repeat_n(0, axis).chain([count]).chain(behind).collect();
            tape.reshape(&g, &merged)
        }
    };
    let gradient = laid_back(tape, g, shape.len(), axis, &rows, length)?;
    tape.give(x, gradient);
    Ok(())
}

/// Places on the first axes, all at once: PyTorch's adaptive pooling where windows differ in size.
fn gather_nd(node: &Forward<'_>, tape: &mut Tape<'_>) -> Done {
    let (x, g) = (node.input(0)?, node.gradient(0)?);
    let (shape, indices) = (tape.shape(x)?, node.input(1)?);
    let named = tape.shape(indices)?.last().copied().unwrap_or(0);
    if int(node.node, "batch_dims", 0) != 0 {
        return Err("it takes other values from each picture".to_owned());
    }
    let first = shape.get(..named).filter(|first| !first.is_empty()).ok_or("its indices name too many axes")?;
    if tape.is_batch(&shape, 0) {
        return Err("it takes single pictures out of a batch".to_owned());
    }
    let mut rows = Vec::new();
    for index in tape.integers(indices)?.chunks_exact(named) {
        let at = index
            .iter()
            .zip(first)
            .try_fold(0, |at, (index, length)| Ok::<usize, String>(at * length + place(*index, *length)?));
        rows.push(at?);
    }
    let whole: usize = first.iter().product();
    let table = picking(tape, &rows, whole)?;
    let table = tape.op("Transpose", &[&table], vec![set_ints("perm", &[1, 0])]);
    let g = tape.reshape(&g, &[i64::try_from(rows.len()).unwrap_or(0), -1]);
    let sums = tape.op("MatMul", &[&table, &g], vec![]);
    let gradient = tape.reshape_like(&sums, x);
    tape.give(x, gradient);
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::explain::backward::check::Check;
    use crate::explain::onnx::attributes::{set_int, set_ints};

    #[test]
    fn gathers_agree_with_differences() {
        let several = Check::new(&[2, 4, 3]).ints("rows", &[2, 0, 2]);
        several.node("Gather", &["x", "rows"], vec![set_int("axis", 1)]).agrees();
        let last = Check::new(&[2, 4, 3]).ints("rows", &[-1]);
        last.node("Gather", &["x", "rows"], vec![set_int("axis", -1)]).agrees();
        let class_token = Check::new(&[2, 4, 3]).single_int("row", 0);
        class_token.node("Gather", &["x", "row"], vec![set_int("axis", 1)]).agrees();
    }

    #[test]
    fn tables_of_places_agree_with_differences() {
        let table = |axis: i64| {
            let check = Check::new(&[2, 4, 3]).ints("list", &[2, 0, 1, 2]).ints("sides", &[2, 2]);
            let check = check.node_named("Reshape", &["list", "sides"], "places", vec![]);
            check.node("Gather", &["x", "places"], vec![set_int("axis", axis)]).agrees();
        };
        table(1);
        table(2);
        // Axes before the batch, as PyTorch turns them.
        let turned = vec![set_ints("perm", &[2, 3, 0, 1])];
        let check = Check::new(&[2, 3, 4, 5]).node_named("Transpose", &["x"], "turned", turned);
        let check = check.ints("list", &[0, 1, 1, 3, 0, 1]).ints("sides", &[3, 2]);
        let check = check.node_named("Reshape", &["list", "sides"], "places", vec![]);
        check.node("GatherND", &["turned", "places"], vec![]).agrees();
        let check = Check::new(&[2, 3]).ints("list", &[0, 1]).ints("sides", &[1, 2]);
        let check = check.node_named("Reshape", &["list", "sides"], "places", vec![]);
        let reason = check.node("GatherND", &["x", "places"], vec![]).refusal();
        assert!(reason.contains("out of a batch"), "{reason}");
    }
}
