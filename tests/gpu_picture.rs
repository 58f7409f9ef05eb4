//! The graphics card and the processor draw the same picture.
#![cfg(feature = "gui")]

mod common;
#[path = "common/gl.rs"]
mod gl;

use eframe::glow::{self, HasContext as _};
use glutin::context::ContextApi;
use ndarray::{Array2, Array3, ArrayView2, ShapeBuilder as _};
use overread::geometry::{Area, PlaneMap, Size};
use overread::render::{
    ColorMap, EvidenceMode, OverlayStyle, PlacedMap, Pyramid, Scale, Scene, Shader, Threshold, View,
};
use overread::scan::{Frame, Pixels, Polarity, Window, WindowFunction};
use overread::ui::{Gpu, GpuError};

/// Of the pixels of a picture, how many may be one grey level off. None may be off by more.
const MOST_OFF: f64 = 0.005;

/// Runs `check` under each OpenGL that the system has and that the program takes, one at least.
fn with_each_gl(check: impl Fn(&mut Gpu, &gl::Offscreen)) {
    with_gl(&[gl::desktop(3, 0), gl::desktop(3, 3), gl::embedded(3, 0)], check);
}

/// Runs `check` under the OpenGL that the window asks for first.
fn with_one_gl(check: impl Fn(&mut Gpu, &gl::Offscreen)) {
    with_gl(&[gl::desktop(3, 3)], check);
}

fn with_gl(kinds: &[ContextApi], check: impl Fn(&mut Gpu, &gl::Offscreen)) {
    let mut any = false;
    for context in kinds.iter().copied().filter_map(gl::offscreen) {
        any = true;
        let mut gpu = Gpu::new(context.gl.clone()).unwrap();
        check(&mut gpu, &context);
        gpu.free();
        assert_eq!(gpu.textures(), (0, 0));
    }
    common::require("display", any);
}

fn picture(pixels: Pixels) -> Pyramid {
    Pyramid::new(Frame { pixels, windows: Vec::new(), eight_bit_picture: false })
}

fn window(center: f64, width: f64, function: WindowFunction) -> Window {
    Window { center, width, name: None, function }
}

fn linear(center: f64, width: f64) -> Shader {
    Shader::new(&window(center, width, WindowFunction::Linear), Polarity::HighIsWhite, false)
}

/// A CT-like frame: whole numbers from -1024 to about 3000.
fn ct(size: Size) -> Pyramid {
    picture(Pixels::Gray(Array2::from_shape_fn((size.rows, size.cols), |(row, col)| {
        let (x, y) = (col as f32 / 37.0, row as f32 / 23.0);
        (988.0 + 2012.0 * (x.sin() * y.cos()) + ((row * 31 + col * 17) % 64) as f32).round() - 1024.0
    })))
}

/// Fractions, with every kind of value that is not a finite number.
fn pet(size: Size) -> Pyramid {
    picture(Pixels::Gray(Array2::from_shape_fn((size.rows, size.cols), |(row, col)| match (row * 7 + col * 3) % 89 {
        0 => f32::NAN,
        1 => f32::INFINITY,
        2 => f32::NEG_INFINITY,
        n => (n as f32 * 0.137).sin() * 11.3 + row as f32 * 0.01,
    })))
}

fn color(size: Size) -> Pyramid {
    picture(Pixels::Rgb(Array3::from_shape_fn((size.rows, size.cols, 3), |(row, col, channel)| {
        (row * (5 + channel * 3) + col * (7 - channel * 2)) as u8
    })))
}

fn scene(picture: &Pyramid, size: Size, image_from_screen: PlaneMap, shader: Shader) -> Scene<'_> {
    Scene { picture, view: View { size, image_from_screen, smooth: true }, shader, transposed: false, overlay: None }
}

fn zoomed(screen_per_image: f64, offset_x: f64, offset_y: f64) -> PlaneMap {
    let scale = 1.0 / screen_per_image;
    PlaneMap { scale_x: scale, scale_y: scale * 1.13, offset_x, offset_y }
}

/// At most one grey level apart, and that in few pixels. The share of those.
fn same(gpu: &mut Gpu, scene: &Scene<'_>, what: &str) -> f64 {
    let mut expected = Vec::new();
    scene.draw(&mut expected);
    let drawn = gpu.rgba(scene).unwrap();
    assert_eq!(drawn.len(), expected.len(), "{what}");
    assert!(expected.iter().any(|v| *v != 0), "{what}: an empty picture proves nothing");
    let (mut off, mut pixels) = (0, 0);
    for (at, (drawn, expected)) in drawn.chunks_exact(4).zip(expected.chunks_exact(4)).enumerate() {
        let apart = drawn.iter().zip(expected).map(|(a, b)| a.abs_diff(*b)).max().unwrap();
        let (row, col) = (at / scene.view.size.cols, at % scene.view.size.cols);
        assert!(apart <= 1, "{what}: row {row}, column {col}: drawn {drawn:?}, expected {expected:?}");
        off += usize::from(apart > 0);
        pixels += 1;
    }
    let share = off as f64 / f64::from(pixels);
    println!("{:>7.4} % of {pixels} one level off: {what}", share * 100.0);
    assert!(share <= MOST_OFF, "{what}: {off} of {pixels} pixels are one level off");
    share
}

const SCREEN: Size = Size::new(331, 417);

#[test]
fn window_functions_polarity_and_inversion() {
    with_one_gl(|gpu, _| {
        let (ct, pet) = (ct(Size::new(211, 163)), pet(Size::new(64, 96)));
        for function in [WindowFunction::Linear, WindowFunction::LinearExact, WindowFunction::Sigmoid] {
            for (picture, center, width) in
                [(&ct, 40.0, 400.0), (&ct, 500.5, 3001.0), (&ct, 12.0, 1.0), (&pet, 2.37, 9.13), (&pet, 0.0, 1e-3)]
            {
                for (polarity, invert) in [(Polarity::HighIsWhite, false), (Polarity::LowIsWhite, false)] {
                    let shader = Shader::new(&window(center, width, function), polarity, invert);
                    let scene = scene(picture, SCREEN, zoomed(3.7, 11.3, 5.9), shader);
                    same(gpu, &scene, &format!("{function:?} {center} {width} {polarity:?}"));
                }
            }
        }
    });
}

#[test]
fn one_to_one_is_exact() {
    with_each_gl(|gpu, _| {
        let picture = ct(Size::new(300, 400));
        for smooth in [false, true] {
            let mut scene = scene(&picture, Size::new(300, 400), PlaneMap::IDENTITY, linear(40.0, 400.0));
            scene.view.smooth = smooth;
            assert!(same(gpu, &scene, "one to one") < 1e-4);
        }
    });
}

#[test]
fn enlarged_in_blocks_and_smoothly_moved_and_mirrored() {
    with_each_gl(|gpu, _| {
        let (ct, color) = (ct(Size::new(50, 70)), color(Size::new(50, 70)));
        for picture in [&ct, &color] {
            for map in [
                zoomed(13.7, 3.3, 20.1),
                zoomed(2.0, -30.0, -40.0),
                zoomed(64.0, 69.0, 49.0),
                PlaneMap { scale_x: -0.21, offset_x: 68.7, ..zoomed(6.0, 0.0, 0.0) },
            ] {
                for smooth in [false, true] {
                    let mut scene = scene(picture, SCREEN, map, linear(500.0, 2500.0));
                    scene.view.smooth = smooth;
                    same(gpu, &scene, &format!("smooth {smooth}, {map:?}"));
                }
            }
        }
    });
}

#[test]
fn made_small_it_takes_the_same_half_size_copies() {
    with_one_gl(|gpu, _| {
        let (ct, color) = (ct(Size::new(1501, 2003)), color(Size::new(1501, 2003)));
        for picture in [&ct, &color] {
            for zoom in [0.93, 0.51, 0.27, 0.11, 0.03] {
                same(gpu, &scene(picture, SCREEN, zoomed(zoom, 1.0, 2.0), linear(40.0, 2000.0)), &format!("at {zoom}"));
            }
        }
    });
}

#[test]
fn a_picture_of_many_tiles_has_no_seams() {
    with_one_gl(|gpu, _| {
        let picture = ct(Size::new(2100, 2200));
        // Around the corner of four tiles, then across all of them at 1:1.
        for (map, size) in [
            (zoomed(9.3, 1010.0, 1005.0), SCREEN),
            (PlaneMap { offset_x: 0.4, offset_y: 1000.7, ..PlaneMap::IDENTITY }, Size::new(40, 2300)),
            (PlaneMap { offset_x: 2020.4, offset_y: 0.7, ..PlaneMap::IDENTITY }, Size::new(2200, 40)),
        ] {
            same(gpu, &scene(&picture, size, map, linear(40.0, 1400.0)), "tiles");
        }
    });
}

#[test]
fn colours_and_their_inversion() {
    with_each_gl(|gpu, _| {
        let picture = color(Size::new(120, 90));
        for invert in [false, true] {
            let shader = Shader::new(&window(128.0, 256.0, WindowFunction::Linear), Polarity::HighIsWhite, invert);
            same(gpu, &scene(&picture, SCREEN, zoomed(3.3, 1.0, 1.0), shader), &format!("inverted {invert}"));
        }
    });
}

#[test]
fn colours_for_grey_levels() {
    with_each_gl(|gpu, _| {
        let (ct, pet, map) = (ct(Size::new(120, 90)), pet(Size::new(120, 90)), map());
        for colors in ColorMap::FOR_PET {
            for (picture, smooth, function) in [
                (&ct, true, WindowFunction::Linear),
                (&pet, false, WindowFunction::Linear),
                (&pet, true, WindowFunction::Sigmoid),
            ] {
                let shader = Shader::new(&window(4.0, 15.0, function), Polarity::LowIsWhite, true).with_colors(colors);
                let mut scene = scene(picture, SCREEN, zoomed(4.1, -5.0, 2.0), shader);
                scene.view.smooth = smooth;
                scene.overlay =
                    smooth.then(|| (placed(map.view()), OverlayStyle::signed(Scale { low: -2.0, high: 2.0 })));
                let mut drawn = Vec::new();
                scene.draw(&mut drawn);
                let levels: Vec<&[u8]> = drawn.chunks_exact(4).filter(|p| p[3] > 0).collect();
                assert!(!levels.is_empty());
                same(gpu, &scene, &format!("{colors}, {function:?}"));
            }
        }
    });
}

#[test]
fn turned_and_mirrored_with_a_heatmap() {
    with_each_gl(|gpu, _| {
        let (ct, color, map) = (ct(Size::new(1100, 1300)), color(Size::new(120, 90)), map());
        let mirrored = PlaneMap { scale_x: -0.21, offset_x: 88.7, ..zoomed(4.1, 0.0, 3.0) };
        // Across the corner of four tiles, and the whole of a small one.
        for (picture, map_) in [(&ct, zoomed(1.3, 990.0, 1000.0)), (&color, mirrored)] {
            let mut scene = scene(picture, Size::new(90, 160), map_, linear(40.0, 2400.0));
            scene.overlay = Some((placed(map.view()), OverlayStyle::positive(Scale { low: 0.0, high: 3.0 })));
            let mut upright = Vec::new();
            scene.draw(&mut upright);
            scene.transposed = true;
            let mut turned = Vec::new();
            scene.draw(&mut turned);
            assert_eq!(scene.size(), Size::new(160, 90));
            // Row 7, column 31 upright is row 31, column 7 turned.
            assert_eq!(turned[4 * (31 * 90 + 7)..][..4], upright[4 * (7 * 160 + 31)..][..4]);
            same(gpu, &scene, "turned");
        }
    });
}

/// A map of 7 x 5 cells with one that is no number, of which the model saw all but the rim.
fn map() -> Array2<f32> {
    let mut map = Array2::from_shape_fn((7, 5), |(row, col)| (row as f32 * 1.7).sin() * 3.0 + col as f32 * 0.4 - 0.8);
    map[(3, 2)] = f32::NAN;
    map
}

fn placed(values: ArrayView2<'_, f32>) -> PlacedMap<'_> {
    let canvas_from_map = PlaneMap { scale_x: 71.3, scale_y: 40.9, offset_x: 13.7, offset_y: 9.2 };
    PlacedMap { values, canvas_from_map, seen: Area { x: [0.25, 4.6], y: [0.1, 6.5] } }
}

#[test]
fn heatmaps_of_every_style() {
    with_each_gl(|gpu, _| {
        let (ct, color, map) = (ct(Size::new(120, 90)), color(Size::new(120, 90)), map());
        let scale = Scale { low: -1.5, high: 3.1 };
        let positive = OverlayStyle::positive(Scale { low: 0.0, ..scale });
        let styles = [
            positive,
            OverlayStyle { color_map: ColorMap::Jet, opacity: 1.0, fade_in: 0.0, ..positive },
            OverlayStyle { color_map: ColorMap::CoolWarm, threshold: Threshold::Units(0.7), ..positive },
            OverlayStyle { color_map: ColorMap::HotIron, opacity: 0.31, threshold: Threshold::Share(0.4), ..positive },
            OverlayStyle::signed(scale),
            OverlayStyle { opacity: 0.83, threshold: Threshold::Share(0.2), ..OverlayStyle::signed(scale) },
            OverlayStyle { mode: EvidenceMode::Signed, color_map: ColorMap::Gray, ..positive },
        ];
        for picture in [&ct, &color] {
            for style in styles {
                let mut scene = scene(picture, SCREEN, zoomed(4.1, -5.0, 2.0), linear(40.0, 2400.0));
                let mut plain = Vec::new();
                scene.draw(&mut plain);
                scene.overlay = Some((placed(map.view()), style));
                let mut colored = Vec::new();
                scene.draw(&mut colored);
                assert_ne!(plain, colored, "a heatmap that is not seen proves nothing");
                same(gpu, &scene, &format!("{style:?}"));
            }
        }
    });
}

#[test]
fn a_heatmap_that_colours_nothing_leaves_the_picture() {
    with_one_gl(|gpu, _| {
        let (picture, map, empty) = (ct(Size::new(120, 90)), map(), Array2::zeros((0, 0)));
        let mut scene = scene(&picture, SCREEN, zoomed(4.1, 0.0, 0.0), linear(40.0, 2400.0));
        let unusable = OverlayStyle::positive(Scale { low: 0.0, high: f32::NAN });
        let usable = OverlayStyle::positive(Scale { low: 0.0, high: 1.0 });
        for (map, style) in [(map.view(), unusable), (empty.view(), usable)] {
            scene.overlay = Some((placed(map), style));
            same(gpu, &scene, "no colour");
        }
    });
}

#[test]
fn values_in_another_order_are_the_same_picture() {
    with_one_gl(|gpu, _| {
        let values = Array2::from_shape_fn((90, 120).f(), |(row, col)| (row * 13 + col * 7) as f32);
        assert!(values.as_slice().is_none());
        let picture = picture(Pixels::Gray(values));
        same(gpu, &scene(&picture, SCREEN, zoomed(3.0, 2.0, 1.0), linear(800.0, 1600.0)), "columns first");
    });
}

#[test]
fn a_thousand_slices_leave_no_textures_behind() {
    with_one_gl(|gpu, context| {
        let size = Size::new(64, 64);
        for index in 0..1000 {
            let picture = picture(Pixels::Gray(Array2::from_elem((64, 64), index as f32)));
            gpu.rgba(&scene(&picture, size, zoomed(1.0, index as f64 * 1e-4, 0.0), linear(500.0, 1000.0))).unwrap();
        }
        gpu.drop_unused();
        // The rows of numbers for the last views stay.
        let (textures, bytes) = gpu.textures();
        assert!(textures <= 32 && bytes < 1 << 20, "{textures} textures, {bytes} bytes");
        // The driver's own count: names that are textures. It gives names out in order, reused ones first.
        let names = (1..20_000).filter_map(std::num::NonZeroU32::new).map(glow::NativeTexture);
        // SAFETY: the context is current on this thread.
        let alive = names.filter(|name| unsafe { context.gl.is_texture(*name) }).count();
        assert_eq!(alive, textures);
    });
}

#[test]
fn slices_that_are_still_held_stay_up_to_a_limit() {
    with_one_gl(|gpu, _| {
        let pictures: Vec<Pyramid> =
            (0..1100).map(|n| picture(Pixels::Gray(Array2::from_elem((8, 8), n as f32)))).collect();
        for picture in &pictures {
            gpu.rgba(&scene(picture, Size::new(8, 8), PlaneMap::IDENTITY, linear(1.0, 2.0))).unwrap();
        }
        let textures = gpu.textures().0;
        assert!((1024..1024 + 32).contains(&textures), "{textures} textures: full, and not above 1024 of values");
        let large: Vec<Pyramid> = (0..40).map(|_| picture(Pixels::Gray(Array2::zeros((1500, 1500))))).collect();
        // Every row, and a few columns of each tile.
        let map = PlaneMap { scale_x: 100.0, ..PlaneMap::IDENTITY };
        for picture in &large {
            gpu.rgba(&scene(picture, Size::new(1500, 15), map, linear(1.0, 2.0))).unwrap();
        }
        let bytes = gpu.textures().1;
        assert!((200 << 20..257 << 20).contains(&bytes), "{bytes} bytes: full, and not above 256 MiB");
    });
}

#[test]
fn an_old_opengl_is_refused_with_its_version() {
    let old = [gl::desktop(2, 1), gl::embedded(2, 0)].into_iter().filter_map(gl::offscreen);
    for context in old {
        match Gpu::new(context.gl.clone()).map(|_| ()) {
            // Drivers may give more than they were asked for.
            Ok(()) => {}
            Err(GpuError::TooOld { version }) => assert!(version.starts_with("OpenGL"), "{version}"),
            Err(other) => panic!("{other}"),
        }
    }
}
