//! The words in charts. In Korean the English name of a number stands behind its Korean one: the tables beside the charts
//! have the English names.

use crate::report::document::Phrase;

pub(super) const MATRIX: Phrase =
    Phrase { en: "Predicted (columns) against reference label (rows)", ko: "예측(열)과 정답(행)" };
pub(super) const MATRIX_ABOUT: Phrase =
    Phrase { en: "{} cases; per cent of the row", ko: "증례 {}건, 백분율은 행 기준" };
pub(super) const ROC: Phrase =
    Phrase { en: "ROC, one class against the rest", ko: "ROC 곡선: 클래스별 (나머지와 비교)" };
pub(super) const FALSE_ALARMS: Phrase = Phrase { en: "1 - specificity", ko: "1 - 특이도 (specificity)" };
pub(super) const SENSITIVITY: Phrase = Phrase { en: "sensitivity", ko: "민감도 (sensitivity)" };
pub(super) const PRECISION_RECALL: Phrase = Phrase {
    en: "Precision and recall, one class against the rest",
    ko: "정밀도와 재현율: 클래스별 (나머지와 비교)",
};
pub(super) const RECALL: Phrase = Phrase { en: "recall", ko: "재현율 (recall)" };
pub(super) const PRECISION: Phrase = Phrase { en: "precision", ko: "정밀도 (precision)" };
pub(super) const CALIBRATION: Phrase =
    Phrase { en: "Calibration, one class against the rest", ko: "보정 곡선: 클래스별 (나머지와 비교)" };
pub(super) const STATED: Phrase = Phrase { en: "stated score", ko: "모델이 제시한 점수" };
pub(super) const SHARE: Phrase = Phrase { en: "share of the class", ko: "실제 해당 클래스의 비율" };
pub(super) const BINS: Phrase = Phrase { en: "{} bins with cases", ko: "증례가 있는 구간 {}개" };
pub(super) const INTERVAL: Phrase = Phrase { en: "{} {} ({} to {})", ko: "{} {} ({} – {})" };
pub(super) const SMALLER: Phrase = Phrase { en: "and {} smaller classes", ko: "더 작은 클래스 {}개는 생략" };
