//! Cards and threads in a chat that keeps what it is sent.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use chrono::TimeDelta;
use wardroom::chat::card::{ReporterShown, Show};
use wardroom::chat::fake::{FakeChat, Fault, Message};
use wardroom::chat::{ChatError, MessageRef};
use wardroom::db::DbError;
use wardroom::domain::ChannelName;
use wardroom::worker::cards::{Cards, Channel, Look};
use wardroom::worker::{Tick, Worker};

use super::bench::Bench;

/// A bench with the channel `mods` on a fake chat.
pub(super) struct Chats {
    pub(super) bench: Bench,
    pub(super) chat: Arc<FakeChat>,
    cards: Cards,
}

impl Chats {
    pub(super) async fn new() -> Self {
        let bench = Bench::new().await;
        let mut rules = (*bench.desk.rules()).clone();
        rules.channels = vec!["mods".into()];
        bench.desk.replace_rules(rules);
        let chat = Arc::new(FakeChat::default());
        let cards = worker(&bench, &chat, "one");
        Self { bench, chat, cards }
    }

    async fn work(&self) {
        while self.cards.tick().await.unwrap() == Tick::Worked {}
    }

    pub(super) fn cards(&self) -> Vec<Message> {
        let messages = self.chat.messages().into_iter();
        messages.filter(|message| message.under.is_none()).collect()
    }

    fn thread(&self) -> Vec<String> {
        let messages = self.chat.messages().into_iter();
        messages
            .filter(|message| message.under.is_some())
            .map(|message| message.text)
            .collect()
    }
}

pub(super) fn worker(bench: &Bench, chat: &Arc<FakeChat>, name: &str) -> Cards {
    let channel = Channel {
        chat: chat.clone(),
        platform: "fake".to_owned(),
        show: Show::Full,
        reporter: ReporterShown::Origin,
    };
    let channels = BTreeMap::from([(ChannelName::from("mods"), channel)]);
    let look = Look {
        server_url: "https://social.example".to_owned(),
        demo: false,
        can_act: Arc::new(AtomicBool::new(true)),
    };
    Cards::new(bench.desk.clone(), channels, look, name)
}

#[tokio::test]
async fn invariant_04_many_events_become_one_card_and_few_edits() {
    let t = Chats::new().await;
    for reporter in ["alice", "bob", "carol", "dave"] {
        t.bench
            .sim
            .report("spammer@far.example")
            .by(reporter)
            .category("spam")
            .file();
    }
    t.bench.hear().await;
    t.work().await;
    assert_eq!(t.cards().len(), 1);
    assert_eq!(t.cards()[0].edits, 0);
    assert!(
        t.cards()[0].text.contains("4 reports"),
        "{}",
        t.cards()[0].text
    );
    assert_eq!(t.thread().len(), 4);
    t.bench.say("bo", "claim #1").await;
    t.work().await;
    assert_eq!((t.cards().len(), t.cards()[0].edits), (1, 1));
    assert!(
        t.cards()[0].text.contains("Claimed by bo"),
        "{}",
        t.cards()[0].text
    );
}

#[tokio::test]
async fn invariant_04_after_a_crash_what_was_posted_is_found() {
    let t = Chats::new().await;
    let lost = ChatError::Retry(TimeDelta::seconds(1));
    t.chat.fail_next([Fault::DoneBut(lost)]);
    t.bench.reported("spammer@far.example").await;
    t.work().await;
    t.bench.pass(61);
    t.work().await;
    assert_eq!(t.cards().len(), 1);
}

#[tokio::test]
async fn invariant_04_a_deleted_card_comes_back_once_without_excerpt() {
    let t = Chats::new().await;
    t.bench
        .sim
        .report("spammer@far.example")
        .by("alice")
        .comment("rude words")
        .file();
    t.bench.hear().await;
    t.work().await;
    assert!(t.cards()[0].text.contains("rude words"));
    for round in 0..2 {
        let card: MessageRef = t.cards().last().unwrap().id.clone();
        t.chat.remove(&card);
        let command = if round == 0 { "claim #1" } else { "unclaim #1" };
        t.bench.say("bo", command).await;
        t.work().await;
    }
    let cards = t.cards();
    assert_eq!(cards.len(), 2);
    assert!(!cards[1].text.contains("rude words"), "{}", cards[1].text);
    t.bench.say("bo", "claim #1").await;
    t.work().await;
    assert_eq!(t.cards().len(), 2);
}

#[tokio::test]
async fn invariant_14_what_a_platform_refuses_is_skipped_after_five_tries() {
    let t = Chats::new().await;
    t.bench.reported("spammer@far.example").await;
    let refused = || Fault::Fails(ChatError::Invalid("too long".to_owned()));
    t.chat.fail_next((0..5).map(|_| refused()));
    for _ in 0..8 {
        t.work().await;
        t.bench.pass(300);
    }
    assert_eq!(t.cards().len(), 0);
    assert_eq!(t.chat.calls(), 5);
    let card = t
        .bench
        .desk
        .db()
        .read(|mut tx| async move {
            let cards = tx.cards_of(wardroom::domain::CaseId(1)).await?;
            Ok::<_, DbError>((tx, cards))
        })
        .await
        .unwrap();
    assert!(card[0].last_error.as_deref().unwrap().contains("too long"));
    // The next change of the case tries again.
    t.bench.say("bo", "claim #1").await;
    t.work().await;
    assert_eq!(t.cards().len(), 1);
}

#[tokio::test]
async fn invariant_04_after_an_outage_every_thread_message_arrives_once_and_in_order() {
    let t = Chats::new().await;
    t.bench.reported("spammer@far.example").await;
    t.bench.say("bo", "claim #1").await;
    let away = || ChatError::Retry(TimeDelta::seconds(1));
    // The card arrives; then the platform is away for longer than five tries, and once it takes
    // a message whose sender does not hear of it.
    t.work().await;
    let before = t.thread().len();
    t.bench.say("bo", "unclaim #1").await;
    t.bench.say("bo", "claim #1").await;
    t.chat.fail_next((0..14).map(|_| Fault::Fails(away())));
    t.chat.fail_next([Fault::DoneBut(away())]);
    for _ in 0..20 {
        t.work().await;
        t.bench.pass(301);
    }
    let told = t.thread().split_off(before);
    assert_eq!(told.len(), 2, "{told:?}");
    assert!(
        told[0].contains("gave it back") && told[1].contains("claimed"),
        "{told:?}"
    );
}

#[tokio::test]
async fn one_process_sends_to_a_platform_at_a_time() {
    let t = Chats::new().await;
    let other = worker(&t.bench, &t.chat, "two");
    t.work().await;
    t.bench.reported("spammer@far.example").await;
    assert_eq!(other.tick().await.unwrap(), Tick::Idle);
    assert_eq!(t.cards().len(), 0);
    t.bench.pass(61);
    while other.tick().await.unwrap() == Tick::Worked {}
    assert_eq!(t.cards().len(), 1);
}

#[tokio::test]
async fn notes_are_told_with_their_words() {
    let t = Chats::new().await;
    t.bench.reported("spammer@far.example").await;
    t.bench
        .say("bo", "note #1 \"looks\u{202e} like a bot\"")
        .await;
    t.work().await;
    let last = t.thread().pop().unwrap();
    assert!(
        last.contains("bo") && last.contains("looks like a bot"),
        "{last}"
    );
}

/// Every key on a card is one that the desk understands.
#[tokio::test]
async fn keys_on_cards_are_commands() {
    let t = Chats::new().await;
    t.bench.reported("spammer").await;
    t.work().await;
    let text = &t.cards()[0].text;
    let keys: Vec<&str> = text
        .split(" = ")
        .skip(1)
        .filter_map(|rest| rest.split(']').next())
        .collect();
    assert!(keys.len() > 6, "{text}");
    for key in keys {
        let asks_whom = wardroom::command::parse_assign_key(key).is_some();
        let command = wardroom::command::parse_press(key);
        assert!(asks_whom || command.is_ok(), "{key}: {command:?}");
    }
}
