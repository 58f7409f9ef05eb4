//! Which well-known network a graph is, by the names its layers kept, and how that network's own scripts prepare pictures.
//!
//! A name is evidence about the network, never about the pictures it was trained on: what follows from it is assumed, and
//! says so. The names are those of the layers in Keras 3.15 (and 2.15 where they differ), torchvision 0.29, timm 1.0,
//! transformers 4 and 5, MONAI 1.6 and fastai 2.8; `tests/zoo/models` holds exports of about half of the families.

use crate::onnx::{Entry, Graph};
use crate::preprocess::{Preset, Recipe, Scale};

/// A recognised network.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Family {
    /// `VGG16`, `ResNet (torchvision, timm)`…
    pub network: &'static str,
    /// The layers that gave it away.
    pub seen: &'static [&'static [&'static str]],
    /// What its own scripts do with pictures; one of [`crate::preprocess::PRESETS`].
    pub preset: &'static str,
    /// The same for networks that scale values in the graph, where this graph does not.
    without_scaling: Option<&'static str>,
}

impl Family {
    /// The recipe, without the scale that the graph makes itself.
    pub(super) fn recipe(&self, scales_itself: bool) -> Option<(&'static Preset, Recipe)> {
        let preset = match self.without_scaling {
            Some(other) if !scales_itself => other,
            _ => self.preset,
        };
        let preset = Preset::by_name(preset)?;
        let recipe = preset.recipe();
        Some((preset, if scales_itself { Recipe { scale: Scale::Raw, ..recipe } } else { recipe }))
    }

    /// `its layers are named as those of VGG16 (Keras applications), "block1_conv1"`.
    pub fn words(&self) -> String {
        let seen = self.seen.first().and_then(|names| names.first()).copied().unwrap_or_default();
        format!("its layers are named as those of {}: \"{seen}\" and others", self.network)
    }
}

/// Every one of `seen` must be there, each in one of its spellings.
const fn row(network: &'static str, preset: &'static str, seen: &'static [&'static [&'static str]]) -> Family {
    Family { network, seen, preset, without_scaling: None }
}

/// Networks with scaling layers inside; `without` is for builds that left those out.
const fn inside(network: &'static str, without: &'static str, seen: &'static [&'static [&'static str]]) -> Family {
    Family { network, seen, preset: "keras-raw", without_scaling: Some(without) }
}

/// The first that fits counts: names that others share stand below.
static FAMILIES: &[Family] = &[
    row("Xception (Keras applications)", "keras-tf", &[&["block2_sepconv1"], &["block4_sepconv2"]]),
    row("VGG19 (Keras applications)", "keras-caffe", &[&["block1_conv1"], &["block3_conv4"]]),
    row("VGG16 (Keras applications)", "keras-caffe", &[&["block1_conv1"], &["block3_conv3"]]),
    row("ResNetV2 (Keras applications)", "keras-tf", &[&["conv2_block1_preact_relu"], &["conv2_block1_1_relu"]]),
    row("DenseNet (Keras applications)", "keras-torch", &[&["conv2_block1_concat"], &["conv2_block2_concat"]]),
    row("ResNet (Keras applications)", "keras-caffe", &[&["conv2_block1_1_relu"], &["conv2_block1_out"]]),
    row("InceptionResNetV2 (Keras applications)", "keras-tf", &[&["mixed_5b"], &["block35_1_ac", "block35_1"]]),
    row("InceptionV3 (Keras applications)", "keras-tf", &[&["mixed1"], &["mixed5"]]),
    row("MobileNet (Keras applications)", "keras-tf", &[&["conv_dw_1_relu"], &["conv_pw_1_relu"]]),
    inside(
        "MobileNetV3 (Keras applications)",
        "keras-tf",
        &[
            &["expanded_conv_1_expand", "expanded_conv_1.expand"],
            &["expanded_conv_1_project", "expanded_conv_1.project"],
        ],
    ),
    row("MobileNetV2 (Keras applications)", "keras-tf", &[&["Conv1_relu"], &["block_1_expand_relu"]]),
    // Without scaling, a V1 is one of the older efficientnet package, which scales as torch does.
    inside("EfficientNetV2 (Keras applications)", "keras-tf", &[&["stem_activation"], &["block1a_project_activation"]]),
    inside("EfficientNet (Keras applications)", "keras-torch", &[&["stem_activation"], &["block2a_expand_activation"]]),
    row("NASNet (Keras applications)", "keras-tf", &[&["reduction_concat_stem_1"], &["adjust_bn_stem_2"]]),
    inside(
        "ConvNeXt (Keras applications)",
        "keras-torch",
        &[&[
            "convnext_tiny_stem",
            "convnext_small_stem",
            "convnext_base_stem",
            "convnext_large_stem",
            "convnext_xlarge_stem",
        ]],
    ),
    row("DenseNet (MONAI)", "monai", &[&["denseblock1.denselayer1.layers.conv1"]]),
    row("DenseNet (torchvision)", "torchvision", &[&["features.denseblock1.denselayer1.conv1"]]),
    row("ResNet (torchvision, timm)", "torchvision", &[&["layer1.0.conv1"], &["layer4.0.conv1"]]),
    row("EfficientNet (torchvision)", "timm", &[&["features.1.0.block.1.fc1"], &["features.2.0.block.2.fc1"]]),
    row("MobileNetV2 (torchvision)", "torchvision", &[&["features.1.conv.0.0"], &["features.2.conv.1.0"]]),
    row("MobileNetV3 (torchvision)", "torchvision", &[&["features.1.block.0.0"], &["features.2.block.1.0"]]),
    row("SqueezeNet (torchvision)", "torchvision", &[&["features.3.squeeze"], &["features.3.expand1x1"]]),
    row("VGG or AlexNet (torchvision)", "torchvision", &[&["features.0"], &["features.3"], &["classifier.6"]]),
    row("Vision Transformer (torchvision)", "torchvision", &[&["encoder.layers.encoder_layer_0.self_attention"]]),
    row("EfficientNet (timm)", "timm", &[&["conv_stem"], &["blocks.0.0.conv_dw"]]),
    row("ConvNeXt (timm)", "timm", &[&["stages.0.blocks.0.conv_dw"]]),
    row("Vision Transformer (timm)", "timm-inception", &[&["patch_embed.proj"], &["blocks.0.attn.qkv"]]),
    row(
        "Vision Transformer (Hugging Face)",
        "torchvision-half",
        &[&["vit.encoder.layer.0.attention", "vit.layers.0.attention"]],
    ),
    row("ResNet (Hugging Face)", "timm", &[&["resnet.encoder.stages.0.layers.0", "encoder.stages.0.layers.0.layer.0"]]),
    row("a ResNet body (fastai)", "torchvision-squash", &[&["0.4.0.conv1"], &["0.7.0.conv1"]]),
];

/// Recognises a network, or does not.
pub fn family(graph: &Graph) -> Option<Family> {
    let names = Names::of(graph);
    let all = |family: &&Family| family.seen.iter().all(|spellings| spellings.iter().any(|name| names.has(name)));
    FAMILIES.iter().find(all).copied()
}

/// True where the graph scales 0..255 itself: what is seen between the input and the first layer, or Keras' caffe mode,
/// whose constants lie behind a change of the channels' order.
pub(super) fn scales_itself(graph: &Graph, entry: &Entry) -> bool {
    const BLUE_MEAN: f32 = 103.939;
    let is_caffe =
        |values: &[f32]| values.len() == 3 && values.iter().any(|value| (value.abs() - BLUE_MEAN).abs() < 1e-3);
    entry.scales_8bit() || graph.small_constants().any(|values| is_caffe(&values))
}

/// The paths of nodes and weights, one a line, their parts parted by points.
struct Names(String);

/// Beyond this many bytes of names nothing more is looked at.
const MOST_BYTES: usize = 8 << 20;

impl Names {
    fn of(graph: &Graph) -> Self {
        let mut text = String::from("\n");
        for name in graph.names().filter(|name| !name.is_empty()) {
            if text.len() + name.len() > MOST_BYTES {
                break;
            }
            push_path(&mut text, name);
        }
        Self(text)
    }

    /// True where a path holds these parts in a row. Keras numbers layers of the same name: `block1_conv1_1` counts too.
    fn has(&self, parts: &str) -> bool {
        self.0.match_indices(parts).any(|(at, _)| {
            let before = self.0.get(..at).is_some_and(|before| before.ends_with(['.', '\n']));
            let after = self.0.get(at + parts.len()..).unwrap_or_default();
            let after = match after.strip_prefix('_') {
                Some(number) if number.starts_with(|letter: char| letter.is_ascii_digit()) => {
                    number.trim_start_matches(|letter: char| letter.is_ascii_digit())
                }
                _ => after,
            };
            before && after.starts_with(['.', '\n'])
        })
    }
}

/// `/layer1/layer1.0/conv1/Conv` (TorchScript repeats the name of the list) becomes `layer1.0.conv1.Conv`.
fn push_path(text: &mut String, name: &str) {
    let mut parts = name.split(['/', ':']).filter(|part| !part.is_empty()).peekable();
    while let Some(part) = parts.next() {
        let repeated =
            parts.peek().is_some_and(|next| next.strip_prefix(part).is_some_and(|rest| rest.starts_with('.')));
        if !repeated {
            text.push_str(part);
            text.push(if parts.peek().is_some() { '.' } else { '\n' });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::onnx::proto::{GraphProto, ModelProto, NodeProto, TensorProto, ValueInfoProto};
    use crate::onnx::read;
    use prost::Message;

    fn graph(nodes: &[&str], weights: &[&str]) -> Graph {
        let node = |name: &&str| NodeProto { name: (*name).to_owned(), op_type: "Relu".into(), ..Default::default() };
        let weight = |name: &&str| TensorProto { name: (*name).to_owned(), ..Default::default() };
        let graph = GraphProto {
            node: nodes.iter().map(node).collect(),
            initializer: weights.iter().map(weight).collect(),
            output: vec![ValueInfoProto { name: "y".into(), ..Default::default() }],
            ..Default::default()
        };
        read(&ModelProto { graph: Some(graph), ..Default::default() }.encode_to_vec()).unwrap()
    }

    fn network(nodes: &[&str], weights: &[&str]) -> Option<(&'static str, &'static str)> {
        family(&graph(nodes, weights)).map(|found| (found.network, found.preset))
    }

    #[test]
    fn names_as_the_exporters_write_them_tell_the_network() {
        // tf2onnx of Keras 3, of Keras 2, and of a base inside a model.
        for prefix in ["functional_1/", "model/", "StatefulPartitionedCall/model_1/vgg16/"] {
            let nodes = [format!("{prefix}block1_conv1_1/Relu"), format!("{prefix}block3_conv3/Relu")];
            let nodes: Vec<&str> = nodes.iter().map(String::as_str).collect();
            assert_eq!(network(&nodes, &[]), Some(("VGG16 (Keras applications)", "keras-caffe")), "{prefix}");
        }
        let vgg19 = ["f/block1_conv1/Relu", "f/block3_conv3/Relu", "f/block3_conv4_1/Relu"];
        assert_eq!(network(&vgg19, &[]).unwrap().0, "VGG19 (Keras applications)");
        let weights = ["f/block1_conv1/convolution/ReadVariableOp:0", "f/block3_conv3/Squeeze:0"];
        assert!(network(&["Conv__1"], &weights).is_some(), "tf2onnx renames convolutions, not their weights");
        // TorchScript, dynamo, and inside another module.
        for nodes in [
            ["/layer1/layer1.0/conv1/Conv", "/layer4/layer4.0/conv1/Conv"],
            ["/backbone/layer1/layer1.0/conv1/Conv", "/backbone/layer4/layer4.0/conv1/Conv"],
        ] {
            assert_eq!(network(&nodes, &[]), Some(("ResNet (torchvision, timm)", "torchvision")));
        }
        assert!(network(&["node_Conv_1"], &["layer1.0.conv1.weight", "m.layer4.0.conv1.weight_bias"]).is_some());
    }

    #[test]
    fn a_likeness_is_not_enough() {
        for nodes in [
            ["f/block1_conv1/Relu", "f/block30_conv3/Relu"],
            ["f/myblock1_conv1/Relu", "f/block3_conv3/Relu"],
            ["f/block1_conv1/Relu", "f/block3_conv3x/Relu"],
            ["/layer1/layer1.0/conv10/Conv", "/layer4/layer4.0/conv1/Conv"],
            ["conv2d/Relu", "dense/MatMul"],
        ] {
            assert_eq!(network(&nodes, &[]), None, "{nodes:?}");
        }
        assert_eq!(network(&["", "a//b", "한/글"], &["::", "/"]), None);
    }

    #[test]
    fn every_family_has_its_preset_and_what_the_graph_scales_is_not_scaled_again() {
        for family in FAMILIES {
            for scales_itself in [false, true] {
                let (preset, recipe) = family.recipe(scales_itself).unwrap();
                assert!(!scales_itself || recipe.scale == Scale::Raw, "{}", family.network);
                assert!(scales_itself || preset.name != "keras-raw", "{}", family.network);
            }
        }
    }

    #[test]
    fn caffes_constants_inside_the_graph_are_seen() {
        let mut model = graph(&["a"], &["mean"]).proto;
        let mean = &mut model.graph.as_mut().unwrap().initializer[0];
        mean.data_type = 1;
        mean.dims = vec![3];
        mean.float_data = vec![-103.939, -116.779, -123.68];
        let graph = read(&model.encode_to_vec()).unwrap();
        assert!(scales_itself(&graph, &Entry::default()));
        assert!(!scales_itself(&self::graph(&["a"], &["mean"]), &Entry::default()));
    }
}
