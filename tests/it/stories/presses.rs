//! Everything that a case offers to be pressed in the room, pressed as a browser without scripts
//! does it: each button comes off the page, with the form that it stands in.

use chrono::TimeDelta;
use wardroom::sim::{Account, Action};

use super::{assert_audit, audit, case, operation};
use crate::support::story::{Setup, run};

const SPAMMER: &str = "@spam@far.example";
const LOCAL: &str = "@trouble";

/// Whether an action is in effect.
type IsOn = fn(&Account) -> bool;

#[tokio::test]
async fn claim_take_over_give_back_assign() {
    run(async |t| {
        let number = t.report(SPAMMER).await.0;
        let bo = t.room("bo").await;
        bo.press(&bo.case(number).await, "Claim").await;
        assert_eq!(case(t, number).await["claimed_by"], "bo");

        let cleo = t.room("cleo").await;
        let asked = cleo.press(&cleo.case(number).await, "Take over…").await;
        assert!(
            asked.answer().contains("bo claimed #1"),
            "{}",
            asked.answer()
        );
        assert_eq!(
            case(t, number).await["claimed_by"],
            "bo",
            "asking is not doing"
        );
        let page = cleo.press(&asked, "Confirm").await;
        assert_eq!(case(t, number).await["claimed_by"], "cleo");
        let page = cleo.press(&page, "Give back").await;
        assert_eq!(case(t, number).await["state"], "open");

        let asked = cleo.press(&page, "Assign…").await;
        let labels = asked.labels();
        for (name, is_offered) in [("ana", true), ("bo", true), ("cleo", false), ("dan", false)] {
            assert_eq!(
                labels.contains(&name.to_owned()),
                is_offered,
                "{name}: {labels:?}"
            );
        }
        cleo.press(&asked, "bo").await;
        assert_eq!(case(t, number).await["claimed_by"], "bo");
        assert_audit(
            &audit(t).await,
            &[
                "bo case.claimed",
                "cleo case.claimed",
                "cleo case.unclaimed",
                "cleo case.assigned",
            ],
        );
    })
    .await;
}

#[tokio::test]
async fn categorise_offers_the_categories_and_history_tells() {
    run(async |t| {
        let number = t.report(SPAMMER).await.0;
        let room = t.room("bo").await;
        let asked = room.press(&room.case(number).await, "Categorise…").await;
        assert!(asked.answer().contains("category"), "{}", asked.answer());
        assert!(t.changes().is_empty(), "asking changes nothing");
        let page = room.press(&asked, "Legal").await;
        assert_eq!(t.mastodon.reports()[0].category, "legal");
        assert_eq!(t.changes().len(), 1);
        let page = room.press(&page, "History").await;
        assert!(page.answer().contains("#1"), "{}", page.answer());
    })
    .await;
}

#[tokio::test]
async fn each_action_takes_a_reason_in_one_press_and_is_undone_in_another() {
    let actions: [(&str, &str, IsOn); 4] = [
        ("Force-sensitive…", "Undo force-sensitive…", |account| {
            account.force_sensitive
        }),
        ("Limit…", "Undo limit…", |account| account.limited),
        ("Freeze…", "Undo freeze…", Account::frozen),
        ("Suspend…", "Undo suspend…", |account| account.suspended),
    ];
    for (label, undo, is_on) in actions {
        run(async |t| {
            let is_on = || is_on(&t.mastodon.account(LOCAL).unwrap());
            let number = t.report(LOCAL).await.0;
            let room = t.room("bo").await;
            let asked = room.press(&room.case(number).await, label).await;
            assert!(
                asked.answer().contains("They will not be told"),
                "{}",
                asked.answer()
            );
            assert!(t.changes().is_empty(), "asking changes nothing");
            room.press(&asked, "Harassment").await;
            t.wait_for_the_hold().await;
            assert!(is_on(), "{label}");
            assert_eq!(case(t, number).await["state"], "resolved", "{label}");
            assert_eq!(operation(t, "op-1").await["reason"], "Harassment");
            assert_eq!(t.changes().len(), 1, "{label}");

            let page = room.press(&room.case(number).await, undo).await;
            assert!(page.answer().contains("by bo"), "{}", page.answer());
            t.wait_for_the_hold().await;
            assert!(!is_on(), "{undo}");
            assert_eq!(
                case(t, number).await["state"],
                "open",
                "the report is open again"
            );
            let changes = t.changes();
            assert_eq!(changes.len(), 2, "lifted, reopened: {changes:?}");
        })
        .await;
    }
}

#[tokio::test]
async fn what_is_in_effect_already_can_be_lifted() {
    for (action, label) in [
        (Action::ForceSensitive, "Lift force-sensitive"),
        (Action::Limit, "Lift limit"),
        (Action::Freeze, "Lift freeze"),
        (Action::Suspend, "Lift suspension"),
    ] {
        run(async |t| {
            t.mastodon.staff("ana").act(LOCAL, action);
            let number = t.report(LOCAL).await.0;
            let room = t.room("bo").await;
            let page = room.press(&room.case(number).await, label).await;
            assert!(page.answer().contains("op-1"), "{label}: {}", page.answer());
            let account = t.mastodon.account(LOCAL).unwrap();
            let anything =
                account.limited || account.suspended || account.force_sensitive || account.frozen();
            assert!(!anything, "{label}");
            assert_eq!(t.changes().len(), 1, "{label}");
        })
        .await;
    }
}

#[tokio::test]
async fn a_remote_account_is_limited_with_one_press() {
    run(async |t| {
        let number = t.report(SPAMMER).await.0;
        let room = t.room("bo").await;
        let page = room.press(&room.case(number).await, "Limit…").await;
        assert!(page.answer().contains("op-1"), "{}", page.answer());
        assert!(t.mastodon.account(SPAMMER).unwrap().limited);
        assert_eq!(case(t, number).await["state"], "resolved");
        assert_eq!(t.changes().len(), 1);
    })
    .await;
}

#[tokio::test]
async fn closing_without_action_can_be_taken_back() {
    run(async |t| {
        let number = t.report(SPAMMER).await.0;
        let room = t.room("bo").await;
        let page = room
            .press(&room.case(number).await, "Close, no action")
            .await;
        assert_eq!(case(t, number).await["state"], "resolved");
        assert!(t.mastodon.reports()[0].resolved_at.is_some());
        room.press(&page, "Undo resolve…").await;
        assert!(t.mastodon.reports()[0].resolved_at.is_none());
        assert_ne!(case(t, number).await["state"], "resolved");
        assert_eq!(t.changes().len(), 2);
    })
    .await;
}

#[tokio::test]
async fn a_report_settled_on_the_server_is_reopened_here() {
    run(async |t| {
        let number = t.report(SPAMMER).await.0;
        t.mastodon.staff("ana").resolve(t.mastodon.reports()[0].id);
        t.settle().await;
        assert_eq!(case(t, number).await["state"], "resolved");
        let room = t.room("bo").await;
        room.press(&room.case(number).await, "Reopen").await;
        assert!(t.mastodon.reports()[0].resolved_at.is_none());
        assert_ne!(case(t, number).await["state"], "resolved");
        assert_eq!(t.changes().len(), 1);
    })
    .await;
}

#[tokio::test]
async fn sign_ups_are_approved_rejected_and_handed_on() {
    run(async |t| {
        for name in ["kind", "bad"] {
            t.mastodon.sign_up(name).reason("let me in").submit();
            t.settle().await;
        }
        let room = t.room("bo").await;
        let kind = t.case_on("@kind").await.0;
        let asked = room.press(&room.case(kind).await, "Ask a colleague…").await;
        room.press(&asked, "ana").await;
        assert_eq!(case(t, kind).await["claimed_by"], "ana");

        let ana = t.room("ana").await;
        let asked = ana.press(&ana.case(kind).await, "Approve…").await;
        assert!(
            !asked.labels().contains(&"Spam".to_owned()),
            "{:?}",
            asked.labels()
        );
        ana.press(&asked, "Fits us").await;
        assert!(!t.mastodon.account("kind").unwrap().pending());
        assert_eq!(case(t, kind).await["state"], "resolved");
        assert_eq!(t.changes().len(), 1);

        let bad = t.case_on("@bad").await.0;
        let asked = room.press(&room.case(bad).await, "Reject…").await;
        room.press(&asked, "Spam").await;
        room.press(&room.case(bad).await, "Cancel reject").await;
        t.wait_for_the_hold().await;
        assert!(t.mastodon.account("bad").is_some(), "cancelled in time");
        assert!(t.changes().is_empty());

        let asked = room.press(&room.case(bad).await, "Reject…").await;
        room.press(&asked, "Spam").await;
        t.wait_for_the_hold().await;
        assert!(t.mastodon.account("bad").is_none());
        assert_eq!(case(t, bad).await["state"], "resolved");
        assert_eq!(t.changes().len(), 1);
    })
    .await;
}

#[tokio::test]
async fn the_answer_itself_offers_to_cancel_what_is_held() {
    run(async |t| {
        let number = t.report(SPAMMER).await.0;
        let room = t.room("bo").await;
        let asked = room.press(&room.case(number).await, "Suspend…").await;
        let held = room.press(&asked, "Spam").await;
        let page = room.press(&held, "Cancel").await;
        assert!(
            page.answer().contains("Nothing was sent"),
            "{}",
            page.answer()
        );
        t.wait_for_the_hold().await;
        assert_eq!(operation(t, "op-1").await["state"], "cancelled");
        assert!(t.changes().is_empty());
        assert_eq!(case(t, number).await["state"], "claimed");
    })
    .await;
}

#[tokio::test]
async fn questions_have_a_yes_and_a_no() {
    run(async |t| {
        let number = t.report(SPAMMER).await.0;
        let room = t.room("bo").await;
        // In a case's own command line the case need not be named.
        let words = "limit --reason spam";
        let asked = room.say(&room.case(number).await, words).await;
        let page = room.press(&asked, "Cancel").await;
        assert!(t.changes().is_empty());
        assert_eq!(case(t, number).await["state"], "open");
        let asked = room.say(&page, words).await;
        room.press(&asked, "Confirm").await;
        assert!(t.mastodon.account(SPAMMER).unwrap().limited);
        assert_eq!(t.changes().len(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_colleague_seconds_with_a_press() {
    let setup = Setup {
        config: "[policy]\ndry_run = false\n[policy.commands]\nsuspend = { second = true }\n",
        ..Setup::default()
    };
    setup
        .run(async |t| {
            let number = t.report(SPAMMER).await.0;
            let bo = t.room("bo").await;
            let asked = bo.press(&bo.case(number).await, "Suspend…").await;
            bo.press(&asked, "Spam").await;
            t.wait_for_the_hold().await;
            assert!(t.changes().is_empty(), "nobody agreed yet");
            let own = bo.press(&bo.case(number).await, "Second suspend").await;
            assert!(own.answer().contains("somebody else"), "{}", own.answer());
            let ana = t.room("ana").await;
            ana.press(&ana.case(number).await, "Second suspend").await;
            t.wait_for_the_hold().await;
            assert!(t.mastodon.account(SPAMMER).unwrap().suspended);
            assert_eq!(operation(t, "op-1").await["seconded_by"], "ana");
            assert_eq!(t.changes().len(), 1);
        })
        .await;
}

#[tokio::test]
async fn the_form_takes_reason_preset_and_time() {
    let setup = Setup {
        config: "[policy]\ndry_run = false\n[[presets]]\nname = \"spam\"\ntext = \"No ads here.\"\n",
        ..Setup::default()
    };
    setup
        .run(async |t| {
            let number = t.report(LOCAL).await.0;
            let room = t.room("bo").await;
            let asked = room.press(&room.case(number).await, "Limit…").await;
            let form = room.press(&asked, "Other…").await;
            let values = [("reason", "third time"), ("tell", "spam"), ("for", "7d")];
            room.fill_in(&form, &values).await;
            assert_eq!(t.mastodon.strikes()[0].text, "No ads here.");
            assert_eq!(t.changes().len(), 1);
            assert!(operation(t, "op-1").await["ends_at"].is_string());
            t.pass(TimeDelta::days(7) + TimeDelta::minutes(1)).await;
            let page = room.case(number).await;
            assert!(page.text().contains("is up"), "{}", page.text());
            room.press(&page, "Undo limit…").await;
            assert!(!t.mastodon.account(LOCAL).unwrap().limited);
            assert_eq!(t.changes().len(), 2);
        })
        .await;
}
