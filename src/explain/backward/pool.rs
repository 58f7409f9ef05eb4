//! Pooling over windows and over everything.
//!
//! A window's values are laid out along a new axis by a convolution with a one-hot kernel, and laid back by the
//! transposed one: operators that every engine has, on the forward nodes as they are (`MaxPool` without its indices).

use super::conv::{lay_back, lay_out};
use super::{Forward, Rule, Tape};
use crate::explain::onnx::attributes::{int, set_int};
use crate::explain::onnx::window::{Window, windows};

pub(super) const RULES: &[Rule] = &[
    ("MaxPool", max_pool),
    ("AveragePool", average_pool),
    ("GlobalAveragePool", global_average_pool),
    ("GlobalMaxPool", global_max_pool),
];

type Done = Result<(), String>;

/// `[-1, 1, lengths…]`: every channel a picture of its own.
fn apart(tape: &mut Tape<'_>, x: &str, lengths: impl Iterator<Item = usize>) -> String {
    let shape: Vec<i64> = [-1, 1].into_iter().chain(lengths.map(|length| i64::try_from(length).unwrap_or(1))).collect();
    tape.reshape(x, &shape)
}

/// `[values, 1, kernel…]`: kernel `i` picks value `i` of a window, counted row by row.
fn one_hot(tape: &mut Tape<'_>, windows: &[Window]) -> (String, usize) {
    let values: usize = windows.iter().map(|window| window.kernel).product();
    let kernel: Vec<f32> = (0..values * values).map(|i| if i / values == i % values { 1.0 } else { 0.0 }).collect();
    let dims: Vec<usize> = [values, 1].into_iter().chain(windows.iter().map(|window| window.kernel)).collect();
    (tape.floats(&dims, &kernel), values)
}

/// All to the first largest value of each window, counted row by row, as PyTorch and TensorFlow have it.
fn max_pool(node: &Forward<'_>, tape: &mut Tape<'_>) -> Done {
    let (x, g) = (node.input(0)?, node.gradient(0)?);
    let windows = windows(node.node, tape.facts())?;
    if windows.iter().all(|window| window.kernel == 1) {
        // Every value is the largest of its window (the shortcuts of ResNet50V2).
        let one = tape.floats(&vec![1; windows.len() + 2], &[1.0]);
        let g = apart(tape, &g, windows.iter().map(|window| window.output));
        let laid_back = tape.op("ConvTranspose", &[&g, &one], lay_back(&windows, 1));
        let gradient = tape.reshape_like(&laid_back, x);
        tape.give(x, gradient);
        return Ok(());
    }
    let mut picture = apart(tape, x, windows.iter().map(|window| window.input));
    if windows.iter().any(|window| window.pad_begin > 0 || window.used_end().0 > 0) {
        let begins = windows.iter().map(|window| window.pad_begin);
        let ends = windows.iter().map(|window| window.used_end().0);
        let pads: Vec<i64> = [0, 0].into_iter().chain(begins).chain([0, 0]).chain(ends).map(|pad| pad as i64).collect();
        // Never the largest; unlike -inf it stays a number when the one-hot kernel multiplies it by 0.
        let (pads, lowest) = (tape.ints(&pads), tape.scalar(f32::MIN));
        picture = tape.op("Pad", &[&picture, &pads, &lowest], vec![]);
    }
    let (kernel, values) = one_hot(tape, &windows);
    let laid_out = tape.op("Conv", &[&picture, &kernel], lay_out(&windows));
    let one = tape.ints(&[1]);
    let largest = tape.op_with(
        "TopK",
        &[&laid_out, &one],
        vec![set_int("axis", 1), set_int("largest", 1), set_int("sorted", 1)],
        2,
    );
    let place = largest.get(1).map(String::as_str).unwrap_or_default();
    let places: Vec<i64> = (0..values).map(|place| place as i64).collect();
    let places = tape.ints(&places);
    let shape: Vec<i64> = [1, -1].into_iter().chain(windows.iter().map(|_| 1)).collect();
    let places = tape.reshape(&places, &shape);
    let chosen = tape.op("Equal", &[place, &places], vec![]);
    let mask = tape.as_float(&chosen);
    let g = apart(tape, &g, windows.iter().map(|window| window.output));
    let shares = tape.mul(&mask, &g);
    let laid_back = tape.op("ConvTranspose", &[&shares, &kernel], lay_back(&windows, 1));
    let gradient = tape.reshape_like(&laid_back, x);
    tape.give(x, gradient);
    Ok(())
}

/// Equal shares to the values that were counted.
fn average_pool(node: &Forward<'_>, tape: &mut Tape<'_>) -> Done {
    let (x, g) = (node.input(0)?, node.gradient(0)?);
    let windows = windows(node.node, tape.facts())?;
    let with_padding = int(node.node, "count_include_pad", 0) != 0;
    let mut shares = vec![1.0f32];
    for window in &windows {
        let counts: Vec<f32> = (0..window.output).map(|at| counted(window, at, with_padding) as f32).collect();
        shares = shares.iter().flat_map(|share| counts.iter().map(move |count| share / count.max(1.0))).collect();
    }
    let dims: Vec<usize> = [1, 1].into_iter().chain(windows.iter().map(|window| window.output)).collect();
    let shares = tape.floats(&dims, &shares);
    let g = apart(tape, &g, windows.iter().map(|window| window.output));
    let spread = tape.mul(&g, &shares);
    let dims: Vec<usize> = [1, 1].into_iter().chain(windows.iter().map(|window| window.kernel)).collect();
    let kernel = tape.floats(&dims, &vec![1.0; dims.iter().product()]);
    let laid_back = tape.op("ConvTranspose", &[&spread, &kernel], lay_back(&windows, 1));
    let gradient = tape.reshape_like(&laid_back, x);
    tape.give(x, gradient);
    Ok(())
}

/// Values of window `at` that the mean divides by. Beyond the stated padding (`ceil_mode`) nothing counts.
fn counted(window: &Window, at: usize, with_padding: bool) -> usize {
    let (first, last) = if with_padding {
        (0, window.pad_begin + window.input + window.pad_end)
    } else {
        (window.pad_begin, window.pad_begin + window.input)
    };
    let places = (0..window.kernel).map(|value| at * window.stride + value * window.dilation);
    places.filter(|place| (first..last).contains(place)).count()
}

fn spatial(shape: &[usize]) -> &[usize] {
    shape.get(2..).unwrap_or_default()
}

fn global_average_pool(node: &Forward<'_>, tape: &mut Tape<'_>) -> Done {
    let (x, g) = (node.input(0)?, node.gradient(0)?);
    let shape = tape.shape(x)?;
    let count: usize = spatial(&shape).iter().product();
    let dims: Vec<usize> = [1, 1].iter().chain(spatial(&shape)).copied().collect();
    let share = tape.times(&g, 1.0 / count.max(1) as f32);
    let gradient = tape.expand(&share, &dims);
    tape.give(x, gradient);
    Ok(())
}

/// Shared by all largest values.
fn global_max_pool(node: &Forward<'_>, tape: &mut Tape<'_>) -> Done {
    let (x, y, g) = (node.input(0)?, node.output(0)?, node.gradient(0)?);
    let shape = tape.shape(x)?;
    let axes: Vec<usize> = (2..shape.len()).collect();
    let dims: Vec<usize> = [1, 1].iter().chain(spatial(&shape)).copied().collect();
    let equal = tape.op("Equal", &[x, y], vec![]);
    let mask = tape.as_float(&equal);
    let count = tape.reduce_sum(&mask, &axes, true);
    let share = tape.div(&g, &count);
    let share = tape.expand(&share, &dims);
    let gradient = tape.mul(&mask, &share);
    tape.give(x, gradient);
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::explain::backward::check::Check;
    use crate::explain::onnx::attributes::{set_int, set_ints, set_text};
    use crate::onnx::proto::AttributeProto;

    /// Windows: 2 x 2, overlapping 3 x 3, padded, with rows that no window sees, larger than the step, `ceil_mode`.
    fn forms() -> Vec<Vec<AttributeProto>> {
        let kernel = |rows, cols| set_ints("kernel_shape", &[rows, cols]);
        let strides = |rows, cols| set_ints("strides", &[rows, cols]);
        vec![
            vec![kernel(2, 2), strides(2, 2)],
            vec![kernel(3, 3), strides(2, 2)],
            vec![kernel(3, 3), strides(1, 1), set_ints("pads", &[1, 1, 1, 1])],
            vec![kernel(3, 3), strides(2, 2), set_ints("pads", &[1, 1, 1, 1])],
            vec![kernel(3, 2), strides(3, 2), set_ints("pads", &[0, 1, 1, 0])],
            vec![kernel(2, 3), strides(2, 2), set_int("ceil_mode", 1)],
            vec![kernel(3, 3), strides(2, 2), set_text("auto_pad", "SAME_UPPER")],
            vec![kernel(2, 2), strides(1, 1), set_text("auto_pad", "SAME_LOWER")],
            vec![kernel(1, 1), strides(1, 1)],
            vec![kernel(1, 1), strides(2, 2)],
        ]
    }

    #[test]
    fn max_pooling_agrees_with_differences() {
        for form in forms() {
            Check::new(&[2, 2, 6, 5]).spread(4.0).node("MaxPool", &["x"], form).agrees();
        }
        // All values negative: padding must never win.
        let padded = vec![set_ints("kernel_shape", &[3, 3]), set_ints("pads", &[1, 1, 1, 1])];
        Check::new(&[1, 2, 4, 4]).spread(2.0).above(-5.0).node("MaxPool", &["x"], padded).agrees();
        let dilated = vec![set_ints("kernel_shape", &[2, 2]), set_ints("dilations", &[2, 2])];
        Check::new(&[1, 2, 5, 5]).spread(4.0).node("MaxPool", &["x"], dilated).agrees();
    }

    #[test]
    fn average_pooling_agrees_with_differences() {
        for form in forms() {
            Check::new(&[1, 2, 6, 5]).node("AveragePool", &["x"], form.clone()).agrees();
            let counting = [form, vec![set_int("count_include_pad", 1)]].concat();
            Check::new(&[1, 2, 6, 5]).node("AveragePool", &["x"], counting).agrees();
        }
    }

    #[test]
    fn global_pooling_agrees_with_differences() {
        Check::new(&[2, 3, 4, 3]).node("GlobalAveragePool", &["x"], vec![]).agrees();
        Check::new(&[2, 3, 4, 3]).spread(4.0).node("GlobalMaxPool", &["x"], vec![]).agrees();
    }

    /// Equal values: all to the first of the window, as both frameworks do.
    #[test]
    fn volumes_agree_with_differences() {
        for op in ["MaxPool", "AveragePool"] {
            for (stride, pads) in [(2, [0; 6]), (1, [1, 0, 0, 0, 1, 1])] {
                let pool = vec![
                    set_ints("kernel_shape", &[2, 2, 3]),
                    set_ints("strides", &[stride, stride, 1]),
                    set_ints("pads", &pads),
                ];
                Check::new(&[2, 2, 4, 3, 4]).spread(4.0).node(op, &["x"], pool).agrees();
            }
        }
        for op in ["GlobalAveragePool", "GlobalMaxPool"] {
            Check::new(&[2, 2, 2, 3, 2]).spread(4.0).node(op, &["x"], vec![]).agrees();
        }
    }

    #[test]
    fn ties_go_to_the_first_value() {
        let pool = vec![set_ints("kernel_shape", &[2, 2]), set_ints("strides", &[2, 2])];
        let check = Check::new(&[1, 1, 2, 4]).node("MaxPool", &["x"], pool);
        for (engine, gradient) in check.gradients(&[1.0, 1.0, 0.0, 2.0, 1.0, 1.0, 2.0, 2.0], &[3.0, 5.0]) {
            assert_eq!(gradient, [3.0, 0.0, 0.0, 5.0, 0.0, 0.0, 0.0, 0.0], "{engine:?}");
        }
    }
}
