//! Normalisations and softmax.

use super::{Forward, Rule, Tape};
use crate::explain::onnx::attributes::{float, int, ints};

pub(super) const RULES: &[Rule] = &[
    ("BatchNormalization", batch_normalization),
    ("InstanceNormalization", instance_normalization),
    ("GroupNormalization", group_normalization),
    ("LayerNormalization", layer_normalization),
    ("LpNormalization", unit_length),
    ("MeanVarianceNormalization", mean_variance_normalization),
    ("LRN", local_response_normalization),
    ("Softmax", softmax),
    ("LogSoftmax", log_softmax),
];

type Done = Result<(), String>;

/// `[1, channels, 1, 1…]` for a value of that rank.
fn per_channel(tape: &mut Tape<'_>, values: &str, rank: usize) -> String {
    let shape: Vec<i64> = (0..rank).map(|axis| if axis == 1 { -1 } else { 1 }).collect();
    tape.reshape(values, &shape)
}

/// scale / sqrt(variance + epsilon), with the stored variance.
fn batch_normalization(node: &Forward<'_>, tape: &mut Tape<'_>) -> Done {
    let (x, g) = (node.input(0)?, node.gradient(0)?);
    if int(node.node, "training_mode", 0) != 0 {
        return Err("it is in training mode".to_owned());
    }
    let variance = tape.plus(node.input(4)?, float(node.node, "epsilon", 1e-5));
    let deviation = tape.op("Sqrt", &[&variance], vec![]);
    let factor = tape.div(node.input(1)?, &deviation);
    let rank = tape.shape(x)?.len();
    let factor = per_channel(tape, &factor, rank);
    let gradient = tape.mul(&g, &factor);
    tape.give(x, gradient);
    Ok(())
}

/// Of `n = (x - mean) / d` with `d = sqrt(variance + epsilon)` over `axes`: `(g - mean(g) - n mean(g n)) / d`.
fn standardized(tape: &mut Tape<'_>, x: &str, g: &str, axes: &[usize], epsilon: f32) -> String {
    let mean = tape.reduce_mean(x, axes);
    let centred = tape.sub(x, &mean);
    let square = tape.mul(&centred, &centred);
    let variance = tape.reduce_mean(&square, axes);
    let variance = tape.plus(&variance, epsilon);
    let deviation = tape.op("Sqrt", &[&variance], vec![]);
    let n = tape.div(&centred, &deviation);
    let product = tape.mul(g, &n);
    let (level, slope) = (tape.reduce_mean(g, axes), tape.reduce_mean(&product, axes));
    let along = tape.mul(&n, &slope);
    let level = tape.sub(g, &level);
    let rest = tape.sub(&level, &along);
    tape.div(&rest, &deviation)
}

fn instance_normalization(node: &Forward<'_>, tape: &mut Tape<'_>) -> Done {
    let (x, g) = (node.input(0)?, node.gradient(0)?);
    let rank = tape.shape(x)?.len();
    let scale = per_channel(tape, node.input(1)?, rank);
    let g = tape.mul(&g, &scale);
    let axes: Vec<usize> = (2..rank).collect();
    let gradient = standardized(tape, x, &g, &axes, float(node.node, "epsilon", 1e-5));
    tape.give(x, gradient);
    Ok(())
}

fn group_normalization(node: &Forward<'_>, tape: &mut Tape<'_>) -> Done {
    let (x, g) = (node.input(0)?, node.gradient(0)?);
    let groups = [0, int(node.node, "num_groups", 1), -1];
    let grouped = tape.reshape(x, &groups);
    // Up to operator set 20 there is one scale for each group.
    let by_channel = tape.opset() >= 21;
    let rank = if by_channel { tape.shape(x)?.len() } else { groups.len() };
    let scale = per_channel(tape, node.input(1)?, rank);
    let g = if by_channel {
        let scaled = tape.mul(&g, &scale);
        tape.reshape(&scaled, &groups)
    } else {
        let apart = tape.reshape(&g, &groups);
        tape.mul(&apart, &scale)
    };
    let gradient = standardized(tape, &grouped, &g, &[2], float(node.node, "epsilon", 1e-5));
    let gradient = tape.reshape_like(&gradient, x);
    tape.give(x, gradient);
    Ok(())
}

fn layer_normalization(node: &Forward<'_>, tape: &mut Tape<'_>) -> Done {
    let (x, g) = (node.input(0)?, node.gradient(0)?);
    if node.optional_gradient(1).or(node.optional_gradient(2)).is_some() {
        return Err("the logits depend on its mean or deviation".to_owned());
    }
    let g = match node.optional_input(1) {
        Some(scale) => tape.mul(&g, scale),
        None => g,
    };
    let axes = axes_from(tape, x, int(node.node, "axis", -1))?;
    let gradient = standardized(tape, x, &g, &axes, float(node.node, "epsilon", 1e-5));
    tape.give(x, gradient);
    Ok(())
}

/// x / n with n = |x|: (g - y sum(g y)) / n of the Euclidean length, (g - sign(x) sum(g y)) / n of the sum of
/// magnitudes. (The length is found again: the forward node gives the shares alone.)
fn unit_length(node: &Forward<'_>, tape: &mut Tape<'_>) -> Done {
    let (x, y, g) = (node.input(0)?, node.output(0)?, node.gradient(0)?);
    let rank = i64::try_from(tape.shape(x)?.len()).unwrap_or(0);
    let axis = int(node.node, "axis", -1);
    let axis = usize::try_from(if axis < 0 { axis + rank } else { axis }).map_err(|_| "it has a wrong axis")?;
    let euclidean = int(node.node, "p", 2) == 2;
    let (length, direction) = if euclidean {
        let square = tape.mul(x, x);
        let sum = tape.reduce_sum(&square, &[axis], true);
        (tape.op("Sqrt", &[&sum], vec![]), y.to_owned())
    } else {
        let size = tape.op("Abs", &[x], vec![]);
        let (above, below) = (tape.mask_above(x, 0.0), tape.mask_below(x, 0.0));
        (tape.reduce_sum(&size, &[axis], true), tape.sub(&above, &below))
    };
    let product = tape.mul(&g, y);
    let sum = tape.reduce_sum(&product, &[axis], true);
    let along = tape.mul(&direction, &sum);
    let rest = tape.sub(&g, &along);
    let gradient = tape.div(&rest, &length);
    tape.give(x, gradient);
    Ok(())
}

/// (x - mean) / deviation over axes of a picture.
fn mean_variance_normalization(node: &Forward<'_>, tape: &mut Tape<'_>) -> Done {
    let (x, g) = (node.input(0)?, node.gradient(0)?);
    let axes = ints(node.node, "axes").map_or_else(|| vec![0, 2, 3], <[i64]>::to_vec);
    let axes: Vec<usize> = axes.iter().filter_map(|axis| usize::try_from(*axis).ok()).collect();
    let shape = tape.shape(x)?;
    if axes.iter().any(|axis| tape.is_batch(&shape, *axis)) {
        return Err("it mixes the pictures of a batch".to_owned());
    }
    // The operator's own 1e-9 lies beside the deviation.
    let gradient = standardized(tape, x, &g, &axes, 0.0);
    tape.give(x, gradient);
    Ok(())
}

/// `axis` and all after it.
fn axes_from(tape: &Tape<'_>, x: &str, axis: i64) -> Result<Vec<usize>, String> {
    let rank = tape.shape(x)?.len();
    let first = if axis < 0 { axis + i64::try_from(rank).unwrap_or(0) } else { axis };
    Ok((usize::try_from(first).map_err(|_| format!("it has the axis {axis}"))?..rank).collect())
}

/// Up to operator set 12 everything from `axis` on counts as one; later `axis` alone.
fn softmax_axes(node: &Forward<'_>, tape: &Tape<'_>, x: &str) -> Result<Vec<usize>, String> {
    if tape.opset() < 13 {
        return axes_from(tape, x, int(node.node, "axis", 1));
    }
    let mut axes = axes_from(tape, x, int(node.node, "axis", -1))?;
    axes.truncate(1);
    Ok(axes)
}

/// y * (g - sum(g y)).
fn softmax(node: &Forward<'_>, tape: &mut Tape<'_>) -> Done {
    let (x, y, g) = (node.input(0)?, node.output(0)?, node.gradient(0)?);
    let axes = softmax_axes(node, tape, x)?;
    let product = tape.mul(&g, y);
    let sum = tape.reduce_sum(&product, &axes, true);
    let rest = tape.sub(&g, &sum);
    let gradient = tape.mul(y, &rest);
    tape.give(x, gradient);
    Ok(())
}

/// g - exp(y) * sum(g).
fn log_softmax(node: &Forward<'_>, tape: &mut Tape<'_>) -> Done {
    let (x, y, g) = (node.input(0)?, node.output(0)?, node.gradient(0)?);
    let axes = softmax_axes(node, tape, x)?;
    let p = tape.op("Exp", &[y], vec![]);
    let sum = tape.reduce_sum(&g, &axes, true);
    let share = tape.mul(&p, &sum);
    let gradient = tape.sub(&g, &share);
    tape.give(x, gradient);
    Ok(())
}

/// y = x S^-b with S = bias + alpha / size * sum of x^2 over neighbouring channels:
/// g S^-b - 2 b alpha / size * x * (sum over the channels that see this one of g x S^(-b - 1)).
fn local_response_normalization(node: &Forward<'_>, tape: &mut Tape<'_>) -> Done {
    let (x, g) = (node.input(0)?, node.gradient(0)?);
    let size = usize::try_from(int(node.node, "size", 1)).map_err(|_| "its size is negative".to_owned())?;
    let (alpha, beta) = (float(node.node, "alpha", 1e-4), float(node.node, "beta", 0.75));
    let shape = tape.shape(x)?;
    let channels = shape.get(1).copied().unwrap_or(0);
    let sees = |own: usize, other: usize| {
        let before = size.saturating_sub(1) / 2;
        other + before >= own && other <= own + (size.saturating_sub(1) - before)
    };
    let mut band = |turned: bool| {
        let pair = |at: usize| (at / channels.max(1), at % channels.max(1));
        let values: Vec<f32> = (0..channels * channels)
            .map(pair)
            .map(|(own, other)| if turned { sees(other, own) } else { sees(own, other) })
            .map(|seen| if seen { 1.0 } else { 0.0 })
            .collect();
        let dims: Vec<usize> = shape.iter().enumerate().map(|(axis, _)| if axis < 2 { channels } else { 1 }).collect();
        tape.floats(&dims, &values)
    };
    let (band, turned) = (band(false), band(true));
    let square = tape.mul(x, x);
    let sum = tape.op("Conv", &[&square, &band], vec![]);
    let scaled = tape.times(&sum, alpha / size.max(1) as f32);
    let s = tape.plus(&scaled, float(node.node, "bias", 1.0));
    let exponent = tape.scalar(-beta);
    let own = tape.op("Pow", &[&s, &exponent], vec![]);
    let direct = tape.mul(&g, &own);
    let over = tape.div(&own, &s);
    let product = tape.mul(&g, x);
    let product = tape.mul(&product, &over);
    let gathered = tape.op("Conv", &[&product, &turned], vec![]);
    let indirect = tape.mul(x, &gathered);
    let indirect = tape.times(&indirect, 2.0 * beta * alpha / size.max(1) as f32);
    let gradient = tape.sub(&direct, &indirect);
    tape.give(x, gradient);
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::explain::backward::check::{Check, noise};
    use crate::explain::onnx::attributes::{set_float, set_int, set_ints};

    #[test]
    fn stored_statistics_agree_with_differences() {
        let check =
            Check::new(&[2, 3, 2, 2]).floats("scale", &[3], &[1.5, -0.5, 2.0]).floats("bias", &[3], &noise(3, 1));
        let check = check.floats("mean", &[3], &noise(3, 2)).floats("variance", &[3], &[0.5, 2.0, 0.1]);
        let inputs = ["x", "scale", "bias", "mean", "variance"];
        check.node("BatchNormalization", &inputs, vec![set_float("epsilon", 1e-3)]).agrees();
    }

    #[test]
    fn normalization_by_own_statistics_agrees_with_differences() {
        let check =
            Check::new(&[2, 3, 3, 2]).floats("scale", &[3], &[1.5, -0.5, 2.0]).floats("bias", &[3], &noise(3, 1));
        check.node("InstanceNormalization", &["x", "scale", "bias"], vec![]).agrees();
        let check = || Check::new(&[2, 4, 3]).opset(17).floats("scale", &[3], &[1.5, -0.5, 2.0]);
        check().floats("bias", &[3], &noise(3, 1)).node("LayerNormalization", &["x", "scale", "bias"], vec![]).agrees();
        let wide = Check::new(&[2, 2, 3]).opset(18).floats("scale", &[2, 3], &noise(6, 4));
        wide.node("LayerNormalization", &["x", "scale"], vec![set_int("axis", 1)]).agrees();
    }

    #[test]
    fn volumes_agree_with_differences() {
        let check =
            || Check::new(&[2, 2, 2, 3, 2]).floats("scale", &[2], &[1.5, -0.5]).floats("bias", &[2], &noise(2, 1));
        let stored = check().floats("mean", &[2], &noise(2, 2)).floats("variance", &[2], &[0.5, 2.0]);
        stored.node("BatchNormalization", &["x", "scale", "bias", "mean", "variance"], vec![]).agrees();
        check().node("InstanceNormalization", &["x", "scale", "bias"], vec![]).agrees();
    }

    #[test]
    fn groups_agree_with_differences() {
        let by_channel = Check::new(&[2, 4, 3, 2]).opset(21).floats("scale", &[4], &[1.5, -0.5, 2.0, 0.7]);
        let by_channel = by_channel.floats("bias", &[4], &noise(4, 1));
        by_channel.node("GroupNormalization", &["x", "scale", "bias"], vec![set_int("num_groups", 2)]).agrees();
        let by_group = Check::new(&[2, 4, 3, 2]).opset(18).floats("scale", &[2], &[1.5, -0.5]);
        let by_group = by_group.floats("bias", &[2], &noise(2, 1));
        by_group.node("GroupNormalization", &["x", "scale", "bias"], vec![set_int("num_groups", 2)]).agrees();
    }

    #[test]
    fn unit_lengths_agree_with_differences() {
        for p in [1, 2] {
            let attributes = vec![set_int("p", p), set_int("axis", 1)];
            Check::new(&[2, 3, 2, 2]).spread(3.0).node("LpNormalization", &["x"], attributes).agrees();
        }
        let own = vec![set_ints("axes", &[2, 3])];
        Check::new(&[2, 3, 3, 2]).node("MeanVarianceNormalization", &["x"], own).agrees();
    }

    #[test]
    fn local_response_agrees_with_differences() {
        for size in [3, 5] {
            let attributes = vec![set_int("size", size), set_float("alpha", 0.9), set_float("beta", 0.6)];
            Check::new(&[1, 6, 2, 2]).spread(3.0).node("LRN", &["x"], attributes).agrees();
        }
    }

    #[test]
    fn softmax_agrees_with_differences() {
        for op in ["Softmax", "LogSoftmax"] {
            for opset in [11, 13] {
                Check::new(&[2, 5]).opset(opset).spread(4.0).node(op, &["x"], vec![]).agrees();
                Check::new(&[2, 3, 4]).opset(opset).spread(4.0).node(op, &["x"], vec![set_int("axis", 1)]).agrees();
            }
        }
        Check::new(&[1, 2, 3, 4]).spread(4.0).node("Softmax", &["x"], vec![set_int("axis", -1)]).agrees();
    }
}
