//! Bytes to text: byte-order mark, UTF-8, UTF-16 without a mark, the Korean code page 949, else Windows-1252.

use encoding_rs::{EUC_KR, Encoding, UTF_16BE, UTF_16LE, WINDOWS_1252};

/// Text and how it was read.
pub(super) struct Decoded {
    pub text: String,
    /// Its encoding, in words.
    pub encoding: &'static str,
    /// True where bytes that mean nothing became replacement characters.
    pub damaged: bool,
}

/// Bytes that are looked at for a UTF-16 without its mark.
const LOOKED_AT: usize = 4096;

pub(super) fn decode(bytes: Vec<u8>) -> Decoded {
    if let Some((encoding, mark)) = Encoding::for_bom(&bytes) {
        let (text, damaged) = encoding.decode_without_bom_handling(bytes.get(mark..).unwrap_or_default());
        let name = match encoding.name() {
            "UTF-16LE" => "UTF-16, little-endian",
            "UTF-16BE" => "UTF-16, big-endian",
            _ => "UTF-8 with a byte-order mark",
        };
        return Decoded { text: text.into_owned(), encoding: name, damaged };
    }
    if let Some((encoding, name)) = unmarked_utf16(&bytes) {
        let (text, damaged) = encoding.decode_without_bom_handling(&bytes);
        return Decoded { text: text.into_owned(), encoding: name, damaged };
    }
    let bytes = match String::from_utf8(bytes) {
        Ok(text) => return Decoded { text, encoding: "UTF-8", damaged: false },
        Err(error) => error.into_bytes(),
    };
    if let Some(text) = EUC_KR.decode_without_bom_handling_and_without_replacement(&bytes) {
        return Decoded { text: text.into_owned(), encoding: "CP949 (EUC-KR), guessed", damaged: false };
    }
    let (text, _) = WINDOWS_1252.decode_without_bom_handling(&bytes);
    Decoded { text: text.into_owned(), encoding: "Windows-1252, guessed", damaged: true }
}

/// Every other byte of plain Latin text is zero.
fn unmarked_utf16(bytes: &[u8]) -> Option<(&'static Encoding, &'static str)> {
    let head = bytes.get(..LOOKED_AT.min(bytes.len()))?;
    let pairs = head.as_chunks::<2>().0;
    let zeros = |at: usize| pairs.iter().filter(|pair| pair.get(at) == Some(&0)).count();
    let most = |zeros: usize| pairs.len() >= 4 && zeros * 10 >= pairs.len() * 6;
    match (most(zeros(0)), most(zeros(1))) {
        (false, true) => Some((UTF_16LE, "UTF-16, little-endian, guessed")),
        (true, false) => Some((UTF_16BE, "UTF-16, big-endian, guessed")),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "파일,정답\n뇌 1.png,정상\n";

    #[test]
    fn every_encoding_gives_the_same_text() {
        let utf16 = |mark: bool, to: fn(u16) -> [u8; 2], text: &str| -> Vec<u8> {
            let mark = if mark { "\u{feff}" } else { "" };
            format!("{mark}{text}").encode_utf16().flat_map(to).collect()
        };
        let cp949 = EUC_KR.encode(TEXT).0.into_owned();
        let marked = [b"\xef\xbb\xbf", TEXT.as_bytes()].concat();
        for (bytes, encoding) in [
            (TEXT.as_bytes().to_vec(), "UTF-8"),
            (marked, "UTF-8 with a byte-order mark"),
            (utf16(true, u16::to_le_bytes, TEXT), "UTF-16, little-endian"),
            (utf16(true, u16::to_be_bytes, TEXT), "UTF-16, big-endian"),
            (cp949, "CP949 (EUC-KR), guessed"),
        ] {
            let decoded = decode(bytes);
            assert_eq!((decoded.text.as_str(), decoded.encoding, decoded.damaged), (TEXT, encoding, false));
        }
        let plain = "path,truth\na.png,0\n";
        assert_eq!(decode(utf16(false, u16::to_le_bytes, plain)).text, plain);
    }

    #[test]
    fn latin_text_is_not_taken_for_korean() {
        let decoded = decode(b"fichier,\xe9tiquette\na.png,gliome\n".to_vec());
        assert!(decoded.text.contains("étiquette") && decoded.damaged);
    }
}
