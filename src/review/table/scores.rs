//! Columns of scores: which ones they are, whether they hold probabilities or logits, and one row of them as numbers.

use super::columns::{Columns, plain};
use super::rows::RawTable;

/// What the score columns are.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct ScoreColumns {
    /// Column and class name as the header has it, of probabilities or of numbers whose kind is still open.
    pub classes: Vec<(usize, String)>,
    /// The same of columns that are named logits.
    pub logits: Vec<(usize, String)>,
    /// One column for two classes.
    pub single: Option<Single>,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Single {
    pub column: usize,
    /// The class in the column's name.
    pub class: Option<String>,
    pub logit: bool,
    /// Named as the score of the predicted class, not of a fixed one.
    pub of_predicted: bool,
}

/// Names of a single column, `_` for any separator or none.
const OF_PREDICTED: [&str; 10] = [
    "confidence",
    "conf",
    "pred_prob",
    "predicted_prob",
    "predicted_probability",
    "prediction_score",
    "pred_conf",
    "max_prob",
    "top_prob",
    "top_score",
];
const SINGLE: [&str; 17] = [
    "score",
    "scores",
    "y_score",
    "prob",
    "probs",
    "probability",
    "probabilities",
    "proba",
    "y_prob",
    "y_proba",
    "pred_proba",
    "p",
    "sigmoid",
    "output",
    "positive_probability",
    "확률",
    "점수",
];
const SINGLE_LOGIT: [&str; 4] = ["logit", "logits", "z", "raw_score"];
/// Words before (or after) a class name, longest first.
const WORDS: [&str; 22] = [
    "predicted_probability",
    "predict_proba",
    "pred_proba",
    "pred_prob",
    "y_proba",
    "y_prob",
    "y_score",
    "probabilities",
    "probability",
    "predictions",
    "prediction",
    "softmax",
    "sigmoid",
    "outputs",
    "output",
    "scores",
    "score",
    "probs",
    "proba",
    "prob",
    "class",
    "p",
];
const LOGIT_WORDS: [&str; 2] = ["logits", "logit"];

/// Finds them; `labels`: the distinct labels of the truth and prediction columns.
pub(super) fn find(table: &RawTable, columns: &Columns, labels: &[String]) -> ScoreColumns {
    let mut found = ScoreColumns::default();
    let mut named: Vec<(usize, String)> = Vec::new();
    for (column, header) in table.header.iter().enumerate().filter(|(column, _)| !columns.is_taken(*column)) {
        if !mostly_numbers(table, column) {
            continue;
        }
        let name = plain(header);
        let single = |logit, of_predicted| Some(Single { column, class: None, logit, of_predicted });
        if is_one_of(header, &OF_PREDICTED) {
            found.single = found.single.or(single(false, true));
        } else if is_one_of(header, &SINGLE) {
            found.single = found.single.or(single(false, false));
        } else if is_one_of(header, &SINGLE_LOGIT) {
            found.single = found.single.or(single(true, false));
        } else if labels.iter().any(|label| plain(label) == name) {
            found.classes.push((column, header.clone()));
        } else if let Some(class) = class_in(header, &LOGIT_WORDS) {
            found.logits.push((column, class));
        } else if let Some(class) = class_in(header, &WORDS) {
            named.push((column, class));
        }
    }
    // `class_0`, `p1` beside columns that carry the labels themselves are something else.
    if found.classes.len() < 2 && !named.is_empty() {
        found.classes = named;
    }
    if found.classes.is_empty() && found.logits.is_empty() && found.single.is_none() {
        found.classes = distribution(table, columns);
    }
    lone(&mut found, labels);
    found
}

/// `prob_A` is not `proba`: separators count where the header has any.
fn is_one_of(header: &str, names: &[&str]) -> bool {
    let lower = header.to_lowercase();
    let snake: String = lower.chars().map(|c| if c.is_alphanumeric() { c } else { '_' }).collect();
    let whole = !snake.contains('_');
    names.iter().any(|name| snake == *name || whole && snake == name.replace('_', ""))
}

/// One class's column is a single score; several make single ones superfluous.
fn lone(found: &mut ScoreColumns, labels: &[String]) {
    if let [(column, class)] = found.classes.as_slice() {
        let class = (labels.iter().any(|label| plain(label) == plain(class)) || class.parse::<usize>().is_err())
            .then(|| class.clone());
        found.single = Some(Single { column: *column, class, logit: false, of_predicted: false });
        found.classes.clear();
    } else if !found.classes.is_empty() || found.logits.len() > 1 {
        found.single = None;
    }
    if let (true, None, [(column, _)]) = (found.classes.is_empty(), &found.single, found.logits.as_slice()) {
        found.single = Some(Single { column: *column, class: None, logit: true, of_predicted: false });
        found.logits.clear();
    }
}

/// The class in `score NORMAL`, `prob_1`, `P(NORMAL)`, `NORMAL_prob`.
fn class_in(header: &str, words: &[&str]) -> Option<String> {
    let separator = |c: char| !c.is_alphanumeric();
    let lower = header.to_ascii_lowercase();
    for word in words {
        if lower.starts_with(word) {
            let rest = header.get(word.len()..)?;
            if rest.starts_with(separator) || rest.starts_with(|c: char| c.is_ascii_digit()) {
                let class = bare(rest);
                if !class.is_empty() {
                    return Some(class.to_owned());
                }
            }
        }
        if lower.ends_with(word) && *word != "class" && *word != "p" {
            let rest = header.get(..header.len() - word.len())?;
            let class = rest.trim_end_matches([' ', '_', '-', '.', ':']);
            if class.len() < rest.len() && !class.is_empty() {
                return Some(class.to_owned());
            }
        }
    }
    None
}

/// Without the brackets around the whole, or without the separators before it; brackets of the name itself stay.
fn bare(rest: &str) -> &str {
    let inner = |open: char, close: char| rest.strip_prefix(open).and_then(|rest| rest.strip_suffix(close));
    let class = inner('(', ')').or_else(|| inner('[', ']')).or_else(|| inner('{', '}')).unwrap_or(rest);
    class.trim_start_matches([' ', '_', '-', '.', ':', '=', '/', '|']).trim_end()
}

/// Rows that are looked at to tell what a column holds.
const LOOKED_AT: usize = 200;

/// True where the column has numbers and nothing else in the first rows.
pub(super) fn numbers(table: &RawTable, column: usize) -> bool {
    let mut cells = table.rows.iter().filter_map(|row| row.get(column)).take(LOOKED_AT).peekable();
    cells.peek().is_some() && cells.all(|cell| number(cell, table.separator).is_some())
}

/// True where at least half of the first cells are numbers (NaN is written where one should be): a damaged cell costs its
/// row, not the column.
fn mostly_numbers(table: &RawTable, column: usize) -> bool {
    let is_nan = |row: &super::rows::Row| row.cells.get(column).is_some_and(|cell| cell.eq_ignore_ascii_case("nan"));
    let rows = || table.rows.iter().take(LOOKED_AT);
    let cells = rows().filter(|row| row.get(column).is_some() || is_nan(row)).count();
    let is_meant = |row: &&super::rows::Row| {
        is_nan(row) || row.get(column).is_some_and(|cell| number(cell, table.separator).is_some())
    };
    let numbers = rows().filter(is_meant).count();
    numbers > 0 && 2 * numbers >= cells
}

/// Unnamed columns that sum to 1 in every row: `image,NORMAL,PNEUMONIA`.
fn distribution(table: &RawTable, columns: &Columns) -> Vec<(usize, String)> {
    let free: Vec<usize> =
        (0..table.header.len()).filter(|column| !columns.is_taken(*column) && numbers(table, *column)).collect();
    let sums_to_one = |row: &super::rows::Row| {
        let values = free.iter().filter_map(|column| number(row.get(*column)?, table.separator));
        let values: Vec<f64> = values.filter(|value| (0.0..=1.0).contains(value)).collect();
        values.len() == free.len() && (values.iter().sum::<f64>() - 1.0).abs() < 0.02
    };
    if free.len() < 2 || !table.rows.iter().take(LOOKED_AT).all(sums_to_one) {
        return Vec::new();
    }
    free.into_iter().filter_map(|column| Some((column, table.header.get(column)?.clone()))).collect()
}

/// A number as programs write it: `0.93`, `93%`, `tensor(0.93)`, `[0.93]`, and `0,93` where the comma is no delimiter.
pub(super) fn number(cell: &str, separator: Option<u8>) -> Option<f64> {
    let cell = cell.strip_prefix("tensor(").and_then(|rest| rest.strip_suffix(')')).unwrap_or(cell);
    let cell = cell.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(cell).trim();
    let (cell, scale) = cell.strip_suffix('%').map_or((cell, 1.0), |rest| (rest.trim_end(), 100.0));
    let decimal_comma = separator.is_some_and(|separator| separator != b',') && cell.matches(',').count() == 1;
    let value: f64 = if decimal_comma { cell.replace(',', ".").parse().ok()? } else { cell.parse().ok()? };
    value.is_finite().then_some(value / scale)
}

/// Splits columns of lists (`[0.1 0.9]`, `[0.1, 0.9]`) into one column a number.
pub(super) fn split_lists(table: &mut RawTable) {
    let list = |cell: &str| -> Option<Vec<String>> {
        let inner = cell.strip_prefix('[')?.strip_suffix(']')?;
        let parts = inner.split([',', ' ', '\t', '\n']).filter(|part| !part.is_empty());
        Some(parts.map(str::to_owned).collect())
    };
    for column in 0..table.header.len() {
        let first = table.rows.iter().find_map(|row| row.get(column)).and_then(list);
        let Some(count) = first.map(|parts| parts.len()).filter(|count| *count > 1) else { continue };
        let name = table.header.get(column).cloned().unwrap_or_default();
        table.header.extend((0..count).map(|at| format!("{name} {at}")));
        for row in &mut table.rows {
            let parts = row.get(column).and_then(list).filter(|parts| parts.len() == count);
            row.cells.extend(parts.unwrap_or_else(|| vec![String::new(); count]));
        }
        if let Some(header) = table.header.get_mut(column) {
            *header = format!("{name} (list)");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::review::table::rows::parse;

    fn found(text: &str, labels: &[&str]) -> ScoreColumns {
        let mut table = parse(text.as_bytes().to_vec()).unwrap();
        split_lists(&mut table);
        let columns = Columns::find(&table, &[]).unwrap();
        find(&table, &columns, &labels.iter().map(|label| (*label).to_owned()).collect::<Vec<_>>())
    }

    fn classes(found: &ScoreColumns) -> Vec<&str> {
        found.classes.iter().map(|(_, name)| name.as_str()).collect()
    }

    #[test]
    fn class_columns_in_many_spellings() {
        for header in ["score A,score B", "prob_A,prob_B", "P(A),P(B)", "A_prob,B_prob", "A,B", "proba A,proba B"] {
            let text = format!("file,y_true,{header}\nx,A,0.2,0.8\n");
            assert_eq!(classes(&found(&text, &["A", "B"])), ["A", "B"], "{header}");
        }
        let text = "y_true,score 경도 (mild),score B\nB,0.2,0.8\n";
        assert_eq!(classes(&found(text, &["B"])), ["경도 (mild)", "B"]);
        assert_eq!(classes(&found("y_true,p0,p1\n1,0.2,0.8\n", &["1"])), ["0", "1"]);
        assert_eq!(classes(&found("image,NORMAL,PNEUMONIA\na.png,0.2,0.8\n", &[])), ["NORMAL", "PNEUMONIA"]);
        assert_eq!(classes(&found("y_true,probs\n1,[0.2 0.8]\n", &["1"])), ["0", "1"]);
        assert_eq!(found("y,logit_0,logit_1\n1,-3,8\n", &["1"]).logits.len(), 2);
    }

    #[test]
    fn one_column_for_two_classes() {
        let single = |text: &str| found(text, &["A", "B"]).single.unwrap();
        assert_eq!(single("file,truth,prob_B\nx,A,0.2\n").class.as_deref(), Some("B"));
        assert_eq!(single("file,truth,y_score\nx,A,0.2\n").class, None);
        assert!(single("file,truth,pred,confidence\nx,A,B,0.8\n").of_predicted);
        assert!(single("file,truth,logit\nx,A,-2.5\n").logit);
    }

    #[test]
    fn other_numbers_are_no_scores() {
        let found = found("file,truth,pred,age,weight\nx,A,B,61,80\n", &["A", "B"]);
        assert_eq!(found, ScoreColumns::default());
    }

    #[test]
    fn numbers_of_many_programs() {
        assert_eq!(number("93%", None), Some(0.93));
        assert_eq!(number("tensor(0.5)", None), Some(0.5));
        assert_eq!(number("[0.5]", Some(b',')), Some(0.5));
        assert_eq!(number("0,93", Some(b';')), Some(0.93));
        assert_eq!(number("0,93", Some(b',')), None);
        assert_eq!((number("inf", None), number("x", None)), (None, None));
    }
}
