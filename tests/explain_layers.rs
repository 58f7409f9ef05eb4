//! Targets, classes, layers and refusals, on small networks built in code.

mod common;
#[path = "common/engines.rs"]
mod engines_here;
#[allow(dead_code)] // one of several users of these models
#[path = "common/onnx_models.rs"]
mod onnx_models;

use engines_here::{engines, load};
use ndarray::{Array2, Array3, ArrayView3};
use onnx_models::{Axis, Tail, attr_i, attr_ints, bytes, floats, integers, model, node, noise, small_cnn, value};
use overread::engine::{EngineChoice, ProviderChoice, SessionOptions};
use overread::explain::{ExplainError, Explainer, MapLayout, Method, Target};
use overread::onnx::proto::{AttributeProto, AttributeType, DataType, GraphProto, ModelProto};

fn options() -> SessionOptions {
    SessionOptions { threads: 1, provider: ProviderChoice::Cpu, max_batch: 2, ..Default::default() }
}

fn pictures(count: usize) -> Vec<Array3<f32>> {
    let values = noise(count * 8 * 8 * 3, 9);
    (0..count).map(|at| Array3::from_shape_fn((8, 8, 3), |(r, c, k)| values[at * 192 + r * 24 + c * 3 + k])).collect()
}

fn views(pictures: &[Array3<f32>]) -> Vec<ArrayView3<'_, f32>> {
    pictures.iter().map(|picture| picture.view()).collect()
}

fn close(a: &Array2<f32>, b: &Array2<f32>) -> bool {
    let scale = b.iter().fold(1e-6f32, |largest, value| largest.max(value.abs()));
    a.dim() == b.dim() && a.iter().zip(b).all(|(a, b)| (a - b).abs() <= 1e-4 * scale)
}

#[test]
fn one_sigmoid_has_two_sides_and_probabilities_their_slope() {
    let (_keep, model) = load(&bytes(&small_cnn(true, Axis::Open("n"), Tail::Sigmoid)));
    let pictures = pictures(3);
    for engine in engines() {
        let mut explainer = Explainer::start(&model, None, engine, &options()).unwrap();
        let mut map = |class: usize, target: Target| {
            let features = explainer.run(&views(&pictures), &[class; 3], target).unwrap();
            features.iter().map(|one| Method::GradCam.map(one).unwrap()).collect::<Vec<_>>()
        };
        let (one, zero) = (map(1, Target::Logit), map(0, Target::Logit));
        let likely = map(1, Target::Probability);
        for ((one, zero), likely) in one.iter().zip(&zero).zip(&likely) {
            assert!(close(&zero.values.mapv(|value| -value), &one.values), "{engine:?}");
            assert_eq!(zero.score, -one.score);
            let slope = likely.score * (1.0 - likely.score);
            assert!(close(&likely.values, &one.values.mapv(|value| value * slope)), "{engine:?}");
        }
        assert!(matches!(
            explainer.run(&views(&pictures), &[2; 3], Target::Logit),
            Err(ExplainError::NoSuchClass { class: 2, classes: 2 })
        ));
    }
}

/// Three pictures in batches of two, each with its own class, as one by one; and the scores are those of the model.
#[test]
fn a_batch_is_what_its_pictures_are() {
    let (_keep, model) = load(&bytes(&small_cnn(false, Axis::Open("n"), Tail::Softmax)));
    let pictures = pictures(3);
    for engine in engines() {
        let mut explainer = Explainer::start(&model, None, engine, &options()).unwrap();
        assert!(explainer.layer_reason().starts_with("last feature map before GlobalAveragePool, 8 x 8 x 4"));
        let together = explainer.run(&views(&pictures), &[0, 2, 1], Target::Logit).unwrap();
        for ((picture, class), features) in pictures.iter().zip([0, 2, 1]).zip(&together) {
            let alone = explainer.run(&[picture.view()], &[class], Target::Logit).unwrap();
            for method in Method::ALL.into_iter().filter(|method| !method.needs_passes()) {
                let (a, b) = (method.map(features).unwrap(), method.map(&alone[0]).unwrap());
                assert!(close(&a.values, &b.values), "{engine:?} {method:?}");
            }
            assert_eq!(features.inference.logits.as_ref().unwrap()[class], features.score);
            // One linear layer behind an average: the methods are one opinion.
            assert!(features.layer.linear_head);
            let cam = Method::Cam.map(features).unwrap().values;
            for method in [Method::GradCam, Method::HiResCam, Method::XGradCam] {
                let same = method.map(features).unwrap().values.mapv(|value| value * 64.0);
                assert!(close(&same, &cam), "{engine:?} {method:?}");
            }
        }
    }
}

/// Conv, Relu, an operator that has no gradient rule, Conv, Relu, average, dense.
fn with_shrinking() -> ModelProto {
    let limit =
        AttributeProto { name: "lambd".into(), f: 0.01, r#type: AttributeType::Float as i32, ..Default::default() };
    let nodes = vec![
        node("Conv", &["image", "k1"], &["c1"], vec![attr_ints("kernel_shape", &[3, 3])]),
        node("Relu", &["c1"], &["early"], vec![]),
        node("Shrink", &["early"], &["shrunk"], vec![limit]),
        node("Conv", &["shrunk", "k2"], &["c2"], vec![attr_ints("kernel_shape", &[3, 3])]),
        node("Relu", &["c2"], &["late"], vec![]),
        node("GlobalAveragePool", &["late"], &["mean"], vec![]),
        node("Flatten", &["mean"], &["flat"], vec![attr_i("axis", 1)]),
        node("Gemm", &["flat", "dense"], &["logits"], vec![]),
    ];
    let axes = vec![Axis::Open("n"), Axis::Fixed(3), Axis::Fixed(8), Axis::Fixed(8)];
    let graph = GraphProto {
        node: nodes,
        initializer: vec![
            floats("k1", &[4, 3, 3, 3], noise(108, 1)),
            floats("k2", &[4, 4, 3, 3], noise(144, 2)),
            floats("dense", &[4, 3], noise(12, 3)),
        ],
        input: vec![value("image", DataType::Float, axes)],
        output: vec![value("logits", DataType::Float, vec![Axis::Open("n"), Axis::Fixed(3)])],
        ..Default::default()
    };
    model(13, graph)
}

/// Circular padding as exporters write it: the last row, everything, the first row; then Conv without padding.
#[test]
fn a_border_put_around_keeps_the_place() {
    let nodes = vec![
        node("Conv", &["image", "k1"], &["c1"], vec![attr_ints("kernel_shape", &[3, 3])]),
        node("Slice", &["c1", "minus_one", "end", "rows"], &["last"], vec![]),
        node("Slice", &["c1", "zero", "one", "rows"], &["first"], vec![]),
        node("Concat", &["last", "c1", "first"], &["around"], vec![attr_i("axis", 2)]),
        node("Conv", &["around", "k2"], &["c2"], vec![attr_ints("kernel_shape", &[3, 3])]),
        node("Relu", &["c2"], &["late"], vec![]),
        node("GlobalAveragePool", &["late"], &["mean"], vec![]),
        node("Flatten", &["mean"], &["flat"], vec![attr_i("axis", 1)]),
        node("Gemm", &["flat", "dense"], &["logits"], vec![]),
    ];
    let axes = vec![Axis::Open("n"), Axis::Fixed(3), Axis::Fixed(8), Axis::Fixed(8)];
    let graph = GraphProto {
        node: nodes,
        initializer: vec![
            floats("k1", &[4, 3, 3, 3], noise(108, 1)),
            floats("k2", &[4, 4, 3, 3], noise(144, 2)),
            floats("dense", &[4, 3], noise(12, 3)),
            integers("minus_one", &[-1]),
            integers("zero", &[0]),
            integers("one", &[1]),
            integers("end", &[i64::MAX]),
            integers("rows", &[2]),
        ],
        input: vec![value("image", DataType::Float, axes)],
        output: vec![value("logits", DataType::Float, vec![Axis::Open("n"), Axis::Fixed(3)])],
        ..Default::default()
    };
    let (_keep, model) = load(&bytes(&model(13, graph)));
    let explainer = Explainer::start(&model, None, EngineChoice::Embedded, &options()).unwrap();
    let layer = explainer.layer();
    assert_eq!((layer.name.as_str(), layer.rows, layer.cols), ("late", 6, 4));
    // Two Convs without padding start at pixel 2; the row put in front moves them back by one.
    assert_eq!(layer.model_from_map.apply((0.0, 0.0)), (2.0, 1.0));
}

#[test]
fn what_has_no_gradient_is_said_with_what_works() {
    let (_keep, model) = load(&bytes(&with_shrinking()));
    let start = |layer: Option<&str>| Explainer::start(&model, layer, EngineChoice::Embedded, &options());
    let words = start(Some("early")).err().unwrap().to_string();
    assert!(words.contains("not available for the layer \"early\"") && words.contains("Shrink"), "{words}");
    assert!(words.contains("Layers that work are: late, c2, shrunk."), "{words}");
    assert_eq!(start(None).unwrap().layer().name, "late");
    // A name of the graph is not taken for a part of another one.
    let words = start(Some("flat")).err().unwrap().to_string();
    assert!(words.contains("no layer \"flat\""), "{words}");
    let words = start(Some("nowhere")).err().unwrap().to_string();
    assert!(words.contains("no layer \"nowhere\"") && words.contains("late"), "{words}");
    // Methods that need no gradient work there too.
    let mut forward = Explainer::start_forward_only(&model, Some("early"), EngineChoice::Embedded, &options()).unwrap();
    let picture = pictures(1);
    let features = forward.run(&views(&picture), &[0], Target::Logit).unwrap();
    assert_eq!(Method::EigenCam.map(&features[0]).unwrap().values.dim(), (6, 6));
    assert!(matches!(Method::GradCam.map(&features[0]), Err(ExplainError::NeedsGradients { .. })));
    assert!("grad-cam++".parse::<Method>().is_ok() && "saliency".parse::<Method>().is_err());
}

/// Patches of 4 x 2 pixels, a class token, normalisation, attention, a residual sum, the class token's dense layer.
fn small_transformer() -> ModelProto {
    let nodes = vec![
        node(
            "Conv",
            &["image", "patch"],
            &["patches"],
            vec![attr_ints("kernel_shape", &[4, 2]), attr_ints("strides", &[4, 2])],
        ),
        node("Reshape", &["patches", "rows"], &["listed"], vec![]),
        node("Transpose", &["listed"], &["tokens"], vec![attr_ints("perm", &[0, 2, 1])]),
        node("Concat", &["class", "tokens"], &["all"], vec![attr_i("axis", 1)]),
        node("LayerNormalization", &["all", "scale"], &["norm"], vec![]),
        node("MatMul", &["norm", "wq"], &["q"], vec![]),
        node("MatMul", &["norm", "wk"], &["k"], vec![]),
        node("Transpose", &["k"], &["kt"], vec![attr_ints("perm", &[0, 2, 1])]),
        node("MatMul", &["q", "kt"], &["s"], vec![]),
        node("Softmax", &["s"], &["p"], vec![attr_i("axis", -1)]),
        node("MatMul", &["p", "norm"], &["a"], vec![]),
        node("Add", &["all", "a"], &["after"], vec![]),
        node("Gather", &["after", "first"], &["picked"], vec![attr_i("axis", 1)]),
        node("Squeeze", &["picked", "one"], &["flat"], vec![]),
        node("Gemm", &["flat", "dense"], &["logits"], vec![]),
    ];
    let axes = [1, 3, 8, 8].into_iter().map(Axis::Fixed).collect();
    let graph = GraphProto {
        node: nodes,
        initializer: vec![
            floats("patch", &[6, 3, 4, 2], noise(144, 1)),
            integers("rows", &[1, 6, -1]),
            floats("class", &[1, 1, 6], noise(6, 2)),
            floats("scale", &[6], vec![1.0; 6]),
            floats("wq", &[6, 6], noise(36, 3)),
            floats("wk", &[6, 6], noise(36, 4)),
            integers("first", &[0]),
            integers("one", &[1]),
            floats("dense", &[6, 3], noise(18, 5)),
        ],
        input: vec![value("image", DataType::Float, axes)],
        output: vec![value("logits", DataType::Float, vec![Axis::Fixed(1), Axis::Fixed(3)])],
        ..Default::default()
    };
    model(17, graph)
}

/// The same without its class token at the end: an average over the patches.
#[test]
fn an_average_over_patches_has_the_same_default_as_a_class_token() {
    let mut proto = small_transformer();
    let graph = proto.graph.as_mut().unwrap();
    graph.node.truncate(graph.node.iter().position(|node| node.op_type == "Gather").unwrap());
    graph.node.extend([
        node("Slice", &["after", "second", "end", "one"], &["patches_only"], vec![]),
        node("ReduceMean", &["patches_only"], &["flat"], vec![attr_ints("axes", &[1]), attr_i("keepdims", 0)]),
        node("Gemm", &["flat", "dense"], &["logits"], vec![]),
    ]);
    graph.initializer.extend([integers("second", &[1]), integers("end", &[9])]);
    let (_keep, model) = load(&bytes(&proto));
    let explainer = Explainer::start(&model, None, EngineChoice::Embedded, &options()).unwrap();
    assert_eq!(explainer.layer().name, "norm");
    assert!(explainer.layers().iter().any(|map| map.name == "patches_only"));
}

#[test]
fn tokens_are_a_grid_without_the_class_token() {
    let (_keep, model) = load(&bytes(&small_transformer()));
    for engine in engines() {
        let mut explainer = Explainer::start(&model, None, engine, &options()).unwrap();
        assert_eq!(explainer.layer().name, "norm");
        assert_eq!(explainer.layer().layout, MapLayout::Tokens { skip: 1 });
        assert_eq!(explainer.layer_reason(), "normalised tokens before the last attention, 2 x 4 x 6");
        let picture = pictures(1);
        let features = explainer.run(&views(&picture), &[1], Target::Logit).unwrap();
        let map = Method::GradCam.map(&features[0]).unwrap();
        assert_eq!(map.values.dim(), (2, 4));
        assert!(map.largest() > 0.0);
        // Patch (row 1, column 3) begins at row 4, column 6.
        assert_eq!(map.model_from_map.apply((3.0, 1.0)), (6.0, 4.0));
    }
}
