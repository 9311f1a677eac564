//! HTML of statuses and profiles as plain text.

use html2text::config;
use html2text::render::TrivialDecorator;

use super::clean::clean;
use super::fit::fit;

/// More HTML than this is not read: the largest status that Mastodon's own software makes is far
/// below it, other servers may send anything.
const MOST_HTML: usize = 32 * 1024;

/// Lines longer than this are broken. A limit, because a rule is drawn as wide as a line.
const LINE: usize = 2_000;

/// The text of `html`: paragraphs and line breaks kept, links as the words they show, everything
/// else dropped, cleaned (see [`clean`]).
pub fn html_to_text(html: &str) -> String {
    let html = fit(html, MOST_HTML);
    let text = config::with_decorator(TrivialDecorator::new())
        .allow_width_overflow()
        .string_from_read(html.as_bytes(), LINE)
        // It fails only on widths that are too small; then the markup is shown as it came.
        .unwrap_or(html);
    let cleaned = clean(&text);
    let mut lines: Vec<&str> = cleaned.lines().map(str::trim_end).collect();
    lines.dedup_by(|next, line| next.is_empty() && line.is_empty());
    lines.join("\n").trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paragraphs_and_breaks_are_kept_and_markup_goes() {
        for (html, text) in [
            (
                "<p>Buy <b>now</b><br>cheap</p><p>Second</p>",
                "Buy now\ncheap\n\nSecond",
            ),
            (
                "<p><a href=\"https://x.example/a\"><span class=\"invisible\">https://</span>x.example/a</a></p>",
                "https://x.example/a",
            ),
            ("<script>alert(1)</script>plain", "plain"),
            ("a &lt;b&gt; &amp; c", "a <b> & c"),
            ("<p>one</p><p></p><p></p><p>two</p>", "one\n\ntwo"),
            ("<p>gpj.\u{202e}exe\u{0}</p>", "gpj.exe"),
            ("<p unclosed", ""),
            ("", ""),
        ] {
            assert_eq!(html_to_text(html), text, "{html}");
        }
    }

    #[test]
    fn hostile_html_ends() {
        let deep = "<div>".repeat(20_000);
        assert_eq!(html_to_text(&format!("{deep}x")), "");
        let rules = "<hr>".repeat(50_000);
        assert!(html_to_text(&rules).len() < 100_000_000);
    }
}
