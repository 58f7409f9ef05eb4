//! Small ONNX models built in code.

use overread::onnx::proto::*;
use prost::Message;

/// An axis of an input or output.
pub enum Axis {
    Fixed(i64),
    Open(&'static str),
}

pub fn attr_i(name: &str, value: i64) -> AttributeProto {
    AttributeProto { name: name.into(), i: value, r#type: AttributeType::Int as i32, ..Default::default() }
}

pub fn attr_ints(name: &str, values: &[i64]) -> AttributeProto {
    AttributeProto {
        name: name.into(),
        ints: values.to_vec(),
        r#type: AttributeType::Ints as i32,
        ..Default::default()
    }
}

pub fn attr_graph(name: &str, graph: GraphProto) -> AttributeProto {
    AttributeProto { name: name.into(), g: Some(graph), r#type: AttributeType::Graph as i32, ..Default::default() }
}

pub fn node(op: &str, inputs: &[&str], outputs: &[&str], attribute: Vec<AttributeProto>) -> NodeProto {
    NodeProto {
        op_type: op.into(),
        name: format!("node_{}", outputs.first().copied().unwrap_or(op)),
        input: inputs.iter().map(|name| (*name).to_owned()).collect(),
        output: outputs.iter().map(|name| (*name).to_owned()).collect(),
        attribute,
        ..Default::default()
    }
}

pub fn floats(name: &str, dims: &[i64], values: Vec<f32>) -> TensorProto {
    let raw: Vec<u8> = values.iter().flat_map(|value| value.to_le_bytes()).collect();
    TensorProto {
        name: name.into(),
        dims: dims.to_vec(),
        data_type: DataType::Float as i32,
        raw_data: raw.into(),
        ..Default::default()
    }
}

pub fn integers(name: &str, values: &[i64]) -> TensorProto {
    TensorProto {
        name: name.into(),
        dims: vec![values.len() as i64],
        data_type: DataType::Int64 as i32,
        int64_data: values.to_vec(),
        ..Default::default()
    }
}

pub fn value(name: &str, dtype: DataType, axes: Vec<Axis>) -> ValueInfoProto {
    let dim = axes
        .into_iter()
        .map(|axis| Dimension {
            value: Some(match axis {
                Axis::Fixed(length) => DimensionValue::DimValue(length),
                Axis::Open(name) => DimensionValue::DimParam(name.to_owned()),
            }),
            ..Default::default()
        })
        .collect();
    let tensor = TensorType { elem_type: dtype as i32, shape: Some(TensorShapeProto { dim }) };
    ValueInfoProto {
        name: name.into(),
        r#type: Some(TypeProto { value: Some(TypeValue::Tensor(tensor)), ..Default::default() }),
        ..Default::default()
    }
}

pub fn model(opset: i64, graph: GraphProto) -> ModelProto {
    ModelProto {
        ir_version: 8,
        producer_name: "overread tests".into(),
        opset_import: vec![OperatorSetIdProto { domain: String::new(), version: opset }],
        graph: Some(GraphProto { name: "g".into(), ..graph }),
        ..Default::default()
    }
}

pub fn bytes(model: &ModelProto) -> Vec<u8> {
    model.encode_to_vec()
}

/// Numbers without a pattern, in -0.5..0.5, the same on every machine.
pub fn noise(count: usize, seed: u32) -> Vec<f32> {
    let mut state = seed.wrapping_mul(2_654_435_761).wrapping_add(1);
    (0..count)
        .map(|_| {
            state ^= state << 13;
            state ^= state >> 17;
            state ^= state << 5;
            state as f32 / u32::MAX as f32 - 0.5
        })
        .collect()
}

/// What the last operators of [`small_cnn`] are.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Tail {
    Logits,
    Softmax,
    /// One output.
    Sigmoid,
    /// Softmax, then Identity and Reshape.
    SoftmaxThenReshape,
    LogSoftmax,
}

/// Conv 3x3 (4 filters), Relu, global average, dense layer: 8 x 8 pictures of 3 channels to 3 classes.
pub fn small_cnn(channels_last: bool, batch: Axis, tail: Tail) -> ModelProto {
    let classes: i64 = if tail == Tail::Sigmoid { 1 } else { 3 };
    let (side, three) = (8, 3);
    let axes = if channels_last {
        vec![batch, Axis::Fixed(side), Axis::Fixed(side), Axis::Fixed(three)]
    } else {
        vec![batch, Axis::Fixed(three), Axis::Fixed(side), Axis::Fixed(side)]
    };
    let mut nodes = Vec::new();
    let first = if channels_last {
        nodes.push(node("Transpose", &["image"], &["nchw"], vec![attr_ints("perm", &[0, 3, 1, 2])]));
        "nchw"
    } else {
        "image"
    };
    nodes.push(node(
        "Conv",
        &[first, "kernel", "offset"],
        &["conv"],
        vec![
            attr_ints("kernel_shape", &[3, 3]),
            attr_ints("pads", &[1, 1, 1, 1]),
            attr_ints("strides", &[1, 1]),
            attr_ints("dilations", &[1, 1]),
            attr_i("group", 1),
        ],
    ));
    nodes.push(node("Relu", &["conv"], &["map"], vec![]));
    nodes.push(node("GlobalAveragePool", &["map"], &["mean"], vec![]));
    nodes.push(node("Flatten", &["mean"], &["flat"], vec![attr_i("axis", 1)]));
    nodes.push(node("Gemm", &["flat", "dense", "bias"], &["logits"], vec![]));
    let output = match tail {
        Tail::Logits => "logits",
        Tail::Softmax => {
            nodes.push(node("Softmax", &["logits"], &["scores"], vec![]));
            "scores"
        }
        Tail::LogSoftmax => {
            nodes.push(node("LogSoftmax", &["logits"], &["scores"], vec![]));
            "scores"
        }
        Tail::Sigmoid => {
            nodes.push(node("Sigmoid", &["logits"], &["scores"], vec![]));
            "scores"
        }
        Tail::SoftmaxThenReshape => {
            nodes.push(node("Softmax", &["logits"], &["soft"], vec![attr_i("axis", 1)]));
            nodes.push(node("Identity", &["soft"], &["same"], vec![]));
            nodes.push(node("Reshape", &["same", "shape"], &["scores"], vec![]));
            "scores"
        }
    };
    let mut initializer = vec![
        floats("kernel", &[4, 3, 3, 3], noise(108, 1)),
        floats("offset", &[4], noise(4, 2)),
        floats("dense", &[4, classes], noise(4 * classes as usize, 3).iter().map(|v| v * 8.0).collect()),
        floats("bias", &[classes], noise(classes as usize, 4)),
    ];
    if tail == Tail::SoftmaxThenReshape {
        initializer.push(integers("shape", &[-1, classes]));
    }
    let graph = GraphProto {
        node: nodes,
        initializer,
        input: vec![value("image", DataType::Float, axes)],
        output: vec![value(output, DataType::Float, vec![Axis::Open("N"), Axis::Fixed(classes)])],
        ..Default::default()
    };
    model(13, graph)
}

/// Pad(0) then MaxPool 3x3, stride 2, over 1 x 1 x 3 x 3, flattened: the case that ONNX Runtime's Pad_Fusion gets wrong.
pub fn pad_then_max_pool() -> ModelProto {
    let graph = GraphProto {
        node: vec![
            node("Pad", &["image", "pads"], &["padded"], vec![]),
            node(
                "MaxPool",
                &["padded"],
                &["pooled"],
                vec![attr_ints("kernel_shape", &[2, 2]), attr_ints("strides", &[2, 2])],
            ),
            node("Flatten", &["pooled"], &["logits"], vec![attr_i("axis", 1)]),
        ],
        initializer: vec![integers("pads", &[0, 0, 1, 1, 0, 0, 0, 0])],
        input: vec![value(
            "image",
            DataType::Float,
            vec![Axis::Open("N"), Axis::Fixed(1), Axis::Fixed(3), Axis::Fixed(3)],
        )],
        output: vec![value("logits", DataType::Float, vec![Axis::Open("N"), Axis::Fixed(4)])],
        ..Default::default()
    };
    model(13, graph)
}
