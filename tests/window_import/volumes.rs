//! A network of volumes: what its graph says, how its volumes are prepared, a preview along each axis, saved and explained.
//! The model, the phantom and the logits are those of `tests/volume_model.rs`.

use overread::app::{HeatmapState, Pane};
use overread::preprocess::{VolumeRecipe, VolumeScale};

use super::*;

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/volume").join(name)
}

fn volume_desk(model: &str) -> Desk {
    let desk = desk();
    std::fs::copy(fixture(model), &desk.onnx).unwrap();
    Desk { picture: fixture("phantom.nii"), ..desk }
}

/// Softmax of the logits that torch gave for the phantom under RAS, trilinear resize, percentiles 1 to 99, z-score.
fn pinned_scores() -> Vec<f64> {
    let pins: Value = serde_json::from_str(&std::fs::read_to_string(fixture("pins.json")).unwrap()).unwrap();
    let logits: Vec<f64> = pins["phantom"]["logits"].as_array().unwrap().iter().filter_map(Value::as_f64).collect();
    let sum: f64 = logits.iter().map(|z| z.exp()).sum();
    logits.iter().map(|z| z.exp() / sum).collect()
}

#[test]
fn a_network_of_volumes_is_set_up_saved_and_explained_slice_by_slice() {
    for (file, layout) in [
        ("model.onnx", "NCDHW: one channel, slices, rows, columns (volumes, PyTorch)"),
        ("channels_last.onnx", "NDHWC: slices, rows, columns, one channel (volumes, Keras)"),
    ] {
        let desk = volume_desk(file);
        let mut harness = dropped(&desk);
        let texts = said(&harness);
        for text in [
            layout,
            "any number of volumes at a time; volume size fixed",
            "How volumes are prepared",
            "20 slices × 24 rows × 16 columns",
            "R  11 of 20",
            "A  13 of 24",
            "S  9 of 16",
            "3 things are assumed",
        ] {
            assert!(texts.contains(text), "{text} is missing: {texts:#?}");
        }
        assert!(!texts.contains("Preset") && !texts.contains("Labelled folder…"), "both are for pictures");
        assert!(
            texts.iter().any(|text| text.starts_with("The doctor tries ways to prepare pictures;")),
            "and it says so"
        );

        // How it was trained; then the score is the framework's.
        let recipe = importing(&harness).drafted.as_ref().unwrap().volume.unwrap();
        assert_eq!(recipe.scale, VolumeScale::Zscore { nonzero: true });
        let before = scores(&importing(&harness).preview);
        let percentiles = harness.get_by_label("Cut at percentiles");
        percentiles.click();
        harness.run();
        let said_volume = importing(&harness).said.volume;
        assert_eq!(said_volume, Some(VolumeRecipe { percentiles: Some([1.0, 99.0]), ..recipe }));
        let shown = scores(&importing(&harness).preview);
        assert_ne!(shown, before, "the preview follows");
        for (score, pinned) in shown.iter().zip(pinned_scores()) {
            assert!((f64::from(*score) - pinned).abs() < 1e-4, "{shown:?}");
        }
        wish(&mut harness, ImportWish::TypeNames("CN, MCI, AD".into()));
        harness.get_by_label("Save and use").click();
        harness.run();

        let folder = desk.folder.path().join("models/grades");
        let saved = Model::load(&folder).unwrap();
        let names: Vec<_> = saved.volume_steps().iter().map(|step| step.name()).collect();
        assert_eq!(names, ["orient", "resize", "clip_percentiles", "zscore"]);
        let state = &harness.state().state;
        assert!(!state.model().facts().unwrap().is_bare);
        assert_eq!(scores(&state.current().unwrap().prediction), shown);

        // A heatmap on whichever slice is shown, of one run.
        press(&mut harness, Key::H);
        for frame in [2, 7] {
            harness.state_mut().state.apply(Command::GoToFrame(frame));
            harness.run();
            let state = &harness.state().state;
            assert!(matches!(state.heatmaps().state(Pane::First), HeatmapState::Ready(_)), "slice {frame}");
        }
        press(&mut harness, Key::F9);
        assert!(said(&harness).contains("20 × 24 × 16, RAS"), "{:#?}", said(&harness));
    }
}

#[test]
fn a_guess_about_volumes_is_confirmed_as_it_is() {
    let desk = volume_desk("model.onnx");
    let mut harness = dropped(&desk);
    let confirm: Vec<_> = harness.get_all_by_label("Yes, it was trained like this").collect();
    confirm[0].click();
    harness.run();
    let drafted = importing(&harness).drafted.clone().unwrap();
    assert_eq!(importing(&harness).said.volume, drafted.volume);
    assert!(drafted.facts.steps.iter().all(|step| step.origin == Origin::Declared), "{:#?}", drafted.facts.steps);
    assert!(said(&harness).contains("2 things are assumed"));
}

#[test]
fn a_picture_in_a_network_of_volumes_is_told() {
    let desk = volume_desk("model.onnx");
    draw(&desk.folder.path().join("case.png"), 1);
    let desk = Desk { picture: desk.folder.path().join("case.png"), ..desk };
    let harness = dropped(&desk);
    assert!(matches!(importing(&harness).preview, PredictionState::Failed(_)));
    assert!(said(&harness).contains("How volumes are prepared"), "the page stays usable");
}
