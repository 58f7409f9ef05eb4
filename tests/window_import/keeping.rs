//! What is written and what is not; the presets by keyboard; what is dropped together.

use super::*;

/// A model folder whose page is open, over a picture.
fn set_up(desk: &Desk) -> (PathBuf, Harness<'static, Shell>) {
    let folder = desk.folder.path().join("own");
    std::fs::create_dir(&folder).unwrap();
    std::fs::copy(&desk.onnx, folder.join("model.onnx")).unwrap();
    let steps = r#"[{"step": "to_8bit"}, {"step": "to_rgb"},
        {"step": "resize", "size": [8, 8], "as": "pillow", "filter": "bilinear"}, {"step": "rescale", "factor": 0.00392156862745098}]"#;
    let file = format!(r#"{{"name": "own", "note": "by hand", "preprocess": {steps}}}"#);
    std::fs::write(folder.join("metadata.json"), file).unwrap();
    let mut state = AppState::new(Jobs::inline());
    state.keep_models_below(desk.folder.path().join("models"));
    state.apply(Command::Open(vec![desk.picture.clone()]));
    state.apply(Command::LoadModel(folder.clone()));
    let mut harness = window(state, SIZE);
    press(&mut harness, Key::F8);
    (folder, harness)
}

fn contents(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_file());
    let mut files: Vec<_> = files.map(|path| (path.clone(), std::fs::read(path).unwrap())).collect();
    files.sort();
    files
}

#[test]
fn a_model_that_nothing_was_changed_of_is_used_and_not_written() {
    let desk = desk();
    let (folder, mut harness) = set_up(&desk);
    let before = contents(&folder);
    assert!(said(&harness).contains("Nothing is changed and nothing will be written"));
    // What is chosen and taken back is no change; what was stated is not stated again.
    let stated = importing(&harness).drafted.as_ref().unwrap().recipe.clone();
    change(&mut harness, |said| said.recipe = Preset::by_name("keras-caffe").map(Preset::recipe));
    harness.get_by_label("Save and use");
    change(&mut harness, |said| said.recipe = stated);
    harness.get_by_label("Use").click();
    harness.run();
    let state = &harness.state().state;
    assert!(state.importing().is_none() && state.model().facts().unwrap().path == folder);
    assert_eq!(contents(&folder), before);
    assert!(!folder.join("versions").exists() && !desk.folder.path().join("models").exists());
    assert!(state.toasts().is_empty(), "nothing was saved");
}

#[test]
fn a_changed_folder_keeps_the_version_before_and_says_so_first() {
    let desk = desk();
    let (folder, mut harness) = set_up(&desk);
    let before = std::fs::read(folder.join("metadata.json")).unwrap();
    wish(&mut harness, ImportWish::TypeNames("CN, MCI, AD".into()));
    let line = format!("Will be saved in {}; the metadata.json there is kept in its versions folder", folder.display());
    assert!(said(&harness).contains(&line), "{:#?}", said(&harness));
    harness.get_by_label("Save and use").click();
    harness.run();
    assert_eq!(std::fs::read(folder.join("versions/metadata-1.json")).unwrap(), before);
    let after: Value = serde_json::from_slice(&std::fs::read(folder.join("metadata.json")).unwrap()).unwrap();
    assert_eq!(after["note"], "by hand");
}

#[test]
fn a_bare_export_is_used_as_it_is_or_saved_elsewhere() {
    let desk = desk();
    let mut harness = dropped(&desk);
    wish(&mut harness, ImportWish::KeepBelow(desk.folder.path().join("kept")));
    harness.get_by_label("Save and use").click();
    harness.run();
    assert!(desk.folder.path().join("kept/grades/metadata.json").is_file(), "a copy that was asked for");
    let mut harness = dropped(&desk);
    harness.get_by_label("Use").click();
    harness.run();
    assert!(harness.state().state.model().facts().unwrap().is_bare);
    assert!(!desk.folder.path().join("models").exists());
}

#[test]
fn a_preset_is_searched_and_chosen_by_keyboard() {
    let desk = desk();
    let mut harness = dropped(&desk);
    let chosen = |harness: &Harness<'_, Shell>| importing(harness).said.preset.map(|preset| preset.name);
    let button = harness.get_by_role_and_label(Role::Button, "Preset");
    button.focus();
    harness.run();
    press(&mut harness, Key::Enter);
    let search = "Search: VGG, EfficientNet, torchvision, CLAHE…";
    harness.get_by_role_and_label(Role::TextInput, search).type_text("keras generator");
    harness.run();
    press(&mut harness, Key::ArrowDown);
    press(&mut harness, Key::ArrowDown);
    press(&mut harness, Key::ArrowUp);
    press(&mut harness, Key::Enter);
    assert_eq!(chosen(&harness), Some("generator-caffe"), "the second of those that are found");
    assert!(harness.query_by_label(search).is_none(), "the list is closed");
    // Escape leaves what was chosen and the page; the list opens where it was.
    press(&mut harness, Key::Enter);
    press(&mut harness, Key::Escape);
    assert!(harness.query_by_label(search).is_none());
    assert_eq!(chosen(&harness), Some("generator-caffe"));
    press(&mut harness, Key::Enter);
    press(&mut harness, Key::ArrowDown);
    press(&mut harness, Key::Enter);
    assert_eq!(chosen(&harness), Some("generator-tf"));
    // The last of the list is scrolled to.
    press(&mut harness, Key::Enter);
    for _ in 0..PRESETS_OR_MORE {
        press(&mut harness, Key::ArrowDown);
    }
    let last = harness.get_by_label("Chain: multiply merge").rect();
    let list = harness.get_by_role_and_label(Role::TextInput, search).rect();
    assert!(last.bottom() < list.top() + 400.0 && last.top() > list.bottom(), "{last} below {list}");
    press(&mut harness, Key::Enter);
    assert_eq!(chosen(&harness), Some("deepphi-multiply"));
}

/// As often as there are entries, and more.
const PRESETS_OR_MORE: usize = 40;

#[test]
fn class_names_dropped_with_a_model_or_onto_its_page_are_its_names() {
    let desk = desk();
    let labels = desk.folder.path().join("labels.txt");
    std::fs::write(&labels, "정상\nmild\nsevere\n").unwrap();
    let mut state = AppState::new(Jobs::inline());
    state.apply(Command::Open(vec![desk.picture.clone()]));
    let mut harness = window(state, SIZE);
    let drop = |harness: &mut Harness<'static, Shell>, paths: &[&Path]| {
        harness.input_mut().dropped_files =
            paths.iter().map(|path| Arc::new(Dropped(path.to_path_buf())) as _).collect();
        harness.run();
    };
    drop(&mut harness, &[&desk.onnx, &labels]);
    assert_eq!(importing(&harness).said.classes.as_deref().unwrap(), ["정상", "mild", "severe"]);
    assert_eq!(scores(&importing(&harness).preview).len(), 3, "the picture is still there");
    let json = desk.folder.path().join("names.json");
    std::fs::write(&json, r#"["a", "b", "c"]"#).unwrap();
    drop(&mut harness, &[&json]);
    assert_eq!(importing(&harness).said.classes.as_deref().unwrap(), ["a", "b", "c"]);
    assert_eq!(harness.state().state.items().len(), 1, "no list of pictures");
}

#[test]
fn a_model_dropped_with_the_settings_beside_it_is_their_folder() {
    let desk = desk();
    let folder = desk.folder.path().join("timm");
    std::fs::create_dir(&folder).unwrap();
    let onnx = folder.join("net.onnx");
    std::fs::copy(&desk.onnx, &onnx).unwrap();
    let config = folder.join("config.json");
    std::fs::write(&config, r#"{"id2label": {"0": "a", "1": "b", "2": "c"}}"#).unwrap();
    let mut harness = window(AppState::new(Jobs::inline()), SIZE);
    harness.input_mut().dropped_files = vec![Arc::new(Dropped(onnx)), Arc::new(Dropped(config))];
    harness.run();
    assert_eq!(importing(&harness).path, folder);
    assert_eq!(harness.state().state.model().facts().unwrap().class_names, ["a", "b", "c"]);
}
