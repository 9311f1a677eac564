//! The text of a status as Mastodon's HTML: escaped, with links, mentions and hashtags.
//!
//! Pure. Covers what the recorded traffic shows; it is no full copy of Mastodon's text formatter.

use std::fmt::Write;

/// A mention that was found in the text and belongs to a known account.
pub(super) struct Mention {
    /// The handle without the leading `@`, as typed.
    pub(super) typed: String,
    pub(super) username: String,
    pub(super) url: String,
}

/// The handles that a text mentions, without the leading `@`, in order, each once.
pub(super) fn mentioned(text: &str) -> Vec<String> {
    let mut handles = Vec::new();
    for word in text.split_whitespace() {
        if let Some(handle) = word.strip_prefix('@') {
            let handle = handle.trim_end_matches(|c: char| !c.is_ascii_alphanumeric() && c != '_');
            if !handle.is_empty() && !handles.iter().any(|known| known == handle) {
                handles.push(handle.to_owned());
            }
        }
    }
    handles
}

/// The hashtags of a text, lower case, without the `#`, in order, each once.
pub(super) fn hashtags(text: &str) -> Vec<String> {
    let mut tags = Vec::new();
    for word in text.split_whitespace() {
        let Some(tag) = hashtag(word) else { continue };
        let tag = tag.to_lowercase();
        if !tags.contains(&tag) {
            tags.push(tag);
        }
    }
    tags
}

/// The text as HTML.
pub(super) fn html(text: &str, web_url: &str, mentions: &[Mention]) -> String {
    let paragraphs: Vec<String> = text
        .split("\n\n")
        .map(|paragraph| {
            let lines: Vec<String> = paragraph
                .lines()
                .map(|line| {
                    let words: Vec<String> = line
                        .split(' ')
                        .map(|word| word_html(word, web_url, mentions))
                        .collect();
                    words.join(" ")
                })
                .collect();
            format!("<p>{}</p>", lines.join("<br />"))
        })
        .collect();
    paragraphs.concat()
}

fn word_html(word: &str, web_url: &str, mentions: &[Mention]) -> String {
    if let Some(mention) = word.strip_prefix('@').and_then(|rest| {
        mentions
            .iter()
            .find(|mention| rest.starts_with(&mention.typed))
    }) {
        let (url, name) = (escape(&mention.url), escape(&mention.username));
        let rest = escape(word.get(1 + mention.typed.len()..).unwrap_or_default());
        return format!(
            r#"<span class="h-card" translate="no"><a href="{url}" class="u-url mention">@<span>{name}</span></a></span>{rest}"#
        );
    }
    if let Some(tag) = hashtag(word) {
        let (lower, shown) = (escape(&tag.to_lowercase()), escape(tag));
        let rest = escape(word.get(1 + tag.len()..).unwrap_or_default());
        return format!(
            r#"<a href="{web_url}/tags/{lower}" class="mention hashtag" rel="tag">#<span>{shown}</span></a>{rest}"#
        );
    }
    if word.starts_with("https://") || word.starts_with("http://") {
        return link(word);
    }
    escape(word)
}

/// The tag of a word such as `#spam!`, without the `#`.
fn hashtag(word: &str) -> Option<&str> {
    let rest = word.strip_prefix('#')?;
    let end = rest
        .find(|c: char| !c.is_alphanumeric() && c != '_')
        .unwrap_or(rest.len());
    rest.get(..end).filter(|tag| !tag.is_empty())
}

/// A link whose protocol is hidden and whose shown part is cut after 30 characters.
fn link(url: &str) -> String {
    let protocol = url.find("://").map_or(0, |at| at + 3);
    let (prefix, rest) = url.split_at_checked(protocol).unwrap_or((url, ""));
    let shown: String = rest.chars().take(30).collect();
    let hidden = rest.get(shown.len()..).unwrap_or_default();
    let class = if hidden.is_empty() { "" } else { "ellipsis" };
    let mut html = String::new();
    // Writing to a String cannot fail.
    let _ = write!(
        html,
        r#"<a href="{}" target="_blank" rel="nofollow noopener noreferrer" translate="no"><span class="invisible">{}</span><span class="{class}">{}</span><span class="invisible">{}</span></a>"#,
        escape(url),
        escape(prefix),
        escape(&shown),
        escape(hidden)
    );
    html
}

/// Text made inert for HTML, in element content and in quoted attributes.
pub(super) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            c => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    const WEB: &str = "https://mastodon.test";

    #[test]
    fn a_status_becomes_the_recorded_html() {
        assert_eq!(
            html(
                "Buy <b>cheap</b> pills & more https://example.com/x #spam",
                WEB,
                &[]
            ),
            "<p>Buy &lt;b&gt;cheap&lt;/b&gt; pills &amp; more <a href=\"https://example.com/x\" \
             target=\"_blank\" rel=\"nofollow noopener noreferrer\" translate=\"no\"><span \
             class=\"invisible\">https://</span><span class=\"\">example.com/x</span><span \
             class=\"invisible\"></span></a> <a href=\"https://mastodon.test/tags/spam\" \
             class=\"mention hashtag\" rel=\"tag\">#<span>spam</span></a></p>"
        );
    }

    #[test]
    fn mentions_of_known_accounts_become_links() {
        let bob = Mention {
            typed: "bob".to_owned(),
            username: "bob".to_owned(),
            url: format!("{WEB}/@bob"),
        };
        assert_eq!(
            mentioned("@bob secret dm, cc @ana@far.example!"),
            ["bob", "ana@far.example"]
        );
        assert_eq!(
            html("@bob secret dm", WEB, &[bob]),
            "<p><span class=\"h-card\" translate=\"no\"><a href=\"https://mastodon.test/@bob\" \
             class=\"u-url mention\">@<span>bob</span></a></span> secret dm</p>"
        );
        assert_eq!(html("@nobody <i>", WEB, &[]), "<p>@nobody &lt;i&gt;</p>");
    }

    #[test]
    fn tags_and_lines() {
        assert_eq!(hashtags("#Spam and #spam, #Höhe!"), ["spam", "höhe"]);
        assert_eq!(html("a\nb\n\nc", WEB, &[]), "<p>a<br />b</p><p>c</p>");
    }

    #[test]
    fn long_links_are_cut() {
        let html = link("https://example.com/a/very/long/path/that/goes/on");
        assert!(html.contains("<span class=\"ellipsis\">example.com/a/very/long/path/t</span>"));
        assert!(html.contains("<span class=\"invisible\">hat/goes/on</span>"));
    }
}
