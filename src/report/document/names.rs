//! Names of numbers and of a model's settings, in the report's language. Korean names are those of the window.

use super::words::Language;
use crate::metrics::{KappaWeights, Statistic};

impl Language {
    /// `accuracy`; in Korean with the name that papers have behind it.
    pub(super) fn statistic(self, statistic: Statistic) -> String {
        match self {
            Self::English => statistic.name().to_owned(),
            Self::Korean => format!("{} ({})", korean(statistic), statistic.name()),
        }
    }

    /// The same where there is little room, as a title.
    pub(super) fn short_statistic(self, statistic: Statistic) -> String {
        match self {
            Self::English => {
                let mut letters = statistic.name().chars();
                letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
            }
            Self::Korean => korean(statistic).to_owned(),
        }
    }

    /// The same in front of a class's name.
    pub(super) fn short_of_class(self, statistic: Statistic) -> &'static str {
        if self == Self::English { statistic.name() } else { korean(statistic) }
    }

    /// Columns of one class against the rest, behind its number of cases.
    pub(super) fn class_columns(self) -> [&'static str; 6] {
        match self {
            Self::English => ["sensitivity", "specificity", "PPV", "NPV", "F1", "AUC"],
            Self::Korean => ["민감도", "특이도", "양성 예측도", "음성 예측도", "F1", "AUC"],
        }
    }

    /// Columns of what scores are worth as probabilities.
    pub(super) fn calibration_columns(self) -> [&'static str; 3] {
        match self {
            Self::English => ["log loss", "Brier score", "calibration error (ECE)"],
            Self::Korean => ["로그 손실", "브라이어 점수", "보정 오차 (ECE)"],
        }
    }

    /// A setting's name as the manifest and the command line write it.
    pub(super) fn setting(self, key: &str) -> &str {
        if self == Self::English {
            return key;
        }
        let known = [
            ("kind", "출력"),
            ("temperature", "온도"),
            ("independent", "클래스별 독립"),
            ("positive_class", "양성 클래스"),
            ("input_selection", "입력 조건"),
            ("modality", "검사 종류"),
            ("body_part", "검사 부위"),
            ("photometric", "명암 방식"),
            ("value_range", "값 범위"),
            ("slices", "슬라이스"),
            ("combine", "합치는 방법"),
            ("slice_files", "슬라이스 파일"),
            ("series", "시리즈 단위"),
        ];
        known.iter().find(|(known, _)| *known == key).map_or(key, |(_, korean)| korean)
    }
}

fn korean(statistic: Statistic) -> &'static str {
    match statistic {
        Statistic::Accuracy => "정확도",
        Statistic::BalancedAccuracy => "균형 정확도",
        Statistic::MacroPrecision => "매크로 정밀도",
        Statistic::MacroRecall => "매크로 재현율",
        Statistic::MacroF1 => "매크로 F1",
        Statistic::WeightedPrecision => "가중 정밀도",
        Statistic::WeightedRecall => "가중 재현율",
        Statistic::WeightedF1 => "가중 F1",
        Statistic::Kappa(KappaWeights::None) => "코헨 카파",
        Statistic::Kappa(KappaWeights::Linear) => "카파, 선형 가중",
        Statistic::Kappa(KappaWeights::Quadratic) => "카파, 이차 가중",
        Statistic::Matthews => "매슈스 상관계수",
        Statistic::Precision(_) => "정밀도",
        Statistic::Recall(_) => "재현율",
        Statistic::F1(_) => "F1",
        Statistic::Specificity(_) => "특이도",
        Statistic::NegativePredictiveValue(_) => "음성 예측도",
        Statistic::LogLoss => "로그 손실",
        Statistic::Brier => "브라이어 점수",
        Statistic::CalibrationError => "보정 오차",
        Statistic::Auc(_) => "AUC",
        Statistic::MacroAuc => "매크로 AUC",
        Statistic::WeightedAuc => "가중 AUC",
        Statistic::AveragePrecision(_) => "평균 정밀도",
        Statistic::MacroAveragePrecision => "매크로 평균 정밀도",
    }
}
