//! `overread import` and its library: exports in, model folders out.

#[allow(dead_code)] // each test binary uses its own part
#[path = "common/onnx_models.rs"]
mod onnx_models;

use std::path::{Path, PathBuf};

use onnx_models::{Axis, Tail, bytes, floats, model, node, small_cnn, value};
use overread::engine::import::{Choices, draft, save};
use overread::engine::{EngineError, Model, Origin, OutputKind};
use overread::onnx::Layout;
use overread::onnx::proto::{DataType, GraphProto, ModelProto};
use overread::preprocess::Preset;
use serde_json::{Value, json};

fn write(folder: &Path, name: &str, content: &[u8]) -> PathBuf {
    let path = folder.join(name);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(&path, content).unwrap();
    path
}

fn cnn() -> Vec<u8> {
    bytes(&small_cnn(true, Axis::Open("N"), Tail::Softmax))
}

fn named(names: &[&str]) -> Choices {
    Choices { classes: Some(names.iter().map(|name| (*name).to_owned()).collect()), ..Choices::default() }
}

fn read(path: &Path) -> Value {
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

#[test]
fn a_bare_export_becomes_a_folder_that_states_only_what_is_known() {
    let folder = tempfile::tempdir().unwrap();
    let onnx = write(folder.path(), "grades.onnx", &cnn());
    let made = draft(&onnx, &named(&["정상", "AD", "MCI"])).unwrap();
    let line = |topic: &str| made.page.iter().find(|fact| fact.topic == topic).unwrap();
    assert_eq!((line("classes").origin, line("classes").from.as_str()), (Origin::Declared, "given"));
    assert_eq!((line("step").origin, line("size").text.as_str()), (Origin::Assumed, "8 rows x 8 columns"));
    assert!(line("output").text.contains("the logits before it are read from \"logits\""), "{:?}", line("output"));
    assert_eq!(line("batch").text, "any length");
    let out = folder.path().join("모델 1");
    assert_eq!(save(&made, &out).unwrap().older, None);
    let metadata = read(&out.join("metadata.json"));
    assert!(metadata.get("preprocess").is_none(), "a guess must not become a statement: {metadata}");
    assert_eq!(metadata["network_data_format"]["outputs"]["pred"]["channel_def"]["1"], "AD");
    assert_eq!(metadata["network_data_format"]["inputs"]["image"]["layout"], "NHWC");
    let loaded = Model::load(&out).unwrap();
    assert_eq!((loaded.class_names().len(), &loaded.sha256), (3, &made.model.sha256));
    assert_eq!(loaded.manifest.preprocess[0].origin, Origin::Assumed);
}

#[test]
fn nothing_is_overwritten() {
    let folder = tempfile::tempdir().unwrap();
    let onnx = write(folder.path(), "a.onnx", &cnn());
    let other = write(folder.path(), "b.onnx", &bytes(&small_cnn(false, Axis::Fixed(1), Tail::Logits)));
    let out = folder.path().join("model");
    save(&draft(&onnx, &named(&["a", "b", "c"])).unwrap(), &out).unwrap();
    let first = std::fs::read(out.join("metadata.json")).unwrap();
    // The same again changes nothing.
    assert_eq!(save(&draft(&onnx, &named(&["a", "b", "c"])).unwrap(), &out).unwrap().older, None);
    for version in 1..=3 {
        let names = [format!("x{version}"), "b".into(), "c".into()];
        let choices = Choices { classes: Some(names.to_vec()), ..Choices::default() };
        let kept = save(&draft(&onnx, &choices).unwrap(), &out).unwrap().older.unwrap();
        assert_eq!(kept, out.join(format!("versions/metadata-{version}.json")));
    }
    assert_eq!(std::fs::read(out.join("versions/metadata-1.json")).unwrap(), first);
    let refused = save(&draft(&other, &Choices::default()).unwrap(), &out).unwrap_err();
    assert!(matches!(refused, EngineError::Occupied { .. }), "{refused}");
    assert_eq!(std::fs::read(out.join("model.onnx")).unwrap(), cnn());
}

#[test]
fn a_preset_takes_the_models_size_and_channels() {
    let folder = tempfile::tempdir().unwrap();
    let onnx = write(folder.path(), "a.onnx", &cnn());
    let choices = Choices { preset: Preset::by_name("keras-caffe"), ..Choices::default() };
    let made = draft(&onnx, &choices).unwrap();
    let steps = serde_json::to_value(made.model.steps()).unwrap();
    assert_eq!(steps[2], json!({"step": "resize", "size": [8, 8], "filter": "bilinear", "as": "keras"}));
    assert_eq!(steps[3]["order"], "bgr");
    assert!(made.model.manifest.preprocess.iter().all(|step| step.origin == Origin::Declared));
    assert_eq!(made.file.other["imported"]["preset"], "keras-caffe");
    let grey = write(
        folder.path(),
        "grey.onnx",
        &bytes(&one_input(vec![("n", None), ("c", Some(1)), ("h", None), ("w", None)], vec![])),
    );
    let refused = draft(&grey, &choices).unwrap_err().to_string();
    assert!(refused.contains("keras-caffe is for three channels"), "{refused}");
}

/// A network of one Conv on this input, behind `first` operators that turn `image` into `x`.
fn one_input(axes: Vec<(&'static str, Option<i64>)>, first: Vec<(&str, f32)>) -> ModelProto {
    let channels = axes[1].1.unwrap_or(3);
    let mut nodes = Vec::new();
    let mut initializer = vec![
        floats("kernel", &[2, channels, 1, 1], vec![0.5; 2 * channels as usize]),
        floats("offset", &[2], vec![0.1, -0.1]),
    ];
    let mut last = "image".to_owned();
    for (index, (op, constant)) in first.iter().enumerate() {
        let (name, made) = (format!("c{index}"), format!("x{index}"));
        initializer.push(floats(&name, &[1], vec![*constant]));
        nodes.push(node(op, &[&last, &name], &[&made], vec![]));
        last = made;
    }
    nodes.push(node("Conv", &[&last, "kernel", "offset"], &["map"], vec![]));
    nodes.push(node("GlobalAveragePool", &["map"], &["mean"], vec![]));
    nodes.push(node("Flatten", &["mean"], &["logits"], vec![]));
    let axes = axes.into_iter().map(|(name, length)| length.map_or(Axis::Open(name), Axis::Fixed)).collect();
    let graph = GraphProto {
        node: nodes,
        initializer,
        input: vec![value("image", DataType::Float, axes)],
        output: vec![value("logits", DataType::Float, vec![Axis::Open("N"), Axis::Fixed(2)])],
        ..Default::default()
    };
    model(13, graph)
}

#[test]
fn a_scale_inside_the_graph_is_seen_and_not_guessed_again() {
    let folder = tempfile::tempdir().unwrap();
    let axes = || vec![("n", None), ("c", Some(3)), ("h", Some(16)), ("w", Some(16))];
    let scaled = one_input(axes(), vec![("Mul", 1.0 / 127.5), ("Sub", 1.0)]);
    let onnx = write(folder.path(), "a.onnx", &bytes(&scaled));
    let made = draft(&onnx, &Choices::default()).unwrap();
    let inside = made.page.iter().find(|fact| fact.topic == "inside").unwrap();
    assert!(inside.text.contains("0 becomes -1.000, 255 becomes 1.000"), "{inside:?}");
    assert!(made.model.steps().iter().all(|step| step.name() != "rescale"), "{:?}", made.model.steps());
    let plain = write(folder.path(), "b.onnx", &bytes(&one_input(axes(), vec![])));
    assert!(draft(&plain, &Choices::default()).unwrap().model.steps().iter().any(|step| step.name() == "rescale"));
}

#[test]
fn what_the_graph_cannot_tell_is_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    // Three rows, three columns, three channels behind a Reshape: no axis stands out.
    let mut odd = one_input(vec![("n", None), ("a", Some(3)), ("b", Some(3)), ("c", Some(3))], vec![]);
    let graph = odd.graph.as_mut().unwrap();
    graph.initializer.push(onnx_models::integers("shape", &[-1, 3, 3, 3]));
    graph.node[0].input[0] = "same".into();
    graph.node.insert(0, node("Reshape", &["image", "shape"], &["same"], vec![]));
    let onnx = write(folder.path(), "a.onnx", &bytes(&odd));
    let asked = draft(&onnx, &Choices::default()).unwrap_err().to_string();
    assert!(asked.contains("--layout"), "{asked}");
    let choices = Choices { layout: Some(Layout::Nhwc), kind: Some(OutputKind::Logits), ..Choices::default() };
    let made = draft(&onnx, &choices).unwrap();
    save(&made, &folder.path().join("m")).unwrap();
    assert_eq!(Model::load(&folder.path().join("m")).unwrap().layout(), Layout::Nhwc);
    let wrong =
        draft(&onnx, &Choices { layout: Some(Layout::Nhwc), ..named(&["a", "b", "c"]) }).unwrap_err().to_string();
    assert!(wrong.contains("there are 3 names, and the model tells 2 classes apart"), "{wrong}");
}

#[test]
fn folders_of_other_tools_are_read_where_they_keep_things() {
    let folder = tempfile::tempdir().unwrap();
    let hugging_face = folder.path().join("hf");
    write(&hugging_face, "onnx/model.onnx", &bytes(&small_cnn(false, Axis::Open("N"), Tail::Logits)));
    write(&hugging_face, "config.json", br#"{"_name_or_path": "vit", "id2label": {"0": "a", "1": "b", "2": "c"}}"#);
    let processor = br#"{"do_resize": true, "size": {"height": 8, "width": 8}, "resample": 3, "do_normalize": true,
        "image_mean": [0.5, 0.5, 0.5], "image_std": [0.5, 0.5, 0.5]}"#;
    write(&hugging_face, "preprocessor_config.json", processor);
    let made = draft(&hugging_face, &Choices::default()).unwrap();
    assert_eq!(made.model.class_names(), ["a", "b", "c"]);
    let step = made.page.iter().find(|fact| fact.topic == "step").unwrap();
    assert_eq!((step.origin, step.from.as_str()), (Origin::Imported, "preprocessor_config.json (Hugging Face)"));
    assert_eq!(made.file.preprocess.as_ref().unwrap()[2].name(), "resize");

    let monai = folder.path().join("bundle");
    write(&monai, "models/model.onnx", &bytes(&small_cnn(false, Axis::Open("N"), Tail::Logits)));
    let metadata = json!({"version": "0.2.1", "name": "grades", "monai_version": "1.4.0", "network_data_format": {
        "inputs": {"image": {"type": "image", "num_channels": 3, "spatial_shape": [8, 8], "dtype": "float32"}},
        "outputs": {"pred": {"channel_def": {"0": "a", "1": "b", "2": "c"}}}}});
    write(&monai, "configs/metadata.json", metadata.to_string().as_bytes());
    let inference = json!({"preprocessing": {"_target_": "Compose", "transforms": [
        {"_target_": "LoadImaged"}, {"_target_": "Resized", "spatial_size": [8, 8]}, {"_target_": "ScaleIntensityd"}]}});
    write(&monai, "configs/inference.json", inference.to_string().as_bytes());
    let made = draft(&monai, &Choices::default()).unwrap();
    let names: Vec<_> = made.model.steps().iter().map(overread::preprocess::Step::name).collect();
    assert_eq!(names, ["to_rgb", "resize", "min_max"]);
    // Opened without being imported it has its names too.
    assert_eq!(Model::load(&monai).unwrap().class_names(), ["a", "b", "c"]);
    assert_eq!((made.file.name.as_deref(), made.file.other["monai_version"].as_str()), (Some("grades"), Some("1.4.0")));

    let several = folder.path().join("several");
    write(&several, "a.onnx", &cnn());
    assert_eq!(draft(&several, &Choices::default()).unwrap().model.class_names().len(), 3);
    write(&several, "b.onnx", &cnn());
    assert!(draft(&several, &Choices::default()).unwrap_err().to_string().contains("a.onnx, b.onnx"));
}

#[test]
fn the_command_writes_a_folder_that_predicts() {
    let folder = tempfile::tempdir().unwrap();
    let onnx = write(folder.path(), "a.onnx", &cnn());
    write(folder.path(), "train/cat/x.txt", b"");
    write(folder.path(), "train/dog/x.txt", b"");
    write(folder.path(), "train/bird/x.txt", b"");
    let run = |args: &[&str]| {
        let output = std::process::Command::new(env!("CARGO_BIN_EXE_overread"))
            .args(args)
            .current_dir(folder.path())
            .output()
            .unwrap();
        (output.status.code(), String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap())
    };
    let onnx = onnx.to_str().unwrap();
    let (code, page, _) = run(&["import", onnx, "--out", "m", "--preset", "torchvision", "--from-folder", "train"]);
    assert_eq!(code, Some(0));
    assert!(page.contains("bird, cat, dog   [given]") && page.contains("Written: m"), "{page}");
    let picture = image::GrayImage::from_fn(40, 30, |x, y| image::Luma([(x * 5 + y) as u8]));
    picture.save(folder.path().join("p.png")).unwrap();
    let (code, line, _) = run(&["predict", "p.png", "--model", "m", "--engine", "embedded", "--json"]);
    assert_eq!(code, Some(0));
    assert!(serde_json::from_str::<Value>(&line).unwrap()["scores"]["bird"].is_number(), "{line}");
    // Things, not lines: four steps are one preparation.
    let (_, page, _) = run(&["import", onnx, "--classes", "a,b,c", "--preset", "plain"]);
    assert!(!page.contains("assumed and"), "{page}");
    let (_, page, _) = run(&["import", onnx, "--classes", "a,b,c"]);
    assert!(page.contains("1 thing is assumed and is not written down") && page.contains("State it"), "{page}");
    let (_, page, _) = run(&["import", onnx]);
    assert!(page.contains("2 things are assumed and are not written down"), "{page}");
    for (names, told) in [
        ("a,,c", "The class names cannot be used: class 1 has no name (classes count from 0)."),
        ("a,b,a", "class 0 and class 2 are both called \"a\""),
        ("a", "there is 1 name, and the model tells 3 classes apart: name the other 2 too."),
    ] {
        let (code, _, said) = run(&["import", onnx, "--classes", names, "--out", "never"]);
        assert!(code == Some(1) && said.contains(told) && !said.contains("metadata.json"), "{names}: {said}");
        assert!(!folder.path().join("never").exists());
    }
    // What is assumed is said beside the lines, which are for programs.
    let (code, lines, notes) = run(&["predict", "p.png", "--model", onnx, "--engine", "embedded", "--json"]);
    assert_eq!((code, lines.lines().count()), (Some(0), 1));
    assert!(lines.lines().all(|line| serde_json::from_str::<Value>(line).is_ok()), "{lines}");
    assert!(notes.lines().any(|line| line.starts_with("note: assumed, because the model does not say")), "{notes}");
    let (code, _, said) = run(&["import", onnx, "--preset", "nothing"]);
    assert!(code == Some(2) && said.contains("keras-caffe"), "{said}");
    let (code, listed, _) = run(&["presets", "--json"]);
    assert!(code == Some(0) && listed.lines().count() > 20);
}

/// A bundle with a transform that is not known here: its steps are in doubt, and still are in the saved folder, until
/// somebody states them.
#[test]
fn steps_in_doubt_are_saved_with_their_marks() {
    let folder = tempfile::tempdir().unwrap();
    let bundle = folder.path().join("bundle");
    write(&bundle, "models/model.onnx", &bytes(&small_cnn(false, Axis::Open("N"), Tail::Logits)));
    let inference = json!({"preprocessing": {"_target_": "Compose", "transforms": [
        {"_target_": "LoadImaged", "keys": "image"},
        {"_target_": "ScaleIntensityd", "keys": "image"},
        {"_target_": "scripts.own.Sharpend", "keys": "image"}]}});
    write(&bundle, "configs/inference.json", inference.to_string().as_bytes());
    let marks = |model: &Model| -> Vec<(&'static str, bool)> {
        model.manifest.preprocess.iter().map(|step| (step.value.name(), step.origin == Origin::Assumed)).collect()
    };
    let made = draft(&bundle, &Choices::default()).unwrap();
    let before = marks(&made.model);
    assert!(before.contains(&("min_max", true)), "{before:?}");
    let out = folder.path().join("saved");
    save(&made, &out).unwrap();
    let again = Model::load(&out).unwrap();
    assert_eq!(marks(&again), before);
    assert_eq!(again.steps(), made.model.steps());
    // Another name is no confirmation; the same steps, chosen, are.
    let renamed = draft(&out, &Choices { name: Some("other".into()), ..Choices::default() }).unwrap();
    save(&renamed, &out).unwrap();
    assert_eq!(marks(&Model::load(&out).unwrap()), before);
    let recipe = overread::preprocess::Recipe::of_steps(again.steps(), again.channels());
    assert!(recipe.is_some(), "{:?}", again.steps());
    save(&draft(&out, &Choices { recipe, ..Choices::default() }).unwrap(), &out).unwrap();
    assert!(marks(&Model::load(&out).unwrap()).iter().all(|(_, guess)| !guess));
}

/// What other tools leave without a name is nobody's name.
#[test]
fn placeholders_and_gaps_are_no_class_names() {
    let folder = tempfile::tempdir().unwrap();
    let hugging_face = folder.path().join("hf");
    write(&hugging_face, "model.onnx", &cnn());
    let found = |labels: Value| {
        write(&hugging_face, "config.json", json!({"id2label": labels}).to_string().as_bytes());
        let model = Model::load(&hugging_face).unwrap();
        let remarks = model.manifest.remarks.join(" ");
        (model.manifest.class_names, remarks)
    };
    for (labels, said) in [
        (json!({"0": "LABEL_0", "1": "LABEL_1", "2": "LABEL_2"}), "only numbers the classes"),
        (json!({"0": "", "1": "", "2": " "}), "leaves the names of the classes empty"),
        (json!({"0": "cat", "1": "", "2": "dog"}), "names 2 classes, and the model tells 3 apart"),
        (json!({"0": "cat", "1": "dog"}), "names 2 classes, and the model tells 3 apart"),
        (json!({"0": "cat", "1": "dog", "3": "ox"}), "names classes, but numbers them 0, 1, 3 and not from 0"),
        (json!({"0": "cat", "1": 7, "2": "ox"}), "names classes, but class 1 is called 7, which is no text"),
        (json!(["cat", "dog", "ox"]), "names classes, but not by their numbers"),
        (
            json!({"0": "cat", "1": "a\nb", "2": "ox"}),
            "names classes, but its names are not taken: the name of class 1",
        ),
    ] {
        let (names, remarks) = found(labels);
        assert!(names.origin == Origin::Assumed && names.value[0] == "class 0", "{names:?}");
        assert!(remarks.contains(said) && remarks.contains("Name all of them"), "{remarks}");
    }
    let (names, remarks) = found(json!({"0": "cat", "1": "dog", "2": "LABEL_2"}));
    assert!(names.origin == Origin::Imported && remarks.contains("Class names are taken from"), "{names:?} {remarks}");
    let (names, remarks) = found(json!({"0": "cat", "1": "dog", "2": " cat "}));
    assert_eq!(names.value, ["cat (0)", "dog", "cat (2)"]);
    assert!(remarks.contains("come more than once"), "{remarks}");
    // Names that are given leave nothing to complain of.
    found(json!({"0": "cat", "3": "dog"}));
    let remarks = draft(&hugging_face, &named(&["a", "b", "c"])).unwrap().model.manifest.remarks.join(" ");
    assert!(!remarks.contains("config.json"), "{remarks}");
    // A deviation of 0 would fail at every picture.
    let processor =
        br#"{"size": {"height": 8, "width": 8}, "do_normalize": true, "image_mean": [0.5], "image_std": [0]}"#;
    write(&hugging_face, "preprocessor_config.json", processor);
    let model = draft(&hugging_face, &Choices::default()).unwrap().model;
    let remarks = model.manifest.remarks.join(" ");
    assert!(model.manifest.preprocess.iter().all(|step| step.origin == Origin::Assumed));
    assert!(remarks.contains("cannot be done: normalize: `std` is 0"), "{remarks}");
}

#[test]
fn an_option_that_does_not_fit_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let onnx = write(folder.path(), "a.onnx", &cnn());
    let run = |options: &[&str]| {
        let output = std::process::Command::new(env!("CARGO_BIN_EXE_overread"))
            .args([&["import", onnx.to_str().unwrap(), "--classes", "a,b,c"], options].concat())
            .output()
            .unwrap();
        (output.status.code(), String::from_utf8(output.stderr).unwrap())
    };
    for (options, said) in [
        (["--layout", "NHWC"], "--layout NHWC does not fit"),
        (["--layout", "NCHW"], "--layout NCHW does not fit"),
        (["--size", "9x9"], "--size 9x9 does not fit"),
        (["--positive", "z"], "--positive z names no class: the classes are a, b, c"),
        (["--values", "min_max"], "for networks of volumes"),
    ] {
        let (code, errors) = run(&options);
        if code == Some(0) && options[0] == "--layout" {
            continue; // The network's own layout.
        }
        assert!(code == Some(2) && errors.contains(said) && !errors.contains("metadata.json"), "{options:?}: {errors}");
    }
    let (code, errors) = run(&["--clip-percentiles", "99,1"]);
    assert!(code == Some(2) && errors.contains("the lower one first"), "{errors}");
}

#[test]
fn what_cannot_be_meant_is_refused_with_file_and_key() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "model.onnx", &cnn());
    for (metadata, said) in [
        (json!({"task": "Spleen segmentation"}), "task is \"Spleen segmentation\""),
        (
            json!({"preprocess": [{"step": "to_rgb"}, {"step": "to_8bit", "low": 99, "high": 1}]}),
            "preprocess[1]: to_8bit: `low, high`",
        ),
        (
            json!({"preprocess": [{"step": "normalize", "mean": [0.5], "std": [0]}]}),
            "preprocess[0]: normalize: `std` is 0",
        ),
        (json!({"input_selection": {"body_part": 3}}), "input_selection.body_part: it must be text or a list of texts"),
        (
            json!({"network_data_format": {"outputs": {"pred": {"ordinal": "yes"}}}}),
            "outputs.pred.ordinal: the text \"yes\"",
        ),
    ] {
        write(folder.path(), "metadata.json", metadata.to_string().as_bytes());
        let error = Model::load(folder.path()).unwrap_err().to_string();
        assert!(error.contains("metadata.json") && error.contains(said), "{error}");
    }
    write(folder.path(), "metadata.json", json!({"task": "classification"}).to_string().as_bytes());
    assert!(Model::load(folder.path()).is_ok());
}

/// A bundle that tells nothing, or nothing that makes pictures as large as the network takes them, is not "found": every
/// picture of another size would fail.
#[test]
fn a_bundle_without_a_size_leaves_its_steps_assumed() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "models/model.onnx", &bytes(&small_cnn(false, Axis::Open("N"), Tail::Logits)));
    let load = json!({"_target_": "LoadImaged", "keys": "image"});
    let scale = json!({"_target_": "ScaleIntensityd", "keys": "image"});
    let crop = json!({"_target_": "CenterSpatialCropd", "keys": "image", "roi_size": [8, 8]});
    for (preprocessing, names, said) in [
        (json!([]), vec!["to_8bit", "to_rgb", "resize", "rescale"], "names no transforms"),
        (json!({"_target_": "Compose", "transforms": []}), vec!["to_8bit", "to_rgb", "resize", "rescale"], "names no"),
        (json!([load]), vec!["to_rgb", "resize"], "a resize to it is assumed"),
        (json!([load, scale]), vec!["to_rgb", "resize", "min_max"], "a resize to it is assumed"),
    ] {
        let inference = json!({"preprocessing": preprocessing});
        write(folder.path(), "configs/inference.json", inference.to_string().as_bytes());
        let model = draft(folder.path(), &Choices::default()).unwrap().model;
        let steps: Vec<_> = model.steps().iter().map(overread::preprocess::Step::name).collect();
        assert_eq!(steps, names, "{inference}");
        assert!(model.manifest.preprocess.iter().all(|step| step.origin == Origin::Assumed), "{inference}");
        let remarks = Model::load(folder.path()).unwrap().manifest.remarks.join(" ");
        assert!(remarks.contains(said) && remarks.contains("how pictures are prepared is assumed"), "{remarks}");
    }
    let inference = json!({"preprocessing": [load, scale, crop]});
    write(folder.path(), "configs/inference.json", inference.to_string().as_bytes());
    let steps = Model::load(folder.path()).unwrap().manifest.preprocess;
    assert!(steps.iter().all(|step| step.origin == Origin::Imported), "{steps:?}");
}

#[test]
fn a_bundle_for_volumes_without_a_size_leaves_its_steps_assumed() {
    let folder = tempfile::tempdir().unwrap();
    let onnx = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/volume/model.onnx");
    write(folder.path(), "models/model.onnx", &std::fs::read(onnx).unwrap());
    let orient = json!({"_target_": "Orientationd", "keys": "image", "axcodes": "LPS"});
    let scale = json!({"_target_": "ScaleIntensityd", "keys": "image"});
    for (preprocessing, names, said) in [
        (json!([]), ["orient", "resize", "zscore"], "names no transforms"),
        (json!([orient, scale]), ["orient", "resize", "min_max"], "a resize to it is assumed"),
    ] {
        let inference = json!({"preprocessing": preprocessing});
        write(folder.path(), "configs/inference.json", inference.to_string().as_bytes());
        let manifest = Model::load(folder.path()).unwrap().manifest;
        let steps: Vec<_> = manifest.preprocess_volume.iter().map(|step| step.value.name()).collect();
        assert_eq!(steps, names, "{inference}");
        assert!(manifest.preprocess_volume.iter().all(|step| step.origin == Origin::Assumed), "{inference}");
        assert!(manifest.remarks.join(" ").contains(said), "{:?}", manifest.remarks);
    }
}

/// A MONAI bundle has its file in a folder of its own: faults in it are told with that file.
#[test]
fn a_fault_of_a_bundles_metadata_names_the_file_that_was_read() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "models/model.onnx", &bytes(&small_cnn(false, Axis::Open("N"), Tail::Logits)));
    for (output, said) in [
        (json!({"channel_def": {"0": "a", "1": "b", "3": "c"}}), "without gaps; it has 0, 1, 3"),
        (json!({"channel_def": {"0": "a", "1": "b"}}), "the number of classes in channel_def is 2 there"),
    ] {
        let metadata = json!({"network_data_format": {"outputs": {"pred": output}}});
        write(folder.path(), "configs/metadata.json", metadata.to_string().as_bytes());
        for error in [draft(folder.path(), &Choices::default()).unwrap_err(), Model::load(folder.path()).unwrap_err()] {
            let error = error.to_string();
            assert!(error.contains("configs/metadata.json") && error.contains(said), "{error}");
        }
    }
}

/// The command on a network of volumes, `[20, 24, 16]`, of which no file states anything.
fn import_volumes(options: &[&str], out: &Path) -> (Value, String) {
    let onnx = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/volume/channels_last.onnx");
    let run = |more: &[&str]| {
        let output = std::process::Command::new(env!("CARGO_BIN_EXE_overread"))
            .args([&["import", onnx.to_str().unwrap()], options, more].concat())
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(0), "{options:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    };
    let page = run(&["--json", "--out", out.to_str().unwrap()]);
    (serde_json::from_str(&page).unwrap(), run(&[]))
}

/// One option states one step: the others are as unsure as before, on the page and in the folder.
#[test]
fn an_option_for_volumes_states_its_own_step_only() {
    let folder = tempfile::tempdir().unwrap();
    let cases = [
        (vec![], vec![("orient", false), ("resize", false), ("zscore", false)]),
        (vec!["--orient", "RAS"], vec![("orient", true), ("resize", false), ("zscore", false)]),
        (vec!["--clip-percentiles", "none"], vec![("orient", false), ("resize", false), ("zscore", false)]),
        (vec!["--values", "stored"], vec![("orient", false), ("resize", false)]),
        (
            vec!["--clip-percentiles", "1,99"],
            vec![("orient", false), ("resize", false), ("clip_percentiles", true), ("zscore", false)],
        ),
        (
            vec!["--orient", "LPS", "--clip-percentiles", "none", "--values", "min_max"],
            vec![("orient", true), ("resize", false), ("min_max", true)],
        ),
    ];
    for (number, (options, expected)) in cases.into_iter().enumerate() {
        let out = folder.path().join(number.to_string());
        let (page, text) = import_volumes(&options, &out);
        let lines = page["facts"].as_array().unwrap().iter().filter(|fact| fact["topic"] == "step");
        let given: Vec<bool> = lines.clone().map(|line| line["from"] == "given").collect();
        assert_eq!(given, expected.iter().map(|(_, given)| *given).collect::<Vec<_>>(), "{options:?}: {page}");
        assert!(lines.clone().all(|line| (line["origin"] == "assumed") != (line["from"] == "given")), "{page}");
        let steps = Model::load(&out).unwrap().manifest.preprocess_volume;
        let steps: Vec<_> = steps.iter().map(|step| (step.value.name(), step.origin == Origin::Declared)).collect();
        assert_eq!(steps, expected, "{options:?}");
        // What helps with volumes is named; presets and the doctor refuse them.
        assert!(text.contains("--orient, --clip-percentiles, --values") && !text.contains("doctor"), "{text}");
        assert!(!text.contains("--preset"), "{text}");
    }
    // What was stated once stays so, and what was assumed too, when another option is given.
    let stated = folder.path().join("1");
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_overread"))
        .args(["import", stated.to_str().unwrap(), "--values", "min_max", "--out", stated.to_str().unwrap()])
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    let steps = Model::load(&stated).unwrap().manifest.preprocess_volume;
    let steps: Vec<_> = steps.iter().map(|step| (step.value.name(), step.origin == Origin::Declared)).collect();
    assert_eq!(steps, [("orient", true), ("resize", false), ("min_max", true)]);
}

/// A temperature and a threshold hold for the scores that they were fitted to.
#[test]
fn what_was_fitted_to_other_steps_or_names_is_left_out() {
    let folder = tempfile::tempdir().unwrap();
    let onnx = write(folder.path(), "a.onnx", &cnn());
    let out = folder.path().join("made");
    let preset = Preset::by_name("plain").unwrap();
    let made = draft(&onnx, &Choices { preset: Some(preset), ..named(&["a", "b", "c"]) }).unwrap();
    assert!(!made.leaves_out_fitted);
    save(&made, &out).unwrap();
    let mut metadata = serde_json::to_value(&made.file).unwrap();
    let sha256 = made.model.sha256.clone();
    metadata["calibration"] = json!({"temperature": 2.0, "model_sha256": sha256});
    metadata["thresholds"] = json!({"b": 0.7, "model_sha256": sha256});
    metadata["network_data_format"]["outputs"]["pred"]["positive_class"] = json!("b");
    write(&out, "metadata.json", metadata.to_string().as_bytes());
    let of = |choices: Choices| {
        let draft = draft(&out, &choices).unwrap();
        let manifest = &draft.model.manifest;
        assert_eq!(draft.leaves_out_fitted, manifest.remarks.iter().any(|one| one.starts_with("Left out")));
        (manifest.temperature, manifest.thresholds.len(), manifest.positive_class.as_ref().map(|class| class.value))
    };
    assert_eq!(of(Choices { name: Some("other".into()), ..Choices::default() }), (Some(2.0), 1, Some(1)));
    assert_eq!(of(named(&["a", "b", "c"])), (Some(2.0), 1, Some(1)));
    let other = Preset::by_name("keras-caffe").unwrap();
    assert_eq!(of(Choices { preset: Some(other), ..Choices::default() }), (None, 0, Some(1)));
    assert_eq!(of(named(&["x", "y", "z"])), (Some(2.0), 0, None));
    assert_eq!(of(named(&["b", "a", "c"])), (Some(2.0), 0, Some(0)));
}
