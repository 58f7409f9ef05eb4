use std::path::Path;

use super::*;
use crate::metrics::Proportion;
use crate::metrics::Undefined;
use crate::review::table::{TableOptions, read_predictions};

/// A grey PNG: waves whose direction and width come from `seed`.
fn picture(path: &Path, seed: u32, noise: u32) {
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    let (along, across) = (f64::from(seed % 7 + 1) / 9.0, f64::from(seed % 5 + 1) / 7.0);
    let value = |col: u32, row: u32| {
        let wave = (f64::from(col) * along).sin() + (f64::from(row) * across + f64::from(seed)).cos();
        let speck = f64::from((col * 31 + row * 17 + noise * 7) % 5) * f64::from(noise.min(1));
        image::Luma([(128.0 + 50.0 * wave + 2.0 * speck) as u8])
    };
    image::GrayImage::from_fn(40, 48, value).save(path).unwrap();
}

fn quiet(_: LeakProgress) -> Control {
    Control::Continue
}

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    picture(&at("test/a/1.png"), 1, 0);
    picture(&at("test/a/2.png"), 2, 0);
    picture(&at("test/b/3.png"), 3, 0);
    picture(&at("test/b/3 again.png"), 3, 1);
    picture(&at("train/a/other 1.png"), 1, 1);
    picture(&at("train/a/4.png"), 4, 0);
    std::fs::copy(at("test/b/3.png"), at("train/a/copy of 3.png")).unwrap();
    std::fs::write(at("test/a/broken.png"), b"\x89PNG\r\n\x1a\nno more").unwrap();
    for name in ["test/b/flat.png", "train/b/flat.png"] {
        std::fs::create_dir_all(at(name).parent().unwrap()).unwrap();
        image::GrayImage::from_pixel(40, 48, image::Luma([9])).save(at(name)).unwrap();
    }
    folder
}

fn leaks(folder: &Path, options: &LeakOptions) -> Leaks {
    let [test, train] = ["test", "train"].map(|name| leak_items(&folder.join(name), &[]).items);
    find_leaks(&test, Some(&train), options, &mut quiet).unwrap()
}

fn name(leaks: &Leaks, index: usize) -> String {
    leaks.files[index].path.file_name().unwrap().to_string_lossy().into_owned()
}

#[test]
fn twins_inside_and_across_are_found_with_their_labels() {
    let folder = folder();
    let leaks = leaks(folder.path(), &LeakOptions::default());
    let pairs: Vec<_> = leaks
        .pairs
        .iter()
        .map(|pair| (name(&leaks, pair.a), name(&leaks, pair.b), pair.same_bytes, leaks.labels_agree(pair)))
        .collect();
    let said = |a: &str, b: &str, same, agree| (a.to_owned(), b.to_owned(), same, Some(agree));
    assert_eq!(pairs.len(), 5, "{pairs:?}");
    assert_eq!(leaks.pairs_found, 5);
    for expected in [
        said("3.png", "copy of 3.png", true, false),
        said("flat.png", "flat.png", true, true),
        said("1.png", "other 1.png", false, true),
        said("3 again.png", "3.png", false, true),
        said("3 again.png", "copy of 3.png", false, false),
    ] {
        assert!(pairs.contains(&expected), "{expected:?} in {pairs:?}");
    }
    assert!(leaks.pairs.is_sorted_by(|a, b| a.correlation >= b.correlation));
    assert_eq!(leaks.grid, Size::new(48, 40));
    assert_eq!((leaks.count(Side::Inside), leaks.count(Side::Against)), (5, 4));
    assert!(leaks.broken[0].what.contains("broken.png"), "{:?}", leaks.broken);
    let sizes: Vec<_> = leaks.clusters.iter().map(|c| (c.inside, c.against, c.mixed_labels)).collect();
    assert_eq!(sizes, [(1, 1, false), (1, 0, false), (2, 1, true), (1, 1, false), (0, 1, false)]);
    let twins: Vec<_> = leaks.inside().map(|file| leaks.training_twin(file).is_some()).collect();
    assert_eq!(twins, [true, false, true, true, true]);
}

/// Correlations straight from the definition, pair by pair in f64.
#[test]
fn the_matrix_product_finds_every_pair_of_the_definition() {
    let folder = tempfile::tempdir().unwrap();
    for seed in 0..40 {
        picture(&folder.path().join(format!("{seed}.png")), seed % 23, seed / 11);
    }
    let items = leak_items(folder.path(), &[]).items;
    let options = LeakOptions { threshold: 0.3, threads: 3, ..Default::default() };
    let found = find_leaks(&items, None, &options, &mut quiet).unwrap();
    let values: Vec<Vec<f64>> = items
        .iter()
        .map(|item| image::open(&item.path).unwrap().to_luma8().pixels().map(|p| f64::from(p.0[0])).collect())
        .collect();
    let correlation = |a: &[f64], b: &[f64]| {
        let mean = |v: &[f64]| v.iter().sum::<f64>() / v.len() as f64;
        let (ma, mb) = (mean(a), mean(b));
        let sum = |f: &dyn Fn(f64, f64) -> f64| a.iter().zip(b).map(|(x, y)| f(x - ma, y - mb)).sum::<f64>();
        sum(&|x, y| x * y) / (sum(&|x, _| x * x) * sum(&|_, y| y * y)).sqrt()
    };
    let mut expected = 0;
    for a in 0..values.len() {
        for b in a + 1..values.len() {
            let r = correlation(&values[a], &values[b]);
            assert!((r - 0.3).abs() > 1e-4, "no pair may lie on the threshold");
            expected += usize::from(r > 0.3);
            let pair = found.pairs.iter().find(|pair| (pair.a, pair.b) == (a, b));
            assert_eq!(pair.is_some(), r > 0.3, "{a} {b} {r}");
            assert!(pair.is_none_or(|pair| (f64::from(pair.correlation) - r).abs() < 1e-4));
        }
    }
    assert!(expected > 20 && found.pairs.len() == expected);
    let few = LeakOptions { most_pairs: 7, ..options };
    let fewer = find_leaks(&items, None, &few, &mut quiet).unwrap();
    assert_eq!(fewer.pairs, found.pairs[..7]);
    assert_eq!((fewer.pairs_found, &fewer.clusters), (found.pairs_found, &found.clusters));
}

#[test]
fn the_rest_is_counted_without_twins() {
    let folder = folder();
    let table = folder.path().join("predictions.csv");
    std::fs::write(&table, "path,predicted\ntest/a/1.png,a\ntest/a/2.png,b\ntest/b/3.png,b\ntest/b/flat.png,b\n")
        .unwrap();
    let predictions = read_predictions(&table, &TableOptions::default(), None).unwrap();
    let report = rest(&leaks(folder.path(), &LeakOptions::default()), &predictions);
    let of = |hits, of| Proportion { hits, of, none: Undefined::NoCases };
    assert_eq!((report.official, report.leaked, report.leak_free), (of(3, 4), of(3, 3), of(0, 1)));
    assert_eq!((report.cluster_free, report.unmatched), (of(0, 1), 1));
}

#[test]
fn looking_up_the_most_similar_training_picture_is_an_accuracy() {
    let folder = folder();
    let found = look_up(&leaks(folder.path(), &LeakOptions::default())).unwrap();
    // 1 and the flat picture right; 3 and its double are labelled otherwise; 2 has no twin.
    assert_eq!((found.twins.hits, found.twins.of, found.all.of), (2, 4, 5));
}

#[test]
fn files_of_both_folders_count_once_and_stopping_stops() {
    let folder = folder();
    let inside = leak_items(&folder.path().join("test"), &[]).items;
    let mut against = leak_items(folder.path(), &[]).items;
    assert_eq!(leave_out(&mut against, &inside), inside.len());
    assert_eq!(against.len(), 4);
    for stage in [LeakStage::Opening, LeakStage::Reading, LeakStage::Comparing] {
        let mut stop = |progress: LeakProgress| {
            if progress.stage == stage { Control::Stop } else { Control::Continue }
        };
        let stopped = find_leaks(&inside, Some(&against), &LeakOptions::default(), &mut stop);
        assert!(matches!(stopped, Err(LeakError::Stopped)));
    }
    let nothing = find_leaks(&[], None, &LeakOptions::default(), &mut quiet);
    assert!(matches!(nothing, Err(LeakError::NothingRead { .. })));
}

#[test]
fn labels_come_from_folders_or_from_the_class_list() {
    let folder = folder();
    let labels = |names: &[&str]| -> Vec<Option<String>> {
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        leak_items(&folder.path().join("test"), &names).items.into_iter().map(|item| item.label).collect()
    };
    assert_eq!(labels(&[])[0].as_deref(), Some("a"));
    assert!(labels(&["none", "such"]).iter().all(Option::is_none));
    picture(&folder.path().join("test/top.png"), 5, 0);
    assert!(labels(&[]).contains(&None));
}
