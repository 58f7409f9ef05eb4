"""Small exports of torchvision, timm, Hugging Face, MONAI and of own networks, with what PyTorch says of two pictures.

    python tests/zoo/make_import_torch.py [part of a family's name…]

Topology and names of the layers are the families' own, layers many times narrower (DenseNet also shallower), weights random
with a seed. Pictures are prepared by each library's own transforms; timm's, Hugging Face's and MONAI's configuration files
are written by the libraries themselves (a bundle's `inference.json` is a person's work anywhere, so here).
"""

import json
import sys

import make_torch as zoo

import monai
import numpy as np
import timm
import onnx
import torch
import torchvision
import transformers
from PIL import Image
from timm.models._hub import save_config_for_hf
from torch import nn
from torch.nn import functional as F
from torchvision import models as tv

from import_zoo import COLOUR, GREY, MODELS, NAMES, List, softmax


def prepared_by(transform, files=(COLOUR, GREY)):
    return torch.stack([transform(Image.open(file).convert("RGB")) for file in files])


def explained(body, head, shown):
    """Probabilities, the winning class and Grad-CAM of its logit. `body` gives the map, `head` the logits of it."""
    found = []
    for picture in shown:
        maps = body(picture[None]).detach().requires_grad_()
        logits = head(maps)
        chosen = int(logits.argmax())
        logits[0, chosen].backward()
        weights = maps.grad.mean((2, 3), keepdim=True)
        found.append((softmax(logits[0].detach().double().numpy()), chosen, (weights * maps).sum(1)[0].detach().numpy()))
    return found


def export(model, shown, path, dynamo=False):
    path.parent.mkdir(parents=True, exist_ok=True)
    exporter, opset = ("dynamo", 18) if dynamo else ("torchscript", 17)
    zoo.export(model, shown, str(path), exporter, opset, None, False)
    if dynamo:
        without_origin(path)


def without_origin(path):
    """The new exporter writes where in whose files each node came from."""
    model = onnx.load(path)
    graph = model.graph
    for part in (graph.node, graph.value_info, graph.input, graph.output, graph.initializer):
        for item in part:
            del item.metadata_props[:]
            item.doc_string = ""
    del graph.metadata_props[:]
    onnx.save(model, path)


def around(shown):
    return torch.cat([shown, shown.flip(3), shown.flip(2), shown.flip(2, 3)])


def small_vgg():
    """torchvision's VGG16 with its own list of layers, narrower, and a narrower classifier under the same names."""
    layers = [2, 2, "M", 4, 4, "M", 8, 8, 8, "M", 16, 16, 16, "M", 16, 16, 16, "M"]
    model = tv.VGG(tv.vgg.make_layers(layers), num_classes=len(NAMES), init_weights=False)
    model.classifier = nn.Sequential(
        nn.Linear(16 * 49, 16), nn.ReLU(), nn.Dropout(), nn.Linear(16, 16), nn.ReLU(), nn.Dropout(), nn.Linear(16, len(NAMES)))
    return model


def pooled(model):
    return lambda maps: model.classifier(torch.flatten(F.adaptive_avg_pool2d(maps, 1), 1))


def resnet_body(model):
    def body(x):
        x = model.maxpool(model.relu(model.bn1(model.conv1(x))))
        return model.layer4(model.layer3(model.layer2(model.layer1(x))))

    return body


classes = dict(num_classes=len(NAMES))
# family: (model, its transforms, body and head of the built model, dynamo)
TORCHVISION = {
    "ResNet18": (
        lambda: zoo.narrowed(tv.resnet18(**classes), 32), tv.ResNet18_Weights.DEFAULT,
        lambda m: (resnet_body(m), lambda maps: m.fc(maps.mean((2, 3)))), False),
    "ResNet18, dynamo": (
        lambda: zoo.narrowed(tv.resnet18(**classes), 32), tv.ResNet18_Weights.DEFAULT,
        lambda m: (resnet_body(m), lambda maps: m.fc(maps.mean((2, 3)))), True),
    "VGG16": (
        small_vgg, tv.VGG16_Weights.IMAGENET1K_V1,
        lambda m: (m.features, lambda maps: m.classifier(torch.flatten(maps, 1))), False),
    "DenseNet": (
        lambda: tv.DenseNet(4, (2, 3, 3, 2), 8, 2, **classes), tv.DenseNet121_Weights.DEFAULT,
        lambda m: (lambda x: F.relu(m.features(x)), pooled(m)), False),
    "MobileNetV2": (
        lambda: zoo.narrowed(tv.mobilenet_v2(**classes), 16), tv.MobileNet_V2_Weights.IMAGENET1K_V1,
        lambda m: (m.features, pooled(m)), False),
    "EfficientNetB0": (
        lambda: zoo.narrowed(tv.efficientnet_b0(**classes), 32), tv.EfficientNet_B0_Weights.DEFAULT,
        lambda m: (m.features, pooled(m)), False),
}


def torchvision_families(results, wanted):
    for name, (make, weights, parts, dynamo) in TORCHVISION.items():
        if not wanted(f"torchvision {name}"):
            continue
        torch.manual_seed(21)
        shown = prepared_by(weights.transforms())
        model = zoo.settled(make(), around(shown))
        path = MODELS / f"torch_{name.lower().replace(', ', '_')}.onnx"
        export(model, shown, path, dynamo)
        said = dict(zip((COLOUR, GREY), explained(*parts(model), shown)))
        results.add(f"torchvision {name}", path, f"{type(weights).__name__}.{weights.name}.transforms()", said)


def timm_families(results, wanted):
    for name in ["resnet18"]:
        if not wanted(f"timm {name}"):
            continue
        torch.manual_seed(22)
        model = timm.create_model(name, pretrained=False, **classes)
        data = timm.data.resolve_model_data_config(model)
        shown = prepared_by(timm.data.create_transform(**data, is_training=False))
        model = zoo.settled(zoo.narrowed(model, 32), around(shown))
        folder = MODELS / f"timm_{name}"
        export(model, shown, folder / "model.onnx")
        save_config_for_hf(model, folder / "config.json", {"num_classes": len(NAMES), "label_names": NAMES})
        head = lambda maps: model.forward_head(maps)
        said = dict(zip((COLOUR, GREY), explained(model.forward_features, head, shown)))
        results.add(f"timm {name}", folder, "timm.data.create_transform", said, None)


class Logits(nn.Module):
    def __init__(self, network):
        super().__init__()
        self.network = network

    def forward(self, image):
        return self.network(image).logits


def hugging_face(results, wanted):
    labels = dict(id2label=dict(enumerate(NAMES)), label2id={name: index for index, name in enumerate(NAMES)})
    if wanted("Hugging Face ResNet"):
        torch.manual_seed(23)
        config = transformers.ResNetConfig(embedding_size=8, hidden_sizes=[8, 8, 12, 16], depths=[1, 1, 1, 1], layer_type="basic", **labels)
        network = transformers.ResNetForImageClassification(config)
        processor = transformers.ConvNextImageProcessor(crop_pct=0.875, size={"shortest_edge": 224}, resample=3)
        head = lambda maps: network.classifier(network.resnet.pooler(maps))
        body = lambda x: network.resnet(x).last_hidden_state
        face(results, "resnet", "Hugging Face ResNet", network, config, processor, body, head)
    if wanted("Hugging Face ViT"):
        torch.manual_seed(24)
        config = transformers.ViTConfig(
            hidden_size=12, num_hidden_layers=2, num_attention_heads=3, intermediate_size=24, image_size=128, attn_implementation="eager", **labels)
        network = transformers.ViTForImageClassification(config)
        processor = transformers.ViTImageProcessor(size={"height": 128, "width": 128})
        face(results, "vit", "Hugging Face ViT", network, config, processor, None, None)
    if wanted("Hugging Face ResNet of version 4"):
        torch.manual_seed(27)
        config = transformers.ResNetConfig(embedding_size=8, hidden_sizes=[8, 8, 12, 16], depths=[1, 1, 1, 1], layer_type="basic", **labels)
        network = transformers.ResNetForImageClassification(config)
        # Version 4 writes this name for the processor that uses Pillow, as version 5 does for both.
        processor = transformers.ViTImageProcessorPil(
            size={"shortest_edge": 128}, resample=3, do_center_crop=True, crop_size={"height": 121, "width": 97}, do_normalize=True)
        head = lambda maps: network.classifier(network.resnet.pooler(maps))
        body = lambda x: network.resnet(x).last_hidden_state
        face(results, "resnet_4", "Hugging Face ResNet of version 4", network, config, processor, body, head)
        written = MODELS / "hf_resnet_4" / "config.json"
        written.write_text(written.read_text().replace(transformers.__version__, "4.57.1"))


def vit_said(network, shown):
    """Grad-CAM of the last block's first normalisation, the grid's tokens only."""
    norm = network.vit.layers[-1].layernorm_before
    found = []
    for picture in shown:
        kept = []
        hook = norm.register_forward_hook(lambda module, inputs, output: kept.append(output))
        logits = network(picture[None]).logits
        hook.remove()
        chosen = int(logits.argmax())
        (gradient,) = torch.autograd.grad(logits[0, chosen], kept[0])
        grid = lambda values: values[0, 1:].reshape(8, 8, -1).permute(2, 0, 1)
        maps, gradients = grid(kept[0]), grid(gradient)
        values = (gradients.mean((1, 2), keepdim=True) * maps).sum(0)
        found.append((softmax(logits[0].detach().double().numpy()), chosen, values.detach().numpy()))
    return found


def face(results, name, family, network, config, processor, body, head):
    shown = torch.stack([processor(Image.open(file).convert("RGB"), return_tensors="pt").pixel_values[0] for file in (COLOUR, GREY)])
    model = zoo.settled(Logits(network), around(shown))
    folder = MODELS / f"hf_{name}"
    export(model, shown, folder / "onnx" / "model.onnx")
    config.architectures = [type(network).__name__]
    config.save_pretrained(folder)
    processor.save_pretrained(folder)
    said = explained(body, head, shown) if body else vit_said(network, shown)
    results.add(family, folder, f"transformers {type(processor).__name__}", dict(zip((COLOUR, GREY), said)), None)


def bundles(results, wanted):
    """MONAI bundles of a grey DenseNet; MONAI itself reads their `inference.json`."""
    resized = {"_target_": "Resized", "keys": "image", "spatial_size": [96, 96]}
    if wanted("MONAI DenseNet bundle"):
        load = {"_target_": "LoadImaged", "keys": "image", "reader": "PILReader", "reverse_indexing": False}
        bundle(results, "MONAI DenseNet bundle", "monai_densenet", 25, [load, resized, {"_target_": "ScaleIntensityd", "keys": "image"}])
    if wanted("MONAI DenseNet bundle as MONAI reads"):
        load = {"_target_": "LoadImaged", "keys": "image", "reader": "PILReader"}
        oblong = resized | {"spatial_size": [112, 80]}
        cut = {"_target_": "ScaleIntensityRanged", "keys": "image", "a_min": 30, "a_max": 200, "b_min": 0.0, "b_max": 1.0, "clip": True}
        bundle(results, "MONAI DenseNet bundle as MONAI reads", "monai_columns", 28, [load, oblong, cut])


def bundle(results, family, name, seed, transforms):
    torch.manual_seed(seed)
    folder = MODELS / name
    (folder / "configs").mkdir(parents=True, exist_ok=True)
    # MONAI gives columns before rows, unless it is told not to.
    upright = transforms[0].get("reverse_indexing") is False
    channels = {"_target_": "EnsureChannelFirstd", "keys": "image"}
    inference = {"preprocessing": {"_target_": "Compose", "transforms": [transforms[0], channels, *transforms[1:]]}}
    (folder / "configs" / "inference.json").write_text(json.dumps(inference, indent=1) + "\n")
    metadata = {
        "version": "0.1.0", "monai_version": monai.__version__, "pytorch_version": torch.__version__, "task": "classification",
        "name": "grades", "network_data_format": {
            "inputs": {"image": {"type": "image", "format": "magnitude", "num_channels": 1, "spatial_shape": transforms[1]["spatial_size"],
                                 "dtype": "float32", "value_range": [0, 1], "is_patch_data": False, "channel_def": {"0": "image"}}},
            "outputs": {"pred": {"type": "probabilities", "format": "classes", "num_channels": 4, "spatial_shape": [1, 4],
                                 "dtype": "float32", "channel_def": {str(index): name for index, name in enumerate(NAMES)}}}}}
    (folder / "configs" / "metadata.json").write_text(json.dumps(metadata, indent=1) + "\n")
    parser = monai.bundle.ConfigParser()
    parser.read_config(str(folder / "configs" / "inference.json"))
    transform = parser.get_parsed_content("preprocessing")
    shown = torch.as_tensor(np.asarray(transform({"image": str(GREY)})["image"]))[None]
    model = monai.networks.nets.DenseNet(2, 1, len(NAMES), init_features=8, growth_rate=4, block_config=(2, 3, 3, 2), bn_size=2)
    model = zoo.settled(model, around(shown))
    export(model, shown, folder / "models" / "model.onnx")
    body = lambda x: model.class_layers.relu(model.features(x))
    head = lambda maps: model.class_layers.out(torch.flatten(F.adaptive_avg_pool2d(maps, 1), 1))
    said = [(scores, chosen, values if upright else values.T) for scores, chosen, values in explained(body, head, shown)]
    results.add(family, folder, "the bundle's transforms by monai", dict(zip((GREY,), said)), None)


def own_network(results, wanted):
    if not wanted("own network"):
        return
    torch.manual_seed(26)
    from torchvision import transforms

    shown = prepared_by(transforms.Compose([transforms.Resize((96, 112)), transforms.ToTensor()]))
    layers = []
    for ins, outs in [(3, 8), (8, 12), (12, 16)]:
        layers += [nn.Conv2d(ins, outs, 3, padding=1), nn.BatchNorm2d(outs), nn.ReLU(), nn.MaxPool2d(2)]
    body = nn.Sequential(*layers)
    head = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Dropout(0.3), nn.Linear(16, len(NAMES)))
    model = zoo.settled(nn.Sequential(body, head), around(shown))
    path = MODELS / "torch_own.onnx"
    export(model, shown, path)
    results.add("PyTorch own network", path, "Resize((96, 112)), ToTensor()", dict(zip((COLOUR, GREY), explained(body, head, shown))))


def main(parts):
    versions = {module.__name__: module.__version__ for module in (torch, torchvision, timm, transformers, monai)}
    results = List("torch", versions)
    torch.set_num_threads(1)
    wanted = lambda name: not parts or any(part in name for part in parts)
    torchvision_families(results, wanted)
    timm_families(results, wanted)
    hugging_face(results, wanted)
    bundles(results, wanted)
    own_network(results, wanted)


if __name__ == "__main__":
    main(sys.argv[1:])
