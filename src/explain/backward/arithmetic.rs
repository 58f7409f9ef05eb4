//! Operators that combine values of the same place, with broadcasting: sums, products, choices, copies.

use super::{Forward, Rule, Tape};
use crate::explain::onnx::attributes::int;
use crate::onnx::proto::DataType;

pub(super) const RULES: &[Rule] = &[
    ("Identity", identity),
    ("Dropout", dropout),
    ("Cast", cast),
    ("Add", sum),
    ("Sum", sum),
    ("Mean", mean),
    ("Sub", sub),
    ("Mul", mul),
    ("Div", div),
    ("Pow", pow),
    ("Max", extreme),
    ("Min", extreme),
    ("Where", choice),
];

type Done = Result<(), String>;

/// Gives a gradient of the output's shape to an input that may have been broadcast.
fn give(node: &Forward<'_>, tape: &mut Tape<'_>, input: &str, gradient: String) -> Done {
    let shape = tape.shape(node.output(0)?)?;
    let gradient = tape.unbroadcast(gradient, &shape, input)?;
    tape.give(input, gradient);
    Ok(())
}

fn identity(node: &Forward<'_>, tape: &mut Tape<'_>) -> Done {
    tape.give(node.input(0)?, node.gradient(0)?);
    Ok(())
}

/// A copy: models that drop at random are refused when they are loaded.
fn dropout(node: &Forward<'_>, tape: &mut Tape<'_>) -> Done {
    identity(node, tape)
}

/// Between float types; the gradient is float32 throughout.
fn cast(node: &Forward<'_>, tape: &mut Tape<'_>) -> Done {
    let float = [DataType::Float, DataType::Float16].map(|dtype| dtype as i64);
    if !float.contains(&int(node.node, "to", 0)) {
        return Err("it makes something else than float32 or float16".to_owned());
    }
    identity(node, tape)
}

fn sum(node: &Forward<'_>, tape: &mut Tape<'_>) -> Done {
    let g = node.gradient(0)?;
    for input in &node.node.input {
        if tape.wants(input) {
            give(node, tape, input, g.clone())?;
        }
    }
    Ok(())
}

fn mean(node: &Forward<'_>, tape: &mut Tape<'_>) -> Done {
    let g = node.gradient(0)?;
    let share = tape.times(&g, 1.0 / node.node.input.len().max(1) as f32);
    for input in &node.node.input {
        if tape.wants(input) {
            give(node, tape, input, share.clone())?;
        }
    }
    Ok(())
}

fn sub(node: &Forward<'_>, tape: &mut Tape<'_>) -> Done {
    let (a, b, g) = (node.input(0)?, node.input(1)?, node.gradient(0)?);
    if tape.wants(a) {
        give(node, tape, a, g.clone())?;
    }
    if tape.wants(b) {
        let minus = tape.neg(&g);
        give(node, tape, b, minus)?;
    }
    Ok(())
}

fn mul(node: &Forward<'_>, tape: &mut Tape<'_>) -> Done {
    let (a, b, g) = (node.input(0)?, node.input(1)?, node.gradient(0)?);
    for (own, other) in [(a, b), (b, a)] {
        if tape.wants(own) {
            let gradient = tape.mul(&g, other);
            give(node, tape, own, gradient)?;
        }
    }
    Ok(())
}

/// 1 / b, and -y / b.
fn div(node: &Forward<'_>, tape: &mut Tape<'_>) -> Done {
    let (a, b, g) = (node.input(0)?, node.input(1)?, node.gradient(0)?);
    let share = tape.div(&g, b);
    if tape.wants(a) {
        give(node, tape, a, share.clone())?;
    }
    if tape.wants(b) {
        let product = tape.mul(&share, node.output(0)?);
        let minus = tape.neg(&product);
        give(node, tape, b, minus)?;
    }
    Ok(())
}

/// p * x^(p - 1); the exponent must not depend on the layer.
fn pow(node: &Forward<'_>, tape: &mut Tape<'_>) -> Done {
    let (x, p, g) = (node.input(0)?, node.input(1)?, node.gradient(0)?);
    if tape.wants(p) {
        return Err("its exponent depends on the layer".to_owned());
    }
    let p = tape.as_float(p);
    let less = tape.plus(&p, -1.0);
    let power = tape.op("Pow", &[x, &less], vec![]);
    let slope = tape.mul(&power, &p);
    let gradient = tape.mul(&g, &slope);
    give(node, tape, x, gradient)
}

/// To the input that is the extreme; shared where several are (as PyTorch has it).
fn extreme(node: &Forward<'_>, tape: &mut Tape<'_>) -> Done {
    let (y, g) = (node.output(0)?, node.gradient(0)?);
    let mut masks = Vec::new();
    for input in &node.node.input {
        let equal = tape.op("Equal", &[input, y], vec![]);
        masks.push(tape.as_float(&equal));
    }
    let names: Vec<&str> = masks.iter().map(String::as_str).collect();
    let count = tape.op("Sum", &names, vec![]);
    let share = tape.div(&g, &count);
    for (input, mask) in node.node.input.iter().zip(&masks) {
        if tape.wants(input) {
            let gradient = tape.mul(&share, mask);
            give(node, tape, input, gradient)?;
        }
    }
    Ok(())
}

fn choice(node: &Forward<'_>, tape: &mut Tape<'_>) -> Done {
    let (condition, g, zero) = (node.input(0)?, node.gradient(0)?, tape.scalar(0.0));
    let (then, otherwise) = (node.input(1)?, node.input(2)?);
    if tape.wants(then) {
        let gradient = tape.op("Where", &[condition, &g, &zero], vec![]);
        give(node, tape, then, gradient)?;
    }
    if tape.wants(otherwise) {
        let gradient = tape.op("Where", &[condition, &zero, &g], vec![]);
        give(node, tape, otherwise, gradient)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::explain::backward::check::{Check, noise};

    #[test]
    fn sums_and_products_of_one_shape_agree_with_differences() {
        for op in ["Add", "Sub", "Mul", "Sum", "Mean", "Max", "Min"] {
            let check = Check::new(&[2, 3, 2, 2]).node_named("Sin", &["x"], "other", vec![]);
            check.node(op, &["x", "other"], vec![]).agrees();
        }
        Check::new(&[2, 3, 2, 2]).node("Mul", &["x", "x"], vec![]).agrees();
        let positive = Check::new(&[2, 3, 2, 2]).node_named("Exp", &["x"], "other", vec![]);
        positive.node("Div", &["x", "other"], vec![]).agrees();
        let nested = Check::new(&[2, 3, 2, 2]).node_named("Neg", &["x"], "other", vec![]);
        nested.node("Sub", &["other", "x"], vec![]).agrees();
    }

    /// Squeeze-and-excitation multiplies a map by one number per channel that depends on the map itself.
    #[test]
    fn broadcasting_is_added_up_again() {
        for op in ["Add", "Sub", "Mul", "Div"] {
            let check = Check::new(&[2, 3, 4, 4]).above(2.0).node_named("GlobalAveragePool", &["x"], "mean", vec![]);
            check.node(op, &["x", "mean"], vec![]).agrees();
            let check = Check::new(&[2, 3, 4, 4]).above(2.0).node_named("GlobalAveragePool", &["x"], "mean", vec![]);
            check.node(op, &["mean", "x"], vec![]).agrees();
            let channels = Check::new(&[2, 3, 4, 4]).floats("bias", &[3, 1, 1], &[1.5, 2.5, 0.7]);
            channels.node(op, &["x", "bias"], vec![]).agrees();
        }
        let wider = Check::new(&[1, 3, 1, 1]).floats("field", &[2, 1, 2, 2], &noise(8, 3));
        wider.node("Mul", &["x", "field"], vec![]).agrees();
        let fewer_axes = Check::new(&[1, 1, 3, 1]).node_named("Flatten", &["x"], "fewer", vec![]);
        fewer_axes.floats("field", &[2, 1, 3], &noise(6, 3)).node("Mul", &["field", "fewer"], vec![]).agrees();
    }

    #[test]
    fn powers_and_choices_agree_with_differences() {
        for exponent in [2.0, 3.0, 0.5] {
            let check = Check::new(&[1, 2, 3, 3]).above(2.0).floats("p", &[], &[exponent]);
            check.node("Pow", &["x", "p"], vec![]).agrees();
        }
        let choice = Check::new(&[1, 2, 3, 3]).floats("limit", &[], &[0.1]);
        let choice = choice.node_named("Greater", &["x", "limit"], "large", vec![]);
        let choice = choice.node_named("Sin", &["x"], "then", vec![]);
        choice.node("Where", &["large", "then", "x"], vec![]).agrees();
        Check::new(&[1, 2, 3, 3]).node("Identity", &["x"], vec![]).agrees();
        Check::new(&[1, 2, 3, 3]).node("Dropout", &["x"], vec![]).agrees();
    }
}
