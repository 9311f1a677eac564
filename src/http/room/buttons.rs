//! Buttons as the room shows them: the card's own, and those of answers.

use crate::chat::card::{Button as CardButton, Press, Style};
use crate::chat::text::{clean_line, fit};
use crate::desk::Button;
use crate::template::ButtonView;

/// Longer labels are cut: a rule of the server may be a paragraph.
const LONGEST_LABEL: usize = 80;

/// The buttons of a card, for a reader who has claimed the case or has not.
pub(super) fn of_card(buttons: &[CardButton], is_mine: bool) -> Vec<ButtonView> {
    // A card is made for everybody; here it is known that the reader is on the case already.
    let takes = |press: &Press| match press {
        Press::Key(key) => key.split_once('.').is_some_and(|(_, verb)| verb == "claim"),
        Press::Link(_) => false,
    };
    buttons
        .iter()
        .filter(|button| !(is_mine && takes(&button.press)))
        .map(|button| {
            let (key, href) = match &button.press {
                Press::Key(key) => (key.clone(), None),
                Press::Link(link) => (String::new(), Some(link.clone())),
            };
            ButtonView {
                label: clean_line(&button.label),
                icon: icon(&key),
                key,
                href,
                tone: match button.style {
                    Style::Primary => "main",
                    Style::Danger => "danger",
                    Style::Plain => "plain",
                },
            }
        })
        .collect()
}

/// The buttons of an answer. Confirm is what was asked for; everything else stands beside it.
pub(super) fn of_answer(buttons: &[Button]) -> Vec<ButtonView> {
    buttons
        .iter()
        .map(|button| ButtonView {
            label: fit(&clean_line(&button.label), LONGEST_LABEL),
            key: button.key.clone(),
            href: None,
            tone: if button.key.starts_with("confirm.") {
                "main"
            } else {
                "plain"
            },
            icon: None,
        })
        .collect()
}

fn icon(key: &str) -> Option<&'static str> {
    let (_, verb) = key.split_once('.')?;
    Some(match verb {
        "claim" => "claimed",
        "resolve" | "approve" | "second" => "check",
        "limit" => "limit",
        "suspend" => "suspend",
        "reject" | "cancel" => "close",
        "assign" => "person",
        "undo" | "reopen" => "undo",
        _ => return None,
    })
}
