//! The factor from a PET value to the standardised uptake value by body weight (SUVbw, g/ml), or why there is none.
//!
//! As the QIBA FDG-PET/CT profile's vendor-neutral computation has it, on the attributes of PS3.3 C.8.9.1 and
//! C.8.9.2: `weight / decayed dose`, the dose decayed to the moment the values are corrected to. The dose left in the
//! syringe is not known to the file. A wrong SUV is worse than none: whatever is missing or cannot be is said instead.

use dicom_core::Tag;

use super::clock::{self, Instant};
use super::data_set::{DataSet, Values};

const RADIOPHARMACEUTICAL: Tag = Tag(0x0054, 0x0016);
/// Grams in the kilograms of Patient's Weight (0010,1030).
const GRAMS: f64 = 1000.0;
/// Total doses below this, in Bq, are in another unit: patients get 1e7 to 1e9, mice about 1e6.
const LEAST_DOSE_BQ: f64 = 1e5;
/// Weights above this, in kg, are in another unit.
const MOST_WEIGHT_KG: f64 = 700.0;
/// Nobody scans after so many half-lives: the dates are not those of one examination.
const MOST_HALF_LIVES: f64 = 10.0;

/// For PET (`PT`) only: the factor, or a sentence that starts with "no SUV:".
pub(crate) fn read(data_set: &DataSet) -> Option<Result<f64, String>> {
    let values = data_set.values();
    (values.text(Tag(0x0008, 0x0060)).as_deref() == Some("PT"))
        .then(|| factor(data_set).map_err(|why| format!("no SUV: {why}")))
}

fn factor(data_set: &DataSet) -> Result<f64, String> {
    let values = data_set.values();
    match required_text(values, Tag(0x0054, 0x1001), "Units")?.as_str() {
        "GML" => match values.text(Tag(0x0054, 0x1006)).as_deref() {
            None | Some("BW") => Ok(1.0),
            Some(other) => Err(format!("the values are SUV already, by {other} and not by body weight")),
        },
        "BQML" => {
            check_corrections(values)?;
            per_becquerel(data_set)
        }
        "CNTS" => {
            check_corrections(values)?;
            philips(data_set)
        }
        other => Err(format!("the values are in {other}, which is no activity per volume")),
    }
}

/// Philips stores counts, and beside them what they stand for.
fn philips(data_set: &DataSet) -> Result<f64, String> {
    let number = |element| private_number(data_set, 0x7053, "Philips PET Private Group", element);
    // SUV Scale Factor, else Activity Concentration Scale Factor (Bq/ml per count).
    match (number(0x00), number(0x09)) {
        (Some(suv), _) => Ok(suv),
        (None, Some(becquerels)) => Ok(becquerels * per_becquerel(data_set)?),
        (None, None) => Err("the values are counts (CNTS), and the Philips scale factors are missing".into()),
    }
}

fn check_corrections(values: Values) -> Result<(), String> {
    let corrected = values.texts(Tag(0x0028, 0x0051));
    if corrected.is_empty() {
        return Err("CorrectedImage is missing".into());
    }
    let has = |word: &str| corrected.iter().any(|found| found == word);
    if !has("ATTN") {
        return Err("the values are not corrected for attenuation".into());
    }
    if !has("DECY") && !has("DECAY") {
        return Err("the values are not corrected for decay".into());
    }
    Ok(())
}

/// SUV of 1 Bq/ml.
fn per_becquerel(data_set: &DataSet) -> Result<f64, String> {
    let values = data_set.values();
    let weight_kg = required_number(values, Tag(0x0010, 0x1030), "PatientWeight")?;
    if weight_kg > MOST_WEIGHT_KG {
        return Err(format!("PatientWeight is {weight_kg}, which cannot be kilograms"));
    }
    let tracer = values
        .item(RADIOPHARMACEUTICAL)
        .ok_or_else(|| "RadiopharmaceuticalInformationSequence is missing".to_owned())?;
    let dose_bq = required_number(tracer, Tag(0x0018, 0x1074), "RadionuclideTotalDose")?;
    if dose_bq < LEAST_DOSE_BQ {
        return Err(format!("RadionuclideTotalDose is {dose_bq}, which cannot be becquerels"));
    }
    let half_life_s = required_number(tracer, Tag(0x0018, 0x1075), "RadionuclideHalfLife")?;
    let elapsed_s = match required_text(values, Tag(0x0054, 0x1102), "DecayCorrection")?.as_str() {
        "START" => since_injection_s(data_set, tracer, half_life_s)?,
        // Corrected back to the injection: the dose as it was then.
        "ADMIN" => 0.0,
        other => return Err(format!("DecayCorrection is {other}, neither START nor ADMIN")),
    };
    Ok(weight_kg * GRAMS / (dose_bq * (-elapsed_s / half_life_s).exp2()))
}

/// From the injection to the moment the values are decay-corrected to, seconds.
fn since_injection_s(data_set: &DataSet, tracer: Values, half_life_s: f64) -> Result<f64, String> {
    let scan = scan_start(data_set, half_life_s)?;
    let full = tracer.text(Tag(0x0018, 0x1078)).and_then(|text| clock::date_time(&text));
    let elapsed_s = match full.or_else(|| clock::time_of(tracer, Tag(0x0018, 0x1072))) {
        Some(Instant { day: Some(day), seconds }) => {
            let days = scan.day.map_or(0.0, |scan_day| (scan_day - day) as f64);
            days * clock::DAY_S + scan.seconds - seconds
        }
        // A time of day alone: on the day of the scan, or the day before where it lies behind it on the clock.
        Some(Instant { day: None, seconds }) => (scan.seconds - seconds).rem_euclid(clock::DAY_S),
        None => return Err("RadiopharmaceuticalStartTime is missing".into()),
    };
    if elapsed_s < 0.0 {
        return Err("the injection is dated after the scan".into());
    }
    if elapsed_s > MOST_HALF_LIVES * half_life_s {
        let hours = elapsed_s / 3600.0;
        return Err(format!(
            "the injection is dated {hours:.1} hours before the scan, over {MOST_HALF_LIVES} half-lives"
        ));
    }
    Ok(elapsed_s)
}

/// The moment that START refers to: the start of the series, unless it was written later than the acquisition.
fn scan_start(data_set: &DataSet, half_life_s: f64) -> Result<Instant, String> {
    let values = data_set.values();
    let at = |date, time| clock::both(values, date, time);
    let series = at(Tag(0x0008, 0x0021), Tag(0x0008, 0x0031)).ok_or("SeriesTime is missing")?;
    let acquisition = at(Tag(0x0008, 0x0022), Tag(0x0008, 0x0032)).ok_or("AcquisitionTime is missing")?;
    if !series.is_after(&acquisition) {
        return Ok(series);
    }
    // A series that was reconstructed again later. GE keeps the scan's own moment.
    let ge = private_text(data_set, 0x0009, "GEMS_PETD_01", 0x0D);
    if let Some(scan) = ge.and_then(|text| clock::date_time(&text)) {
        return Ok(scan);
    }
    let late = |name: &str| format!("SeriesTime is later than AcquisitionTime, and {name} is missing");
    let reference_ms = values.number(Tag(0x0054, 0x1300)).ok_or_else(|| late("FrameReferenceTime"))?;
    let duration_ms =
        values.number(Tag(0x0018, 0x1242)).filter(|ms| *ms > 0.0).ok_or_else(|| late("ActualFrameDuration"))?;
    // Frame Reference Time is when the mean count rate was reached, counted from the moment that is sought.
    let decay = std::f64::consts::LN_2 / half_life_s;
    let during = decay * duration_ms / 1000.0;
    let mean_rate_s = (during / -(-during).exp_m1()).ln() / decay;
    Ok(acquisition.later_by(mean_rate_s - reference_ms / 1000.0))
}

fn required_text(values: Values, tag: Tag, name: &str) -> Result<String, String> {
    values.text(tag).ok_or_else(|| format!("{name} is missing"))
}

/// A number above 0.
fn required_number(values: Values, tag: Tag, name: &str) -> Result<f64, String> {
    match values.number(tag) {
        None => Err(format!("{name} is missing")),
        Some(number) if number > 0.0 => Ok(number),
        Some(number) => Err(format!("{name} is {number}")),
    }
}

/// The text of a private element, in the block that `creator` reserved (PS3.5 section 7.8.1).
fn private_text(data_set: &DataSet, group: u16, creator: &str, element: u16) -> Option<String> {
    let text = |tag| {
        let raw = data_set.raw(tag)?;
        Some(String::from_utf8_lossy(raw).trim_matches(['\0', ' ']).to_owned())
    };
    let block = (0x10..=0xFFu16).find(|block| text(Tag(group, *block)).as_deref() == Some(creator))?;
    text(Tag(group, (block << 8) | element)).filter(|text| !text.is_empty())
}

/// A private number above 0.
fn private_number(data_set: &DataSet, group: u16, creator: &str, element: u16) -> Option<f64> {
    let number: f64 = private_text(data_set, group, creator, element)?.parse().ok()?;
    (number.is_finite() && number > 0.0).then_some(number)
}
