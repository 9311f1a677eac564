//! Bytes that no well-behaved sender sends, on both databases: PostgreSQL knows no NUL in a text.

use std::time::Duration;

use axum::body::Body;
use http::{Request, StatusCode};
use wardroom::db::deliveries::DeliveryState;
use wardroom::worker::deliveries::Deliveries;
use wardroom::worker::{Tick, Worker as _};

use super::support::Site;
use crate::support::postgres;

const ANA: &str = "token-of-ana-0123456789";
const REPORT: &str = include_str!("../../data/payloads/report.created.local.v4.3.json");

/// A site on SQLite, and one on PostgreSQL where that is installed.
async fn sites() -> Vec<Site> {
    let mut sites = vec![Site::new().await];
    if let Some(url) = postgres::database().await {
        sites.push(Site::over(&url, Duration::from_mins(1), 64, |_| {}).await);
    }
    sites
}

/// The stored deliveries are handled.
async fn handle(site: &Site) {
    let worker = Deliveries::new(site.desk.clone(), "hostile");
    while worker.tick().await.unwrap() == Tick::Worked {}
}

/// The recorded report with `words` as its comment.
fn report_saying(words: &str) -> String {
    let mut body: serde_json::Value = serde_json::from_str(REPORT).unwrap();
    body["object"]["comment"] = words.into();
    body["object"]["target_account"]["account"]["display_name"] = words.into();
    body.to_string()
}

#[tokio::test]
async fn invariant_11_nul_and_control_characters_of_a_report_are_taken_out() {
    for site in sites().await {
        let body = report_saying("a\u{0}b\u{1b}[31mc\u{202e}d");
        assert_eq!(site.webhook(body.as_bytes()).await.status, StatusCode::OK);
        handle(&site).await;
        let rows = site.stored().await;
        assert_eq!(rows[0].state, DeliveryState::Handled, "{:?}", rows[0].error);
        let case = site.api(ANA, "/api/v1/cases/1").await;
        assert_eq!(case.status, StatusCode::OK, "{}", case.text);
        for hidden in ["\\u0000", "\\u001b", "\u{202e}"] {
            assert!(!case.text.contains(hidden), "{hidden}: {}", case.text);
        }
    }
}

#[tokio::test]
async fn nul_where_it_means_something_is_kept_apart_and_never_refused_for_ever() {
    for site in sites().await {
        let raw = REPORT.replacen("report.created", "report\u{0}created", 1);
        let answer = site.webhook(raw.as_bytes()).await;
        assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
        let message = answer.json()["message"].as_str().unwrap().to_owned();
        assert!(message.contains("cannot be read as JSON"), "{message}");

        for (plain, with_nul) in [
            ("\"report.created\"", "\"report.\\u0000created\""),
            ("\"report.created\"", "\"\\u0000\""),
        ] {
            let body = REPORT.replacen(plain, with_nul, 1);
            assert_ne!(body, REPORT);
            let answer = site.webhook(body.as_bytes()).await;
            assert!(
                matches!(
                    answer.status,
                    StatusCode::OK | StatusCode::SERVICE_UNAVAILABLE
                ),
                "{with_nul}: {}",
                answer.text
            );
            assert_ne!(
                answer.json()["message"],
                "the database cannot be written right now; send it again",
                "{with_nul}"
            );
        }
        handle(&site).await;
        for row in site.stored().await {
            assert_ne!(row.state, DeliveryState::New, "{:?}", row.error);
        }
        // Others are not in its way.
        let answer = site.webhook(REPORT.as_bytes()).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    }
}

#[tokio::test]
async fn a_command_of_any_bytes_is_answered_in_words() {
    for site in sites().await {
        site.happened(REPORT.as_bytes()).await;
        for (id, words) in [
            ("nul", "note #1 a\u{0}b"),
            ("nul\u{0}", "whoami"),
            ("reason", "limit #1 --reason \"a\u{0}b\""),
            ("target", "history @a\u{0}b@far.example"),
            ("token", "confirm a\u{0}b"),
            ("name", "assign #1 bo\u{0}"),
            ("domain", "history far\u{0}.example"),
            ("number", "claim #99999999999999999999"),
            ("negative", "claim #-1"),
            ("operation", "undo op-99999999999999999999"),
            ("nothing", ""),
            ("blank", "\u{202e}\u{200b} "),
        ] {
            let answer = site.command(ANA, id, words).await;
            let is_said = answer.status == StatusCode::OK && answer.json()["text"] != "";
            let is_refused =
                answer.status == StatusCode::UNPROCESSABLE_ENTITY && answer.json()["message"] != "";
            assert!(
                is_said || is_refused,
                "{id:?} {words:?}: {} {}",
                answer.status,
                answer.text
            );
        }
    }
}

#[tokio::test]
async fn a_body_that_is_no_command_is_refused_with_what_is_wrong() {
    let site = Site::new().await;
    let deep = format!("{{\"id\":{}1{}}}", "[".repeat(5_000), "]".repeat(5_000));
    let long = format!("{{\"id\":\"1\",\"command\":\"{}\"}}", "x".repeat(1 << 20));
    let bodies: [&[u8]; 7] = [
        b"",
        b"not JSON",
        b"\xff\xfe",
        b"{\"id\":\"1\"}",
        b"{\"id\":1,\"command\":\"whoami\"}",
        deep.as_bytes(),
        long.as_bytes(),
    ];
    for body in bodies {
        let request = Request::post("/api/v1/commands")
            .header("authorization", format!("Bearer {ANA}"))
            .header("content-type", "application/json");
        let answer = site
            .ask(request.body(Body::from(body.to_vec())).unwrap())
            .await;
        let shown = String::from_utf8_lossy(&body[..body.len().min(40)]).into_owned();
        assert!(
            answer.status.is_client_error(),
            "{shown}: {} {}",
            answer.status,
            answer.text
        );
        let error = answer.json();
        assert_ne!(error["message"], "", "{shown}: {error}");
        assert_ne!(error["request_id"], "", "{shown}: {error}");
        assert!(answer.text.len() < 1_000, "{shown}: {}", answer.text);
    }
}

#[tokio::test]
async fn no_path_query_or_form_is_an_error_of_ours() {
    let nul = "%00";
    let long = "9".repeat(4_000);
    for site in sites().await {
        site.happened(REPORT.as_bytes()).await;
        for value in [nul, "-1", "%FF%FE", "%F0%9F%92%A9", "1e9", &long] {
            for path in [
                format!("/api/v1/cases/{value}"),
                format!("/api/v1/cases?state={value}"),
                format!("/api/v1/cases?limit={value}"),
                format!("/api/v1/cases?cursor={value}"),
                format!("/api/v1/operations/{value}"),
                format!("/api/v1/audit?after={value}"),
                format!("/api/v1/audit?account={value}"),
                format!("/api/v1/audit?actor={value}"),
                format!("/room/invite/{value}"),
                format!("/{value}"),
            ] {
                let answer = site.api(ANA, &path).await;
                assert!(
                    !answer.status.is_server_error(),
                    "{path}: {} {}",
                    answer.status,
                    answer.text
                );
            }
        }
        let browser = site.browser("ana").await;
        for words in ["note #1 a\u{0}b", "\u{0}", "claim #1\u{0}"] {
            let fields = browser.form("/", "/room/words", &[("text", words)]).await;
            let answer = browser.send("/room/words", &fields).await;
            assert!(
                !answer.status.is_server_error(),
                "{words:?}: {} {}",
                answer.status,
                answer.text
            );
        }
        let press = [("key", "1.cl\u{0}aim"), ("seen", "\u{0}")];
        let fields = browser.form("/room/cases/1", "/room/press", &press).await;
        let answer = browser.send("/room/press", &fields).await;
        assert!(!answer.status.is_server_error(), "{}", answer.text);
    }
}

#[tokio::test]
async fn values_out_of_every_range_stop_at_their_own_delivery() {
    let long = "9".repeat(10_000);
    let hostile: [(&str, serde_json::Value); 10] = [
        ("/object/id", long.as_str().into()),
        ("/object/id", "\u{0}".into()),
        ("/object/id", i64::MIN.into()),
        ("/object/created_at", "+262142-12-31T23:59:59.999Z".into()),
        ("/object/updated_at", "-262143-01-01T00:00:00.000Z".into()),
        ("/object/category", long.as_str().into()),
        ("/object/target_account/id", long.as_str().into()),
        ("/object/target_account/username", "a\u{0}b".into()),
        ("/object/target_account/domain", "-\u{0}-".into()),
        (
            "/object/target_account/created_at",
            "9999-99-99T99:99:99Z".into(),
        ),
    ];
    for site in sites().await {
        for (path, value) in &hostile {
            let mut body: serde_json::Value = serde_json::from_str(REPORT).unwrap();
            *body.pointer_mut(path).unwrap_or_else(|| panic!("{path}")) = value.clone();
            let answer = site.webhook(body.to_string().as_bytes()).await;
            assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.text);
        }
        assert_eq!(site.webhook(REPORT.as_bytes()).await.status, StatusCode::OK);
        // As often as a delivery is tried.
        for _ in 0..10 {
            handle(&site).await;
            site.clock.advance(chrono::TimeDelta::hours(24));
        }
        for row in site.stored().await {
            assert_ne!(row.state, DeliveryState::New, "{:?}", row.error);
        }
        let newest = &site.stored().await[0];
        assert_eq!(newest.state, DeliveryState::Handled, "{:?}", newest.error);
        let cases = site.api(ANA, "/api/v1/cases?state=all&limit=100").await;
        assert_eq!(cases.status, StatusCode::OK, "{}", cases.text);
    }
}
