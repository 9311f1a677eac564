//! Takes out characters that a reader cannot see but that change what is read: control,
//! bidirectional, zero-width and tag characters, and heaps of marks on one letter.

use unicode_segmentation::UnicodeSegmentation;

/// The most characters that one letter as people see it may be made of. A family emoji has 11,
/// Tibetan stacks have up to 9; hundreds of marks on one letter cover the lines above and below.
const LARGEST_LETTER: usize = 16;

/// Cleans text of several lines: line breaks become `\n`, tabs become spaces.
pub fn clean(text: &str) -> String {
    let mut cleaned = String::with_capacity(text.len());
    let text = text.replace("\r\n", "\n");
    for letter in text.graphemes(true) {
        let is_ascii = letter.is_ascii();
        let visible = letter.chars().filter_map(|c| seen(c, is_ascii));
        cleaned.extend(visible.take(LARGEST_LETTER));
    }
    cleaned
}

/// Cleans text that stands in one line, such as a name: line breaks and runs of white space become
/// one space.
pub fn clean_line(text: &str) -> String {
    let cleaned = clean(text);
    let words: Vec<&str> = cleaned.split_whitespace().collect();
    words.join(" ")
}

/// What a reader gets of `c`: itself, a substitute, or nothing.
fn seen(c: char, in_ascii: bool) -> Option<char> {
    match c {
        '\n' | '\u{2028}' | '\u{2029}' | '\u{85}' | '\r' | '\u{b}' | '\u{c}' => Some('\n'),
        '\t' => Some(' '),
        c if c.is_control() => None,
        // Joiners belong to Persian, Indic scripts and emoji, but hide between Latin letters.
        '\u{200c}' | '\u{200d}' if !in_ascii => Some(c),
        c if is_invisible(c) => None,
        c => Some(c),
    }
}

fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{ad}'                        // soft hyphen
        | '\u{34f}'                     // combining grapheme joiner
        | '\u{61c}'                     // Arabic letter mark
        | '\u{115f}' | '\u{1160}' | '\u{3164}' | '\u{ffa0}' // Hangul fillers
        | '\u{17b4}' | '\u{17b5}'       // Khmer inherent vowels
        | '\u{180b}'..='\u{180f}'       // Mongolian selectors
        | '\u{200b}'..='\u{200f}'       // zero-width, direction marks
        | '\u{202a}'..='\u{202e}'       // direction embeddings and overrides
        | '\u{2060}'..='\u{206f}'       // word joiner, isolates, deprecated controls
        | '\u{feff}'                    // byte order mark
        | '\u{fff0}'..='\u{fffb}'       // unassigned, annotations
        | '\u{1d173}'..='\u{1d17a}'     // musical controls
        | '\u{e0000}'..='\u{e0fff}'     // tags, selectors above the basic ones
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_seen_is_taken_out() {
        for (text, cleaned) in [
            ("a\0b\u{7}c\u{1b}[31m", "abc[31m"),
            ("gpj.\u{202e}exe", "gpj.exe"),
            ("\u{2066}left\u{2069}\u{200e}\u{61c}", "left"),
            ("pay\u{200b}pal\u{feff}\u{ad}\u{2060}", "paypal"),
            ("\u{e0041}hidden\u{e007f}\u{e0100}", "hidden"),
            ("one\r\ntwo\u{2028}three\tfour", "one\ntwo\nthree four"),
            ("Grüße, мир, 你好 👩‍👩‍👧", "Grüße, мир, 你好 👩‍👩‍👧"),
            ("می‌خواهم", "می‌خواهم"),
        ] {
            assert_eq!(clean(text), cleaned, "{text:?}");
        }
    }

    #[test]
    fn heaps_of_marks_are_cut() {
        let heap = format!("z{}a", "\u{301}".repeat(500));
        assert_eq!(clean(&heap).chars().count(), LARGEST_LETTER + 1);
    }

    #[test]
    fn a_line_stays_one_line() {
        assert_eq!(
            clean_line("  Ana\n\n@everyone \u{2029} x\u{0} "),
            "Ana @everyone x"
        );
    }

    proptest::proptest! {
        #[test]
        fn cleaning_twice_is_cleaning_once(text in "\\PC*[\u{0}-\u{20}\u{200b}-\u{206f}]*\\PC*") {
            let once = clean_line(&text);
            proptest::prop_assert_eq!(clean_line(&once), once);
        }
    }
}
