//! metadata.json: what it says, what contradicts the model, what is imported and what is assumed.

use overread::engine::{EngineError, Model, Origin, OutputKind};
use serde_json::{Value, json};

use crate::folder_with;
use crate::onnx_models::{Axis, Tail, bytes, small_cnn};

fn model(tail: Tail) -> Vec<u8> {
    bytes(&small_cnn(true, Axis::Open("N"), tail))
}

fn sha256(bytes: &[u8]) -> String {
    use sha2::{Digest, Sha256};
    Sha256::digest(bytes).iter().map(|b| format!("{b:02x}")).collect()
}

fn complete() -> Value {
    json!({
        "name": "grades", "version": "1.2.0", "task": "classification", "authors": "A. Reader",
        "network_data_format": {
            "inputs": {"image": {"num_channels": 3, "spatial_shape": [8, 8], "dtype": "float32", "layout": "NHWC"}},
            "outputs": {"pred": {"kind": "softmax", "channel_def": {"0": "CN", "1": "MCI", "2": "AD"},
                                 "positive_class": "AD", "ordinal": true}}},
        "preprocess": [{"step": "rescale", "factor": 0.5}],
        "explain": {"layer": "map", "logits": "logits"},
        "something_of_mine": {"kept": [1, 2]}
    })
}

#[test]
fn a_complete_manifest_is_all_declared_and_keeps_what_it_does_not_know() {
    let (_keep, folder) = folder_with(&model(Tail::Softmax), &complete());
    let model = Model::load(&folder).unwrap();
    assert_eq!(model.class_names(), ["CN", "MCI", "AD"]);
    assert_eq!((model.manifest.name.value.as_str(), model.manifest.name.origin), ("grades", Origin::Declared));
    assert_eq!(model.manifest.positive_class.as_ref().unwrap().value, 2);
    assert!(model.manifest.ordinal && model.manifest.is_fully_declared() && !model.is_bare);
    assert_eq!(model.steps().len(), 1);
    assert_eq!(model.input_size(), Some((8, 8)));
    assert_eq!(model.manifest.file.other["something_of_mine"], json!({"kept": [1, 2]}));
    assert_eq!(model.manifest.file.other["authors"], json!("A. Reader"));
    assert!(model.manifest.remarks.is_empty(), "{:?}", model.manifest.remarks);
    let again = serde_json::to_value(model.manifest.to_file()).unwrap();
    assert_eq!(again["something_of_mine"], json!({"kept": [1, 2]}));
    assert_eq!(again["network_data_format"], complete()["network_data_format"]);
}

#[test]
fn a_contradiction_names_both_values() {
    let at = |path: &str, value: Value| {
        let mut manifest = complete();
        *manifest.pointer_mut(path).unwrap() = value;
        manifest
    };
    let input = "/network_data_format/inputs/image";
    let output = "/network_data_format/outputs/pred";
    let mut with_sha = complete();
    with_sha["model_sha256"] = json!("00ff");
    let cases = [
        (at(&format!("{input}/num_channels"), json!(1)), "num_channels is 1 there, and 3 in the model"),
        (at(&format!("{input}/spatial_shape"), json!([9, 8])), "the number of rows is 9 there, and 8"),
        (at(&format!("{input}/spatial_shape"), json!([8, 9])), "the number of columns is 9 there, and 8"),
        (at(&format!("{input}/spatial_shape"), json!([8, 8, 8])), "axes in spatial_shape is 3 there, and 2"),
        (at(&format!("{input}/layout"), json!("NCHW")), "layout is NCHW there, and NHWC"),
        (at(&format!("{input}/dtype"), json!("uint8")), "dtype is uint8 there, and float32"),
        (at(&format!("{output}/kind"), json!("sigmoid")), "kind is sigmoid there, and softmax"),
        (at(&format!("{output}/kind"), json!("logits")), "kind is logits there, and softmax"),
        (at(&format!("{output}/channel_def"), json!({"0": "a", "1": "b"})), "channel_def is 2 there, and 3"),
        (at("/explain/layer", json!("nowhere")), "explain.layer is \"nowhere\" there, and no tensor"),
        (with_sha, "model_sha256 is 00ff there, and "),
    ];
    for (manifest, words) in cases {
        let (_keep, folder) = folder_with(&model(Tail::Softmax), &manifest);
        let error = Model::load(&folder).unwrap_err();
        assert!(matches!(error, EngineError::Mismatch { .. }), "{error}");
        assert!(error.to_string().contains(words), "wanted {words:?}, got: {error}");
    }
    let (_keep, folder) = folder_with(&model(Tail::Logits), &at(&format!("{output}/kind"), json!("softmax")));
    assert!(Model::load(&folder).unwrap_err().to_string().contains("kind is softmax there, and logits"));
}

#[test]
fn a_malformed_manifest_says_what_is_wrong() {
    let mut gap = complete();
    gap["network_data_format"]["outputs"]["pred"]["channel_def"] = json!({"0": "a", "1": "b", "3": "c"});
    let mut positive = complete();
    positive["network_data_format"]["outputs"]["pred"]["positive_class"] = json!("XX");
    let mut step = complete();
    step["preprocess"] = json!([{"step": "sharpen"}]);
    let mut slices = complete();
    slices["input_selection"] = json!({"slices": "some"});
    for (manifest, words) in
        [(gap, "without gaps"), (positive, "CN, MCI, AD"), (step, "rescale"), (slices, "every_nth")]
    {
        let (_keep, folder) = folder_with(&model(Tail::Softmax), &manifest);
        let error = Model::load(&folder).unwrap_err();
        assert!(matches!(error, EngineError::Manifest { .. }), "{error}");
        assert!(error.to_string().contains(words), "wanted {words:?}, got: {error}");
    }
    let (_keep, folder) = folder_with(&model(Tail::Softmax), &complete());
    std::fs::write(folder.join("metadata.json"), "{\"name\": ").unwrap();
    assert!(Model::load(&folder).unwrap_err().to_string().contains("line 1"));
    std::fs::remove_file(folder.join("model.onnx")).unwrap();
    assert!(matches!(Model::load(&folder), Err(EngineError::NoModel { .. })));
}

#[test]
fn thresholds_and_calibration_hold_for_their_model_only() {
    let bytes = model(Tail::Softmax);
    let own = sha256(&bytes);
    let mut manifest = complete();
    for (sha, valid) in [(Some(own.to_uppercase()), true), (Some("ab".repeat(32)), false), (None, false)] {
        manifest["thresholds"] = json!({"AD": 0.25, "chosen_on": "validation"});
        manifest["calibration"] = json!({"temperature": 1.5});
        if let Some(sha) = &sha {
            manifest["thresholds"]["model_sha256"] = json!(sha);
            manifest["calibration"]["model_sha256"] = json!(sha);
        }
        let (_keep, folder) = folder_with(&bytes, &manifest);
        let model = Model::load(&folder).unwrap();
        assert_eq!(model.sha256, own);
        assert_eq!(model.manifest.thresholds, if valid { vec![(2, 0.25)] } else { vec![] });
        assert_eq!(model.manifest.temperature, valid.then_some(1.5));
        assert_eq!(model.manifest.remarks.len(), if valid { 0 } else { 2 }, "{:?}", model.manifest.remarks);
    }
    manifest["thresholds"] = json!({"XX": 0.5, "model_sha256": own});
    let (_keep, folder) = folder_with(&bytes, &manifest);
    assert!(Model::load(&folder).unwrap_err().to_string().contains("\"XX\""));
}

#[test]
fn the_schema_is_json_and_names_every_field() {
    let schema: Value = serde_json::from_str(overread::engine::manifest_schema()).unwrap();
    let written = serde_json::to_value(complete()).unwrap();
    for field in written.as_object().unwrap().keys().filter(|field| *field != "something_of_mine") {
        assert!(schema["properties"].get(field).is_some(), "{field} is missing in the schema");
    }
    for field in ["input_selection", "thresholds", "calibration", "golden_cases", "model_sha256"] {
        assert!(schema["properties"].get(field).is_some(), "{field} is missing in the schema");
    }
    let kinds = &schema["properties"]["network_data_format"]["properties"]["outputs"]["additionalProperties"]["properties"]
        ["kind"]["enum"];
    for kind in [OutputKind::Logits, OutputKind::Softmax, OutputKind::Sigmoid] {
        assert!(kinds.as_array().unwrap().contains(&json!(kind.to_string())));
    }
}

#[test]
fn a_bare_model_runs_from_what_the_graph_says() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("my net.onnx");
    std::fs::write(&path, model(Tail::Softmax)).unwrap();
    // Another model's manifest in the same folder does not count.
    std::fs::write(folder.path().join("metadata.json"), json!({"name": "other"}).to_string()).unwrap();
    let model = Model::load(&path).unwrap();
    assert!(model.is_bare && !model.manifest.is_fully_declared());
    assert_eq!((model.manifest.name.value.as_str(), model.manifest.name.origin), ("my net", Origin::Assumed));
    assert_eq!((model.manifest.layout.origin, model.manifest.output_kind.origin), (Origin::Declared, Origin::Declared));
    assert_eq!(model.class_names(), ["class 0", "class 1", "class 2"]);
    assert_eq!(model.manifest.class_names.origin, Origin::Assumed);
    assert!(model.manifest.preprocess.iter().all(|step| step.origin == Origin::Assumed && !step.from.is_empty()));
    assert_eq!(
        serde_json::to_value(model.steps()).unwrap(),
        json!([
            {"step": "to_8bit", "window": "header", "low": 0.5, "high": 99.5},
            {"step": "to_rgb", "as": "pillow"},
            {"step": "resize", "size": [8, 8], "filter": "bilinear", "as": "pillow"},
            {"step": "rescale", "factor": 1.0 / 255.0, "offset": 0.0}
        ])
    );
    // What a form would save loads again, and then says the same, declared.
    let saved = folder.path().join("saved");
    std::fs::create_dir(&saved).unwrap();
    std::fs::copy(&path, saved.join("model.onnx")).unwrap();
    std::fs::write(saved.join("metadata.json"), serde_json::to_string_pretty(&model.manifest.to_file()).unwrap())
        .unwrap();
    let again = Model::load(&saved).unwrap();
    assert!(again.manifest.is_fully_declared());
    assert_eq!((again.steps(), again.class_names()), (model.steps(), model.class_names()));
}

fn imported(files: &[(&str, Value)]) -> Model {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("model.onnx"), model(Tail::Logits)).unwrap();
    for (name, content) in files {
        std::fs::write(folder.path().join(name), content.to_string()).unwrap();
    }
    Model::load(folder.path()).unwrap()
}

fn step_names(model: &Model) -> Vec<&'static str> {
    model.steps().iter().map(|step| step.name()).collect()
}

#[test]
fn hugging_face_files_are_read_and_said_so() {
    let preprocessor = json!({"do_resize": true, "size": {"height": 8, "width": 8}, "resample": 3, "do_rescale": true,
        "rescale_factor": 0.00392156862745098, "do_normalize": true, "image_mean": [0.5, 0.5, 0.5], "image_std": [0.5, 0.5, 0.5]});
    let config =
        json!({"_name_or_path": "team/chest-vit", "id2label": {"0": "NORMAL", "1": "VIRAL", "2": "BACTERIAL"}});
    let model = imported(&[("preprocessor_config.json", preprocessor), ("config.json", config)]);
    assert_eq!(model.class_names(), ["NORMAL", "VIRAL", "BACTERIAL"]);
    assert_eq!((model.manifest.class_names.origin, model.manifest.name.origin), (Origin::Imported, Origin::Imported));
    assert_eq!(step_names(&model), ["to_8bit", "to_rgb", "resize", "rescale", "normalize"]);
    assert!(model.manifest.preprocess.iter().all(|step| step.origin == Origin::Imported));
    let remarks = model.manifest.remarks.join(" ");
    assert!(remarks.contains("preprocessor_config.json") && remarks.contains("config.json"), "{remarks}");
}

#[test]
fn timm_files_are_read_as_timm_evaluates() {
    let config = json!({"architecture": "resnet18", "num_classes": 3, "label_names": ["a", "b", "c"],
        "pretrained_cfg": {"input_size": [3, 224, 224], "interpolation": "bicubic", "crop_pct": 0.875, "crop_mode": "center",
                           "mean": [0.485, 0.456, 0.406], "std": [0.229, 0.224, 0.225]}});
    let model = imported(&[("config.json", config)]);
    assert_eq!(model.class_names(), ["a", "b", "c"]);
    assert_eq!(step_names(&model), ["to_8bit", "to_rgb", "resize_shorter", "center_crop", "rescale", "normalize"]);
    assert_eq!(serde_json::to_value(&model.steps()[2]).unwrap()["size"], json!(256));
}

#[test]
fn broken_or_unfitting_imports_are_remarks() {
    let model =
        imported(&[("config.json", json!({"id2label": {"0": "only one"}})), ("preprocessor_config.json", json!([1]))]);
    assert_eq!(model.class_names(), ["class 0", "class 1", "class 2"]);
    assert!(model.manifest.remarks.iter().any(|remark| remark.contains("preprocessor_config.json is not valid")));
}

#[test]
fn class_names_inside_the_model_file_count() {
    for text in ["[\"CN\", \"MCI\", \"AD\"]", "{0: 'CN', 1: 'MCI', 2: 'AD'}", "CN, MCI, AD"] {
        let mut proto = small_cnn(true, Axis::Open("N"), Tail::Softmax);
        proto.metadata_props =
            vec![overread::onnx::proto::StringStringEntryProto { key: "names".into(), value: text.into() }];
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("m.onnx"), bytes(&proto)).unwrap();
        let model = Model::load(&folder.path().join("m.onnx")).unwrap();
        assert_eq!(model.class_names(), ["CN", "MCI", "AD"], "{text}");
        assert_eq!(model.manifest.class_names.origin, Origin::Imported);
    }
}
