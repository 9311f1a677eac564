//! Two people at once, colleagues' claims, people who lose their rights, texts for people.

use chrono::TimeDelta;
use http::{Method, StatusCode};
use wardroom::sim::{Action, Role};

use super::{assert_audit, audit, case, operation};
use crate::support::story::{Setup, Story, run};
use crate::support::voice::through_both;

const SPAMMER: &str = "@spam@far.example";

/// A hold that outlasts the look at everybody's roles.
const LONG_HOLD: &str = "[policy]\ndry_run = false\nhold = \"10m\"\n";

#[tokio::test]
async fn two_people_on_two_surfaces_at_once_make_one_call() {
    run(async |t| {
        let number = t.report(SPAMMER).await.0;
        let room = t.room("bo").await;
        let asked = room.press(&room.case(number).await, "Suspend…").await;
        let words = format!("suspend #{number} --reason spam --take-over");
        let api = t.api("ana");
        let (pressed, said) = tokio::join!(room.press(&asked, "Spam"), api.confirm(&words));
        let both = format!("{}\n{}", pressed.answer(), said.text);
        assert!(both.contains("op-1"), "{both}");
        t.wait_for_the_hold().await;
        assert!(t.mastodon.account(SPAMMER).unwrap().suspended);
        assert_eq!(t.mastodon.strikes().len(), 1);
        assert_eq!(t.changes().len(), 1);
        assert_eq!(case(t, number).await["state"], "resolved");
    })
    .await;
}

#[tokio::test]
async fn acting_on_a_colleagues_case_asks_first() {
    through_both(async |t, voice| {
        let number = t.report(SPAMMER).await.0;
        voice.done(t, "bo", &format!("claim #{number}")).await;
        t.pass(TimeDelta::minutes(4)).await;
        for words in [
            format!("resolve #{number}"),
            format!("limit #{number} --reason spam"),
        ] {
            let asked = voice.ask(t, "ana", &words).await;
            assert_eq!(asked.answer, "confirm", "{}", asked.text);
            for part in ["bo claimed #1 4 min ago", "Take over?"] {
                assert!(asked.text.contains(part), "{part}: {}", asked.text);
            }
        }
        assert_eq!(
            case(t, number).await["claimed_by"],
            "bo",
            "asking is not taking"
        );
        assert!(t.changes().is_empty());
        voice
            .carried_out(t, "ana", &format!("limit #{number} --reason spam"))
            .await;
        let shown = case(t, number).await;
        assert_eq!(shown["resolution"]["by"], "ana", "{shown}");
        assert_eq!(t.changes().len(), 1);
        assert_audit(
            &audit(t).await,
            &["bo case.claimed", "ana case.claimed", "ana case.resolved"],
        );
    })
    .await;
}

/// bo suspends, then something happens to bo's own account while it is held.
async fn meanwhile(t: &Story, what: impl Fn(), why: &str) {
    let number = t.report(SPAMMER).await.0;
    let words = format!("suspend #{number} --reason spam");
    let id = t.api("bo").accepted(&words).await;
    what();
    t.pass(TimeDelta::minutes(6)).await;
    let answer = t.api("bo").ask(Method::GET, "me", None).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN, "{}", answer.text);
    assert!(answer.text.contains(why), "{}", answer.text);
    t.pass(TimeDelta::minutes(6)).await;
    let shown = operation(t, &id).await;
    assert_eq!(
        shown["state"], "refused",
        "what was confirmed counts no more: {shown}"
    );
    assert!(!t.mastodon.account(SPAMMER).unwrap().suspended);
    assert!(t.changes().is_empty());
}

#[tokio::test]
async fn invariant_06_who_is_frozen_on_the_server_has_no_right_here() {
    let setup = Setup {
        config: LONG_HOLD,
        ..Setup::default()
    };
    setup
        .run(async |t| {
            let freeze = || t.mastodon.staff("ana").act("@bo", Action::Freeze);
            meanwhile(t, freeze, "frozen").await;
            t.mastodon.staff("ana").lift("@bo");
            t.pass(TimeDelta::minutes(6)).await;
            t.api("bo").accepted("suspend #1 --reason spam").await;
            t.pass(TimeDelta::minutes(11)).await;
            assert!(t.mastodon.account(SPAMMER).unwrap().suspended);
            assert_eq!(t.changes().len(), 1, "bo is back");
        })
        .await;
}

#[tokio::test]
async fn invariant_06_who_lost_the_role_on_the_server_has_no_right_here() {
    let setup = Setup {
        config: LONG_HOLD,
        ..Setup::default()
    };
    setup
        .run(async |t| {
            meanwhile(
                t,
                || t.mastodon.set_role("bo", Role::Everyone),
                "staff role",
            )
            .await;
        })
        .await;
}

#[tokio::test]
async fn the_servers_own_log_names_who_has_a_token_of_their_own() {
    let setup = Setup {
        own_tokens: true,
        ..Setup::default()
    };
    setup
        .run(async |t| {
            let number = t.report(SPAMMER).await.0;
            t.api("bo")
                .accepted(&format!("suspend #{number} --reason spam"))
                .await;
            t.wait_for_the_hold().await;
            assert_eq!(t.mastodon.strikes()[0].by, "bo");
            assert_eq!(
                t.mastodon.reports()[0].resolved_by,
                Some(t.mastodon.id_of("bo"))
            );
            let changes = t.changes();
            assert!(
                changes.iter().all(|call| call.contains("by bo")),
                "{changes:?}"
            );

            // eve has none: the server's log names the bot, the audit log names eve.
            let words = format!("unsuspend {SPAMMER} --reason mistake");
            t.api("eve").accepted(&words).await;
            t.settle().await;
            let changes = t.changes();
            assert!(
                changes.iter().all(|call| call.contains("by wardroom")),
                "{changes:?}"
            );
            assert_audit(
                &audit(t).await,
                &["bo operation.ended", "eve operation.ended"],
            );
        })
        .await;
}

#[tokio::test]
async fn the_server_checks_the_rank_of_who_acts_as_themselves() {
    let setup = Setup {
        own_tokens: true,
        ..Setup::default()
    };
    setup
        .run(async |t| {
            let number = t.report("@cleo").await.0;
            let said = t
                .api("bo")
                .confirm(&format!("limit #{number} --reason rude"))
                .await;
            assert_eq!(said.answer, "refused", "staff is protected: {}", said.text);
            assert!(t.changes().is_empty());
            t.api("ana")
                .accepted(&format!("limit #{number} --reason rude"))
                .await;
            t.settle().await;
            assert!(t.mastodon.account("@cleo").unwrap().limited);
            assert_eq!(t.changes().len(), 1);
        })
        .await;
}

#[tokio::test]
async fn nobody_acts_on_their_own_case() {
    run(async |t| {
        t.mastodon.report(SPAMMER).by("@bo").category("spam").file();
        t.settle().await;
        let said = t.api("bo").confirm("limit #1 --reason spam").await;
        assert_eq!(said.answer, "refused", "{}", said.text);
        assert!(t.changes().is_empty());
        assert_audit(&audit(t).await, &["bo authority.refused"]);
        t.api("ana").accepted("limit #1 --reason spam").await;
        t.settle().await;
        assert_eq!(t.changes().len(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_preset_is_told_in_the_language_of_whom_it_is_told() {
    for (handle, told) in [
        ("@trouble", "No ads here."),
        ("@lotte", "Keine Werbung hier."),
    ] {
        let setup = Setup {
            config: "[policy]\ndry_run = false\n\
                     [[presets]]\nname = \"spam\"\ntext = \"No ads here.\"\n\
                     [[presets]]\nname = \"spam\"\nlocale = \"de\"\ntext = \"Keine Werbung hier.\"\n",
            ..Setup::default()
        };
        setup
            .run(async |t| {
                let number = t.report(handle).await.0;
                let words = format!("warn #{number} --tell spam --reason advertising");
                let asked = t.api("bo").command(&words).await;
                assert!(asked.text.contains(told), "{}", asked.text);
                t.api("bo").accepted(&words).await;
                t.settle().await;
                assert_eq!(t.mastodon.strikes_of(handle)[0].text, told);
                assert_eq!(t.changes().len(), 1);
            })
            .await;
    }
}
