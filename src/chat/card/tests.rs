//! Cards as their readers see them, for each kind and state of a case.

use chrono::TimeDelta;
use insta::assert_snapshot;

use super::*;
use crate::domain::account::AccountState;
use crate::domain::case::{CaseKind, How, Resolution};
use crate::domain::operation::{Inverse, Request};
use crate::domain::report::{ServerRule, Withheld};
use crate::domain::status::Media;
use crate::domain::{
    Account, Category, Operation, OperationId, OperationState, Outcome, Report, Status, Verb,
    Visibility,
};

fn time(text: &str) -> DateTime<Utc> {
    format!("2026-11-21T{text}Z").parse().unwrap()
}

fn account(name: &str, domain: Option<&str>) -> Account {
    Account {
        id: "109".into(),
        username: name.to_owned(),
        domain: domain.map(str::to_owned),
        display_name: String::new(),
        url: None,
        created_at: Some(time("00:00:00") - TimeDelta::days(3)),
        followers: Some(2),
        statuses: Some(40),
        state: AccountState::default(),
        role: None,
        invite_request: None,
        locale: None,
    }
}

fn report(id: &str, category: Category) -> Report {
    Report {
        id: id.into(),
        category,
        comment: "He keeps\u{202e} selling pills\n@everyone look".to_owned(),
        forwarded: None,
        created_at: time("08:00:00"),
        updated_at: time("08:00:00"),
        resolved: false,
        resolved_at: None,
        resolved_by: None,
        assigned_to: None,
        reporter: account("carol", None),
        target: account("pills", Some("spam.example")),
        statuses: vec![Status {
            id: "1".into(),
            account_id: "109".into(),
            created_at: None,
            visibility: Visibility::Public,
            content: "<p>Cheap <a href=\"https://x.example\">pills</a></p><p>now</p>".to_owned(),
            spoiler_text: "health".to_owned(),
            sensitive: true,
            language: None,
            url: None,
            media: vec![
                Media {
                    kind: "image".to_owned(),
                    description: Some("a pill".to_owned()),
                },
                Media {
                    kind: "image".to_owned(),
                    description: None,
                },
            ],
        }],
        withheld: Withheld {
            private: 2,
            direct: 1,
        },
        rules: vec![ServerRule {
            id: "1".to_owned(),
            text: "No spam".to_owned(),
        }],
        object: serde_json::Value::Null,
    }
}

fn view(reports: Vec<Report>) -> CaseView {
    CaseView {
        case: Case {
            id: CaseId(42),
            kind: CaseKind::Report,
            target: Target::Account("109".into()),
            target_text: "@pills@spam.example".to_owned(),
            state: CaseState::Open,
            severity: Severity(3),
            version: 4,
            claimed_by: None,
            opened_at: time("08:00:00"),
            claimed_at: None,
            claim_expires_at: None,
            due_at: Some(time("12:00:00")),
            resolved_at: None,
            resolution: None,
        },
        account: None,
        reports,
        notes: Vec::new(),
        operations: Vec::new(),
        timeline: Vec::new(),
        earlier: Vec::new(),
    }
}

fn operation(verb: Verb, state: OperationState) -> Operation {
    Operation {
        id: OperationId(17),
        batch: None,
        case_id: Some(CaseId(42)),
        actor: "ana".into(),
        request: Request {
            verb,
            target: Target::Account("109".into()),
            target_text: "@pills@spam.example".to_owned(),
            calls: Vec::new(),
            seen: Vec::new(),
            reason: None,
            lasts_seconds: None,
            lifts_by_itself: false,
            undoes: None,
        },
        state,
        dry_run: false,
        seconded_by: None,
        hold_until: Some(time("09:00:30")),
        due_at: time("09:00:30"),
        fence: 0,
        outcome: None,
        inverse: None,
        undone_by: None,
        proposed_at: time("09:00:00"),
        done_at: None,
        ends_at: None,
    }
}

fn options() -> CardOptions {
    CardOptions {
        show: Show::Full,
        reporter: ReporterShown::Origin,
        dry_run: false,
        demo: false,
        can_act: true,
        server_url: "https://social.example".to_owned(),
        notices: Vec::new(),
        now: time("09:00:00"),
    }
}

#[test]
fn a_report_reads_in_its_fixed_order() {
    let card = compose(&view(vec![report("8440", Category::Spam)]), &options());
    assert_snapshot!(card, @r#"
    🔴 low · open · #42 · @pills@spam.example (remote)
    https://social.example/admin/reports/8440
    Why:
      1 report: spam, by a local member
      Rule: No spam
      “He keeps selling pills
      @everyone look”
    Excerpt:
      [CW: health]
      Cheap pills
      
      now
      [2 × image: “a pill”, no description]
      1 direct message and 2 non-public posts, read it on the server
    Context:
      account 3 days old (since 2026-11-18 00:00 UTC), 2 followers, 40 posts
    Who and when:
      Open since 08:00 UTC
      Due 12:00 UTC
    buttons: [Claim = 42.claim] [Close, no action = 42.resolve] [Limit… = 42.limit] [Suspend… = 42.suspend]
    more: [Warn… = 42.warn] [Force-sensitive… = 42.force-sensitive] [Categorise… = 42.categorise] [Assign… = 42.assign] [History = 42.history]
    "#);
}

#[test]
fn the_legal_lane_shows_no_excerpt() {
    let card = compose(&view(vec![report("8440", Category::Legal)]), &options());
    let excerpt = card
        .sections
        .iter()
        .find(|section| section.part == Part::Excerpt)
        .unwrap();
    assert_eq!(
        excerpt.lines,
        ["Reported as possibly illegal: read it on the server."]
    );
}

#[test]
fn a_channel_that_shows_nothing_gets_nobodys_words() {
    let options = CardOptions {
        show: Show::None,
        ..options()
    };
    let card = compose(&view(vec![report("8440", Category::Spam)]), &options);
    assert_snapshot!(card, @r#"
    🔴 low · open · #42 · an account
    https://social.example/admin/reports/8440
    Why:
      1 report: spam
      Rule: No spam
    Who and when:
      Open since 08:00 UTC
      Due 12:00 UTC
    buttons: [Claim = 42.claim] [Close, no action = 42.resolve] [Limit… = 42.limit] [Suspend… = 42.suspend]
    more: [Warn… = 42.warn] [Force-sensitive… = 42.force-sensitive] [Categorise… = 42.categorise] [Assign… = 42.assign] [History = 42.history]
    "#);
}

#[test]
fn a_claimed_case_with_a_held_operation_offers_cancel_first() {
    let mut view = view(vec![
        report("8440", Category::Spam),
        report("8437", Category::Other),
    ]);
    view.case.state = CaseState::Claimed;
    view.case.claimed_by = Some("ana".into());
    view.case.claimed_at = Some(time("08:56:00"));
    view.case.claim_expires_at = Some(time("09:56:00"));
    view.case.due_at = Some(time("07:00:00"));
    view.operations = vec![operation(Verb::Suspend, OperationState::Held)];
    let options = CardOptions {
        dry_run: true,
        demo: true,
        ..options()
    };
    let card = compose(&view, &options);
    assert_eq!(card.look, Look::DryRun(CaseState::Claimed));
    assert_snapshot!(card, @r#"
    DEMO: everything here is simulated.
    DRY RUN: nothing is changed on the server.
    ⚪ low · claimed · #42 · @pills@spam.example (remote)
    https://social.example/admin/reports/8440
    Why:
      2 reports: spam, by a local member
      Rule: No spam
      “He keeps selling pills
      @everyone look”
    Excerpt:
      [CW: health]
      Cheap pills
      
      now
      [2 × image: “a pill”, no description]
      1 direct message and 2 non-public posts, read it on the server
    Context:
      account 3 days old (since 2026-11-18 00:00 UTC), 2 followers, 40 posts
    On its way:
      op-17: suspend by ana is held until 09:00:30 UTC; it can still be cancelled
    Who and when:
      Claimed by ana since 08:56 UTC, until 09:56 UTC
      Overdue by 2 h
    buttons: [Cancel suspend = op-17.cancel] [Take over… = 42.claim] [Close, no action = 42.resolve] [Limit… = 42.limit]
    more: [Suspend… = 42.suspend] [Warn… = 42.warn] [Force-sensitive… = 42.force-sensitive] [Categorise… = 42.categorise] [Give back = 42.unclaim] [Assign… = 42.assign] [History = 42.history]
    "#);
}

#[test]
fn a_closed_card_keeps_outcome_who_link_and_undo() {
    let mut resolved = report("8440", Category::Spam);
    resolved.resolved = true;
    let mut view = view(vec![resolved]);
    view.case.state = CaseState::Resolved;
    view.case.resolved_at = Some(time("08:59:00"));
    view.case.resolution = Some(Resolution {
        how: How::Action {
            verb: Verb::Suspend,
        },
        by: Some("ana".to_owned()),
        operation: Some(OperationId(17)),
    });
    let mut done = operation(Verb::Suspend, OperationState::Done);
    done.outcome = Some(Outcome::Applied);
    done.inverse = Some(Inverse {
        verb: Verb::Unsuspend,
        calls: vec![crate::domain::ServerCall::Reopen {
            report: "8440".into(),
        }],
        stays: Vec::new(),
    });
    view.operations = vec![done];
    assert_snapshot!(compose(&view, &options()), @r#"
    🟢 low · resolved · #42 · @pills@spam.example (remote)
    https://social.example/admin/reports/8440
    Why:
      1 report: spam, by a local member
      Rule: No spam
    Who and when:
      Closed with suspend by ana, op-17 (08:59 UTC)
    buttons: [Undo suspend… = op-17.undo]
    "#);
    view.operations[0].undone_by = Some(OperationId(18));
    let card = compose(&view, &options());
    assert_eq!(card.buttons[0].press, Press::Key("42.reopen".to_owned()));
}

#[test]
fn a_sign_up_asks_for_a_decision() {
    let mut view = view(Vec::new());
    let mut newcomer = account("newcomer", None);
    newcomer.invite_request = Some("I like\u{200b} boats".to_owned());
    newcomer.state.confirmed = Some(false);
    view.case.kind = CaseKind::SignUp;
    view.case.target_text = "@newcomer".to_owned();
    view.account = Some(newcomer);
    assert_snapshot!(compose(&view, &options()), @r#"
    🔴 low · open · #42 · @newcomer (local)
    https://social.example/admin/accounts/109
    Why:
      A sign-up that waits for approval.
      “I like boats”
    Context:
      account 3 days old (since 2026-11-18 00:00 UTC), 2 followers, 40 posts
      Now e-mail not confirmed
    Who and when:
      Open since 08:00 UTC
      Due 12:00 UTC
    buttons: [Approve… = 42.approve] [Reject… = 42.reject] [Ask a colleague… = 42.assign]
    more: [Claim = 42.claim] [History = 42.history]
    "#);
}

#[test]
fn a_token_that_may_only_read_makes_links() {
    let options = CardOptions {
        can_act: false,
        ..options()
    };
    let card = compose(&view(vec![report("8440", Category::Spam)]), &options);
    let link = "https://social.example/admin/reports/8440".to_owned();
    assert!(
        card.buttons
            .iter()
            .any(|button| button.press == Press::Link(link.clone()))
    );
    let acts = |button: &Button| matches!(&button.press, Press::Key(key) if key == "42.suspend");
    assert!(!card.buttons.iter().chain(&card.more).any(acts));
}

#[test]
fn the_first_row_never_holds_more_than_five() {
    let mut view = view(vec![report("8440", Category::Spam)]);
    view.operations = (0..9)
        .map(|_| operation(Verb::Suspend, OperationState::Held))
        .collect();
    let card = compose(&view, &options());
    assert_eq!(card.buttons.len(), 4);
    assert!(card.more.iter().any(|button| button.label == "Claim"));
}
