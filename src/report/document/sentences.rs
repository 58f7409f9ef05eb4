//! Sentences of the lower rooms, which speak English, in the report's language: where one has the form of a known template
//! its values go into the other language's; an unknown one stays as it is.

use super::words::Language;
use crate::report::with_particles;

/// English with a `{}` for each value, Korean with the values' places.
const TEMPLATES: &[(&str, &str)] = &[
    ("Reference labels from the folders' names: {} of {} files.", "폴더 이름에서 읽은 정답: 파일 {1}개 중 {0}개."),
    ("Reference labels from the folders' names: {} of {} rows.", "폴더 이름에서 읽은 정답: {1}행 중 {0}행."),
    ("Reference labels of the other file, by {}: {} of {} rows.", "다른 파일의 정답({0} 기준): {2}행 중 {1}행."),
    (
        "Reference labels joined by {}: {} of {} files have one.",
        "정답 표와 {0} 기준으로 연결: 파일 {2}개 중 {1}개에 정답이 있습니다.",
    ),
    (
        "Reference labels joined by {}: {} of {} rows have one; {} of {} labels were not used.",
        "정답 표와 {0} 기준으로 연결: {2}행 중 {1}행에 정답이 있고, 정답 {4}개 중 {3}개는 쓰이지 않았습니다.",
    ),
    (
        "No file is named in the table of labels: they are looked for by patient and by series.",
        "정답 표에 파일 경로가 없어 환자와 시리즈 기준으로 찾습니다.",
    ),
    ("Rows matched by {}: {}, all of both files.", "{0} 기준으로 대응된 행 {1}개(두 파일의 모든 행)."),
    (
        "Rows matched by {}: {}; {} rows of A and {} rows of B have no partner{}.",
        "{0} 기준으로 대응된 행 {1}개. A의 {2}행과 B의 {3}행은 짝이 없습니다{4}.",
    ),
    ("No matched row has a reference label: there is nothing to test.", "대응된 행에 정답이 없어 검정할 수 없습니다."),
    (
        "{} cases come from {} groups: the bootstrap draws whole groups, but McNemar's and DeLong's tests take cases as \
         independent and are too sure.",
        "증례 {0}건은 {1}개 묶음에서 왔습니다. 부트스트랩은 묶음째 재표집하지만, McNemar 검정과 DeLong 검정은 증례를 독립으로 보아 \
         지나치게 확신합니다.",
    ),
    (
        "The column {} holds fractions: read as scores, not as classes.",
        "{0} 열은 소수이므로 클래스가 아니라 점수로 읽었습니다.",
    ),
    (
        "The numbered score columns are assumed to be {}, in this order.",
        "번호로 된 점수 열은 차례로 {0}(으)로 보았습니다.",
    ),
    (
        "The scores are logits by their names: softmax was applied.",
        "열 이름에 따라 점수를 로짓으로 보고 softmax를 적용했습니다.",
    ),
    ("The scores of a row sum to 100: read as per cent.", "한 행의 점수 합이 100이므로 퍼센트로 읽었습니다."),
    (
        "Some scores are below 0 or above 1: read as logits, softmax was applied.",
        "0보다 작거나 1보다 큰 점수가 있어 로짓으로 보고 softmax를 적용했습니다.",
    ),
    (
        "The text is damaged or of an unknown encoding; read as {}.",
        "글자가 손상되었거나 모르는 인코딩이어서 {0}(으)로 읽었습니다.",
    ),
    // What became of a file, without its path in front.
    (
        "is not a picture this program knows ({}). DICOM, NIfTI, PNG, JPEG, TIFF, BMP and .npy open.",
        "이 프로그램이 아는 영상 형식이 아닙니다({0}). DICOM, NIfTI, PNG, JPEG, TIFF, BMP, .npy를 엽니다.",
    ),
    ("could not be read: {}", "읽을 수 없습니다: {0}"),
    ("holds no picture: {}", "영상이 없습니다: {0}"),
    ("is damaged: {}", "손상되었습니다: {0}"),
    ("uses {}, which this program cannot decode. {}", "해독할 수 없는 방식({0})으로 저장되었습니다. {1}"),
    ("is larger than the limit: {}", "제한보다 큽니다: {0}"),
    (
        "Heatmap (Grad-CAM, layer {}, class {}): no positive evidence",
        "히트맵 (Grad-CAM, 레이어 {0}, 클래스 {1}): 양의 근거 없음",
    ),
    ("Heatmap (Grad-CAM, layer {}, class {})", "히트맵 (Grad-CAM, 레이어 {0}, 클래스 {1})"),
    ("No heatmap: {}", "히트맵 없음: {0}"),
    // Doubts about a case.
    (
        "The model is made for the modality {}; the file says {}.",
        "이 모델은 {0} 영상용인데, 파일에는 검사 종류가 {1}(으)로 적혀 있습니다.",
    ),
    (
        "The model is made for the modality {}; {} says {}.",
        "이 모델은 {0} 영상용인데, 검사 종류가 {2}(으)로 보입니다({1}).",
    ),
    (
        "The model is made for the body part {}; the file says {}.",
        "이 모델은 {0} 부위용인데, 파일에는 검사 부위가 {1}(으)로 적혀 있습니다.",
    ),
    (
        "The model is made for the photometric interpretation {}; the file says {}.",
        "이 모델은 화소 해석 {0}용인데, 파일에는 {1}(으)로 적혀 있습니다.",
    ),
    (
        "The model is made for values from {} to {}; {} % of these lie outside (they reach from {} to {}).",
        "이 모델은 {0}부터 {1}까지의 값을 받습니다. 이 영상은 화소의 {2} %가 그 밖에 있습니다({3}부터 {4}까지).",
    ),
    (
        "The model is made for values from {} to {}; these reach from {} to {} only.",
        "이 모델은 {0}부터 {1}까지의 값을 받는데, 이 영상의 값은 {2}부터 {3}까지뿐입니다.",
    ),
    (
        "This picture is in colour ({} % of its pixels), and the model is made for grey ones: a colour map changes what \
         values mean.",
        "컬러 영상입니다(화소의 {0} %). 이 모델은 흑백 영상용이며, 컬러맵을 입히면 값의 의미가 달라집니다.",
    ),
    (
        "There is hardly anything in this picture: {} % of its pixels have the value {}.",
        "영상에 거의 아무것도 없습니다. 화소의 {0} %가 값 {1}입니다.",
    ),
    (
        "This picture has only {} different values, as a mask or a map of labels has: it is no picture of the model's \
         modality.",
        "서로 다른 값이 {0}개뿐이어서 마스크나 라벨 맵으로 보입니다. 이 모델이 받는 영상이 아닙니다.",
    ),
    (
        "The corners of this radiograph are brighter than the rest: black and white may be exchanged (the model is made for \
         dark air), or it shows none.",
        "X선 영상의 모서리가 다른 곳보다 밝습니다. 흑백이 뒤바뀌었거나(이 모델은 공기가 어두운 영상용) 공기가 보이지 않는 영상입니다.",
    ),
    (
        "The model puts {} slices of a case together; this file holds one, and it alone was scored.",
        "이 모델은 증례마다 슬라이스 {0}개를 합치는데, 이 파일에는 하나뿐이어서 그것만으로 예측했습니다.",
    ),
    (
        "The manifest does not say which slice: the middle one of {} is taken.",
        "어느 슬라이스를 쓸지 모델 설정에 없어, {0}개 중 가운데 슬라이스를 썼습니다.",
    ),
    (
        "The manifest does not say how slices combine: their probabilities are averaged.",
        "슬라이스를 합치는 방법이 모델 설정에 없어 확률의 평균을 썼습니다.",
    ),
    ("The scan holds {} volumes; the first is taken.", "볼륨이 {0}개 있어 첫 번째를 썼습니다."),
    (
        "low values are white in this file (MONOCHROME1) and no step turns them over: to_8bit, window or invert",
        "이 파일은 낮은 값이 흰색인데(MONOCHROME1), 이를 뒤집는 전처리 단계(to_8bit, window, invert)가 없습니다.",
    ),
];

/// What rows and files are matched by.
const KEYS: &[(&str, &str)] = &[
    ("path", "경로"),
    ("file name", "파일 이름"),
    ("name", "이름"),
    ("patient", "환자"),
    ("series", "시리즈"),
    ("identifier", "식별 번호"),
    ("the file's name", "파일 이름"),
    ("the file's description", "파일 설명"),
    ("the JSON file beside it", "곁의 JSON 파일"),
];

impl Language {
    /// A sentence of a lower room.
    pub(super) fn sentence(self, english: &str) -> String {
        match self {
            Self::English => english.to_owned(),
            Self::Korean => said_in_korean(english).unwrap_or_else(|| english.to_owned()),
        }
    }
}

/// A sentence of a lower room in Korean, where it has the form of a known one.
pub fn said_in_korean(english: &str) -> Option<String> {
    let (values, korean) = TEMPLATES.iter().find_map(|(form, korean)| Some((values(english, form)?, korean)))?;
    let said = values.iter().enumerate().fold((*korean).to_owned(), |said, (place, value)| {
        let key = KEYS.iter().find(|(key, _)| key == value);
        let value = key.map_or_else(|| codes(value), |(_, korean)| (*korean).to_owned());
        said.replace(&format!("{{{place}}}"), &value)
    });
    Some(with_particles(&said))
}

/// `PT or NM` as Korean lists it; anything but DICOM's codes as it is.
fn codes(value: &str) -> String {
    let is_code = |word: &str| word.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_');
    if value.split(" or ").all(is_code) { value.replace(" or ", " 또는 ") } else { value.to_owned() }
}

/// What stands at the template's `{}`s; `None` where the sentence has another form.
fn values<'a>(sentence: &'a str, form: &str) -> Option<Vec<&'a str>> {
    let mut parts = form.split("{}");
    let mut rest = sentence.strip_prefix(parts.next()?)?;
    let mut found = Vec::new();
    let mut parts = parts.peekable();
    while let Some(part) = parts.next() {
        let (value, after) = if parts.peek().is_some() || part.is_empty() {
            if part.is_empty() { (rest, "") } else { rest.split_once(part)? }
        } else {
            (rest.strip_suffix(part)?, "")
        };
        found.push(value);
        rest = after;
    }
    rest.is_empty().then_some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_sentences_are_said_in_korean_with_their_values() {
        for (english, korean) in [
            (
                "Reference labels from the folders' names: 29 of 30 files.",
                "폴더 이름에서 읽은 정답: 파일 30개 중 29개.",
            ),
            ("Rows matched by path: 28, all of both files.", "경로 기준으로 대응된 행 28개(두 파일의 모든 행)."),
            (
                "Rows matched by patient: 3; 1 rows of A and 2 rows of B have no partner (the first of A: x).",
                "환자 기준으로 대응된 행 3개. A의 1행과 B의 2행은 짝이 없습니다 (the first of A: x).",
            ),
            (
                "Heatmap (Grad-CAM, layer features, class AD): no positive evidence",
                "히트맵 (Grad-CAM, 레이어 features, 클래스 AD): 양의 근거 없음",
            ),
            ("Heatmap (Grad-CAM, layer a, b, class AD)", "히트맵 (Grad-CAM, 레이어 a, b, 클래스 AD)"),
            ("No heatmap: the file is gone.", "히트맵 없음: the file is gone."),
            (
                "The model is made for the modality PT or NM; the file says CR.",
                "이 모델은 PT 또는 NM 영상용인데, 파일에는 검사 종류가 CR로 적혀 있습니다.",
            ),
            (
                "The model is made for values from -1000 to 3000; these reach from 0 to 1 only.",
                "이 모델은 -1000부터 3000까지의 값을 받는데, 이 영상의 값은 0부터 1까지뿐입니다.",
            ),
            ("Something that nobody knows: 3.", "Something that nobody knows: 3."),
        ] {
            assert_eq!(Language::Korean.sentence(english), korean);
            assert_eq!(Language::English.sentence(english), english);
        }
    }

    /// Every value has its place, and no place is left open.
    #[test]
    fn templates_have_as_many_places_as_values() {
        for (form, korean) in TEMPLATES {
            let count = form.matches("{}").count();
            assert!((0..count).all(|place| korean.contains(&format!("{{{place}}}"))), "{form}");
            assert!(!korean.contains(&format!("{{{count}}}")), "{form}");
        }
    }

    /// A sentence that is reworded where it is made takes its Korean along: each template's words stand in a lower room.
    #[test]
    fn every_template_is_still_said_by_a_lower_room() {
        let rooms = ["scan", "preprocess", "engine", "explain", "review", "report"].map(|room| format!("src/{room}"));
        let said: String = rooms.iter().map(|room| sources(&crate_folder().join(room))).collect();
        for (form, _) in TEMPLATES {
            for part in form.split("{}").filter(|part| part.len() > 3) {
                assert!(said.contains(part), "no lower room says {part:?} of {form:?}");
            }
        }
    }

    fn crate_folder() -> std::path::PathBuf {
        std::path::PathBuf::from(env!("CARGO_MANIFEST_DIR"))
    }

    /// All sources below a folder but this one, with the strings that go over several lines joined and values as `{}`.
    fn sources(folder: &std::path::Path) -> String {
        let mut text = String::new();
        for entry in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            if entry.is_dir() {
                text += &sources(&entry);
            } else if !entry.ends_with("report/document/sentences.rs") {
                let source = std::fs::read_to_string(&entry).unwrap_or_default();
                let lines: Vec<&str> = source.split("\\\n").collect();
                let joined: String = lines
                    .iter()
                    .enumerate()
                    .map(|(place, line)| if place == 0 { *line } else { line.trim_start() })
                    .collect();
                text += &joined;
            }
        }
        text
    }
}
