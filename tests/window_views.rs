//! Several views in the window: planes, layouts, what views do together, measuring, colours. By label, without a display.
#![cfg(feature = "gui")]

mod common;
#[path = "common/window.rs"]
#[allow(dead_code)]
mod common_window;
#[path = "common/dicom_series.rs"]
mod dicom_series;

use std::path::{Path, PathBuf};

use common_window::{SIZE, drag, nifti, press, said, window};
use eframe::egui::{self, Event, Key, Modifiers, PointerButton, Pos2, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;
use overread::app::{
    AppState, Command, Current, CurrentError, Jobs, Layout, Link, Shape, Tool, ViewTransform, WindowSource,
};
use overread::render::{ColorMap, Plane, Pyramid};
use overread::scan::Pixels;
use overread::ui::Shell;

fn opened(paths: &[&Path]) -> Harness<'static, Shell> {
    let mut state = AppState::new(Jobs::inline());
    state.apply(Command::Open(paths.iter().map(|path| path.to_path_buf()).collect()));
    window(state, SIZE)
}

fn view<'a>(harness: &'a Harness<'_, Shell>, view: usize) -> &'a Current {
    harness.state().state.views().get(view).unwrap_or_else(|| panic!("view {view} is empty"))
}

/// The slice on the screen, from 0.
fn slice(harness: &Harness<'_, Shell>, at: usize) -> usize {
    view(harness, at).shown.as_ref().expect("shown").index
}

fn canvas(harness: &Harness<'_, Shell>, label: &str) -> Pos2 {
    harness.get_by_role_and_label(egui::Role::Canvas, label).rect().center()
}

fn click(harness: &mut Harness<'_, Shell>, at: Pos2) {
    let press =
        |pressed| Event::PointerButton { pos: at, button: PointerButton::Primary, pressed, modifiers: Modifiers::NONE };
    harness.event(Event::PointerMoved(at));
    harness.event(press(true));
    harness.run();
    harness.event(press(false));
    harness.run();
}

#[test]
fn the_bar_of_slices_has_its_place_before_the_header_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let mut state = AppState::new(Jobs::inline());
    state.apply(Command::Open(vec![nifti(folder.path(), "volume.nii", 9)]));
    while state.current().is_none() {
        assert!(state.poll(), "nothing is listed");
    }
    assert!(state.current().unwrap().scan.is_none());
    let mut harness = Harness::builder()
        .with_size(SIZE)
        .with_context_setup(|ctx| {
            overread::ui::install_fonts(ctx);
            overread::ui::install_theme(ctx);
        })
        .build_ui_state(|ui, shell: &mut Shell| shell.ui(ui), Shell::new(state, overread::ui::Language::English));
    let picture = |harness: &Harness<'_, Shell>| {
        harness.get_by_role_and_label(egui::Role::Canvas, "Picture of volume.nii").rect()
    };
    harness.step();
    let before = picture(&harness);
    assert!(harness.query_by_label("Play").is_none());
    harness.state_mut().state.settle();
    harness.step();
    harness.get_by_label("Play");
    assert_eq!(picture(&harness), before, "nothing jumps");
}

#[test]
fn planes_are_cut_by_their_keys_and_the_stored_slices_come_back() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = opened(&[&nifti(folder.path(), "volume.nii", 9)]);
    press(&mut harness, Key::Y);
    let current = view(&harness, 0);
    // 16 columns, 12 rows, 9 slices of 1 mm: a coronal slice is 16 wide and 9 high, and there are 12.
    let stack = current.stack.clone().unwrap();
    assert_eq!((stack.plane, stack.count), (Some(Plane::Coronal), 12));
    assert_eq!((stack.size.rows, stack.size.cols), (9, 16));
    assert_eq!(current.frames(), 12);
    harness.get_by_label("7 / 12");
    press(&mut harness, Key::ArrowDown);
    assert_eq!(slice(&harness, 0), 7);
    press(&mut harness, Key::X);
    assert_eq!(view(&harness, 0).frames(), 16);
    press(&mut harness, Key::N);
    assert_eq!((view(&harness, 0).plane, view(&harness, 0).frames()), (None, 9));
    assert!(view(&harness, 0).shown.is_some());
}

#[test]
fn a_picture_without_depth_says_why_it_has_no_planes_and_offers_the_way_back() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("flat.png");
    image::GrayImage::from_pixel(20, 20, image::Luma([9])).save(&path).unwrap();
    let mut harness = opened(&[&path]);
    press(&mut harness, Key::Z);
    assert!(matches!(view(&harness, 0).error, Some(CurrentError::Plane(_))));
    harness.get_by_label("No planes here");
    harness.get_by_label("Show the slices as read").click();
    harness.run();
    assert!(view(&harness, 0).error.is_none() && view(&harness, 0).shown.is_some());
}

#[test]
fn a_volume_above_the_memory_that_is_set_is_refused_with_a_sentence() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = opened(&[&nifti(folder.path(), "volume.nii", 9)]);
    harness.state_mut().state.apply(Command::SetMemory(1024));
    press(&mut harness, Key::Z);
    let Some(CurrentError::Plane(problem)) = &view(&harness, 0).error else { panic!("refused") };
    assert!(problem.sentence.contains("memory for pictures"), "{}", problem.sentence);
    harness.state_mut().state.apply(Command::SetMemory(1 << 30));
    press(&mut harness, Key::N);
    press(&mut harness, Key::Z);
    assert!(view(&harness, 0).error.is_none());
}

#[test]
fn three_planes_share_a_crosshair_and_the_model_keeps_its_view() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = opened(&[&nifti(folder.path(), "volume.nii", 9)]);
    press(&mut harness, Key::F6);
    let planes: Vec<_> = (0..4).map(|n| view(&harness, n).plane).collect();
    assert_eq!(planes, [Some(Plane::Axial), Some(Plane::Coronal), Some(Plane::Sagittal), None]);
    assert_eq!((0..4).map(|n| slice(&harness, n)).collect::<Vec<_>>(), [4, 6, 8, 4]);
    assert_eq!(harness.state().state.views().active(), 3);
    // A click at a quarter of the axial picture turns the other two to that place.
    let axial = harness.get_by_role_and_label(egui::Role::Canvas, "Picture of volume.nii, view 1").rect();
    let scale = (axial.width() / 16.0).min(axial.height() / 12.0);
    click(&mut harness, axial.center() + vec2(-4.0, -3.0) * scale);
    assert_eq!(harness.state().state.views().active(), 0);
    // The file is RAS: columns run to the patient's right here, which is shown on the left; rows from back to front.
    assert_eq!((slice(&harness, 1), slice(&harness, 2)), (3, 4));
    // Scrolling the axial view moves the crosshair, not the other planes.
    press(&mut harness, Key::ArrowDown);
    let point = harness.state().state.views().crosshair_in(view(&harness, 0)).unwrap();
    assert_eq!((slice(&harness, 0), slice(&harness, 1)), (5, 3));
    let shown = view(&harness, 0).stack.as_ref().unwrap().locate(point).unwrap();
    assert!((shown.slice - 5.0).abs() < 1e-9);
    assert_eq!(slice(&harness, 3), 5, "the stored slices are axial too, and linked");
    assert_eq!(harness.state().state.views().subject(), 3, "what the model is asked about stays");
    // Unlinked, a click leaves the others where they are.
    harness.state_mut().state.apply(Command::ToggleLink(Link::Cursor));
    click(&mut harness, axial.center());
    assert_eq!((slice(&harness, 1), slice(&harness, 2)), (3, 4));
    press(&mut harness, Key::F2);
    assert_eq!(harness.state().state.views().layout(), Layout::One);
    assert_eq!(view(&harness, 0).plane, Some(Plane::Axial), "the view that was acted on stays");
}

#[test]
fn each_view_has_its_own_case_and_the_worklist_fills_the_active_one() {
    let folder = tempfile::tempdir().unwrap();
    let paths = [nifti(folder.path(), "a.nii", 5), nifti(folder.path(), "b.nii", 9)];
    let mut harness = opened(&[&paths[0], &paths[1]]);
    press(&mut harness, Key::F3);
    harness.get_by_role_and_label(egui::Role::Canvas, "This view is empty. Choose a case from the worklist.");
    press(&mut harness, Key::J);
    press(&mut harness, Key::ArrowRight);
    assert_eq!((view(&harness, 0).item, view(&harness, 1).item), (0, 1));
    assert_eq!((view(&harness, 0).frames(), view(&harness, 1).frames()), (5, 9));
    // A wheel over a view acts on it.
    let at = canvas(&harness, "Picture of a.nii, view 1");
    harness.event(Event::PointerMoved(at));
    let wheel = |modifiers| Event::MouseWheel {
        source: egui::MouseWheelSource::Wheel,
        unit: egui::MouseWheelUnit::Line,
        delta: vec2(0.0, -1.0),
        phase: egui::TouchPhase::Move,
        modifiers,
    };
    harness.event(wheel(Modifiers::NONE));
    harness.run();
    assert_eq!(harness.state().state.views().active(), 0);
    assert_eq!(harness.state().state.items().selected(), Some(0), "the worklist follows");
    assert_eq!(slice(&harness, 0), 3);
    // Both are in scanner coordinates, so the other went to the same place; it began at slice 4.
    assert_eq!(slice(&harness, 1), 3);
    harness.state_mut().state.apply(Command::ToggleLink(Link::Scroll));
    press(&mut harness, Key::ArrowDown);
    assert_eq!((slice(&harness, 0), slice(&harness, 1)), (4, 3));
}

#[test]
fn zoom_and_window_are_shared_until_unlinked() {
    let folder = tempfile::tempdir().unwrap();
    let path = nifti(folder.path(), "a.nii", 5);
    let mut harness = opened(&[&path]);
    press(&mut harness, Key::F3);
    press(&mut harness, Key::J);
    harness.state_mut().state.apply(Command::Select(0));
    harness.run();
    press(&mut harness, Key::Plus);
    assert_eq!(view(&harness, 0).view, view(&harness, 1).view);
    assert_ne!(view(&harness, 0).view, ViewTransform::Fit);
    let at = canvas(&harness, "Picture of a.nii, view 2");
    drag(&mut harness, PointerButton::Primary, at, vec2(40.0, 10.0));
    assert_eq!(view(&harness, 0).window(), view(&harness, 1).window());
    for link in [Link::Zoom, Link::Window] {
        harness.state_mut().state.apply(Command::ToggleLink(link));
    }
    let before = (view(&harness, 0).view, view(&harness, 0).window().cloned());
    press(&mut harness, Key::F);
    drag(&mut harness, PointerButton::Primary, at, vec2(40.0, 10.0));
    assert_eq!(before, (view(&harness, 0).view, view(&harness, 0).window().cloned()));
    assert_eq!(view(&harness, 1).view, ViewTransform::Fit);
}

#[test]
fn regions_and_angles_are_measured_with_the_tools_of_the_menu() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = opened(&[&nifti(folder.path(), "volume.nii", 3)]);
    let middle = canvas(&harness, "Picture of volume.nii");
    harness.get_by_label("Measure").click();
    harness.run();
    harness.get_by_label("Rectangle").click();
    harness.run();
    assert_eq!(harness.state().state.tool(), Tool::Rectangle);
    // All but the outermost columns, whose centres lie outside: frame 1 holds 100 + column.
    drag(&mut harness, PointerButton::Primary, middle - vec2(300.0, 240.0), vec2(600.0, 480.0));
    let marks = &view(&harness, 0).marks;
    let [mark] = marks.all() else { panic!("one region: {marks:?}") };
    let stats = marks.stats(mark.id).unwrap().unwrap();
    assert_eq!((stats.min, stats.max, stats.pixels), (101.0, 114.0, 168));
    assert!((stats.mean - 107.5).abs() < 1e-9);
    press(&mut harness, Key::G);
    drag(&mut harness, PointerButton::Primary, middle, vec2(80.0, 0.0));
    click(&mut harness, middle + vec2(80.0, 60.0));
    let [_, mark] = view(&harness, 0).marks.all() else { panic!("an angle too") };
    assert!(matches!(mark.shape, Shape::Angle { .. }), "{mark:?}");
    press(&mut harness, Key::Escape);
    assert_eq!(harness.state().state.tool(), Tool::Window);
}

#[test]
fn a_series_of_files_is_a_volume_too() {
    let folder = tempfile::tempdir().unwrap();
    let slice =
        |n: u16| dicom_series::Slice { size: 8, ..dicom_series::axial(f64::from(n) * 2.0, i32::from(n), 10 * n) };
    dicom_series::write(folder.path(), &(0..5).map(slice).collect::<Vec<_>>());
    let mut harness = opened(&[folder.path()]);
    press(&mut harness, Key::X);
    let current = view(&harness, 0);
    assert_eq!(current.frames(), 8);
    let stack = current.stack.as_ref().unwrap();
    let spacing = stack.spacing.unwrap();
    assert_eq!((stack.size.rows, spacing.row_mm, spacing.col_mm), (5, 2.0, 0.5));
    let letters = stack.letters.as_ref().unwrap();
    assert_eq!((letters.left.as_str(), letters.top.as_str()), ("A", "S"));
}

#[test]
fn all_commands_are_in_the_menus() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = opened(&[&nifti(folder.path(), "volume.nii", 3)]);
    harness.get_by_label("Menu").click();
    harness.run();
    harness.get_by_label("Image").click();
    harness.run();
    let words = said(&harness);
    for word in ["Rotate right", "Flip left and right", "Reset picture", "Smooth"] {
        assert!(words.iter().any(|said| said == word), "{word}: {words:?}");
    }
    harness.get_by_label("Rotate right").click();
    harness.run();
    assert_eq!(view(&harness, 0).turn.degrees(), 90);
    harness.get_by_label("Menu").click();
    harness.run();
    harness.get_by_label("Views and planes");
    press(&mut harness, Key::Escape);
    assert!(harness.query_by_label("Views and planes").is_none(), "Escape closes the menu on top");
}

#[test]
fn colours_are_kept_by_the_view() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = opened(&[&nifti(folder.path(), "volume.nii", 3)]);
    harness.state_mut().state.apply(Command::SetColors(ColorMap::HotIron));
    harness.run();
    assert_eq!(view(&harness, 0).shader().unwrap().colors(), Some(ColorMap::HotIron));
    harness.state_mut().state.apply(Command::SetColors(ColorMap::InvertedGray));
    harness.run();
    let shader = view(&harness, 0).shader().unwrap();
    assert!(shader.colors().is_none() && shader.inverts());
    press(&mut harness, Key::Num0);
    assert!(!view(&harness, 0).shader().unwrap().inverts());
}

#[test]
fn a_scan_in_the_same_space_is_laid_over_and_another_is_refused_with_a_sentence() {
    let folder = tempfile::tempdir().unwrap();
    let flat = folder.path().join("flat.png");
    image::GrayImage::from_pixel(20, 20, image::Luma([9])).save(&flat).unwrap();
    let paths = [nifti(folder.path(), "a.nii", 5), nifti(folder.path(), "b.nii", 9), flat];
    let mut harness = opened(&[&paths[0], &paths[1], &paths[2]]);
    harness.state_mut().state.apply(Command::Fuse(Some(1)));
    harness.run();
    let (_, fused) = view(&harness, 0).fused().expect("laid over");
    // Both in scanner coordinates on one grid, with the same values where both have slices.
    let own = |harness: &Harness<'_, Shell>| match &view(harness, 0).shown.as_ref().unwrap().picture.frame().pixels {
        Pixels::Gray(values) => values.clone(),
        Pixels::Rgb(_) => panic!("grey"),
    };
    assert_eq!((fused.index, fused.values.dim()), (2, (12, 16)));
    assert_eq!(fused.values, own(&harness));
    assert!(fused.caution.is_some(), "scanner coordinates may be of two examinations");
    press(&mut harness, Key::ArrowDown);
    let (_, fused) = view(&harness, 0).fused().expect("follows");
    assert_eq!((fused.index, &fused.values), (3, &own(&harness)));
    press(&mut harness, Key::Y);
    let (_, fused) = view(&harness, 0).fused().expect("on planes too");
    assert_eq!((fused.plane, &fused.values), (Some(Plane::Coronal), &own(&harness)));
    harness.state_mut().state.apply(Command::Fuse(Some(2)));
    harness.run();
    assert!(view(&harness, 0).fusion.is_none());
    let toasts = harness.state().state.toasts();
    assert_eq!(toasts.len(), 1, "{toasts:?}");
    harness.state_mut().state.apply(Command::Fuse(None));
}

/// A DICOM file of 8 x 8 values of 20 with a row of 1020, whose only presentation is a table of four entries from 18 on.
fn with_voi_lut(folder: &Path) -> PathBuf {
    let slice = dicom_series::Slice { size: 8, bright_row: Some(3), ..dicom_series::axial(0.0, 1, 20) };
    let path = dicom_series::write(folder, &[slice]).remove(0);
    let mut bytes = std::fs::read(&path).unwrap();
    let words = |words: &[u16]| words.iter().flat_map(|word| word.to_le_bytes()).collect::<Vec<u8>>();
    let element = |number: u16, vr: &[u8; 2], value: Vec<u8>| {
        let header = [0x28u16.to_le_bytes(), number.to_le_bytes(), *vr, (value.len() as u16).to_le_bytes()];
        [header.concat(), value].concat()
    };
    let item = [
        element(0x3002, b"US", words(&[4, 18, 8])),
        element(0x3003, b"LO", b"HARDER".to_vec()),
        element(0x3006, b"US", words(&[0, 100, 200, 255])),
    ]
    .concat();
    let length = |bytes: &[u8]| (bytes.len() as u32).to_le_bytes().to_vec();
    let item = [vec![0xfe, 0xff, 0x00, 0xe0], length(&item), item].concat();
    let sequence = [vec![0x28, 0x00, 0x10, 0x30], b"SQ\0\0".to_vec(), length(&item), item].concat();
    let pixels = bytes.windows(4).position(|tag| tag == [0xe0, 0x7f, 0x10, 0x00]).unwrap();
    bytes.splice(pixels..pixels, sequence);
    std::fs::write(&path, bytes).unwrap();
    path
}

#[test]
fn a_scan_with_a_voi_lut_is_shown_through_it_until_the_reader_drags() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = opened(&[&with_voi_lut(folder.path())]);
    let current = view(&harness, 0);
    assert_eq!((current.windowing.source, current.luts().len()), (WindowSource::Lut(0), 1));
    let gray = |picture: &Pyramid| match &picture.frame().pixels {
        Pixels::Gray(values) => (values[(0, 0)], values[(3, 0)]),
        Pixels::Rgb(_) => panic!("grey"),
    };
    assert_eq!(gray(current.drawn().unwrap()), (200.0, 255.0), "the table's entries");
    assert_eq!(gray(&current.shown.as_ref().unwrap().picture), (20.0, 1020.0), "the probe reads the values");
    let at = canvas(&harness, "Picture of 0.dcm");
    drag(&mut harness, PointerButton::Primary, at, vec2(30.0, 0.0));
    let current = view(&harness, 0);
    assert_eq!(current.windowing.source, WindowSource::Manual);
    assert_eq!(gray(current.drawn().unwrap()), (20.0, 1020.0));
    harness.get_by_label("Window").click();
    harness.run();
    harness.get_by_label("VOI LUT: HARDER").click();
    harness.run();
    assert_eq!(gray(view(&harness, 0).drawn().unwrap()), (200.0, 255.0));
}
