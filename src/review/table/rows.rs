//! Text to a header and rows of cells, with the line number of each.

use std::path::Path;

use super::{TableError, decode::decode, json_lines};

/// Bytes of a file that is still read.
const MOST_BYTES: u64 = 512 << 20;
/// Columns of a table that is still read.
const MOST_COLUMNS: usize = 4096;

/// A row that was left out, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowProblem {
    /// Line of the file, from 1 (of a JSON array: the element).
    pub line: u64,
    pub what: String,
}

impl std::fmt::Display for RowProblem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "line {}: {}", self.line, self.what)
    }
}

/// One row; as many cells as the header has, trimmed.
#[derive(Clone, Debug)]
pub(super) struct Row {
    pub line: u64,
    pub cells: Vec<String>,
}

impl Row {
    /// The cell, `None` where it is empty or says that there is nothing.
    pub(super) fn get(&self, column: usize) -> Option<&str> {
        let cell = self.cells.get(column)?.as_str();
        let nothing = ["na", "n/a", "nan", "null", "none", "-"];
        (!cell.is_empty() && !nothing.contains(&cell.to_ascii_lowercase().as_str())).then_some(cell)
    }
}

/// A table as it stands in the file.
pub(super) struct RawTable {
    pub header: Vec<String>,
    pub rows: Vec<Row>,
    pub problems: Vec<RowProblem>,
    /// What was guessed about the file, in words.
    pub remarks: Vec<String>,
    pub encoding: &'static str,
    /// The delimiter in words.
    pub delimiter: &'static str,
    /// The character between cells, of a CSV file.
    pub separator: Option<u8>,
}

/// Reads a whole file.
pub(super) fn read(path: &Path) -> Result<RawTable, TableError> {
    let failed = |source| TableError::Read { path: path.to_owned(), source };
    let bytes = std::fs::metadata(path).map_err(failed)?.len();
    if bytes > MOST_BYTES {
        return Err(TableError::TooLarge { path: path.to_owned(), bytes, most: MOST_BYTES });
    }
    parse(std::fs::read(path).map_err(failed)?).map_err(|what| TableError::Unusable { path: path.to_owned(), what })
}

/// Reads a table from bytes; the error is a sentence.
pub(super) fn parse(bytes: Vec<u8>) -> Result<RawTable, String> {
    let decoded = decode(bytes);
    let start = decoded.text.trim_start();
    if start.is_empty() {
        return Err("the file is empty".to_owned());
    }
    let mut table =
        if start.starts_with(['{', '[']) { json_lines::parse(&decoded.text)? } else { delimited(&decoded.text)? };
    table.encoding = decoded.encoding;
    if decoded.damaged {
        table.remarks.push(format!("The text is damaged or of an unknown encoding; read as {}.", decoded.encoding));
    }
    if table.header.len() > MOST_COLUMNS {
        return Err(format!("it has {} columns; up to {MOST_COLUMNS} are read", table.header.len()));
    }
    Ok(table)
}

const DELIMITERS: [(u8, &str); 4] = [(b',', "comma"), (b';', "semicolon"), (b'\t', "tab"), (b'|', "bar")];

fn delimited(text: &str) -> Result<RawTable, String> {
    let (separator, delimiter) = guess_delimiter(text);
    let mut remarks = Vec::new();
    let mut records = records(text, separator, true);
    let columns = records.first().map_or(0, |row| row.cells.len());
    if let Some(open) =
        records.iter().find(|row| row.cells.len() != columns && row.cells.iter().any(|c| c.contains('\n')))
    {
        remarks.push(format!(
            "A quotation mark on line {} is never closed: quotation marks were read as plain characters.",
            open.line
        ));
        records = self::records(text, separator, false);
    }
    let mut records = records.into_iter();
    let header = records.next().map(|row| row.cells).unwrap_or_default();
    let (mut rows, mut problems) = (Vec::new(), Vec::new());
    for mut row in records {
        // Some programs end every line with a delimiter.
        while row.cells.len() > header.len() && row.cells.last().is_some_and(String::is_empty) {
            row.cells.pop();
        }
        if row.cells.len() == header.len() {
            rows.push(row);
        } else {
            let what = format!("{} cells where the header has {}; left out", row.cells.len(), header.len());
            problems.push(RowProblem { line: row.line, what });
        }
    }
    Ok(RawTable { header, rows, problems, remarks, encoding: "", delimiter, separator: Some(separator) })
}

fn records(text: &str, separator: u8, quoting: bool) -> Vec<Row> {
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(separator)
        .has_headers(false)
        .flexible(true)
        .quoting(quoting)
        .trim(csv::Trim::All)
        .from_reader(text.as_bytes());
    let mut lines = Lines { text: text.as_bytes(), byte: 0, line: 1 };
    let mut rows = Vec::new();
    for record in reader.records().filter_map(Result::ok) {
        let line = lines.at(record.position().map_or(0, csv::Position::byte));
        let cells: Vec<String> = record.iter().map(str::to_owned).collect();
        // A line of blanks is no row.
        if cells.iter().any(|cell| !cell.is_empty()) {
            rows.push(Row { line, cells });
        }
    }
    rows
}

/// Line numbers of rising byte offsets. The csv crate's own count stands before the empty lines that it skips.
struct Lines<'a> {
    text: &'a [u8],
    byte: usize,
    line: u64,
}

impl Lines<'_> {
    /// Line of the first character at or after `byte` that ends no line.
    fn at(&mut self, byte: u64) -> u64 {
        let start = usize::try_from(byte).unwrap_or(usize::MAX);
        while let Some(character) = self.text.get(self.byte) {
            if self.byte >= start && !matches!(character, b'\n' | b'\r') {
                break;
            }
            self.line += u64::from(*character == b'\n');
            self.byte += 1;
        }
        self.line
    }
}

/// The delimiter that splits most of the first lines into the same number of cells as the header, then into most.
fn guess_delimiter(text: &str) -> (u8, &'static str) {
    let head: String = text.lines().filter(|line| !line.trim().is_empty()).take(50).flat_map(|l| [l, "\n"]).collect();
    let score = |(separator, _): &(u8, &str)| {
        let rows = records(&head, *separator, true);
        let columns = rows.first().map_or(0, |row| row.cells.len());
        let same = rows.iter().filter(|row| row.cells.len() == columns).count();
        if columns < 2 { (0, 0) } else { (same, columns) }
    };
    // The first of equals: comma.
    DELIMITERS.into_iter().rev().max_by_key(score).unwrap_or((b',', "comma"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(text: &str) -> RawTable {
        parse(text.as_bytes().to_vec()).unwrap()
    }

    #[test]
    fn delimiters_are_guessed() {
        for (separator, name) in [(",", "comma"), (";", "semicolon"), ("\t", "tab"), ("|", "bar")] {
            let table = table(&["path,truth", "a.png,x", "b.png,y", ""].join("\n").replace(',', separator));
            assert_eq!((table.delimiter, table.header.len(), table.rows.len()), (name, 2, 2));
        }
        assert_eq!(table("file;p\na;0,93\nb;0,5\n").delimiter, "semicolon");
        assert_eq!(table("y_pred\n1\n0\n").header, ["y_pred"]);
    }

    #[test]
    fn ragged_rows_are_left_out_with_their_line() {
        let table = table("a,b\n1,2\n\n1\n1,2,3\n4,5,,\n");
        assert_eq!(table.rows.len(), 2);
        let said: Vec<String> = table.problems.iter().map(ToString::to_string).collect();
        assert_eq!(said[0], "line 4: 1 cells where the header has 2; left out");
        assert_eq!(said[1], "line 5: 3 cells where the header has 2; left out");
    }

    #[test]
    fn a_quotation_mark_that_never_closes_does_not_swallow_the_file() {
        let table = table("path,truth\n\"a.png,x\nb.png,y\nc.png,x\n");
        assert_eq!(table.rows.len(), 3);
        assert!(table.remarks[0].contains("line 2"), "{:?}", table.remarks);
    }

    #[test]
    fn cells_that_say_nothing_are_nothing() {
        let table = table("a,b\n1,NaN\n,x\n");
        assert_eq!((table.rows[0].get(1), table.rows[1].get(0), table.rows[1].get(1)), (None, None, Some("x")));
        assert!(parse(b" \n ".to_vec()).is_err());
    }
}
