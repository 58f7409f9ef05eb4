//! A bright square is planted in pictures of awkward sizes; the map of a tiny network must peak on it, in the picture's
//! own coordinates, whatever the preparation did, and rows and columns must never be exchanged.

mod common;
#[allow(dead_code)] // one of several users of these models
#[path = "common/onnx_models.rs"]
mod onnx_models;

use ndarray::Array2;
use onnx_models::{Axis, attr_i, attr_ints, bytes, floats, model, node, value};
use overread::engine::{EngineChoice, EngineKind, Model, ProviderChoice, SessionOptions, runtime};
use overread::explain::{Explainer, Method, SaliencyMap, Target};
use overread::onnx::proto::{AttributeProto, AttributeType, DataType, GraphProto};
use overread::preprocess::{Prepared, Step, prepare};
use overread::scan::{self, Scan};

/// Where a network's windows begin.
#[derive(Clone, Copy, Debug)]
enum Padding {
    /// PyTorch: as much before as after.
    Both,
    /// Keras: what is missing, the odd pixel at the end.
    Same,
    /// None at all.
    Valid,
}

impl Padding {
    fn attributes(self, side: i64, stride: i64) -> Vec<AttributeProto> {
        let mut all = vec![attr_ints("kernel_shape", &[side, side]), attr_ints("strides", &[stride, stride])];
        match self {
            Self::Both => all.push(attr_ints("pads", &[side / 2; 4])),
            Self::Same => all.push(AttributeProto {
                name: "auto_pad".into(),
                s: b"SAME_UPPER".to_vec().into(),
                r#type: AttributeType::String as i32,
                ..Default::default()
            }),
            Self::Valid => {}
        }
        all
    }
}

/// Conv 3 x 3 of ones with step 2, Relu, max-pooling 3 x 3 with step 2, Conv 3 x 3 of ones with step 2, Relu, global
/// average, dense: brightness is evidence for class 1. Pictures of one channel, of any size.
fn network(padding: Padding) -> Vec<u8> {
    let any = || vec![Axis::Open("n"), Axis::Fixed(1), Axis::Open("h"), Axis::Open("w")];
    let conv = |attributes: Vec<AttributeProto>| {
        [attributes, vec![attr_i("group", 1), attr_ints("dilations", &[1, 1])]].concat()
    };
    let nodes = vec![
        node("Conv", &["image", "k1"], &["c1"], conv(padding.attributes(3, 2))),
        node("Relu", &["c1"], &["r1"], vec![]),
        node("MaxPool", &["r1"], &["p1"], padding.attributes(3, 2)),
        node("Conv", &["p1", "k2"], &["c2"], conv(padding.attributes(3, 2))),
        node("Relu", &["c2"], &["map"], vec![]),
        node("GlobalAveragePool", &["map"], &["mean"], vec![]),
        node("Flatten", &["mean"], &["flat"], vec![attr_i("axis", 1)]),
        node("Gemm", &["flat", "dense"], &["logits"], vec![]),
    ];
    let graph = GraphProto {
        node: nodes,
        initializer: vec![
            floats("k1", &[2, 1, 3, 3], vec![1.0 / 9.0; 18]),
            floats("k2", &[2, 2, 3, 3], vec![1.0 / 18.0; 36]),
            floats("dense", &[2, 2], vec![-1.0, 1.0, -0.5, 0.5]),
        ],
        input: vec![value("image", DataType::Float, any())],
        output: vec![value("logits", DataType::Float, vec![Axis::Open("n"), Axis::Fixed(2)])],
        ..Default::default()
    };
    bytes(&model(13, graph))
}

/// A PNG, black but for a white square of `side` pixels with its first pixel at `(row, col)`.
fn planted(folder: &std::path::Path, rows: usize, cols: usize, (row, col): (usize, usize), side: usize) -> Scan {
    let path = folder.join(format!("{rows}x{cols}-{row}-{col}.png"));
    let pixel = |x: u32, y: u32| {
        let inside = (row..row + side).contains(&(y as usize)) && (col..col + side).contains(&(x as usize));
        image::Luma([if inside { 240u8 } else { 0 }])
    };
    image::GrayImage::from_fn(cols as u32, rows as u32, pixel).save(&path).unwrap();
    scan::open(&path).unwrap()
}

/// Where the map peaks, in pixels of the picture: the centre of its largest cells. And the size of a cell there.
fn peak(map: &SaliencyMap, prepared: &Prepared) -> ((f64, f64), (f64, f64)) {
    let image_from_map = map.image_from_map(&prepared.model_from_image).unwrap();
    let largest = map.values.iter().copied().fold(f32::MIN, f32::max);
    let (mut x, mut y, mut count) = (0.0, 0.0, 0.0);
    for ((row, col), value) in map.values.indexed_iter() {
        if *value > 0.98 * largest {
            let (cell_x, cell_y) = image_from_map.apply((col as f64 + 0.5, row as f64 + 0.5));
            (x, y, count) = (x + cell_x, y + cell_y, count + 1.0);
        }
    }
    ((x / count, y / count), (image_from_map.scale_x.abs(), image_from_map.scale_y.abs()))
}

const PREPARATIONS: [&str; 5] = [
    r#"[]"#,
    r#"[{"step":"resize","size":[160,160],"filter":"bilinear","as":"pillow"}]"#,
    r#"[{"step":"resize","size":[150,230],"filter":"bilinear","as":"tensorflow"}]"#,
    r#"[{"step":"resize_shorter","size":170,"as":"pillow"},{"step":"center_crop","size":[161,160],"as":"torch"}]"#,
    r#"[{"step":"letterbox","size":[160,192],"as":"pillow"}]"#,
];

#[test]
fn the_map_peaks_on_the_planted_square() {
    let mut engines = vec![EngineChoice::Embedded];
    if common::require("onnxruntime", runtime::status().would_use == EngineKind::OnnxRuntime) {
        engines.push(EngineChoice::OnnxRuntime);
    }
    let folder = tempfile::tempdir().unwrap();
    let mut checked = 0;
    for padding in [Padding::Both, Padding::Same, Padding::Valid] {
        let path = folder.path().join(format!("{padding:?}.onnx"));
        std::fs::write(&path, network(padding)).unwrap();
        let model = Model::load(&path).unwrap();
        for engine in &engines {
            let options = SessionOptions { threads: 1, provider: ProviderChoice::Cpu, ..Default::default() };
            let mut explainer = Explainer::start(&model, None, *engine, &options).unwrap();
            assert!(explainer.layer_reason().starts_with("last feature map before GlobalAveragePool"));
            for (rows, cols) in [(208, 176), (175, 209)] {
                for at in [(40, 117), (121, 60), (84, 92)] {
                    let scan = planted(folder.path(), rows, cols, at, 17);
                    let frame = scan.frame(0).unwrap();
                    for steps in PREPARATIONS {
                        let steps: Vec<Step> = serde_json::from_str(steps).unwrap();
                        let prepared = prepare(&frame, &scan.meta, &steps, false).unwrap();
                        let features = explainer.run(&[prepared.tensor.view()], &[1], Target::Logit).unwrap();
                        let map = Method::GradCam.map(&features[0]).unwrap();
                        let layer = map.layer.as_ref().unwrap();
                        assert_eq!(map.values.dim(), (layer.rows, layer.cols));
                        let ((x, y), (cell_x, cell_y)) = peak(&map, &prepared);
                        let (true_x, true_y) = (at.1 as f64 + 8.5, at.0 as f64 + 8.5);
                        let off = ((x - true_x) / cell_x, (y - true_y) / cell_y);
                        assert!(
                            off.0.abs() < 1.0 && off.1.abs() < 1.0,
                            "{padding:?} {engine:?} {rows} x {cols} {at:?} {steps:?}: off by {off:?} cells"
                        );
                        checked += 1;
                    }
                }
            }
        }
    }
    println!("{checked} squares found");
}

/// Averaged over many places the offset vanishes: what is left would be a wrong half cell.
#[test]
fn on_average_the_peak_is_not_shifted() {
    let folder = tempfile::tempdir().unwrap();
    for padding in [Padding::Both, Padding::Same, Padding::Valid] {
        let path = folder.path().join("model.onnx");
        std::fs::write(&path, network(padding)).unwrap();
        let model = Model::load(&path).unwrap();
        let options = SessionOptions { threads: 1, ..Default::default() };
        let mut explainer = Explainer::start(&model, None, EngineChoice::Embedded, &options).unwrap();
        let (mut sum, mut count) = ((0.0, 0.0), 0.0);
        for shift in 0..8 {
            let at = (80 + shift, 96 - shift);
            let scan = planted(folder.path(), 208, 176, at, 9);
            let prepared = prepare(&scan.frame(0).unwrap(), &scan.meta, &[], false).unwrap();
            let features = explainer.run(&[prepared.tensor.view()], &[1], Target::Logit).unwrap();
            let map = Method::GradCam.map(&features[0]).unwrap();
            let image_from_map = map.image_from_map(&prepared.model_from_image).unwrap();
            let (x, y) = image_from_map.apply(centre_of_mass(&map.positive()));
            sum = (sum.0 + x - (at.1 as f64 + 4.5), sum.1 + y - (at.0 as f64 + 4.5));
            count += 1.0;
        }
        let (x, y) = (sum.0 / count, sum.1 / count);
        assert!(x.abs() < 0.51 && y.abs() < 0.51, "{padding:?}: shifted by ({x:.2}, {y:.2}) pixels of cells of 8");
    }
}

/// x and y in cells, edges at whole numbers.
fn centre_of_mass(map: &Array2<f32>) -> (f64, f64) {
    let (mut sum, mut x, mut y) = (0.0, 0.0, 0.0);
    for ((row, col), value) in map.indexed_iter() {
        let value = f64::from(*value);
        (sum, x, y) = (sum + value, x + value * (col as f64 + 0.5), y + value * (row as f64 + 0.5));
    }
    (x / sum, y / sum)
}
