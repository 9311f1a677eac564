//! Commands on domains, e-mail domains and IP ranges.

use chrono::TimeDelta;
use wardroom::sim::Severity;

use super::{assert_audit, audit, operation};
use crate::support::story::Story;
use crate::support::voice::{Voice, through_both};

/// What a block and its lifting leave in the audit log.
const BLOCKED_AND_LIFTED: [&str; 4] = [
    "ana operation.proposed",
    "ana operation.ended",
    "ana operation.proposed",
    "ana operation.ended",
];

pub(super) async fn limit_domain_then_suspend_domain_then_unblock_domain(t: &Story, voice: Voice) {
    let limited = voice
        .accepted(
            t,
            "ana",
            "limit-domain far.example --reason spam --public \"spam source\"",
        )
        .await;
    assert_eq!(operation(t, &limited).await["state"], "done");
    let blocks = t.mastodon.domain_blocks();
    assert_eq!(blocks.len(), 1);
    assert_eq!(blocks[0].severity, Severity::Silence);
    assert_eq!(blocks[0].public_comment.as_deref(), Some("spam source"));
    let private = blocks[0].private_comment.clone().unwrap_or_default();
    assert!(
        !private.contains("spam"),
        "the reason stays with us: {private}"
    );

    voice
        .accepted(t, "ana", "suspend-domain far.example --reason worse")
        .await;
    let blocks = t.mastodon.domain_blocks();
    assert_eq!(blocks.len(), 1);
    assert_eq!(blocks[0].severity, Severity::Suspend);

    voice
        .accepted(
            t,
            "ana",
            "unblock-domain far.example --reason \"they cleaned up\"",
        )
        .await;
    assert!(t.mastodon.domain_blocks().is_empty());
    let changes = t.changes();
    assert_eq!(changes.len(), 3, "{changes:?}");
    assert_audit(
        &audit(t).await,
        &[
            "ana operation.proposed",
            "ana operation.ended",
            "ana operation.proposed",
        ],
    );
}

/// The configuration of the stories of the table asks for a second person here.
pub(super) async fn block_domain_asks_how_hard_and_waits_for_a_second_person(
    t: &Story,
    voice: Voice,
) {
    let why = voice
        .refused(t, "ana", "block-domain far.example --reason porn")
        .await;
    assert!(why.contains("how?"), "{why}");
    let words = "block-domain far.example --severity none --reject-media --reason porn";
    let said = voice.confirm(t, "ana", words).await;
    assert_eq!(said.answer, "second", "{}", said.text);
    let id = said.operation.unwrap();
    t.pass(TimeDelta::minutes(5)).await;
    assert_eq!(operation(t, &id).await["state"], "waiting");
    assert!(t.mastodon.domain_blocks().is_empty());

    let why = voice.refused(t, "ana", &format!("second {id}")).await;
    assert!(why.contains("somebody else"), "{why}");
    let why = voice.refused(t, "bo", &format!("second {id}")).await;
    assert!(why.contains("lead"), "{why}");
    voice.accepted(t, "eve", &format!("second {id}")).await;
    let shown = operation(t, &id).await;
    assert_eq!(shown["state"], "done", "{shown}");
    assert_eq!(shown["seconded_by"], "eve", "{shown}");
    let blocks = t.mastodon.domain_blocks();
    assert_eq!(blocks.len(), 1);
    assert!(blocks[0].reject_media);
    assert_eq!(blocks[0].severity, Severity::Noop);
    assert_eq!(t.changes().len(), 1);
    assert_audit(
        &audit(t).await,
        &[
            "ana operation.proposed",
            "bo authority.refused",
            "eve operation.seconded",
            "ana operation.ended",
        ],
    );
}

#[tokio::test]
async fn a_domain_block_is_undone_to_what_it_was() {
    through_both(async |t, voice| {
        t.mastodon
            .add_domain_block("far.example", Severity::Silence);
        let id = voice
            .accepted(t, "ana", "suspend-domain far.example --reason spam")
            .await;
        assert_eq!(t.mastodon.domain_blocks()[0].severity, Severity::Suspend);
        voice
            .accepted(t, "ana", &format!("undo {id} --reason mistake"))
            .await;
        assert_eq!(t.mastodon.domain_blocks()[0].severity, Severity::Silence);
        assert_eq!(t.changes().len(), 2);
    })
    .await;
}

#[tokio::test]
async fn the_servers_own_domain_is_never_blocked() {
    through_both(async |t, voice| {
        for domain in ["social.example", "example"] {
            let words = format!("suspend-domain {domain} --reason x");
            let said = voice.confirm(t, "ana", &words).await;
            assert_eq!(said.answer, "refused", "{domain}: {}", said.text);
        }
        assert!(t.mastodon.domain_blocks().is_empty());
    })
    .await;
}

pub(super) async fn block_email_domain_and_unblock_email_domain(t: &Story, voice: Voice) {
    voice
        .accepted(t, "ana", "block-email-domain spam.example --reason spam")
        .await;
    assert_eq!(t.mastodon.email_domain_blocks()[0].domain, "spam.example");
    voice
        .accepted(
            t,
            "ana",
            "unblock-email-domain spam.example --reason mistake",
        )
        .await;
    assert!(t.mastodon.email_domain_blocks().is_empty());
    assert_eq!(t.changes().len(), 2);
    assert_audit(&audit(t).await, &BLOCKED_AND_LIFTED);
}

pub(super) async fn block_ip_and_unblock_ip(t: &Story, voice: Voice) {
    let words = "block-ip 203.0.113.7/24 --severity sign-ups --for 30d --reason spam";
    voice.accepted(t, "ana", words).await;
    let blocks = t.mastodon.ip_blocks();
    assert_eq!(blocks[0].ip, "203.0.113.0/24");
    assert_eq!(blocks[0].severity, "sign_up_block");
    assert!(blocks[0].expires_at.is_some());
    assert!(!blocks[0].comment.contains("spam"), "{}", blocks[0].comment);
    voice
        .accepted(t, "ana", "unblock-ip 203.0.113.0/24 --reason mistake")
        .await;
    assert!(t.mastodon.ip_blocks().is_empty());
    assert_eq!(t.changes().len(), 2);
    assert_audit(&audit(t).await, &BLOCKED_AND_LIFTED);
}

#[tokio::test]
async fn moderators_do_not_touch_domains() {
    through_both(async |t, voice| {
        for words in [
            "suspend-domain far.example --reason spam",
            "block-email-domain far.example --reason spam",
            "block-ip 203.0.113.0/24 --severity no-access --reason spam",
        ] {
            let why = voice.refused(t, "bo", words).await;
            assert!(why.contains("lead"), "{words}: {why}");
        }
        assert_audit(&audit(t).await, &["bo authority.refused"]);
    })
    .await;
}
