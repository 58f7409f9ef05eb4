//! The gradient that enters at the logits.

use super::Tape;

/// How probabilities come from logits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Probabilities {
    /// One distribution over all classes.
    Softmax,
    /// Each for itself.
    Sigmoid,
}

/// Names of the graph inputs `[batch, classes]` that choose what is traced back, one-hot per picture.
#[derive(Clone, Debug)]
pub struct Seed {
    /// Weights of the logits.
    pub logit: String,
    /// Weights of the probabilities, which are computed in the graph from the logits; `None`: logits only.
    pub probability: Option<(String, Probabilities)>,
}

impl Seed {
    /// Of the logits alone.
    pub fn of_logits(name: &str) -> Self {
        Self { logit: name.to_owned(), probability: None }
    }

    /// The gradient of `sum(w z) + sum(v p(z))` with respect to the logits z: `w + p (v - sum(v p))` for a softmax,
    /// `w + v p (1 - p)` for sigmoids; in the shape of the logits.
    pub(super) fn write(&self, tape: &mut Tape<'_>, logits: &str) -> Result<String, String> {
        let shape = tape.shape(logits)?;
        let flat = if shape.len() == 2 { logits.to_owned() } else { self.flat(tape, logits, &shape)? };
        let mut gradient = self.logit.clone();
        if let Some((weights, kind)) = &self.probability {
            let through = match kind {
                Probabilities::Softmax => {
                    let axis = vec![crate::explain::onnx::attributes::set_int("axis", 1)];
                    let p = tape.op("Softmax", &[&flat], axis);
                    let product = tape.mul(weights, &p);
                    let sum = tape.reduce_sum(&product, &[1], true);
                    let rest = tape.sub(weights, &sum);
                    tape.mul(&p, &rest)
                }
                Probabilities::Sigmoid => {
                    let p = tape.op("Sigmoid", &[&flat], vec![]);
                    let square = tape.mul(&p, &p);
                    let slope = tape.sub(&p, &square);
                    tape.mul(weights, &slope)
                }
            };
            gradient = tape.add(&gradient, &through);
        }
        Ok(if shape.len() == 2 { gradient } else { tape.reshape_like(&gradient, logits) })
    }

    fn flat(&self, tape: &mut Tape<'_>, logits: &str, shape: &[usize]) -> Result<String, String> {
        let classes: usize = shape.get(1..).unwrap_or_default().iter().product();
        let classes = i64::try_from(classes).map_err(|_| "there are too many classes".to_owned())?;
        Ok(tape.reshape(logits, &[-1, classes]))
    }
}
