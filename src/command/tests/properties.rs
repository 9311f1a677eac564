//! What holds for all input: nothing panics, and what is printed is read back.

use chrono::TimeDelta;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

use super::super::*;
use crate::domain::operation::{AccountRef, IpSeverity, Tier};
use crate::domain::{
    BlockSeverity, CaseId, CaseState, Category, DomainName, ModeratorName, OperationId, ReportId,
    Verb,
};

/// A text as it leaves the parser: trimmed, never empty, without control characters.
fn text() -> impl Strategy<Value = String> {
    "[\\PC\n]{1,40}".prop_filter_map("empty", |text| {
        let text = super::super::words::clean(&text).trim().to_owned();
        (!text.is_empty()).then_some(text)
    })
}

fn case() -> impl Strategy<Value = CaseId> {
    (1..i64::MAX).prop_map(CaseId)
}

fn domain() -> impl Strategy<Value = DomainName> {
    "[a-z][a-z0-9]{0,8}\\.(example|test)".prop_map(|text| DomainName::parse(&text).unwrap())
}

fn name() -> impl Strategy<Value = ModeratorName> {
    "[a-z][a-z0-9._]{0,8}x".prop_map(ModeratorName)
}

fn subject() -> impl Strategy<Value = Subject> {
    prop_oneof![
        case().prop_map(Subject::Case),
        "[1-9][0-9]{0,8}".prop_map(|id| Subject::Report(ReportId(id))),
        "[1-9][0-9]{0,17}".prop_map(|id| Subject::Account(AccountRef::Id(id.as_str().into()))),
        "[a-z0-9_]{1,12}".prop_map(|user| Subject::Account(AccountRef::Handle(user))),
        ("[a-z0-9_.]{1,12}", domain())
            .prop_map(|(user, of)| Subject::Account(AccountRef::Handle(format!("{user}@{of}")))),
    ]
}

fn span() -> impl Strategy<Value = TimeDelta> {
    (60_i64..100_000_000).prop_map(TimeDelta::seconds)
}

fn reason() -> impl Strategy<Value = Option<String>> {
    option::of(text())
}

/// Actions, each only with what its row of the table knows.
fn acts() -> impl Strategy<Value = Command> {
    let verbs = Verb::ALL.into_iter();
    let verbs = verbs.filter(|verb| matches!(verb.tier(), Tier::Mild | Tier::Strong));
    let said = (
        reason(),
        reason(),
        option::of(span()),
        any::<(bool, bool)>(),
    );
    let categories = vec![Category::Other, Category::Spam, Category::Legal];
    (
        select(verbs.collect::<Vec<_>>()),
        proptest::collection::vec(subject(), 1..6),
        case(),
        said,
        select(categories),
        proptest::collection::vec("[0-9]{1,4}", 0..3),
    )
        .prop_map(|(verb, subjects, one, said, category, rules)| {
            let (reason, tell, lasts, (auto, take_over)) = said;
            let is_about_reports = verb.permission() == Verb::Resolve.permission();
            let is_told =
                verb.tier() == Tier::Strong && !matches!(verb, Verb::Approve | Verb::Reject);
            let lasts = lasts.filter(|_| matches!(verb, Verb::Limit | Verb::Freeze));
            let fits = |subject: &Subject| match subject {
                Subject::Account(AccountRef::Handle(handle)) if verb == Verb::Freeze => {
                    !handle.contains('@')
                }
                Subject::Account(_) => !is_about_reports,
                _ => true,
            };
            let mut act = Act::new(verb, Subject::Case(one));
            for subject in subjects.into_iter().filter(fits) {
                if !act.subjects.contains(&subject) {
                    act.subjects.push(subject);
                }
            }
            if verb == Verb::Categorise {
                act.category = Some(if rules.is_empty() {
                    category
                } else {
                    Category::Violation
                });
                act.rules = rules;
            }
            Command::Act(Act {
                reason,
                tell: tell.filter(|_| is_told),
                lasts,
                auto: auto && lasts.is_some(),
                take_over,
                ..act
            })
        })
}

fn blocks() -> impl Strategy<Value = Command> {
    let severities = vec![
        (Verb::BlockDomain, None),
        (Verb::BlockDomain, Some(BlockSeverity::None)),
        (Verb::LimitDomain, Some(BlockSeverity::Limit)),
        (Verb::SuspendDomain, Some(BlockSeverity::Suspend)),
    ];
    let flags = any::<(bool, bool, bool)>();
    (select(severities), domain(), flags, reason(), reason()).prop_map(
        |((verb, severity), domain, (reject_media, reject_reports, obfuscate), public, reason)| {
            Command::Block(Block {
                verb,
                domain,
                severity,
                reject_media,
                reject_reports,
                obfuscate,
                public,
                reason,
            })
        },
    )
}

fn others() -> impl Strategy<Value = Command> {
    let states = vec![
        StateFilter::Unresolved,
        StateFilter::All,
        StateFilter::Only(CaseState::Resolved),
    ];
    let operation = || (1..i64::MAX).prop_map(OperationId);
    let range = (any::<[u8; 4]>(), 8_u8..=32).prop_map(|(address, length)| {
        ipnet::Ipv4Net::new(address.into(), length)
            .unwrap()
            .trunc()
            .into()
    });
    let severity = select(IpSeverity::ALL.to_vec());
    prop_oneof![
        (select(states), any::<bool>()).prop_map(|(state, mine)| Command::Cases { state, mine }),
        subject().prop_map(|subject| Command::Lookup { subject }),
        subject().prop_map(|of| Command::History {
            of: HistoryOf::Subject(of)
        }),
        domain().prop_map(|of| Command::History {
            of: HistoryOf::Domain(of)
        }),
        (case(), any::<bool>()).prop_map(|(case, take_over)| Command::Claim {
            cases: vec![case],
            take_over
        }),
        (case(), name()).prop_map(|(case, to)| Command::Assign { case, to }),
        (case(), text()).prop_map(|(case, text)| Command::Note { case, text }),
        (domain(), reason())
            .prop_map(|(domain, reason)| Command::BlockEmailDomain { domain, reason }),
        (range, severity, option::of(span()), reason()).prop_map(
            |(range, severity, lasts, reason)| Command::BlockIp {
                range,
                severity,
                lasts,
                reason
            }
        ),
        name().prop_map(|of| Command::Stop(Stop::Reset(StopScope::Moderator(of)))),
        (any::<bool>(), reason()).prop_map(|(on, reason)| Command::DryRun { on, reason }),
        (subject(), reason()).prop_map(|(subject, reason)| Command::Reveal { subject, reason }),
        (operation(), any::<bool>(), reason()).prop_map(|(operation, done, reason)| {
            Command::Settle {
                operation,
                done,
                reason,
            }
        }),
        (name(), reason()).prop_map(|(moderator, reason)| Command::Offboard { moderator, reason }),
        "[a-zA-Z0-9_-]{1,40}".prop_map(|token| Command::Confirm { token }),
        operation().prop_map(|of| Command::Cancel(Cancelled::Operation(of))),
        (operation(), reason()).prop_map(|(operation, reason)| Command::Undo { operation, reason }),
    ]
}

proptest! {
    #[test]
    fn printed_commands_are_read_back(command in prop_oneof![acts(), blocks(), others()]) {
        let line = command.to_string();
        prop_assert_eq!(parse(&line, None), Ok(command), "{}", line);
    }

    #[test]
    fn no_line_panics(line in "\\PC{0,120}", implied in option::of(case())) {
        let _ = parse(&line, implied);
        let _ = complete(&line, &Known::default());
    }

    #[test]
    fn no_line_behind_a_command_panics(
        row in 0..TABLE.len(),
        rest in "([#@a-z0-9:.,“\"'—-]{0,12} ?){0,6}",
    ) {
        let line = format!("{} {rest}", TABLE[row].word);
        if let Err(error) = parse(&line, None) {
            let answer = error.to_string();
            prop_assert!(!answer.contains('\u{1b}') && !answer.contains("Usage"), "{}", answer);
        }
        let _ = complete(&line, &Known::default());
    }
}
