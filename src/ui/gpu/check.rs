//! The test picture that a graphics card has to draw right before it draws anything for anyone. Drivers may take
//! liberties with infinities, with what is not a number, with whole numbers in shaders; this is where it shows.

use ndarray::{Array2, Array3};

use super::{Gpu, GpuError};
use crate::geometry::{PlaneMap, Size};
use crate::render::{ColorMap, EvidenceMode, OverlayStyle, PlacedMap, Pyramid, Scale, Scene, Shader, Threshold, View};
use crate::scan::{Frame, Pixels, Polarity, Window, WindowFunction};

const VALUES: Size = Size::new(9, 11);
const SCREEN: Size = Size::new(40, 50);

/// Draws it in every way that has a shader of its own.
pub(super) fn check(gpu: &mut Gpu) -> Result<(), GpuError> {
    let gray = frame(Pixels::Gray(values()));
    let color = frame(Pixels::Rgb(Array3::from_shape_fn((VALUES.rows, VALUES.cols, 3), |(row, col, channel)| {
        (row * 83 + col * 29 + channel * 101) as u8
    })));
    let map = Array2::from_shape_fn((3, 4), |(row, col)| (row as f32 - 1.2) * (col as f32 + 0.5));
    let mut expected = Vec::new();
    for (picture, function, smooth, overlay) in [
        (&gray, WindowFunction::Linear, true, false),
        (&gray, WindowFunction::Sigmoid, false, true),
        (&color, WindowFunction::Linear, true, true),
    ] {
        let scene = Scene {
            picture,
            view: View { size: SCREEN, image_from_screen: enlarged(), smooth },
            shader: Shader::new(&window(function), Polarity::HighIsWhite, overlay),
            transposed: overlay,
            overlay: overlay.then(|| (PlacedMap::whole(map.view(), map_on_screen()), style())),
        };
        scene.draw(&mut expected);
        compare(&gpu.rgba(&scene)?, &expected)?;
    }
    gpu.drop_unused();
    Ok(())
}

fn frame(pixels: Pixels) -> Pyramid {
    Pyramid::new(Frame { pixels, windows: Vec::new(), eight_bit_picture: false })
}

/// Up and down, with a value of each special kind, and one that reaches far beyond the window.
fn values() -> Array2<f32> {
    let mut values =
        Array2::from_shape_fn((VALUES.rows, VALUES.cols), |(row, col)| ((row * 37 + col * 53) % 97) as f32 - 40.0);
    for (at, special) in
        [((1, 2), f32::NAN), ((4, 6), f32::INFINITY), ((6, 3), f32::NEG_INFINITY), ((7, 8), f32::MAX), ((2, 8), 1e9)]
    {
        if let Some(value) = values.get_mut(at) {
            *value = special;
        }
    }
    values
}

fn window(function: WindowFunction) -> Window {
    Window { center: 7.3, width: 61.0, name: None, function }
}

/// Each value over a few pixels, and some of the screen beside the picture.
fn enlarged() -> PlaneMap {
    PlaneMap { scale_x: 0.23, scale_y: 0.27, offset_x: -0.31, offset_y: -0.57 }
}

fn map_on_screen() -> PlaneMap {
    PlaneMap { scale_x: 9.7, scale_y: 13.1, offset_x: 6.0, offset_y: -3.0 }
}

fn style() -> OverlayStyle {
    OverlayStyle {
        color_map: ColorMap::CoolWarm,
        mode: EvidenceMode::Signed,
        threshold: Threshold::Share(0.1),
        ..OverlayStyle::positive(Scale { low: -2.5, high: 3.0 })
    }
}

/// One grey level is what rounding may cost, and only here and there.
fn compare(drawn: &[u8], expected: &[u8]) -> Result<(), GpuError> {
    let apart =
        |(drawn, expected): (&[u8], &[u8])| drawn.iter().zip(expected).map(|(a, b)| a.abs_diff(*b)).max().unwrap_or(0);
    let pairs = drawn.chunks_exact(4).zip(expected.chunks_exact(4));
    let (mut wrong, mut most, mut pixels) = (0, 0, 0);
    for difference in pairs.map(apart) {
        pixels += 1;
        wrong += usize::from(difference > 0);
        most = most.max(difference);
    }
    if most > 1 || wrong * 50 > pixels || drawn.len() != expected.len() {
        return Err(GpuError::Differs { wrong, pixels, most });
    }
    Ok(())
}
