use std::io::Read as _;

use flate2::read::ZlibDecoder;

use super::*;
use crate::report::document::{Block, Card, Headline, Language, Picture, Section, Table};

fn picture() -> Picture {
    let mut jpeg = Vec::new();
    let gray = image::RgbImage::from_pixel(40, 30, image::Rgb([90, 90, 90]));
    image::codecs::jpeg::JpegEncoder::new(&mut jpeg).encode_image(&gray).unwrap();
    Picture { jpeg, cols: 40, rows: 30 }
}

/// Every kind of block but charts, `rows` rows in a table.
fn of(rows: usize) -> Document<'static> {
    let long = "a_very_long_file_name_without_any_space_".repeat(12);
    let row = |at: usize| vec![format!("{at} 환자 <b>"), long.clone(), at.to_string()];
    let table = Table {
        right: vec![false, false, true],
        ..Table::of_words(vec!["증례".into(), "b".into(), "n".into()], (0..rows).map(row).collect())
    };
    let card = |pictures| Card {
        title: "True: 2gr  Pred: 1gr (0.93)".into(),
        pictures: (0..pictures).map(|_| (picture(), "영상".to_owned())).collect(),
        words: vec![long.clone()],
    };
    let blocks = vec![
        Block::Headlines(vec![Headline { name: "accuracy".into(), value: "0.9".into(), about: String::new() }]),
        Block::Text("(unbalanced \\ brackets ( \u{0} \u{1f9e0}".into()),
        Block::Warnings(vec!["연구용".repeat(80)]),
        Block::Bullets(vec![String::new(), long.clone()]),
        Block::Facts(vec![("sha256".into(), "0f".repeat(32))]),
        Block::Table(table),
        Block::Cards(vec![card(2), card(2), card(0)]),
        Block::Cards(vec![card(3)]),
    ];
    Document {
        language: Language::Korean,
        title: "검토 보고서".into(),
        subtitle: long.clone(),
        notice: Language::Korean.notice(),
        sections: vec![Section { title: "데이터".into(), blocks }],
    }
}

/// The contents of the compressed streams.
fn streams(bytes: &[u8]) -> Vec<Vec<u8>> {
    let find = |from: usize, what: &[u8]| bytes[from..].windows(what.len()).position(|w| w == what).map(|at| from + at);
    let (mut from, mut found) = (0, Vec::new());
    while let Some(at) = find(from, b"\nstream\n") {
        let start = at + b"\nstream\n".len();
        let mut stream = Vec::new();
        if ZlibDecoder::new(&bytes[start..]).read_to_end(&mut stream).is_ok() {
            found.push(stream);
        }
        from = find(start, b"endstream").unwrap();
    }
    found
}

fn count(bytes: &[u8], what: &[u8]) -> usize {
    bytes.windows(what.len()).filter(|window| *window == what).count()
}

#[test]
fn sheets_follow_the_content_and_hold_fonts_pictures_and_bookmarks() {
    let (short, long) = (bytes(&of(3)).unwrap(), bytes(&of(120)).unwrap());
    let sheets = |bytes: &[u8]| count(bytes, b"/Type /Page\n");
    assert!(short.starts_with(b"%PDF-") && short.ends_with(b"%%EOF"));
    assert!(sheets(&short) < sheets(&long), "{} {}", sheets(&short), sheets(&long));
    assert_eq!(count(&long, b"/FontFile2"), 4, "two Latin faces and two with Hangul");
    assert_eq!(count(&long, b"/DCTDecode"), 7);
    assert!(count(&long, b"/Outlines") > 0);
    // The faces are cut to what occurs: all Hangul would be 1.3 MB.
    assert!(long.len() < 200_000, "{}", long.len());
    let texts = streams(&long).into_iter().filter(|stream| count(stream, b"BT\n") > 0).count();
    assert_eq!(texts, sheets(&long));
}

#[test]
fn the_table_of_offsets_points_at_the_objects() {
    let file = bytes(&of(30)).unwrap();
    let text = String::from_utf8_lossy(&file);
    let at: usize = text[text.rfind("startxref").unwrap()..].lines().nth(1).unwrap().parse().unwrap();
    assert!(file[at..].starts_with(b"xref"));
    let table = String::from_utf8_lossy(&file[at..]).into_owned();
    let used = table.lines().filter(|line| line.trim_end().ends_with(" n"));
    for (number, line) in used.enumerate() {
        let offset: usize = line[..10].parse().unwrap();
        assert!(file[offset..].starts_with(format!("{} 0 obj", number + 1).as_bytes()), "{number}");
    }
}

#[test]
fn lines_are_never_wider_than_asked_and_lose_no_letter() {
    let fonts = fonts::Fonts::new().unwrap();
    for text in ["one two/three Donaudampfschifffahrtsgesellschaft", "연구용입니다. 의료기기가 아니며", ""]
    {
        let lines = fonts.wrap(text, 10.0, Weight::Bold, 60.0);
        assert!(lines.iter().all(|line| fonts.width(line, 10.0, Weight::Bold) <= 60.0), "{lines:?}");
        assert_eq!(lines.concat().replace(' ', ""), text.replace(' ', ""));
    }
}
