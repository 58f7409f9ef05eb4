//! Exports that people bring by mistake, and hostile ones: each a sentence, none a crash, a hang or a read elsewhere.

mod common;
#[path = "common/engines.rs"]
mod engines_here;
#[allow(dead_code)] // each test binary uses its own part
#[path = "common/onnx_models.rs"]
mod onnx_models;

use std::path::Path;
use std::time::Duration;

use engines_here::{cpu, engines};
use ndarray::Array3;
use onnx_models::{Axis, Tail, attr_i, attr_ints, bytes, node, small_cnn, value};
use overread::engine::import::{Choices, draft};
use overread::engine::{Model, Session, SessionOptions};
use overread::metrics::SplitMix64;
use overread::onnx::proto::{DataType, GraphProto, ModelProto, StringStringEntryProto};

fn changed(change: impl FnOnce(&mut ModelProto, &mut GraphProto)) -> ModelProto {
    let mut model = small_cnn(true, Axis::Open("N"), Tail::Softmax);
    let mut graph = model.graph.take().unwrap();
    change(&mut model, &mut graph);
    model.graph = Some(graph);
    model
}

/// What the person reads when the file is dropped.
fn answer(folder: &Path, model: &ModelProto) -> Result<Vec<String>, String> {
    let path = folder.join("model.onnx");
    std::fs::write(&path, bytes(model)).unwrap();
    let made = draft(&path, &Choices::default()).map_err(|error| error.to_string())?;
    let page = made.page.iter().map(|fact| fact.text.clone());
    Ok(page.chain(made.model.manifest.remarks.iter().cloned()).collect())
}

fn external(location: &str) -> ModelProto {
    changed(|_, g| {
        g.initializer[0].raw_data = Default::default();
        g.initializer[0].data_location = 1;
        g.initializer[0].external_data =
            vec![StringStringEntryProto { key: "location".into(), value: location.into() }];
    })
}

#[test]
fn every_known_trap_is_answered_with_its_sentence() {
    let folder = tempfile::tempdir().unwrap();
    let efficientnet = changed(|_, g| {
        for name in ["efficientnetb0/normalization_1/Sub/y", "efficientnetb0/normalization_1/Sqrt/x"] {
            g.input.push(value(name, DataType::Float, vec![Axis::Fixed(1), Axis::Fixed(3)]));
        }
    });
    let random = changed(|_, g| {
        g.node.push(node("RandomUniformLike", &["image"], &["noise"], vec![]));
    });
    let refused = [
        (efficientnet, "layer.mean, layer.variance = np.asarray"),
        (random, "augmentation or dropout layers were left in"),
        (external("weights.bin"), "keeps weights in other files"),
        (external("../../../etc/passwd"), "lies in \"../../../etc/passwd\""),
        (external("/etc/passwd"), "does not open"),
        (changed(|m, _| m.opset_import[0].version = 5), "operator set 5; this program runs 7 to 28"),
        (changed(|m, _| m.opset_import[0].version = 40), "opset_version=17"),
        (changed(|_, g| g.node[2].op_type = "Erfc".into()), "Erfc"),
    ];
    for (model, words) in &refused {
        let said = match answer(folder.path(), model) {
            Err(said) => said,
            // An operator that nobody knows is for the engines to refuse.
            Ok(_) => {
                let loaded = Model::load(&folder.path().join("model.onnx")).unwrap();
                let start = |engine| {
                    Session::start(&loaded, engine, &cpu()).and_then(|mut s| s.run(&[Array3::zeros((8, 8, 3)).view()]))
                };
                engines().into_iter().filter_map(|engine| start(engine).err()).map(|error| error.to_string()).collect()
            }
        };
        assert!(said.contains(words), "wanted {words:?}, got: {said}");
    }
    let said = answer(folder.path(), &small_cnn(true, Axis::Fixed(1), Tail::Softmax)).unwrap().join("\n");
    assert!(said.contains("fixed to 1: pictures run one by one"), "{said}");
}

/// A named pipe blocks whoever opens it: a test that ends has not opened it.
#[cfg(unix)]
#[test]
fn weights_outside_the_folder_are_never_opened() {
    let outside = tempfile::tempdir().unwrap();
    let folder = outside.path().join("model");
    std::fs::create_dir(&folder).unwrap();
    let made = std::process::Command::new("mkfifo").arg(outside.path().join("secret")).status();
    if !common::require("mkfifo", made.is_ok_and(|status| status.success())) {
        return;
    }
    let absolute = outside.path().join("secret");
    for location in ["../secret", absolute.to_str().unwrap()] {
        let said = answer(&folder, &external(location)).unwrap_err();
        assert!(said.contains(location), "{said}");
    }
}

/// Sixty models with one to four changes of structure each, from a fixed seed.
#[test]
fn hostile_models_end_in_a_sentence_or_a_result() {
    let limits = SessionOptions { time_limit: Duration::from_secs(20), ..cpu() };
    let mut random = SplitMix64::new(2026);
    let (mut refused, mut failed, mut ran) = (0, 0, 0);
    let folder = tempfile::tempdir().unwrap();
    for round in 0..60 {
        let model = changed(|model, graph| (0..=round % 4).for_each(|_| damage(model, graph, &mut random)));
        let path = folder.path().join("model.onnx");
        std::fs::write(&path, bytes(&model)).unwrap();
        let Ok(made) = draft(&path, &Choices::default()) else {
            refused += 1;
            continue;
        };
        let (rows, cols) = made.model.input_size().unwrap_or((8, 8));
        let picture = Array3::from_elem((rows.min(64), cols.min(64), made.model.channels()), 0.5);
        for engine in engines() {
            let result =
                Session::start(&made.model, engine, &limits).and_then(|mut session| session.run(&[picture.view()]));
            match result {
                Ok(results) => {
                    ran += 1;
                    assert!(
                        results.iter().all(|one| one.scores.iter().all(|score| score.is_finite())),
                        "round {round}"
                    );
                }
                Err(error) => {
                    failed += 1;
                    assert!(!error.to_string().is_empty());
                }
            }
        }
    }
    println!("{refused} refused before any engine, {failed} refused by an engine, {ran} ran");
    assert!(refused > 10 && ran > 10);
}

const OPERATORS: [&str; 12] =
    ["Relu", "MaxPool", "Reshape", "Gemm", "Transpose", "Concat", "Loop", "Resize", "Gather", "Pad", "Unknown", "TopK"];
const NUMBERS: [i64; 8] = [-1, 0, 1, 3, 7, 1 << 20, i64::MAX, i64::MIN];

fn damage(model: &mut ModelProto, graph: &mut GraphProto, random: &mut SplitMix64) {
    let number = NUMBERS[random.below(NUMBERS.len())];
    let at = random.below(graph.node.len());
    let weight = random.below(graph.initializer.len());
    match random.below(12) {
        0 => graph.node[at].op_type = OPERATORS[random.below(OPERATORS.len())].into(),
        1 => graph.node[at].input.clear(),
        2 => graph.node[at].input.push("logits".into()),
        3 => {
            let other = graph.node[random.below(graph.node.len())].output[0].clone();
            if let Some(input) = graph.node[at].input.first_mut() {
                *input = other;
            }
        }
        4 => {
            let name = ["perm", "kernel_shape", "pads", "strides", "axes"][random.below(5)];
            graph.node[at].attribute.push(attr_ints(name, &[number; 4]));
        }
        5 => graph.node[at].attribute.push(attr_i(["axis", "group", "transB", "to"][random.below(4)], number)),
        6 => graph.initializer[weight].dims = vec![number, 3],
        7 => graph.initializer[weight].data_type = random.below(30) as i32,
        8 => graph.initializer[weight].dims.reverse(),
        9 => model.opset_import[0].version = [1, 7, 11, 18, 21, 28][random.below(6)],
        10 => {
            graph.input[0] = value(
                "image",
                DataType::Float,
                vec![Axis::Open("N"), Axis::Fixed(number), Axis::Fixed(8), Axis::Fixed(3)],
            )
        }
        _ => graph.output[0] = value("scores", DataType::Float, vec![Axis::Fixed(number), Axis::Fixed(3)]),
    }
}
