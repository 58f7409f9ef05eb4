//! Any method through one mapper, scrambled weights, and folders with a broken file, on a small network.

mod common;
#[path = "common/engines.rs"]
mod engines_here;
#[allow(dead_code)] // one of several users of these models
#[path = "common/onnx_models.rs"]
mod onnx_models;

use std::ops::ControlFlow;
use std::path::PathBuf;

use engines_here::{cpu, engines, load};
use ndarray::{Array2, Array3, s};
use onnx_models::{Axis, Tail, bytes, noise, small_cnn};
use overread::engine::{EngineChoice, Model, Session};
use overread::explain::scramble::{Scrambled, scrambled};
use overread::explain::{ExplainError, Mapper, Method, Question, Target};
use overread::review::{self, BatchOptions, CaseError, Control};

fn pictures(count: usize) -> Vec<Array3<f32>> {
    let values = noise(count * 8 * 8 * 3, 9);
    (0..count).map(|at| Array3::from_shape_fn((8, 8, 3), |(r, c, k)| values[at * 192 + r * 24 + c * 3 + k])).collect()
}

fn question(method: Method, class: Option<usize>) -> Question {
    Question { method, class, target: Target::Logit }
}

fn unheard(_: usize, _: usize) -> ControlFlow<()> {
    ControlFlow::Continue(())
}

fn close(a: &Array2<f32>, b: &Array2<f32>) -> bool {
    let scale = b.iter().fold(1e-6f32, |largest, value| largest.max(value.abs()));
    a.dim() == b.dim() && a.iter().zip(b).all(|(a, b)| (a - b).abs() <= 1e-4 * scale)
}

/// Logit of a class, by the plain session.
fn logit(session: &mut Session, picture: &Array3<f32>, class: usize) -> f32 {
    session.run(&[picture.view()]).unwrap()[0].logits.as_ref().unwrap()[class]
}

#[test]
fn every_method_explains_the_same_score() {
    let (_keep, model) = load(&bytes(&small_cnn(false, Axis::Open("n"), Tail::Softmax)));
    let pictures = pictures(1);
    for engine in engines() {
        let mut mapper = Mapper::new(model.clone(), None, engine, cpu());
        assert!(mapper.layers().is_empty() && mapper.ran().is_none(), "nothing is started before it is needed");
        let mut session = Session::start(&model, engine, &cpu()).unwrap();
        for method in Method::ALL {
            let found = mapper.explain(&[pictures[0].view()], &question(method, Some(2)), &mut unheard).unwrap();
            let map = &found[0].map;
            assert_eq!((map.method, map.class, map.values.dim()), (method, 2, (8, 8)), "{engine:?} {method:?}");
            assert_eq!(map.layer.is_some(), method.needs_layer());
            assert_eq!(map.settings.is_some(), method.needs_passes(), "what was set is said");
            assert!((map.score - logit(&mut session, &pictures[0], 2)).abs() < 1e-4, "{engine:?} {method:?}");
        }
        assert!(mapper.layers().len() > 1);
    }
}

#[test]
fn occlusion_is_what_the_logit_loses() {
    let (_keep, model) = load(&bytes(&small_cnn(false, Axis::Open("n"), Tail::Softmax)));
    let picture = pictures(1).remove(0);
    for engine in engines() {
        let mut mapper = Mapper::new(model.clone(), None, engine, cpu());
        let mut calls = Vec::new();
        let mut progress = |done, total| {
            calls.push((done, total));
            ControlFlow::Continue(())
        };
        let asked = question(Method::Occlusion, Some(1));
        let map = mapper.explain(&[picture.view()], &asked, &mut progress).unwrap().remove(0).map;
        // 8 pixels make patches of 1: 64 of them and the whole.
        assert_eq!(calls.last(), Some(&(65, 65)));
        assert!(map.settings.as_ref().unwrap().contains("1 x 1 pixels every 1"), "{:?}", map.settings);
        let mut session = Session::start(&model, engine, &cpu()).unwrap();
        let whole = logit(&mut session, &picture, 1);
        let means: Vec<f32> = (0..3).map(|channel| picture.slice(s![.., .., channel]).mean().unwrap()).collect();
        for (row, col) in [(0, 0), (3, 6), (7, 2)] {
            let mut hidden = picture.clone();
            (0..3).for_each(|channel| hidden[[row, col, channel]] = means[channel]);
            let lost = whole - logit(&mut session, &hidden, 1);
            assert!((map.values[[row, col]] - lost).abs() < 1e-4, "{engine:?}: {} {lost}", map.values[[row, col]]);
        }
    }
}

#[test]
fn a_long_method_can_be_cancelled() {
    let (_keep, model) = load(&bytes(&small_cnn(false, Axis::Open("n"), Tail::Softmax)));
    let picture = pictures(1).remove(0);
    let mut mapper = Mapper::new(model, None, EngineChoice::Embedded, cpu());
    for method in [Method::Occlusion, Method::Rise, Method::ScoreCam] {
        let mut progress = |done, _| if done >= 2 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) };
        let result = mapper.explain(&[picture.view()], &question(method, None), &mut progress);
        assert!(matches!(result, Err(ExplainError::Cancelled)), "{method:?}");
    }
}

#[test]
fn the_predicted_class_of_each_picture_of_a_batch_is_explained() {
    let (_keep, model) = load(&bytes(&small_cnn(false, Axis::Open("n"), Tail::Softmax)));
    // Bright and dark pictures, so that not all are of one class.
    let mut pictures = pictures(6);
    pictures.iter_mut().enumerate().for_each(|(at, picture)| *picture *= if at % 2 == 0 { 6.0 } else { -6.0 });
    let views: Vec<_> = pictures.iter().map(|picture| picture.view()).collect();
    let mut mapper = Mapper::new(model, None, EngineChoice::Embedded, cpu());
    let together = mapper.explain(&views, &question(Method::GradCam, None), &mut unheard).unwrap();
    let classes: Vec<usize> = together.iter().map(|one| one.map.class).collect();
    assert!(classes.iter().any(|class| *class != classes[0]), "{classes:?}");
    for (view, one) in views.iter().zip(&together) {
        assert_eq!(one.map.class, one.inference.predicted);
        let alone = mapper.explain(&[*view], &question(Method::GradCam, Some(one.map.class)), &mut unheard).unwrap();
        assert!(close(&one.map.values, &alone[0].map.values));
    }
}

#[test]
fn scrambled_weights_are_the_same_numbers_in_another_order() {
    let (_keep, model) = load(&bytes(&small_cnn(false, Axis::Open("n"), Tail::Softmax)));
    let before = std::fs::read(&model.path).unwrap();
    let picture = pictures(1).remove(0);
    let features = |model: &Model| {
        let mut mapper = Mapper::new(model.clone(), None, EngineChoice::Embedded, cpu());
        mapper.features(&[picture.view()], &question(Method::GradCam, Some(0))).unwrap().remove(0)
    };
    let own = features(&model);
    let head = scrambled(&model, Scrambled::Head, 1).unwrap();
    let of_head = features(&head);
    assert_eq!(own.activations, of_head.activations, "only what follows the layer has changed");
    assert_ne!(own.gradients, of_head.gradients);
    let all = features(&scrambled(&model, Scrambled::All, 1).unwrap());
    assert_ne!(own.activations, all.activations);
    assert_ne!(head.sha256, model.sha256);
    assert_eq!(scrambled(&model, Scrambled::Head, 1).unwrap().sha256, head.sha256, "a seed gives one order");
    assert_ne!(scrambled(&model, Scrambled::Head, 2).unwrap().sha256, head.sha256);
    assert_eq!(std::fs::read(&model.path).unwrap(), before, "nothing on disk has changed");
    // The head's gradient of a linear layer is its weights over the number of cells: the same multiset of numbers.
    let sorted = |features: &overread::explain::FeatureGradients, classes: std::ops::Range<usize>| {
        let mut values: Vec<f32> = Vec::new();
        for class in classes {
            let model = if std::ptr::eq(features, &own) { &model } else { &head };
            let mut mapper = Mapper::new(model.clone(), None, EngineChoice::Embedded, cpu());
            let found = mapper.features(&[picture.view()], &question(Method::GradCam, Some(class))).unwrap().remove(0);
            values.extend(found.gradients.unwrap().slice(s![.., 0, 0]));
        }
        values.sort_by(f32::total_cmp);
        values
    };
    let (ours, theirs) = (sorted(&own, 0..3), sorted(&of_head, 0..3));
    assert!(ours.iter().zip(&theirs).all(|(a, b)| (a - b).abs() < 1e-6), "{ours:?} {theirs:?}");
}

#[test]
fn a_map_that_ignores_the_head_is_found_out_and_grad_cam_is_not() {
    let (_keep, model) = load(&bytes(&small_cnn(false, Axis::Open("n"), Tail::Softmax)));
    let picture = pictures(1).remove(0);
    for engine in engines() {
        let mut mapper = Mapper::new(model.clone(), None, engine, cpu());
        let mut rank = |method: Method, which: Scrambled| {
            let map =
                mapper.explain(&[picture.view()], &question(method, Some(0)), &mut unheard).unwrap().remove(0).map;
            let kind = (which, 3);
            let mut scrambled = review::scrambled_mapper(&model, None, kind, (engine, &cpu())).unwrap();
            let found = review::randomised(&mut scrambled, kind, picture.view(), &map, &mut unheard).unwrap();
            found.similarity.and_then(|similarity| similarity.rank)
        };
        assert!(rank(Method::EigenCam, Scrambled::Head).unwrap() > 0.999, "EigenCAM never looks at the head");
        assert!(rank(Method::GradCam, Scrambled::Head).unwrap() < 0.9);
        assert!(rank(Method::GradCam, Scrambled::All).is_none_or(|rank| rank < 0.9));
    }
}

#[test]
fn opinions_count_identical_maps_once() {
    let (_keep, model) = load(&bytes(&small_cnn(false, Axis::Open("n"), Tail::Softmax)));
    let picture = pictures(1).remove(0);
    let mut mapper = Mapper::new(model, None, EngineChoice::Embedded, cpu());
    let mut ask =
        |method| mapper.explain(&[picture.view()], &question(method, Some(1)), &mut unheard).unwrap().remove(0).map;
    let (map, occlusion) = (ask(Method::GradCam), ask(Method::Occlusion));
    let found = review::opinions(&mut mapper, picture.view(), &map).unwrap().unwrap();
    let one = found.groups().find(|group| group.contains(&Method::GradCam)).unwrap();
    for method in [Method::HiResCam, Method::XGradCam, Method::Cam] {
        assert!(one.contains(&method), "{one:?}: one linear layer behind an average");
    }
    assert!(found.groups().count() > 1);
    assert!(review::opinions(&mut mapper, picture.view(), &occlusion).unwrap().is_none());
}

#[test]
fn a_folder_is_explained_in_order_and_a_broken_file_stops_nothing() {
    let (_keep, model) = load(&bytes(&small_cnn(false, Axis::Open("n"), Tail::Softmax)));
    let folder = tempfile::tempdir().unwrap();
    let mut items: Vec<Vec<PathBuf>> = Vec::new();
    for at in 0..9u8 {
        let path = folder.path().join(format!("{at}.png"));
        let picture = image::RgbImage::from_fn(8, 8, |x, y| image::Rgb([at * 20, (x * 30) as u8, (y * 30) as u8]));
        picture.save(&path).unwrap();
        if at == 4 {
            std::fs::write(&path, b"\x89PNG\r\n\x1a\nnothing").unwrap();
        }
        items.push(vec![path]);
    }
    let mut mapper = Mapper::new(model, None, EngineChoice::Embedded, cpu());
    for (threads, batch) in [(1, Some(1)), (3, Some(4)), (2, None)] {
        let options = BatchOptions { decode_threads: threads, batch, ..BatchOptions::default() };
        let mut seen = Vec::new();
        let asked = question(Method::GradCam, None);
        review::explain_all(&items, &mut mapper, &asked, &options, &mut unheard, &mut |item, case, _| {
            match case {
                Ok((prepared, explained)) => {
                    assert_eq!((prepared.slices.len(), explained.len()), (1, 1));
                    assert_eq!(explained[0].path, items[item][0]);
                    assert_ne!(item, 4);
                }
                Err(error) => assert!(item == 4 && matches!(error, CaseError::Scan(_)), "{item}: {error}"),
            }
            seen.push(item);
            if item == 7 { Control::Stop } else { Control::Continue }
        });
        assert_eq!(seen, [0, 1, 2, 3, 4, 5, 6, 7], "{threads} threads");
    }
}
