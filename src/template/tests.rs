//! Every page with everything in it, and hostile text in every field.

use super::*;

const HOSTILE: &str = "\"><script>alert(1)</script>'`{{frame.csrf}}<img src=x onerror=alert(1)>";

fn time() -> TimeView {
    TimeView {
        iso: "2026-11-21T10:00:00.000Z".to_owned(),
        exact: "21 Nov 2026 10:00 UTC".to_owned(),
        words: "3 min ago".to_owned(),
    }
}

fn chip(tone: &'static str, label: &str) -> Chip {
    Chip {
        tone,
        icon: "open",
        label: label.to_owned(),
    }
}

fn button(key: &str) -> ButtonView {
    ButtonView {
        label: HOSTILE.to_owned(),
        key: key.to_owned(),
        href: None,
        tone: "main",
        icon: Some("check"),
    }
}

fn hostile_words() -> Vec<Spoken> {
    [true, false]
        .map(|is_code| Spoken {
            text: HOSTILE.to_owned(),
            is_code,
        })
        .into()
}

fn answer() -> AnswerView {
    AnswerView {
        kind: "form",
        icon: "ask",
        title: "Say why".to_owned(),
        words: hostile_words(),
        buttons: vec![button("42.limit.reason:Spam")],
        form: Some(FormView {
            key: "42.suspend.form".to_owned(),
            fields: vec![
                FieldView {
                    name: "reason".to_owned(),
                    label: HOSTILE.to_owned(),
                    is_required: true,
                    is_long: true,
                },
                FieldView {
                    name: "tell".to_owned(),
                    label: "Tell them".to_owned(),
                    is_required: false,
                    is_long: false,
                },
            ],
        }),
        case: Some(42),
        seen: "{\"state\":\"open\"}".to_owned(),
        csrf: "csrf".to_owned(),
        nonce: "nonce".to_owned(),
        here: "/room/cases/42".to_owned(),
    }
}

fn frame() -> Frame {
    Frame {
        title: HOSTILE.to_owned(),
        assets: "/room/assets/1".to_owned(),
        server: "social.example".to_owned(),
        server_url: "https://social.example/".to_owned(),
        moderator: HOSTILE.to_owned(),
        role: "lead".to_owned(),
        on_cases: true,
        on_operations: false,
        on_audit: false,
        unresolved: 3,
        banners: vec![Banner {
            tone: "dry",
            icon: "dry",
            title: "Dry run",
            words: hostile_words(),
        }],
        csrf: "csrf".to_owned(),
        nonce: "nonce".to_owned(),
        here: "/".to_owned(),
        last_change: 7,
        case: Some(42),
        answer: Some(answer()),
    }
}

fn operation() -> OperationView {
    OperationView {
        id: "op-17".to_owned(),
        chip: chip("claimed", "held"),
        title: HOSTILE.to_owned(),
        actor: HOSTILE.to_owned(),
        at: time(),
        reason: Some(HOSTILE.to_owned()),
        words: hostile_words(),
        held_until: Some(time()),
        ends_at: Some(time()),
        case: Some(42),
        buttons: vec![button("op-17.cancel")],
    }
}

fn report() -> ReportView {
    ReportView {
        id: "8437".to_owned(),
        url: "https://social.example/admin/reports/8437".to_owned(),
        category: HOSTILE.to_owned(),
        rules: vec![HOSTILE.to_owned()],
        comment: Some(HOSTILE.to_owned()),
        reporter: HOSTILE.to_owned(),
        at: time(),
        is_resolved: true,
    }
}

fn case() -> CaseDetail {
    let hostile = || HOSTILE.to_owned();
    CaseDetail {
        number: 42,
        chips: vec![chip("open", "open")],
        state: "open",
        target: hostile(),
        display_name: Some(hostile()),
        origin: hostile(),
        target_url: Some("https://social.example/admin/accounts/1".to_owned()),
        marks: vec![chip("plain", "limited")],
        reports: vec![report()],
        more_reports: Some(MoreReports {
            count: 1,
            reports: vec![report()],
        }),
        sign_up_reason: Some(hostile()),
        statuses: vec![StatusView {
            warning: Some(hostile()),
            text: Some(hostile()),
            media: vec![hostile()],
            at: Some(time()),
        }],
        withheld: Some("1 direct message, read it on the server".to_owned()),
        context: vec![ContextLine {
            label: "Followers",
            value: hostile(),
        }],
        earlier: vec![CaseLink {
            number: 7,
            text: hostile(),
        }],
        claimed_by: Some(hostile()),
        is_mine: false,
        claimed_at: Some(time()),
        claim_expires_at: Some(time()),
        opened_at: time(),
        due_at: Some(time()),
        is_overdue: true,
        resolution: Some(hostile()),
        resolved_at: Some(time()),
        buttons: vec![button("42.claim")],
        more: vec![button("42.freeze")],
        seen: "{\"state\":\"open\"}".to_owned(),
        operations: vec![operation()],
        thread: vec![
            ThreadEntry {
                at: time(),
                actor: hostile(),
                words: hostile_words(),
                icon: "flag",
                note: None,
                is_mine: false,
                is_edited: false,
            },
            ThreadEntry {
                at: time(),
                actor: hostile(),
                words: hostile_words(),
                icon: "note",
                note: Some(3),
                is_mine: true,
                is_edited: true,
            },
        ],
        csrf: "csrf".to_owned(),
        nonce: "nonce".to_owned(),
        here: "/room/cases/42".to_owned(),
    }
}

fn list() -> CaseList {
    CaseList {
        filters: vec![Filter {
            label: "Open",
            href: "/?state=open".to_owned(),
            count: Some(3),
            is_current: true,
        }],
        rows: vec![CaseRow {
            number: 42,
            href: "/room/cases/42".to_owned(),
            is_current: true,
            state: chip("open", "open"),
            severity: Some(chip("high", "high")),
            target: HOSTILE.to_owned(),
            why: HOSTILE.to_owned(),
            claimed_by: Some(HOSTILE.to_owned()),
            opened_at: time(),
            is_overdue: true,
        }],
        older: Some("/?before=1".to_owned()),
        empty: "Nothing waits.",
    }
}

fn overview() -> Overview {
    Overview {
        counts: vec![Count {
            tone: "open",
            number: 3,
            label: "open",
            href: "/?state=open",
        }],
        operations: vec![operation()],
        parts: vec![PartLine {
            part: "mastodon".to_owned(),
            text: HOSTILE.to_owned(),
        }],
        last_delivery_at: Some(time()),
        csrf: "csrf".to_owned(),
        nonce: "nonce".to_owned(),
        here: "/".to_owned(),
    }
}

fn every_page() -> Vec<(&'static str, String)> {
    let templates = Templates::embedded().unwrap();
    let room = RoomPage {
        frame: frame(),
        list: list(),
        case: Some(case()),
        overview: None,
    };
    let empty = RoomPage {
        list: CaseList {
            rows: Vec::new(),
            older: None,
            ..list()
        },
        case: None,
        overview: Some(overview()),
        frame: Frame {
            case: None,
            answer: None,
            ..frame()
        },
    };
    let audit = AuditPage {
        frame: frame(),
        lines: vec![AuditLine {
            seq: 1,
            at: time(),
            actor: HOSTILE.to_owned(),
            verb: "case.opened".to_owned(),
            case: Some(42),
            operation: Some("op-17".to_owned()),
            subject: Some(HOSTILE.to_owned()),
            detail: HOSTILE.to_owned(),
            hash: "abcdef".to_owned(),
        }],
        account: HOSTILE.to_owned(),
        actor: HOSTILE.to_owned(),
        older: Some("/room/audit?before=1".to_owned()),
        head: "1 abcdef".to_owned(),
    };
    let operations = OperationsPage {
        frame: frame(),
        unfinished: vec![operation()],
        finished: Vec::new(),
    };
    let assets = || "/room/assets/1".to_owned();
    let sign_in = SignInPage {
        assets: assets(),
        server: HOSTILE.to_owned(),
        notice: Some(HOSTILE.to_owned()),
        is_demo: false,
    };
    let invite = InvitePage {
        assets: assets(),
        server: HOSTILE.to_owned(),
        action: HOSTILE.to_owned(),
        is_demo: true,
    };
    let moment = MomentPage {
        assets: assets(),
        here: HOSTILE.to_owned(),
    };
    let error = ErrorPage {
        assets: assets(),
        status: 404,
        message: HOSTILE.to_owned(),
        request_id: HOSTILE.to_owned(),
    };
    vec![
        ("room", templates.room(&room).unwrap()),
        ("empty", templates.room(&empty).unwrap()),
        ("audit", templates.audit(&audit).unwrap()),
        ("operations", templates.operations(&operations).unwrap()),
        ("answer", templates.answer(&answer()).unwrap()),
        ("sign_in", templates.sign_in(&sign_in).unwrap()),
        ("invite", templates.invite(&invite).unwrap()),
        ("moment", templates.moment(&moment).unwrap()),
        ("error", templates.error_page(&error).unwrap()),
    ]
}

#[test]
fn hostile_text_in_every_field_of_every_page_stays_text() {
    for (name, html) in every_page() {
        assert!(
            html.contains("&lt;script&gt;"),
            "{name} shows nothing hostile"
        );
        assert!(!html.contains("<script>"), "{name}: {html}");
        assert!(!html.contains("<img src=x"), "{name}: {html}");
        assert!(!html.contains("'`"), "{name}: quotes are not escaped");
    }
}

#[test]
fn no_page_needs_an_inline_script_or_style() {
    for (name, html) in every_page() {
        for inline in [" style=", "<style", " onclick=", " onload=", "javascript:"] {
            assert!(!html.contains(inline), "{name} holds {inline}");
        }
    }
}

#[test]
fn no_template_switches_escaping_off() {
    for (name, text) in EMBEDDED {
        assert!(!text.contains("{{{") && !text.contains("{{&"), "{name}");
    }
}

#[test]
fn a_name_that_the_context_does_not_have_is_an_error() {
    let mut registry = Templates::embedded().unwrap();
    registry
        .0
        .register_template_string("wrong", "{{no_such_name}}")
        .unwrap();
    let error = registry.render("wrong", &overview()).unwrap_err();
    assert!(error.to_string().contains("no_such_name"), "{error}");
}

#[test]
fn every_icon_that_is_named_is_drawn() {
    let sprite = include_str!("../../templates/web/sprite.hbs");
    let named = EMBEDDED.iter().flat_map(|(_, text)| {
        text.split("icon name=\"")
            .skip(1)
            .filter_map(|rest| rest.split('"').next())
    });
    for name in named {
        assert!(
            sprite.contains(&format!("id=\"i-{name}\"")),
            "icon {name} is missing"
        );
    }
}
