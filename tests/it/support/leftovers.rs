//! What a story must not leave behind.

use wardroom::chat::fake::Message;
use wardroom::db::DbError;
use wardroom::db::cards::CardRow;
use wardroom::db::cases::{CaseFilter, CaseStates};
use wardroom::domain::Case;
use wardroom::domain::audit::{Entry, SaltedText, Verifier};

use super::story::Story;

/// Fails when the story left a message unread, an operation, card or delivery pending, a change of
/// the server that nobody looked at, a broken audit chain, or a worker's error.
pub(super) async fn check(story: &Story) {
    story.settle().await;
    let mut left = Vec::new();
    left.extend(
        story
            .read_chat()
            .into_iter()
            .map(|text| format!("unread in the chat: {text}")),
    );
    left.extend(
        story
            .changes()
            .into_iter()
            .map(|call| format!("nobody expected: {call}")),
    );
    left.extend(
        story
            .worker_errors()
            .into_iter()
            .map(|error| format!("a worker failed: {error}")),
    );
    left.extend(pending(story).await);
    left.extend(audit(story).await);
    assert!(left.is_empty(), "the story left over:\n{}", left.join("\n"));
}

async fn pending(story: &Story) -> Vec<String> {
    let mut left = story
        .app
        .db()
        .read(|mut tx| async move {
            let mut left = Vec::new();
            for operation in tx.unfinished_operations(100).await? {
                left.push(format!(
                    "{} is {}: {:?}",
                    operation.id,
                    operation.state.word(),
                    operation.request.verb
                ));
            }
            for delivery in tx.deliveries(None, 10_000).await? {
                if delivery.state != wardroom::db::deliveries::DeliveryState::Handled {
                    left.push(format!(
                        "a delivery is {:?}: {:?}",
                        delivery.state, delivery.error
                    ));
                }
            }
            Ok::<_, DbError>((tx, left))
        })
        .await
        .unwrap();
    left.extend(cards(story).await);
    left
}

async fn cards(story: &Story) -> Vec<String> {
    let cards = story.app.db().read(|mut tx| async move {
        let mut left = Vec::new();
        let all = CaseFilter {
            states: CaseStates::All,
            limit: 10_000,
            ..CaseFilter::default()
        };
        for case in tx.cases(&all).await? {
            for card in tx.cards_of(case.id).await? {
                if card.shown_version < card.wanted_version {
                    left.push(format!(
                        "the card of {} in {} is behind",
                        case.id, card.channel
                    ));
                }
                left.extend(other_than(&case, &card, &story.chat.messages()));
            }
        }
        Ok::<_, DbError>((tx, left))
    });
    cards.await.unwrap()
}

/// What a card in the chat says that its case does not (invariant 4).
fn other_than(case: &Case, card: &CardRow, messages: &[Message]) -> Option<String> {
    let is_card = |message: &&Message| card.message_ref.as_ref() == Some(&message.id.0);
    let message = messages.iter().find(is_card)?;
    let text = message.text.to_lowercase();
    let parts = [case.id.to_string(), case.state.word().to_owned()];
    let is_so = message.is_gone || parts.iter().all(|part| text.contains(part));
    (!is_so).then(|| format!("{} is {}, its card: {text}", case.id, case.state.word()))
}

async fn audit(story: &Story) -> Vec<String> {
    let broken = story.app.db().read(|mut tx| async move {
        let mut verifier = Verifier::new([]);
        let rows = tx.rows(0, i64::MAX).await?;
        for row in &rows {
            verifier.row(row);
            let entry: Entry = serde_json::from_str(&row.entry).unwrap();
            for text in tx.texts(row.seq, row.seq).await? {
                let salted = SaltedText {
                    salt: text.salt,
                    text: text.text,
                };
                verifier.text(row.seq, &text.name, &salted, &entry);
            }
        }
        let head = tx.head().await?;
        Ok::<_, DbError>((tx, verifier.finish(Some(&head))))
    });
    broken
        .await
        .unwrap()
        .iter()
        .map(|broken| format!("audit log: {broken}"))
        .collect()
}
