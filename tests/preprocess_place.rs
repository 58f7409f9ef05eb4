//! Where things are after cropping, fitting and resizing: a bright square is planted and found again, and
//! `model_from_image` must say where.

use ndarray::Array2;
use overread::geometry::Size;
use overread::preprocess::{Step, prepare};
use overread::scan::{Frame, Meta, Pixels};

/// Black but for a white square of `side` pixels whose first pixel is `(row, col)`.
fn planted(size: Size, row: usize, col: usize, side: usize) -> Frame {
    let values = Array2::from_shape_fn((size.rows, size.cols), |(y, x)| {
        if (row..row + side).contains(&y) && (col..col + side).contains(&x) { 240.0 } else { 0.0 }
    });
    Frame { pixels: Pixels::Gray(values), windows: Vec::new(), eight_bit_picture: true }
}

/// Centre of brightness of the model's input, x and y, pixel edges at whole numbers.
fn found(tensor: &ndarray::Array3<f32>) -> (f64, f64) {
    let (mut sum, mut x, mut y) = (0.0, 0.0, 0.0);
    for ((row, col, _), value) in tensor.indexed_iter() {
        let value = f64::from(*value);
        sum += value;
        x += value * (col as f64 + 0.5);
        y += value * (row as f64 + 0.5);
    }
    (x / sum, y / sum)
}

/// Plants squares in pictures of awkward sizes; their centres must be found within `tolerance` model pixels.
fn check(steps: &str, tolerance: f64) {
    let parsed: Vec<Step> = serde_json::from_str(steps).unwrap();
    for size in [Size::new(208, 176), Size::new(175, 209)] {
        // Near the middle, so that no crop cuts them.
        for (row, col) in [(70, 71), (84, 92)] {
            let side = 15;
            let prepared = prepare(&planted(size, row, col, side), &Meta::default(), &parsed, false).unwrap();
            let half = side as f64 / 2.0;
            let (x, y) = prepared.model_from_image.apply((col as f64 + half, row as f64 + half));
            let (found_x, found_y) = found(&prepared.tensor);
            let off = (x - found_x).abs().max((y - found_y).abs());
            assert!(off < tolerance, "{steps} on {size}: found at ({found_x}, {found_y}), mapped to ({x}, {y})");
        }
    }
}

#[test]
fn squashing_keeps_its_place() {
    for (library, filter) in [
        ("pillow", "bilinear"),
        ("pillow", "lanczos"),
        ("tensorflow", "bilinear"),
        ("tensorflow", "area"),
        ("keras", "bicubic"),
        ("torch", "bilinear"),
        ("torch", "bicubic"),
        ("opencv", "bilinear"),
        ("opencv", "area"),
        ("opencv", "lanczos4"),
    ] {
        for size in ["[256, 256]", "[151, 199]"] {
            check(&format!(r#"[{{"step":"resize","size":{size},"filter":"{filter}","as":"{library}"}}]"#), 0.25);
        }
    }
}

#[test]
fn picking_single_pixels_is_followed_on_average() {
    // OpenCV's and torch's nearest take the upper left pixel of each footprint: at a third of the size everything
    // moves by a third of a pixel.
    for library in ["opencv", "torch", "pillow", "tensorflow"] {
        // Pillow's box and everyone's nearest show whole pixels where they enlarge.
        check(&format!(r#"[{{"step":"resize","size":[256, 256],"filter":"nearest","as":"{library}"}}]"#), 0.6);
        check(&format!(r#"[{{"step":"resize","size":[64, 60],"filter":"nearest","as":"{library}"}}]"#), 0.6);
    }
    check(r#"[{"step":"resize","size":[256, 256],"filter":"box","as":"pillow"}]"#, 0.6);
    let third = r#"[{"step":"resize","size":[60, 60],"filter":"nearest","as":"opencv"}]"#;
    let steps: Vec<Step> = serde_json::from_str(third).unwrap();
    let prepared = prepare(&planted(Size::new(180, 180), 90, 90, 15), &Meta::default(), &steps, false).unwrap();
    let (x, y) = prepared.model_from_image.apply((90.5, 91.5));
    // Pixel 90 is picked for model pixel 30, whose centre is 30.5.
    assert!((x - 30.5).abs() < 1e-9 && (y - 30.5 - 1.0 / 3.0).abs() < 1e-9, "({x}, {y})");
}

#[test]
fn cropping_keeps_its_place() {
    for library in ["torch", "keras", "tensorflow", "opencv", "pillow"] {
        check(&format!(r#"[{{"step":"center_crop","size":[161, 160],"as":"{library}"}}]"#), 1e-6);
    }
    check(r#"[{"step":"resize_shorter","size":256,"as":"pillow"},{"step":"center_crop","size":[224, 224]}]"#, 0.1);
    // Larger than some of the pictures: cut along one axis, padded along the other.
    check(r#"[{"step":"center_crop","size":[190, 190]}]"#, 1e-6);
    check(r#"[{"step":"center_crop","size":[190, 191],"as":"tensorflow"}]"#, 1e-6);
}

#[test]
fn fitting_keeps_its_place() {
    for library in ["pillow", "tensorflow", "keras", "opencv"] {
        check(&format!(r#"[{{"step":"letterbox","size":[224, 224],"as":"{library}"}}]"#), 0.1);
        check(&format!(r#"[{{"step":"letterbox","size":[320, 151],"as":"{library}"}}]"#), 0.25);
    }
    check(r#"[{"step":"pad_to_square"},{"step":"resize","size":[224, 224],"as":"torch","antialias":true}]"#, 0.1);
    check(r#"[{"step":"pad_to_square"},{"step":"letterbox","size":[99, 240],"as":"pillow"}]"#, 0.1);
}

#[test]
fn the_map_of_a_letterbox_is_what_one_computes_by_hand() {
    let steps: Vec<Step> =
        serde_json::from_str(r#"[{"step":"letterbox","size":[256, 256],"as":"pillow","fill":3}]"#).unwrap();
    let prepared = prepare(&planted(Size::new(208, 176), 50, 50, 9), &Meta::default(), &steps, false).unwrap();
    // 208 x 176 fits as 256 x 217 (216.6 rounded); the margin of 39 is split 20 (19.5 to even) and 19.
    let map = prepared.model_from_image;
    assert_eq!((map.offset_x, map.offset_y), (20.0, 0.0));
    assert_eq!((map.scale_x, map.scale_y), (217.0 / 176.0, 256.0 / 208.0));
    assert_eq!(prepared.tensor[[0, 19, 0]], 3.0);
    assert_eq!(prepared.tensor[[0, 20, 0]], 0.0);
    assert_eq!(prepared.tensor[[255, 236, 0]], 0.0);
    assert_eq!(prepared.tensor[[255, 237, 0]], 3.0);
}
