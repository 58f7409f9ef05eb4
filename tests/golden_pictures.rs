//! Golden cases of pictures, over the command line: what training frameworks said of real exports of theirs (`tests/zoo`,
//! `tests/fixtures/volume`) is green where pictures are prepared as they prepared them, and red, placed at the preprocessing,
//! where not.

mod common;
#[cfg(feature = "gui")]
#[path = "common/window.rs"]
#[allow(dead_code)]
mod common_window;
#[path = "common/dicom_series.rs"]
mod dicom_series;
#[path = "common/engines.rs"]
mod engines_here;
#[path = "golden_pictures/several_files.rs"]
mod several_files;

use std::path::{Path, PathBuf};
use std::process::Command;

use engines_here::engines;
use overread::engine::Model;
use overread::engine::import::{Choices, draft, save};
use overread::preprocess::Preset;
use serde_json::{Value, json};

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// Exit code, standard output and standard error.
fn overread(args: &[&str]) -> (Option<i32>, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_overread")).args(args).output().unwrap();
    (output.status.code(), String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap())
}

fn metadata(model: &Path) -> Value {
    serde_json::from_slice(&std::fs::read(model.join("metadata.json")).unwrap()).unwrap()
}

/// Of a manifest.
type Change = fn(&mut Value);

/// The manifest with one thing changed.
fn with(model: &Path, change: impl FnOnce(&mut Value)) {
    let mut changed = metadata(model);
    change(&mut changed);
    std::fs::write(model.join("metadata.json"), changed.to_string()).unwrap();
}

/// All cases of all engines that ran, of which there are as many as are here.
fn verify(model: &Path) -> (bool, Vec<Value>) {
    let (code, report, said) = overread(&["golden", "verify", text(model), "--json"]);
    let report: Value = serde_json::from_str(&report).unwrap_or_else(|_| panic!("{said}"));
    let passed = report["passed"].as_bool().unwrap();
    assert_eq!(code, Some(if passed { 0 } else { 1 }));
    let ran: Vec<&Value> =
        report["engines"].as_array().unwrap().iter().filter(|one| one["not_run"].is_null()).collect();
    assert!(ran.len() >= engines().len(), "{report}");
    (passed, ran.iter().flat_map(|one| one["cases"].as_array().unwrap().clone()).collect())
}

/// An export of the zoo as a model folder with the steps of a preset, and what its framework said of both pictures as CSV.
fn zoo(folder: &Path, family: &str, preset: &str) -> (PathBuf, PathBuf) {
    let zoo = root().join("tests/zoo/models");
    let list = |name: &str| -> Value { serde_json::from_slice(&std::fs::read(zoo.join(name)).unwrap()).unwrap() };
    let lists = ["torch.json", "keras.json"].map(list);
    let entry = lists.iter().flat_map(|list| list["families"].as_array().unwrap()).find(|one| one["family"] == family);
    let entry = entry.unwrap();
    let classes: Vec<String> = serde_json::from_value(entry["classes"].clone()).unwrap();
    let preset = Preset::by_name(preset);
    let choices = Choices { classes: Some(classes.clone()), preset, ..Choices::default() };
    let model = folder.join("model");
    save(&draft(&zoo.join(entry["path"].as_str().unwrap()), &choices).unwrap(), &model).unwrap();
    let mut csv =
        format!("file,{}\n", classes.iter().map(|class| format!("prob_{class}")).collect::<Vec<_>>().join(","));
    for picture in entry["pictures"].as_array().unwrap() {
        let numbers: Vec<String> = picture["probabilities"].as_array().unwrap().iter().map(Value::to_string).collect();
        csv.push_str(&format!("{},{}\n", picture["file"].as_str().unwrap(), numbers.join(",")));
    }
    let outputs = folder.join("framework.csv");
    std::fs::write(&outputs, csv).unwrap();
    (model, outputs)
}

fn zoo_pictures() -> PathBuf {
    root().join("tests/zoo/models/pictures")
}

fn step<'a>(metadata: &'a mut Value, name: &str) -> &'a mut Value {
    metadata["preprocess"].as_array_mut().unwrap().iter_mut().find(|step| step["step"] == name).unwrap()
}

/// Every case failed, its network is right for the stored array, and that is said.
fn all_placed_at_preprocessing(model: &Path, what: &str) {
    let (passed, cases) = verify(model);
    assert!(!passed && !cases.is_empty());
    for case in &cases {
        assert_eq!((&case["passed"], &case["place"]), (&json!(false), &json!("preprocessing")), "{what}: {case}");
        assert!(case["network_difference"].as_f64().unwrap() <= case["tolerance"].as_f64().unwrap(), "{what}: {case}");
        println!(
            "{what}: {} off by {}, prepared by {}, network {}",
            case["file"], case["largest_difference"], case["prepared"]["largest"], case["network_difference"]
        );
    }
    let (_, said, _) = overread(&["golden", "verify", text(model)]);
    assert!(said.contains("✗") && said.contains("The preprocessing differs: "), "{said}");
}

#[test]
fn what_pytorch_and_keras_said_is_green_with_their_preprocessing_and_red_with_another() {
    for (family, preset) in [("torchvision ResNet18", "torchvision"), ("Keras VGG16", "keras-caffe")] {
        let folder = tempfile::tempdir().unwrap();
        let (model, outputs) = zoo(folder.path(), family, preset);
        let pictures = zoo_pictures();
        let record = ["golden", "record", text(&model), text(&pictures), "--outputs", text(&outputs)];
        let (code, said, error) = overread(&record);
        assert!(code == Some(0) && said.contains("2 golden cases") && said.contains("All 2 give"), "{said}{error}");
        assert!(said.contains("pictures themselves were copied"), "{said}");
        assert!(model.join("golden/colour.png").is_file() && model.join("golden/grey.prepared.npy").is_file());
        let (passed, cases) = verify(&model);
        assert!(passed && cases.len() >= 2, "{cases:?}");
        for case in &cases {
            let what = ["checked", "compared", "own", "place"].map(|key| case[key].clone());
            assert_eq!(what, [json!("pictures"), json!("probabilities"), json!(false), Value::Null]);
            assert_eq!(case["prepared"]["largest"], 0.0);
            println!("{family}: {} off by {}", case["file"], case["largest_difference"]);
        }
        let good = metadata(&model);
        let changes: [(&str, Change); 4] = [
            ("mean and deviation", |all| *step(all, "normalize") = json!({"step": "rescale", "factor": 1.01})),
            ("order of colours", |all| match all["preprocess"].as_array_mut().unwrap() {
                steps if steps.iter().any(|step| step["step"] == "channel_order") => {
                    steps.retain(|step| step["step"] != "channel_order");
                }
                steps => steps.push(json!({"step": "channel_order", "order": "bgr"})),
            }),
            ("filter", |all| {
                let steps = all["preprocess"].as_array_mut().unwrap();
                let resize = steps.iter_mut().find(|step| step["filter"].is_string()).unwrap();
                resize["filter"] = json!("nearest");
            }),
            ("size", |all| {
                all["preprocess"].as_array_mut().unwrap().push(json!({"step": "center_crop", "size": [200, 200]}))
            }),
        ];
        for (what, change) in changes {
            with(&model, |all| *all = good.clone());
            with(&model, change);
            if what == "order of colours" && preset == "keras-caffe" {
                // The mean is taken off as before: a grey picture is the same either way, and cannot tell.
                with(&model, |all| drop(all["golden_cases"].as_array_mut().unwrap().remove(1)));
            }
            all_placed_at_preprocessing(&model, &format!("{family}, other {what}"));
        }
        with(&model, |all| *all = good.clone());
        assert!(verify(&model).0);
        // Another network: the picture is prepared as it was, and the stored array gives other numbers too.
        with(&model, |all| all["golden_cases"][0]["probabilities"] = json!([0.7, 0.1, 0.1, 0.1]));
        let (_, cases) = verify(&model);
        assert_eq!((&cases[0]["place"], &cases[0]["prepared"]["largest"]), (&json!("network"), &json!(0.0)));
        assert_eq!(cases[1]["passed"], true);
    }
}

#[test]
fn numbers_that_do_not_come_out_are_refused_unless_insisted_on() {
    let folder = tempfile::tempdir().unwrap();
    let (model, outputs) = zoo(folder.path(), "torchvision ResNet18", "torchvision-half");
    let (pictures, before) = (zoo_pictures(), metadata(&model));
    let record = ["golden", "record", text(&model), text(&pictures), "--outputs", text(&outputs)];
    let (code, _, error) = overread(&record);
    assert_eq!(code, Some(1), "{error}");
    for words in [
        "2 of 2 cases get other probabilities",
        "Nothing was recorded",
        "overread doctor",
        "--pictures",
        "--force",
        "off by 0.",
    ] {
        assert!(error.contains(words), "{words}: {error}");
    }
    assert!(metadata(&model) == before && !model.join("golden").exists());
    let (code, said, error) = overread(&[&record[..], &["--force"]].concat());
    assert!(code == Some(0) && said.contains("`golden verify` is red"), "{said}{error}");
    // What the picture comes to here is not what it came to there.
    assert!(!model.join("golden/grey.prepared.npy").exists());
    let (passed, cases) = verify(&model);
    assert!(!passed && cases.iter().all(|case| case["passed"] == false && case["place"].is_null()), "{cases:?}");
    let (_, said, _) = overread(&["golden", "verify", text(&model)]);
    assert!(said.contains("No prepared array lies beside the pictures"), "{said}");
    // The right steps, and it is green.
    let other = tempfile::tempdir().unwrap();
    let (right, _) = zoo(other.path(), "torchvision ResNet18", "torchvision");
    with(&model, |all| all["preprocess"] = metadata(&right)["preprocess"].clone());
    assert!(verify(&model).0);
}

/// A copy of the demo's model with one recorded picture.
fn recorded_demo(folder: &Path) -> PathBuf {
    let (from, model) = (root().join("models/phantom-brain-3grade"), folder.join("모델"));
    std::fs::create_dir(&model).unwrap();
    for file in ["model.onnx", "metadata.json"] {
        std::fs::copy(from.join(file), model.join(file)).unwrap();
    }
    with(&model, |all| all["golden_cases"] = json!([]));
    let demo = root().join("assets/demo");
    let (code, said, error) = overread(&["golden", "record", text(&model), text(&demo), "--most", "1"]);
    assert!(code == Some(0) && said.contains("1 golden case "), "{said}{error}");
    model
}

fn problem(model: &Path) -> String {
    let (passed, cases) = verify(model);
    assert!(!passed);
    cases[0]["problem"].as_str().unwrap_or_else(|| panic!("{cases:?}")).to_owned()
}

#[test]
fn another_file_a_way_out_and_nonsense_are_sentences_and_the_model_opens() {
    let folder = tempfile::tempdir().unwrap();
    let model = recorded_demo(folder.path());
    let (good, picture) = (metadata(&model), metadata(&model)["golden_cases"][0]["pictures"][0].clone());
    let path = model.join(picture["file"].as_str().unwrap());
    assert!(verify(&model).0);

    let bytes = std::fs::read(&path).unwrap();
    image::GrayImage::from_fn(176, 208, |x, y| image::Luma([(x ^ y) as u8]))
        .save_with_format(&path, image::ImageFormat::Png)
        .unwrap();
    let said = problem(&model);
    assert!(said.contains("is another file: its sha256 is") && said.contains("record the case anew"), "{said}");
    std::fs::remove_file(&path).unwrap();
    assert!(problem(&model).contains("could not be read"), "{}", problem(&model));
    std::fs::write(&path, b"no picture").unwrap();
    with(&model, |all| all["golden_cases"][0]["pictures"][0]["sha256"] = Value::Null);
    assert!(problem(&model).contains("is not a picture this program knows"), "{}", problem(&model));
    std::fs::write(&path, &bytes).unwrap();
    with(&model, |all| *all = good.clone());

    let outside = folder.path().join("outside.png");
    std::fs::write(&outside, &bytes).unwrap();
    for way in ["../outside.png", text(&outside), "golden/../../outside.png", ""] {
        for place in ["pictures", "prepared"] {
            with(&model, |all| all["golden_cases"][0][place][0]["file"] = json!(way));
            assert!(problem(&model).contains("is not a path inside the model's folder"), "{way}: {}", problem(&model));
            with(&model, |all| *all = good.clone());
        }
    }
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink(&outside, model.join("golden/link.png")).unwrap();
        with(&model, |all| all["golden_cases"][0]["pictures"][0]["file"] = json!("golden/link.png"));
        assert!(problem(&model).contains("is not a path inside"), "{}", problem(&model));
    }
    with(&model, |all| all["golden_cases"][0]["pictures"][0] = json!({"file": "golden"}));
    assert!(problem(&model).contains("is no ordinary file"), "{}", problem(&model));
    let nonsense = [
        (json!({"pictures": "golden/a.png", "logits": [1]}), "is no golden case"),
        (json!({"logits": [1, 2, 3]}), "names no file"),
        (json!({"file": picture["file"]}), "neither logits nor probabilities"),
        (json!({"file": picture["file"], "pictures": [picture], "logits": [1, 2, 3]}), "both \"file\" and"),
        (json!({"pictures": vec![picture.clone(); 2001], "logits": [1, 2, 3]}), "2001 files"),
        (json!({"pictures": [picture], "prepared": [picture], "logits": [1, 2, 3]}), "is no prepared array"),
        (json!({"pictures": [picture], "probabilities": [1, 0]}), "2 probabilities are stated; the model gives 3"),
        (json!(17), "is no golden case"),
    ];
    let demo = root().join("assets/demo");
    for (entry, words) in nonsense {
        with(&model, |all| all["golden_cases"] = json!([entry]));
        let said = problem(&model);
        assert!(said.contains(words), "{words}: {said}");
        Model::load(&model).unwrap();
    }
    with(&model, |all| all["golden_cases"] = json!("nonsense"));
    let (code, _, error) = overread(&["predict", text(&demo), "--model", text(&model)]);
    assert_eq!(code, Some(0), "{error}");
}

#[test]
fn arrays_alone_prove_the_network_only_and_pictures_alone_cannot_be_placed() {
    let folder = tempfile::tempdir().unwrap();
    let model = recorded_demo(folder.path());
    let demo = root().join("assets/demo");
    let record = ["golden", "record", text(&model), text(&demo), "--most", "1"];
    let again = |more: &str| overread(&[&record[..], &[more]].concat());
    let (code, said, error) = again("--prepared");
    assert!(code == Some(0) && !said.contains("copied"), "{said}{error}");
    // The same picture again is recognised, another one is taken.
    let (code, said, _) = again("--pictures-only");
    assert!(code == Some(0) && said.contains("Recorded already"), "{said}");
    let other = demo.join("grade-1/case-08.png");
    let (code, said, error) = overread(&["golden", "record", text(&model), text(&other), "--pictures-only"]);
    assert!(code == Some(0) && said.contains("1 golden case "), "{said}{error}");
    let (passed, cases) = verify(&model);
    assert!(passed);
    let checked: Vec<&str> = cases.iter().take(3).map(|case| case["checked"].as_str().unwrap()).collect();
    assert_eq!(checked, ["pictures", "array", "pictures"]);
    let written = metadata(&model)["golden_cases"].clone();
    let stem = |at: usize| written[at]["pictures"][0]["file"].as_str().unwrap_or_default().to_owned();
    assert!(stem(0) != stem(2) && written[1]["file"].as_str().unwrap().ends_with(".npy"), "{written}");
    assert!(written[2]["prepared"].is_null() && written[1]["picture"].is_string());
    with(&model, |all| all["preprocess"].as_array_mut().unwrap().push(json!({"step": "rescale", "factor": 1.05})));
    let (_, cases) = verify(&model);
    let found: Vec<_> = cases.iter().take(3).map(|case| (case["passed"].clone(), case["place"].clone())).collect();
    let red = json!(false);
    assert_eq!(found, [(red.clone(), json!("preprocessing")), (json!(true), Value::Null), (red, Value::Null)]);
    // A network that hardly notices: what it is fed is doubted all the same.
    with(&model, |all| all["golden_cases"][0]["tolerance"] = json!(1));
    assert_eq!(verify(&model).1[0]["passed"], true);
    let (_, said, _) = overread(&["golden", "verify", text(&model)]);
    assert!(said.contains("The logits agree, and yet the pictures are prepared otherwise"), "{said}");
    for wrong in [["--prepared", "--pictures-only"], ["--force", "--most=1"], ["--tolerance", "-1"]] {
        assert_eq!(overread(&[&record[..4], &wrong[..]].concat()).0, Some(2), "{wrong:?}");
    }
    let onnx = model.join("model.onnx");
    std::fs::copy(&onnx, folder.path().join("bare.onnx")).unwrap();
    let (code, _, error) = overread(&["golden", "record", text(&folder.path().join("bare.onnx")), text(&demo)]);
    assert!(code == Some(1) && error.contains("overread import"), "{error}");
}

/// The window says what was checked, and where it differs.
#[cfg(feature = "gui")]
#[test]
fn the_window_checks_pictures_in_the_background() {
    use egui_kittest::kittest::Queryable as _;
    use overread::app::{AppState, Command, Golden, Jobs, ModelState};
    use overread::review::golden::{Compared, Place};

    let folder = tempfile::tempdir().unwrap();
    let model = recorded_demo(folder.path());
    let state_with = |model: &Path| {
        let mut state = AppState::new(Jobs::inline());
        state.apply(Command::Open(vec![root().join("assets/demo")]));
        state.apply(Command::LoadModel(model.to_owned()));
        state.settle();
        state
    };
    let check = |model: &Path| {
        let state = state_with(model);
        let ModelState::Ready { facts, .. } = state.model() else { panic!("the model did not open") };
        facts.golden.clone()
    };
    let Golden::Checked { passed, cases, pictures, own, compared, place, problem, .. } = check(&model) else {
        panic!()
    };
    assert_eq!((passed, cases, pictures, own, compared), (1, 1, 1, 1, Some(Compared::Logits)));
    assert_eq!((place, problem), (None, None));
    with(&model, |all| step(all, "rescale")["factor"] = json!(0.0041));
    let mut harness = common_window::window(state_with(&model), eframe::egui::vec2(1280.0, 2400.0));
    let label = common_window::said(&harness).into_iter().find(|label| label.contains(" passed"));
    let label = label.unwrap_or_else(|| panic!("{:?}", common_window::said(&harness)));
    assert!(label.starts_with("0 of 1 pictures passed, logits"), "{label}");
    harness.get_by_value(&label).hover();
    harness.run();
    let said = common_window::said(&harness);
    let tooltip = said.iter().find(|said| said.contains("Pictures were checked")).unwrap_or_else(|| panic!("{said:?}"));
    assert!(tooltip.contains("prepared otherwise than they were; the network is right"), "{tooltip}");
    let Golden::Checked { passed, place, problem, .. } = check(&model) else { panic!() };
    assert_eq!((passed, place), (0, Some(Place::Preprocessing)));
    assert!(problem.as_ref().unwrap().contains("The preprocessing differs"), "{problem:?}");
    with(&model, |all| all["golden_cases"] = json!([{"file": "../x.png", "logits": [1, 2, 3]}, 5]));
    let Golden::Checked { passed, cases, place, problem, .. } = check(&model) else { panic!() };
    assert_eq!((passed, cases, place), (0, 2, None));
    assert!(problem.unwrap().contains("not a path inside"));
}
