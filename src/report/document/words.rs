//! The fixed words of a report, in each language. scikit-learn's classification report keeps its own English words, as the
//! people who compare it know them; `names` has those of all other numbers.

use crate::metrics::Caution;
use crate::render::{RESEARCH_USE, RESEARCH_USE_KO};
use crate::report::with_particles;

/// Language of headings and fixed sentences. Sentences that tell facts of a file or an engine stay English.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Language {
    #[default]
    English,
    Korean,
}

/// A phrase in both languages.
pub(in crate::report) struct Phrase {
    pub en: &'static str,
    pub ko: &'static str,
}

impl Language {
    /// `en` or `ko`, as HTML's `lang` says it.
    pub fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Korean => "ko",
        }
    }

    /// The line of every page.
    pub fn notice(self) -> &'static str {
        match self {
            Self::English => RESEARCH_USE,
            Self::Korean => RESEARCH_USE_KO,
        }
    }

    pub(in crate::report) fn say(self, phrase: &Phrase) -> String {
        match self {
            Self::English => phrase.en,
            Self::Korean => phrase.ko,
        }
        .to_owned()
    }

    /// The phrase with its `{}`s filled in, in their order.
    pub(in crate::report) fn fill(self, phrase: &Phrase, values: &[&str]) -> String {
        let text = self.say(phrase);
        let mut values = values.iter();
        let mut parts = text.split("{}");
        let first = parts.next().unwrap_or_default().to_owned();
        let text = parts.fold(first, |text, part| text + values.next().unwrap_or(&"") + part);
        if self == Self::Korean { with_particles(&text) } else { text }
    }

    /// A warning about the numbers.
    pub(super) fn caution(self, caution: &Caution, names: &[String]) -> String {
        match self {
            Self::English => caution.words(names),
            Self::Korean => with_particles(&in_korean(caution, names)),
        }
    }
}

macro_rules! phrases {
    ($($name:ident: $en:expr, $ko:expr;)*) => { $(pub(super) const $name: Phrase = Phrase { en: $en, ko: $ko };)* };
}

phrases! {
    TITLE: "Review of a classifier", "분류 모델 검토 보고서";
    METRICS_TITLE: "Numbers of a classifier's predictions", "분류 모델 예측의 성능 보고서";
    SUMMARY: "Summary", "요약";
    DATA: "Data", "데이터";
    PERFORMANCE: "Numbers", "성능 수치";
    CHARTS: "Charts", "그래프";
    COMPARISON: "Comparison of two models", "두 모델 비교";
    GALLERY: "Misclassified cases", "오분류 증례";
    DECISIONS: "Reader's decisions", "판독자 판단";
    LEAKS: "Near-duplicates of the training data", "학습 데이터와의 중복";
    MODEL: "Model and environment", "모델과 실행 환경";
    BROKEN: "Cases without a result", "결과가 없는 증례";
    CASES: "Cases", "증례 수";
    LABELLED: "{} with a reference label, {} failed", "정답 있음 {}건, 실패 {}건";
    UNLABELLED: "{} rows without a reference label, {} left out", "정답 없는 행 {}개, 제외한 행 {}개";
    PREDICTIONS: "Predictions", "예측 파일";
    READ_AS: "How the table was read", "표를 읽은 방법";
    LEFT_OUT: "Rows that were left out", "제외한 행";
    LINE: "Line", "줄";
    WRONG: "Misclassified", "오분류";
    CLASS: "Class", "클래스";
    REFERENCE: "Reference label", "정답";
    PREDICTED: "Predicted", "예측";
    VALUE: "Value", "값";
    INTERVAL: "95 % interval", "95 % 신뢰구간";
    NUMBER: "Metric", "지표";
    NO_LABELS: "No case has a reference label: there are scores, and no numbers about them.",
        "정답이 있는 증례가 없어 점수만 있고 성능 수치는 없습니다.";
    FOLDERS: "Reviewed", "검토한 폴더";
    LABELS_FROM: "Reference labels", "정답 출처";
    LABEL_TEXT: "Label as written", "원래 표기";
    MATCHED_BY: "Matched by", "일치 기준";
    BY_REQUEST: "request", "직접 지정";
    BY_NAME: "name", "같은 이름";
    BY_SPELLING: "spelling", "표기만 다름";
    BY_GRADE: "grade", "등급";
    BY_INDEX: "index", "클래스 번호";
    NONE_OF_THE_CLASSES: "none of the classes", "해당 클래스 없음";
    AS_SKLEARN: "Laid out and defined as scikit-learn's classification report; a division by zero counts as 0.",
        "scikit-learn classification report와 같은 배열과 정의입니다. 0으로 나누는 경우는 0으로 셉니다.";
    OVERALL: "All classes together", "전체";
    EACH_CLASS: "Each class against the rest", "클래스별 (나머지와 비교)";
    PER_GROUP: "Per patient or series", "환자 또는 시리즈 단위";
    PER_GROUP_RULE: "One case for each patient or series: the mean of its cases' scores.",
        "환자 또는 시리즈마다 점수 평균으로 한 증례로 셉니다.";
    METHODS: "Intervals: W Wilson; D DeLong, normal approximation; B percentile bootstrap{}. Calibration error: top label, {} bins of equal width.",
        "신뢰구간: W Wilson, D DeLong(정규 근사), B 백분위 부트스트랩{}. 보정 오차: 최상위 클래스, 같은 너비 구간 {}개.";
    BOOTSTRAP: " ({} resamples, seed {})", " (재표집 {}회, 시드 {})";
    BASELINES: "Without looking at the picture: always {} gives accuracy {}; guessing by the labels' shares {}; guessing evenly {}. Chance that always {} does as well as this: {}.",
        "영상을 보지 않을 때: 항상 {}(으)로 답하면 정확도 {}, 정답 비율대로 추측하면 {}, 고르게 추측하면 {}입니다. 항상 {}(으)로 답해서 이만큼 맞힐 확률: {}.";
    CALIBRATION: "Calibration before and after", "보정 전과 후";
    SCORES: "Scores", "점수";
    CALIBRATION_RULE: "Smaller is better in all three columns. A temperature that is measured on the cases it was fitted to looks better than it is; overread calibrate fits one on other cases and stores it in the model.",
        "세 열 모두 작을수록 좋습니다. 측정한 증례에 맞춘 온도는 실제보다 좋아 보입니다. overread calibrate는 다른 증례에서 온도를 맞추어 모델에 저장합니다.";
    NOT_CALIBRATED: "The model is not calibrated: its scores are no probabilities until a temperature is fitted on other cases.",
        "보정되지 않은 모델입니다. 다른 증례로 온도를 맞추기 전에는 점수를 확률로 읽을 수 없습니다.";
    UNLIKE: "{} of {} cases are unlike the reference cases of the model: farther out than 99 % of them. predictions.csv has the share of each (farther_than).",
        "증례 {}개(전체 {}개)가 모델의 참조 증례와 다릅니다. 참조 증례의 99 %보다 더 벗어나 있습니다. 각 증례의 비율은 predictions.csv의 farther_than에 있습니다.";
    OPERATING_POINT: "Operating point", "작동점";
    MODELS_OWN: "the model's own", "모델 기본값";
    BOTH_RIGHT: "both right", "둘 다 맞음";
    ONLY_A: "only A right", "A만 맞음";
    ONLY_B: "only B right", "B만 맞음";
    BOTH_WRONG: "both wrong", "둘 다 틀림";
    MCNEMAR: "McNemar's test on {} matched cases, exact, two-sided: {} (mid-p: {}).",
        "대응 증례 {}건의 McNemar 검정(정확, 양측): {} (mid-p: {}).";
    DIFFERENCE: "B - A", "B - A";
    PAIRED_INTERVAL: "95 % interval (paired bootstrap)", "95 % 신뢰구간 (짝지은 부트스트랩)";
    DELONG: "DeLong's test", "DeLong 검정";
    MOVED: "What moved", "바뀐 예측";
    GALLERY_INTRO: "{} of {} misclassified cases, the most surely wrong first.",
        "오분류 증례 {}건입니다 (모두 {}건). 가장 확신하며 틀린 순서입니다.";
    GALLERY_INTRO_TWO: "{} of {} cases that at least one of the two models misclassifies, the most surely wrong first.",
        "두 모델 가운데 하나라도 틀린 증례 {}건입니다 (모두 {}건). 가장 확신하며 틀린 순서입니다.";
    HEATMAPS: "A heatmap shows where the score came from, not where disease is. All heatmaps share one colour scale.",
        "히트맵은 점수가 어디에서 나왔는지를 보일 뿐 병변의 위치가 아닙니다. 모든 히트맵은 같은 색 척도를 씁니다.";
    CAPTION: "True: {}  Pred: {} ({})", "정답: {}  예측: {} ({})";
    NONE_WRONG: "No case is misclassified.", "오분류된 증례가 없습니다.";
    PICTURE: "picture", "영상";
    HEATMAP: "heatmap", "히트맵";
    HEATMAP_B: "heatmap, model B", "히트맵, 모델 B";
    AND_MORE: "and {} more", "그 밖에 {}건";
    CASE: "Case", "증례";
    OPINION: "Reader's opinion", "판독자 의견";
    NOTE: "Note", "메모";
    AGREE: "agree", "동의";
    DISAGREE: "disagree", "동의하지 않음";
    UNSURE: "unsure", "불확실";
    READER_LABEL: "Reader's class", "판독자 클래스";
    REASON: "Reason", "이유";
    NAME: "Name", "이름";
    VERSION: "Version", "버전";
    MODEL_HASH: "sha256 of the model", "모델 sha256";
    MANIFEST_HASH: "sha256 of metadata.json", "metadata.json sha256";
    CLASSES: "Classes", "클래스";
    STEPS: "Preprocessing", "전처리";
    SCORING: "Scores", "점수 계산";
    ENGINE: "Engine", "추론 엔진";
    SYSTEM: "System", "시스템";
    PROGRAM: "Program", "프로그램";
    STARTED: "Run started", "실행 시작";
    WRITTEN: "Report written", "보고서 작성";
    OPTIONS: "Options", "옵션";
    IDENTIFIERS: "Identifiers", "식별 정보";
    REMOVED: "removed; patients and series are pseudonyms, file names are as they are", "제거함. 환자와 시리즈는 가명이며 파일 이름은 그대로입니다";
    SHOWN: "shown, as asked", "요청에 따라 표시함";
    MODEL_A: "Model A", "모델 A";
    MODEL_B: "Model B", "모델 B";
    CARD: "From the model card", "모델 카드에서";
    LEAK_TWINS: "{} of {} cases ({}) have a near-duplicate in the training data (correlation above {}).",
        "{}건(전체 {}건, {})은 학습 데이터에 거의 같은 영상이 있습니다(상관계수 {} 초과).";
    LEAK_CLUSTERS: "{} hang together with training pictures, through others of the folder too; {} patients occur on both sides.",
        "{}건은 다른 증례를 거쳐서라도 학습 영상과 이어지며, 환자 {}명이 양쪽에 있습니다.";
    LEAK_LOOK_UP: "The label of the most similar training picture alone is right in {}.",
        "가장 비슷한 학습 영상의 정답을 그대로 쓰면 정확도가 {}입니다.";
    ACCURACY_ALL: "accuracy, all cases", "정확도, 전체";
    ACCURACY_LEAKED: "with a training twin or patient", "학습 데이터에 같은 영상이나 환자가 있는 증례";
    ACCURACY_FREE: "leak-free rest", "중복이 없는 나머지";
    ACCURACY_STRICT: "and outside of training clusters", "학습 묶음과 이어지지 않는 나머지";
    CONTENTS_WARNING: "Read this first", "먼저 읽어 주세요";
}

fn in_korean(caution: &Caution, names: &[String]) -> String {
    let name = |class: &usize| names.get(*class).cloned().unwrap_or_else(|| format!("클래스 {class}"));
    match caution {
        Caution::VeryFewCases { cases } => {
            format!("증례가 {cases}건뿐입니다. 이 수치로는 아무것도 판단할 수 없습니다.")
        }
        Caution::FewCases { cases } => {
            format!("증례가 {cases}건입니다. 몇 퍼센트의 차이는 의미가 없으니 신뢰구간을 보십시오.")
        }
        Caution::FewInClass { class, cases } => {
            format!("{} 증례가 {cases}건입니다. 해당 행으로는 아무것도 판단할 수 없습니다.", name(class))
        }
        Caution::ClassAbsent { class } => {
            format!("정답이 {}인 증례가 없어 이 클래스에 대해서는 말할 수 없습니다.", name(class))
        }
        Caution::NeverPredicted { class } => {
            format!(
                "{}은(는) 한 번도 예측되지 않았습니다. 정밀도는 정의되지 않으며 평균에서는 0으로 셉니다.",
                name(class)
            )
        }
        Caution::Unequal { class, share, smallest, smallest_cases } => format!(
            "클래스가 고르지 않습니다. {}이(가) {:.0} %이고 {}은(는) {smallest_cases}건입니다. 정확도와 가중 평균은 주로 큰 클래스를 \
             나타내므로 균형 정확도, 카파와 클래스별 행을 보십시오.",
            name(class),
            share * 100.0,
            name(smallest)
        ),
        Caution::NotAboveMajority { accuracy, class, share, p } => format!(
            "정확도 {accuracy:.3}이(가) 항상 {}(으)로 답하는 것({share:.3})보다 높다고 볼 수 없습니다 (p = {p:.2}).",
            name(class)
        ),
        Caution::SharedGroups { groups, cases } => format!(
            "증례 {cases}건은 {groups}개 묶음(환자 또는 시리즈)에서 왔습니다. 신뢰구간은 묶음째 재표집하지만, 비교 검정(McNemar, \
             DeLong)은 증례를 독립으로 보아 지나치게 확신합니다."
        ),
        Caution::SumsNotOne { cases } => {
            format!("{cases}건의 점수 합이 1이 아닙니다. 로그 손실, 브라이어 점수와 보정은 점수를 그대로 읽습니다.")
        }
        Caution::CertainAndWrong { cases } => {
            format!(
                "{cases}건에서 정답의 점수가 정확히 0입니다. 로그 손실은 어디에서 자르는지(2.2e-16)에 달려 있습니다."
            )
        }
        Caution::FewToCalibrate { cases } => {
            format!("{cases}건은 보정 곡선에 적습니다. 완벽한 모델이라도 보정 오차가 0이 되지 않습니다.")
        }
    }
}
