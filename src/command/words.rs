//! From a line to words: quotes, dashes and invisible characters as phones and chats send them.
//!
//! A shell's rules would not do: `#42` would start a comment, the apostrophe of "don't" a quote,
//! and phones turn `--` into `—` and `"` into `“`.

use super::error::ParseError;

/// The longest line that is read at all, in characters.
const LINE_LIMIT: usize = 64 * 1024;

/// Characters that phones and keyboards use for a double quote.
const DOUBLE: [char; 7] = ['"', '“', '”', '„', '‟', '«', '»'];

/// The same for a single quote, which is also an apostrophe.
const SINGLE: [char; 5] = ['\'', '‘', '’', '‚', '‛'];

/// One word of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Word {
    /// Without its quotes.
    pub(super) text: String,
    /// It began with a quote, so it is data and never an option.
    pub(super) is_quoted: bool,
}

/// Takes out what nobody types on purpose: control characters other than line breaks and tabs,
/// marks that turn the writing direction, and marks without width.
pub(super) fn clean(text: &str) -> String {
    text.replace("\r\n", "\n")
        .chars()
        .filter(|c| match c {
            '\n' | '\t' => true,
            '\u{200b}' | '\u{2060}' | '\u{feff}' | '\u{202a}'..='\u{202e}' => false,
            _ => !c.is_control() && !('\u{2066}'..='\u{2069}').contains(c),
        })
        .collect()
}

/// Splits a cleaned line.
///
/// # Errors
/// A line that is far too long, or a quote without its end.
pub(super) fn split(line: &str) -> Result<Vec<Word>, ParseError> {
    let length = line.chars().count();
    if length > LINE_LIMIT {
        return Err(ParseError::new(format!(
            "This is {length} characters long; at most {LINE_LIMIT} are read."
        )));
    }
    let mut words = Vec::new();
    let mut rest = line.trim_start();
    while !rest.is_empty() {
        let (word, behind) = next_word(rest)?;
        words.push(word);
        rest = behind.trim_start();
    }
    Ok(words)
}

/// Reads one word from the start of `line`, which is no space; what is left comes with it.
pub(super) fn next_word(line: &str) -> Result<(Word, &str), ParseError> {
    let mut text = String::new();
    let mut rest = line.chars();
    let mut before = None;
    while let Some(c) = rest.clone().next() {
        if c.is_whitespace() {
            break;
        }
        let start = rest.as_str();
        rest.next();
        let may_open = matches!(before, None | Some('='));
        if DOUBLE.contains(&c) || (may_open && SINGLE.contains(&c)) {
            let (inside, behind) = quoted(start, DOUBLE.contains(&c))?;
            text.push_str(&inside);
            rest = behind.chars();
        } else {
            text.push(c);
        }
        before = Some(c);
    }
    let is_quoted = line.starts_with(|c| DOUBLE.contains(&c) || SINGLE.contains(&c));
    Ok((Word { text, is_quoted }, rest.as_str()))
}

/// Reads from an opening quote to its end. A single quote ends only before a space or at the end,
/// so that `'don't'` is one word. A backslash takes the meaning of a quote or a backslash away.
fn quoted(text: &str, is_double: bool) -> Result<(String, &str), ParseError> {
    let is_quote = |c: char| DOUBLE.contains(&c) || SINGLE.contains(&c);
    let mut inside = String::new();
    let mut rest = text.chars();
    rest.next();
    while let Some(c) = rest.next() {
        let next = rest.clone().next();
        let closes = if is_double {
            DOUBLE.contains(&c)
        } else {
            SINGLE.contains(&c) && next.is_none_or(char::is_whitespace)
        };
        match next {
            _ if closes => return Ok((inside, rest.as_str())),
            Some(escaped) if c == '\\' && (is_quote(escaped) || escaped == '\\') => {
                inside.push(escaped);
                rest.next();
            }
            _ => inside.push(c),
        }
    }
    let place: String = text.chars().take(24).collect();
    Err(ParseError::new(format!(
        "The quote that begins at {place} has no end. Close it, or leave the quote out."
    )))
}

/// An option as it was meant: phones join two hyphens to a dash, and begin with a capital.
pub(super) fn two_hyphens(word: String) -> String {
    let dashed = word
        .strip_prefix('—')
        .or_else(|| word.strip_prefix('–'))
        .filter(|rest| rest.starts_with(char::is_alphabetic));
    let name = match dashed.or_else(|| word.strip_prefix("--")) {
        Some(name) if !name.is_empty() => name,
        _ => return word,
    };
    match name.split_once('=') {
        Some((name, value)) => format!("--{}={value}", name.to_lowercase()),
        None => format!("--{}", name.to_lowercase()),
    }
}

/// A text in quotes that [`split`] reads back as it was.
pub(super) fn quote(text: &str) -> String {
    let mut quoted = String::from("\"");
    for c in text.chars() {
        if DOUBLE.contains(&c) || SINGLE.contains(&c) || c == '\\' {
            quoted.push('\\');
        }
        quoted.push(c);
    }
    quoted.push('"');
    quoted
}
