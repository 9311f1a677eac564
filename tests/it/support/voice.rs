//! How a moderator speaks: every story about commands is played through the room's own forms and
//! through the scripting API, which must mean the same.

use wardroom::command::entry;

use super::api::Said;
use super::html;
use super::story::{Setup, Story};

/// Where a command is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Voice {
    /// The scripting API.
    Api,
    /// The room's command line, and its buttons.
    Room,
}

/// Plays a story once through the API and once through the room.
pub(crate) async fn through_both(story: impl AsyncFn(&Story, Voice)) {
    for voice in [Voice::Api, Voice::Room] {
        Setup::default().run(async |t| story(t, voice).await).await;
    }
}

impl Voice {
    /// One command, not confirmed.
    pub(crate) async fn ask(self, t: &Story, moderator: &'static str, words: &str) -> Said {
        let said = match self {
            Self::Api => {
                let said = t.api(moderator).command(words).await;
                t.settle().await;
                said
            }
            Self::Room => {
                let room = t.room(moderator).await;
                let page = room.page("/").await;
                let page = room.say(&page, words).await;
                let (answer, text) = page.answered();
                let token = page.html.split("value=\"confirm.").nth(1);
                let token = token.and_then(|rest| rest.split('"').next());
                Said {
                    answer,
                    operation: operation_in(&text),
                    text,
                    confirm_token: token.map(str::to_owned),
                }
            }
        };
        if said.answer != "refused"
            && let Some(entry) = words.split_whitespace().next().and_then(entry)
        {
            let given = (self, entry.word.to_owned());
            t.notes().given.push(given);
        }
        said
    }

    /// One command, confirmed where Wardroom asks back: with `confirm TOKEN`, or the button.
    pub(crate) async fn confirm(self, t: &Story, moderator: &'static str, words: &str) -> Said {
        let asked = self.ask(t, moderator, words).await;
        match &asked.confirm_token {
            Some(token) => self.ask(t, moderator, &format!("confirm {token}")).await,
            None => asked,
        }
    }

    /// One command, confirmed, that Wardroom accepts; its operation.
    pub(crate) async fn accepted(self, t: &Story, moderator: &'static str, words: &str) -> String {
        let said = self.confirm(t, moderator, words).await;
        assert_eq!(said.answer, "accepted", "{words}: {}", said.text);
        said.operation.unwrap()
    }

    /// One command, confirmed, whose operation takes effect once its hold is over.
    pub(crate) async fn carried_out(
        self,
        t: &Story,
        moderator: &'static str,
        words: &str,
    ) -> String {
        let id = self.accepted(t, moderator, words).await;
        t.wait_for_the_hold().await;
        let shown = t.api("ana").get(&format!("operations/{id}")).await;
        assert_eq!(shown["state"], "done", "{words}: {shown}");
        id
    }

    /// One command that is done at once; the text.
    pub(crate) async fn done(self, t: &Story, moderator: &'static str, words: &str) -> String {
        let said = self.confirm(t, moderator, words).await;
        assert_eq!(said.answer, "done", "{words}: {}", said.text);
        said.text
    }

    /// One command that is refused; the text.
    pub(crate) async fn refused(self, t: &Story, moderator: &'static str, words: &str) -> String {
        let said = self.ask(t, moderator, words).await;
        assert_eq!(said.answer, "refused", "{words}: {}", said.text);
        said.text
    }
}

impl super::room::Page {
    /// The kind of the answer on the page, and its text.
    fn answered(&self) -> (String, String) {
        let kind = html::piece(&self.html, "<article class=\"answer ", "\"");
        (kind.unwrap_or_default().to_owned(), self.answer())
    }
}

/// The first operation that a text names.
fn operation_in(text: &str) -> Option<String> {
    let digits: String = text
        .split("op-")
        .nth(1)?
        .chars()
        .take_while(char::is_ascii_digit)
        .collect();
    Some(format!("op-{digits}"))
}
