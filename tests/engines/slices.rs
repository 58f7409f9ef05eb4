//! Slices of a volume: the manifest's words to frame indices.

use overread::engine::{EngineError, InputSelection, SliceChoice, select_slices};
use overread::geometry::{Affine3, Size};
use overread::scan::{Frame, Meta, ModalityHint, Pixels};
use serde_json::{Value, json};

/// MNI at 2 mm as SPM writes it (91 x 109 x 91, x to the left, first axial slice at -72 mm), in LPS.
fn mni() -> Meta {
    let affine = Affine3([[2.0, 0.0, 0.0, -90.0], [0.0, -2.0, 0.0, 126.0], [0.0, 0.0, 2.0, -72.0]]);
    Meta { patient_from_voxel: Some(affine), modality: Some("PT".into()), ..Meta::default() }
}

fn select(selection: Value, choice: Option<&SliceChoice>) -> Result<(Vec<Vec<usize>>, Vec<String>), EngineError> {
    let selection: InputSelection = serde_json::from_value(selection).unwrap();
    let found = select_slices(91, Size::new(109, 91), &mni(), Some(&selection), choice)?;
    Ok((found.groups, found.remarks))
}

#[test]
fn the_pet_case_seven_axial_slices_in_mni() {
    let selection = json!({"modality": "PT", "combine": "mean_logits",
        "slices": {"positions_mm": [-40, -25, -10, 5, 20, 35, 50], "axis": "z"}});
    let (groups, remarks) = select(selection, None).unwrap();
    // -72 + 2 k: exact for even distances, the later slice of two for the ties at -25, 5 and 35.
    assert_eq!(groups, [vec![16, 24, 31, 39, 46, 54, 61]]);
    assert!(remarks.is_empty(), "{remarks:?}");
}

#[test]
fn a_lone_slice_of_a_model_of_several_is_scored_with_a_warning() {
    let lone = |selection: Value, choice: Option<&SliceChoice>| {
        let selection: InputSelection = serde_json::from_value(selection).unwrap();
        let found = select_slices(1, Size::new(109, 91), &Meta::default(), Some(&selection), choice).unwrap();
        assert_eq!(found.groups, [vec![0]]);
        found.remarks
    };
    let seven = json!({"positions_mm": [-40, -25, -10, 5, 20, 35, 50], "axis": "z"});
    let remarks = lone(json!({"combine": "mean_logits", "slices": seven}), None);
    assert_eq!(remarks, ["The model puts 7 slices of a case together; this file holds one, and it alone was scored."]);
    // Each slice a case of its own, one slice alone, and a slice that was asked for: nothing is missing.
    for (selection, choice) in [
        (json!({"combine": "each", "slices": seven}), None),
        (json!({"combine": "mean_logits", "slices": {"indices": [4]}}), None),
        (json!({"slices": seven}), None),
        (json!({"combine": "mean_logits", "slices": seven}), Some(SliceChoice::Index(0))),
    ] {
        assert_eq!(lone(selection, choice.as_ref()), Vec::<String>::new());
    }
}

#[test]
fn scans_of_another_kind_are_remarked_on() {
    let meta = Meta { photometric: Some("RGB".into()), ..mni() };
    let selection: InputSelection =
        serde_json::from_value(json!({"photometric": ["MONOCHROME1", "MONOCHROME2"], "value_range": [-1000, 3000]}))
            .unwrap();
    let found = select_slices(91, Size::new(109, 91), &meta, Some(&selection), None).unwrap();
    assert!(
        found.remarks.iter().any(|said| said.contains("MONOCHROME1 or MONOCHROME2; the file says RGB")),
        "{found:?}"
    );
    let said = |values: Vec<f32>| {
        let values = ndarray::Array2::from_shape_vec((1, values.len()), values).unwrap();
        let frame = Frame { pixels: Pixels::Gray(values), windows: Vec::new(), eight_bit_picture: false };
        selection.value_warning(&frame)
    };
    assert_eq!(said(vec![-1000.0, 0.0, 2500.0, f32::NAN]), None);
    assert!(said(vec![-1000.0, 0.0, 2500.0, 5000.0]).unwrap().contains("25 % of these lie outside"));
    assert!(said(vec![0.0, 0.5, 1.0]).unwrap().contains("from 0 to 1 only"));
    assert_eq!(
        InputSelection::default().value_warning(&Frame {
            pixels: Pixels::Gray(ndarray::Array2::zeros((1, 1))),
            windows: Vec::new(),
            eight_bit_picture: false
        }),
        None
    );
}

#[test]
fn positions_follow_the_sign_and_the_axis_of_the_scan() {
    let head_first = Affine3([[1.0, 0.0, 0.0, 0.0], [0.0, 1.0, 0.0, 0.0], [0.0, 0.0, -3.0, 60.0]]);
    let meta = Meta { patient_from_voxel: Some(head_first), ..Meta::default() };
    let choice: SliceChoice = serde_json::from_value(json!({"positions_mm": [60, 30, 0]})).unwrap();
    let found = select_slices(21, Size::new(4, 4), &meta, None, Some(&choice)).unwrap();
    assert_eq!(found.groups, [vec![0, 10, 20]]);
    // Coronal slices, LPS y grows to the back, NIfTI's to the front.
    let coronal = Affine3([[1.0, 0.0, 0.0, 0.0], [0.0, 0.0, 2.0, -50.0], [0.0, -1.0, 0.0, 0.0]]);
    let meta = Meta { patient_from_voxel: Some(coronal), ..Meta::default() };
    let choice: SliceChoice = serde_json::from_value(json!({"positions_mm": [50, 10], "axis": "y"})).unwrap();
    assert_eq!(select_slices(51, Size::new(4, 4), &meta, None, Some(&choice)).unwrap().groups, [vec![0, 20]]);
    let axial: SliceChoice = serde_json::from_value(json!({"positions_mm": [0], "axis": "z"})).unwrap();
    let error = select_slices(51, Size::new(4, 4), &meta, None, Some(&axial)).unwrap_err().to_string();
    assert!(error.contains("another plane"), "{error}");
}

#[test]
fn outside_positions_and_missing_slices_are_sentences() {
    for (slices, words) in [
        (json!({"positions_mm": [200]}), "reaches from -72.0 to 108.0 mm"),
        (json!({"indices": [3, 91]}), "slice 91 is asked for; there are 91"),
        (json!({"indices": []}), "empty"),
        (json!({"every_nth": 0}), "1 or more"),
    ] {
        let error = select(json!({"slices": slices}), None).unwrap_err().to_string();
        assert!(error.contains(words), "wanted {words:?}, got: {error}");
    }
    let choice = SliceChoice::PositionsMm { positions_mm: vec![0.0], axis: Default::default() };
    let error = select_slices(9, Size::new(4, 4), &Meta::default(), None, Some(&choice)).unwrap_err().to_string();
    assert!(error.contains("does not say where"), "{error}");
}

#[test]
fn without_a_word_the_middle_slice_is_taken_and_said_so() {
    let found = select_slices(91, Size::new(4, 4), &Meta::default(), None, None).unwrap();
    assert_eq!(found.groups, [vec![45]]);
    assert!(found.remarks[0].contains("middle one of 91"));
    let single = select_slices(1, Size::new(4, 4), &Meta::default(), None, None).unwrap();
    assert_eq!((single.groups, single.remarks.len()), (vec![vec![0]], 0));
}

#[test]
fn words_numbers_and_overrides() {
    assert_eq!(select(json!({"slices": "middle"}), None).unwrap().0, [vec![45]]);
    assert_eq!(select(json!({"slices": 7}), None).unwrap().0, [vec![7]]);
    assert_eq!(select(json!({"slices": {"every_nth": 30}, "combine": "max"}), None).unwrap().0, [vec![0, 30, 60, 90]]);
    assert_eq!(select(json!({"slices": {"indices": [5, 3]}, "combine": "each"}), None).unwrap().0, [vec![5], vec![3]]);
    assert_eq!(select(json!({"slices": "all"}), None).unwrap().0.len(), 91);
    assert_eq!(select(json!({"slices": "all", "combine": "max"}), None).unwrap().0.len(), 1);
    let (groups, _) = select(json!({"slices": "all", "combine": "max"}), Some(&SliceChoice::All)).unwrap();
    assert_eq!((groups.len(), groups[90].as_slice()), (91, &[90][..]));
    let (_, remarks) = select(json!({"slices": {"indices": [1, 2]}, "modality": "MR"}), None).unwrap();
    assert!(remarks[0].contains("MR") && remarks[0].contains("PT") && remarks[1].contains("averaged"), "{remarks:?}");
}

#[test]
fn choices_are_written_as_they_are_read() {
    for text in [
        json!("middle"),
        json!("all"),
        json!(4),
        json!({"every_nth": 2}),
        json!({"indices": [1, 9]}),
        json!({"positions_mm": [-20.0, 0.5], "axis": "x"}),
    ] {
        let choice: SliceChoice = serde_json::from_value(text.clone()).unwrap();
        assert_eq!(serde_json::to_value(&choice).unwrap(), text);
    }
    let error = serde_json::from_value::<SliceChoice>(json!({"positions_mm": [1], "axes": "x"})).unwrap_err();
    assert!(error.to_string().contains("every_nth"), "{error}");
}

/// NIfTI has no field for the modality: what stands around a volume counts, silence and pictures are left alone.
#[test]
fn another_modality_is_said_and_silence_is_not() {
    let selection: InputSelection =
        serde_json::from_str(r#"{"modality": ["PT", "NM"], "body_part": "BRAIN"}"#).unwrap();
    let remarks = |modality: Option<&str>, hint: Option<ModalityHint>| {
        let meta = Meta { modality: modality.map(str::to_owned), modality_hint: hint, ..Meta::default() };
        select_slices(1, Size::new(4, 4), &meta, Some(&selection), None).unwrap().remarks
    };
    let says = |modality: &str| Some(ModalityHint::Says { modality: modality.to_owned(), by: "the file's name" });
    assert!(remarks(None, None).is_empty(), "a picture");
    assert!(remarks(None, says("pt")).is_empty() && remarks(Some("PT"), Some(ModalityHint::Silent)).is_empty());
    assert_eq!(remarks(None, says("MR")), ["The model is made for the modality PT or NM; the file's name says MR."]);
    assert_eq!(remarks(Some("CT"), None), ["The model is made for the modality PT or NM; the file says CT."]);
    assert!(remarks(None, Some(ModalityHint::Silent)).is_empty());
}
