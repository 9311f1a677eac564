//! `Admin::DomainBlock`, `Admin::EmailDomainBlock` and `Admin::IpBlock`.

use chrono::{DateTime, Utc};
use ipnet::IpNet;

use super::{Missing, Node};
use crate::domain::domain_block::DomainBlock;
use crate::domain::ids::DomainBlockId;

/// A block of sign-ups from an e-mail domain, as the server holds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EmailDomainBlock {
    /// The server's id.
    pub id: String,
    /// The domain as the server holds it.
    pub domain: String,
    /// Sign-ups wait for approval instead of being refused (4.3).
    pub allow_with_approval: bool,
}

/// A block of an IP range, as the server holds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IpBlock {
    /// The server's id.
    pub id: String,
    /// The range.
    pub range: IpNet,
    /// `sign_up_requires_approval`, `sign_up_block`, `no_access`, or a later word.
    pub severity: String,
    /// For moderators only.
    pub comment: String,
    /// When Mastodon lifts it by itself.
    pub expires_at: Option<DateTime<Utc>>,
}

/// Reads a domain block.
///
/// # Errors
/// `id`, `domain` and a severity that we know are required: a block of unknown strength must not be
/// taken for a weak one.
pub(in crate::mastodon) fn domain_block(node: &Node<'_>) -> Result<DomainBlock, Missing> {
    let severity = node.at("severity");
    let flag = |key| node.at(key).flag().unwrap_or(false);
    Ok(DomainBlock {
        id: DomainBlockId(node.at("id").needed_id()?),
        domain: node.at("domain").needed_text()?,
        severity: severity
            .needed_text()?
            .parse()
            .map_err(|_| severity.missing("noop, silence or suspend"))?,
        reject_media: flag("reject_media"),
        reject_reports: flag("reject_reports"),
        private_comment: node.at("private_comment").words(),
        public_comment: node.at("public_comment").words(),
        obfuscate: flag("obfuscate"),
    })
}

/// Reads a block of an e-mail domain.
///
/// # Errors
/// `id` and `domain` are required.
pub(in crate::mastodon) fn email_domain_block(
    node: &Node<'_>,
) -> Result<EmailDomainBlock, Missing> {
    Ok(EmailDomainBlock {
        id: node.at("id").needed_id()?,
        domain: node.at("domain").needed_text()?,
        allow_with_approval: node.at("allow_with_approval").flag().unwrap_or(false),
    })
}

/// Reads a block of an IP range.
///
/// # Errors
/// `id`, `severity` and a range in CIDR notation are required.
pub(in crate::mastodon) fn ip_block(node: &Node<'_>) -> Result<IpBlock, Missing> {
    let range = node.at("ip");
    Ok(IpBlock {
        id: node.at("id").needed_id()?,
        range: range
            .needed_text()?
            .parse()
            .map_err(|_| range.missing("a range such as 192.0.2.0/24"))?,
        severity: node.at("severity").needed_text()?,
        comment: node.at("comment").text().unwrap_or_default(),
        expires_at: node.at("expires_at").time(),
    })
}
