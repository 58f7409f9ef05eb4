//! Korean particles that depend on the word before them, which may be a class's name or a number.

/// Written form, after a final consonant, after a vowel.
const PARTICLES: [(&str, &str, &str); 5] = [
    ("(으)로", "으로", "로"),
    ("은(는)", "은", "는"),
    ("이(가)", "이", "가"),
    ("을(를)", "을", "를"),
    ("과(와)", "과", "와"),
];

/// How a word ends when it is spoken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ending {
    Vowel,
    /// `로`, not `으로`, follows it.
    Rieul,
    Consonant,
}

/// `MCI(으)로` becomes `MCI로`, `0.3(으)로` `0.3으로`: each of the forms `(으)로`, `은(는)`, `이(가)`, `을(를)`, `과(와)` takes
/// the particle that the word before it asks for, as that word is read aloud in Korean.
pub fn with_particles(text: &str) -> String {
    let mut said = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((at, (form, closed, open))) =
        PARTICLES.iter().filter_map(|particle| Some((rest.find(particle.0)?, *particle))).min_by_key(|(at, _)| *at)
    {
        let (before, after) = rest.split_at(at);
        said.push_str(before);
        let particle = match ending(&said) {
            Ending::Vowel => open,
            Ending::Rieul if form == "(으)로" => open,
            Ending::Rieul | Ending::Consonant => closed,
        };
        said.push_str(particle);
        rest = after.get(form.len()..).unwrap_or_default();
    }
    said.push_str(rest);
    said
}

/// Of the last word; what stands in brackets behind it is not read.
fn ending(text: &str) -> Ending {
    let mut text = text.trim_end_matches(['"', '\'', '”', '’', ' ']);
    while let Some((before, _)) = text.strip_suffix(')').and_then(|inside| inside.rsplit_once('(')) {
        text = before.trim_end();
    }
    let word: Vec<char> = text.chars().rev().take(2).collect();
    match word.as_slice() {
        [last, ..] if ('가'..='힣').contains(last) => match (u32::from(*last) - u32::from('가')) % 28 {
            0 => Ending::Vowel,
            8 => Ending::Rieul,
            _ => Ending::Consonant,
        },
        // 영, 삼, 육; 일, 칠, 팔.
        ['0' | '3' | '6', ..] => Ending::Consonant,
        ['1' | '7' | '8', ..] => Ending::Rieul,
        // Letters as they are called (엘, 엠, 엔, 아르), words as they are borrowed (노멀, 마스크).
        ['l' | 'L', ..] => Ending::Rieul,
        ['m' | 'M' | 'n' | 'N' | 'p', ..] | ['g', 'n'] => Ending::Consonant,
        _ => Ending::Vowel,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_word_before_chooses_the_particle() {
        for (written, said) in [
            ("0.7097(으)로 나눕니다", "0.7097로 나눕니다"),
            ("1.5(으)로, 0.3(으)로, 12(으)로, 10(으)로", "1.5로, 0.3으로, 12로, 10으로"),
            ("정상(으)로, 치매(으)로, 2단계(으)로, 서울(으)로", "정상으로, 치매로, 2단계로, 서울로"),
            ("MCI은(는) AD이(가) NORMAL을(를) CN과(와)", "MCI는 AD가 NORMAL을 CN과"),
            ("NORMAL(으)로, MildDemented(으)로, CN(으)로", "NORMAL로, MildDemented로, CN으로"),
            ("치매(AD)이(가), \"경도\"은(는), 95 %이(가)", "치매(AD)가, \"경도\"는, 95 %가"),
            ("(으)로", "로"),
            ("그대로(으로 아님)", "그대로(으로 아님)"),
        ] {
            assert_eq!(with_particles(written), said);
        }
    }
}
