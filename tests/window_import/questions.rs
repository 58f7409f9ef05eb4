//! What only a person can tell is asked for before anything else, by the page itself.

use onnx_models::{floats, integers, model, node, value};
use overread::app::Unsaid;
use overread::onnx::proto::{DataType, GraphProto};

use super::*;

#[test]
fn what_the_graph_cannot_tell_is_asked_for() {
    let desk = desk();
    let graph = GraphProto {
        node: vec![
            node("Reshape", &["image", "shape"], &["same"], vec![]),
            node("Conv", &["same", "kernel", "offset"], &["map"], vec![]),
            node("GlobalAveragePool", &["map"], &["mean"], vec![]),
            node("Flatten", &["mean"], &["logits"], vec![]),
        ],
        initializer: vec![
            integers("shape", &[-1, 3, 3, 3]),
            floats("kernel", &[2, 3, 1, 1], vec![0.5; 6]),
            floats("offset", &[2], vec![0.1, -0.1]),
        ],
        input: vec![value(
            "image",
            DataType::Float,
            vec![Axis::Open("n"), Axis::Fixed(3), Axis::Fixed(3), Axis::Fixed(3)],
        )],
        output: vec![value("logits", DataType::Float, vec![Axis::Open("n"), Axis::Fixed(2)])],
        ..Default::default()
    };
    std::fs::write(&desk.onnx, bytes(&model(13, graph))).unwrap();
    let mut harness = dropped(&desk);
    assert_eq!(importing(&harness).unsaid, Some(Unsaid::Layout { volume: false }), "the page opens by itself");
    assert!(importing(&harness).drafted.is_none());
    assert!(harness.state().state.toasts().is_empty(), "a question is no error");
    assert!(said(&harness).contains("How does this model take its pictures?"));
    harness.get_by_label("NCHW: channels, rows, columns (PyTorch)").click();
    harness.run();
    assert!(importing(&harness).can_save());
    assert!(said(&harness).contains("NCHW: channels, rows, columns (PyTorch) · you said so"), "not the graph's word");
    harness.get_by_label("Save and use").click();
    harness.run();
    let state = &harness.state().state;
    assert_eq!(scores(&state.current().unwrap().prediction).len(), 2);
}

/// Channel means as scores: neither a shape nor a layer says how many there are.
#[test]
fn classes_that_nothing_counts_are_asked_for() {
    let desk = desk();
    let graph = GraphProto {
        node: vec![
            node("GlobalAveragePool", &["image"], &["mean"], vec![]),
            node("Flatten", &["mean"], &["logits"], vec![]),
        ],
        input: vec![value(
            "image",
            DataType::Float,
            vec![Axis::Open("n"), Axis::Fixed(3), Axis::Fixed(8), Axis::Fixed(8)],
        )],
        output: vec![value("logits", DataType::Float, vec![Axis::Open("n"), Axis::Open("k")])],
        ..Default::default()
    };
    std::fs::write(&desk.onnx, bytes(&model(13, graph))).unwrap();
    let mut harness = dropped(&desk);
    assert_eq!(importing(&harness).unsaid, Some(Unsaid::Classes));
    let field = harness.get_by_role_and_label(Role::MultilineTextInput, "Class names");
    field.focus();
    field.type_text("red, green, blue");
    harness.run();
    assert!(importing(&harness).drafted.is_none(), "nothing is concluded from half a list");
    harness.get_by_label("Go on").click();
    harness.run();
    assert_eq!(importing(&harness).drafted.as_ref().unwrap().facts.class_names, ["red", "green", "blue"]);
    assert!(said(&harness).contains("you said so"));
    assert_eq!(scores(&importing(&harness).preview).len(), 3);
    // Another name is another class here, not one too many.
    wish(&mut harness, ImportWish::TypeNames("red, green".into()));
    assert!(importing(&harness).names_fault().is_none());
    wish(&mut harness, ImportWish::TypeNames("red, green, blue".into()));
    harness.get_by_label("Save and use").click();
    harness.run();
    let state = &harness.state().state;
    assert_eq!(state.model().facts().unwrap().class_names.len(), 3);
    assert_eq!(scores(&state.current().unwrap().prediction).len(), 3);
}
