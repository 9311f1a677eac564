//! The main job on PostgreSQL: everything else about the database is in its conformance suite.

use chrono::TimeDelta;

use super::{assert_audit, audit, case, operation};
use crate::support::postgres;
use crate::support::story::Setup;
use crate::support::voice::Voice;

#[tokio::test]
async fn a_report_is_claimed_limited_suspended_and_undone() {
    let Some(database) = postgres::database().await else {
        return;
    };
    let setup = Setup {
        database: Some(database),
        with_chat: true,
        ..Setup::default()
    };
    setup
        .run(async |t| {
            let limited = t.report("@spam@far.example").await.0;
            let suspended = t.report("@troll@far.example").await.0;
            for voice in [Voice::Api, Voice::Room] {
                voice
                    .done(t, "cleo", &format!("note #{limited} seen before"))
                    .await;
            }
            Voice::Room
                .done(t, "bo", &format!("claim #{limited}"))
                .await;
            let words = format!("limit #{limited} --reason spam");
            Voice::Room.accepted(t, "bo", &words).await;
            let words = format!("suspend #{suspended} --reason harassment");
            let id = Voice::Api.accepted(t, "bo", &words).await;
            t.pass(TimeDelta::seconds(31)).await;
            assert!(t.mastodon.account("@spam@far.example").unwrap().limited);
            assert!(t.mastodon.account("@troll@far.example").unwrap().suspended);
            assert_eq!(case(t, suspended).await["state"], "resolved");

            Voice::Room.accepted(t, "ana", &format!("undo {id}")).await;
            t.pass(TimeDelta::seconds(31)).await;
            assert!(!t.mastodon.account("@troll@far.example").unwrap().suspended);
            assert_eq!(operation(t, &id).await["undone_by"], "op-3");
            assert_ne!(case(t, suspended).await["state"], "resolved");
            assert_eq!(t.changes().len(), 4);
            let cards = t
                .chat
                .messages()
                .into_iter()
                .filter(|message| message.under.is_none());
            assert_eq!(cards.count(), 2);
            t.read_chat();
            assert_audit(
                &audit(t).await,
                &[
                    "cleo note.added",
                    "bo case.claimed",
                    "bo operation.ended",
                    "ana operation.ended",
                ],
            );
        })
        .await;
}
