//! Hostile and damaged models: a sentence or a result, never a crash, never a hang.

use std::time::Duration;

use ndarray::Array3;
use overread::engine::{Model, Session, SessionOptions};
use overread::onnx::proto::*;
use overread::onnx::{self, OnnxError};
use serde_json::json;

use crate::onnx_models::{Axis, Tail, attr_graph, attr_ints, bytes, floats, integers, node, small_cnn, value};
use crate::{cpu, engines, folder_with};

fn whole() -> ModelProto {
    small_cnn(true, Axis::Open("N"), Tail::Softmax)
}

fn changed(change: impl FnOnce(&mut ModelProto, &mut GraphProto)) -> ModelProto {
    let mut model = whole();
    let mut graph = model.graph.take().unwrap();
    change(&mut model, &mut graph);
    model.graph = Some(graph);
    model
}

/// The refusal of a model, by the check that runs before any engine.
fn refusal(model: &ModelProto) -> OnnxError {
    let bytes = bytes(model);
    let graph = match onnx::read(&bytes) {
        Ok(graph) => graph,
        Err(error) => return error,
    };
    onnx::check(&graph, bytes.len()).expect_err("this model must be refused")
}

#[test]
fn every_trap_has_its_words() {
    let cases: Vec<(&str, ModelProto)> = vec![
        (
            "one file",
            changed(|_, g| {
                g.initializer[0].raw_data = Default::default();
                g.initializer[0].data_location = 1;
                g.initializer[0].external_data =
                    vec![StringStringEntryProto { key: "location".into(), value: "../../etc/passwd".into() }];
            }),
        ),
        ("control flow (Loop", changed(|_, g| g.node.push(node("Loop", &["", "", "logits"], &["x"], vec![])))),
        (
            "control flow (If",
            changed(|_, g| {
                g.node.push(node("If", &["logits"], &["x"], vec![attr_graph("then_branch", GraphProto::default())]));
            }),
        ),
        ("control flow", changed(|_, g| g.node[2].attribute.push(attr_graph("hidden", GraphProto::default())))),
        ("not part of standard ONNX", changed(|_, g| g.node[2].domain = "com.microsoft".into())),
        (
            "Inline it",
            changed(|m, g| {
                g.node[2].domain = "local".into();
                m.functions.push(FunctionProto { name: "Relu".into(), domain: "local".into(), ..Default::default() });
            }),
        ),
        ("operator set 6", changed(|m, _| m.opset_import[0].version = 6)),
        ("operator set 99", changed(|m, _| m.opset_import[0].version = 99)),
        ("operator set 0", changed(|m, _| m.opset_import.clear())),
        ("should hold 432 bytes", changed(|_, g| g.initializer[0].raw_data = vec![0u8; 431].into())),
        ("should hold 432 bytes", changed(|_, g| g.initializer[0].raw_data = vec![0u8; 4].into())),
        ("should hold 108 values and holds 0", changed(|_, g| g.initializer[0].raw_data = Default::default())),
        ("has the shape", changed(|_, g| g.initializer[0].dims = vec![-4, 3, 3, 3])),
        ("has the shape", changed(|_, g| g.initializer[0].dims = vec![i64::MAX, i64::MAX, 3, 3])),
        ("has the unknown element type", changed(|_, g| g.initializer[0].data_type = 77)),
        ("made twice", changed(|_, g| g.node[3].output[0] = "map".into())),
        ("in a circle", changed(|_, g| g.node[1].input[0] = "map".into())),
        ("which nothing makes", changed(|_, g| g.node[3].input[0] = "missing".into())),
        ("is not made by any operator", changed(|_, g| g.output[0].name = "missing".into())),
        (
            "two constants are named",
            changed(|_, g| {
                let again = g.initializer[0].clone();
                g.initializer.push(again);
            }),
        ),
        ("pads of", changed(|_, g| g.node[1].attribute[1] = attr_ints("pads", &[1 << 40, 1, 1, 1]))),
        (
            "the shape that is made by",
            changed(|_, g| {
                g.initializer.push(integers("huge", &[1 << 20, 1 << 20]));
                g.node.push(node("ConstantOfShape", &["huge"], &["zeros"], vec![]));
            }),
        ),
        (
            "how often is repeated by",
            changed(|_, g| {
                g.initializer.push(integers("huge", &[1, 1 << 13, 1 << 13, 1 << 13]));
                g.node.push(node("Tile", &["map", "huge"], &["tiled"], vec![]));
            }),
        ),
        ("random numbers", changed(|_, g| g.node.push(node("RandomUniformLike", &["logits"], &["x"], vec![])))),
        (
            "wants 3 inputs",
            changed(|_, g| {
                for name in ["m/normalization_1/Sub/y", "m/normalization_1/Sqrt/x"] {
                    g.input.push(value(name, DataType::Float, vec![Axis::Fixed(1)]));
                }
            }),
        ),
        (
            "tf2onnx.convert.from_keras",
            changed(|_, g| {
                g.input.push(value("m/normalization_1/Sub/y", DataType::Float, vec![Axis::Fixed(1)]));
            }),
        ),
        (
            "takes uint8",
            changed(|_, g| {
                g.input[0] = value(
                    "image",
                    DataType::Uint8,
                    vec![Axis::Open("N"), Axis::Fixed(8), Axis::Fixed(8), Axis::Fixed(3)],
                );
            }),
        ),
        (
            "takes float64",
            changed(|_, g| {
                g.input[0] = value(
                    "image",
                    DataType::Double,
                    vec![Axis::Open("N"), Axis::Fixed(8), Axis::Fixed(8), Axis::Fixed(3)],
                );
            }),
        ),
        (
            "has the shape [N, 1, 8, 8, 8, 8]",
            changed(|_, g| {
                let axes = vec![
                    Axis::Open("N"),
                    Axis::Fixed(1),
                    Axis::Fixed(8),
                    Axis::Fixed(8),
                    Axis::Fixed(8),
                    Axis::Fixed(8),
                ];
                g.input[0] = value("image", DataType::Float, axes);
            }),
        ),
        (
            "has the shape [N, 30]",
            changed(|_, g| {
                g.input[0] = value("image", DataType::Float, vec![Axis::Open("N"), Axis::Fixed(30)]);
            }),
        ),
        (
            "beyond this program's limits",
            changed(|_, g| {
                let axes = vec![Axis::Open("N"), Axis::Fixed(1 << 30), Axis::Fixed(1 << 30), Axis::Fixed(3)];
                g.input[0] = value("image", DataType::Float, axes);
            }),
        ),
        ("without ArgMax", changed(|_, g| g.output[0] = value("scores", DataType::Int64, vec![Axis::Open("N")]))),
        (
            "zipmap",
            changed(|_, g| {
                let sequence = TypeValue::Sequence(Box::default());
                g.output[0].r#type = Some(TypeProto { value: Some(sequence), ..Default::default() });
            }),
        ),
        ("no input", changed(|_, g| g.input.clear())),
        ("no graph", changed(|_, g| g.node.clear())),
        ("sparse", changed(|_, g| g.sparse_initializer.push(SparseTensorProto::default()))),
    ];
    for (words, model) in &cases {
        let text = refusal(model).to_string();
        // An input that is gone leaves its readers without a value: that sentence is as good.
        let fits = text.contains(words) || (*words == "no input" && text.contains("which nothing makes"));
        assert!(fits, "wanted {words:?}, got: {text}");
        assert!(text.ends_with('.') || text.ends_with(' '), "{text}");
    }
    println!("{} traps refused in words", cases.len());
}

#[test]
fn damaged_files_end_in_a_sentence_or_a_result() {
    let whole = bytes(&whole());
    let mut files: Vec<(String, Vec<u8>)> = Vec::new();
    for part in 0..16 {
        let length = whole.len() * part / 16;
        files.push((format!("cut to {length}"), whole[..length].to_vec()));
    }
    let mut state = 12_345u32;
    for round in 0..60 {
        let mut file = whole.clone();
        for _ in 0..=(round % 4) {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let at = (state >> 8) as usize % file.len();
            file[at] ^= 1 << (state & 7);
        }
        files.push((format!("bit flips, round {round}"), file));
    }
    files.push(("noise".into(), (0..4096u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 24) as u8).collect()));
    files.push(("nested for ever".into(), nested(20_000)));
    let limits = SessionOptions { time_limit: Duration::from_secs(30), ..cpu() };
    let mut outcomes = [0usize; 4];
    for (what, file) in &files {
        let (_keep, folder) = folder_with(file, &json!({"preprocess": []}));
        let model = match Model::load(&folder) {
            Ok(model) => model,
            Err(error) => {
                assert!(error.to_string().len() > 20, "{what}: {error}");
                outcomes[0] += 1;
                continue;
            }
        };
        for engine in engines() {
            let side = |given: Option<(usize, usize)>| given.unwrap_or((8, 8));
            let (rows, cols) = side(model.input_size());
            match Session::start(&model, engine, &limits) {
                Err(error) => {
                    assert!(error.to_string().len() > 20, "{what}: {error}");
                    outcomes[1] += 1;
                }
                Ok(mut session) => match session.run(&[Array3::zeros((rows, cols, model.channels())).view()]) {
                    Err(_) => outcomes[2] += 1,
                    Ok(_) => outcomes[3] += 1,
                },
            }
        }
    }
    println!(
        "{} damaged files: {} refused before an engine; of the sessions {} refused at start, {} at the run, {} ran",
        files.len(),
        outcomes[0],
        outcomes[1],
        outcomes[2],
        outcomes[3]
    );
    assert!(outcomes[0] >= 16);
}

/// Graph in attribute in node in graph, ever deeper.
fn nested(depth: usize) -> Vec<u8> {
    let mut inner: Vec<u8> = Vec::new();
    let wrap = |tag: u8, content: &[u8]| {
        let mut out = vec![tag << 3 | 2];
        let mut length = content.len();
        while length >= 128 {
            out.push(length as u8 | 128);
            length >>= 7;
        }
        out.push(length as u8);
        out.extend_from_slice(content);
        out
    };
    for _ in 0..depth.min(2000) {
        inner = wrap(1, &wrap(5, &wrap(6, &inner)));
    }
    wrap(7, &inner)
}

#[test]
fn a_wrong_weight_type_does_not_crash_an_engine() {
    let double = changed(|_, g| {
        g.initializer[0] = TensorProto {
            name: "kernel".into(),
            dims: vec![4, 3, 3, 3],
            data_type: DataType::Double as i32,
            double_data: vec![0.5; 108],
            ..Default::default()
        };
    });
    let short = changed(|_, g| g.initializer[2] = floats("dense", &[3, 3], vec![0.1; 9]));
    for model in [double, short] {
        let (_keep, folder) = folder_with(&bytes(&model), &json!({"preprocess": []}));
        let model = Model::load(&folder).unwrap();
        for engine in engines() {
            let failed = match Session::start(&model, engine, &cpu()) {
                Err(_) => true,
                Ok(mut session) => session.run(&[Array3::zeros((8, 8, 3)).view()]).is_err(),
            };
            assert!(failed, "{engine:?}");
        }
    }
}
