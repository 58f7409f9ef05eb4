//! Sums of products in Einstein's notation (attention in Keras, `torch.einsum`).

use std::collections::HashSet;

use super::{Forward, Rule, Tape};
use crate::explain::onnx::attributes::{set_text, text};

pub(super) const RULES: &[Rule] = &[("Einsum", einsum)];

type Done = Result<(), String>;

/// The gradient of one factor is the sum of products of the output's gradient and the other factors: `ij,jk->ik` gives
/// `ik,jk->ij` and `ij,ik->jk`. Axes that only this factor has were summed up alone: the gradient repeats along them.
fn einsum(node: &Forward<'_>, tape: &mut Tape<'_>) -> Done {
    let equation: String = text(node.node, "equation", "").split_whitespace().collect();
    let (left, right) = equation.split_once("->").ok_or("its equation does not say what it makes")?;
    let terms: Vec<&str> = left.split(',').collect();
    if equation.contains('.') {
        return Err("its equation has unnamed axes".to_owned());
    }
    let g = node.gradient(0)?;
    for (place, own) in terms.iter().enumerate() {
        let input = node.input(place)?;
        if !tape.wants(input) {
            continue;
        }
        let shape = tape.shape(input)?;
        if own.chars().collect::<HashSet<_>>().len() != own.len() || own.len() != shape.len() {
            return Err("it takes a diagonal".to_owned());
        }
        let mut labels = vec![right];
        let mut factors = vec![g.as_str()];
        for (other, label) in terms.iter().enumerate().filter(|(other, _)| *other != place) {
            labels.push(label);
            factors.push(node.input(other)?);
        }
        let known: String = own.chars().filter(|axis| labels.iter().any(|label| label.contains(*axis))).collect();
        let equation = format!("{}->{known}", labels.join(","));
        let mut gradient = tape.op("Einsum", &factors, vec![set_text("equation", &equation)]);
        if known.len() < own.len() {
            let missing = |axis: char| !known.contains(axis);
            let axes: Vec<usize> = own.chars().enumerate().filter(|(_, c)| missing(*c)).map(|(axis, _)| axis).collect();
            let dims = own.chars().zip(&shape).map(|(axis, length)| if missing(axis) { *length } else { 1 });
            gradient = tape.unsqueeze(&gradient, &axes);
            gradient = tape.expand(&gradient, &dims.collect::<Vec<_>>());
        }
        tape.give(input, gradient);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::explain::backward::check::{Check, noise};
    use crate::explain::onnx::attributes::set_text;

    fn equation(text: &str) -> Vec<crate::onnx::proto::AttributeProto> {
        vec![set_text("equation", text)]
    }

    #[test]
    fn products_agree_with_differences() {
        // Keras' attention: queries from tokens, scores, and what they weigh.
        let queries = Check::new(&[2, 3, 4]).floats("w", &[4, 2, 3], &noise(24, 1));
        queries.node("Einsum", &["x", "w"], equation("abc,cde->abde")).agrees();
        let scores = Check::new(&[2, 3, 2, 4]).node_named("Sin", &["x"], "keys", vec![]);
        scores.node("Einsum", &["keys", "x"], equation("aecd, abcd -> acbe")).agrees();
        let out = Check::new(&[2, 3, 2, 3]).floats("w", &[2, 3, 4], &noise(24, 1));
        out.node("Einsum", &["x", "w"], equation("abcd,cde->abe")).agrees();
    }

    #[test]
    fn sums_and_permutations_agree_with_differences() {
        Check::new(&[2, 3, 4]).node("Einsum", &["x"], equation("abc->cba")).agrees();
        Check::new(&[2, 3, 4]).node("Einsum", &["x"], equation("abc->ab")).agrees();
        let alone = Check::new(&[2, 3, 4]).node_named("Sin", &["x"], "other", vec![]);
        alone.node("Einsum", &["x", "other"], equation("abc,abd->ad")).agrees();
    }

    #[test]
    fn diagonals_are_refused() {
        let reason = Check::new(&[1, 3, 3]).node("Einsum", &["x"], equation("abb->ab")).refusal();
        assert!(reason.contains("diagonal"), "{reason}");
    }
}
