//! Numbers that a training script saved as arrays: which of them are outputs, and whether they are logits or probabilities.

use super::expected::{Table, TableFor};
use super::npz::{Array, Data};
use crate::metrics::softmax_rows;

/// Keys of an archive that hold file names, and those that hold outputs.
const NAME_KEYS: [&str; 7] = ["paths", "path", "files", "filenames", "names", "ids", "images"];
const OUTPUT_KEYS: [&str; 10] =
    ["probabilities", "probs", "predictions", "preds", "scores", "outputs", "output", "y_pred", "logits", "arr_0"];

/// The table of an archive's arrays.
///
/// # Errors
/// The end of a sentence for arrays that hold no scores of these classes.
pub(super) fn from_arrays(members: Vec<(String, Array)>, wanted: TableFor) -> Result<Table, String> {
    let classes = wanted.class_names.len();
    let by_key = |keys: &[&str], wanted: fn(&Data) -> bool| {
        let fits = |name: &str, array: &Array, key: &str| name.eq_ignore_ascii_case(key) && wanted(&array.data);
        keys.iter().find_map(|key| members.iter().find(|(name, array)| fits(name, array, key)))
    };
    let numbers = |data: &Data| matches!(data, Data::Numbers(_));
    let outputs = by_key(&OUTPUT_KEYS, numbers)
        .or_else(|| members.iter().find(|(_, array)| numbers(&array.data) && array.shape.len() == 2))
        .or_else(|| members.iter().find(|(_, array)| numbers(&array.data)));
    let Some((name, array)) = outputs else {
        return Err(format!("it holds none of the arrays {}", OUTPUT_KEYS.join(", ")));
    };
    let (rows, values) = match array.shape.as_slice() {
        [rows] => (*rows, 1),
        [rows, rest @ ..] => (*rows, rest.iter().product::<usize>()),
        [] => (0, 0),
    };
    let called = if name.is_empty() { "the array".to_owned() } else { format!("\"{name}\"") };
    if values != classes && !(classes == 2 && values == 1) {
        return Err(format!("{called} has {values} values a picture; the model tells {classes} classes apart"));
    }
    let Data::Numbers(flat) = &array.data else { return Err(format!("{called} holds no numbers")) };
    if let Some(at) = flat.iter().position(|value| !value.is_finite()) {
        let row = at / values.max(1);
        return Err(format!("row {row} of {called} (rows count from 0) holds a value that is no number"));
    }
    let logits = are_logits(flat, name.to_ascii_lowercase().contains("logit"));
    let scores = probabilities(flat, values, logits, wanted.independent);
    check_sums(&scores, wanted.independent).map_err(|(row, sum)| {
        format!("row {row} of {called} (rows count from 0) sums to {sum:.3}, and probabilities to 1. {NAMED_LOGITS}")
    })?;
    let names = by_key(&NAME_KEYS, |data| matches!(data, Data::Text(_))).and_then(|(_, array)| match &array.data {
        Data::Text(names) if names.len() == rows => Some(names.clone()),
        _ => None,
    });
    let logits = logits.then(|| flat.chunks_exact(values.max(1)).map(<[f64]>::to_vec).collect());
    Ok(Table { names, scores, logits, named_columns: false, rounding: 0.0 })
}

/// What to do about numbers that could be either.
pub(super) const NAMED_LOGITS: &str =
    "Where they are logits, call them so: an array \"logits\", or columns logit_A, logit_B";

/// Rounding to two digits, of a few classes.
const SUM_OFF: f64 = 0.03;

/// The first row that is no distribution, with its sum; independent sigmoids sum to anything.
pub(super) fn check_sums(scores: &[Vec<f64>], independent: bool) -> Result<(), (usize, f64)> {
    let sums = scores.iter().map(|row| row.iter().sum::<f64>()).enumerate();
    let off = |(_, sum): &(usize, f64)| !independent && (sum - 1.0).abs() > SUM_OFF;
    sums.into_iter().find(off).map_or(Ok(()), Err)
}

pub(super) fn sigmoid(z: f64) -> f64 {
    1.0 / (1.0 + (-z).exp())
}

/// Values outside 0..1 are logits, whatever they are called.
pub(super) fn are_logits(flat: &[f64], said: bool) -> bool {
    said || flat.iter().any(|value| !(-1e-6..=1.0 + 1e-6).contains(value))
}

/// Probabilities per row.
pub(super) fn probabilities(flat: &[f64], values: usize, are_logits: bool, independent: bool) -> Vec<Vec<f64>> {
    flat.chunks_exact(values.max(1))
        .map(|row| match (row, are_logits) {
            ([one], true) => vec![1.0 - sigmoid(*one), sigmoid(*one)],
            ([one], false) => vec![1.0 - one, *one],
            (several, true) if independent => several.iter().map(|z| sigmoid(*z)).collect(),
            (several, true) => softmax_rows(several, values, 1.0),
            (several, false) => several.to_vec(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn logits_and_single_values_become_probabilities() {
        let close = |found: &[Vec<f64>], expected: &[f64]| {
            found.concat().iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-9)
                && found.concat().len() == expected.len()
        };
        let read = |flat: &[f64], values, said| probabilities(flat, values, are_logits(flat, said), false);
        assert!(close(&read(&[0.25], 1, false), &[0.75, 0.25]));
        assert!(close(&read(&[0.0, 0.0, 2.0, 2.0], 2, true), &[0.5; 4]));
        assert!(close(&read(&[-1.0, 1.0], 2, false), &[0.119_202_922_022_117_57, 0.880_797_077_977_882_4]));
        assert!(close(&probabilities(&[0.0, 0.0], 2, true, true), &[0.5; 2]));
    }

    fn arrays(name: &str, rows: &[[f64; 2]], independent: bool) -> Result<Table, String> {
        let data = Data::Numbers(rows.concat());
        let class_names = names(&["A", "B"]);
        let wanted = TableFor { class_names: &class_names, assumed: false, independent };
        from_arrays(vec![(name.to_owned(), Array { shape: vec![rows.len(), 2], data })], wanted)
    }

    #[test]
    fn logits_stay_logits_and_what_is_neither_is_refused() {
        for name in ["logits", "outputs"] {
            let table = arrays(name, &[[-1.5, 2.0], [0.25, 0.5]], false).unwrap();
            assert_eq!(table.logits.as_ref().unwrap()[1], [0.25, 0.5], "{name}");
            assert!((table.scores[1].iter().sum::<f64>() - 1.0).abs() < 1e-12);
        }
        assert_eq!(arrays("logits", &[[0.2, 0.3]], false).unwrap().logits.unwrap(), [[0.2, 0.3]]);
        assert!(arrays("probabilities", &[[0.2, 0.8]], false).unwrap().logits.is_none());
        let fault = arrays("outputs", &[[0.2, 0.8], [0.2, 0.3]], false).unwrap_err();
        assert!(fault.contains("row 1 of \"outputs\"") && fault.contains("sums to 0.500"), "{fault}");
        assert!(
            arrays("outputs", &[[0.2, 0.3]], true).unwrap().logits.is_none(),
            "independent sigmoids sum to anything"
        );
        let fault = arrays("outputs", &[[0.2, 0.8], [f64::NAN, 0.3]], false).unwrap_err();
        assert!(fault.contains("row 1") && fault.contains("no number"), "{fault}");
    }
}
