//! Arguments of `overread import` and `overread presets`.

use std::path::PathBuf;

use crate::engine::OutputKind;
use crate::onnx::Layout;
use crate::preprocess::{Axes, VolumeScale};

#[derive(Debug, clap::Args)]
pub struct ImportArgs {
    /// An .onnx, or a folder that holds one.
    pub model: PathBuf,
    /// The model folder to write. Without it, the page of facts is shown and nothing is written.
    #[arg(long)]
    pub out: Option<PathBuf>,
    /// How pictures were prepared, by name (`overread presets` lists them).
    #[arg(long)]
    pub preset: Option<String>,
    /// Class names in the order of the model's output.
    #[arg(long, value_delimiter = ',', value_name = "A,B,…", group = "names")]
    pub classes: Option<Vec<String>>,
    /// A file with the class names: one a line, `index,name`, or JSON.
    #[arg(long, value_name = "FILE", group = "names")]
    pub labels: Option<PathBuf>,
    /// A folder with one folder a class, as it was trained from (sorted as Keras and torchvision sort).
    #[arg(long, value_name = "DIR", group = "names")]
    pub from_folder: Option<PathBuf>,
    /// The class that thresholds look at. Default: the second of two.
    #[arg(long, value_name = "CLASS")]
    pub positive: Option<String>,
    #[arg(long)]
    pub name: Option<String>,
    /// Where the graph does not tell: NHWC (Keras), NCHW (PyTorch), or NCWH (columns before rows: MONAI); of volumes NDHWC or
    /// NCDHW.
    #[arg(long, value_parser = layout)]
    pub layout: Option<Layout>,
    /// What the output holds, where the graph does not tell: logits, softmax or sigmoid.
    #[arg(long, value_parser = output_kind)]
    pub output: Option<OutputKind>,
    /// Rows x columns, where the graph takes any size, e.g. 224x224.
    #[arg(long, value_parser = size)]
    pub size: Option<Size2>,
    /// Of a network of volumes: where the tensor's axes run to (`orient`), e.g. RAS, LPS, SPL; `stored` leaves them as the
    /// files have them.
    #[arg(long, value_name = "AXES", value_parser = orient)]
    pub orient: Option<Orient>,
    /// Of a network of volumes: values outside these percentiles become the ends (`clip_percentiles`), e.g. 1,99; `none`.
    #[arg(long, value_name = "LOW,HIGH", value_parser = percentiles)]
    pub clip_percentiles: Option<Percentiles>,
    /// Of a network of volumes, what becomes of the values: `zscore`, `zscore_nonzero`, `min_max` (to 0..1), `stored`, or
    /// LOW,HIGH: this range to 0..1, cut at its ends (CT: -1000,400).
    #[arg(long, value_parser = values, allow_hyphen_values = true)]
    pub values: Option<VolumeScale>,
    /// DICOM modality that the model is for (CR, CT, MR, PT…): another one is warned about.
    #[arg(long)]
    pub modality: Option<String>,
    /// Body part that the model is for (CHEST, BRAIN…).
    #[arg(long)]
    pub body_part: Option<String>,
    /// The page as JSON.
    #[arg(long)]
    pub json: bool,
}

/// Axes of a volume; `None` as they are stored.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Orient(pub Option<Axes>);

/// `None` cuts nothing.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Percentiles(pub Option<[f64; 2]>);

fn orient(text: &str) -> Result<Orient, String> {
    match text {
        "stored" => Ok(Orient(None)),
        axes => Axes::try_from(axes.to_ascii_uppercase()).map(|axes| Orient(Some(axes))),
    }
}

fn percentiles(text: &str) -> Result<Percentiles, String> {
    let holds = |[low, high]: &[f64; 2]| 0.0 <= *low && low < high && *high <= 100.0;
    match text {
        "none" => Ok(Percentiles(None)),
        ends => pair(ends)
            .filter(holds)
            .map(|ends| Percentiles(Some(ends)))
            .ok_or_else(|| "write two per cents, the lower one first (1,99), or none".to_owned()),
    }
}

fn values(text: &str) -> Result<VolumeScale, String> {
    Ok(match text {
        "zscore" => VolumeScale::Zscore { nonzero: false },
        "zscore_nonzero" => VolumeScale::Zscore { nonzero: true },
        "min_max" => VolumeScale::MinMax,
        "stored" => VolumeScale::AsStored,
        range => pair(range).filter(|[low, high]| low < high).map(VolumeScale::Range).ok_or_else(|| {
            "write zscore, zscore_nonzero, min_max, stored, or a range, the lower end first (-1000,400)".to_owned()
        })?,
    })
}

fn pair(text: &str) -> Option<[f64; 2]> {
    let (low, high) = text.split_once(',')?;
    let number = |text: &str| text.trim().parse::<f64>().ok().filter(|value| value.is_finite());
    Some([number(low)?, number(high)?])
}

/// Rows and columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size2(pub [usize; 2]);

impl std::fmt::Display for Size2 {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let [rows, cols] = self.0;
        write!(f, "{rows}x{cols}")
    }
}

fn size(text: &str) -> Result<Size2, String> {
    let sides = text.split_once(['x', 'X', '×', ',']).and_then(|(r, c)| Some([r.parse().ok()?, c.parse().ok()?]));
    let fits = |sides: &[usize; 2]| sides.iter().all(|side| (1..=16_384).contains(side));
    sides.filter(fits).map(Size2).ok_or_else(|| "write ROWSxCOLUMNS, for example 224x224".to_owned())
}

fn layout(text: &str) -> Result<Layout, String> {
    match text.to_ascii_uppercase().as_str() {
        "NHWC" => Ok(Layout::Nhwc),
        "NCHW" => Ok(Layout::Nchw),
        "NCWH" => Ok(Layout::Ncwh),
        "NDHWC" => Ok(Layout::Ndhwc),
        "NCDHW" => Ok(Layout::Ncdhw),
        _ => Err("write NHWC, NCHW or NCWH, of volumes NDHWC or NCDHW".to_owned()),
    }
}

fn output_kind(text: &str) -> Result<OutputKind, String> {
    match text.to_ascii_lowercase().as_str() {
        "logits" => Ok(OutputKind::Logits),
        "softmax" | "probabilities" => Ok(OutputKind::Softmax),
        "sigmoid" => Ok(OutputKind::Sigmoid),
        _ => Err("write logits, softmax or sigmoid".to_owned()),
    }
}

#[derive(Debug, clap::Args)]
pub struct PresetsArgs {
    /// Also the steps of each, for a 224 x 224 model of three channels.
    #[arg(long)]
    pub json: bool,
}
