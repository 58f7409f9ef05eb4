//! Every metric against scikit-learn, statsmodels and scipy, to 1e-9 (`pins/metrics.py` wrote `pins/metrics.json`, which
//! names the libraries' versions).

use overread::metrics::{
    self, Auc, ClassificationReport, ConfusionMatrix, KappaWeights, Measured, Outcomes, Statistic, SummaryOptions,
    Sweep, Undefined,
};
use serde_json::Value;

fn pins() -> Value {
    serde_json::from_str(include_str!("pins/metrics.json")).unwrap()
}

/// Each data set with its outcomes.
fn cases() -> Vec<(Value, Outcomes)> {
    let pins = pins();
    let cases = pins["cases"].as_array().unwrap();
    assert_eq!(cases.len(), 6);
    cases.iter().map(|case| (case.clone(), outcomes(case, "predicted", "probabilities"))).collect()
}

fn outcomes(case: &Value, predicted: &str, probabilities: &str) -> Outcomes {
    Outcomes::new(classes(case), indices(&case["truth"]), indices(&case[predicted]))
        .unwrap()
        .with_probabilities(floats(&case[probabilities]))
        .unwrap()
}

fn classes(case: &Value) -> usize {
    case["classes"].as_u64().unwrap() as usize
}

fn indices(list: &Value) -> Vec<usize> {
    list.as_array().unwrap().iter().map(|value| value.as_u64().unwrap() as usize).collect()
}

fn floats(list: &Value) -> Vec<f64> {
    list.as_array().unwrap().iter().map(|value| value.as_f64().unwrap()).collect()
}

fn near(what: &str, ours: f64, theirs: &Value) {
    let theirs = theirs.as_f64().unwrap_or_else(|| panic!("{what}: no pinned number"));
    assert!((ours - theirs).abs() <= 1e-9, "{what}: {ours} instead of {theirs}");
}

fn near_list(what: &str, ours: &[f64], theirs: &Value) {
    assert_eq!(ours.len(), theirs.as_array().unwrap().len(), "{what}");
    ours.iter().zip(theirs.as_array().unwrap()).for_each(|(ours, theirs)| near(what, *ours, theirs));
}

/// Undefined where the library has no number, else near.
fn near_or_none(what: &str, ours: Measured, theirs: &Value) {
    assert_eq!(ours.is_err(), theirs.is_null(), "{what}");
    if let Ok(ours) = ours {
        near(what, ours, theirs);
    }
}

#[test]
fn the_matrix_and_its_shares() {
    for (case, outcomes) in cases() {
        let (pin, matrix) = (&case["matrix"], outcomes.matrix());
        let rows: Vec<Vec<u64>> = serde_json::from_value(pin["confusion"].clone()).unwrap();
        assert_eq!(Some(&matrix), ConfusionMatrix::from_rows(&rows).as_ref());
        for truth in 0..classes(&case) {
            for predicted in 0..classes(&case) {
                let cell = |name: &str| &pin[name][truth][predicted];
                near("row share", matrix.row_share(truth, predicted).unwrap_or(0.0), cell("row_shares"));
                near("column share", matrix.column_share(truth, predicted).unwrap_or(0.0), cell("column_shares"));
            }
        }
    }
}

#[test]
fn the_classification_report_in_numbers_and_as_text() {
    for (case, outcomes) in cases() {
        let pin = &case["matrix"]["report"];
        let report = ClassificationReport::of(&outcomes.matrix()).unwrap();
        for row in &report.rows {
            let pin = &pin[row.class.to_string()];
            for (ours, name) in row.shown().into_iter().zip(["precision", "recall", "f1-score"]) {
                near(name, ours, &pin[name]);
            }
            near("support", row.support as f64, &pin["support"]);
        }
        for (mean, name) in [(report.macro_average, "macro avg"), (report.weighted_average, "weighted avg")] {
            for (ours, score) in
                [mean.precision, mean.recall, mean.f1].into_iter().zip(["precision", "recall", "f1-score"])
            {
                near(name, ours, &pin[name][score]);
            }
        }
        near("accuracy", report.accuracy, &pin["accuracy"]);
        let names: Vec<String> = (0..classes(&case)).map(|class| class.to_string()).collect();
        assert_eq!(report.text(&names), case["matrix"]["report_text"].as_str().unwrap());
        assert_eq!(pin.as_object().unwrap().len(), report.rows.len() + 3);
    }
}

#[test]
fn one_number_for_the_whole_matrix() {
    for (case, outcomes) in cases() {
        let (pin, matrix) = (&case["matrix"], outcomes.matrix());
        near("accuracy", metrics::accuracy(&matrix).value().unwrap(), &pin["accuracy"]);
        near("balanced accuracy", metrics::balanced_accuracy(&matrix).unwrap(), &pin["balanced_accuracy"]);
        near("Matthews", metrics::matthews(&matrix).unwrap(), &pin["matthews"]);
        for weights in KappaWeights::ALL {
            near("kappa", metrics::cohen_kappa(&matrix, weights).unwrap(), &pin["kappa"][weights.name()]);
        }
        near("p", metrics::baselines(&matrix).unwrap().p_above_majority, &pin["p_above_majority"]);
    }
}

#[test]
fn sensitivity_specificity_and_predictive_values() {
    for (case, outcomes) in cases() {
        for class in 0..classes(&case) {
            let (pin, counts) = (&case["matrix"]["rates"][class], outcomes.matrix().one_vs_rest(class));
            near_or_none("sensitivity", counts.sensitivity().value(), &pin["sensitivity"]);
            near_or_none("specificity", counts.specificity().value(), &pin["specificity"]);
            near_or_none("ppv", counts.positive_predictive_value().value(), &pin["ppv"]);
            near_or_none("npv", counts.negative_predictive_value().value(), &pin["npv"]);
            let cells = [counts.true_positives, counts.false_positives, counts.false_negatives, counts.true_negatives];
            assert_eq!(serde_json::json!(cells), pin["counts"]);
        }
    }
}

#[test]
fn wilsons_interval() {
    let check = |hits: u64, of: u64, pin: &Value| {
        let (low, high) = metrics::wilson(hits, of).unwrap();
        near_list("Wilson", &[low, high], pin);
    };
    for pin in pins()["wilson"].as_array().unwrap() {
        check(pin["hits"].as_u64().unwrap(), pin["of"].as_u64().unwrap(), &pin["interval"]);
    }
    for (case, outcomes) in cases() {
        let matrix = outcomes.matrix();
        let mut pins = case["matrix"]["wilson"].as_array().unwrap().iter();
        check(matrix.correct(), matrix.total(), pins.next().unwrap());
        for class in (0..classes(&case)).filter(|class| matrix.support(*class) > 0) {
            check(matrix.count(class, class), matrix.support(class), pins.next().unwrap());
        }
        assert!(pins.next().is_none());
    }
}

#[test]
fn log_loss_brier_score_and_calibration_error() {
    for (case, outcomes) in cases() {
        let (pin, truth, k) = (&case["scores"], outcomes.truth(), classes(&case));
        let probabilities = outcomes.proper().unwrap();
        let mean = |losses: Vec<f64>| losses.iter().sum::<f64>() / losses.len() as f64;
        near("log loss", mean(metrics::log_loss(truth, probabilities, k)), &pin["log_loss"]);
        near("Brier", mean(metrics::brier(truth, probabilities, k)), &pin["brier"]);
        let (stated, hits) = metrics::top_label(truth, probabilities, k);
        near("ECE", metrics::expected_calibration_error(&stated, &hits, 10).unwrap(), &pin["ece"]);
        for class in 0..k {
            let curve = metrics::calibration_curve(&outcomes.scores_of(class).unwrap(), &outcomes.is_class(class), 10);
            let list = |of: fn(&metrics::CalibrationBin) -> f64| curve.iter().map(of).collect::<Vec<_>>();
            near_list("share", &list(|bin| bin.share_true), &pin["classes"][class]["calibration"][0]);
            near_list("stated", &list(|bin| bin.mean_stated), &pin["classes"][class]["calibration"][1]);
        }
    }
}

#[test]
fn curves_areas_and_delongs_variance() {
    let mut seen = 0;
    for (case, outcomes) in cases() {
        for class in 0..classes(&case) {
            let pin = &case["scores"]["classes"][class];
            let (scores, is) = (outcomes.scores_of(class).unwrap(), outcomes.is_class(class));
            let sweep = Sweep::new(class, &scores, &is);
            if pin["auc"].is_null() {
                assert_eq!(sweep.auc(), Err(Undefined::ClassAbsent { class }));
                continue;
            }
            seen += 1;
            near("AUC", sweep.auc().unwrap(), &pin["auc"]);
            let (fpr, tpr): (Vec<f64>, Vec<f64>) = sweep.roc().unwrap().into_iter().unzip();
            near_list("fpr", &fpr, &pin["roc"][0]);
            near_list("tpr", &tpr, &pin["roc"][1]);
            let thresholds: Vec<f64> = sweep.points[1..].iter().map(|point| point.threshold).collect();
            near_list("thresholds", &thresholds, &pin["roc"][2]);
            let (mut recall, mut precision): (Vec<f64>, Vec<f64>) =
                sweep.precision_recall().unwrap().into_iter().unzip();
            recall.reverse();
            precision.reverse();
            near_list("precision", &precision, &pin["pr"][0]);
            near_list("recall", &recall, &pin["pr"][1]);
            near("average precision", sweep.average_precision().unwrap(), &pin["average_precision"]);
            let auc = Auc::new(class, &scores, &is).unwrap();
            near("AUC by ranks", auc.area, &pin["auc"]);
            near_or_none("DeLong's variance", auc.variance, &pin["auc_variance"]);
        }
    }
    assert!(seen >= 18);
}

#[test]
fn the_summary_says_the_same_numbers() {
    for (case, outcomes) in cases() {
        let summary = metrics::summarize(&outcomes, SummaryOptions { resamples: 20, ..Default::default() });
        let value = |statistic| summary.get(statistic).unwrap().value.unwrap();
        let (matrix, scores) = (&case["matrix"], &case["scores"]);
        near("log loss", value(Statistic::LogLoss), &scores["log_loss"]);
        near("Brier", value(Statistic::Brier), &scores["brier"]);
        near("ECE", value(Statistic::CalibrationError), &scores["ece"]);
        near("macro F1", value(Statistic::MacroF1), &matrix["report"]["macro avg"]["f1-score"]);
        near("kappa", value(Statistic::Kappa(KappaWeights::Quadratic)), &matrix["kappa"]["quadratic"]);
        if !scores["macro_auc"].is_null() {
            near("macro AUC", value(Statistic::MacroAuc), &scores["macro_auc"]);
            near("weighted AUC", value(Statistic::WeightedAuc), &scores["weighted_auc"]);
        }
        for class in &summary.classes {
            let pin = &scores["classes"][class.class];
            near_or_none("AUC", class.auc.value, &pin["auc"]);
            if !pin["auc"].is_null() {
                near("average precision", class.average_precision.value.unwrap(), &pin["average_precision"]);
            }
        }
    }
}

#[test]
fn the_temperature_and_what_it_changes() {
    for (case, outcomes) in cases() {
        let (pin, k) = (&case["temperature"], classes(&case));
        let fit = metrics::fit_temperature(outcomes.truth(), &floats(&case["logits"]), k);
        if pin.is_null() {
            assert_eq!(fit, Err(Undefined::Misleading));
            continue;
        }
        let fit = fit.unwrap();
        near("T", fit.temperature, &pin["temperature"]);
        near_list("NLL", &[fit.nll_before, fit.nll_after], &pin["nll"]);
        near_list("ECE", &[fit.ece_before, fit.ece_after], &pin["ece"]);
    }
}

#[test]
fn mcnemar_exact_and_mid_p() {
    for pin in pins()["mcnemar"].as_array().unwrap() {
        let test = metrics::mcnemar(pin["b"].as_u64().unwrap(), pin["c"].as_u64().unwrap());
        near("p", test.p_exact, &pin["p"]);
        near("mid-p", test.p_mid, &pin["p_mid"]);
    }
}

#[test]
fn two_models_on_the_same_cases() {
    for (case, a) in cases() {
        let pin = &case["comparison"];
        let b = outcomes(&case, "predicted_b", "probabilities_b");
        let options = metrics::ComparisonOptions { resamples: 20, ..Default::default() };
        let comparison = metrics::compare(&a, &b, &options).unwrap();
        let counts = comparison.agreement;
        let table = [[counts.both_right, counts.only_a_right], [counts.only_b_right, counts.both_wrong]];
        assert_eq!(serde_json::json!(table), pin["table"]);
        near("p", comparison.mcnemar.p_exact, &pin["p"]);
        near("mid-p", comparison.mcnemar.p_mid, &pin["p_mid"]);
        for (ours, pin) in comparison.auc.iter().zip(pin["delong"].as_array().unwrap()) {
            assert_eq!(ours.is_err(), pin.is_null());
            let Ok(ours) = ours else { continue };
            near("area A", ours.area_a, &pin["area_a"]);
            near("area B", ours.area_b, &pin["area_b"]);
            near("variance", ours.variance, &pin["variance"]);
            near("z", ours.z, &pin["z"]);
            near("p", ours.p, &pin["p"]);
        }
    }
}
