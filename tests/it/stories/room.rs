//! The main job with nothing but the room's buttons, as a browser without scripts would do it.

use chrono::TimeDelta;

use super::{case, operation};
use crate::support::story::run;

const SPAMMER: &str = "@spam@far.example";

#[tokio::test]
async fn a_moderator_claims_limits_suspends_undoes_and_reads_the_log() {
    run(async |t| {
        let number = t.report(SPAMMER).await.0;
        let room = t.room("bo").await;
        let list = room.page("/").await;
        assert!(list.text().contains("spam@far.example"), "{}", list.text());

        let page = room.case(number).await;
        let page = room.press(&page, "Claim").await;
        assert_eq!(case(t, number).await["claimed_by"], "bo");

        let page = room.press(&page, "Suspend…").await;
        assert!(
            page.answer().contains("Suspend @spam@far.example"),
            "{}",
            page.answer()
        );
        let page = room.press(&page, "Spam").await;
        assert!(page.answer().contains("Held for 30 s"), "{}", page.answer());
        t.pass(TimeDelta::seconds(31)).await;
        assert!(t.mastodon.account(SPAMMER).unwrap().suspended);
        assert_eq!(t.changes().len(), 1);

        let page = room.case(number).await;
        assert!(page.text().contains("resolved"), "{}", page.text());
        let page = room.press(&page, "Undo").await;
        if page.labels().contains(&"Confirm".to_owned()) {
            room.press(&page, "Confirm").await;
        }
        t.pass(TimeDelta::seconds(31)).await;
        assert!(!t.mastodon.account(SPAMMER).unwrap().suspended);
        assert_eq!(t.changes().len(), 2);
        assert_eq!(operation(t, "op-1").await["undone_by"], "op-2");

        let log = t.room("ana").await.page("/room/audit").await.text();
        for part in ["case.claimed", "operation.proposed", "operation.ended"] {
            assert!(log.contains(part), "{part}: {log}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_reason_in_ones_own_words_goes_through_the_form() {
    run(async |t| {
        let number = t.report(SPAMMER).await.0;
        let room = t.room("bo").await;
        let page = room.case(number).await;
        let page = room.press(&page, "Suspend…").await;
        let page = room.press(&page, "Other…").await;
        let values = [
            ("reason", "sells <b>pills</b>"),
            ("tell", "Your account sold pills."),
        ];
        let page = room.fill_in(&page, &values).await;
        assert!(page.answer().contains("op-1"), "{}", page.answer());
        t.pass(TimeDelta::seconds(31)).await;
        assert_eq!(t.mastodon.strikes()[0].text, "Your account sold pills.");
        assert_eq!(t.changes().len(), 1);
        let page = room.case(number).await;
        assert!(
            page.html.contains("sells &lt;b&gt;pills"),
            "the reason is shown, as text"
        );
    })
    .await;
}

#[tokio::test]
async fn notes_are_written_changed_and_taken_away_by_their_author() {
    run(async |t| {
        let number = t.report(SPAMMER).await.0;
        let room = t.room("cleo").await;
        let page = room.case(number).await;
        let page = room.note(&page, "I know this one").await;
        assert!(page.text().contains("I know this one"), "{}", page.text());
        let notes = case(t, number).await["notes"].clone();
        assert_eq!(notes[0]["author"], "cleo", "{notes}");
    })
    .await;
}
