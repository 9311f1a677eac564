//! How a real server's refusals read, and what the rate budget makes of its counts.

use chrono::TimeDelta;
use serde_json::json;
use wardroom::mastodon::client::{ClientError, Priority, ReportFilter};

use super::replay::{Replay, made_up, recorded, recording};
use super::{LONG, client, client_with, page};

#[tokio::test]
async fn every_recorded_refusal_is_told_by_its_kind() {
    let mut told = 0;
    for version in ["v4.2", "v4.3.23"] {
        for part in ["p1", "p2", "p3", "p5", "p6"] {
            for exchange in recording(version, part) {
                let status = exchange.answer.status;
                if status < 400 {
                    continue;
                }
                let words = exchange.answer.body.clone();
                let replay = Replay::start([exchange.answer]).await;
                let result = client(&replay.url).report(&"1".into()).await;
                let error = result.unwrap_err();
                let fits = match status {
                    401 => error == ClientError::DeadToken,
                    403 if words.contains("scopes") => error == ClientError::ScopeMissing,
                    403 => {
                        matches!(&error, ClientError::Forbidden { text } if words.contains(text))
                    }
                    404 => error == ClientError::NotFound,
                    422 if words.contains("existing_domain_block") => {
                        matches!(error, ClientError::ExistingBlock(_))
                    }
                    400 | 422 => {
                        matches!(&error, ClientError::Validation { message } if !message.is_empty())
                    }
                    429 => matches!(error, ClientError::RateLimited { .. }),
                    500 => error == ClientError::Server { status: 500 },
                    other => panic!("{other}"),
                };
                assert!(
                    fits,
                    "{version} {part} {} {status}: {error:?}",
                    exchange.path
                );
                told += 1;
            }
        }
    }
    assert!(told > 100, "{told}");
}

#[tokio::test]
async fn answers_that_cannot_be_read_may_have_had_an_effect() {
    for (body, what) in [
        ("<!DOCTYPE html><html>", "no JSON (Syntax error)"),
        ("", "no JSON (Eof error)"),
        ("[]", "id: expected an id, found nothing"),
        (
            "{\"id\": \"1\"}",
            "action_taken: expected true or false, found nothing",
        ),
        (
            "{\"id\": \"1\", \"action_taken\": false, \"target_account\": {}}",
            "target_account.id: expected an id, found nothing",
        ),
    ] {
        let replay = Replay::start([made_up(200, body)]).await;
        let error = client(&replay.url).report(&"1".into()).await.unwrap_err();
        let what = what.to_owned();
        assert_eq!(error, ClientError::Unreadable { what }, "{body}");
        assert!(error.possibly_applied());
    }
    let replay = Replay::start([made_up(200, json!([{"id": "3"}])), made_up(200, "{}")]).await;
    let client = client(&replay.url);
    for what in [
        "[0].action_taken: expected true or false, found nothing",
        ": expected a list, found an object",
    ] {
        let result = client.reports(&ReportFilter::default(), &page(1)).await;
        let what = what.to_owned();
        assert_eq!(result, Err(ClientError::Unreadable { what }));
    }
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let elsewhere = Replay::start([]).await;
    let mut redirect = made_up(302, "");
    redirect
        .headers
        .push(("location".to_owned(), elsewhere.url.clone()));
    let replay = Replay::start([redirect]).await;
    let error = client(&replay.url).report(&"1".into()).await.unwrap_err();
    assert_eq!(error, ClientError::Unexpected { status: 302 });
    assert!(!error.possibly_applied());
    assert!(elsewhere.lines().is_empty());
}

#[tokio::test]
async fn after_a_429_nothing_is_sent_until_the_window_ends() {
    let too_many = recording("v4.3.23", "p5")
        .into_iter()
        .find(|exchange| exchange.answer.status == 429)
        .unwrap()
        .answer;
    let report = recorded("v4.3.23", "p1", "GET", "/api/v1/admin/reports/1", 0);
    let replay = Replay::start([too_many, report]).await;
    let (client, clock) = client_with(&replay.url, LONG);
    clock.advance(TimeDelta::minutes(5));
    let until = "2026-11-21T08:30:00Z".parse().unwrap();
    let limited = ClientError::RateLimited { until };
    assert!(!limited.possibly_applied() && limited.is_passing());
    assert_eq!(client.report(&"1".into()).await, Err(limited.clone()));
    // The second refusal is our own: the server is not asked again.
    assert_eq!(client.report(&"1".into()).await, Err(limited));
    clock.advance(TimeDelta::minutes(4));
    client.report(&"1".into()).await.unwrap();
    assert_eq!(replay.lines().len(), 2);
}

#[tokio::test]
async fn the_servers_count_holds_back_what_can_wait() {
    let mut report = recorded("v4.3.23", "p1", "GET", "/api/v1/admin/reports/1", 0);
    for (name, value) in &mut report.headers {
        if name == "x-ratelimit-remaining" {
            "60".clone_into(value);
        }
    }
    let replay = Replay::start([report.clone(), report]).await;
    let client = client(&replay.url);
    let id = "1".into();
    client.report(&id).await.unwrap();
    for priority in [Priority::Reconcile, Priority::Background] {
        let held_back = client.with_priority(priority).report(&id).await;
        assert!(
            matches!(held_back, Err(ClientError::RateLimited { .. })),
            "{priority:?}: {held_back:?}"
        );
    }
    client.report(&id).await.unwrap();
    assert_eq!(replay.lines().len(), 2);
}
