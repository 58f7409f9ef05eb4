//! Text in the file's own character sets (PS3.5 section 6.1, PS3.3 C.12.1.1.2), code extensions of ISO 2022 included.

use dicom_core::Tag;
use dicom_encoding::text::{SpecificCharacterSet, TextCodec};

use super::data_set::DataSet;

/// Decodes the text of one data set.
pub(crate) struct TextReader {
    /// The set in force at the start of each value and after each delimiter.
    first: Option<SpecificCharacterSet>,
}

const ESCAPE: u8 = 0x1B;

/// Escape sequences and the character set they switch to (PS3.3 tables C.12-3 and C.12-4).
const ESCAPES: [(&[u8], &str); 20] = [
    (b"(B", "ISO_IR 6"),
    (b"-A", "ISO_IR 100"),
    (b"-B", "ISO_IR 101"),
    (b"-C", "ISO_IR 109"),
    (b"-D", "ISO_IR 110"),
    (b"-L", "ISO_IR 144"),
    (b"-G", "ISO_IR 127"),
    (b"-F", "ISO_IR 126"),
    (b"-H", "ISO_IR 138"),
    (b"-T", "ISO_IR 166"),
    (b"(J", "ISO_IR 13"),
    (b")I", "ISO_IR 13"),
    (b"(I", "ISO_IR 13"),
    (b"$)C", "ISO_IR 149"),
    (b"$)A", "GBK"),
    (b"$B", "ISO_IR 87"),
    (b"$@", "ISO_IR 87"),
    (b"$(D", "ISO_IR 87"),
    (b"-M", "ISO_IR 100"),
    (b"-b", "ISO_IR 100"),
];

impl TextReader {
    /// For the data set's Specific Character Set (0008,0005).
    pub fn of(data_set: &DataSet) -> Self {
        let declared = data_set.raw(Tag(0x0008, 0x0005)).unwrap_or_default();
        let code = declared.split(|byte| *byte == b'\\').next().unwrap_or_default();
        Self { first: character_set(&String::from_utf8_lossy(code)) }
    }

    /// The text of a value, trimmed, backslashes between multiple values kept.
    pub fn read(&self, raw: &[u8]) -> String {
        let mut text = String::new();
        // Each part begins with what follows an escape byte.
        for (index, part) in raw.split(|byte| *byte == ESCAPE).enumerate() {
            if index == 0 {
                self.append(&mut text, part, self.first.as_ref());
                continue;
            }
            let known = ESCAPES.iter().find(|(sequence, _)| part.starts_with(sequence));
            let Some((sequence, code)) = known else {
                self.append(&mut text, part, self.first.as_ref());
                continue;
            };
            let rest = part.get(sequence.len()..).unwrap_or_default();
            // Delimiters bring the first character set back (PS3.5 section 6.1.2.5.3), but for double-byte sets
            // their bytes may be halves of characters.
            let set = character_set(code);
            if sequence.starts_with(b"$") && !sequence.starts_with(b"$)") {
                let mut escaped = vec![ESCAPE];
                escaped.extend_from_slice(part);
                self.append(&mut text, &escaped, set.as_ref());
                continue;
            }
            let is_delimiter = |byte: &u8| matches!(*byte, b'\\' | b'^' | b'=' | b'\r' | b'\n' | 0x0C);
            let end = rest.iter().position(is_delimiter).unwrap_or(rest.len());
            let (extended, plain) = rest.split_at(end);
            self.append(&mut text, extended, set.as_ref());
            self.append(&mut text, plain, self.first.as_ref());
        }
        text.trim_matches(['\0', ' ']).to_owned()
    }

    fn append(&self, text: &mut String, bytes: &[u8], set: Option<&SpecificCharacterSet>) {
        let decoded = set.and_then(|set| set.decode(bytes).ok());
        match decoded {
            Some(decoded) => text.push_str(&decoded),
            None => text.push_str(&String::from_utf8_lossy(bytes)),
        }
    }
}

/// The character set of a defined term; `None` for the default one and for unknown terms, which read as UTF-8 where
/// they can.
fn character_set(code: &str) -> Option<SpecificCharacterSet> {
    let code = code.trim_matches(['\0', ' ']).replace("ISO 2022 IR", "ISO_IR").replace("ISO-IR", "ISO_IR");
    match code.as_str() {
        "" | "ISO_IR 6" => None,
        "ISO_IR 58" => SpecificCharacterSet::from_code("GBK"),
        code => SpecificCharacterSet::from_code(code),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(code: &str, raw: &[u8]) -> String {
        TextReader { first: character_set(code) }.read(raw)
    }

    #[test]
    fn korean_names_are_read() {
        // PS3.5 annex I.2.
        let name = b"Hong^Gildong=\x1b$)C\xfb\xf3^\x1b$)C\xd1\xce\xd4\xd7=\x1b$)C\xc8\xab^\x1b$)C\xb1\xe6\xb5\xbf";
        assert_eq!(read("", name), "Hong^Gildong=洪^吉洞=홍^길동");
        assert_eq!(read("ISO_IR 192", "홍^길동".as_bytes()), "홍^길동");
    }

    #[test]
    fn japanese_names_are_read() {
        // PS3.5 annexes H.3.1 and H.3.2.
        let name = b"Yamada^Tarou=\x1b$B;3ED\x1b(B^\x1b$BB@O:\x1b(B=\x1b$B$d$^$@\x1b(B^\x1b$B$?$m$&\x1b(B";
        assert_eq!(read("", name), "Yamada^Tarou=山田^太郎=やまだ^たろう");
        let name = b"\xd4\xcf\xc0\xde^\xc0\xdb\xb3=\x1b$B;3ED\x1b(J^\x1b$BB@O:\x1b(J";
        assert_eq!(read("ISO 2022 IR 13", name), "ﾔﾏﾀﾞ^ﾀﾛｳ=山田^太郎");
    }

    #[test]
    fn single_byte_sets_are_read() {
        assert_eq!(read("ISO_IR 100", b"Buc^J\xe9r\xf4me"), "Buc^Jérôme");
        assert_eq!(read("ISO_IR 144", b"\xbb\xee\xda\xdc\x65\xd4\xd3\xd5"), "Люкмeдге");
        assert_eq!(read("", b"plain "), "plain");
    }
}
