//! Which rows of two files are the same case, and what changed between them.

use super::MetricsReport;
use crate::metrics::{self, Comparison, ComparisonOptions, MetricsError, SummaryOptions};
use crate::review::table::{Key, RowProblem, join};

/// Rows of two files, matched.
pub(super) struct Matched {
    /// Labelled cases of A and B.
    pub pairs: Vec<(usize, usize)>,
    pub remarks: Vec<String>,
    pub problems: Vec<RowProblem>,
}

pub(super) fn matched(a: &MetricsReport, b: &MetricsReport) -> Matched {
    let (cases_a, cases_b) = (&a.predictions.cases, &b.predictions.cases);
    let none = |remark: &str| Matched { pairs: vec![], remarks: vec![remark.to_owned()], problems: vec![] };
    if a.predictions.is_matrix || b.predictions.is_matrix {
        return none("A confusion matrix names no cases: no test of the difference is possible, only both reports.");
    }
    if !(a.predictions.has_ids && b.predictions.has_ids) {
        let same = cases_a.len() == cases_b.len()
            && cases_a.iter().zip(cases_b).all(|(a, b)| a.truth.is_some() && a.truth == b.truth && a.line == b.line);
        if !same {
            return none(
                "No column names the cases in both files (path, file, id…), and the labels differ row by row: the rows \
                 could not be matched.",
            );
        }
        let pairs = (0..cases_a.len()).map(|row| (row, row)).collect();
        let remark =
            "No column names the cases in both files: rows were matched by their order, and their labels agree.";
        return Matched { pairs, remarks: vec![remark.to_owned()], problems: vec![] };
    }
    let keys = |side: &MetricsReport| side.predictions.cases.iter().map(|case| case.key.clone()).collect::<Vec<Key>>();
    let joined = join(&keys(a), &keys(b), false);
    let (mut pairs, mut problems) = (Vec::new(), Vec::new());
    for (of_a, of_b) in joined.pairs.iter().enumerate().filter_map(|(of_a, of_b)| Some((of_a, (*of_b)?))) {
        let (Some(case_a), Some(case_b)) = (cases_a.get(of_a), cases_b.get(of_b)) else { continue };
        match (case_a.truth, case_b.truth) {
            (Some(label), Some(other)) if label != other => problems.push(RowProblem {
                line: case_a.line,
                what: format!("{} has another reference label on line {} of B; left out", case_a.key.id, case_b.line),
            }),
            (Some(_), _) => pairs.push((of_a, of_b)),
            (None, _) => {}
        }
    }
    let (alone_a, alone_b) = (cases_a.len() - joined.matched(), cases_b.len() - joined.matched());
    let mut remark = format!("Rows matched by {}: {}", joined.by, joined.matched());
    remark += &match (alone_a, alone_b) {
        (0, 0) => ", all of both files.".to_owned(),
        _ => format!("; {alone_a} rows of A and {alone_b} rows of B have no partner{}.", example(a, &joined.pairs)),
    };
    let mut remarks = vec![remark];
    if pairs.is_empty() {
        remarks.push("No matched row has a reference label: there is nothing to test.".to_owned());
    }
    Matched { pairs, remarks, problems }
}

/// The first row of A without a partner.
fn example(a: &MetricsReport, pairs: &[Option<usize>]) -> String {
    let alone = pairs.iter().position(Option::is_none).and_then(|row| a.predictions.cases.get(row));
    alone.map_or_else(String::new, |case| format!(" (the first of A: {})", case.key.id))
}

/// The comparison on the matched cases, and what to know about it. The labels are A's.
pub(super) fn of_pairs(
    a: &MetricsReport,
    b: &MetricsReport,
    pairs: &[(usize, usize)],
    options: SummaryOptions,
) -> Result<(Comparison, Vec<String>), MetricsError> {
    let (of_a, of_b): (Vec<usize>, Vec<usize>) = pairs.iter().copied().unzip();
    let mut labelled_b = b.predictions.clone();
    for (of_a, of_b) in pairs {
        if let (Some(case_a), Some(case_b)) = (a.predictions.cases.get(*of_a), labelled_b.cases.get_mut(*of_b)) {
            case_b.truth = case_a.truth;
        }
    }
    let (outcomes_a, outcomes_b) = (a.predictions.outcomes(&of_a)?, labelled_b.outcomes(&of_b)?);
    let SummaryOptions { bins, resamples, seed } = options;
    let options = ComparisonOptions { bins, resamples, seed };
    let comparison = metrics::compare(&outcomes_a, &outcomes_b, &options)?;
    let mut remarks = Vec::new();
    if let (Some(groups), Some(_)) = (outcomes_a.group_count(), outcomes_a.groups()) {
        remarks.push(format!(
            "{} cases come from {groups} groups: the bootstrap draws whole groups, but McNemar's and DeLong's tests take \
             cases as independent and are too sure.",
            comparison.cases
        ));
    }
    Ok((comparison, remarks))
}
