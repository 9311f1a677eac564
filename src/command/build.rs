//! From what was given to a command's typed value, one function per shape of the table.

use ipnet::IpNet;

use super::error::{ParseError, shown};
use super::given::Given;
use super::subject::{case, cases, moderator, operation, subject, subjects};
use super::table::{Opt, Shape, entry};
use super::types::{
    Act, Block, Cancelled, Command, HistoryOf, StateFilter, Stop, StopScope, Subject,
};
use crate::config::nearest;
use crate::domain::operation::{AccountRef, IpSeverity};
use crate::domain::{BlockSeverity, CaseId, CaseState, Category, DomainName, Verb};

/// Builds the command of `given`'s entry.
pub(super) fn build(given: &Given, implied: Option<CaseId>) -> Result<Command, ParseError> {
    let reason = given.text(Opt::Reason)?;
    Ok(match given.entry.shape {
        Shape::Case => Command::Case {
            case: one_case(given, implied)?,
        },
        Shape::Cases => list(given)?,
        Shape::Lookup => Command::Lookup {
            subject: one_subject(given, implied)?,
        },
        Shape::Domain => Command::Domain {
            domain: domain(given)?,
        },
        Shape::History => history(given, implied)?,
        Shape::Desk => given.nothing().map(|()| Command::Desk)?,
        Shape::Whoami => given.nothing().map(|()| Command::Whoami)?,
        Shape::Help => help(given)?,
        Shape::Claim => Command::Claim {
            cases: many_cases(given, implied)?,
            take_over: given.has(Opt::TakeOver),
        },
        Shape::Unclaim => Command::Unclaim {
            cases: many_cases(given, implied)?,
        },
        Shape::Assign => assign(given, implied)?,
        Shape::Note => return Err(given.missing("On which case?")),
        Shape::Act(verb) => Command::Act(act(given, verb, reason, implied)?),
        Shape::Block(verb) => Command::Block(block(given, verb, reason)?),
        Shape::BlockEmailDomain => Command::BlockEmailDomain {
            domain: domain(given)?,
            reason,
        },
        Shape::UnblockEmailDomain => Command::UnblockEmailDomain {
            domain: domain(given)?,
            reason,
        },
        Shape::BlockIp => Command::BlockIp {
            range: range(given)?,
            severity: ip_severity(given)?,
            lasts: given.lasts()?,
            reason,
        },
        Shape::UnblockIp => Command::UnblockIp {
            range: range(given)?,
            reason,
        },
        Shape::Stop => Command::Stop(stop(given)?),
        Shape::DryRun => dry_run(given, reason)?,
        Shape::Reveal => Command::Reveal {
            subject: one_subject(given, implied)?,
            reason,
        },
        Shape::Settle => settle(given, reason)?,
        Shape::Offboard => Command::Offboard {
            moderator: moderator(given.one("Who?")?)?,
            reason,
        },
        Shape::Confirm => Command::Confirm {
            token: token(given.one("What?")?)?,
        },
        Shape::Cancel => Command::Cancel(cancelled(given.one("What?")?)?),
        Shape::Second => Command::Second {
            operation: operation(given.one("Which operation?")?)?,
        },
        Shape::Undo => Command::Undo {
            operation: operation(given.one("Which operation?")?)?,
            reason,
        },
    })
}

fn one_case(given: &Given, implied: Option<CaseId>) -> Result<CaseId, ParseError> {
    match many_cases(given, implied)?.as_slice() {
        [case] => Ok(*case),
        _ => Err(given.missing("One case at a time.")),
    }
}

fn many_cases(given: &Given, implied: Option<CaseId>) -> Result<Vec<CaseId>, ParseError> {
    let cases = cases(&given.words)?;
    match (cases.is_empty(), implied) {
        (false, _) => Ok(cases),
        (true, Some(case)) => Ok(vec![case]),
        (true, None) => Err(given.missing("Which case?")),
    }
}

fn one_subject(given: &Given, implied: Option<CaseId>) -> Result<Subject, ParseError> {
    match (given.words.as_slice(), implied) {
        ([], Some(case)) => Ok(Subject::Case(case)),
        _ => subject(given.one("Which account or case?")?),
    }
}

fn domain(given: &Given) -> Result<DomainName, ParseError> {
    let domain = DomainName::parse(given.one("Which domain?")?);
    domain.map_err(|error| ParseError::new(format!("{error}.")))
}

fn list(given: &Given) -> Result<Command, ParseError> {
    const STATES: [(&str, StateFilter); 5] = [
        ("unresolved", StateFilter::Unresolved),
        ("open", StateFilter::Only(CaseState::Open)),
        ("claimed", StateFilter::Only(CaseState::Claimed)),
        ("resolved", StateFilter::Only(CaseState::Resolved)),
        ("all", StateFilter::All),
    ];
    let words: Vec<String> = given.words.iter().map(|word| word.to_lowercase()).collect();
    let is_mine = |word: &&String| word.as_str() == "mine";
    let mine = given.has(Opt::Mine) || words.iter().any(|word| is_mine(&word));
    let mut states = words.iter().filter(|word| !is_mine(word));
    let state = match states.next() {
        None => StateFilter::default(),
        Some(word) => {
            let known = STATES.iter().find(|(known, _)| known == word);
            let (_, state) = known.ok_or_else(|| {
                ParseError::new(format!(
                    "{} is no state of a case. Write open, claimed, resolved or all.",
                    shown(word)
                ))
            })?;
            *state
        }
    };
    match states.next() {
        None => Ok(Command::Cases { state, mine }),
        Some(more) => Err(given.too_much(more)),
    }
}

fn history(given: &Given, implied: Option<CaseId>) -> Result<Command, ParseError> {
    let of = match given.words.as_slice() {
        [word] if !word.contains(['@', ':', '#']) && word.contains('.') => {
            HistoryOf::Domain(domain(given)?)
        }
        _ => HistoryOf::Subject(one_subject(given, implied)?),
    };
    Ok(Command::History { of })
}

fn help(given: &Given) -> Result<Command, ParseError> {
    if given.words.is_empty() {
        return Ok(Command::Help { topic: None });
    }
    let word = given.one("About what?")?.to_lowercase();
    let known = entry(&word).ok_or_else(|| {
        let word = shown(&word);
        ParseError::new(format!(
            "There is no command {word}. Write help to see all."
        ))
    })?;
    let topic = Some(known.word.to_owned());
    Ok(Command::Help { topic })
}

fn assign(given: &Given, implied: Option<CaseId>) -> Result<Command, ParseError> {
    let (of, to) = match (given.words.as_slice(), implied) {
        ([word], Some(case)) => (case, word),
        ([of, to], _) => {
            let cases = cases(std::slice::from_ref(of))?;
            let &[case] = cases.as_slice() else {
                return Err(given.missing("One case at a time."));
            };
            (case, to)
        }
        ([_, _, more, ..], _) => return Err(given.too_much(more)),
        _ => return Err(given.missing("Which case, and to whom?")),
    };
    if case(to).is_some() {
        return Err(given.missing("To whom?"));
    }
    Ok(Command::Assign {
        case: of,
        to: moderator(to)?,
    })
}

fn act(
    given: &Given,
    verb: Verb,
    reason: Option<String>,
    implied: Option<CaseId>,
) -> Result<Act, ParseError> {
    let mut words = given.words.clone();
    let (category, rules) = match verb {
        Verb::Categorise => category(given, &mut words)?,
        _ => (None, Vec::new()),
    };
    let mut subjects = subjects(&words)?;
    if subjects.is_empty() {
        let implied = implied.ok_or_else(|| given.missing("Which case or account?"))?;
        subjects.push(Subject::Case(implied));
    }
    check_subjects(verb, &subjects)?;
    let lasts = given.lasts()?;
    let auto = given.has(Opt::Auto);
    if auto && lasts.is_none() {
        return Err(ParseError::new(
            "--auto lifts it at the end, so it needs --for, such as --for 7d.",
        ));
    }
    Ok(Act {
        verb,
        subjects,
        reason,
        tell: given.text(Opt::Tell)?,
        lasts,
        auto,
        take_over: given.has(Opt::TakeOver),
        category,
        rules,
        from_button: false,
    })
}

/// Reports and accounts are different things: a category has no place on an account, and a single
/// report cannot be suspended.
fn check_subjects(verb: Verb, subjects: &[Subject]) -> Result<(), ParseError> {
    let takes_reports = matches!(verb, Verb::Resolve | Verb::Reopen | Verb::Categorise);
    let account = subjects
        .iter()
        .find(|subject| matches!(subject, Subject::Account(_)));
    match account {
        Some(account) if takes_reports => Err(ParseError::new(format!(
            "{} is an account, and {verb} is about reports. Write #42 or report:8437.",
            shown(&account.to_string())
        ))),
        Some(Subject::Account(AccountRef::Handle(handle)))
            if handle.contains('@') && verb == Verb::Freeze =>
        {
            Err(ParseError::new(format!(
                "Only local accounts can be frozen, and @{handle} is a remote one. \
                 Did you mean limit or suspend?"
            )))
        }
        _ => Ok(()),
    }
}

/// The category of `categorise`, from its option or from the last word, which is taken away.
fn category(
    given: &Given,
    words: &mut Vec<String>,
) -> Result<(Option<Category>, Vec<String>), ParseError> {
    let rules = given.all(Opt::Rule);
    let of_word = |word: &str| word.to_lowercase().parse::<Category>();
    let said = match given.raw(Opt::Category) {
        Some(word) => Some(of_word(word).map_err(|error| ParseError::new(format!("{error}.")))?),
        None => words.last().and_then(|word| of_word(word).ok()),
    };
    if said.is_some() && given.raw(Opt::Category).is_none() {
        words.pop();
    }
    let category = match said {
        Some(category) => category,
        None if !rules.is_empty() => Category::Violation,
        None => return Err(given.missing("Which category: other, spam, legal or violation?")),
    };
    if !rules.is_empty() && category != Category::Violation {
        return Err(ParseError::new(
            "--rule goes with the category violation only.",
        ));
    }
    Ok((Some(category), rules))
}

fn block(given: &Given, verb: Verb, reason: Option<String>) -> Result<Block, ParseError> {
    let domain = domain(given)?;
    let severity = match (verb, given.raw(Opt::Severity)) {
        (Verb::LimitDomain, _) => Some(BlockSeverity::Limit),
        (Verb::SuspendDomain, _) => Some(BlockSeverity::Suspend),
        (_, None) => None,
        (_, Some(word)) => {
            let severity = word.to_lowercase().parse();
            Some(severity.map_err(|error: String| ParseError::new(format!("{error}.")))?)
        }
    };
    // block-domain with a severity is the word that says it at once.
    let verb = match severity {
        Some(BlockSeverity::Limit) => Verb::LimitDomain,
        Some(BlockSeverity::Suspend) => Verb::SuspendDomain,
        Some(BlockSeverity::None) | None => verb,
    };
    Ok(Block {
        verb,
        domain,
        severity,
        reject_media: given.has(Opt::RejectMedia),
        reject_reports: given.has(Opt::RejectReports),
        obfuscate: given.has(Opt::Obfuscate),
        public: given.text(Opt::Public)?,
        reason,
    })
}

/// A range, host bits cut. One that spans a good part of the internet, moderators included, is
/// taken for a slip.
fn range(given: &Given) -> Result<IpNet, ParseError> {
    let word = given.one("Which addresses?")?;
    let range = word.parse::<IpNet>().map(|range| range.trunc());
    let range = range.or_else(|_| word.parse::<std::net::IpAddr>().map(IpNet::from));
    let range = range.map_err(|_| {
        ParseError::new(format!(
            "{} is no IP address or range. Write 203.0.113.7 or 203.0.113.0/24.",
            shown(word)
        ))
    })?;
    let least = if range.addr().is_ipv4() { 8 } else { 16 };
    if range.prefix_len() < least {
        return Err(ParseError::new(format!(
            "{range} is too wide: at most a /{least} at a time."
        )));
    }
    Ok(range)
}

fn ip_severity(given: &Given) -> Result<IpSeverity, ParseError> {
    let Some(word) = given.raw(Opt::Severity) else {
        return Err(given.missing("How hard: --severity approval, sign-ups or no-access?"));
    };
    IpSeverity::ALL
        .into_iter()
        .find(|severity| severity.word() == word.to_lowercase())
        .ok_or_else(|| {
            ParseError::new(format!(
                "{} is no severity. Write approval, sign-ups or no-access.",
                shown(word)
            ))
        })
}

fn stop(given: &Given) -> Result<Stop, ParseError> {
    let words: Vec<String> = given.words.iter().map(|word| word.to_lowercase()).collect();
    match words.split_first() {
        Some((first, scope)) if first == "reset" => scope_of(given, scope).map(Stop::Reset),
        _ => scope_of(given, &words).map(Stop::Set),
    }
}

fn scope_of(given: &Given, words: &[String]) -> Result<StopScope, ParseError> {
    const SCOPES: [&str; 4] = ["automation", "all", "moderator", "reset"];
    match words {
        [word] if word == "automation" => Ok(StopScope::Automation),
        [word] if word == "all" => Ok(StopScope::All),
        [word, name] if word == "moderator" => moderator(name).map(StopScope::Moderator),
        [word] if word == "moderator" => Err(given.missing("Which moderator?")),
        [] => Err(ParseError::new(
            "What? Write automation, all or moderator NAME behind it.",
        )),
        [word, more, ..] if SCOPES.contains(&word.as_str()) => Err(given.too_much(more)),
        [word, ..] => {
            let near = nearest(word, SCOPES.into_iter());
            let near = near.map_or_else(String::new, |near| format!(" Did you mean {near}?"));
            Err(ParseError::new(format!(
                "{} cannot be stopped.{near} Write automation, all or moderator NAME.",
                shown(word)
            )))
        }
    }
}

fn dry_run(given: &Given, reason: Option<String>) -> Result<Command, ParseError> {
    let word = given.one("On or off?")?;
    match word.to_lowercase().as_str() {
        "on" => Ok(Command::DryRun { on: true, reason }),
        "off" => Ok(Command::DryRun { on: false, reason }),
        _ => Err(ParseError::new(format!(
            "{} is neither on nor off. Write dry-run on or dry-run off.",
            shown(word)
        ))),
    }
}

fn settle(given: &Given, reason: Option<String>) -> Result<Command, ParseError> {
    let (of, said) = match given.words.as_slice() {
        [of, said] => (operation(of)?, said.to_lowercase()),
        [of, not, done] => (operation(of)?, format!("{not}-{done}").to_lowercase()),
        _ => return Err(given.missing("Which operation, and is it done or not-done?")),
    };
    let done = match said.as_str() {
        "done" => true,
        "not-done" => false,
        _ => return Err(given.missing("Is it done or not-done?")),
    };
    Ok(Command::Settle {
        operation: of,
        done,
        reason,
    })
}

/// The token of a question: letters, digits, `-` and `_`.
pub(super) fn token(word: &str) -> Result<String, ParseError> {
    let is_token = |c: char| c.is_ascii_alphanumeric() || "-_".contains(c);
    if word.is_empty() || word.len() > 128 || !word.chars().all(is_token) {
        return Err(ParseError::new(format!(
            "{} is no token. Use the one from the question that you were asked.",
            shown(word)
        )));
    }
    Ok(word.to_owned())
}

fn cancelled(word: &str) -> Result<Cancelled, ParseError> {
    if let Ok(operation) = operation(word) {
        return Ok(Cancelled::Operation(operation));
    }
    token(word).map(Cancelled::Token)
}
