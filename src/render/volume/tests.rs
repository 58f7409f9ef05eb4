//! Planes of small stacks built here; the real volumes are in `tests/render_volume.rs`.

use super::*;
use crate::geometry::PixelSpacing;
use ndarray::{Array2, array};

/// Values that name their voxel: 100 * frame + 10 * row + col.
fn named(frames: usize, rows: usize, cols: usize) -> Array3<f32> {
    Array3::from_shape_fn((frames, rows, cols), |(f, r, c)| (100 * f + 10 * r + c) as f32)
}

fn place(columns: [[f64; 3]; 3]) -> Affine3 {
    Affine3::from_columns(columns, [-10.0, -20.0, 30.0])
}

fn axial_stack() -> Volume {
    Volume::new(named(2, 3, 4), place([[1.0, 0.0, 0.0], [0.0, 2.0, 0.0], [0.0, 0.0, 5.0]])).unwrap()
}

fn edges(slice: &PlaneSlice) -> [String; 4] {
    let letters = slice.letters.clone();
    [letters.left, letters.right, letters.top, letters.bottom]
}

#[test]
fn planes_of_an_axial_stack_are_shown_as_radiologists_hang_them() {
    let volume = axial_stack();
    assert_eq!(Plane::ALL.map(|plane| volume.slices(plane)), [2, 3, 4]);
    let axial = volume.slice(Plane::Axial, 1).unwrap();
    assert_eq!(axial.values, named(2, 3, 4).index_axis(ndarray::Axis(0), 1));
    assert_eq!(edges(&axial), ["R", "L", "A", "P"]);
    let coronal = volume.slice(Plane::Coronal, 2).unwrap();
    assert_eq!(coronal.values, array![[120.0, 121.0, 122.0, 123.0], [20.0, 21.0, 22.0, 23.0]]);
    assert_eq!(edges(&coronal), ["R", "L", "S", "I"]);
    assert_eq!(coronal.spacing, PixelSpacing { row_mm: 5.0, col_mm: 1.0 });
    let sagittal = volume.slice(Plane::Sagittal, 3).unwrap();
    assert_eq!(sagittal.values, array![[103.0, 113.0, 123.0], [3.0, 13.0, 23.0]]);
    assert_eq!(edges(&sagittal), ["A", "P", "S", "I"]);
    assert!(volume.slice(Plane::Sagittal, 4).is_none() && volume.remarks().is_empty());
}

#[test]
fn a_sagittal_stack_gives_the_same_planes() {
    // Columns to posterior, rows to inferior, frames to the right: the same body, stored another way.
    let stack = named(4, 2, 3);
    let volume = Volume::new(stack, place([[0.0, 2.0, 0.0], [0.0, 0.0, -5.0], [-1.0, 0.0, 0.0]])).unwrap();
    let axial = volume.slice(Plane::Axial, 0).unwrap();
    assert_eq!(axial.values.row(0), array![310.0, 210.0, 110.0, 10.0]); // lowest row, front, from right to left
    assert_eq!((edges(&axial), axial.values.dim()), (["R", "L", "A", "P"].map(String::from), (3, 4)));
    let sagittal = volume.slice(Plane::Sagittal, 0).unwrap();
    assert_eq!(sagittal.values, array![[300.0, 301.0, 302.0], [310.0, 311.0, 312.0]]);
    // The pixel at the upper left of the rightmost slice is frame 3, row 0, column 0.
    assert_eq!(sagittal.patient_from_pixel.apply([0.0; 3]), [-13.0, -20.0, 30.0]);
}

#[test]
fn a_point_is_found_on_every_plane_and_back() {
    let volume = axial_stack();
    let patient = [-8.0, -16.0, 35.0]; // column 2, row 2, frame 1
    for (plane, slice, x, y) in [
        (Plane::Axial, 1.0, 2.5, 2.5),
        (Plane::Coronal, 2.0, 2.5, 0.5), // the upper frame is the top row
        (Plane::Sagittal, 2.0, 2.5, 0.5),
    ] {
        let point = volume.locate(plane, patient).unwrap();
        assert_eq!(point, PlanePoint { slice, x, y });
        assert_eq!(volume.patient_at(plane, point), patient);
        let shown = volume.slice(plane, slice as usize).unwrap();
        assert_eq!(shown.values[[y as usize, x as usize]], 122.0);
    }
    assert_eq!(volume.value_at(patient), Some(122.0));
    assert_eq!(volume.value_at([-8.5, -16.0, 32.5]), Some(71.5));
    assert_eq!(volume.value_at([-10.1, -16.0, 35.0]), None);
}

#[test]
fn square_pixels_keep_the_extent_and_the_place() {
    let coronal = axial_stack().slice(Plane::Coronal, 0).unwrap();
    let square = coronal.with_square_pixels();
    assert_eq!((square.values.dim(), square.spacing), ((10, 4), PixelSpacing { row_mm: 1.0, col_mm: 1.0 }));
    // numpy.interp((np.arange(10) + 0.5) / 5 - 0.5, [0, 1], [100, 0])
    let first: Vec<f32> = square.values.column(0).to_vec();
    let expected = [100.0, 100.0, 100.0, 80.0, 60.0, 40.0, 20.0, 0.0, 0.0, 0.0];
    assert!(first.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-4), "{first:?}");
    // Both grids begin at the same edge: half a pixel above the first centre, 2.5 mm and 0.5 mm.
    assert_eq!(coronal.patient_from_pixel.apply([0.0, -0.5, 0.0]), square.patient_from_pixel.apply([0.0, -0.5, 0.0]));
    let same = axial_stack().slice(Plane::Axial, 0).unwrap();
    assert_eq!(same.with_square_pixels().values.dim(), (6, 4));
}

#[test]
fn a_tilted_gantry_is_straightened_and_said() {
    // Slices 4 mm apart, each shifted down by one whole row of 1 mm: the tilt is atan(1 / 4).
    let shape = (3, 5, 2);
    let bar = Array3::from_shape_fn(shape, |(f, r, _)| if r + f == 3 { 9.0 } else { 0.0 });
    let volume = Volume::new(bar, place([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 1.0, 4.0]])).unwrap();
    assert_eq!(volume.remarks().len(), 1);
    assert!(volume.remarks()[0].contains("slant of 14.0°"), "{}", volume.remarks()[0]);
    // 5 rows, and 2 more for the shift; the bar, which leant the other way, stands upright.
    assert_eq!(volume.values().dim(), (3, 7, 2));
    let sagittal = volume.slice(Plane::Sagittal, 0).unwrap();
    for row in sagittal.values.rows() {
        assert_eq!(row[3], 9.0);
    }
    assert_eq!(sagittal.values.iter().filter(|v| v.is_nan()).count(), 6);
    assert_eq!(volume.value_at([-10.0, -17.0, 38.0]), Some(9.0));
}

#[test]
fn an_oblique_stack_follows_the_nearest_axes_and_says_so() {
    let (sin, cos) = 30f64.to_radians().sin_cos();
    let turned = place([[1.0, 0.0, 0.0], [0.0, cos, sin], [0.0, -sin, cos]]);
    let volume = Volume::new(named(2, 3, 4), turned).unwrap();
    assert!(volume.remarks()[0].contains("30° oblique"));
    assert_eq!(edges(&volume.slice(Plane::Axial, 0).unwrap()), ["R", "L", "AI", "PS"]);
}

#[test]
fn what_is_no_volume_is_answered_in_words() {
    let size = Size::new(2, 2);
    let good = Meta {
        patient_from_voxel: Some(place([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]])),
        slice_spacing_mm: Some(1.0),
        ..Meta::default()
    };
    let says = |meta: &Meta, frames, volume, words: &str| {
        let sentence = VolumePlan::from_meta(meta, size, frames, volume).unwrap_err().to_string();
        assert!(sentence.contains(words), "{sentence}");
    };
    says(&good, 1, 0, "a single slice");
    says(&good, 4, 1, "of the 1 volumes here");
    says(&Meta { patient_from_voxel: None, ..good.clone() }, 4, 0, "does not say where its slices lie");
    says(&Meta { slice_spacing_mm: None, ..good.clone() }, 4, 0, "distance between the slices");
    let uneven = Meta { stack_problem: Some("Missing slices: 2.".into()), ..good.clone() };
    says(&uneven, 4, 0, "no evenly spaced volume: Missing slices: 2.");
    let several = Meta { slices_per_volume: Some(2), ..good.clone() };
    let plan = VolumePlan::from_meta(&several, size, 6, 2).unwrap();
    assert_eq!((plan.frames(), plan.bytes()), (4..6, 32));
    says(&several, 6, 3, "of the 3 volumes here");

    let frame = |rows| {
        let pixels = Pixels::Gray(Array2::zeros((rows, 2)));
        Ok(Frame { pixels, windows: Vec::new(), eight_bit_picture: false })
    };
    assert_eq!(plan.fill(|_| frame(2)).unwrap().values().dim(), (2, 2, 2));
    let error = plan.fill(|index| frame(index - 2)).unwrap_err().to_string();
    assert!(error.contains("slice 5 is 3 x 2 pixels, the others 2 x 2"), "{error}");
    assert!(matches!(Volume::new(Array3::zeros((0, 2, 2)), place([[1.0; 3]; 3])), Err(VolumeError::NoValues)));
    assert!(matches!(Volume::new(named(2, 2, 2), place([[1.0; 3]; 3])), Err(VolumeError::NoPlace)));
}
