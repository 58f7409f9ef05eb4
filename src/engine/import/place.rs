//! Where the parts of an export lie: a bare file, or the folders that Hugging Face, timm, MONAI and this program write.

use std::path::{Path, PathBuf};

use crate::engine::EngineError;
use crate::engine::metadata_file::MetadataFile;

/// An export and the folder of its configuration files.
#[derive(Clone, Debug)]
pub(in crate::engine) struct Export {
    pub onnx: PathBuf,
    /// `None` for a bare .onnx.
    pub root: Option<PathBuf>,
}

/// Where exporters put the model in a folder: this program and Hugging Face's optimum; transformers.js; MONAI bundles.
const USUAL_PLACES: [&str; 3] = ["model.onnx", "onnx/model.onnx", "models/model.onnx"];

/// True for a folder that holds a model in a usual place, or an .onnx beside another tool's `config.json`.
pub fn is_model_folder(path: &Path) -> bool {
    let has = |name: &str| path.join(name).is_file();
    USUAL_PLACES.iter().any(|place| has(place))
        || ((has("config.json") || has("preprocessor_config.json")) && Export::find(path).is_ok())
}

impl Export {
    /// Finds the model: the file itself; in a folder one of the usual places, else its only .onnx.
    pub(in crate::engine) fn find(path: &Path) -> Result<Self, EngineError> {
        if !path.is_dir() {
            return Ok(Export { onnx: path.to_owned(), root: None });
        }
        let root = Some(path.to_owned());
        if let Some(usual) = USUAL_PLACES.iter().map(|place| path.join(place)).find(|place| place.is_file()) {
            return Ok(Export { onnx: usual, root });
        }
        let mut found: Vec<PathBuf> = std::fs::read_dir(path)
            .map_err(|source| EngineError::Read { path: path.to_owned(), source })?
            .filter_map(|entry| Some(entry.ok()?.path()))
            .filter(|file| file.is_file() && file.extension().is_some_and(|end| end.eq_ignore_ascii_case("onnx")))
            .collect();
        found.sort();
        match found.as_slice() {
            [] => Err(EngineError::NoModel { path: path.to_owned() }),
            [one] => Ok(Export { onnx: one.clone(), root }),
            several => {
                let names: Vec<_> = several.iter().filter_map(|file| file.file_name()?.to_str()).collect();
                let what = format!("it holds {} models ({}); name one of them.", several.len(), names.join(", "));
                Err(EngineError::Manifest { path: path.to_owned(), what })
            }
        }
    }

    /// Files beside the model that say something about it, and whether they are there.
    pub(super) fn files(&self) -> Vec<(&'static str, bool)> {
        let known = ["metadata.json", "preprocessor_config.json", "config.json", "configs/inference.json"];
        let is_there = |name: &str| self.root.as_ref().is_some_and(|root| root.join(name).is_file());
        let mut files: Vec<_> = known.iter().map(|name| (*name, is_there(name))).collect();
        // MONAI's second file is no loss where there is no bundle.
        files.retain(|(name, there)| *there || !name.contains('/'));
        files
    }

    /// What the folder is called, else the file.
    pub fn name(&self) -> String {
        let named = self.root.as_deref().and_then(Path::file_name).or_else(|| self.onnx.file_stem());
        named.map_or_else(|| "model".to_owned(), |name| name.to_string_lossy().into_owned())
    }

    /// Where a `metadata.json` counts from.
    pub fn folder(&self) -> PathBuf {
        self.root.clone().unwrap_or_else(|| self.onnx.parent().map(Path::to_owned).unwrap_or_default())
    }

    /// `metadata.json` of this program, or of a MONAI bundle.
    pub(in crate::engine) fn metadata(&self) -> Result<Option<MetadataFile>, EngineError> {
        self.stated_in().map(|path| MetadataFile::read(&path)).transpose()
    }

    /// Where that file lies, or would lie.
    pub(in crate::engine) fn metadata_path(&self) -> PathBuf {
        self.stated_in().unwrap_or_else(|| self.folder().join("metadata.json"))
    }

    fn stated_in(&self) -> Option<PathBuf> {
        let root = self.root.as_ref()?;
        let places = [root.join("metadata.json"), root.join("configs/metadata.json")];
        places.into_iter().find(|path| path.is_file())
    }
}
