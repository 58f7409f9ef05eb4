//! Models built in code: layouts, batches, heads, cancelling.

use ndarray::{Array3, array};
use overread::engine::{EngineError, Model, OutputKind, Session};
use overread::onnx::{self, Activation, Layout};
use serde_json::json;

use crate::onnx_models::{Axis, Tail, bytes, noise, pad_then_max_pool, small_cnn};
use crate::{cpu, engines, folder_with, largest_difference, run};

fn picture(seed: u32) -> Array3<f32> {
    Array3::from_shape_vec((8, 8, 3), noise(192, seed)).unwrap()
}

#[test]
fn padding_with_zero_before_max_pool_stays_zero() {
    let (_keep, folder) = folder_with(&bytes(&pad_then_max_pool()), &json!({"preprocess": []}));
    for engine in engines() {
        let found = run(&folder, engine, &[Array3::from_elem((3, 3, 1), -1.0)]);
        assert_eq!(found[0].logits.as_deref(), Some(&[0.0, 0.0, 0.0, -1.0][..]), "{engine:?}");
    }
}

#[test]
fn both_layouts_and_both_engines_give_one_answer() {
    let mut answers = Vec::new();
    for channels_last in [true, false] {
        let model = small_cnn(channels_last, Axis::Open("N"), Tail::Softmax);
        let (_keep, folder) = folder_with(&bytes(&model), &json!({"preprocess": []}));
        let loaded = Model::load(&folder).unwrap();
        assert_eq!(loaded.layout(), if channels_last { Layout::Nhwc } else { Layout::Nchw });
        for engine in engines() {
            answers.push(run(&folder, engine, &[picture(7)]).remove(0));
        }
    }
    for answer in &answers {
        assert!(largest_difference(&answer.scores, &answers[0].scores) < 1e-6, "{answers:?}");
        assert!(largest_difference(answer.logits.as_ref().unwrap(), answers[0].logits.as_ref().unwrap()) < 1e-5);
        assert_eq!(answer.predicted, answers[0].predicted);
    }
}

#[test]
fn any_batch_length_gives_the_single_answers() {
    let pictures: Vec<_> = (0..19).map(picture).collect();
    for batch in [Axis::Open("N"), Axis::Fixed(1), Axis::Fixed(4)] {
        let (_keep, folder) = folder_with(&bytes(&small_cnn(true, batch, Tail::Softmax)), &json!({"preprocess": []}));
        for engine in engines() {
            let together = run(&folder, engine, &pictures);
            assert_eq!(together.len(), pictures.len());
            for (index, picture) in pictures.iter().enumerate().step_by(6) {
                let alone = run(&folder, engine, std::slice::from_ref(picture)).remove(0);
                assert!(largest_difference(&alone.scores, &together[index].scores) < 1e-6, "{engine:?} {index}");
            }
        }
    }
}

#[test]
fn every_head_gives_the_same_logits() {
    for tail in [Tail::Logits, Tail::Softmax, Tail::SoftmaxThenReshape, Tail::LogSoftmax] {
        let (_keep, folder) = folder_with(&bytes(&small_cnn(false, Axis::Open("N"), tail)), &json!({"preprocess": []}));
        let (_keep, plain) =
            folder_with(&bytes(&small_cnn(false, Axis::Open("N"), Tail::Logits)), &json!({"preprocess": []}));
        for engine in engines() {
            let (found, known) =
                (run(&folder, engine, &[picture(3)]).remove(0), run(&plain, engine, &[picture(3)]).remove(0));
            assert!(largest_difference(&found.scores, &known.scores) < 1e-6, "{engine:?} {tail:?}");
            if tail != Tail::LogSoftmax {
                assert!(
                    largest_difference(&found.logits.unwrap(), &known.logits.unwrap()) < 1e-5,
                    "{engine:?} {tail:?}"
                );
            }
        }
    }
}

#[test]
fn one_sigmoid_is_two_classes() {
    let (_keep, folder) =
        folder_with(&bytes(&small_cnn(false, Axis::Open("N"), Tail::Sigmoid)), &json!({"preprocess": []}));
    let model = Model::load(&folder).unwrap();
    assert_eq!(
        (model.output_kind(), model.class_names()),
        (OutputKind::Sigmoid, &["class 0".to_owned(), "class 1".to_owned()][..])
    );
    for engine in engines() {
        let found = run(&folder, engine, &[picture(5)]).remove(0);
        let z = found.logits.as_ref().unwrap()[0];
        assert_eq!(found.scores.len(), 2);
        assert!((found.scores[1] - 1.0 / (1.0 + (-z).exp())).abs() < 1e-6);
        assert!((found.scores[0] + found.scores[1] - 1.0).abs() < 1e-6);
    }
}

#[test]
fn the_head_is_found_through_renaming_operators() {
    let graph = |tail| onnx::read(&bytes(&small_cnn(false, Axis::Open("N"), tail))).unwrap();
    let head = onnx::find_logits(&graph(Tail::SoftmaxThenReshape), "scores");
    assert_eq!((head.activation, head.logits.as_deref()), (Activation::Softmax, Some("logits")));
    let head = onnx::find_logits(&graph(Tail::Logits), "logits");
    assert_eq!(
        (head.activation, head.logits.as_deref(), head.last_op.as_str()),
        (Activation::None, Some("logits"), "Gemm")
    );
    let mut over_batch = small_cnn(false, Axis::Open("N"), Tail::SoftmaxThenReshape);
    let soft = over_batch.graph.as_mut().unwrap().node.iter_mut().find(|node| node.op_type == "Softmax").unwrap();
    soft.attribute[0].i = 0;
    let head = onnx::find_logits(&onnx::read(&bytes(&over_batch)).unwrap(), "scores");
    assert!(head.logits.is_none() && head.no_logits_reason.unwrap().contains("axis 0"));
}

#[test]
fn a_wrong_shape_and_not_a_number_are_sentences() {
    let (_keep, folder) =
        folder_with(&bytes(&small_cnn(true, Axis::Open("N"), Tail::Softmax)), &json!({"preprocess": []}));
    let model = Model::load(&folder).unwrap();
    for engine in engines() {
        let mut session = Session::start(&model, engine, &cpu()).unwrap();
        let error = session.run(&[Array3::zeros((8, 9, 3)).view()]).unwrap_err().to_string();
        assert!(error.contains("8 rows x 9 columns x 3 channels") && error.contains("8 rows x 8 columns"), "{error}");
        let error = session.run(&[Array3::from_elem((8, 8, 3), f32::NAN).view()]).unwrap_err();
        assert!(matches!(error, EngineError::WrongInput { .. }), "{error}");
        assert!(session.run(&[picture(1).view()]).is_ok());
        assert!(session.run(&[]).unwrap().is_empty());
    }
}

#[test]
fn a_cancelled_session_refuses_until_it_is_reset() {
    let (_keep, folder) =
        folder_with(&bytes(&small_cnn(true, Axis::Open("N"), Tail::Softmax)), &json!({"preprocess": []}));
    let model = Model::load(&folder).unwrap();
    for engine in engines() {
        let mut session = Session::start(&model, engine, &cpu()).unwrap();
        let handle = session.cancel_handle();
        handle.cancel();
        assert!(matches!(session.run(&[picture(1).view()]), Err(EngineError::Cancelled)));
        handle.reset();
        assert!(session.run(&[picture(1).view()]).is_ok());
    }
}

#[test]
fn open_height_and_width_take_any_size() {
    let mut model = small_cnn(true, Axis::Open("N"), Tail::Softmax);
    let input = &mut model.graph.as_mut().unwrap().input[0];
    *input = crate::onnx_models::value(
        "image",
        onnx::proto::DataType::Float,
        vec![Axis::Open("N"), Axis::Open("H"), Axis::Open("W"), Axis::Fixed(3)],
    );
    let (_keep, folder) = folder_with(&bytes(&model), &json!({"preprocess": []}));
    let sizes = [(8, 8), (8, 8), (16, 12), (9, 31), (8, 8)];
    let pictures: Vec<_> = sizes
        .iter()
        .map(|(rows, cols)| Array3::from_shape_vec((*rows, *cols, 3), noise(rows * cols * 3, 9)).unwrap())
        .collect();
    let answers: Vec<_> = engines().into_iter().map(|engine| run(&folder, engine, &pictures)).collect();
    for found in &answers {
        assert_eq!(found.len(), 5);
        assert!(largest_difference(&found[0].scores, &found[4].scores) < 1e-6);
        for (a, b) in found.iter().zip(&answers[0]) {
            assert!(largest_difference(&a.scores, &b.scores) < 1e-5);
        }
    }
}

#[test]
fn a_changed_file_is_not_run() {
    let (_keep, folder) =
        folder_with(&bytes(&small_cnn(true, Axis::Open("N"), Tail::Softmax)), &json!({"preprocess": []}));
    let model = Model::load(&folder).unwrap();
    for engine in engines() {
        assert!(Session::start(&model, engine, &cpu()).is_ok());
    }
    std::fs::write(folder.join("model.onnx"), bytes(&small_cnn(true, Axis::Open("N"), Tail::Logits))).unwrap();
    let error = Session::start(&model, engines()[0], &cpu()).err().unwrap();
    assert!(matches!(error, EngineError::Changed { .. }), "{error}");
}

#[test]
fn the_right_answer_by_hand() {
    // A 1 x 1 picture: the centre of the kernel, Relu, the dense layer.
    use crate::onnx_models::{floats, model, node, value};
    use onnx::proto::{DataType, GraphProto};
    let graph = GraphProto {
        node: vec![
            node("Conv", &["image", "kernel"], &["conv"], vec![]),
            node("Flatten", &["conv"], &["flat"], vec![]),
            node("MatMul", &["flat", "dense"], &["logits"], vec![]),
        ],
        initializer: vec![floats("kernel", &[1, 1, 1, 1], vec![2.0]), floats("dense", &[1, 2], vec![0.5, -1.0])],
        input: vec![value(
            "image",
            DataType::Float,
            vec![Axis::Open("N"), Axis::Fixed(1), Axis::Fixed(1), Axis::Fixed(1)],
        )],
        output: vec![value("logits", DataType::Float, vec![Axis::Open("N"), Axis::Fixed(2)])],
        ..Default::default()
    };
    let (_keep, folder) = folder_with(&bytes(&model(13, graph)), &json!({"preprocess": []}));
    for engine in engines() {
        let found = run(&folder, engine, &[array![[[3.0f32]]]]);
        assert_eq!(found[0].logits.as_deref(), Some(&[3.0, -6.0][..]));
        assert_eq!(found[0].predicted, 0);
    }
}
