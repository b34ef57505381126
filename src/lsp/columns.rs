//! What may be written into a table of samples: its columns, and names in its cells.

use super::index::{Index, Kind};

/// The columns of a table and what they hold.
const COLUMNS: [(&str, &str); 9] = [
    ("input", "The text of the input, where there is one."),
    (
        "input_0",
        "The text of the first input; `input_1` is that of the second.",
    ),
    ("input_0.numbers", "Its numbers, as JSON."),
    ("input_0.number_lists", "Its lists of numbers, as JSON."),
    (
        "output",
        "The text of the answer, or a state; `output.LABEL` for the value of a label.",
    ),
    ("output.numbers", "The numbers of the answer, as JSON."),
    (
        "output.number_lists",
        "The lists of numbers of the answer, as JSON.",
    ),
    ("final", "The final token that ends the answer."),
    ("value", "The number that goes with the final token."),
];

/// The separator of a table by the name of its file; `None` if it is none.
pub(super) fn separator(path: &std::path::Path) -> Option<char> {
    let ending = path.extension()?.to_str()?.to_ascii_lowercase();
    match ending.as_str() {
        "csv" => Some(','),
        "tsv" => Some('\t'),
        _ => None,
    }
}

/// What may stand in the cell at a byte of a table: words and what they mean, and where
/// the cell begins.
pub(super) fn offered(
    text: &str,
    offset: usize,
    separator: char,
    names: &Index,
) -> (Vec<(String, String)>, usize) {
    let before = text.get(..offset).unwrap_or_default();
    let mut is_quoted = false;
    let (mut row, mut column, mut start) = (0, 0, 0);
    for (at, c) in before.char_indices() {
        match c {
            '"' => is_quoted = !is_quoted,
            _ if is_quoted => {}
            '\n' => (row, column, start) = (row + 1, 0, at + 1),
            c if c == separator => (column, start) = (column + 1, at + c.len_utf8()),
            _ => {}
        }
    }
    let header: Vec<&str> = text
        .lines()
        .next()
        .unwrap_or_default()
        .split(separator)
        .collect();
    let plain = |name: &str| name.trim().trim_matches('"').to_owned();
    let offered = if row == 0 {
        let mut others = header.clone();
        if column < others.len() {
            others.remove(column);
        }
        let mut others: Vec<String> = others.into_iter().map(plain).collect();
        // Two names of one column.
        if others
            .iter()
            .any(|name| name == "input" || name == "input_0")
        {
            others.extend(["input", "input_0"].map(str::to_owned));
        }
        let open = COLUMNS
            .iter()
            .filter(|(name, _)| !others.iter().any(|other| other == name));
        open.map(|(name, about)| ((*name).to_owned(), (*about).to_owned()))
            .collect()
    } else if header
        .get(column)
        .is_some_and(|name| plain(name) == "final")
    {
        let finals = names.names(Kind::Token).filter(|(_, about)| about.is_final);
        finals
            .map(|(name, about)| (name.to_owned(), about.summary.clone()))
            .collect()
    } else {
        Vec::new()
    };
    if text
        .get(start..offset)
        .is_some_and(|cell| cell.starts_with('"'))
    {
        start += 1;
    }
    (offered, start)
}

#[cfg(test)]
mod tests {
    use super::{Index, offered};

    #[test]
    fn columns_that_are_there_are_not_offered() {
        let names = |text: &str| {
            let offset = text.find('^').unwrap_or(text.len());
            let text = text.replace('^', "");
            let (offered, start) = offered(&text, offset, ',', &Index::default());
            let names: Vec<String> = offered.into_iter().map(|(name, _)| name).collect();
            (names.join(" "), text[start..offset].to_owned())
        };
        let (all, word) = names("input_0,\"output\",fi^\na,b\n");
        assert!(
            all.contains("final value") && all.contains("input_0.numbers"),
            "{all}"
        );
        assert!(
            !all.contains("output ") && !all.contains("input_0 "),
            "{all}"
        );
        assert_eq!(word, "fi");
        assert_eq!(names("input,output\na,\"b^").0, "");
    }
}
