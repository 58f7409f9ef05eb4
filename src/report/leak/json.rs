//! `leaks.json`: everything.

use serde_json::{Map, Value, json};

use super::{Counts, LeakReport, MEASURE};
use crate::metrics::Proportion;
use crate::report::RESEARCH_USE;
use crate::review::leak::{Leaks, Pair, Side};

/// The whole object. Numbers of files are indices into `files`.
pub fn leak_json(report: &LeakReport<'_>) -> Value {
    let (leaks, counts) = (report.leaks, Counts::of(report.leaks));
    let mut object = Map::new();
    let mut put = |key: &str, value: Value| object.insert(key.to_owned(), value);
    put("program", json!(concat!("overread ", env!("CARGO_PKG_VERSION"))));
    put("notice", json!(RESEARCH_USE));
    put("folder", json!(report.folder.to_string_lossy()));
    put("against", json!(report.against.map(|path| path.to_string_lossy())));
    put("remarks", json!(report.remarks));
    put("threshold", number(leaks.threshold));
    put("measure", json!({"what": MEASURE, "rows": leaks.grid.rows, "cols": leaks.grid.cols}));
    put("n", json!(counts.inside));
    put("n_against", json!(counts.against));
    put("with_twin_inside", json!(counts.with_twin_inside));
    if leaks.two_sides {
        put("with_training_twin", json!(counts.with_training_twin));
        put("training_twin_share", json!(counts.with_training_twin as f64 / counts.inside.max(1) as f64));
        put(
            "training_twin_labels",
            json!({"agree": counts.training_twin_agrees, "known": counts.training_twin_labelled}),
        );
        put("in_training_cluster", json!(counts.in_training_cluster));
    }
    put(
        "clusters",
        json!({"several_files": counts.clusters, "largest": counts.largest, "mixed_labels": counts.mixed, "sizes": sizes(leaks)}),
    );
    put("pairs_found", json!(leaks.pairs_found));
    put("shared_patients", patients(report));
    let look_up = report.look_up.map(|found| json!({"all": proportion(&found.all), "twins": proportion(&found.twins)}));
    put("look_up", json!(look_up));
    let rest = report.rest.as_ref().map(|(path, rest)| {
        json!({
            "predictions": path.to_string_lossy(),
            "matched_by": rest.matched_by,
            "files_without_prediction_or_label": rest.unmatched,
            "official": proportion(&rest.official),
            "leaked": proportion(&rest.leaked),
            "leak_free": proportion(&rest.leak_free),
            "cluster_free": proportion(&rest.cluster_free),
        })
    });
    put("accuracy", json!(rest));
    put("files", leaks.files.iter().map(|file| json!({
        "path": file.path.to_string_lossy(), "side": side(file.side), "label": file.label, "cluster": file.cluster,
    })).collect());
    put("pairs", leaks.pairs.iter().map(|pair| pair_json(leaks, pair)).collect());
    put(
        "broken",
        leaks
            .broken
            .iter()
            .map(|file| {
                json!({
                    "path": file.path.to_string_lossy(), "side": side(file.side), "what": file.what,
                })
            })
            .collect(),
    );
    Value::Object(object)
}

pub(super) fn side(side: Side) -> &'static str {
    match side {
        Side::Inside => "folder",
        Side::Against => "training",
    }
}

/// Six digits are what the measure is worth.
fn number(value: f32) -> Value {
    json!((f64::from(value) * 1e6).round() / 1e6)
}

fn pair_json(leaks: &Leaks, pair: &Pair) -> Value {
    json!({
        "a": pair.a,
        "b": pair.b,
        "correlation": number(pair.correlation),
        "same_bytes": pair.same_bytes,
        "labels_agree": leaks.labels_agree(pair),
    })
}

/// `[size, clusters of this size]`, singles included.
fn sizes(leaks: &Leaks) -> Vec<(usize, usize)> {
    let mut counts = std::collections::BTreeMap::new();
    leaks.clusters.iter().for_each(|cluster| *counts.entry(cluster.size()).or_insert(0_usize) += 1);
    counts.into_iter().collect()
}

fn patients(report: &LeakReport<'_>) -> Value {
    let all = report.leaks.shared_patients.iter();
    all.map(|patient| {
        let id = report.identity.then_some(patient.id.as_str());
        json!({"patient_id": id, "files": patient.inside, "training_files": patient.against})
    })
    .collect()
}

fn proportion(of: &Proportion) -> Value {
    let interval = of.interval().ok().map(|interval| json!([interval.low, interval.high]));
    json!({"right": of.hits, "n": of.of, "value": of.value().ok(), "interval": interval, "method": "wilson"})
}
