//! Windows that readers know by name.
//!
//! CT values are in Hounsfield units and mean the same on every scanner; the widths and levels are those of A. Murphy et
//! al., "Windowing (CT)", Radiopaedia.org, where ranges are given a value inside them. MR, X-ray and count values have
//! no such scale: [`percentiles`](super::percentiles) and [`full_range`](super::full_range) serve them.

use crate::scan::{Window, WindowFunction};

/// Name, width, centre: HU.
const CT: [(&str, f64, f64); 11] = [
    ("Brain", 80.0, 40.0),
    ("Subdural", 215.0, 75.0),
    ("Stroke", 40.0, 40.0),
    ("Temporal bone", 2800.0, 600.0),
    ("Head and neck", 375.0, 40.0),
    ("Lung", 1500.0, -600.0),
    ("Mediastinum", 350.0, 50.0),
    ("Abdomen", 400.0, 50.0),
    ("Liver", 150.0, 30.0),
    ("Spine", 250.0, 50.0),
    ("Bone", 1800.0, 400.0),
];

/// Upper ends of windows from 0, in SUV by body weight: no standard, round values in use from the liver (about 2) to
/// hot tumours and the brain.
const SUV: [f64; 5] = [5.0, 7.0, 10.0, 15.0, 20.0];

/// The windows for values of `unit` from a scanner of `modality` (0008,0060): CT in `HU`, PET in `GML` or `SUV`; none
/// where values have no scale of their own. PET in other units has [`suv_presets`].
pub fn presets(modality: Option<&str>, unit: Option<&str>) -> Vec<Window> {
    match (modality, unit) {
        (Some("CT"), Some("HU")) => CT.map(|(name, width, center)| preset(name, center, width)).into(),
        (_, Some("GML" | "SUV")) => suv_presets(1.0),
        _ => Vec::new(),
    }
}

/// Windows from 0 to a round SUV on values that become SUV by `suv_per_value` ([`Meta::suv`](crate::scan::Meta::suv)).
/// None for a factor that is not above 0.
pub fn suv_presets(suv_per_value: f64) -> Vec<Window> {
    if !(suv_per_value.is_finite() && suv_per_value > 0.0) {
        return Vec::new();
    }
    let window = |high: f64| {
        let width = high / suv_per_value;
        let name = Some(format!("SUV 0 to {high}"));
        Window { center: width / 2.0, width, name, function: WindowFunction::LinearExact }
    };
    SUV.map(window).into()
}

fn preset(name: &str, center: f64, width: f64) -> Window {
    Window { center, width, name: Some(name.to_owned()), function: WindowFunction::Linear }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::Shader;
    use crate::scan::Polarity;

    #[test]
    fn ct_presets_need_hounsfield_units() {
        let ct = presets(Some("CT"), Some("HU"));
        assert_eq!(ct.len(), CT.len());
        let lung = ct.iter().find(|window| window.name.as_deref() == Some("Lung")).unwrap();
        assert_eq!((lung.width, lung.center), (1500.0, -600.0));
        assert!(presets(Some("CT"), None).is_empty() && presets(Some("MR"), None).is_empty());
        assert!(presets(Some("PT"), Some("BQML")).is_empty());
    }

    #[test]
    fn a_suv_window_ends_at_its_suv() {
        // 70 kg and 370 MBq without decay: SUV 5 is 26428.6 Bq/ml.
        let factor = 70_000.0 / 3.7e8;
        let window = suv_presets(factor).into_iter().next().unwrap();
        let shader = Shader::new(&window, Polarity::HighIsWhite, false);
        assert_eq!([0.0, 13_214.29, 26_428.6].map(|value| shader.gray(value)), [0, 128, 255]);
        assert_eq!(presets(Some("PT"), Some("GML")).first().unwrap().width, 5.0);
        assert!(suv_presets(0.0).is_empty() && suv_presets(f64::NAN).is_empty());
    }
}
