//! SUV by body weight: each branch on a data set built here. Numbers by hand: 70 kg, 370 MBq of fluorine-18 (half-life
//! 6586.2 s): 70000 g / (3.7e8 Bq * 2^(-t / 6586.2 s)).

use super::*;

/// Factors after 0 and 1 hour of decay.
const AT_ONCE: f64 = 1.891_891_891_891_892e-4;
const AFTER_AN_HOUR: f64 = 2.763_366_817_176e-4;

fn tracer() -> Fixture {
    Fixture::new().text(0x0018_1072, "TM", "100000").text(0x0018_1074, "DS", "370000000").text(
        0x0018_1075,
        "DS",
        "6586.2",
    )
}

/// A PET slice in Bq/ml, its series started one hour after the injection.
fn pet() -> Fixture {
    Fixture::gray(1, 2, 16, 16, false)
        .text(0x0008_0060, "CS", "PT")
        .text(0x0008_0021, "DA", "20240301")
        .text(0x0008_0022, "DA", "20240301")
        .text(0x0008_0031, "TM", "110000.00")
        .text(0x0008_0032, "TM", "110500")
        .text(0x0010_1030, "DS", "70")
        .text(0x0028_0051, "CS", "DECY\\ATTN\\SCAT")
        .text(0x0054_1001, "CS", "BQML")
        .text(0x0054_1102, "CS", "START")
        .items(0x0054_0016, vec![tracer()])
        .word_pixels(&[1, 2])
}

fn suv(fixture: &Fixture) -> Result<f64, String> {
    fixture.open().unwrap().meta.suv.unwrap()
}

fn close(fixture: &Fixture, expected: f64) {
    let found = suv(fixture).unwrap();
    assert!((found / expected - 1.0).abs() < 1e-8, "{found} and not {expected}");
}

#[track_caller]
fn says(fixture: &Fixture, words: &str) {
    let sentence = suv(fixture).unwrap_err();
    assert!(sentence.starts_with("no SUV: ") && sentence.contains(words), "{sentence}");
}

fn with_tracer(change: impl Fn(Fixture) -> Fixture) -> Fixture {
    pet().items(0x0054_0016, vec![change(tracer())])
}

#[test]
fn the_dose_decays_to_the_start_of_the_series() {
    close(&pet(), AFTER_AN_HOUR);
}

#[test]
fn values_corrected_to_the_injection_take_the_whole_dose() {
    close(&pet().text(0x0054_1102, "CS", "ADMIN"), AT_ONCE);
}

#[test]
fn an_injection_before_midnight_is_of_the_day_before() {
    let late = with_tracer(|tracer| tracer.text(0x0018_1072, "TM", "233000"));
    let late = late.text(0x0008_0031, "TM", "003000").text(0x0008_0032, "TM", "003000");
    close(&late, AFTER_AN_HOUR);
    let dated = with_tracer(|tracer| tracer.text(0x0018_1078, "DT", "20240229233000.00"));
    close(&dated.text(0x0008_0031, "TM", "003000").text(0x0008_0032, "TM", "003000"), AFTER_AN_HOUR);
}

#[test]
fn a_series_written_later_is_dated_by_what_the_vendor_kept() {
    let later = pet().text(0x0008_0031, "TM", "150000");
    says(&later, "SeriesTime is later than AcquisitionTime, and FrameReferenceTime is missing");
    let ge = later.clone().text(0x0009_0010, "LO", "GEMS_PETD_01").text(0x0009_100D, "DT", "20240301110000.00");
    close(&ge, AFTER_AN_HOUR);
    // A frame of 180 s reaches its mean rate 89.857923 s after its start. It started at 11:01:40, and reached it
    // 189.857923 s after the sought moment: 11:00:00.
    let others = later.text(0x0008_0032, "TM", "110140").text(0x0054_1300, "DS", "189857.923");
    says(&others, "ActualFrameDuration is missing");
    close(&others.text(0x0018_1242, "IS", "180000"), AFTER_AN_HOUR);
}

#[test]
fn philips_counts_have_scale_factors_of_their_own() {
    let counts = pet().text(0x0054_1001, "CS", "CNTS");
    says(&counts, "the Philips scale factors are missing");
    let philips = counts.text(0x7053_0010, "LO", "Philips PET Private Group");
    close(&philips.clone().text(0x7053_1000, "DS", "0.000551"), 0.000_551);
    let by_activity = philips.text(0x7053_1000, "DS", "0.0").text(0x7053_1009, "DS", "2.5");
    close(&by_activity, 2.5 * AFTER_AN_HOUR);
}

#[test]
fn values_that_are_suv_already_pass() {
    let grams = Fixture::gray(1, 1, 16, 16, false).text(0x0008_0060, "CS", "PT").text(0x0054_1001, "CS", "GML");
    let grams = grams.word_pixels(&[1]);
    assert_eq!(suv(&grams), Ok(1.0));
    assert_eq!(suv(&grams.clone().text(0x0054_1006, "CS", "BW")), Ok(1.0));
    says(&grams.text(0x0054_1006, "CS", "LBM"), "by LBM");
}

#[test]
fn what_is_missing_or_cannot_be_is_said() {
    for (tag, words) in [
        (0x0054_1001, "Units is missing"),
        (0x0010_1030, "PatientWeight is missing"),
        (0x0028_0051, "CorrectedImage is missing"),
        (0x0054_1102, "DecayCorrection is missing"),
        (0x0008_0031, "SeriesTime is missing"),
        (0x0008_0032, "AcquisitionTime is missing"),
    ] {
        says(&pet().text(tag, "LO", ""), words);
    }
    says(&pet().items(0x0054_0016, Vec::new()), "RadiopharmaceuticalInformationSequence is missing");
    says(&with_tracer(|tracer| tracer.text(0x0018_1072, "TM", "")), "RadiopharmaceuticalStartTime is missing");
    says(&with_tracer(|tracer| tracer.text(0x0018_1074, "DS", "")), "RadionuclideTotalDose is missing");
    says(&with_tracer(|tracer| tracer.text(0x0018_1074, "DS", "370")), "cannot be becquerels");
    says(&with_tracer(|tracer| tracer.text(0x0018_1075, "DS", "0")), "RadionuclideHalfLife is 0");
    says(&with_tracer(|tracer| tracer.text(0x0018_1078, "DT", "20240301120000")), "dated after the scan");
    says(&with_tracer(|tracer| tracer.text(0x0018_1078, "DT", "20240101100000")), "over 10 half-lives");
    says(&pet().text(0x0010_1030, "DS", "70000"), "cannot be kilograms");
    says(&pet().text(0x0010_1030, "DS", "0"), "PatientWeight is 0");
    says(&pet().text(0x0028_0051, "CS", "DECY"), "not corrected for attenuation");
    says(&pet().text(0x0028_0051, "CS", "ATTN"), "not corrected for decay");
    says(&pet().text(0x0054_1102, "CS", "NONE"), "neither START nor ADMIN");
    says(&pet().text(0x0054_1001, "CS", "PROPCPS"), "the values are in PROPCPS");
}

#[test]
fn only_pet_is_asked_for_it() {
    assert_eq!(pet().text(0x0008_0060, "CS", "CT").open().unwrap().meta.suv, None);
}

#[test]
fn real_scans_get_the_factor_worked_out_by_hand() {
    use super::shared_set::common;
    let Some(shared) = common::shared() else { return };
    let suv = |name: &str| open(&shared.join("data/dicom").join(name)).unwrap().meta.suv.unwrap();
    // Python: weight * 1000 / (dose * 2 ** (-(series - injection) / half_life)) of the headers' numbers. The second is
    // one moment of a dynamic scan that began with the injection.
    for (name, expected) in [
        ("ts-1/dicom__1.dcm", 5.942_485_308_006_253e-4),
        ("ts-1/dicom__2.dcm", 4.735_489_150_904_110_7e-4),
        ("ts-4-70/fo-dicom__GH184.dcm", 3.317_637_074_216_024_7e-4),
    ] {
        let found = suv(name).unwrap();
        assert!((found / expected - 1.0).abs() < 1e-9, "{name}: {found}");
    }
    let sentence = suv("ts-4-70/fo-dicom__GH610.dcm").unwrap_err();
    assert!(sentence.contains("the values are in PROPCPS"), "{sentence}");
}
