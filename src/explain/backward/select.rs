//! Operators that take a part, or put parts together.

use super::resample::{along, picking, repeated};
use super::{Forward, Rule, Tape};
use crate::explain::onnx::attributes::{int, set_tensor, text};
use crate::onnx::proto::{DataType, TensorProto};

pub(super) const RULES: &[Rule] = &[("Concat", concat), ("Split", split), ("Slice", slice), ("Pad", pad)];

type Done = Result<(), String>;

pub(super) fn axis_of(node: &Forward<'_>, shape: &[usize], axis: i64) -> Result<usize, String> {
    let rank = i64::try_from(shape.len()).unwrap_or(0);
    let axis = usize::try_from(if axis < 0 { axis + rank } else { axis }).ok().filter(|axis| *axis < shape.len());
    axis.ok_or_else(|| format!("its axis is not one of \"{}\"", node.node.input.first().map_or("", String::as_str)))
}

/// The embedded engine takes a missing value for a double.
fn zero() -> TensorProto {
    TensorProto { dims: vec![1], data_type: DataType::Float as i32, raw_data: vec![0; 4].into(), ..Default::default() }
}

/// Rows `first..end` of one axis.
fn part(tape: &mut Tape<'_>, x: &str, axis: usize, first: usize, end: usize) -> String {
    let numbers = [first, end, axis].map(|number| tape.ints(&[i64::try_from(number).unwrap_or(i64::MAX)]));
    let [first, end, axis] = numbers;
    tape.op("Slice", &[x, &first, &end, &axis], vec![])
}

/// Zeros around: `(before, after)` per axis.
fn surrounded(tape: &mut Tape<'_>, x: &str, margins: &[(usize, usize)]) -> String {
    if margins.iter().all(|margin| *margin == (0, 0)) {
        return x.to_owned();
    }
    let pads = margins.iter().map(|margin| margin.0).chain(margins.iter().map(|margin| margin.1));
    let pads: Vec<i64> = pads.map(|pad| i64::try_from(pad).unwrap_or(0)).collect();
    let (pads, zero) = (tape.ints(&pads), tape.scalar(0.0));
    tape.op("Pad", &[x, &pads, &zero], vec![])
}

/// Lays `g`, whose rows along `axis` were taken from `rows`, back into an axis of `length`; rows that were taken more
/// than once are added up, those that were not are zero.
pub(super) fn laid_back(
    tape: &mut Tape<'_>,
    g: String,
    rank: usize,
    axis: usize,
    rows: &[usize],
    length: usize,
) -> Result<String, String> {
    let first = rows.first().copied().unwrap_or(0);
    if rows.iter().enumerate().all(|(place, row)| *row == first + place) {
        let margin = |own: usize| if own == axis { (first, length - first - rows.len()) } else { (0, 0) };
        let margins: Vec<(usize, usize)> = (0..rank).map(margin).collect();
        return Ok(surrounded(tape, &g, &margins));
    }
    let table = picking(tape, rows, length)?;
    Ok(along(tape, &g, rank, axis, &table))
}

fn concat(node: &Forward<'_>, tape: &mut Tape<'_>) -> Done {
    let (whole, g) = (tape.shape(node.output(0)?)?, node.gradient(0)?);
    let axis = axis_of(node, &whole, int(node.node, "axis", 0))?;
    let mut first = 0;
    for input in &node.node.input {
        let shape = tape.shape(input)?;
        if tape.is_batch(&shape, axis) {
            return Err("it puts pictures of a batch together".to_owned());
        }
        let end = first + shape.get(axis).copied().unwrap_or(0);
        if tape.wants(input) {
            let gradient = part(tape, &g, axis, first, end);
            tape.give(input, gradient);
        }
        first = end;
    }
    Ok(())
}

fn split(node: &Forward<'_>, tape: &mut Tape<'_>) -> Done {
    let x = node.input(0)?;
    let shape = tape.shape(x)?;
    let axis = axis_of(node, &shape, int(node.node, "axis", 0))?;
    if tape.is_batch(&shape, axis) {
        return Err("it takes pictures of a batch apart".to_owned());
    }
    let mut parts = Vec::new();
    for (place, output) in node.node.output.iter().enumerate() {
        parts.push(match node.optional_gradient(place) {
            Some(g) => g,
            None => {
                let shape = tape.op("Shape", &[output], vec![]);
                tape.op("ConstantOfShape", &[&shape], vec![set_tensor("value", zero())])
            }
        });
    }
    let names: Vec<&str> = parts.iter().map(String::as_str).collect();
    let axis = i64::try_from(axis).unwrap_or(0);
    let gradient = tape.op("Concat", &names, vec![crate::explain::onnx::attributes::set_int("axis", axis)]);
    tape.give(x, gradient);
    Ok(())
}

fn slice(node: &Forward<'_>, tape: &mut Tape<'_>) -> Done {
    let (x, mut g) = (node.input(0)?, node.gradient(0)?);
    let shape = tape.shape(x)?;
    let (starts, ends) = (tape.integers(node.input(1)?)?, tape.integers(node.input(2)?)?);
    let axes = match node.optional_input(3) {
        Some(name) => tape.integers(name)?,
        None => (0..i64::try_from(starts.len()).unwrap_or(0)).collect(),
    };
    let steps = match node.optional_input(4) {
        Some(name) => tape.integers(name)?,
        None => vec![1; starts.len()],
    };
    for (((start, end), axis), step) in starts.into_iter().zip(ends).zip(axes).zip(steps) {
        let axis = axis_of(node, &shape, axis)?;
        let length = shape.get(axis).copied().unwrap_or(0);
        let rows = sliced_rows(start, end, step, length).ok_or("its step is 0")?;
        let all = rows.len() == length && step == 1;
        if tape.is_batch(&shape, axis) && !all {
            return Err("it takes single pictures out of a batch".to_owned());
        }
        if !all {
            g = laid_back(tape, g, shape.len(), axis, &rows, length)?;
        }
    }
    tape.give(x, g);
    Ok(())
}

/// The rows that Slice takes (ONNX operator `Slice`, numpy's rules).
fn sliced_rows(start: i64, end: i64, step: i64, length: usize) -> Option<Vec<usize>> {
    let whole = i64::try_from(length).ok()?;
    let from_start = |at: i64| if at < 0 { at.saturating_add(whole) } else { at };
    let mut rows = Vec::new();
    let (mut at, end) = match step {
        0 => return None,
        1.. => (from_start(start).clamp(0, whole), from_start(end).clamp(0, whole)),
        _ => (from_start(start).clamp(-1, whole - 1), from_start(end).clamp(-1, whole - 1)),
    };
    while (step > 0 && at < end) || (step < 0 && at > end) {
        rows.push(usize::try_from(at).ok()?);
        at = at.saturating_add(step);
    }
    Some(rows)
}

/// The part that is not padding, and what margins of repeated values give back. Negative padding cuts: what was cut off
/// gets zero.
fn pad(node: &Forward<'_>, tape: &mut Tape<'_>) -> Done {
    let (x, mut g) = (node.input(0)?, node.gradient(0)?);
    let mode = text(node.node, "mode", "constant");
    let shape = tape.shape(x)?;
    let pads = tape.integers(node.input(1)?)?;
    let axes: Vec<usize> = match node.optional_input(3) {
        Some(name) => {
            tape.integers(name)?.into_iter().map(|axis| axis_of(node, &shape, axis)).collect::<Result<_, _>>()?
        }
        None => (0..shape.len()).collect(),
    };
    let (begins, ends) = pads.split_at_checked(axes.len()).ok_or("its padding has too few numbers")?;
    let mut margins = vec![(0, 0); shape.len()];
    for ((axis, begin), end) in axes.into_iter().zip(begins).zip(ends) {
        let length = shape.get(axis).copied().unwrap_or(0);
        if mode != "constant" {
            if (*begin, *end) != (0, 0) {
                let table = picking(tape, &repeated(mode, length, *begin, *end)?, length)?;
                g = along(tape, &g, shape.len(), axis, &table);
            }
            continue;
        }
        let cut = |pad: i64| usize::try_from(-pad).unwrap_or(0);
        let kept = length.saturating_sub(cut(*begin) + cut(*end));
        if let Some(margin) = margins.get_mut(axis) {
            *margin = (cut(*begin), cut(*end));
        }
        if *begin > 0 || *end > 0 {
            let first = usize::try_from(*begin).unwrap_or(0);
            g = part(tape, &g, axis, first, first + kept);
        }
    }
    let gradient = surrounded(tape, &g, &margins);
    tape.give(x, gradient);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::sliced_rows;
    use crate::explain::backward::check::Check;
    use crate::explain::onnx::attributes::{set_int, set_text};

    #[test]
    fn putting_together_and_taking_apart_agree_with_differences() {
        let dense = Check::new(&[2, 2, 3, 3]).node_named("Sin", &["x"], "other", vec![]);
        dense.node("Concat", &["other", "x", "other"], vec![set_int("axis", 1)]).agrees();
        let split = |parts: &[i64], used: &'static [&'static str]| {
            let check = Check::new(&[2, 5, 2, 2]).ints("parts", parts);
            let check = check.node_with_outputs("Split", &["x", "parts"], &["a", "b"], vec![set_int("axis", 1)]);
            check.node("Sum", used, vec![]).agrees();
        };
        split(&[2, 3], &["b"]);
        split(&[1, 4], &["a", "b"]);
    }

    #[test]
    fn slices_agree_with_differences() {
        let slice = |starts: &[i64], ends: &[i64], axes: &[i64], steps: &[i64]| {
            let check = Check::new(&[2, 3, 5, 4]).ints("starts", starts).ints("ends", ends).ints("axes", axes);
            check.ints("steps", steps).node("Slice", &["x", "starts", "ends", "axes", "steps"], vec![]).agrees();
        };
        slice(&[1], &[3], &[1], &[1]);
        slice(&[1, -3], &[i64::MAX, -1], &[2, 3], &[1, 1]);
        slice(&[0, 1], &[5, 4], &[2, -1], &[2, 2]);
        slice(&[-1], &[i64::MIN], &[2], &[-1]);
        assert_eq!(sliced_rows(-1, i64::MIN, -2, 5), Some(vec![4, 2, 0]));
        assert_eq!(sliced_rows(2, 100, 1, 4), Some(vec![2, 3]));
    }

    #[test]
    fn padding_agrees_with_differences() {
        let pad = |pads: &[i64]| {
            let check = Check::new(&[1, 2, 4, 5]).ints("pads", pads).floats("value", &[], &[0.3]);
            check.node("Pad", &["x", "pads", "value"], vec![])
        };
        pad(&[0, 0, 1, 2, 0, 0, 0, 3]).agrees();
        pad(&[0, 1, -1, 2, 0, 0, 1, -2]).only_on_onnx_runtime().agrees();
        for mode in ["reflect", "edge"] {
            let repeated = Check::new(&[1, 2, 4, 5]).ints("pads", &[0, 0, 1, 2, 0, 0, 3, 1]);
            repeated.node("Pad", &["x", "pads"], vec![set_text("mode", mode)]).agrees();
        }
        let wrapped = Check::new(&[1, 2, 4, 5]).opset(19).ints("pads", &[0, 0, 1, 2, 0, 0, 3, 1]);
        wrapped.node("Pad", &["x", "pads"], vec![set_text("mode", "wrap")]).only_on_onnx_runtime().agrees();
    }
}
