//! Dense layers and products of matrices.

use super::{Forward, Rule, Tape};
use crate::explain::onnx::attributes::{float, int, set_float, set_int, set_ints};

pub(super) const RULES: &[Rule] = &[("Gemm", gemm), ("MatMul", mat_mul)];

type Done = Result<(), String>;

/// `Y = alpha A' B' + beta C`, where `'` transposes if asked: `dA' = alpha dY B'^T`, `dB' = alpha A'^T dY`,
/// `dC = beta dY`.
fn gemm(node: &Forward<'_>, tape: &mut Tape<'_>) -> Done {
    let (a, b, g) = (node.input(0)?, node.input(1)?, node.gradient(0)?);
    let (trans_a, trans_b) = (int(node.node, "transA", 0), int(node.node, "transB", 0));
    let alpha = float(node.node, "alpha", 1.0);
    let product = |tape: &mut Tape<'_>, left: (&str, i64), right: (&str, i64)| {
        let attributes = vec![set_float("alpha", alpha), set_int("transA", left.1), set_int("transB", right.1)];
        tape.op("Gemm", &[left.0, right.0], attributes)
    };
    if tape.wants(a) {
        let gradient =
            if trans_a == 0 { product(tape, (&g, 0), (b, 1 - trans_b)) } else { product(tape, (b, trans_b), (&g, 1)) };
        tape.give(a, gradient);
    }
    if tape.wants(b) {
        let gradient =
            if trans_b == 0 { product(tape, (a, 1 - trans_a), (&g, 0)) } else { product(tape, (&g, 1), (a, trans_a)) };
        tape.give(b, gradient);
    }
    if let Some(c) = node.optional_input(2).filter(|c| tape.wants(c)) {
        let scaled = tape.times(&g, float(node.node, "beta", 1.0));
        let shape = tape.shape(node.output(0)?)?;
        let gradient = tape.unbroadcast(scaled, &shape, c)?;
        tape.give(c, gradient);
    }
    Ok(())
}

/// `dA = dY B^T`, `dB = A^T dY`, with the leading axes broadcast.
fn mat_mul(node: &Forward<'_>, tape: &mut Tape<'_>) -> Done {
    let (a, b, g) = (node.input(0)?, node.input(1)?, node.gradient(0)?);
    let (rows, cols) = (tape.shape(a)?, tape.shape(b)?);
    if rows.len() < 2 || cols.len() < 2 {
        return Err("it multiplies a vector".to_owned());
    }
    if tape.wants(a) {
        let gradient = if rows.len() == 2 && cols.len() == 2 {
            // A Gemm reads the weights as they lie; a Transpose would copy them.
            tape.op("Gemm", &[&g, b], vec![set_int("transB", 1)])
        } else {
            let turned = transposed(tape, b, cols.len());
            tape.op("MatMul", &[&g, &turned], vec![])
        };
        let shape = product_shape(tape, node, &rows)?;
        let gradient = tape.unbroadcast(gradient, &shape, a)?;
        tape.give(a, gradient);
    }
    if tape.wants(b) {
        let turned = transposed(tape, a, rows.len());
        let gradient = tape.op("MatMul", &[&turned, &g], vec![]);
        let shape = product_shape(tape, node, &cols)?;
        let gradient = tape.unbroadcast(gradient, &shape, b)?;
        tape.give(b, gradient);
    }
    Ok(())
}

/// The leading axes of the output with the last two of `own`.
fn product_shape(tape: &Tape<'_>, node: &Forward<'_>, own: &[usize]) -> Result<Vec<usize>, String> {
    let mut shape = tape.shape(node.output(0)?)?;
    shape.truncate(shape.len().saturating_sub(2));
    shape.extend(own.iter().rev().take(2).rev());
    Ok(shape)
}

/// The last two axes exchanged.
fn transposed(tape: &mut Tape<'_>, x: &str, rank: usize) -> String {
    let mut perm: Vec<i64> = (0..i64::try_from(rank).unwrap_or(0)).collect();
    if let [.., rows, cols] = perm.as_mut_slice() {
        std::mem::swap(rows, cols);
    }
    tape.op("Transpose", &[x], vec![set_ints("perm", &perm)])
}

#[cfg(test)]
mod tests {
    use crate::explain::backward::check::{Check, noise};
    use crate::explain::onnx::attributes::{set_float, set_int, set_ints};

    #[test]
    fn gemm_agrees_with_differences_in_all_four_forms() {
        for (trans_a, trans_b) in [(0, 0), (0, 1), (1, 0), (1, 1)] {
            let attributes = || {
                vec![
                    set_int("transA", trans_a),
                    set_int("transB", trans_b),
                    set_float("alpha", 0.7),
                    set_float("beta", 1.3),
                ]
            };
            let first = Check::new(&[3, 4]).whole_batch();
            let dims: &[usize] = if trans_b == 0 {
                &[if trans_a == 0 { 4 } else { 3 }, 5]
            } else {
                &[5, if trans_a == 0 { 4 } else { 3 }]
            };
            let first = first.floats("w", dims, &noise(dims.iter().product(), 1)).floats("c", &[5], &noise(5, 2));
            first.node("Gemm", &["x", "w", "c"], attributes()).agrees();
            let second = Check::new(&[3, 4]).whole_batch();
            let inner = if trans_b == 0 { 3 } else { 4 };
            let dims: &[usize] = if trans_a == 0 { &[2, inner] } else { &[inner, 2] };
            let second = second.floats("w", dims, &noise(2 * inner, 1));
            second.node("Gemm", &["w", "x"], attributes()).agrees();
        }
    }

    #[test]
    fn products_of_matrices_agree_with_differences() {
        let dense = Check::new(&[2, 5]).floats("w", &[5, 3], &noise(15, 1));
        dense.node("MatMul", &["x", "w"], vec![]).agrees();
        let tokens = Check::new(&[2, 4, 5]).floats("w", &[5, 3], &noise(15, 1));
        tokens.node("MatMul", &["x", "w"], vec![]).agrees();
        let shared = Check::new(&[2, 4, 5]).floats("w", &[3, 4], &noise(12, 1));
        shared.node("MatMul", &["w", "x"], vec![]).agrees();
        // Attention: both factors depend on the layer.
        let turned = vec![set_ints("perm", &[0, 1, 3, 2])];
        let attention = Check::new(&[2, 2, 3, 4]).node_named("Transpose", &["x"], "keys", turned);
        attention.node("MatMul", &["x", "keys"], vec![]).agrees();
    }

    /// Normalised tokens, one head of attention, the residual sum, the class token.
    #[test]
    fn an_attention_block_agrees_with_differences() {
        let mut block = Check::new(&[2, 5, 4]).opset(17).spread(3.0).floats("scale", &[4], &[1.0, 0.5, 1.5, -1.0]);
        for (seed, name) in [(1, "wq"), (2, "wk"), (3, "wv")] {
            let weights: Vec<f32> = noise(16, seed).iter().map(|value| value * 3.0).collect();
            block = block.floats(name, &[4, 4], &weights);
        }
        block
            .single_int("class_token", 0)
            .node_named("LayerNormalization", &["x", "scale"], "n", vec![])
            .node_named("MatMul", &["n", "wq"], "q", vec![])
            .node_named("MatMul", &["n", "wk"], "k", vec![])
            .node_named("MatMul", &["n", "wv"], "v", vec![])
            .node_named("Transpose", &["k"], "kt", vec![set_ints("perm", &[0, 2, 1])])
            .node_named("MatMul", &["q", "kt"], "s", vec![])
            .node_named("Softmax", &["s"], "p", vec![set_int("axis", -1)])
            .node_named("MatMul", &["p", "v"], "a", vec![])
            .node_named("Add", &["x", "a"], "sum_of_both", vec![])
            .node("Gather", &["sum_of_both", "class_token"], vec![set_int("axis", 1)])
            .agrees();
    }
}
