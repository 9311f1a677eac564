//! The chat side: how a case looks (`card`), how untrusted text becomes harmless (`text`), and what
//! every platform must be able to do ([`Chat`]). Knows no platform and no database.

pub mod card;
pub mod fake;
pub mod text;

use std::fmt;

use async_trait::async_trait;
use chrono::TimeDelta;

use card::Card;

use crate::domain::ChannelName;

/// A platform's own name for a message it holds; opaque to everyone else.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct MessageRef(pub String);

impl fmt::Display for MessageRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Why a platform did not do something, by what the caller does next.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ChatError {
    /// Try again after this long: rate limit, outage, no answer. It may have been done all the
    /// same; the idempotency key finds it.
    #[error("the platform asks to wait {} s", .0.num_seconds())]
    Retry(TimeDelta),
    /// The message or its channel is not there (any more).
    #[error("the message is gone")]
    Gone,
    /// The bot may not do it there. In the platform's words.
    #[error("the platform denies it: {0}")]
    Denied(String),
    /// The platform refuses the content. In its words.
    #[error("the platform refuses the message: {0}")]
    Invalid(String),
    /// The bot's credentials are refused: nothing will work until somebody changes them.
    #[error("the platform refuses the credentials: {0}")]
    Fatal(String),
}

/// How a platform's connection stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Health {
    /// Works.
    Up,
    /// Does not work, and why, in words.
    Down(String),
}

/// What every chat platform must be able to do. What one lacks is replaced by its adapter, not
/// dropped.
///
/// Each call that sends takes an idempotency key: the same key never makes two messages where the
/// platform can tell, and [`Chat::find_posted`] finds what was posted under it.
#[async_trait]
pub trait Chat: Send + Sync + fmt::Debug {
    /// Posts a card as a new message.
    async fn post_card(
        &self,
        channel: &ChannelName,
        card: &Card,
        key: &str,
    ) -> Result<MessageRef, ChatError>;

    /// Changes a posted card in place; nobody is notified.
    async fn edit_card(
        &self,
        channel: &ChannelName,
        message: &MessageRef,
        card: &Card,
        key: &str,
    ) -> Result<MessageRef, ChatError>;

    /// Looks for a message that was posted under `key`, perhaps by a process that ended before it
    /// heard the answer.
    async fn find_posted(
        &self,
        channel: &ChannelName,
        key: &str,
    ) -> Result<Option<MessageRef>, ChatError>;

    /// Posts `text` (plain, cleaned) into the thread under `card`.
    async fn post_thread(
        &self,
        channel: &ChannelName,
        card: &MessageRef,
        text: &str,
        key: &str,
    ) -> Result<MessageRef, ChatError>;

    /// Changes a message of a thread.
    async fn edit_thread_message(
        &self,
        channel: &ChannelName,
        message: &MessageRef,
        text: &str,
        key: &str,
    ) -> Result<MessageRef, ChatError>;

    /// Takes a message away, as far as the platform can.
    async fn delete_message(
        &self,
        channel: &ChannelName,
        message: &MessageRef,
    ) -> Result<(), ChatError>;

    /// Sends the private answer that was promised when `handle` was given out.
    async fn finish_reply(
        &self,
        handle: &str,
        text: &str,
        key: &str,
    ) -> Result<MessageRef, ChatError>;

    /// How the connection stands, without asking the platform.
    fn health(&self) -> Health;
}
