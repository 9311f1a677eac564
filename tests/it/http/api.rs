//! The scripting API: what a script sees, and what it is told when it errs.

use axum::body::Body;
use http::{Request, StatusCode};
use serde_json::json;

use wardroom::desk::LiveAnswer;

use super::support::Site;

const REPORT: &[u8] = include_bytes!("../../data/payloads/report.created.local.v4.3.json");
const REMOTE: &[u8] = include_bytes!("../../data/payloads/report.created.remote_target.v4.3.json");
const ANA: &str = "token-of-ana-0123456789";
const OLGA: &str = "token-of-olga-0123456789";

#[tokio::test]
async fn a_case_is_told_with_all_that_belongs_to_it() {
    let site = Site::new().await;
    site.happened(REMOTE).await;
    let noted = site
        .command(ANA, "1", "note #1 \"seen before\"")
        .await
        .json();
    assert_eq!(noted["answer"], "done", "{noted}");
    let list = site.api(ANA, "/api/v1/cases").await.json();
    let case = &list["cases"][0];
    for key in [
        "number",
        "kind",
        "state",
        "severity",
        "target",
        "reports",
        "hits",
        "claimed_by",
        "version",
        "opened_at",
        "claimed_at",
        "due_at",
        "resolved_at",
        "resolution",
    ] {
        assert!(case.get(key).is_some(), "{key} is missing: {case}");
    }
    assert_eq!(case["number"], 1);
    assert_eq!(case["kind"], "report");
    assert_eq!(case["state"], "open");
    assert_eq!(case["reports"].as_array().unwrap().len(), 1);
    assert!(case["target"]["domain"].is_string(), "{case}");
    let one = site.api(ANA, "/api/v1/cases/1").await.json();
    assert_eq!(one["number"], 1);
    assert_eq!(one["notes"][0]["text"], "seen before");
    assert_eq!(one["timeline"][0]["verb"], "case.opened");
    assert!(one["operations"].as_array().unwrap().is_empty());
}

#[tokio::test]
async fn a_suspension_goes_from_confirm_to_an_operation() {
    let site = Site::new().await;
    site.happened(REMOTE).await;
    let asked = site
        .command(ANA, "1", "suspend #1 --reason spam")
        .await
        .json();
    assert_eq!(asked["answer"], "confirm", "{asked}");
    let token = asked["confirm_token"].as_str().unwrap().to_owned();
    let confirmed = site
        .command(ANA, "2", &format!("confirm {token}"))
        .await
        .json();
    assert_eq!(confirmed["answer"], "accepted", "{confirmed}");
    assert_eq!(confirmed["operation"], "op-1");
    let operation = site.api(ANA, "/api/v1/operations/op-1").await.json();
    assert_eq!(operation["state"], "held");
    assert_eq!(operation["verb"], "suspend");
    assert_eq!(operation["reason"], "spam");
    // The same id with the same command is the same request; with another one it is refused.
    let again = site
        .command(ANA, "2", &format!("confirm {token}"))
        .await
        .json();
    assert_eq!(again, confirmed);
    let other = site.command(ANA, "2", "claim #1").await.json();
    assert_eq!(other["answer"], "refused");
    let used = site
        .command(ANA, "3", &format!("confirm {token}"))
        .await
        .json();
    assert_eq!(used["answer"], "refused");
    let theirs = site
        .command(OLGA, "1", &format!("confirm {token}"))
        .await
        .json();
    assert_eq!(theirs["answer"], "refused");
}

#[tokio::test]
async fn states_limits_and_cursors_page_through_the_cases() {
    let site = Site::new().await;
    site.happened(REPORT).await;
    site.happened(REMOTE).await;
    site.command(ANA, "1", "claim #1").await;
    for (query, numbers) in [
        ("", vec![2, 1]),
        ("?state=open", vec![2]),
        ("?state=claimed", vec![1]),
        ("?state=resolved", vec![]),
        ("?state=all", vec![2, 1]),
        ("?limit=1", vec![2]),
    ] {
        let page = site.api(ANA, &format!("/api/v1/cases{query}")).await.json();
        let found: Vec<i64> = page["cases"]
            .as_array()
            .unwrap()
            .iter()
            .map(|case| case["number"].as_i64().unwrap())
            .collect();
        assert_eq!(found, numbers, "{query}");
    }
    let first = site.api(ANA, "/api/v1/cases?limit=1").await.json();
    let cursor = first["next"].as_str().unwrap();
    let second = site
        .api(ANA, &format!("/api/v1/cases?limit=1&cursor={cursor}"))
        .await
        .json();
    assert_eq!(second["cases"][0]["number"], 1);
    assert_eq!(second["next"], json!(null));
}

#[tokio::test]
async fn the_audit_log_is_followed_page_by_page() {
    let site = Site::new().await;
    site.happened(REMOTE).await;
    site.command(ANA, "1", "claim #1").await;
    let log = site.api(ANA, "/api/v1/audit").await.json();
    let entries = log["entries"].as_array().unwrap();
    assert!(entries.len() >= 2);
    for key in [
        "seq",
        "at",
        "actor",
        "verb",
        "case",
        "operation",
        "subject",
        "detail",
        "prev_hash",
        "hash",
    ] {
        assert!(
            entries[0].get(key).is_some(),
            "{key} is missing: {}",
            entries[0]
        );
    }
    for pair in entries.windows(2) {
        assert_eq!(pair[1]["prev_hash"], pair[0]["hash"], "the chain");
    }
    let first = site.api(ANA, "/api/v1/audit?limit=1").await.json();
    assert_eq!(first["next"], 1);
    let rest = site.api(ANA, "/api/v1/audit?after=1").await.json();
    assert_eq!(rest["entries"].as_array().unwrap().len(), entries.len() - 1);
    let by_ana = site.api(ANA, "/api/v1/audit?actor=ana").await.json();
    assert!(
        by_ana["entries"]
            .as_array()
            .unwrap()
            .iter()
            .all(|entry| entry["actor"] == "ana")
    );
    let subject = entries
        .iter()
        .find_map(|entry| entry["subject"].as_str())
        .unwrap();
    let about = site
        .api(ANA, &format!("/api/v1/audit?account={subject}"))
        .await
        .json();
    assert!(
        !about["entries"].as_array().unwrap().is_empty(),
        "{subject}"
    );
}

#[tokio::test]
async fn errors_name_what_was_found_and_what_was_expected() {
    let site = Site::new().await;
    for (path, status, field) in [
        (
            "/api/v1/cases?state=closed",
            StatusCode::BAD_REQUEST,
            Some("state"),
        ),
        (
            "/api/v1/cases?limit=0",
            StatusCode::BAD_REQUEST,
            Some("limit"),
        ),
        (
            "/api/v1/cases?limit=9999",
            StatusCode::BAD_REQUEST,
            Some("limit"),
        ),
        ("/api/v1/cases?limit=x", StatusCode::BAD_REQUEST, None),
        (
            "/api/v1/cases?cursor=x",
            StatusCode::BAD_REQUEST,
            Some("cursor"),
        ),
        ("/api/v1/cases/7", StatusCode::NOT_FOUND, None),
        ("/api/v1/cases/seven", StatusCode::NOT_FOUND, None),
        ("/api/v1/operations/op-7", StatusCode::NOT_FOUND, None),
        ("/api/v1/operations/7", StatusCode::NOT_FOUND, None),
        ("/api/v1/nothing", StatusCode::NOT_FOUND, None),
    ] {
        let answer = site.api(ANA, path).await;
        assert_eq!(answer.status, status, "{path}: {}", answer.text);
        let body = answer.json();
        assert_eq!(
            body.get("field").and_then(|field| field.as_str()),
            field,
            "{path}"
        );
        assert_eq!(body["request_id"], answer.header("x-request-id"), "{path}");
        assert!(!body["message"].as_str().unwrap().is_empty());
    }
    for (body, status) in [
        ("{", StatusCode::BAD_REQUEST),
        ("\u{0}", StatusCode::BAD_REQUEST),
        ("[]", StatusCode::UNPROCESSABLE_ENTITY),
        (r#"{"id": "1"}"#, StatusCode::UNPROCESSABLE_ENTITY),
        (
            r#"{"id": 1, "command": "help"}"#,
            StatusCode::UNPROCESSABLE_ENTITY,
        ),
        (
            r#"{"id": "1", "command": "help", "x": 1}"#,
            StatusCode::UNPROCESSABLE_ENTITY,
        ),
        (
            r#"{"id": "", "command": "help"}"#,
            StatusCode::UNPROCESSABLE_ENTITY,
        ),
    ] {
        let request = Request::post("/api/v1/commands")
            .header("authorization", format!("Bearer {ANA}"))
            .body(Body::from(body));
        assert_eq!(site.ask(request.unwrap()).await.status, status, "{body}");
    }
    let long = site.command(ANA, "1", &"x".repeat(16_001)).await;
    assert_eq!(long.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(long.json()["field"], "command");
    let huge = site.command(ANA, "1", &"x".repeat(200_000)).await;
    assert_eq!(huge.status, StatusCode::PAYLOAD_TOO_LARGE);
    let put = Request::put("/api/v1/cases").body(Body::empty()).unwrap();
    assert_eq!(site.ask(put).await.status, StatusCode::METHOD_NOT_ALLOWED);
}

#[tokio::test]
async fn only_a_moderators_token_opens_the_api_and_guessing_is_slowed_down() {
    let site = Site::new().await;
    let none = site.get("/api/v1/me").await;
    assert_eq!(none.status, StatusCode::UNAUTHORIZED);
    assert_eq!(none.header("www-authenticate"), "Bearer");
    for header in ["", "Bearer", "Basic YTpi", ANA] {
        let request = Request::get("/api/v1/me").header("authorization", header);
        let answer = site.ask(request.body(Body::empty()).unwrap()).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{header}");
    }
    let me = site.api(OLGA, "/api/v1/me").await.json();
    assert_eq!(me["name"], "olga");
    assert_eq!(me["role"], "observer");
    assert_eq!(me["stopped"], json!(null));
    for n in 0..20 {
        let wrong = site.api(&format!("wrong-{n}"), "/api/v1/me").await;
        assert_eq!(wrong.status, StatusCode::UNAUTHORIZED);
    }
    let blocked = site.api(ANA, "/api/v1/me").await;
    assert_eq!(blocked.status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(blocked.header("retry-after"), "300");
    site.clock.advance(chrono::TimeDelta::minutes(5));
    assert_eq!(site.api(ANA, "/api/v1/me").await.status, StatusCode::OK);
}

#[tokio::test]
async fn invariant_06_what_a_role_may_not_do_is_refused_and_recorded() {
    let site = Site::new().await;
    site.happened(REMOTE).await;
    let refused = site.command(OLGA, "1", "claim #1").await;
    assert_eq!(refused.status, StatusCode::OK, "a refusal is an answer");
    assert_eq!(refused.json()["answer"], "refused");
    let log = site.api(ANA, "/api/v1/audit?actor=olga").await.json();
    assert_eq!(log["entries"][0]["verb"], "authority.refused", "{log}");
    let offboarded = site
        .command(ANA, "1", "offboard olga --reason left")
        .await
        .json();
    let offboarded = match offboarded["confirm_token"].as_str() {
        Some(token) => site
            .command(ANA, "2", &format!("confirm {token}"))
            .await
            .json(),
        None => offboarded,
    };
    assert_eq!(offboarded["answer"], "done", "{offboarded}");
    assert_eq!(
        site.api(OLGA, "/api/v1/me").await.status,
        StatusCode::FORBIDDEN
    );
}

#[tokio::test]
async fn a_question_to_the_server_is_answered_later() {
    let site = Site::with(std::time::Duration::from_mins(1), 64, |settings| {
        settings.reply_deadline = std::time::Duration::from_millis(20);
    })
    .await;
    let answer = site.command(ANA, "1", "domain spam.example").await.json();
    assert_eq!(answer["answer"], "accepted", "{answer}");
}

#[tokio::test]
async fn a_question_that_a_worker_answers_meanwhile_is_answered_at_once() {
    let site = Site::with(std::time::Duration::from_mins(1), 64, |settings| {
        settings.reply_deadline = std::time::Duration::from_mins(1);
    })
    .await;
    let worker = async {
        while !site.has_question(1).await {
            tokio::task::yield_now().await;
        }
        site.desk.answer(1, &LiveAnswer::NotFound).await.unwrap();
    };
    let (answer, ()) = tokio::join!(site.command(ANA, "1", "domain spam.example"), worker);
    let answer = answer.json();
    assert_eq!(answer["answer"], "refused");
    assert_eq!(
        answer["text"],
        "The server does not know it. Check the spelling."
    );
}

#[tokio::test]
async fn a_database_that_does_not_answer_ends_a_request_with_503() {
    let site = Site::with(std::time::Duration::from_mins(1), 64, |settings| {
        settings.request_deadline = std::time::Duration::from_millis(50);
    })
    .await;
    let held = site.hold_the_writer().await;
    let answer = site.command(ANA, "1", "claim #1").await;
    assert_eq!(
        answer.status,
        StatusCode::SERVICE_UNAVAILABLE,
        "{}",
        answer.text
    );
    assert_eq!(answer.json()["error"], "unavailable");
    held.release().await;
}

#[tokio::test]
async fn the_description_is_made_from_the_code() {
    let site = Site::new().await;
    let served = site.get("/openapi.json").await;
    assert_eq!(served.status, StatusCode::OK);
    let mut document = served.json();
    document["info"]["version"] = json!("[version]");
    insta::assert_json_snapshot!("openapi", document);
}
