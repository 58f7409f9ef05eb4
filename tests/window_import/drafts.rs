//! What was entered is kept when the page is left, and told apart from what cannot be used.

use egui_kittest::kittest::NodeT as _;

use super::*;

#[test]
fn what_was_typed_comes_back_with_the_same_content_wherever_it_lies() {
    let desk = desk();
    let mut harness = dropped(&desk);
    wish(&mut harness, ImportWish::TypeNames("CN, MCI".into()));
    assert!(!importing(&harness).can_save(), "one name is missing");
    harness.get_by_label("Cancel").click();
    harness.run();
    let copy = desk.folder.path().join("copy of it.onnx");
    std::fs::copy(&desk.onnx, &copy).unwrap();
    harness.state_mut().state.apply(Command::OpenModel(copy));
    harness.run();
    assert!(said(&harness).contains("Set up copy of it.onnx"));
    assert_eq!(importing(&harness).names, "CN, MCI", "unfinished names are no less work");
    wish(&mut harness, ImportWish::TypeNames("CN, MCI, AD".into()));
    harness.get_by_label("Cancel").click();
    harness.run();

    // Another model does not get it, and a saved one is said by its folder from then on.
    let other = desk.folder.path().join("other.onnx");
    std::fs::write(&other, bytes(&small_cnn(true, Axis::Open("N"), Tail::Logits))).unwrap();
    harness.state_mut().state.apply(Command::OpenModel(other));
    harness.run();
    assert_eq!((importing(&harness).names.as_str(), importing(&harness).is_restored), ("", false));
    harness.get_by_label("Cancel").click();
    harness.run();
    wish(&mut harness, ImportWish::Open(desk.onnx.clone()));
    assert_eq!(importing(&harness).said.classes.as_deref().unwrap(), ["CN", "MCI", "AD"]);
    harness.get_by_label("Save and use").click();
    harness.run();
    wish(&mut harness, ImportWish::Open(desk.onnx.clone()));
    assert!(!importing(&harness).is_restored, "it was saved");
}

#[test]
fn a_model_dropped_meanwhile_is_offered_and_nothing_typed_is_lost() {
    let desk = desk();
    let mut harness = dropped(&desk);
    wish(&mut harness, ImportWish::TypeNames("CN, MCI, AD".into()));
    let other = desk.folder.path().join("other.onnx");
    std::fs::write(&other, bytes(&small_cnn(true, Axis::Open("N"), Tail::Logits))).unwrap();
    let drop = |harness: &mut Harness<'static, Shell>| {
        harness.input_mut().dropped_files = vec![Arc::new(Dropped(other.clone()))];
        harness.run();
    };
    // Also while the scan is looked at.
    press(&mut harness, Key::F8);
    drop(&mut harness);
    let offer = |harness: &Harness<'_, Shell>| said(harness).iter().any(|t| t.starts_with("other.onnx was dropped"));
    assert!(offer(&harness) && said(&harness).contains("Set up grades.onnx"));
    harness.get_by_label("Stay here").click();
    harness.run();
    assert!(!offer(&harness) && importing(&harness).path == desk.onnx);
    drop(&mut harness);
    harness.get_by_label("Open it instead").click();
    harness.run();
    assert!(said(&harness).contains("Set up other.onnx"));
    assert_eq!(harness.state().state.model().facts().unwrap().path, other);
    wish(&mut harness, ImportWish::Open(desk.onnx.clone()));
    assert_eq!(importing(&harness).said.classes.as_deref().unwrap(), ["CN", "MCI", "AD"]);
}

#[test]
fn names_that_cannot_stand_for_classes_are_told_and_not_saved() {
    let desk = desk();
    let mut harness = dropped(&desk);
    for (typed, told) in [
        ("a, b", "2 of 3 names"),
        ("a, , c", "Class 1 has no name (counted from 0)."),
        ("a, b, a", "Class 0 and class 2 are both called \"a\" (counted from 0)."),
    ] {
        wish(&mut harness, ImportWish::TypeNames(typed.into()));
        assert!(said(&harness).contains(told), "{typed}: {:#?}", said(&harness));
        assert!(!importing(&harness).can_save() && importing(&harness).said.classes.is_none());
        let save = harness.get_by_label("Save and use");
        assert!(save.accesskit_node().is_disabled());
    }
    wish(&mut harness, ImportWish::TypeNames("a, b, c".into()));
    assert!(importing(&harness).can_save());
}

#[test]
fn the_positive_class_stays_the_same_output_when_names_change() {
    let desk = desk();
    std::fs::write(&desk.onnx, bytes(&small_cnn(true, Axis::Open("N"), Tail::Sigmoid))).unwrap();
    let mut harness = dropped(&desk);
    let page = |harness: &Harness<'_, Shell>| importing(harness).drafted.clone().unwrap();
    assert_eq!((page(&harness).positive, page(&harness).positive_is_assumed), (Some(1), true));
    wish(&mut harness, ImportWish::TypeNames("sick, well".into()));
    change(&mut harness, |said| said.positive = Some("sick".into()));
    assert_eq!((page(&harness).positive, page(&harness).positive_is_assumed), (Some(0), false));
    wish(&mut harness, ImportWish::TypeNames("ill, well".into()));
    assert_eq!(importing(&harness).said.positive.as_deref(), Some("ill"));
    assert!(importing(&harness).can_save());
}
