//! Sends webhooks as Mastodon does: the bytes on the wire, the signature, what each status means.
//!
//! Writes HTTP by hand, because order and spelling of the headers are part of what receivers of
//! the simulated server are tested with. Speaks plain HTTP only: it is meant for loopback.

use std::sync::Arc;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use sha2::{Digest, Sha256};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;
use url::Url;

use super::Inner;
use super::outbox::{Delivery, Target};
use super::state::State;
use crate::mastodon::webhook::signature;

/// How long an attempt may take, from connecting to the end of the answer's head.
const DEADLINE: Duration = Duration::from_secs(30);

/// Longest head of an answer that is read.
const HEAD_LIMIT: usize = 64 * 1024;

/// What became of the deliveries of one round.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Delivered {
    /// Answered with 2xx (or 303, whose loss Mastodon does not notice).
    pub accepted: usize,
    /// Failed, to be tried again later.
    pub retrying: usize,
    /// Refused with a status that Mastodon takes as final, or out of retries: lost.
    pub dropped: usize,
}

/// A webhook as it would be sent, for tests that hand it to a receiver themselves.
#[derive(Debug, Clone)]
pub struct WebhookRequest {
    /// The name of the event.
    pub event: &'static str,
    /// All headers in Mastodon's order.
    pub headers: Vec<(&'static str, String)>,
    /// The body.
    pub body: Bytes,
}

impl WebhookRequest {
    /// The value of a header.
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self
            .headers
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }
}

/// What Mastodon makes of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verdict {
    Accepted,
    Dropped,
    Retry,
}

fn verdict(status: u16) -> Verdict {
    match status {
        // 303 is followed with a GET, whose success counts as that of the delivery.
        200..=299 | 303 => Verdict::Accepted,
        401 | 408 | 429 => Verdict::Retry,
        400..=499 | 501 => Verdict::Dropped,
        _ => Verdict::Retry,
    }
}

/// Sends everything that is due, once.
pub(super) async fn deliver_due(inner: &Inner) -> Delivered {
    let due = inner.state().take_due();
    let mut tally = Delivered::default();
    for delivery in due {
        let request = inner.state().request(&delivery);
        let verdict = match request {
            Some((url, request)) => send(&url, &request).await.map_or(Verdict::Retry, verdict),
            None => Verdict::Dropped,
        };
        inner.state().settle(delivery, verdict, &mut tally);
    }
    tally
}

/// Delivers in the background until the simulated server is dropped.
pub(super) async fn deliver_always(inner: Arc<Inner>) {
    let ended = inner.ended.clone();
    let deliver = async {
        loop {
            let changed = inner.changed.notified();
            deliver_due(&inner).await;
            let next = {
                let state = inner.state();
                let now = state.clock().now();
                state
                    .outbox
                    .next_due()
                    .map(|due| (due - now).to_std().unwrap_or_default())
            };
            // Wakes for a change or for the next retry, whichever comes first.
            let wait = next
                .unwrap_or(Duration::from_hours(1))
                .max(Duration::from_millis(5));
            timeout(wait, changed).await.ok();
        }
    };
    ended.run_until_cancelled_owned(deliver).await;
}

/// Sends one request and returns the status answered; `None` when there was no answer.
async fn send(url: &Url, request: &WebhookRequest) -> Option<u16> {
    let attempt = async {
        let host = url.host_str()?;
        let port = url.port_or_known_default()?;
        let mut stream = TcpStream::connect((host, port)).await.ok()?;
        stream.write_all(&wire(url, request)).await.ok()?;
        stream.flush().await.ok()?;
        read_status(&mut stream).await
    };
    timeout(DEADLINE, attempt).await.ok().flatten()
}

async fn read_status(stream: &mut TcpStream) -> Option<u16> {
    let mut head = Vec::new();
    let mut buffer = [0_u8; 4096];
    loop {
        let n = stream.read(&mut buffer).await.ok()?;
        head.extend_from_slice(buffer.get(..n)?);
        let complete = head.windows(4).any(|window| window == b"\r\n\r\n");
        if n == 0 || complete || head.len() > HEAD_LIMIT {
            break;
        }
    }
    let line = head.split(|&byte| byte == b'\r').next()?;
    let line = std::str::from_utf8(line).ok()?;
    line.strip_prefix("HTTP/1.")?
        .split(' ')
        .nth(1)?
        .parse()
        .ok()
}

/// The request as bytes.
fn wire(url: &Url, request: &WebhookRequest) -> Vec<u8> {
    let path = url.path();
    let target = url
        .query()
        .map_or_else(|| path.to_owned(), |query| format!("{path}?{query}"));
    let mut head = format!("POST {target} HTTP/1.1\r\n");
    for (name, value) in &request.headers {
        head.push_str(name);
        head.push_str(": ");
        head.push_str(value);
        head.push_str("\r\n");
    }
    head.push_str("\r\n");
    let mut bytes = head.into_bytes();
    bytes.extend_from_slice(&request.body);
    bytes
}

impl State {
    /// The request of a delivery, signed with the secret of now; nothing when its webhook is gone.
    pub(super) fn request(&self, delivery: &Delivery) -> Option<(Url, WebhookRequest)> {
        let target = self.outbox.targets.get(delivery.target)?;
        let url = Url::parse(&target.url).ok()?;
        Some((url.clone(), self.signed(&url, target, delivery)))
    }

    fn signed(&self, url: &Url, target: &Target, delivery: &Delivery) -> WebhookRequest {
        let body = delivery.body.clone();
        let digest = STANDARD.encode(Sha256::digest(&body));
        let headers = vec![
            ("User-Agent", self.config.version.user_agent(&self.web_url)),
            // The host alone: Mastodon leaves the port out.
            ("Host", url.host_str().unwrap_or_default().to_owned()),
            ("Date", http_date(self.clock().now())),
            ("Accept-Encoding", "gzip".to_owned()),
            ("Digest", format!("SHA-256={digest}")),
            ("Content-Type", "application/json".to_owned()),
            ("X-Hub-Signature", signature::sign(&target.secret, &body)),
            ("Connection", "close".to_owned()),
            ("Content-Length", body.len().to_string()),
        ];
        WebhookRequest {
            event: delivery.event,
            headers,
            body,
        }
    }

    /// Books the end of an attempt.
    fn settle(&mut self, delivery: Delivery, verdict: Verdict, tally: &mut Delivered) {
        let wait = self.config.retries.get(delivery.attempts).copied();
        match (verdict, wait) {
            (Verdict::Accepted, _) => tally.accepted += 1,
            (Verdict::Retry, Some(wait)) => {
                tally.retrying += 1;
                let wait = TimeDelta::from_std(wait).unwrap_or(TimeDelta::MAX);
                let due_at = self.clock().now() + wait;
                let attempts = delivery.attempts + 1;
                self.outbox.put_back(Delivery {
                    attempts,
                    due_at,
                    ..delivery
                });
            }
            _ => tally.dropped += 1,
        }
    }
}

fn http_date(time: DateTime<Utc>) -> String {
    time.format("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statuses_mean_what_was_observed() {
        for status in [400, 403, 404, 410, 413, 422, 501] {
            assert_eq!(verdict(status), Verdict::Dropped, "{status}");
        }
        for status in [301, 302, 304, 401, 408, 429, 500, 502, 503] {
            assert_eq!(verdict(status), Verdict::Retry, "{status}");
        }
        for status in [200, 202, 204, 303] {
            assert_eq!(verdict(status), Verdict::Accepted, "{status}");
        }
    }

    #[test]
    fn dates_are_those_of_http() {
        let time = "2026-11-21T08:21:05.781Z".parse().unwrap();
        assert_eq!(http_date(time), "Sat, 21 Nov 2026 08:21:05 GMT");
    }
}
