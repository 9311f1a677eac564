//! As much of a browser as the room needs: the forms of a page, with what they would send.
//!
//! Reads our own templates only, whose attributes are quoted and whose values are escaped.

/// A form of a page.
#[derive(Debug, Clone)]
pub(crate) struct Form {
    /// Where it goes.
    pub action: String,
    /// What it sends whatever is pressed.
    pub hidden: Vec<(String, String)>,
    /// What can be pressed.
    pub buttons: Vec<Button>,
}

/// A button of a form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Button {
    /// What it says.
    pub label: String,
    /// What it sends, if anything.
    pub key: String,
}

/// The forms of a page, in order.
pub(crate) fn forms(page: &str) -> Vec<Form> {
    pieces(page, "<form", "</form>")
        .into_iter()
        .map(|form| Form {
            action: attribute(form, "action").unwrap_or_default(),
            hidden: pieces(form, "<input", ">")
                .into_iter()
                .filter(|input| attribute(input, "type").as_deref() == Some("hidden"))
                .map(|input| {
                    let name = attribute(input, "name").unwrap_or_default();
                    (name, attribute(input, "value").unwrap_or_default())
                })
                .collect(),
            buttons: pieces(form, "<button", "</button>")
                .into_iter()
                .map(|button| Button {
                    label: text(&format!("<button{button}")),
                    key: attribute(button, "value").unwrap_or_default(),
                })
                .collect(),
        })
        .collect()
}

/// The text of a piece of a page, without markup.
pub(crate) fn text(page: &str) -> String {
    let mut text = String::new();
    let mut in_tag = false;
    for letter in page.chars() {
        match letter {
            '<' => in_tag = true,
            '>' => in_tag = false,
            letter if !in_tag => text.push(letter),
            _ => {}
        }
    }
    unescape(text.trim())
}

/// The piece of a page that begins with `from` and ends before `to`.
pub(crate) fn piece<'p>(page: &'p str, from: &str, to: &str) -> Option<&'p str> {
    pieces(page, from, to).into_iter().next()
}

fn pieces<'p>(page: &'p str, from: &str, to: &str) -> Vec<&'p str> {
    page.split(from)
        .skip(1)
        .map(|rest| rest.split(to).next().unwrap())
        .collect()
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let tag = tag.split('>').next()?;
    let value = tag.split(&format!(" {name}=\"")).nth(1)?;
    value.split('"').next().map(unescape)
}

fn unescape(text: &str) -> String {
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&#x27;", "'")
        .replace("&#39;", "'")
        .replace("&#x60;", "`")
        .replace("&#x3D;", "=")
        .replace("&amp;", "&")
}
