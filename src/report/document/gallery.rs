//! Misclassified cases with their pictures.

use std::path::Path;

use image::{ExtendedColorType, ImageEncoder as _, codecs::jpeg::JpegEncoder};

use super::words::{self, Language};
use super::{Block, Card};
use crate::report::gallery::BETWEEN;
use crate::report::{GalleryEntry, ReviewReport};

/// JPEG quality of the copies in a report; the gallery's folder holds the exact ones.
const QUALITY: u8 = 90;

/// A picture as it stands in a document.
pub(in crate::report) struct Picture {
    pub jpeg: Vec<u8>,
    pub cols: u32,
    pub rows: u32,
}

pub(super) fn gallery<'a>(report: &ReviewReport<'_>, language: Language) -> Vec<Block<'a>> {
    if report.misclassified == 0 {
        return vec![Block::Text(language.say(&words::NONE_WRONG))];
    }
    let counts = [report.gallery.len().to_string(), report.misclassified.to_string()];
    let [shown, all] = &counts;
    let intro = if report.compared.is_some() { &words::GALLERY_INTRO_TWO } else { &words::GALLERY_INTRO };
    let intro = format!("{} {}", language.fill(intro, &[shown, all]), language.say(&words::HEATMAPS));
    let cards = report.gallery.iter().map(|entry| card(entry, language)).collect();
    vec![Block::Text(intro), Block::Cards(cards)]
}

fn card(entry: &GalleryEntry, language: Language) -> Card {
    let pictures =
        [(&entry.picture, &words::PICTURE), (&entry.heatmap, &words::HEATMAP), (&entry.heatmap_b, &words::HEATMAP_B)];
    let pictures = pictures
        .into_iter()
        .filter_map(|(path, phrase)| Some((read(path.as_deref()?, entry.rows)?, language.say(phrase))))
        .collect();
    let heatmaps: Vec<String> = entry.heatmap_words.split(BETWEEN).map(|one| language.sentence(one)).collect();
    Card { title: caption(entry, language), pictures, words: vec![entry.key.clone(), heatmaps.join(BETWEEN)] }
}

/// As it stands below the pictures; in Korean with its own words.
fn caption(entry: &GalleryEntry, language: Language) -> String {
    if language == Language::English {
        return entry.caption.clone();
    }
    let values = [entry.truth.as_str(), &entry.predicted, &format!("{:.2}", entry.score)];
    let mut caption = language.fill(&words::CAPTION, &values);
    if let Some((class, score)) = &entry.compared {
        caption += &format!("  B: {class} ({score:.2})");
    }
    caption
}

/// A PNG of the gallery without its strip of words, which the document says itself. `None` where it cannot be read.
fn read(path: &Path, rows: Option<u32>) -> Option<Picture> {
    let whole = image::open(path).ok()?.into_rgb8();
    let rows = rows.unwrap_or(whole.height()).min(whole.height());
    let cropped = image::imageops::crop_imm(&whole, 0, 0, whole.width(), rows).to_image();
    let mut jpeg = Vec::new();
    let encoder = JpegEncoder::new_with_quality(&mut jpeg, QUALITY);
    encoder.write_image(&cropped, cropped.width(), rows, ExtendedColorType::Rgb8).ok()?;
    Some(Picture { jpeg, cols: cropped.width(), rows })
}
