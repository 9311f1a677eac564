//! `Status` into what may be held of it: a public or unlisted one whole, of any other only its id
//! and visibility (invariant 10).

use super::{Missing, Node};
use crate::domain::ids::{AccountId, StatusId};
use crate::domain::status::{Media, Status, Visibility};

/// A status as far as it may be seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::mastodon) enum Seen {
    /// Public or unlisted.
    Open(Box<Status>),
    /// Any other visibility.
    Closed(StatusId, Visibility),
}

/// Reads a `Status`.
///
/// # Errors
/// `id`, `account.id` and `visibility` are required.
pub(in crate::mastodon) fn status(node: &Node<'_>) -> Result<Seen, Missing> {
    let id = StatusId(node.at("id").needed_id()?);
    let account_id = AccountId(node.at("account").at("id").needed_id()?);
    let visibility = Visibility::from(node.at("visibility").needed_text()?);
    if !visibility.is_open() {
        return Ok(Seen::Closed(id, visibility));
    }
    let media = node.at("media_attachments").items();
    Ok(Seen::Open(Box::new(Status {
        id,
        account_id,
        created_at: node.at("created_at").time(),
        visibility,
        content: node.at("content").text().unwrap_or_default(),
        spoiler_text: node.at("spoiler_text").text().unwrap_or_default(),
        sensitive: node.at("sensitive").flag().unwrap_or(false),
        language: node.at("language").words(),
        url: node.at("url").words(),
        media: media.iter().map(attachment).collect(),
    })))
}

fn attachment(node: &Node<'_>) -> Media {
    Media {
        kind: node
            .at("type")
            .words()
            .unwrap_or_else(|| "unknown".to_owned()),
        description: node.at("description").words(),
    }
}
