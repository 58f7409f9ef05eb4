//! Why a number does not exist.

/// A number, or the reason why there is none.
pub type Measured = Result<f64, Undefined>;

/// Reasons; class indices are those of the class list. [`Undefined::words`] says them with the classes' names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Undefined {
    /// There is no case.
    NoCases,
    /// No case has this class as its reference label.
    ClassAbsent { class: usize },
    /// No case was predicted as this class.
    ClassNeverPredicted { class: usize },
    /// Every case was predicted as this class.
    AlwaysPredicted { class: usize },
    /// Neither a reference label nor a prediction names this class.
    ClassUnused { class: usize },
    /// Every case has this class as its reference label.
    NoOtherClass { class: usize },
    /// Reference labels or predictions hold one class only, so that nothing can be correlated.
    OneClassOnly,
    /// There are predicted classes but no scores.
    NoProbabilities,
    /// There are scores, but not between 0 and 1.
    NotProbabilities,
    /// There are no values from before softmax or sigmoid.
    NoLogits,
    /// Fewer cases than the formula needs.
    TooFew { need: usize, have: usize },
    /// The estimated variance is zero: the formula would give an interval without width.
    NoSpread,
    /// Every case is right, with any margin: the fit runs towards a temperature of 0.
    Separated,
    /// The scores point away from the reference labels: the fit runs towards an infinite temperature.
    Misleading,
    /// Cases of one group are not independent, which the formula asks for.
    Dependent,
}

impl Undefined {
    /// The reason as a sentence without its full stop.
    pub fn words(self, class_names: &[String]) -> String {
        let name = |class: usize| class_names.get(class).cloned().unwrap_or_else(|| format!("class {class}"));
        match self {
            Self::NoCases => "there is no case".to_owned(),
            Self::ClassAbsent { class } => format!("no case has the reference label {}", name(class)),
            Self::ClassNeverPredicted { class } => format!("{} was never predicted", name(class)),
            Self::AlwaysPredicted { class } => format!("every case was predicted as {}", name(class)),
            Self::ClassUnused { class } => format!("{} is neither a reference label nor a prediction", name(class)),
            Self::NoOtherClass { class } => format!("every case has the reference label {}", name(class)),
            Self::OneClassOnly => "the labels or the predictions hold one class only".to_owned(),
            Self::NoProbabilities => "there are no scores, only predicted classes".to_owned(),
            Self::NotProbabilities => "the scores are not between 0 and 1".to_owned(),
            Self::NoLogits => "there are no logits, and none can be had from scores that are exactly 0".to_owned(),
            Self::TooFew { need, have } => format!("it needs {need} cases and there are {have}"),
            Self::NoSpread => "the sample shows no variation".to_owned(),
            Self::Separated => "every case is right: the best temperature would be 0".to_owned(),
            Self::Misleading => "the scores point away from the reference labels: no temperature helps".to_owned(),
            Self::Dependent => "several cases share a group, and the formula asks for independent ones".to_owned(),
        }
    }
}

impl std::fmt::Display for Undefined {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.words(&[]))
    }
}
