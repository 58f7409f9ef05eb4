//! A document as one HTML file: no scripts, nothing loaded from anywhere, pictures and charts inside.

mod blocks;

use std::path::Path;

use super::ReportError;
use super::document::Document;

/// How it looks, on the screen and on paper.
const STYLE: &str = include_str!("style.css");

/// Writes a document as one self-contained HTML file.
///
/// # Errors
/// [`ReportError`] where a chart cannot be drawn or the file cannot be written.
pub(super) fn write_html(path: &Path, document: &Document<'_>) -> Result<(), ReportError> {
    let page = page(document).map_err(|what| ReportError::Draw { path: path.to_owned(), what })?;
    std::fs::write(path, page).map_err(|source| ReportError::Write { path: path.to_owned(), source })
}

fn page(document: &Document<'_>) -> Result<String, String> {
    let (title, subtitle) = (escaped(&document.title), escaped(&document.subtitle));
    let notice = escaped(document.notice);
    let mut page = format!(
        "<!DOCTYPE html>\n<html lang=\"{}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; img-src data:\">\n\
         <title>{title}: {subtitle}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n\
         <header>\n<h1>{title}</h1>\n<p class=\"subtitle\">{subtitle}</p>\n<p class=\"notice\">{notice}</p>\n</header>\n",
        document.language.tag()
    );
    page += "<nav><ul>\n";
    for (number, section) in document.sections.iter().enumerate() {
        page += &format!("<li><a href=\"#s{number}\">{}</a></li>\n", escaped(&section.title));
    }
    page += "</ul></nav>\n<main>\n";
    for (number, section) in document.sections.iter().enumerate() {
        page += &format!("<section id=\"s{number}\">\n<h2>{}</h2>\n", escaped(&section.title));
        for block in &section.blocks {
            page += &blocks::block(block)?;
        }
        page += "</section>\n";
    }
    // On paper the last element stands at the foot of every page.
    Ok(page + &format!("</main>\n<footer>{notice}</footer>\n</body>\n</html>\n"))
}

/// Text that cannot end an element or an attribute.
fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            // Control characters are no HTML text.
            letter if letter.is_control() && letter != '\n' => safe.push('\u{fffd}'),
            letter => safe.push(letter),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::document::{Block, Card, Language, Section, Table};

    #[test]
    fn hostile_words_stay_words_and_the_page_is_whole() {
        let hostile = "\"'><script src=https://example.org/x.js></script>&amp; 뇌".to_owned();
        let table = Table::of_words(vec![hostile.clone()], vec![vec![format!("{hostile}\n{hostile}")]]);
        let card = Card { title: hostile.clone(), pictures: vec![], words: vec![hostile.clone()] };
        let blocks = vec![
            Block::Text(hostile.clone()),
            Block::Facts(vec![(hostile.clone(), hostile.clone())]),
            Block::Warnings(vec![hostile.clone()]),
            Block::Table(table),
            Block::Cards(vec![card]),
        ];
        let document = Document {
            language: Language::Korean,
            title: hostile.clone(),
            subtitle: hostile.clone(),
            notice: Language::Korean.notice(),
            sections: vec![Section { title: hostile.clone(), blocks }],
        };
        let page = page(&document).unwrap();
        assert!(!page.contains("<script"), "{page}");
        assert_eq!(page.matches("&lt;script src=https://example.org/x.js&gt;").count(), 15);
        assert_eq!(page.matches(Language::Korean.notice()).count(), 2, "on the screen and at the foot of paper");
        assert!(page.contains("<html lang=\"ko\">") && page.contains("default-src 'none'"));
    }
}
