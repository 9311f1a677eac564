//! `POST /webhooks/mastodon` as invariants 1, 2, 3 and 10 have it, and what every answer carries.

use std::time::Duration;

use axum::body::Body;
use bytes::Bytes;
use chrono::TimeDelta;
use futures::{FutureExt, future, stream};
use http::{Method, Request, StatusCode};
use secrecy::SecretString;
use wardroom::db::DbError;
use wardroom::db::deliveries::DeliveryState;
use wardroom::mastodon::webhook::signature;

use super::support::{OLD_SECRET, SECRET, Site, ask, sign, webhook};

const REPORT: &[u8] = include_bytes!("../../data/payloads/report.created.local.v4.3.json");
const DIRECT: &[u8] = include_bytes!("../../data/payloads/status.created.direct.v4.3.json");

#[tokio::test]
async fn invariant_01_a_signed_delivery_answered_200_is_in_the_database() {
    let site = Site::new().await;
    let answer = site.webhook(REPORT).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    let rows = site.stored().await;
    assert_eq!(rows.len(), 1);
    assert_eq!(rows[0].state, DeliveryState::New);
    assert_eq!(rows[0].event_name.as_deref(), Some("report.created"));
    assert!(
        site.desk
            .wake()
            .deliveries
            .notified()
            .now_or_never()
            .is_some(),
        "the worker sleeps on"
    );
}

#[tokio::test]
async fn invariant_02_the_same_body_is_stored_once_and_acknowledged_each_time() {
    let site = Site::new().await;
    let answers = future::join_all((0..20).map(|_| site.webhook(REPORT))).await;
    assert!(answers.iter().all(|answer| answer.status == StatusCode::OK));
    assert_eq!(
        answers
            .iter()
            .filter(|answer| answer.json()["stored"] == true)
            .count(),
        1
    );
    assert_eq!(site.stored().await.len(), 1);
    // One byte more is another delivery.
    let mut other = REPORT.to_vec();
    other.push(b' ');
    assert_eq!(site.webhook(&other).await.json()["stored"], true);
}

#[tokio::test]
async fn invariant_03_only_a_right_signature_is_let_in_and_everything_else_may_try_again() {
    let site = Site::new().await;
    let mut changed = REPORT.to_vec();
    changed[REPORT.len() / 2] ^= 1;
    let good = sign(REPORT);
    let cases: Vec<(Option<String>, &[u8])> = vec![
        (None, REPORT),
        (Some(good.clone()), &changed),
        (Some(good.to_uppercase()), REPORT),
        (
            Some("sha1=da39a3ee5e6b4b0d3255bfef95601890afd80709".to_owned()),
            REPORT,
        ),
        (Some(format!("sha256={}", "0".repeat(64))), REPORT),
        (
            Some(signature::sign(&SecretString::from("another"), REPORT)),
            REPORT,
        ),
        (None, b"\xff\x00 not even text"),
    ];
    for (signature, body) in cases {
        let answer = site.ask(webhook(signature.as_deref(), body.to_vec())).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{signature:?}");
        assert_eq!(answer.json()["error"], "unauthorized");
    }
    assert!(site.stored().await.is_empty());
    for secret in [OLD_SECRET, SECRET] {
        let header = signature::sign(&SecretString::from(secret), REPORT);
        let answer = site.ask(webhook(Some(&header), REPORT.to_vec())).await;
        assert_eq!(answer.status, StatusCode::OK, "{secret}");
    }
}

#[tokio::test]
async fn invariant_03_a_signed_body_of_another_shape_is_asked_for_again_with_the_hint() {
    let site = Site::new().await;
    let deep = format!(
        "{{\"event\":\"report.created\",\"created_at\":\"x\",\"object\":{}1{}}}",
        "[".repeat(5_000),
        "]".repeat(5_000)
    );
    let bodies: Vec<&[u8]> = vec![
        b"",
        b"not JSON",
        b"\xff\xfe",
        b"[]",
        b"{\"text\":\"a payload template\"}",
        b"{\"event\":\"report.created\",\"created_at\":\"2026-01-01T00:00:00Z\",\"object\":\"1\"}",
        b"{\"event\":7,\"created_at\":\"2026-01-01T00:00:00Z\",\"object\":{}}",
        &REPORT[..REPORT.len() - 1],
        deep.as_bytes(),
    ];
    for body in bodies {
        let answer = site.webhook(body).await;
        assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE, "{body:?}");
        let message = answer.json()["message"].as_str().unwrap().to_owned();
        assert!(message.contains("payload template"), "{message}");
    }
    assert!(site.stored().await.is_empty());
}

#[tokio::test]
async fn invariant_03_unknown_events_and_missing_fields_are_kept_and_acknowledged() {
    let site = Site::new().await;
    for body in [
        "{\"event\":\"report.escalated\",\"created_at\":\"2027-01-01T00:00:00Z\",\"object\":{}}",
        "{\"event\":\"report.created\",\"created_at\":\"2026-01-01T00:00:00Z\",\"object\":{\"id\":\"1\"}}",
    ] {
        assert_eq!(
            site.webhook(body.as_bytes()).await.status,
            StatusCode::OK,
            "{body}"
        );
    }
    assert_eq!(site.stored().await.len(), 2);
}

#[tokio::test]
async fn invariant_03_too_large_is_413_and_reconciliation_runs_at_once() {
    let site = Site::new().await;
    let large = vec![b' '; 64 * 1024 + 1];
    let header = sign(&large);
    let honest = webhook(Some(&header), large.clone());
    let (parts, _) = webhook(Some(&header), Body::empty()).into_parts();
    let chunks: Vec<_> = large
        .chunks(1_000)
        .map(|part| Ok::<_, std::io::Error>(Bytes::copy_from_slice(part)))
        .collect();
    let chunked = Request::from_parts(parts.clone(), Body::from_stream(stream::iter(chunks)));
    let mut lying = Request::from_parts(parts, Body::from(large.clone()));
    lying
        .headers_mut()
        .insert("content-length", "10".parse().unwrap());
    let walks = || {
        let asked = site.desk.wake().reconcile.notified().now_or_never();
        asked.is_some()
    };
    for request in [honest, chunked, lying] {
        let answer = site.ask(request).await;
        assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
        assert!(walks());
        let again = site.ask(webhook(Some(&header), large.clone())).await;
        assert_eq!(again.status, StatusCode::PAYLOAD_TOO_LARGE);
        assert!(!walks(), "strangers cannot make it walk without end");
        site.clock.advance(TimeDelta::minutes(1));
    }
    let fits = vec![b' '; 64 * 1024];
    assert_eq!(
        site.webhook(&fits).await.status,
        StatusCode::SERVICE_UNAVAILABLE,
        "no JSON"
    );
    assert!(!walks());
}

#[tokio::test]
async fn a_body_that_does_not_arrive_is_cut_off_with_a_status_that_is_retried() {
    let site = Site::with(Duration::from_mins(1), 64, |settings| {
        settings.body_deadline = Duration::from_millis(20);
    })
    .await;
    let silent = Body::from_stream(stream::pending::<Result<Bytes, std::io::Error>>());
    let answer = site.ask(webhook(Some(&sign(REPORT)), silent)).await;
    assert_eq!(answer.status, StatusCode::REQUEST_TIMEOUT);
    let broken = stream::iter([
        Ok(Bytes::from_static(b"{")),
        Err(std::io::Error::other("reset")),
    ]);
    let answer = site
        .ask(webhook(Some(&sign(REPORT)), Body::from_stream(broken)))
        .await;
    assert_eq!(answer.status, StatusCode::REQUEST_TIMEOUT);
}

#[tokio::test]
async fn a_slow_database_is_answered_503_in_time_and_nothing_is_lost_or_doubled() {
    let site = Site::with(Duration::from_millis(50), 4, |_| {}).await;
    let held = site.hold_the_writer().await;
    let bodies: Vec<Vec<u8>> = (0..20)
        .map(|n| [REPORT, " ".repeat(n).as_bytes()].concat())
        .collect();
    let answers = future::join_all(bodies.iter().map(|body| site.webhook(body))).await;
    for answer in &answers {
        assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(answer.json()["error"], "unavailable");
    }
    held.release().await;
    // Mastodon comes back with the same bytes, as often as it hears 503: the deadline here is short,
    // and a disk may be slower. Some of them may be stored already.
    for body in &bodies {
        let mut tries = 0;
        while site.webhook(body).await.status != StatusCode::OK {
            tries += 1;
            assert!(tries < 1_000, "the database is free, and nothing is stored");
        }
    }
    assert_eq!(site.stored().await.len(), bodies.len());
}

#[tokio::test]
async fn invariant_10_the_body_of_a_closed_status_is_never_stored() {
    let site = Site::new().await;
    assert_eq!(site.webhook(DIRECT).await.status, StatusCode::OK);
    let id = site.stored().await[0].id;
    let delivery = site
        .db
        .read(|mut tx| async move {
            let delivery = tx.delivery(id).await?;
            Ok::<_, DbError>((tx, delivery))
        })
        .await
        .unwrap()
        .unwrap();
    let kept: serde_json::Value = serde_json::from_slice(&delivery.body).unwrap();
    assert_eq!(kept["object"]["visibility"], "direct");
    assert_eq!(kept["object"].get("content"), None);
    // The key is of what came, so the retry is known.
    assert_eq!(site.webhook(DIRECT).await.json()["stored"], false);
}

#[tokio::test]
async fn only_post_is_taken() {
    let site = Site::new().await;
    for method in [Method::GET, Method::PUT, Method::DELETE, Method::PATCH] {
        let request = Request::builder().method(&method).uri("/webhooks/mastodon");
        let answer = site.ask(request.body(Body::empty()).unwrap()).await;
        assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED, "{method}");
        assert_eq!(answer.header("allow"), "POST");
        assert_eq!(answer.json()["error"], "method_not_allowed");
    }
}

#[tokio::test]
async fn every_answer_carries_its_id_and_the_security_headers() {
    let site = Site::new().await;
    for path in ["/healthz", "/nowhere", "/webhooks/mastodon"] {
        let request = Request::get(path)
            .header("x-request-id", "caller-7")
            .body(Body::empty());
        let answer = site.ask(request.unwrap()).await;
        assert_eq!(answer.header("x-request-id"), "caller-7", "{path}");
        assert!(
            answer
                .header("content-security-policy")
                .starts_with("default-src 'none'")
        );
        assert!(!answer.header("content-security-policy").contains("unsafe"));
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
        assert_eq!(answer.header("cache-control"), "no-store");
    }
    let error = site.get("/nowhere").await;
    assert_eq!(error.status, StatusCode::NOT_FOUND);
    assert_eq!(error.json()["request_id"], error.header("x-request-id"));
    for wild in ["a b", "\u{7f}", "<script>", &"x".repeat(65)] {
        let Ok(value) = http::HeaderValue::from_str(wild) else {
            continue;
        };
        let mut request = Request::get("/healthz").body(Body::empty()).unwrap();
        request.headers_mut().insert("x-request-id", value);
        assert_ne!(site.ask(request).await.header("x-request-id"), wild);
    }
}

#[tokio::test]
async fn an_error_is_a_page_for_a_browser() {
    let site = Site::new().await;
    let request = Request::get("/nowhere")
        .header("accept", "text/html,*/*")
        .body(Body::empty());
    let answer = site.ask(request.unwrap()).await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
    assert!(answer.header("content-type").starts_with("text/html"));
    assert!(answer.text.contains(answer.header("x-request-id")));
}

#[tokio::test]
async fn liveness_looks_at_nothing_and_readiness_at_everything() {
    use wardroom::telemetry::readiness::PartState;
    let site = Site::new().await;
    let ready = || async {
        ask(
            &site.internal,
            Request::get("/readyz").body(Body::empty()).unwrap(),
        )
        .await
    };
    assert_eq!(ready().await.status, StatusCode::OK);
    site.readiness
        .set("mastodon", PartState::Degraded, "no answer since 10:00");
    let degraded = ready().await;
    assert_eq!(degraded.status, StatusCode::OK);
    assert!(degraded.text.contains("no answer since 10:00"));
    site.db.close().await;
    let down = ready().await;
    assert_eq!(down.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(down.json()["ready"], false);
    assert_eq!(site.get("/healthz").await.status, StatusCode::OK);
    assert_eq!(
        site.get("/readyz").await.status,
        StatusCode::NOT_FOUND,
        "internal only"
    );
}

#[tokio::test]
async fn assets_are_served_with_their_types_and_may_be_kept() {
    let site = Site::new().await;
    for (file, kind) in [
        ("room.css", "text/css"),
        ("room.js", "text/javascript"),
        ("mark.svg", "image/svg+xml"),
    ] {
        let answer = site.get(&format!("/room/assets/any/{file}")).await;
        assert_eq!(answer.status, StatusCode::OK, "{file}");
        assert!(answer.header("content-type").starts_with(kind));
        assert!(answer.header("cache-control").contains("immutable"));
    }
    assert_eq!(
        site.get("/room/assets/any/..%2fCargo.toml").await.status,
        StatusCode::NOT_FOUND
    );
}
