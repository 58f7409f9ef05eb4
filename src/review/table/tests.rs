//! Tables of many tools, end to end: text in, cases out.

use super::{Predictions, TableError, TableOptions, read_predictions};

fn read_with(text: &str, options: &TableOptions) -> Result<Predictions, TableError> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("예측 1.csv");
    std::fs::write(&path, text).unwrap();
    read_predictions(&path, options, None)
}

fn read(text: &str) -> Predictions {
    read_with(text, &TableOptions::default()).unwrap()
}

fn first(predictions: &Predictions) -> (Option<usize>, usize, Vec<f64>) {
    let case = &predictions.cases[0];
    (case.truth, case.predicted, case.probabilities.iter().map(|p| (p * 1e6).round() / 1e6).collect())
}

fn said(predictions: &Predictions, words: &str) -> bool {
    predictions.remarks.iter().any(|remark| remark.contains(words))
}

#[test]
fn habits_of_scikit_learn_keras_and_torch() {
    // predict_proba beside integer labels
    assert_eq!(first(&read("y_true,y_pred,proba_0,proba_1\n1,0,0.75,0.25\n")), (Some(1), 0, vec![0.75, 0.25]));
    // flow_from_directory: a sigmoid in a column called predictions, labels by name
    let keras = read("Filename,Class,Predictions\nP/a.png,P,0.25\nN/b.png,N,0.75\n");
    assert_eq!(first(&keras), (Some(1), 0, vec![0.75, 0.25]));
    assert!(said(&keras, "holds fractions") && said(&keras, "assumed to be the score of P"));
    // logits by name and by value
    let torch = read("image_id;target;logit_0;logit_1\na;0;0,0;1,098612289\n");
    assert_eq!(first(&torch), (Some(0), 1, vec![0.25, 0.75]));
    assert!(said(&torch, "softmax") && torch.logits(&[0]).unwrap().1);
    let torch = read("id,label,outputs\na,cat,[-2.0 3.0]\nb,dog,[1.0 -1.0]\n");
    assert_eq!((torch.cases[0].predicted, torch.class_names.join(" ")), (1, "cat dog".to_owned()));
    assert!(said(&torch, "read as logits") && said(&torch, "assumed to be cat, dog"));
}

#[test]
fn one_score_is_of_a_class_or_of_the_prediction() {
    let named = read("file,truth,prob_N\na,N,0.75\nb,P,0.5\n");
    assert_eq!(first(&named), (Some(0), 0, vec![0.75, 0.25]));
    let confidence = read("file,truth,pred,score\na,N,N,0.75\nb,P,P,0.5\n");
    assert_eq!(first(&confidence), (Some(0), 0, vec![0.75, 0.25]));
    assert!(said(&confidence, "score of the predicted class"));
    let options = TableOptions { positive: Some("N".to_owned()), ..Default::default() };
    let positive = read_with("file,truth,score\na,N,0.75\nb,P,0.25\n", &options).unwrap();
    assert_eq!((first(&positive), positive.cases[1].predicted), ((Some(0), 0, vec![0.75, 0.25]), 1));
    let percent = read("file,truth,prob_N,prob_P\na,N,75,25\nb,P,10,90\n");
    assert_eq!(first(&percent).2, [0.75, 0.25]);
}

#[test]
fn labels_as_positions_names_and_booleans() {
    let predictions = read("image,truth,NORMAL,PNEUMONIA\na,1,0.25,0.75\nb,0,0.9,0.1\n");
    assert_eq!(first(&predictions), (Some(1), 1, vec![0.25, 0.75]));
    let predictions = read("file,truth,pred\na,1.0,0\nb,0.0,1\n");
    assert_eq!((first(&predictions), predictions.class_names.len()), ((Some(1), 0, vec![]), 2));
    let predictions = read("file,y_true,prob_0,prob_1\na,True,0.25,0.75\nb,False,0.5,0.5\n");
    assert_eq!(first(&predictions).0, Some(1));
}

#[test]
fn given_classes_order_the_columns() {
    let options = TableOptions { classes: Some(vec!["B".into(), "A".into()]), ..Default::default() };
    let predictions = read_with("file,truth,score A,score B\nx,A,0.75,0.25\n", &options).unwrap();
    assert_eq!(first(&predictions), (Some(1), 1, vec![0.25, 0.75]));
    let error = read_with("file,truth,score A,score C\nx,A,0.75,0.25\n", &options).unwrap_err();
    assert!(error.to_string().contains("the score columns are of A, C, the classes are B, A"), "{error}");
}

#[test]
fn temperature_needs_logits_or_scores_above_zero() {
    let scores = read("file,truth,score A,score B\nx,A,0.75,0.25\n");
    let (logits, own) = scores.logits(&[0]).unwrap();
    assert!(!own && (logits[0] - 0.75f64.ln()).abs() < 1e-12);
    assert!(read("file,truth,score A,score B\nx,A,1,0\n").logits(&[0]).is_none());
}

const TABLE_BYTES: &[u8] = b",;\t|\n\"[]{}0123.truthpredicted";

#[test]
fn any_bytes_give_a_table_or_a_sentence() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("noise");
    let mut state = 7_u32;
    for length in 0..300 {
        let bytes: Vec<u8> = (0..length)
            .map(|_| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                // Half of it from the characters that tables are made of.
                let byte = (state >> 24) as u8;
                if state & 1 == 0 { byte } else { TABLE_BYTES[usize::from(byte) % TABLE_BYTES.len()] }
            })
            .collect();
        std::fs::write(&path, bytes).unwrap();
        if let Err(error) = read_predictions(&path, &TableOptions::default(), None) {
            assert!(!error.to_string().is_empty());
        }
        let _ = super::read_matrix(&path);
    }
}
