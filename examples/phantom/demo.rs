//! The demo folder: which cases there are, and how they are named.

/// How a case is stored.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Storage {
    Dicom,
    Png,
}

/// One case of the demo.
pub struct DemoCase {
    /// 1 is the first.
    pub number: usize,
    pub seed: u64,
    /// 0..3; the whole part is the grade.
    pub severity: f32,
    pub storage: Storage,
    /// File name without its ending.
    pub stem: String,
}

/// Severities, seven a grade. The last two of each row lie next to a border on purpose.
const SEVERITIES: [f32; 21] = [
    0.08, 0.20, 0.33, 0.45, 0.58, 0.71, 0.94, //
    1.22, 1.36, 1.50, 1.62, 1.74, 1.06, 1.93, //
    2.29, 2.42, 2.55, 2.68, 2.80, 2.92, 2.05, //
];
/// Training sets start at 1 000 000: no phantom of the demo is in any of them.
const FIRST_SEED: u64 = 100;

/// Every case, in order.
pub fn cases() -> Vec<DemoCase> {
    let case = |(index, severity): (usize, &f32)| DemoCase {
        number: index + 1,
        seed: FIRST_SEED + index as u64,
        severity: *severity,
        storage: if index % 2 == 0 { Storage::Dicom } else { Storage::Png },
        stem: match index {
            12 => "경계-사례-13".to_owned(),
            _ => format!("case-{:02}", index + 1),
        },
    };
    SEVERITIES.iter().enumerate().map(case).collect()
}
