//! A chat that keeps what it is sent, with switches for what can go wrong: for tests and for
//! training. It behaves as real platforms do: edits of messages that are gone fail, and a message
//! can arrive although its sender hears of a failure.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;

use super::card::Card;
use super::{Chat, ChatError, Health, MessageRef};
use crate::domain::ChannelName;

/// A recording chat.
#[derive(Debug, Default)]
pub struct FakeChat(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    messages: Vec<Message>,
    calls: u64,
    faults: VecDeque<Fault>,
    down: Option<String>,
}

/// A message that the fake holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Its name.
    pub id: MessageRef,
    /// The channel; replies have none.
    pub channel: Option<ChannelName>,
    /// The message it hangs under, or the handle it replies to.
    pub under: Option<String>,
    /// The key it was posted under.
    pub key: String,
    /// Its text now; cards as plain text.
    pub text: String,
    /// How often it was changed.
    pub edits: u32,
    /// Taken away, by us or by somebody in the chat.
    pub is_gone: bool,
}

/// What goes wrong with the next call that sends something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// It fails and nothing was done.
    Fails(ChatError),
    /// It is done, and the sender hears this all the same.
    DoneBut(ChatError),
}

impl FakeChat {
    /// Lets the next calls that send something go wrong, one fault each.
    pub fn fail_next(&self, faults: impl IntoIterator<Item = Fault>) {
        self.lock().faults.extend(faults);
    }

    /// Says in `health` that the platform is down, or with `None` that it is up again.
    pub fn set_down(&self, why: Option<&str>) {
        self.lock().down = why.map(str::to_owned);
    }

    /// Somebody takes a message away in the chat.
    pub fn remove(&self, id: &MessageRef) {
        for message in &mut self.lock().messages {
            if message.id == *id {
                message.is_gone = true;
            }
        }
    }

    /// Everything posted so far, oldest first.
    pub fn messages(&self) -> Vec<Message> {
        self.lock().messages.clone()
    }

    /// How many calls tried to send something.
    pub fn calls(&self) -> u64 {
        self.lock().calls
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn post(
        &self,
        channel: Option<&ChannelName>,
        under: Option<&str>,
        text: String,
        key: &str,
    ) -> Result<MessageRef, ChatError> {
        let mut state = self.lock();
        state.send(|state| {
            if let Some(posted) = state.messages.iter().find(|message| message.key == key) {
                return Ok(posted.id.clone());
            }
            let id = MessageRef(format!("m{}", state.messages.len() + 1));
            state.messages.push(Message {
                id: id.clone(),
                channel: channel.cloned(),
                under: under.map(str::to_owned),
                key: key.to_owned(),
                text,
                edits: 0,
                is_gone: false,
            });
            Ok(id)
        })
    }

    fn edit(&self, id: &MessageRef, text: String) -> Result<MessageRef, ChatError> {
        let mut state = self.lock();
        state.send(|state| {
            let message = state
                .messages
                .iter_mut()
                .find(|message| message.id == *id && !message.is_gone)
                .ok_or(ChatError::Gone)?;
            if message.text != text {
                message.text = text;
                message.edits += 1;
            }
            Ok(id.clone())
        })
    }
}

impl State {
    fn send<T>(
        &mut self,
        act: impl FnOnce(&mut Self) -> Result<T, ChatError>,
    ) -> Result<T, ChatError> {
        self.calls += 1;
        match self.faults.pop_front() {
            Some(Fault::Fails(error)) => Err(error),
            Some(Fault::DoneBut(error)) => {
                act(self)?;
                Err(error)
            }
            None => act(self),
        }
    }
}

#[async_trait]
impl Chat for FakeChat {
    async fn post_card(
        &self,
        channel: &ChannelName,
        card: &Card,
        key: &str,
    ) -> Result<MessageRef, ChatError> {
        self.post(Some(channel), None, card.to_string(), key)
    }

    async fn edit_card(
        &self,
        _channel: &ChannelName,
        message: &MessageRef,
        card: &Card,
        _key: &str,
    ) -> Result<MessageRef, ChatError> {
        self.edit(message, card.to_string())
    }

    async fn find_posted(
        &self,
        channel: &ChannelName,
        key: &str,
    ) -> Result<Option<MessageRef>, ChatError> {
        let state = self.lock();
        let found = state.messages.iter().find(|message| {
            message.channel.as_ref() == Some(channel) && message.key == key && !message.is_gone
        });
        Ok(found.map(|message| message.id.clone()))
    }

    async fn post_thread(
        &self,
        channel: &ChannelName,
        card: &MessageRef,
        text: &str,
        key: &str,
    ) -> Result<MessageRef, ChatError> {
        self.post(Some(channel), Some(&card.0), text.to_owned(), key)
    }

    async fn edit_thread_message(
        &self,
        _channel: &ChannelName,
        message: &MessageRef,
        text: &str,
        _key: &str,
    ) -> Result<MessageRef, ChatError> {
        self.edit(message, text.to_owned())
    }

    async fn delete_message(
        &self,
        _channel: &ChannelName,
        message: &MessageRef,
    ) -> Result<(), ChatError> {
        self.lock().send(|state| {
            for held in &mut state.messages {
                if held.id == *message {
                    held.is_gone = true;
                }
            }
            Ok(())
        })
    }

    async fn finish_reply(
        &self,
        handle: &str,
        text: &str,
        key: &str,
    ) -> Result<MessageRef, ChatError> {
        self.post(None, Some(handle), text.to_owned(), key)
    }

    fn health(&self) -> Health {
        match &self.lock().down {
            None => Health::Up,
            Some(why) => Health::Down(why.clone()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_message_can_arrive_although_its_sender_hears_of_a_failure() {
        let chat = FakeChat::default();
        let mods = ChannelName::from("mods");
        let error = ChatError::Invalid("no".to_owned());
        chat.fail_next([Fault::DoneBut(error.clone()), Fault::Fails(error.clone())]);
        let card = MessageRef("m0".to_owned());
        assert_eq!(
            chat.post_thread(&mods, &card, "one", "k1").await,
            Err(error.clone())
        );
        assert_eq!(
            chat.post_thread(&mods, &card, "two", "k2").await,
            Err(error)
        );
        let found = chat.find_posted(&mods, "k1").await.unwrap().unwrap();
        assert_eq!(chat.find_posted(&mods, "k2").await.unwrap(), None);
        assert_eq!(
            chat.post_thread(&mods, &card, "one", "k1").await.unwrap(),
            found
        );
        assert_eq!(chat.messages().len(), 1);
        chat.remove(&found);
        let edited = chat.edit_thread_message(&mods, &found, "uno", "k3").await;
        assert_eq!(edited, Err(ChatError::Gone));
    }
}
