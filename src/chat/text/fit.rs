//! Fits text to a limit without cutting through a letter, and says what was left out.

use unicode_segmentation::UnicodeSegmentation;

/// `text`, cut to at most `limit` characters between two letters as people see them, with `…` at
/// the end where something was left out. Empty when not even the `…` fits.
pub fn fit(text: &str, limit: usize) -> String {
    if text.chars().count() <= limit {
        return text.to_owned();
    }
    let Some(room) = limit.checked_sub(1) else {
        return String::new();
    };
    let mut cut = start(text, room).trim_end().to_owned();
    cut.push('…');
    cut
}

/// `items` joined by `between`, as many as fit into `limit` characters, with `… (3 more)` for the
/// others. An only item that is too long is cut.
pub fn fit_list(items: &[String], between: &str, limit: usize) -> String {
    let whole = items.join(between);
    if whole.chars().count() <= limit {
        return whole;
    }
    for kept in (1..items.len()).rev() {
        let (shown, left) = items.split_at(kept);
        let tail = format!("… ({} more)", left.len());
        let text = format!("{}{between}{tail}", shown.join(between));
        if text.chars().count() <= limit {
            return text;
        }
    }
    let Some((first, others)) = items.split_first() else {
        return String::new();
    };
    if others.is_empty() {
        return fit(first, limit);
    }
    let tail = format!(" ({} more)", others.len());
    let room = limit.saturating_sub(tail.chars().count());
    fit(&format!("{}{tail}", shorten(first, room)), limit)
}

/// `text` with `…`, in at most `limit` characters, even where `text` itself would fit.
fn shorten(text: &str, limit: usize) -> String {
    format!("{}…", start(text, limit.saturating_sub(1)).trim_end())
}

/// The longest start of `text` of whole letters and at most `limit` characters.
fn start(text: &str, limit: usize) -> String {
    let mut used = 0;
    text.graphemes(true)
        .take_while(|letter| {
            used += letter.chars().count();
            used <= limit
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_cut_between_letters() {
        for (text, limit, fitted) in [
            ("short", 5, "short"),
            ("longer text", 8, "longer…"),
            ("e\u{301}e\u{301}e\u{301}", 4, "e\u{301}…"),
            ("👩‍👩‍👧👩‍👩‍👧", 7, "👩‍👩‍👧…"),
            ("👩‍👩‍👧👩‍👩‍👧", 5, "…"),
            ("ab", 1, "…"),
            ("ab", 0, ""),
            ("", 0, ""),
        ] {
            assert_eq!(fit(text, limit), fitted, "{text} in {limit}");
        }
    }

    #[test]
    fn lists_say_how_many_are_left_out() {
        let items: Vec<String> = ["one", "two", "three", "four"].map(str::to_owned).into();
        assert_eq!(fit_list(&items, ", ", 40), "one, two, three, four");
        assert_eq!(fit_list(&items, ", ", 20), "one, two, … (2 more)");
        assert_eq!(fit_list(&items, ", ", 16), "one, … (3 more)");
        assert_eq!(fit_list(&items, ", ", 11), "o… (3 more)");
        assert_eq!(fit_list(&items[..1], ", ", 2), "o…");
        assert_eq!(fit_list(&[], ", ", 2), "");
    }

    proptest::proptest! {
        #[test]
        fn nothing_is_ever_over_the_limit(
            items in proptest::collection::vec("\\PC{0,12}", 0..6),
            limit in 0usize..40,
        ) {
            proptest::prop_assert!(fit_list(&items, "\n", limit).chars().count() <= limit);
            let text = items.concat();
            proptest::prop_assert!(fit(&text, limit).chars().count() <= limit);
        }
    }
}
