//! Why an explanation by forward passes was not made.

/// Errors of methods that only score pictures; `E` is the scoring function's own.
#[derive(Debug, thiserror::Error)]
pub enum ForwardError<E: std::fmt::Display> {
    #[error("the model could not score the changed pictures: {0}")]
    Score(E),
    #[error("{asked} pictures were to be scored, but {given} scores came back")]
    Count { asked: usize, given: usize },
    #[error("the model gave a score that is not a finite number for a changed picture; no map can be made of it")]
    NotFinite,
    #[error("cancelled")]
    Cancelled,
    #[error("{what}")]
    Parameter { what: String },
}
