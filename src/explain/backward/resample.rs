//! Operators that make each value of an axis from values of the same axis: enlarging, shrinking, repeating, mirroring.
//!
//! They are linear, one axis after the other: a matrix `[made, given]` along each. Its transpose lays gradients back.

use super::{Forward, Rule, Tape};
use crate::explain::onnx::attributes::{int, ints, set_ints, text};

pub(super) const RULES: &[Rule] = &[("Resize", resize), ("Tile", tile)];

type Done = Result<(), String>;

/// Cells of a matrix; larger ones would be larger than any picture.
const MAX_TABLE: usize = 1 << 22;

/// `g` with `axis` multiplied by the matrix `table` `[made, given]`: from `made` values back to `given`.
pub(super) fn along(tape: &mut Tape<'_>, g: &str, rank: usize, axis: usize, table: &str) -> String {
    let last = rank.saturating_sub(1);
    if axis == last {
        return tape.op("MatMul", &[g, table], vec![]);
    }
    // The axis and the last one exchanged: the same permutation there and back.
    let mut perm: Vec<i64> = (0..i64::try_from(rank).unwrap_or(0)).collect();
    perm.swap(axis, last);
    let turned = tape.op("Transpose", &[g], vec![set_ints("perm", &perm)]);
    let placed = tape.op("MatMul", &[&turned, table], vec![]);
    tape.op("Transpose", &[&placed], vec![set_ints("perm", &perm)])
}

/// The matrix whose row `i` picks value `from[i]` of `given`.
///
/// # Errors
/// Where it would be too large.
pub(super) fn picking(tape: &mut Tape<'_>, from: &[usize], given: usize) -> Result<String, String> {
    if from.len().saturating_mul(given) > MAX_TABLE {
        return Err("it takes too many single values".to_owned());
    }
    let mut table = vec![0.0; from.len() * given];
    for (place, source) in from.iter().enumerate() {
        if let Some(cell) = table.get_mut(place * given + source) {
            *cell = 1.0;
        }
    }
    Ok(tape.floats(&[from.len(), given], &table))
}

/// Sources of an axis of `length` that is padded by `begin` and `end` values in one of Pad's repeating modes. Negative
/// padding cuts.
///
/// # Errors
/// For a mode that nobody defined, or where one repetition is not enough.
pub(super) fn repeated(mode: &str, length: usize, begin: i64, end: i64) -> Result<Vec<usize>, String> {
    let whole = i64::try_from(length).unwrap_or(i64::MAX);
    let source = |at: i64| match mode {
        "edge" => Ok(at.clamp(0, whole - 1)),
        "wrap" => Ok(at.rem_euclid(whole)),
        "reflect" if at < 0 => Ok(-at),
        "reflect" if at >= whole => Ok(2 * (whole - 1) - at),
        "reflect" => Ok(at),
        other => Err(format!("its mode {other} is not known")),
    };
    let found: Result<Vec<i64>, String> = (-begin..whole.saturating_add(end)).map(source).collect();
    let inside = |at: i64| usize::try_from(at).ok().filter(|at| *at < length);
    found?.into_iter().map(inside).collect::<Option<_>>().ok_or_else(|| "it repeats more than there is".to_owned())
}

fn tile(node: &Forward<'_>, tape: &mut Tape<'_>) -> Done {
    let (x, mut g) = (node.input(0)?, node.gradient(0)?);
    let shape = tape.shape(x)?;
    for (axis, times) in tape.integers(node.input(1)?)?.into_iter().enumerate() {
        let length = shape.get(axis).copied().unwrap_or(0);
        let times = usize::try_from(times).map_err(|_| "it repeats less than never".to_owned())?;
        if times == 1 {
            continue;
        }
        if tape.is_batch(&shape, axis) {
            return Err("it repeats pictures of a batch".to_owned());
        }
        g = if length == 1 {
            tape.reduce_sum(&g, &[axis], true)
        } else {
            let from: Vec<usize> = (0..length.saturating_mul(times)).map(|at| at % length.max(1)).collect();
            let table = picking(tape, &from, length)?;
            along(tape, &g, shape.len(), axis, &table)
        };
    }
    tape.give(x, g);
    Ok(())
}

/// What an axis is resized by.
enum Extent {
    Scale(f32),
    Size(i64),
}

/// The matrix of an axis is what the engine itself makes of the unit matrix: whatever it takes for the coordinates of
/// pixels, the way back is that of its way there.
fn resize(node: &Forward<'_>, tape: &mut Tape<'_>) -> Done {
    let (x, mut g) = (node.input(0)?, node.gradient(0)?);
    if text(node.node, "coordinate_transformation_mode", "half_pixel") == "tf_crop_and_resize" {
        return Err("it cuts a region out".to_owned());
    }
    if text(node.node, "keep_aspect_ratio_policy", "stretch") != "stretch" {
        return Err("it keeps the picture's proportions".to_owned());
    }
    let (before, after) = (tape.shape(x)?, tape.shape(node.output(0)?)?);
    for (axis, extent) in extents(node, tape, before.len())? {
        let (given, made) = (before.get(axis).copied().unwrap_or(0), after.get(axis).copied().unwrap_or(0));
        if given == made {
            if matches!(extent, Extent::Scale(scale) if scale != 1.0) {
                // ONNX Runtime copies where no axis changes its length, and moves values where another one does.
                return Err("it scales an axis that keeps its length".to_owned());
            }
            continue;
        }
        if tape.is_batch(&before, axis) {
            return Err("it resizes the batch".to_owned());
        }
        let table = matrix(node, tape, given, &extent)?;
        g = along(tape, &g, before.len(), axis, &table);
    }
    tape.give(x, g);
    Ok(())
}

/// The axes that are named, and what they are resized by.
fn extents(node: &Forward<'_>, tape: &Tape<'_>, rank: usize) -> Result<Vec<(usize, Extent)>, String> {
    let whole = i64::try_from(rank).unwrap_or(0);
    let axes = ints(node.node, "axes").map_or_else(|| (0..whole).collect(), <[i64]>::to_vec);
    let axis = |axis: i64| usize::try_from(if axis < 0 { axis + whole } else { axis });
    let axes: Vec<usize> = axes.into_iter().map(axis).collect::<Result<_, _>>().map_err(|_| "it has a wrong axis")?;
    // An empty list stands for "not given".
    let scales = node.optional_input(2).map(|name| tape.numbers(name)).transpose()?.filter(|found| !found.is_empty());
    let extents: Vec<Extent> = match scales {
        Some(scales) => scales.into_iter().map(|scale| Extent::Scale(scale as f32)).collect(),
        None => tape.integers(node.input(3)?)?.into_iter().map(Extent::Size).collect(),
    };
    if extents.len() != axes.len() {
        return Err("its axes and sizes do not fit".to_owned());
    }
    Ok(axes.into_iter().zip(extents).collect())
}

/// `[made, given]`: each unit vector of the axis, resized as the node does.
fn matrix(node: &Forward<'_>, tape: &mut Tape<'_>, given: usize, extent: &Extent) -> Result<String, String> {
    let same: Vec<usize> = (0..given).collect();
    let unit = picking(tape, &same, given)?;
    let length = i64::try_from(given).unwrap_or(0);
    let unit = tape.reshape(&unit, &[1, 1, length, length]);
    let mut attributes = node.node.attribute.clone();
    attributes.retain(|attribute| attribute.name != "axes");
    let region = tape.floats(&[0], &[]);
    let resized = match extent {
        Extent::Scale(scale) => {
            let scales = tape.floats(&[4], &[1.0, 1.0, *scale, 1.0]);
            tape.op("Resize", &[&unit, &region, &scales], attributes)
        }
        Extent::Size(size) => {
            let sizes = tape.ints(&[1, 1, *size, length]);
            // Not optional yet in operator set 11; there an empty list stands for "not given".
            let scales = if tape.opset() < 13 { region.as_str() } else { "" };
            tape.op("Resize", &[&unit, &region, scales, &sizes], attributes)
        }
    };
    Ok(tape.reshape(&resized, &[-1, length]))
}

/// Columns before rows (mode CRD, PyTorch's `pixel_shuffle`): `[n, c, h b, w b]` back to `[n, c b b, h, w]`.
pub(super) fn unshuffled(node: &Forward<'_>, tape: &mut Tape<'_>) -> Done {
    let (x, g, block) = (node.input(0)?, node.gradient(0)?, int(node.node, "blocksize", 1));
    let shape = tape.shape(x)?;
    let side = |axis: usize| shape.get(axis).and_then(|length| i64::try_from(*length).ok()).unwrap_or(0);
    let channels = side(1).checked_div(block * block).ok_or("its block is empty")?;
    let apart = tape.reshape(&g, &[-1, channels, side(2), block, side(3), block]);
    let turned = tape.op("Transpose", &[&apart], vec![set_ints("perm", &[0, 1, 3, 5, 2, 4])]);
    let gradient = tape.reshape_like(&turned, x);
    tape.give(x, gradient);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::repeated;
    use crate::explain::backward::check::Check;
    use crate::explain::onnx::attributes::{set_int, set_ints, set_text};

    fn resized(mode: &str, coordinates: &str) -> Check {
        let attributes = vec![
            set_text("mode", mode),
            set_text("coordinate_transformation_mode", coordinates),
            set_text("nearest_mode", "floor"),
        ];
        let check = Check::new(&[1, 2, 4, 5]).floats("region", &[0], &[]).floats("scales", &[4], &[1.0, 1.0, 2.0, 3.0]);
        check.node("Resize", &["x", "region", "scales"], attributes)
    }

    #[test]
    fn enlarging_agrees_with_differences() {
        resized("nearest", "asymmetric").agrees();
        for coordinates in ["asymmetric", "half_pixel", "align_corners"] {
            resized("linear", coordinates).agrees();
        }
        resized("nearest", "half_pixel").agrees();
        resized("linear", "pytorch_half_pixel").agrees();
        resized("cubic", "half_pixel").agrees();
    }

    #[test]
    fn other_sizes_agree_with_differences() {
        let linear = || vec![set_text("mode", "linear"), set_text("coordinate_transformation_mode", "half_pixel")];
        let check = Check::new(&[1, 2, 5, 6]).floats("region", &[0], &[]).ints("sizes", &[1, 2, 3, 8]);
        check.node("Resize", &["x", "region", "", "sizes"], linear()).agrees();
        let scaled = |scales: &[f32; 4]| {
            let check = Check::new(&[1, 2, 5, 6]).floats("region", &[0], &[]).floats("scales", &[4], scales);
            check.node("Resize", &["x", "region", "scales"], linear())
        };
        scaled(&[1.0, 1.0, 0.7, 1.3]).agrees();
        let reason = scaled(&[1.0, 1.0, 0.7, 1.1]).refusal();
        assert!(reason.contains("keeps its length"), "{reason}");
        let mut smooth = linear();
        smooth.extend([set_int("antialias", 1), set_ints("axes", &[2, 3])]);
        let smaller = Check::new(&[1, 2, 6, 8]).opset(18).ints("sizes", &[3, 5]);
        smaller.node("Resize", &["x", "", "", "sizes"], smooth).agrees();
    }

    #[test]
    fn repeating_agrees_with_differences() {
        let tiled = |shape: &[usize], times: &[i64]| {
            Check::new(shape).ints("times", times).node("Tile", &["x", "times"], vec![]).agrees();
        };
        tiled(&[2, 3, 2, 2], &[1, 2, 1, 3]);
        tiled(&[2, 1, 2, 2], &[1, 4, 1, 1]);
        let whole = Check::new(&[2, 3]).ints("times", &[2, 1]).node("Tile", &["x", "times"], vec![]).refusal();
        assert!(whole.contains("pictures of a batch"), "{whole}");
    }

    #[test]
    fn repeating_margins_take_from_inside() {
        assert_eq!(repeated("reflect", 4, 2, 1), Ok(vec![2, 1, 0, 1, 2, 3, 2]));
        assert_eq!(repeated("edge", 3, 1, 2), Ok(vec![0, 0, 1, 2, 2, 2]));
        assert_eq!(repeated("wrap", 3, 1, 2), Ok(vec![2, 0, 1, 2, 0, 1]));
        assert_eq!(repeated("edge", 4, -1, 1), Ok(vec![1, 2, 3, 3]));
        assert!(repeated("reflect", 3, 4, 0).is_err() && repeated("other", 3, 1, 0).is_err());
    }

    #[test]
    fn shuffled_blocks_agree_with_differences() {
        let attributes = vec![set_int("blocksize", 2), set_text("mode", "CRD")];
        Check::new(&[2, 8, 2, 3]).node("DepthToSpace", &["x"], attributes).agrees();
    }
}
