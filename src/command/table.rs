//! THE command table: every word, its other names, its options, what help says about it. The
//! grammar, help, completion and each platform's own command lists are made from it.

use super::types::Command;
use crate::domain::Verb;

/// One row of the table.
#[derive(Debug)]
pub struct Entry {
    /// The word people type.
    pub word: &'static str,
    /// Other words for it: Mastodon's API names and other spellings.
    pub aliases: &'static [&'static str],
    /// What stands behind it, options aside.
    pub usage: &'static str,
    /// What it does, in one line.
    pub about: &'static str,
    /// Each a line that parses; their rights are the entry's rights.
    pub examples: &'static [&'static str],
    pub(super) options: &'static [Opt],
    pub(super) shape: Shape,
}

/// An option of the grammar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Opt {
    Reason,
    Tell,
    Public,
    For,
    Auto,
    TakeOver,
    Category,
    Rule,
    Severity,
    RejectMedia,
    RejectReports,
    Obfuscate,
    Mine,
}

impl Opt {
    /// Its name behind the two hyphens.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Reason => "reason",
            Self::Tell => "tell",
            Self::Public => "public",
            Self::For => "for",
            Self::Auto => "auto",
            Self::TakeOver => "take-over",
            Self::Category => "category",
            Self::Rule => "rule",
            Self::Severity => "severity",
            Self::RejectMedia => "reject-media",
            Self::RejectReports => "reject-reports",
            Self::Obfuscate => "obfuscate",
            Self::Mine => "mine",
        }
    }

    /// What stands behind it; nothing for a flag.
    pub(super) fn value(self) -> Option<&'static str> {
        match self {
            Self::Reason | Self::Public => Some("TEXT"),
            Self::Tell => Some("TEXT|PRESET"),
            Self::For => Some("7d"),
            Self::Category => Some("other|spam|legal|violation"),
            Self::Rule => Some("ID"),
            Self::Severity => Some("HOW"),
            Self::Auto
            | Self::TakeOver
            | Self::RejectMedia
            | Self::RejectReports
            | Self::Obfuscate
            | Self::Mine => None,
        }
    }

    /// What help says about it.
    pub(super) fn about(self) -> &'static str {
        match self {
            Self::Reason => "why, for your colleagues; the account never reads it",
            Self::Tell => "what the account is told; without it no e-mail is sent",
            Self::Public => "the comment that everyone can read in the list of blocks",
            Self::For => "for so long; then the card asks what shall happen",
            Self::Auto => "lift it at the end without asking",
            Self::TakeOver => "even if a colleague claimed the case",
            Self::Category => "the new category",
            Self::Rule => "the rule of the server, for the category violation; can be repeated",
            Self::Severity => "how hard",
            Self::RejectMedia => "do not store media from there",
            Self::RejectReports => "drop reports from there",
            Self::Obfuscate => "mask the name in the public list",
            Self::Mine => "only those that you claimed",
        }
    }
}

/// What the words of an entry become.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    Case,
    Cases,
    Lookup,
    Domain,
    History,
    Desk,
    Whoami,
    Help,
    Claim,
    Unclaim,
    Assign,
    Note,
    Act(Verb),
    Block(Verb),
    BlockEmailDomain,
    UnblockEmailDomain,
    BlockIp,
    UnblockIp,
    Stop,
    DryRun,
    Reveal,
    Settle,
    Offboard,
    Confirm,
    Cancel,
    Second,
    Undo,
}

impl Entry {
    /// The commands of its examples: what [`Command::permission`] and [`Command::tier`] say about
    /// them holds for the entry.
    pub fn commands(&self) -> Vec<Command> {
        let examples = self.examples.iter();
        examples
            .filter_map(|example| super::parse(example, None).ok())
            .collect()
    }
}

/// The entry for a word or one of its other names, in lower case.
pub fn entry(word: &str) -> Option<&'static Entry> {
    TABLE
        .iter()
        .find(|entry| entry.word == word || entry.aliases.contains(&word))
}

const TARGETS: &str = "TARGET…";
const REASON: &[Opt] = &[Opt::Reason];
const QUIET: &[Opt] = &[Opt::Reason, Opt::TakeOver];
const TOLD: &[Opt] = &[Opt::Reason, Opt::Tell, Opt::TakeOver];
const TIMED: &[Opt] = &[Opt::Reason, Opt::Tell, Opt::For, Opt::Auto, Opt::TakeOver];
const PUBLIC: &[Opt] = &[
    Opt::Reason,
    Opt::Public,
    Opt::RejectMedia,
    Opt::RejectReports,
    Opt::Obfuscate,
];

/// A row that changes reports or accounts.
const fn act(
    verb: Verb,
    word: &'static str,
    aliases: &'static [&'static str],
    options: &'static [Opt],
    about: &'static str,
    examples: &'static [&'static str],
) -> Entry {
    Entry {
        word,
        aliases,
        usage: TARGETS,
        about,
        examples,
        options,
        shape: Shape::Act(verb),
    }
}

/// A row without options.
const fn plain(
    shape: Shape,
    word: &'static str,
    usage: &'static str,
    about: &'static str,
    examples: &'static [&'static str],
) -> Entry {
    Entry {
        word,
        aliases: &[],
        usage,
        about,
        examples,
        options: &[],
        shape,
    }
}

/// Every command, in the order of help.
#[rustfmt::skip]
pub static TABLE: &[Entry] = &[
    plain(Shape::Case, "case", "#42", "Show a case.", &["case #42"]),
    Entry {
        options: &[Opt::Mine],
        ..plain(Shape::Cases, "cases", "[open|claimed|resolved|all]", "List cases; the unresolved ones unless you say otherwise.", &["cases", "cases resolved --mine"])
    },
    plain(Shape::Lookup, "lookup", "TARGET", "Show an account.", &["lookup @user@domain.example", "lookup #42"]),
    plain(Shape::Domain, "domain", "DOMAIN", "Show how things stand with a domain.", &["domain bad.example"]),
    plain(Shape::History, "history", "TARGET|DOMAIN", "Show what was decided before.", &["history @user@domain.example", "history bad.example"]),
    plain(Shape::Desk, "desk", "", "Show how things stand here: dry run, stops, what waits.", &["desk"]),
    plain(Shape::Whoami, "whoami", "", "Show who you are here and what you may do.", &["whoami"]),
    plain(Shape::Help, "help", "[COMMAND]", "Show what you can ask for.", &["help", "help suspend"]),

    Entry {
        options: &[Opt::TakeOver],
        ..plain(Shape::Claim, "claim", "#42…", "Take cases, so that colleagues see that you are on them.", &["claim #42", "claim #43-#45 --take-over"])
    },
    plain(Shape::Unclaim, "unclaim", "#42…", "Give cases back.", &["unclaim #42"]),
    plain(Shape::Assign, "assign", "#42 NAME", "Give a case to a colleague.", &["assign #42 bo"]),
    plain(Shape::Note, "note", "#42 TEXT", "Write a note for your colleagues; no quotes needed.", &["note #42 seen this one before"]),

    act(Verb::Resolve, "resolve", &[], QUIET, "Close without action.", &["resolve #42", "resolve report:8437"]),
    act(Verb::Reopen, "reopen", &[], QUIET, "Open again.", &["reopen #42"]),
    Entry {
        aliases: &["categorize"],
        usage: "TARGET… CATEGORY",
        options: &[Opt::Category, Opt::Rule, Opt::Reason, Opt::TakeOver],
        ..act(Verb::Categorise, "categorise", &[], &[], "Change the category of reports.", &["categorise #42 spam", "categorise report:8437 --category violation --rule 2"])
    },
    act(Verb::Unlimit, "unlimit", &["unsilence"], QUIET, "Lift a limit.", &["unlimit @user@domain.example"]),
    act(Verb::Unfreeze, "unfreeze", &["enable"], QUIET, "Let a local account log in again.", &["unfreeze @user"]),
    act(Verb::Unsuspend, "unsuspend", &[], QUIET, "Lift a suspension.", &["unsuspend @user"]),
    act(Verb::UnforceSensitive, "unforce-sensitive", &["unsensitive"], QUIET, "Media are no longer forced to be sensitive.", &["unforce-sensitive @user"]),

    act(Verb::Warn, "warn", &["none"], TOLD, "Send a warning.", &["warn #42 --tell spam --reason spam"]),
    act(Verb::ForceSensitive, "force-sensitive", &["sensitive"], TOLD, "Force all media to be sensitive.", &["force-sensitive #42 --reason nudity"]),
    act(Verb::Limit, "limit", &["silence"], TIMED, "Hide an account from those who do not follow it.", &["limit #42 --reason spam", "limit @user@domain.example --for 7d --auto --reason spam"]),
    act(Verb::Freeze, "freeze", &["disable"], TIMED, "Keep a local account from logging in.", &["freeze #42 --for 3d --reason \"account was taken over\""]),
    act(Verb::Suspend, "suspend", &[], TOLD, "Remove an account; its data are deleted after 30 days.", &["suspend #42 --reason spam", "suspend #41 #43-#60 --reason spam"]),
    act(Verb::Approve, "approve", &[], QUIET, "Let somebody join.", &["approve #42 --reason \"fits us\""]),
    act(Verb::Reject, "reject", &[], QUIET, "Refuse a sign-up; deletes the account.", &["reject #42 --reason spam"]),

    Entry {
        options: &[Opt::Severity, Opt::Reason, Opt::Public, Opt::RejectMedia, Opt::RejectReports, Opt::Obfuscate],
        ..plain(Shape::Block(Verb::BlockDomain), "block-domain", "DOMAIN", "Block a domain: none (only the flags), limit or suspend.", &["block-domain bad.example --severity none --reject-media --reason spam"])
    },
    Entry {
        aliases: &["silence-domain"],
        options: PUBLIC,
        ..plain(Shape::Block(Verb::LimitDomain), "limit-domain", "DOMAIN", "Hide a domain's accounts from those who do not follow them.", &["limit-domain bad.example --reason spam"])
    },
    Entry {
        options: PUBLIC,
        ..plain(Shape::Block(Verb::SuspendDomain), "suspend-domain", "DOMAIN", "End all contact with a domain; follows are cut for ever.", &["suspend-domain bad.example --reason spam --public \"spam\""])
    },
    Entry {
        options: REASON,
        ..plain(Shape::Block(Verb::UnblockDomain), "unblock-domain", "DOMAIN", "Lift the block of a domain.", &["unblock-domain bad.example --reason \"they cleaned up\""])
    },
    Entry {
        options: REASON,
        ..plain(Shape::BlockEmailDomain, "block-email-domain", "DOMAIN", "Allow no sign-ups from an e-mail domain.", &["block-email-domain mail.example --reason spam"])
    },
    Entry {
        options: REASON,
        ..plain(Shape::UnblockEmailDomain, "unblock-email-domain", "DOMAIN", "Allow them again.", &["unblock-email-domain mail.example --reason mistake"])
    },
    Entry {
        options: &[Opt::Severity, Opt::For, Opt::Reason],
        ..plain(Shape::BlockIp, "block-ip", "RANGE", "Block an IP range: approval (of new accounts), sign-ups (none) or no-access.", &["block-ip 203.0.113.0/24 --severity sign-ups --for 30d --reason spam"])
    },
    Entry {
        options: REASON,
        ..plain(Shape::UnblockIp, "unblock-ip", "RANGE", "Lift the block of an IP range.", &["unblock-ip 203.0.113.0/24 --reason mistake"])
    },

    Entry {
        aliases: &["panic"],
        ..plain(Shape::Stop, "stop", "[reset] automation|all|moderator NAME", "Stop what acts by itself, or everything, or one person; panic stops everything.", &["stop automation", "stop all", "stop moderator bo", "stop reset all"])
    },
    Entry {
        options: REASON,
        ..plain(Shape::DryRun, "dry-run", "on|off", "Show only what would happen, or act again.", &["dry-run on", "dry-run off --reason \"tests are over\""])
    },
    Entry {
        options: REASON,
        ..plain(Shape::Reveal, "reveal", "TARGET", "Read an account's e-mail and IP addresses; it is logged.", &["reveal @user --reason \"court order 12/26\""])
    },
    Entry {
        options: REASON,
        ..plain(Shape::Settle, "settle", "op-17 done|not-done", "Say what became of an operation that nobody could tell.", &["settle op-17 done --reason \"seen on the server\""])
    },
    Entry {
        options: REASON,
        ..plain(Shape::Offboard, "offboard", "NAME", "End a moderator's access.", &["offboard bo --reason \"left the team\""])
    },

    plain(Shape::Confirm, "confirm", "TOKEN", "Say yes to what you were asked.", &["confirm 4f7a"]),
    plain(Shape::Cancel, "cancel", "op-17|TOKEN", "Say no, or stop an operation before it is sent.", &["cancel op-17", "cancel 4f7a"]),
    plain(Shape::Second, "second", "op-17", "Agree to a colleague's operation.", &["second op-17"]),
    Entry {
        options: REASON,
        ..plain(Shape::Undo, "undo", "op-17", "Take an operation back.", &["undo op-17"])
    },
];
