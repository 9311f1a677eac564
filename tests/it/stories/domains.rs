//! Commands on domains, e-mail domains and IP ranges.

use wardroom::sim::Severity;

use super::{assert_audit, audit, operation};
use crate::support::voice::through_both;

#[tokio::test]
async fn limit_domain_then_suspend_domain_then_unblock_domain() {
    through_both(async |t, voice| {
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
    })
    .await;
}

#[tokio::test]
async fn block_domain_asks_how_hard_and_takes_flags_alone() {
    through_both(async |t, voice| {
        let words = "block-domain far.example --severity none --reject-media --reason porn";
        voice.accepted(t, "ana", words).await;
        let blocks = t.mastodon.domain_blocks();
        assert_eq!(blocks.len(), 1);
        assert!(blocks[0].reject_media);
        assert_eq!(blocks[0].severity, Severity::Noop);
        assert_eq!(t.changes().len(), 1);
    })
    .await;
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

#[tokio::test]
async fn block_email_domain_and_unblock_email_domain() {
    through_both(async |t, voice| {
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
    })
    .await;
}

#[tokio::test]
async fn block_ip_and_unblock_ip() {
    through_both(async |t, voice| {
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
    })
    .await;
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
