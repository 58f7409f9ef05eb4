//! Operators that work value by value on one input.
//!
//! Where the derivative can be written with the output, it is: the forward nodes then stay free for the engine to merge
//! (a Conv with its Relu).

use super::{Forward, Rule, Tape};
use crate::explain::onnx::attributes::{float, text};

pub(super) const RULES: &[Rule] = &[
    ("Relu", relu),
    ("LeakyRelu", leaky_relu),
    ("PRelu", p_relu),
    ("ThresholdedRelu", thresholded_relu),
    ("Elu", elu),
    ("Selu", selu),
    ("Celu", celu),
    ("Clip", clip),
    ("Sigmoid", sigmoid),
    ("HardSigmoid", hard_sigmoid),
    ("HardSwish", hard_swish),
    ("Swish", swish),
    ("Mish", mish),
    ("Tanh", tanh),
    ("Softplus", softplus),
    ("Softsign", softsign),
    ("Gelu", gelu),
    ("Erf", erf),
    ("Exp", exp),
    ("Log", log),
    ("Sqrt", sqrt),
    ("Reciprocal", reciprocal),
    ("Neg", neg),
    ("Abs", abs),
    ("Sin", sin),
    ("Cos", cos),
];

type Done = Result<(), String>;

/// Hands `g * factor` to the input.
fn scale(node: &Forward<'_>, tape: &mut Tape<'_>, factor: &str) -> Done {
    let g = node.gradient(0)?;
    let gradient = tape.mul(&g, factor);
    tape.give(node.input(0)?, gradient);
    Ok(())
}

/// Hands `g` to the input where it exceeds `limit`, and `g * otherwise` elsewhere.
fn choose(node: &Forward<'_>, tape: &mut Tape<'_>, limit: f32, otherwise: &str) -> Done {
    let (x, g) = (node.input(0)?, node.gradient(0)?);
    let limit = tape.scalar(limit);
    let above = tape.op("Greater", &[x, &limit], vec![]);
    let below = tape.mul(&g, otherwise);
    let gradient = tape.op("Where", &[&above, &g, &below], vec![]);
    tape.give(x, gradient);
    Ok(())
}

/// 1 where the output is positive; 0 at 0, as PyTorch and TensorFlow have it.
fn relu(node: &Forward<'_>, tape: &mut Tape<'_>) -> Done {
    let mask = tape.mask_above(node.output(0)?, 0.0);
    scale(node, tape, &mask)
}

fn leaky_relu(node: &Forward<'_>, tape: &mut Tape<'_>) -> Done {
    let alpha = tape.scalar(float(node.node, "alpha", 0.01));
    choose(node, tape, 0.0, &alpha)
}

fn p_relu(node: &Forward<'_>, tape: &mut Tape<'_>) -> Done {
    let slope = node.input(1)?;
    if tape.wants(slope) {
        return Err("its slope depends on the layer".to_owned());
    }
    choose(node, tape, 0.0, slope)
}

fn thresholded_relu(node: &Forward<'_>, tape: &mut Tape<'_>) -> Done {
    let mask = tape.mask_above(node.input(0)?, float(node.node, "alpha", 1.0));
    scale(node, tape, &mask)
}

/// alpha * exp(x) = y + alpha below 0.
fn elu(node: &Forward<'_>, tape: &mut Tape<'_>) -> Done {
    let below = tape.plus(node.output(0)?, float(node.node, "alpha", 1.0));
    choose(node, tape, 0.0, &below)
}

/// gamma above 0, gamma * alpha * exp(x) = y + gamma * alpha below.
fn selu(node: &Forward<'_>, tape: &mut Tape<'_>) -> Done {
    let gamma = float(node.node, "gamma", 1.050_701);
    let slope = tape.plus(node.output(0)?, gamma * float(node.node, "alpha", 1.673_263_2));
    let (x, g) = (node.input(0)?, node.gradient(0)?);
    let zero = tape.scalar(0.0);
    let above = tape.op("Greater", &[x, &zero], vec![]);
    let (high, low) = (tape.times(&g, gamma), tape.mul(&g, &slope));
    let gradient = tape.op("Where", &[&above, &high, &low], vec![]);
    tape.give(x, gradient);
    Ok(())
}

/// exp(x / alpha) below 0.
fn celu(node: &Forward<'_>, tape: &mut Tape<'_>) -> Done {
    let scaled = tape.times(node.input(0)?, 1.0 / float(node.node, "alpha", 1.0));
    let zero = tape.scalar(0.0);
    // Not beyond 0, where Where does not look but the exponential may overflow.
    let low = tape.op("Min", &[&scaled, &zero], vec![]);
    let below = tape.op("Exp", &[&low], vec![]);
    choose(node, tape, 0.0, &below)
}

/// 1 strictly between the limits: Relu6 of both frameworks.
fn clip(node: &Forward<'_>, tape: &mut Tape<'_>) -> Done {
    let (y, g) = (node.output(0)?, node.gradient(0)?);
    let mut gradient = g;
    for (place, comparison) in [(1, "Greater"), (2, "Less")] {
        if let Some(limit) = node.optional_input(place) {
            let inside = tape.op(comparison, &[y, limit], vec![]);
            let mask = tape.as_float(&inside);
            gradient = tape.mul(&gradient, &mask);
        }
    }
    tape.give(node.input(0)?, gradient);
    Ok(())
}

/// y * (1 - y).
fn sigmoid(node: &Forward<'_>, tape: &mut Tape<'_>) -> Done {
    let y = node.output(0)?;
    let square = tape.mul(y, y);
    let factor = tape.sub(y, &square);
    scale(node, tape, &factor)
}

fn hard_sigmoid(node: &Forward<'_>, tape: &mut Tape<'_>) -> Done {
    let y = node.output(0)?;
    let (above, below) = (tape.mask_above(y, 0.0), tape.mask_below(y, 1.0));
    let inside = tape.mul(&above, &below);
    let factor = tape.times(&inside, float(node.node, "alpha", 0.2));
    scale(node, tape, &factor)
}

/// 0 up to -3, x / 3 + 1/2 up to 3, then 1.
fn hard_swish(node: &Forward<'_>, tape: &mut Tape<'_>) -> Done {
    let x = node.input(0)?;
    let (above, below, beyond) = (tape.mask_above(x, -3.0), tape.mask_below(x, 3.0), tape.mask_above(x, 3.0));
    let third = tape.times(x, 1.0 / 3.0);
    let line = tape.plus(&third, 0.5);
    let inside = tape.mul(&above, &below);
    let middle = tape.mul(&line, &inside);
    let factor = tape.add(&middle, &beyond);
    scale(node, tape, &factor)
}

/// x * sigmoid(alpha x): s + alpha * y * (1 - s).
fn swish(node: &Forward<'_>, tape: &mut Tape<'_>) -> Done {
    let (x, y, alpha) = (node.input(0)?, node.output(0)?, float(node.node, "alpha", 1.0));
    let scaled = tape.times(x, alpha);
    let s = tape.op("Sigmoid", &[&scaled], vec![]);
    let one = tape.scalar(1.0);
    let rest = tape.sub(&one, &s);
    let product = tape.mul(y, &rest);
    let bend = tape.times(&product, alpha);
    let factor = tape.add(&s, &bend);
    scale(node, tape, &factor)
}

/// x * t with t = tanh(softplus(x)): t + x * (1 - t^2) * sigmoid(x).
fn mish(node: &Forward<'_>, tape: &mut Tape<'_>) -> Done {
    let x = node.input(0)?;
    let soft = tape.op("Softplus", &[x], vec![]);
    let (t, s, one) = (tape.op("Tanh", &[&soft], vec![]), tape.op("Sigmoid", &[x], vec![]), tape.scalar(1.0));
    let square = tape.mul(&t, &t);
    let rest = tape.sub(&one, &square);
    let slope = tape.mul(&rest, &s);
    let bend = tape.mul(x, &slope);
    let factor = tape.add(&t, &bend);
    scale(node, tape, &factor)
}

/// 1 - y^2.
fn tanh(node: &Forward<'_>, tape: &mut Tape<'_>) -> Done {
    let (y, one) = (node.output(0)?, tape.scalar(1.0));
    let square = tape.mul(y, y);
    let factor = tape.sub(&one, &square);
    scale(node, tape, &factor)
}

fn softplus(node: &Forward<'_>, tape: &mut Tape<'_>) -> Done {
    let factor = tape.op("Sigmoid", &[node.input(0)?], vec![]);
    scale(node, tape, &factor)
}

/// 1 / (1 + |x|)^2.
fn softsign(node: &Forward<'_>, tape: &mut Tape<'_>) -> Done {
    let (size, one) = (tape.op("Abs", &[node.input(0)?], vec![]), tape.scalar(1.0));
    let sum = tape.add(&size, &one);
    let share = tape.div(&one, &sum);
    let factor = tape.mul(&share, &share);
    scale(node, tape, &factor)
}

/// Exact: (1 + erf(x / sqrt 2)) / 2 + x * exp(-x^2 / 2) / sqrt(2 pi). With tanh: of u = sqrt(2 / pi) (x + 0.044715 x^3),
/// (1 + tanh u) / 2 + x / 2 * (1 - tanh^2 u) * u'.
fn gelu(node: &Forward<'_>, tape: &mut Tape<'_>) -> Done {
    let x = node.input(0)?;
    let (one, square) = (tape.scalar(1.0), tape.mul(x, x));
    let (bell, slope) = if text(node.node, "approximate", "none") == "tanh" {
        let k = std::f32::consts::FRAC_2_PI.sqrt();
        let cubic = tape.times(&square, 0.044_715 * k);
        let cubic = tape.plus(&cubic, k);
        let u = tape.mul(x, &cubic);
        let t = tape.op("Tanh", &[&u], vec![]);
        let inner = tape.times(&square, 3.0 * 0.044_715 * k);
        let inner = tape.plus(&inner, k);
        let t_square = tape.mul(&t, &t);
        let rest = tape.sub(&one, &t_square);
        let slope = tape.mul(&rest, &inner);
        (t, tape.times(&slope, 0.5))
    } else {
        let scaled = tape.times(x, std::f32::consts::FRAC_1_SQRT_2);
        let bell = tape.op("Erf", &[&scaled], vec![]);
        let half = tape.times(&square, -0.5);
        let density = tape.op("Exp", &[&half], vec![]);
        (bell, tape.times(&density, 0.5 * std::f32::consts::FRAC_2_SQRT_PI * std::f32::consts::FRAC_1_SQRT_2))
    };
    let sum = tape.add(&bell, &one);
    let share = tape.times(&sum, 0.5);
    let bend = tape.mul(x, &slope);
    let factor = tape.add(&share, &bend);
    scale(node, tape, &factor)
}

/// 2 / sqrt(pi) * exp(-x^2).
fn erf(node: &Forward<'_>, tape: &mut Tape<'_>) -> Done {
    let x = node.input(0)?;
    let square = tape.mul(x, x);
    let minus = tape.neg(&square);
    let bell = tape.op("Exp", &[&minus], vec![]);
    let factor = tape.times(&bell, std::f32::consts::FRAC_2_SQRT_PI);
    scale(node, tape, &factor)
}

fn exp(node: &Forward<'_>, tape: &mut Tape<'_>) -> Done {
    scale(node, tape, node.output(0)?)
}

fn log(node: &Forward<'_>, tape: &mut Tape<'_>) -> Done {
    let (x, g) = (node.input(0)?, node.gradient(0)?);
    let gradient = tape.div(&g, x);
    tape.give(x, gradient);
    Ok(())
}

/// 1 / (2 y).
fn sqrt(node: &Forward<'_>, tape: &mut Tape<'_>) -> Done {
    let half = tape.scalar(0.5);
    let factor = tape.div(&half, node.output(0)?);
    scale(node, tape, &factor)
}

/// -y^2.
fn reciprocal(node: &Forward<'_>, tape: &mut Tape<'_>) -> Done {
    let y = node.output(0)?;
    let square = tape.mul(y, y);
    let factor = tape.neg(&square);
    scale(node, tape, &factor)
}

fn neg(node: &Forward<'_>, tape: &mut Tape<'_>) -> Done {
    let g = node.gradient(0)?;
    let gradient = tape.neg(&g);
    tape.give(node.input(0)?, gradient);
    Ok(())
}

fn abs(node: &Forward<'_>, tape: &mut Tape<'_>) -> Done {
    let x = node.input(0)?;
    let (above, below) = (tape.mask_above(x, 0.0), tape.mask_below(x, 0.0));
    let sign = tape.sub(&above, &below);
    scale(node, tape, &sign)
}

fn sin(node: &Forward<'_>, tape: &mut Tape<'_>) -> Done {
    let factor = tape.op("Cos", &[node.input(0)?], vec![]);
    scale(node, tape, &factor)
}

fn cos(node: &Forward<'_>, tape: &mut Tape<'_>) -> Done {
    let sine = tape.op("Sin", &[node.input(0)?], vec![]);
    let factor = tape.neg(&sine);
    scale(node, tape, &factor)
}

#[cfg(test)]
mod tests {
    use crate::explain::backward::check::Check;
    use crate::explain::onnx::attributes::{set_float, set_text};

    #[test]
    fn one_input_functions_agree_with_differences() {
        for op in [
            "Relu",
            "Sigmoid",
            "Tanh",
            "Softplus",
            "Softsign",
            "Erf",
            "Exp",
            "Neg",
            "Abs",
            "Sin",
            "Cos",
            "Elu",
            "Selu",
            "HardSigmoid",
            "LeakyRelu",
            "Celu",
        ] {
            Check::new(&[2, 3, 2, 2]).spread(2.0).node(op, &["x"], vec![]).agrees();
        }
        Check::new(&[1, 2, 3, 3]).spread(4.0).node("LeakyRelu", &["x"], vec![set_float("alpha", 0.3)]).agrees();
        Check::new(&[1, 2, 3, 3]).spread(2.0).node("Elu", &["x"], vec![set_float("alpha", 0.7)]).agrees();
        Check::new(&[1, 2, 3, 3]).spread(3.0).node("ThresholdedRelu", &["x"], vec![set_float("alpha", 0.4)]).agrees();
        Check::new(&[1, 2, 3, 3]).opset(14).spread(9.0).node("HardSwish", &["x"], vec![]).agrees();
        Check::new(&[1, 2, 3, 3]).opset(18).spread(4.0).node("Mish", &["x"], vec![]).agrees();
    }

    #[test]
    fn gelu_agrees_with_differences_in_both_forms() {
        Check::new(&[1, 2, 3, 3]).opset(20).spread(4.0).node("Gelu", &["x"], vec![]).agrees();
        let tanh = vec![set_text("approximate", "tanh")];
        Check::new(&[1, 2, 3, 3]).opset(20).spread(4.0).node("Gelu", &["x"], tanh).agrees();
    }

    #[test]
    fn functions_of_positive_numbers_agree_with_differences() {
        for op in ["Log", "Sqrt", "Reciprocal"] {
            Check::new(&[1, 2, 3, 3]).spread(1.0).above(1.5).node(op, &["x"], vec![]).agrees();
        }
    }

    #[test]
    fn limits_agree_with_differences() {
        let check = || Check::new(&[1, 2, 4, 4]).spread(4.0).floats("low", &[], &[-0.5]).floats("high", &[], &[1.1]);
        check().node("Clip", &["x", "low", "high"], vec![]).agrees();
        check().node("Clip", &["x", "", "high"], vec![]).agrees();
        check().node("Clip", &["x", "low"], vec![]).agrees();
        let slopes = |check: Check| check.floats("slope", &[2, 1, 1], &[0.2, 0.4]);
        slopes(check()).node("PRelu", &["x", "slope"], vec![]).agrees();
    }
}
