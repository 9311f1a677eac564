//! Commands as values: what words, buttons and stored confirmations all become.

use chrono::TimeDelta;
use ipnet::IpNet;
use serde::{Deserialize, Serialize};

use crate::domain::operation::{AccountRef, IpSeverity};
use crate::domain::{
    BlockSeverity, CaseId, CaseState, Category, DomainName, ModeratorName, OperationId, ReportId,
    Verb,
};

/// Above this many targets a command is a broad one: [`crate::domain::Permission::Batch`] as well, and an impact
/// preview.
pub const BROAD_BATCH: usize = 25;

/// What a moderator asks for, from any platform.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "command", rename_all = "kebab-case")]
pub enum Command {
    /// Show a case.
    Case {
        /// Which.
        case: CaseId,
    },
    /// List cases.
    Cases {
        /// In which state.
        state: StateFilter,
        /// Only those that the asker claimed.
        mine: bool,
    },
    /// Show an account.
    Lookup {
        /// Which, or through which case or report.
        subject: Subject,
    },
    /// Show how things stand with a domain.
    Domain {
        /// Which.
        domain: DomainName,
    },
    /// Show what was decided before.
    History {
        /// About whom.
        of: HistoryOf,
    },
    /// Show how things stand with Wardroom itself.
    Desk,
    /// Show who the asker is here.
    Whoami,
    /// Show what can be asked.
    Help {
        /// About one command.
        topic: Option<String>,
    },
    /// Take cases.
    Claim {
        /// Which.
        cases: Vec<CaseId>,
        /// Even from a colleague.
        take_over: bool,
    },
    /// Give cases back.
    Unclaim {
        /// Which.
        cases: Vec<CaseId>,
    },
    /// Give a case to a colleague.
    Assign {
        /// Which.
        case: CaseId,
        /// To whom.
        to: ModeratorName,
    },
    /// Write a note on a case.
    Note {
        /// Which.
        case: CaseId,
        /// The note.
        text: String,
    },
    /// Change reports or accounts on the server.
    Act(Act),
    /// Block or unblock a domain on the server.
    Block(Block),
    /// Block sign-ups from an e-mail domain.
    BlockEmailDomain {
        /// Which.
        domain: DomainName,
        /// Why, for colleagues.
        reason: Option<String>,
    },
    /// Lift that.
    UnblockEmailDomain {
        /// Which.
        domain: DomainName,
        /// Why, for colleagues.
        reason: Option<String>,
    },
    /// Block an IP range.
    BlockIp {
        /// Which, host bits cut.
        range: IpNet,
        /// How hard.
        severity: IpSeverity,
        /// Until Mastodon lifts it; `None` for ever.
        #[serde(with = "seconds")]
        lasts: Option<TimeDelta>,
        /// Why, for colleagues.
        reason: Option<String>,
    },
    /// Lift that.
    UnblockIp {
        /// Which.
        range: IpNet,
        /// Why, for colleagues.
        reason: Option<String>,
    },
    /// Stop, or lift a stop (invariant 9).
    Stop(Stop),
    /// Switch the dry run.
    DryRun {
        /// On or off.
        on: bool,
        /// Why; switching it off needs one.
        reason: Option<String>,
    },
    /// Read an account's e-mail and IP addresses.
    Reveal {
        /// Whose.
        subject: Subject,
        /// Why.
        reason: Option<String>,
    },
    /// Say what became of an operation that could not be settled.
    Settle {
        /// Which.
        operation: OperationId,
        /// Whether it took effect.
        done: bool,
        /// How the asker knows.
        reason: Option<String>,
    },
    /// End a moderator's access.
    Offboard {
        /// Whose.
        moderator: ModeratorName,
        /// Why.
        reason: Option<String>,
    },
    /// Say yes to what was asked back.
    Confirm {
        /// The token of the question.
        token: String,
    },
    /// Say no, or stop an operation before it is sent.
    Cancel(Cancelled),
    /// Agree as the second person.
    Second {
        /// To what.
        operation: OperationId,
    },
    /// Take an operation back.
    Undo {
        /// Which.
        operation: OperationId,
        /// Why.
        reason: Option<String>,
    },
}

/// A change of reports or accounts on the server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Act {
    /// What: resolve, reopen, categorise, an account action or its lifting, approve, reject.
    pub verb: Verb,
    /// To whom, without doubles, in the order given; at least one.
    pub subjects: Vec<Subject>,
    /// Why, for colleagues; never sent to the account (invariant 16).
    pub reason: Option<String>,
    /// What the account is told: a text, or the name of a preset (the desk resolves it).
    pub tell: Option<String>,
    /// Ends after this long; limit and freeze only.
    #[serde(with = "seconds")]
    pub lasts: Option<TimeDelta>,
    /// Lift by itself at the end, rather than ask.
    pub auto: bool,
    /// Even if a colleague claimed the case.
    pub take_over: bool,
    /// The new category; categorise only, and missing only when a button asked for the choice.
    pub category: Option<Category>,
    /// The server's rule ids; only with the category violation.
    pub rules: Vec<String>,
    /// A button was pressed, rather than words written.
    pub from_button: bool,
}

impl Act {
    /// `verb` on one subject, with nothing else said.
    pub fn new(verb: Verb, subject: Subject) -> Self {
        Self {
            verb,
            subjects: vec![subject],
            reason: None,
            tell: None,
            lasts: None,
            auto: false,
            take_over: false,
            category: None,
            rules: Vec::new(),
            from_button: false,
        }
    }

    /// Whether it names more targets than one person should decide at a stroke.
    pub fn is_broad(&self) -> bool {
        self.subjects.len() > BROAD_BATCH
    }
}

/// A change of a domain block.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Block {
    /// block-domain, limit-domain, suspend-domain or unblock-domain; agrees with the severity.
    pub verb: Verb,
    /// Which.
    pub domain: DomainName,
    /// How hard; `None` to unblock, and where block-domain left it open (the desk asks).
    pub severity: Option<BlockSeverity>,
    /// Do not store media from there.
    pub reject_media: bool,
    /// Drop reports from there.
    pub reject_reports: bool,
    /// Mask the name in the public list.
    pub obfuscate: bool,
    /// The public comment: its only source (invariant 16).
    pub public: Option<String>,
    /// Why, for colleagues.
    pub reason: Option<String>,
}

/// Whom or what an action is about, as written.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Subject {
    /// `#42` or `42`.
    Case(CaseId),
    /// `report:8437`.
    Report(ReportId),
    /// `@user`, `@user@domain` or `id:109…`.
    Account(AccountRef),
}

/// Whose history is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HistoryOf {
    /// An account's.
    Subject(Subject),
    /// A domain's.
    Domain(DomainName),
}

/// Which cases to list.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StateFilter {
    /// Open and claimed.
    #[default]
    Unresolved,
    /// All.
    All,
    /// In one state.
    Only(CaseState),
}

/// A stop set or lifted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stop {
    /// Stop.
    Set(StopScope),
    /// Go on.
    Reset(StopScope),
}

/// What a stop stops.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StopScope {
    /// Whatever acts by itself.
    Automation,
    /// Every call that changes the server.
    All,
    /// What one moderator asks for.
    Moderator(ModeratorName),
}

/// What is cancelled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cancelled {
    /// An operation that was not sent yet.
    Operation(OperationId),
    /// A question that waits for confirmation.
    Token(String),
}

/// An optional span of time as whole seconds, for commands that are stored.
mod seconds {
    use chrono::TimeDelta;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    #[expect(
        clippy::ref_option,
        reason = "serde calls it with a reference to the field"
    )]
    pub(super) fn serialize<S: Serializer>(
        span: &Option<TimeDelta>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        span.map(|span| span.num_seconds()).serialize(serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<TimeDelta>, D::Error> {
        let Some(seconds) = Option::<i64>::deserialize(deserializer)? else {
            return Ok(None);
        };
        TimeDelta::try_seconds(seconds)
            .map(Some)
            .ok_or_else(|| serde::de::Error::custom("the span of time is too long"))
    }
}
