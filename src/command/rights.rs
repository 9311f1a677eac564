//! What each command needs, as exhaustive matches (invariant 6): a new command does not compile
//! until it names its permission and its tier.

use super::types::{Act, Block, Command, Stop, StopScope};
use crate::domain::operation::Tier;
use crate::domain::{Permission, Verb};

impl Command {
    /// The right without which it may not be asked at all. What is said about an operation
    /// (confirm, cancel, second, undo) also needs that operation's own right, and an [`Act`] that
    /// [`Act::is_broad`] also needs [`Permission::Batch`]; the desk checks both.
    pub fn permission(&self) -> Permission {
        match self {
            Self::Case { .. }
            | Self::Cases { .. }
            | Self::Lookup { .. }
            | Self::Domain { .. }
            | Self::History { .. }
            | Self::Desk
            | Self::Whoami
            | Self::Help { .. } => Permission::Read,
            Self::Claim { .. }
            | Self::Unclaim { .. }
            | Self::Assign { .. }
            | Self::Note { .. }
            | Self::Confirm { .. }
            | Self::Cancel(_)
            | Self::Second { .. }
            | Self::Undo { .. } => Permission::Coordinate,
            Self::Act(act) => act.verb.permission(),
            Self::Block(block) => block.verb.permission(),
            Self::BlockEmailDomain { .. } | Self::UnblockEmailDomain { .. } => {
                Permission::EmailDomains
            }
            Self::BlockIp { .. } | Self::UnblockIp { .. } => Permission::IpRanges,
            Self::Stop(Stop::Set(StopScope::Automation)) => Permission::StopAutomation,
            Self::Stop(Stop::Set(StopScope::All)) => Permission::StopAll,
            Self::Stop(Stop::Set(StopScope::Moderator(_)) | Stop::Reset(_)) => {
                Permission::StopOthers
            }
            Self::DryRun { .. } => Permission::DryRun,
            Self::Reveal { .. } => Permission::Reveal,
            Self::Settle { .. } => Permission::Settle,
            Self::Offboard { .. } => Permission::Offboard,
        }
    }

    /// How much friction it meets. What is said about an operation has no tier of its own: it
    /// counts as coordination, and the operation's rules apply.
    pub fn tier(&self) -> Tier {
        match self {
            Self::Case { .. }
            | Self::Cases { .. }
            | Self::Lookup { .. }
            | Self::Domain { .. }
            | Self::History { .. }
            | Self::Desk
            | Self::Whoami
            | Self::Help { .. } => Tier::Read,
            Self::Claim { .. }
            | Self::Unclaim { .. }
            | Self::Assign { .. }
            | Self::Note { .. }
            | Self::Confirm { .. }
            | Self::Cancel(_)
            | Self::Second { .. }
            | Self::Undo { .. } => Tier::Coordinate,
            Self::Act(act) if act.is_broad() => Tier::Broad,
            Self::Act(act) => act.verb.tier(),
            Self::Block(_)
            | Self::BlockEmailDomain { .. }
            | Self::UnblockEmailDomain { .. }
            | Self::BlockIp { .. }
            | Self::UnblockIp { .. } => Tier::Broad,
            Self::Stop(_)
            | Self::DryRun { .. }
            | Self::Reveal { .. }
            | Self::Settle { .. }
            | Self::Offboard { .. } => Tier::Control,
        }
    }

    /// The word people type for it.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Case { .. } => "case",
            Self::Cases { .. } => "cases",
            Self::Lookup { .. } => "lookup",
            Self::Domain { .. } => "domain",
            Self::History { .. } => "history",
            Self::Desk => "desk",
            Self::Whoami => "whoami",
            Self::Help { .. } => "help",
            Self::Claim { .. } => "claim",
            Self::Unclaim { .. } => "unclaim",
            Self::Assign { .. } => "assign",
            Self::Note { .. } => "note",
            Self::Act(act) => act.verb.word(),
            Self::Block(block) => block.verb.word(),
            Self::BlockEmailDomain { .. } => "block-email-domain",
            Self::UnblockEmailDomain { .. } => "unblock-email-domain",
            Self::BlockIp { .. } => "block-ip",
            Self::UnblockIp { .. } => "unblock-ip",
            Self::Stop(_) => "stop",
            Self::DryRun { .. } => "dry-run",
            Self::Reveal { .. } => "reveal",
            Self::Settle { .. } => "settle",
            Self::Offboard { .. } => "offboard",
            Self::Confirm { .. } => "confirm",
            Self::Cancel(_) => "cancel",
            Self::Second { .. } => "second",
            Self::Undo { .. } => "undo",
        }
    }

    /// The verb of the operations that it proposes, if it changes the server by itself. A claim
    /// may also show on the server, but does not depend on it.
    pub fn changes_server(&self) -> Option<Verb> {
        match self {
            Self::Act(act) => Some(act.verb),
            Self::Block(block) => Some(block.verb),
            Self::BlockEmailDomain { .. } => Some(Verb::BlockEmailDomain),
            Self::UnblockEmailDomain { .. } => Some(Verb::UnblockEmailDomain),
            Self::BlockIp { .. } => Some(Verb::BlockIp),
            Self::UnblockIp { .. } => Some(Verb::UnblockIp),
            Self::Case { .. }
            | Self::Cases { .. }
            | Self::Lookup { .. }
            | Self::Domain { .. }
            | Self::History { .. }
            | Self::Desk
            | Self::Whoami
            | Self::Help { .. }
            | Self::Claim { .. }
            | Self::Unclaim { .. }
            | Self::Assign { .. }
            | Self::Note { .. }
            | Self::Stop(_)
            | Self::DryRun { .. }
            | Self::Reveal { .. }
            | Self::Settle { .. }
            | Self::Offboard { .. }
            | Self::Confirm { .. }
            | Self::Cancel(_)
            | Self::Second { .. }
            | Self::Undo { .. } => None,
        }
    }

    /// The reason given, if it takes one at all.
    pub fn reason(&self) -> Option<&str> {
        match self {
            Self::Act(Act { reason, .. })
            | Self::Block(Block { reason, .. })
            | Self::BlockEmailDomain { reason, .. }
            | Self::UnblockEmailDomain { reason, .. }
            | Self::BlockIp { reason, .. }
            | Self::UnblockIp { reason, .. }
            | Self::DryRun { reason, .. }
            | Self::Reveal { reason, .. }
            | Self::Settle { reason, .. }
            | Self::Offboard { reason, .. }
            | Self::Undo { reason, .. } => reason.as_deref(),
            _ => None,
        }
    }
}
