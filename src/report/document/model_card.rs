//! The beginning of a model's README as plain paragraphs: tables, pictures, code and links' targets left out.

/// Letters of an excerpt.
const MOST_LETTERS: usize = 1200;

/// A piece of the card.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Piece {
    Paragraph(String),
    Bullets(Vec<String>),
}

/// Paragraphs and lists up to about 1 200 letters; whole pieces only.
pub(super) fn excerpt(markdown: &str) -> Vec<Piece> {
    let mut pieces: Vec<Piece> = Vec::new();
    let (mut letters, mut open, mut code) = (0, false, false);
    for line in markdown.lines().map(str::trim) {
        if line.starts_with("```") {
            code = !code;
        }
        let skipped = ["```", "#", "|", "!", "<", "---"].iter().any(|start| line.starts_with(start));
        if code || skipped || line.is_empty() {
            open = false;
            continue;
        }
        let text = unmarked(line);
        if !open && letters > MOST_LETTERS {
            break;
        }
        letters += text.chars().count();
        let bullet = line.strip_prefix("- ").or_else(|| line.strip_prefix("* ")).map(unmarked);
        match (bullet, pieces.last_mut(), open) {
            (Some(text), Some(Piece::Bullets(lines)), _) => lines.push(text),
            (Some(text), _, _) => pieces.push(Piece::Bullets(vec![text])),
            (None, Some(Piece::Paragraph(paragraph)), true) => *paragraph += &format!(" {text}"),
            (None, Some(Piece::Bullets(lines)), true) => {
                if let Some(last) = lines.last_mut() {
                    *last += &format!(" {text}");
                }
            }
            (None, _, _) => pieces.push(Piece::Paragraph(text)),
        }
        open = true;
    }
    pieces
}

/// The words of a line without emphasis, code marks and link targets.
fn unmarked(line: &str) -> String {
    let mut text = String::new();
    let mut rest = line;
    // `[words](target)` keeps the words.
    while let Some((before, after)) = rest.split_once('[') {
        text += before;
        match after.split_once("](").and_then(|(words, tail)| Some((words, tail.split_once(')')?.1))) {
            Some((words, tail)) => {
                text += words;
                rest = tail;
            }
            None => {
                text.push('[');
                rest = after;
            }
        }
    }
    (text + rest).replace("**", "").replace('`', "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paragraphs_and_lists_stay_and_the_rest_goes() {
        let card = "# Title\n\nOne **bold**\nline with `code` and [a link](https://example.org).\n\n| a | b |\n|---|---|\n\n\
                    ```sh\nrun it\n```\n- first\n  goes on\n- second [x\n<!-- hidden -->\n![picture](a.png)\n\nEnd.";
        assert_eq!(
            excerpt(card),
            [
                Piece::Paragraph("One bold line with code and a link.".into()),
                Piece::Bullets(vec!["first goes on".into(), "second [x".into()]),
                Piece::Paragraph("End.".into()),
            ]
        );
        let long = "words and words\n\n".repeat(1000);
        let kept: usize = excerpt(&long).len();
        assert!((70..100).contains(&kept), "{kept}");
    }
}
