//! Operations: intended changes of the server, stored before they are tried (invariant 5).
//!
//! An operation is a list of [`ServerCall`]s, each one HTTP request. Before a call the target's
//! state is read; a call that was sent and not answered is only read back, never sent again.

use std::fmt;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::account::AccountAction;
use super::case::Target;
use super::domain_block::WantedBlock;
use super::ids::{AccountId, CaseId, DomainName, ModeratorName, OperationId, ReportId};
use super::report::Category;

pub use super::verb::{Tier, Verb};

/// An account named by id, or by handle when we have not seen it yet; the operation worker looks
/// the handle up before anything else.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AccountRef {
    /// The server's id.
    Id(AccountId),
    /// `user` or `user@domain`, without the leading `@`.
    Handle(String),
}

impl fmt::Display for AccountRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Id(id) => write!(f, "id:{id}"),
            Self::Handle(handle) => write!(f, "@{handle}"),
        }
    }
}

/// One HTTP request that changes the server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "call", rename_all = "snake_case")]
pub enum ServerCall {
    /// `POST accounts/:id/action`.
    Act {
        /// Whom.
        account: AccountRef,
        /// What.
        action: AccountAction,
        /// The report it answers; decides what a warning resolves.
        report: Option<ReportId>,
        /// What the account is told; without it no e-mail is sent (invariant 16).
        tell: Option<String>,
    },
    /// `POST accounts/:id/unsilence` and its kin.
    Lift {
        /// Whom.
        account: AccountRef,
        /// What is lifted; never [`AccountAction::Warn`].
        action: AccountAction,
    },
    /// `POST accounts/:id/approve`.
    Approve {
        /// Whom.
        account: AccountRef,
    },
    /// `POST accounts/:id/reject`: deletes the account.
    Reject {
        /// Whom.
        account: AccountRef,
    },
    /// `POST reports/:id/resolve`.
    Resolve {
        /// Which.
        report: ReportId,
    },
    /// `POST reports/:id/reopen`.
    Reopen {
        /// Which.
        report: ReportId,
    },
    /// `POST reports/:id/assign_to_self`: to the owner of the token that is used.
    Assign {
        /// Which.
        report: ReportId,
    },
    /// `POST reports/:id/unassign`.
    Unassign {
        /// Which.
        report: ReportId,
    },
    /// `PUT reports/:id`.
    Categorise {
        /// Which.
        report: ReportId,
        /// The new category.
        category: Category,
        /// The server's rule ids; only with `violation`.
        rules: Vec<String>,
    },
    /// Creates the domain block, or updates the one that exists.
    Block {
        /// What it shall be.
        block: WantedBlock,
    },
    /// Deletes the block of exactly this domain.
    Unblock {
        /// Which.
        domain: DomainName,
    },
    /// `POST email_domain_blocks`.
    BlockEmailDomain {
        /// Which.
        domain: DomainName,
    },
    /// Deletes it.
    UnblockEmailDomain {
        /// Which.
        domain: DomainName,
    },
    /// `POST ip_blocks`.
    BlockIp {
        /// CIDR range.
        range: ipnet::IpNet,
        /// How hard.
        severity: IpSeverity,
        /// Seconds until Mastodon lifts it; `None` for ever.
        expires_in: Option<i64>,
        /// For moderators only: our case or operation number.
        comment: String,
    },
    /// Deletes it.
    UnblockIp {
        /// CIDR range.
        range: ipnet::IpNet,
    },
}

/// How hard an IP range is blocked, in Mastodon's own words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum IpSeverity {
    /// New accounts wait for approval (API: `sign_up_requires_approval`).
    Approval,
    /// No new accounts (API: `sign_up_block`).
    SignUps,
    /// No access at all, from the next request on (API: `no_access`).
    NoAccess,
}

impl IpSeverity {
    /// Every severity, mildest first.
    pub const ALL: [Self; 3] = [Self::Approval, Self::SignUps, Self::NoAccess];

    /// The word people type and read.
    pub fn word(self) -> &'static str {
        match self {
            Self::Approval => "approval",
            Self::SignUps => "sign-ups",
            Self::NoAccess => "no-access",
        }
    }

    /// The `severity` that Mastodon's API expects.
    pub fn api_word(self) -> &'static str {
        match self {
            Self::Approval => "sign_up_requires_approval",
            Self::SignUps => "sign_up_block",
            Self::NoAccess => "no_access",
        }
    }
}

/// Where an operation stands (`waiting → held → ready → sending → done | refused`,
/// `sending → checking → done | refused | unsettled`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OperationState {
    /// For a second person.
    Waiting,
    /// For its hold to end; Cancel stops it.
    Held,
    /// For the worker.
    Ready,
    /// A call may be on its way.
    Sending,
    /// A call was sent and not answered: its effect is read back.
    Checking,
    /// Carried out, or found to be so already, or a dry run.
    Done,
    /// Not carried out, and the reason is known.
    Refused,
    /// Nobody can tell: a person says `settle`.
    Unsettled,
    /// Cancelled by a person before it was sent.
    Cancelled,
    /// Waited too long before it was sent.
    Expired,
}

impl OperationState {
    /// Every state.
    pub const ALL: [Self; 10] = [
        Self::Waiting,
        Self::Held,
        Self::Ready,
        Self::Sending,
        Self::Checking,
        Self::Done,
        Self::Refused,
        Self::Unsettled,
        Self::Cancelled,
        Self::Expired,
    ];

    /// The word in database, API and chat.
    pub fn word(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Held => "held",
            Self::Ready => "ready",
            Self::Sending => "sending",
            Self::Checking => "checking",
            Self::Done => "done",
            Self::Refused => "refused",
            Self::Unsettled => "unsettled",
            Self::Cancelled => "cancelled",
            Self::Expired => "expired",
        }
    }

    /// Whether nothing more will happen by itself. An unsettled operation is not finished: its
    /// fingerprint stays taken until a person settles it.
    pub fn is_finished(self) -> bool {
        matches!(
            self,
            Self::Done | Self::Refused | Self::Cancelled | Self::Expired
        )
    }

    /// Whether it can still be cancelled without a trace on the server.
    pub fn is_before_sending(self) -> bool {
        matches!(self, Self::Waiting | Self::Held | Self::Ready)
    }
}

/// What became of an operation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum Outcome {
    /// The server confirmed it, or a read showed it.
    Applied,
    /// It was so already: nothing was sent.
    AlreadySo,
    /// Dry run: everything but the calls.
    DryRun,
    /// The server or a rule refused; nothing changed.
    Refused {
        /// In words for the moderator, with the next step.
        why: String,
    },
    /// Some steps were carried out, then one was refused.
    Partly {
        /// How many steps took effect.
        applied: u32,
        /// Why the next one did not.
        why: String,
    },
    /// Sent, not answered, and two reads show that it did not take effect.
    NotApplied,
    /// Sent, and nobody can tell.
    Unsettled {
        /// What is unclear.
        why: String,
    },
    /// A moderator said what became of it.
    Settled {
        /// Who said so.
        by: ModeratorName,
        /// Whether it took effect.
        done: bool,
    },
    /// Cancelled before it was sent.
    Cancelled {
        /// By whom.
        by: ModeratorName,
    },
    /// Waited too long before it was sent: ask again.
    Expired,
}

impl Outcome {
    /// The word in API, metrics and logs.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Applied => "applied",
            Self::AlreadySo => "already_so",
            Self::DryRun => "dry_run",
            Self::Refused { .. } => "refused",
            Self::Partly { .. } => "partly",
            Self::NotApplied => "not_applied",
            Self::Unsettled { .. } => "unsettled",
            Self::Settled { .. } => "settled",
            Self::Cancelled { .. } => "cancelled",
            Self::Expired => "expired",
        }
    }

    /// Whether the server is now between what it was and what the operation wanted.
    pub fn is_partial(&self) -> bool {
        matches!(self, Self::Partly { .. })
    }

    /// Whether the server is now as the operation wanted it.
    pub fn took_effect(&self) -> bool {
        matches!(
            self,
            Self::Applied | Self::AlreadySo | Self::Settled { done: true, .. }
        )
    }
}

/// What takes an operation back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Inverse {
    /// The command that the inverse is: its role, confirmation and hold apply.
    pub verb: Verb,
    /// The calls, in order.
    pub calls: Vec<ServerCall>,
    /// What stays: a strike, mail, lost follows. In words.
    pub stays: Vec<String>,
}

/// What a moderator wants done, before it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    /// The command.
    pub verb: Verb,
    /// What it is done to.
    pub target: Target,
    /// The target as people read it, `@user@domain` or a domain.
    pub target_text: String,
    /// The calls, in order.
    pub calls: Vec<ServerCall>,
    /// The reports that the presser saw: closing closes exactly those (invariant 7).
    pub seen: Vec<ReportId>,
    /// Why, for colleagues; never sent to the account (invariant 16).
    pub reason: Option<String>,
    /// Ends by itself, or asks, after this many seconds (`--for`).
    pub lasts_seconds: Option<i64>,
    /// Lift by itself at the end (`--auto`), rather than ask.
    pub lifts_by_itself: bool,
    /// The operation that this one takes back.
    pub undoes: Option<OperationId>,
}

impl Request {
    /// What makes two unfinished operations the same: the calls' kind and target, not the reason,
    /// the person or the text to the account.
    pub fn fingerprint(&self) -> String {
        let calls: Vec<String> = self.calls.iter().map(ServerCall::fingerprint).collect();
        calls.join(" ")
    }
}

impl ServerCall {
    /// The call's kind and target in one stable word.
    fn fingerprint(&self) -> String {
        match self {
            Self::Act {
                account,
                action: AccountAction::Warn,
                report,
                ..
            } => {
                let report = report.as_ref().map_or("", ReportId::as_str);
                format!("warn:{account}:{report}")
            }
            Self::Act {
                account, action, ..
            } => format!("{}:{account}", action.word()),
            Self::Lift { account, action } => format!("un{}:{account}", action.word()),
            Self::Approve { account } => format!("approve:{account}"),
            Self::Reject { account } => format!("reject:{account}"),
            Self::Resolve { report } => format!("resolve:{report}"),
            Self::Reopen { report } => format!("reopen:{report}"),
            Self::Assign { report } => format!("assign:{report}"),
            Self::Unassign { report } => format!("unassign:{report}"),
            Self::Categorise { report, .. } => format!("categorise:{report}"),
            Self::Block { block } => format!("block-domain:{}", block.domain),
            Self::Unblock { domain } => format!("unblock-domain:{domain}"),
            Self::BlockEmailDomain { domain } => format!("block-email-domain:{domain}"),
            Self::UnblockEmailDomain { domain } => format!("unblock-email-domain:{domain}"),
            Self::BlockIp { range, .. } => format!("block-ip:{range}"),
            Self::UnblockIp { range } => format!("unblock-ip:{range}"),
        }
    }
}

/// A stored operation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Operation {
    /// The number.
    pub id: OperationId,
    /// The first operation of the batch that this one belongs to.
    pub batch: Option<OperationId>,
    /// The case it belongs to, if any.
    pub case_id: Option<CaseId>,
    /// Who asked.
    pub actor: ModeratorName,
    /// What was asked.
    pub request: Request,
    /// Where it stands.
    pub state: OperationState,
    /// Asked in a dry run: it will never be sent, even if the dry run ends meanwhile.
    pub dry_run: bool,
    /// The second person, once there is one.
    pub seconded_by: Option<ModeratorName>,
    /// When the hold ends.
    pub hold_until: Option<DateTime<Utc>>,
    /// When the worker looks at it next.
    pub due_at: DateTime<Utc>,
    /// Grows with each process that takes it; write-backs name it.
    pub fence: i64,
    /// What became of it.
    pub outcome: Option<Outcome>,
    /// What takes it back, once it is known what it changed.
    pub inverse: Option<Inverse>,
    /// The operation that took it back.
    pub undone_by: Option<OperationId>,
    /// When it was asked.
    pub proposed_at: DateTime<Utc>,
    /// When it ended.
    pub done_at: Option<DateTime<Utc>>,
    /// When a timed action ends; set when it took effect.
    pub ends_at: Option<DateTime<Utc>>,
}

/// One step of an operation: one call, and what became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// Its place in the list of calls, from 0.
    pub n: i64,
    /// The call as it was sent.
    pub call: ServerCall,
    /// Committed before the call was made.
    pub sent_at: Option<DateTime<Utc>>,
    /// What came back, or what a read showed.
    pub answer: Option<StepAnswer>,
}

/// What became of one step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "answer", rename_all = "snake_case")]
pub enum StepAnswer {
    /// The server said yes, or a read showed the effect.
    Applied,
    /// It was so before: nothing was sent.
    AlreadySo,
    /// The server said no.
    Refused {
        /// In words.
        why: String,
    },
    /// Sent, not answered; `reads` read-backs so far showed no effect.
    Unanswered {
        /// How many read-backs were made.
        reads: u32,
    },
}

#[cfg(test)]
mod tests;
