//! Each kind of block as HTML.

use super::escaped;
use crate::report::document::{Block, Card, Headline, Table};

pub(super) fn block(block: &Block<'_>) -> Result<String, String> {
    Ok(match block {
        Block::Text(text) => format!("<p>{}</p>\n", escaped(text)),
        Block::Small(text) => format!("<p class=\"small\">{}</p>\n", escaped(text)),
        Block::Subheading(text) => format!("<h3>{}</h3>\n", escaped(text)),
        Block::Bullets(lines) => list("bullets", lines),
        Block::Warnings(lines) => list("warnings", lines),
        Block::Headlines(all) => headlines(all),
        Block::Facts(facts) => {
            let rows =
                facts.iter().map(|(name, value)| format!("<dt>{}</dt><dd>{}</dd>\n", escaped(name), escaped(value)));
            format!("<dl>\n{}</dl>\n", rows.collect::<String>())
        }
        Block::Table(table) => of_table(table),
        Block::Figures(figures) => {
            let drawn: Result<String, String> =
                figures.iter().map(|figure| Ok(format!("<figure>{}</figure>\n", figure.svg()?))).collect();
            format!("<div class=\"figures\">\n{}</div>\n", drawn?)
        }
        Block::Cards(cards) => {
            let three = if cards.iter().any(|card| card.pictures.len() > 2) { " three" } else { "" };
            format!("<div class=\"cards{three}\">\n{}</div>\n", cards.iter().map(card).collect::<String>())
        }
    })
}

fn list(class: &str, lines: &[String]) -> String {
    if lines.is_empty() {
        return String::new();
    }
    let lines: String = lines.iter().map(|line| format!("<li>{}</li>\n", escaped(line))).collect();
    format!("<ul class=\"{class}\">\n{lines}</ul>\n")
}

fn headlines(all: &[Headline]) -> String {
    let one = |one: &Headline| {
        format!(
            "<div><span class=\"name\">{}</span><span class=\"value\">{}</span><span class=\"about\">{}</span></div>\n",
            escaped(&one.name),
            escaped(&one.value),
            escaped(&one.about)
        )
    };
    format!("<div class=\"headlines\">\n{}</div>\n", all.iter().map(one).collect::<String>())
}

fn of_table(table: &Table) -> String {
    let class = |column: usize| if table.right.get(column) == Some(&true) { " class=\"number\"" } else { "" };
    // A second line of a cell is an interval.
    let cell = |text: &str| match text.split_once('\n') {
        Some((value, about)) => format!("{}<span class=\"about\">{}</span>", escaped(value), escaped(about)),
        None => escaped(text),
    };
    let header = table.header.iter().enumerate().map(|(at, text)| format!("<th{}>{}</th>", class(at), escaped(text)));
    let mut html =
        format!("<div class=\"wide\"><table>\n<thead><tr>{}</tr></thead>\n<tbody>\n", header.collect::<String>());
    for (number, row) in table.rows.iter().enumerate() {
        let line = if table.line_before == Some(number) { " class=\"line\"" } else { "" };
        let cells = row.iter().enumerate().map(|(at, text)| format!("<td{}>{}</td>", class(at), cell(text)));
        html += &format!("<tr{line}>{}</tr>\n", cells.collect::<String>());
    }
    html + "</tbody>\n</table></div>\n"
}

fn card(card: &Card) -> String {
    let pictures = card.pictures.iter().map(|(picture, words)| {
        format!(
            "<figure><img src=\"data:image/jpeg;base64,{}\" width=\"{}\" height=\"{}\" alt=\"{}\">\
             <figcaption>{}</figcaption></figure>\n",
            base64(&picture.jpeg),
            picture.cols,
            picture.rows,
            escaped(&format!("{}: {words}", card.title)),
            escaped(words)
        )
    });
    let words = card.words.iter().filter(|line| !line.is_empty());
    let words = words.map(|line| format!("<p class=\"small\">{}</p>\n", escaped(line)));
    format!(
        "<article>\n<h4>{}</h4>\n<div class=\"pictures\">\n{}</div>\n{}</article>\n",
        escaped(&card.title),
        pictures.collect::<String>(),
        words.collect::<String>()
    )
}

/// RFC 4648, section 4.
fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for three in bytes.chunks(3) {
        let byte = |at: usize| u32::from(three.get(at).copied().unwrap_or(0));
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for at in 0..4 {
            let letter = LETTERS.get((bits >> (18 - 6 * at) & 63) as usize).copied().unwrap_or(b'=');
            text.push(if at <= three.len() { char::from(letter) } else { '=' });
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 4648, section 10.
    #[test]
    fn base64_is_the_standards() {
        let pairs =
            [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("foobar", "Zm9vYmFy")];
        for (bytes, text) in pairs {
            assert_eq!(base64(bytes.as_bytes()), text);
        }
    }

    #[test]
    fn names_cannot_leave_their_element() {
        let table = Table::of_words(vec!["<b>".to_owned()], vec![vec!["\"><script>alert(1)</script>\u{0}".to_owned()]]);
        let html = block(&Block::Table(table)).unwrap();
        assert!(!html.contains("<script") && !html.contains("<b>") && !html.contains('\u{0}'), "{html}");
        assert!(html.contains("&lt;script&gt;"));
    }
}
