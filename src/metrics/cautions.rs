//! What a reader must know before believing the numbers: small samples, unequal classes, scores that are no
//! probabilities.

use super::{Baselines, ConfusionMatrix, Outcomes};

/// Below it the numbers say nothing about a model.
const VERY_FEW: u64 = 30;
/// Below it a few per cent are noise.
const FEW: u64 = 100;
/// Reference cases of a class below which its row says nothing.
const FEW_IN_CLASS: u64 = 10;
/// Share of one class, or ratio of the largest to the smallest, from which accuracy misleads.
const UNEQUAL_SHARE: f64 = 0.75;
const UNEQUAL_RATIO: f64 = 4.0;
/// Cases below which the calibration error is mostly noise.
const FEW_TO_CALIBRATE: u64 = 200;
/// Distance of a row's sum from 1 that rounding to a few decimals does not explain.
const SUM_TOLERANCE: f64 = 0.01;

/// A warning with its facts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Caution {
    VeryFewCases {
        cases: u64,
    },
    FewCases {
        cases: u64,
    },
    FewInClass {
        class: usize,
        cases: u64,
    },
    ClassAbsent {
        class: usize,
    },
    NeverPredicted {
        class: usize,
    },
    Unequal {
        class: usize,
        share: f64,
        smallest: usize,
        smallest_cases: u64,
    },
    NotAboveMajority {
        accuracy: f64,
        class: usize,
        share: f64,
        p: f64,
    },
    SharedGroups {
        groups: usize,
        cases: u64,
    },
    SumsNotOne {
        cases: u64,
    },
    /// The scores give the reference label exactly 0.
    CertainAndWrong {
        cases: u64,
    },
    FewToCalibrate {
        cases: u64,
    },
}

impl Caution {
    /// Short name for files.
    pub fn key(&self) -> &'static str {
        match self {
            Self::VeryFewCases { .. } => "very_few_cases",
            Self::FewCases { .. } => "few_cases",
            Self::FewInClass { .. } => "few_in_class",
            Self::ClassAbsent { .. } => "class_absent",
            Self::NeverPredicted { .. } => "never_predicted",
            Self::Unequal { .. } => "unequal_classes",
            Self::NotAboveMajority { .. } => "not_above_majority",
            Self::SharedGroups { .. } => "shared_groups",
            Self::SumsNotOne { .. } => "sums_not_one",
            Self::CertainAndWrong { .. } => "certain_and_wrong",
            Self::FewToCalibrate { .. } => "few_to_calibrate",
        }
    }

    /// The sentence.
    pub fn words(&self, class_names: &[String]) -> String {
        let name = |class: &usize| class_names.get(*class).cloned().unwrap_or_else(|| format!("class {class}"));
        match self {
            Self::VeryFewCases { cases } => format!("{}: read nothing into this.", count(*cases, "case")),
            Self::FewCases { cases } => {
                format!("{}: differences of a few per cent mean nothing; read the intervals.", count(*cases, "case"))
            }
            Self::FewInClass { class, cases } => {
                format!("{} has {}: read nothing into its row.", name(class), count(*cases, "case"))
            }
            Self::ClassAbsent { class } => {
                format!("No case has the reference label {}: nothing can be said about it.", name(class))
            }
            Self::NeverPredicted { class } => {
                format!("{} was never predicted: its precision is undefined and counts as 0 in averages.", name(class))
            }
            Self::Unequal { class, share, smallest, smallest_cases } => format!(
                "The classes are unequal: {} is {:.0} % of the cases, {} has {}. Accuracy and weighted averages \
                 mostly describe the large class; read balanced accuracy, kappa and the rows.",
                name(class),
                share * 100.0,
                name(smallest),
                count(*smallest_cases, "case")
            ),
            Self::NotAboveMajority { accuracy, class, share, p } => format!(
                "Accuracy {accuracy:.3} is not shown to be above always saying {} ({share:.3}): p = {p:.2}.",
                name(class)
            ),
            Self::SharedGroups { groups, cases } => format!(
                "{cases} cases come from {groups} groups: intervals resample whole groups; the tests of a comparison \
                 (McNemar, DeLong) take cases as independent and are too sure."
            ),
            Self::SumsNotOne { cases } => format!(
                "The scores of {} do not sum to 1: log loss, Brier score and calibration read them as they are.",
                count(*cases, "case")
            ),
            Self::CertainAndWrong { cases } => format!(
                "The scores of {} give the reference label exactly 0: the log loss depends on where it is cut \
                 (2.2e-16).",
                count(*cases, "case")
            ),
            Self::FewToCalibrate { cases } => format!(
                "{} {} few for a calibration curve: the calibration error of a perfect model would not be 0 either.",
                count(*cases, "case"),
                if *cases == 1 { "is" } else { "are" }
            ),
        }
    }
}

fn count(cases: u64, what: &str) -> String {
    if cases == 1 { format!("1 {what}") } else { format!("{cases} {what}s") }
}

/// All warnings that apply, the most important first.
pub fn cautions(outcomes: &Outcomes, matrix: &ConfusionMatrix, baselines: Option<&Baselines>) -> Vec<Caution> {
    let cases = matrix.total();
    let mut found = match cases {
        0..VERY_FEW => vec![Caution::VeryFewCases { cases }],
        VERY_FEW..FEW => vec![Caution::FewCases { cases }],
        _ => Vec::new(),
    };
    if let (Some(groups), Some(_)) = (outcomes.group_count(), outcomes.groups()) {
        found.push(Caution::SharedGroups { groups, cases });
    }
    found.extend(baselines.and_then(|baselines| against_majority(matrix, baselines)));
    found.extend(of_classes(matrix));
    found.extend(of_scores(outcomes));
    found
}

fn against_majority(matrix: &ConfusionMatrix, baselines: &Baselines) -> Option<Caution> {
    (baselines.p_above_majority >= 0.05).then(|| Caution::NotAboveMajority {
        accuracy: matrix.correct() as f64 / matrix.total() as f64,
        class: baselines.majority_class,
        share: baselines.majority_accuracy,
        p: baselines.p_above_majority,
    })
}

fn of_classes(matrix: &ConfusionMatrix) -> Vec<Caution> {
    let mut found = Vec::new();
    let total = matrix.total();
    let supports = || (0..matrix.classes()).map(|class| (class, matrix.support(class)));
    let largest = supports().max_by_key(|(class, support)| (*support, std::cmp::Reverse(*class)));
    let smallest = supports().filter(|(_, support)| *support > 0).min_by_key(|(_, support)| *support);
    if let (Some((class, most)), Some((smallest, least))) = (largest, smallest)
        && class != smallest
    {
        let share = most as f64 / total as f64;
        if share >= UNEQUAL_SHARE || most as f64 >= UNEQUAL_RATIO * least as f64 {
            found.push(Caution::Unequal { class, share, smallest, smallest_cases: least });
        }
    }
    for (class, support) in supports() {
        match support {
            0 => found.push(Caution::ClassAbsent { class }),
            // Said of the whole already where there are few cases at all.
            1..FEW_IN_CLASS if total >= VERY_FEW => found.push(Caution::FewInClass { class, cases: support }),
            _ => {}
        }
        if support > 0 && matrix.predictions(class) == 0 {
            found.push(Caution::NeverPredicted { class });
        }
    }
    found
}

fn of_scores(outcomes: &Outcomes) -> Vec<Caution> {
    let Ok(probabilities) = outcomes.proper() else { return Vec::new() };
    let mut found = Vec::new();
    let rows = || outcomes.truth().iter().zip(probabilities.chunks_exact(outcomes.classes()));
    let apart = rows().filter(|(_, row)| (row.iter().sum::<f64>() - 1.0).abs() > SUM_TOLERANCE).count() as u64;
    if apart > 0 {
        found.push(Caution::SumsNotOne { cases: apart });
    }
    let certain = rows().filter(|(truth, row)| row.get(**truth) == Some(&0.0)).count() as u64;
    if certain > 0 {
        found.push(Caution::CertainAndWrong { cases: certain });
    }
    let cases = outcomes.len() as u64;
    if (1..FEW_TO_CALIBRATE).contains(&cases) {
        found.push(Caution::FewToCalibrate { cases });
    }
    found
}

#[cfg(test)]
mod tests {
    use super::super::baselines;
    use super::*;

    fn said(rows: &[Vec<u64>]) -> Vec<String> {
        let matrix = ConfusionMatrix::from_rows(rows).unwrap();
        let (truth, predicted) = matrix.expand();
        let outcomes = Outcomes::new(matrix.classes(), truth, predicted).unwrap();
        let names = ["N".to_owned(), "P".to_owned(), "Q".to_owned()];
        let baselines = baselines(&matrix).ok();
        cautions(&outcomes, &matrix, baselines.as_ref()).iter().map(|caution| caution.words(&names)).collect()
    }

    #[test]
    fn twelve_cases_say_nothing() {
        let said = said(&[vec![6, 0], vec![0, 6]]);
        assert_eq!(said, ["12 cases: read nothing into this."]);
    }

    #[test]
    fn unequal_classes_and_a_class_never_predicted() {
        let said = said(&[vec![90, 0, 0], vec![9, 0, 0], vec![0, 0, 0]]);
        assert!(said.iter().any(|line| line.contains("N is 91 % of the cases, P has 9 cases")), "{said:?}");
        assert!(said.iter().any(|line| line.starts_with("P was never predicted")));
        assert!(said.iter().any(|line| line.starts_with("P has 9 cases: read nothing")));
        assert!(said.iter().any(|line| line.starts_with("No case has the reference label Q")));
        assert!(said.iter().any(|line| line.contains("not shown to be above always saying N (0.909)")));
    }

    #[test]
    fn a_good_large_sample_needs_no_warning() {
        assert_eq!(said(&[vec![95, 5], vec![5, 95]]), Vec::<String>::new());
    }

    #[test]
    fn scores_that_are_no_distribution_are_named() {
        let outcomes = Outcomes::new(2, vec![0, 1], vec![0, 0]).unwrap();
        let outcomes = outcomes.with_probabilities(vec![0.9, 0.9, 1.0, 0.0]).unwrap();
        let found = of_scores(&outcomes);
        assert!(found.contains(&Caution::SumsNotOne { cases: 1 }));
        assert!(found.contains(&Caution::CertainAndWrong { cases: 1 }));
    }
}
