//! A manifest back to a `metadata.json`.

use std::collections::BTreeMap;

use super::manifest::Manifest;
use super::metadata_file::{InputFormat, MetadataFile, NetworkDataFormat, OutputFormat};

/// Keeps what the file said and writes down what was imported or assumed.
pub(super) fn to_file(manifest: &Manifest) -> MetadataFile {
    let mut file = manifest.file.clone();
    file.name.get_or_insert_with(|| manifest.name.value.clone());
    file.task.get_or_insert_with(|| "classification".to_owned());
    if manifest.layout.value.is_volume() {
        file.preprocess_volume.get_or_insert_with(|| manifest.volume_steps().to_vec());
    } else {
        file.preprocess.get_or_insert_with(|| manifest.steps().to_vec());
    }
    let format = file.network_data_format.get_or_insert_with(NetworkDataFormat::default);
    let input = first_or_new(&mut format.inputs, "image");
    fill_input(input, manifest);
    let output = first_or_new(&mut format.outputs, "pred");
    fill_output(output, manifest);
    file
}

pub(super) fn first_or_new<'a, T: Default>(entries: &'a mut BTreeMap<String, T>, name: &str) -> &'a mut T {
    let key = if entries.contains_key(name) { None } else { entries.keys().next().cloned() };
    entries.entry(key.unwrap_or_else(|| name.to_owned())).or_default()
}

fn fill_input(input: &mut InputFormat, manifest: &Manifest) {
    input.num_channels.get_or_insert(manifest.channels.value);
    input.dtype.get_or_insert_with(|| manifest.dtype.to_owned());
    input.layout.get_or_insert(manifest.layout.value);
    input.spatial_shape = input.spatial_shape.take().or_else(|| manifest.spatial_shape());
}

fn fill_output(output: &mut OutputFormat, manifest: &Manifest) {
    output.kind.get_or_insert(manifest.output_kind.value);
    output.channel_def.get_or_insert_with(|| {
        manifest.class_names.value.iter().enumerate().map(|(index, name)| (index.to_string(), name.clone())).collect()
    });
}
