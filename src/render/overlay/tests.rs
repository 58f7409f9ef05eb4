use ndarray::{Array2, array};

use super::*;
use crate::preprocess::{Step, prepare};
use crate::render::{ColorMap, EvidenceMode, OverlayStyle, Scale, Threshold};
use crate::scan::{Frame, Meta, Pixels};

const GREY: [u8; 4] = [90, 90, 90, 255];

/// Every colour is laid on in full, so that a coloured pixel is known by its colour.
fn full(high: f32) -> OverlayStyle {
    let scale = Scale { low: 0.0, high };
    OverlayStyle { opacity: 1.0, fade_in: 0.0, color_map: ColorMap::Jet, ..OverlayStyle::positive(scale) }
}

fn drawn(size: Size, map: &Array2<f32>, canvas_from_map: &PlaneMap, style: &OverlayStyle) -> Array2<[u8; 4]> {
    let mut rgba = GREY.repeat(size.rows * size.cols);
    let mut canvas = Canvas::new(&mut rgba, size).unwrap();
    draw_overlay(&mut canvas, &PlacedMap::whole(map.view(), *canvas_from_map), &Paint::new(style));
    let pixels = rgba.chunks_exact(4).map(|p| [p[0], p[1], p[2], p[3]]).collect();
    Array2::from_shape_vec((size.rows, size.cols), pixels).unwrap()
}

fn stretched(size: Size, map: &Array2<f32>) -> PlaneMap {
    let (rows, cols) = map.dim();
    PlaneMap {
        scale_x: size.cols as f64 / cols as f64,
        scale_y: size.rows as f64 / rows as f64,
        offset_x: 0.0,
        offset_y: 0.0,
    }
}

fn jet(index: usize) -> [u8; 4] {
    let [r, g, b] = ColorMap::Jet.table()[index];
    [r, g, b, 255]
}

#[test]
fn a_constant_map_is_one_colour_up_to_every_edge() {
    let size = Size::new(208, 176);
    let map = Array2::from_elem((7, 5), 2.0);
    let out = drawn(size, &map, &stretched(size, &map), &full(4.0));
    assert!(out.iter().all(|pixel| *pixel == jet(128)));
}

#[test]
fn values_between_cell_centres_are_opencvs_bilinear_ones() {
    // OpenCV INTER_LINEAR of [0.25, 1.25] to 8 columns: 0.25 twice, then 0.375, 0.625, 0.875, 1.125, then 1.25 twice.
    let size = Size::new(1, 8);
    let map = array![[0.25, 1.25]];
    let out = drawn(size, &map, &stretched(size, &map), &full(2.0));
    let expected = [0.25, 0.25, 0.375, 0.625, 0.875, 1.125, 1.25, 1.25].map(|v: f32| jet((v * 128.0) as usize));
    assert_eq!(out.row(0).to_vec(), expected);
    let map_from = stretched(size, &map);
    for (col, pixel) in out.row(0).iter().enumerate() {
        let value = evidence_at(&PlacedMap::whole(map.view(), map_from), (col as f64 + 0.5, 0.5)).unwrap();
        assert_eq!(*pixel, jet((value * 128.0) as usize), "the cursor reads what is drawn");
    }
}

/// Mean `(x, y)` of the coloured pixels' centres.
fn middle(out: &Array2<[u8; 4]>) -> (f64, f64) {
    let hot: Vec<(f64, f64)> = out
        .indexed_iter()
        .filter(|(_, pixel)| **pixel != GREY)
        .map(|((row, col), _)| (col as f64 + 0.5, row as f64 + 0.5))
        .collect();
    let count = hot.len() as f64;
    (hot.iter().map(|p| p.0).sum::<f64>() / count, hot.iter().map(|p| p.1).sum::<f64>() / count)
}

#[test]
fn a_hot_cell_lands_where_the_map_of_the_picture_says() {
    let scales = [
        // Squash of 208 x 176 to a square net: the two scales differ.
        (Size::new(208, 176), PlaneMap { scale_x: 176.0 / 7.0, scale_y: 208.0 / 7.0, offset_x: 0.0, offset_y: 0.0 }),
        // Crop: the map covers the inside only.
        (Size::new(301, 255), PlaneMap { scale_x: 20.0, scale_y: 20.0, offset_x: 57.5, offset_y: 80.5 }),
        // Letterbox: the map reaches over both sides of the picture.
        (Size::new(208, 176), PlaneMap { scale_x: 208.0 / 7.0, scale_y: 208.0 / 7.0, offset_x: -16.0, offset_y: 0.0 }),
    ];
    for (size, image_from_map) in scales {
        for (row, col) in [(1, 5), (3, 3), (5, 2)] {
            let mut map = Array2::zeros((7, 7));
            map[[row, col]] = 1.0;
            let style = OverlayStyle { threshold: Threshold::Share(0.6), ..full(1.0) };
            let (x, y) = middle(&drawn(size, &map, &image_from_map, &style));
            let (cx, cy) = image_from_map.apply((col as f64 + 0.5, row as f64 + 0.5));
            assert!(
                (x - cx).abs() <= 0.6 && (y - cy).abs() <= 0.6,
                "{size} cell {row}, {col}: {x}, {y}, not {cx}, {cy}"
            );
        }
    }
}

/// A bright square in a picture, through the real steps, found by a "model" that averages cells of 16 pixels.
#[test]
fn a_planted_square_is_found_through_squash_crop_and_letterbox() {
    let (rows, cols, top, left, side) = (208, 176, 120, 60, 24);
    let inside = |r: usize, c: usize| (top..top + side).contains(&r) && (left..left + side).contains(&c);
    let values = Array2::from_shape_fn((rows, cols), |(r, c)| if inside(r, c) { 255.0 } else { 0.0 });
    let frame = Frame { pixels: Pixels::Gray(values), windows: Vec::new(), eight_bit_picture: true };
    for steps in [
        r#"[{"step":"resize","size":[224,224],"filter":"bilinear","as":"pillow"}]"#,
        r#"[{"step":"resize_shorter","size":256,"filter":"bilinear","as":"pillow"},{"step":"center_crop","size":[224,224],"as":"torch"}]"#,
        r#"[{"step":"letterbox","size":[224,224],"filter":"bilinear","as":"pillow","fill":0}]"#,
        r#"[{"step":"pad_to_square","fill":0},{"step":"resize","size":[224,224],"filter":"bilinear","as":"pillow"}]"#,
    ] {
        let steps: Vec<Step> = serde_json::from_str(steps).unwrap();
        let prepared = prepare(&frame, &Meta::default(), &steps, false).unwrap();
        let map = Array2::from_shape_fn((14, 14), |(r, c)| {
            prepared.tensor.slice(ndarray::s![r * 16..r * 16 + 16, c * 16..c * 16 + 16, 0]).mean().unwrap()
        });
        let model_from_map = PlaneMap { scale_x: 16.0, scale_y: 16.0, ..PlaneMap::IDENTITY };
        let image_from_map = prepared.model_from_image.inverse().unwrap().after(&model_from_map);
        let style =
            OverlayStyle { threshold: Threshold::Share(0.5), ..full(Scale::positive([map.view()]).unwrap().high) };
        let (x, y) = middle(&drawn(Size::new(rows, cols), &map, &image_from_map, &style));
        let (off_x, off_y) = ((x - 72.0).abs() / image_from_map.scale_x, (y - 132.0).abs() / image_from_map.scale_y);
        assert!(off_x < 0.5 && off_y < 0.5, "{steps:?}: {x}, {y} is {off_x}, {off_y} cells away");
    }
}

#[test]
fn beyond_the_map_the_picture_is_untouched() {
    let size = Size::new(9, 11);
    let map = Array2::from_elem((2, 2), 1.0);
    let crop = PlaneMap { scale_x: 3.0, scale_y: 2.0, offset_x: 2.0, offset_y: 3.0 };
    for ((row, col), pixel) in drawn(size, &map, &crop, &full(1.0)).indexed_iter() {
        let covered = (2..8).contains(&col) && (3..7).contains(&row);
        assert_eq!(*pixel != GREY, covered, "{row}, {col}");
    }
    assert_eq!(evidence_at(&PlacedMap::whole(map.view(), crop), (1.9, 4.0)), None);
    assert_eq!(evidence_at(&PlacedMap::whole(map.view(), crop), (2.0, 3.0)), Some(1.0));
    assert_eq!(evidence_at(&PlacedMap::whole(map.view(), crop), (8.0, 4.0)), None);
}

#[test]
fn what_is_no_number_has_no_colour_and_does_not_spoil_its_neighbours_centres() {
    let size = Size::new(3, 9);
    let map = array![[1.0, f32::NAN, 1.0]];
    let out = drawn(size, &map, &stretched(size, &map), &full(1.0));
    let colored: Vec<bool> = out.row(1).iter().map(|pixel| *pixel != GREY).collect();
    // Up to the centre of each good cell; between it and the bad one there is no value.
    assert_eq!(colored, [true, true, false, false, false, false, false, true, true]);
    let infinite = array![[f32::INFINITY]];
    assert!(drawn(size, &infinite, &stretched(size, &infinite), &full(1.0)).iter().all(|pixel| *pixel == GREY));
}

#[test]
fn evidence_against_is_shown_in_signed_mode_only() {
    let size = Size::new(4, 4);
    let map = Array2::from_elem((2, 2), -1.0);
    assert!(drawn(size, &map, &stretched(size, &map), &full(1.0)).iter().all(|pixel| *pixel == GREY));
    let signed = OverlayStyle { mode: EvidenceMode::Signed, color_map: ColorMap::CoolWarm, ..full(1.0) };
    assert!(drawn(size, &map, &stretched(size, &map), &signed).iter().all(|pixel| *pixel == [0x3b, 0x4c, 0xc0, 255]));
}

#[test]
fn half_opacity_is_half_the_picture() {
    let size = Size::new(1, 1);
    let map = array![[1.0]];
    let style = OverlayStyle { opacity: 0.5, ..full(1.0) };
    // Jet ends at 128, 0, 0; the picture is 90.
    assert_eq!(drawn(size, &map, &PlaneMap::IDENTITY, &style)[[0, 0]], [109, 45, 45, 255]);
}

#[test]
fn several_threads_draw_the_same_picture_and_transparent_pixels_stay_so() {
    let map = Array2::from_shape_fn((13, 9), |(r, c)| (r * 9 + c) as f32);
    let image_from_map = PlaneMap { scale_x: 130.0, scale_y: 90.0, offset_x: 7.0, offset_y: -20.0 };
    let whole = drawn(Size::new(1111, 1200), &map, &image_from_map, &full(120.0));
    for row in [0, 554, 555, 556, 1110] {
        let up = PlaneMap { offset_y: image_from_map.offset_y - row as f64, ..image_from_map };
        assert_eq!(drawn(Size::new(1, 1200), &map, &up, &full(120.0)).row(0), whole.row(row));
    }
    let mut rgba = [0; 4];
    let mut canvas = Canvas::new(&mut rgba, Size::new(1, 1)).unwrap();
    draw_overlay(&mut canvas, &PlacedMap::whole(array![[1.0]].view(), PlaneMap::IDENTITY), &Paint::new(&full(1.0)));
    assert_eq!(rgba, [0; 4]);
}

#[test]
fn a_map_that_leads_nowhere_draws_nothing() {
    let size = Size::new(2, 2);
    for scale_x in [0.0, f64::NAN, f64::INFINITY] {
        let nowhere = PlaneMap { scale_x, ..PlaneMap::IDENTITY };
        let out = drawn(size, &Array2::from_elem((2, 2), 1.0), &nowhere, &full(1.0));
        assert!(out.iter().all(|pixel| *pixel == GREY), "{scale_x}");
    }
    drawn(size, &Array2::zeros((0, 3)), &PlaneMap::IDENTITY, &full(1.0));
    drawn(Size::new(0, 4), &Array2::zeros((3, 3)), &PlaneMap::IDENTITY, &full(1.0));
}

/// Padding on one side only ("SAME") moves the centres of the receptive fields: the cells' own grid begins inside the
/// picture, and still the whole picture was seen.
#[test]
fn what_the_model_saw_is_coloured_beyond_the_outermost_centres() {
    let size = Size::new(8, 8);
    let map = array![[1.0, 3.0], [1.0, 3.0]];
    let canvas_from_map = PlaneMap { scale_x: 4.0, scale_y: 4.0, offset_x: 1.5, offset_y: 1.5 };
    let seen = Area::whole(8, 8).through(&canvas_from_map.inverse().unwrap());
    let placed = PlacedMap { values: map.view(), canvas_from_map, seen };
    let mut rgba = GREY.repeat(64);
    draw_overlay(&mut Canvas::new(&mut rgba, size).unwrap(), &placed, &Paint::new(&full(4.0)));
    assert!(rgba.chunks_exact(4).all(|pixel| pixel != GREY));
    assert_eq!(evidence_at(&placed, (0.1, 0.1)), Some(1.0));
    assert_eq!(evidence_at(&placed, (7.9, 7.9)), Some(3.0));
    assert_eq!(evidence_at(&placed, (8.1, 4.0)), None);
}
