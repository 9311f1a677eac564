//! The API's JSON. Names are Mastodon's and the desk's own words; times are RFC 3339 in UTC.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::db::audit::AuditRow;
use crate::desk::{Answer, AnswerKind, words};
use crate::domain::case::How;
use crate::domain::case_view::{Note, TimelineEntry};
use crate::domain::operation::Operation;
use crate::domain::{Account, Case, CaseView, Outcome, Report, Target};

/// A case.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Case)]
pub(super) struct CaseJson {
    /// The number that people type: `#42`.
    number: i64,
    /// What opened it: `report` or `sign_up`.
    kind: &'static str,
    /// `open`, `claimed` or `resolved`.
    state: &'static str,
    /// 0 critical (legal), 1 high, 2 normal, 3 low.
    severity: i64,
    target: TargetJson,
    /// The ids of its reports on the server, newest first.
    reports: Vec<String>,
    /// Scanner hits.
    hits: Vec<String>,
    /// The moderator who is on it.
    claimed_by: Option<String>,
    /// Grows with every change.
    version: i64,
    opened_at: DateTime<Utc>,
    claimed_at: Option<DateTime<Utc>>,
    /// When somebody should have decided.
    due_at: Option<DateTime<Utc>>,
    resolved_at: Option<DateTime<Utc>>,
    resolution: Option<ResolutionJson>,
}

/// What a case is about.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Target)]
struct TargetJson {
    /// The account's id on the server.
    id: Option<String>,
    /// `user` or `user@domain`, as Mastodon writes it.
    acct: Option<String>,
    /// The domain of a remote account; null for accounts of the server itself.
    domain: Option<String>,
}

/// How a case was settled.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Resolution)]
struct ResolutionJson {
    /// `no_action`, `action`, `on_server`, `deleted_on_server` or `joined`.
    how: &'static str,
    /// The command, where `how` is `action`.
    verb: Option<String>,
    /// By whom: a moderator's name, or a handle on the server.
    by: Option<String>,
    /// The operation that did it: `op-17`.
    operation: Option<String>,
    /// All that in words.
    text: String,
}

/// A page of cases.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Cases {
    /// Newest first.
    pub(super) cases: Vec<CaseJson>,
    /// Pass it as `cursor` for the next page; null on the last one.
    pub(super) next: Option<String>,
}

/// A case with all that belongs to it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CaseDetail)]
pub(super) struct CaseDetailJson {
    #[serde(flatten)]
    case: CaseJson,
    /// What happened, oldest first.
    timeline: Vec<TimelineJson>,
    /// Oldest first; deleted ones are not among them.
    notes: Vec<NoteJson>,
    /// Oldest first.
    operations: Vec<OperationJson>,
}

/// One thing that happened to a case.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TimelineEntry)]
struct TimelineJson {
    at: DateTime<Utc>,
    /// A moderator's name, `server`, `wardroom` or `host`.
    actor: String,
    /// What, as in the audit log: `case.claimed`, `operation.ended`, …
    verb: &'static str,
    /// In words.
    text: String,
}

/// A moderator's note.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Note)]
struct NoteJson {
    id: i64,
    author: String,
    text: String,
    written_at: DateTime<Utc>,
    edited_at: Option<DateTime<Utc>>,
}

/// One intended change of the server.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Operation)]
pub(super) struct OperationJson {
    /// `op-17`.
    id: String,
    /// The first operation of its batch.
    batch: Option<String>,
    /// The case's number.
    case: Option<i64>,
    /// The command: `limit`, `suspend`, …
    verb: &'static str,
    /// Who asked.
    actor: String,
    /// What it is done to, as people read it.
    target: String,
    /// `waiting`, `held`, `ready`, `sending`, `checking`, `done`, `refused`, `unsettled`,
    /// `cancelled` or `expired`.
    state: &'static str,
    /// It was asked in a dry run and never changes anything.
    dry_run: bool,
    reason: Option<String>,
    /// The second person.
    seconded_by: Option<String>,
    /// Until when it can be cancelled.
    hold_until: Option<DateTime<Utc>>,
    /// `applied`, `already_so`, `dry_run`, `refused`, `partly`, `not_applied`, `unsettled`,
    /// `settled`, `cancelled` or `expired`; null while it is under way.
    outcome: Option<&'static str>,
    /// The outcome in words.
    text: Option<String>,
    /// The operation that took it back.
    undone_by: Option<String>,
    proposed_at: DateTime<Utc>,
    done_at: Option<DateTime<Utc>>,
    /// When a timed action ends.
    ends_at: Option<DateTime<Utc>>,
}

/// One entry of the audit log.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AuditEntry)]
pub(super) struct AuditJson {
    /// Its place, from 1, without gaps.
    pub(super) seq: i64,
    /// RFC 3339 with milliseconds.
    at: String,
    actor: String,
    /// `case.claimed`, `operation.ended`, `authority.refused`, …
    verb: String,
    case: Option<i64>,
    operation: Option<String>,
    /// Whom it concerns; null where there is nobody, or where it was erased.
    subject: Option<String>,
    detail: serde_json::Value,
    /// Reason, note and other personal text by name; erased ones are missing.
    texts: BTreeMap<String, String>,
    /// The hash of the entry before.
    prev_hash: String,
    /// SHA-256 of `prev_hash` and the canonical entry.
    hash: String,
}

/// A page of the audit log.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Audit {
    /// Oldest first.
    pub(super) entries: Vec<AuditJson>,
    /// Pass it as `after` for the next page; null on the last one.
    pub(super) next: Option<i64>,
}

/// A command.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CommandRequest {
    /// The caller's own id for this request: the same id with the same command is done once and
    /// answered the same.
    #[schema(min_length = 1, max_length = 200)]
    pub(super) id: String,
    /// As typed in the room: `suspend #42 --reason spam`, `confirm TOKEN`.
    #[schema(min_length = 1, max_length = 16_000)]
    pub(super) command: String,
}

/// What a command was answered with.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Answer)]
pub(super) struct AnswerJson {
    /// `done`, `accepted`, `confirm`, `second` or `refused`.
    answer: &'static str,
    /// In words.
    text: String,
    /// The operation that was stored; the first one of a batch.
    operation: Option<String>,
    /// Send `confirm TOKEN` to go on.
    confirm_token: Option<String>,
}

/// Who the caller is.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Me {
    /// The name in the configuration.
    pub(super) name: String,
    /// `observer`, `triage`, `moderator` or `lead`.
    pub(super) role: String,
    /// The linked account's handle on the server.
    pub(super) account: Option<String>,
    /// Why nothing is changed at the moment; null when it is no dry run.
    pub(super) dry_run: Option<&'static str>,
    /// Why the caller's commands change nothing at the moment; null when nothing is stopped.
    pub(super) stopped: Option<String>,
}

impl CaseJson {
    /// A case with its reports, newest first, and its target as last seen.
    pub(super) fn new(case: &Case, reports: &[Report], account: Option<&Account>) -> Self {
        let account = account.or(reports.first().map(|report| &report.target));
        Self {
            number: case.id.0,
            kind: case.kind.word(),
            state: case.state.word(),
            severity: case.severity.0,
            target: TargetJson::new(case, account),
            reports: reports.iter().map(|report| report.id.to_string()).collect(),
            hits: Vec::new(),
            claimed_by: case.claimed_by.as_ref().map(ToString::to_string),
            version: case.version,
            opened_at: case.opened_at,
            claimed_at: case.claimed_at,
            due_at: case.due_at,
            resolved_at: case.resolved_at,
            resolution: case.resolution.as_ref().map(|resolution| ResolutionJson {
                how: match resolution.how {
                    How::NoAction => "no_action",
                    How::Action { .. } => "action",
                    How::OnServer => "on_server",
                    How::DeletedOnServer => "deleted_on_server",
                    How::Joined { .. } => "joined",
                },
                verb: match resolution.how {
                    How::Action { verb } => Some(verb.to_string()),
                    _ => None,
                },
                by: resolution.by.clone(),
                operation: resolution.operation.map(|operation| operation.to_string()),
                text: words::resolution(resolution),
            }),
        }
    }
}

impl TargetJson {
    fn new(case: &Case, account: Option<&Account>) -> Self {
        let written = case.target_text.trim_start_matches('@');
        match &case.target {
            Target::Account(_) | Target::Handle(_) => Self {
                id: match &case.target {
                    Target::Account(id) => Some(id.to_string()),
                    _ => None,
                },
                acct: Some(account.map_or_else(|| written.to_owned(), Account::acct)),
                domain: match account {
                    Some(account) => account.domain.clone(),
                    None => written.split_once('@').map(|(_, domain)| domain.to_owned()),
                },
            },
            Target::Domain(domain) => Self {
                id: None,
                acct: None,
                domain: Some(domain.to_string()),
            },
            Target::Range(_) | Target::Reports => Self {
                id: None,
                acct: None,
                domain: None,
            },
        }
    }
}

impl From<&CaseView> for CaseDetailJson {
    fn from(view: &CaseView) -> Self {
        Self {
            case: CaseJson::new(&view.case, &view.reports, view.account.as_ref()),
            timeline: view.timeline.iter().map(TimelineJson::from).collect(),
            notes: view.notes.iter().map(NoteJson::from).collect(),
            operations: view.operations.iter().map(OperationJson::from).collect(),
        }
    }
}

impl From<&TimelineEntry> for TimelineJson {
    fn from(entry: &TimelineEntry) -> Self {
        Self {
            at: entry.at,
            actor: entry.actor.name(),
            verb: entry.fact.verb(),
            text: words::fact(&entry.actor, &entry.fact),
        }
    }
}

impl From<&Note> for NoteJson {
    fn from(note: &Note) -> Self {
        Self {
            id: note.id.0,
            author: note.author.to_string(),
            text: note.text.clone(),
            written_at: note.written_at,
            edited_at: note.edited_at,
        }
    }
}

impl From<&Operation> for OperationJson {
    fn from(operation: &Operation) -> Self {
        let request = &operation.request;
        Self {
            id: operation.id.to_string(),
            batch: operation.batch.map(|batch| batch.to_string()),
            case: operation.case_id.map(|case| case.0),
            verb: request.verb.word(),
            actor: operation.actor.to_string(),
            target: request.target_text.clone(),
            state: operation.state.word(),
            dry_run: operation.dry_run,
            reason: request.reason.clone(),
            seconded_by: operation.seconded_by.as_ref().map(ToString::to_string),
            hold_until: operation.hold_until,
            outcome: operation.outcome.as_ref().map(Outcome::word),
            text: operation.outcome.as_ref().map(words::outcome),
            undone_by: operation.undone_by.map(|by| by.to_string()),
            proposed_at: operation.proposed_at,
            done_at: operation.done_at,
            ends_at: operation.ends_at,
        }
    }
}

impl From<AuditRow> for AuditJson {
    fn from(row: AuditRow) -> Self {
        let mut texts = row.texts;
        let entry = row.entry;
        Self {
            seq: entry.seq,
            at: entry.at,
            actor: entry.actor,
            verb: entry.verb,
            case: entry.case.map(|case| case.0),
            operation: entry.operation.map(|operation| operation.to_string()),
            subject: texts.remove("subject"),
            detail: entry.detail,
            texts,
            prev_hash: row.prev_hash,
            hash: row.hash,
        }
    }
}

impl From<Answer> for AnswerJson {
    fn from(answer: Answer) -> Self {
        Self {
            answer: match answer.kind {
                AnswerKind::Done => "done",
                AnswerKind::Accepted => "accepted",
                AnswerKind::Confirm => "confirm",
                AnswerKind::Second => "second",
                AnswerKind::Refused => "refused",
            },
            text: answer.text,
            operation: answer.operation.map(|operation| operation.to_string()),
            confirm_token: answer.confirm_token,
        }
    }
}
