//! Networks and servers that fail half-way: whether the call may have had an effect decides
//! everything that follows (invariant 5).

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use wardroom::mastodon::client::ClientError;
use wardroom::net::Deadlines;

use super::replay::recorded;
use super::{LONG, client, client_with, permit};

async fn listen() -> (TcpListener, String) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    (listener, url)
}

/// Takes a connection and reads the head of one request.
async fn take(listener: &TcpListener) -> (TcpStream, String) {
    let (mut stream, _) = listener.accept().await.unwrap();
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.unwrap());
    }
    let head = String::from_utf8(head).unwrap();
    let line = head.lines().next().unwrap().to_owned();
    (stream, line)
}

/// Takes so many requests and resets each connection once the request was read, as a server does
/// that dies after it applied the action. Gives back the requests' first lines.
fn resetting(listener: TcpListener, times: usize) -> JoinHandle<(Vec<String>, TcpListener)> {
    tokio::spawn(async move {
        let mut lines = Vec::new();
        for _ in 0..times {
            let (stream, line) = take(&listener).await;
            lines.push(line);
            stream.set_zero_linger().unwrap();
        }
        (lines, listener)
    })
}

/// On loopback a connection waits at the listener before the caller's `connect` returns, so one that
/// does not wait now was never made.
fn assert_nobody_waits(listener: TcpListener) {
    let error = listener.into_std().unwrap().accept().unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::WouldBlock);
}

#[tokio::test]
async fn invariant_05_a_reset_after_a_change_is_doubtful_and_never_sent_again() {
    let (listener, url) = listen().await;
    let server = resetting(listener, 1);
    let error = client(&url)
        .resolve_report(permit(), &"1".into())
        .await
        .unwrap_err();
    assert!(
        matches!(
            error,
            ClientError::Connection {
                certainly_not_sent: false,
                ..
            }
        ),
        "{error:?}"
    );
    assert!(error.possibly_applied() && error.is_passing());
    let (lines, listener) = server.await.unwrap();
    assert_eq!(lines, ["POST /api/v1/admin/reports/1/resolve HTTP/1.1"]);
    assert_nobody_waits(listener);
}

#[tokio::test]
async fn a_read_is_tried_once_more_after_a_reset() {
    let (listener, url) = listen().await;
    let answer = recorded("v4.3.23", "p1", "GET", "/api/v1/admin/reports/1", 0);
    let server = tokio::spawn(async move {
        let (stream, _) = take(&listener).await;
        stream.set_zero_linger().unwrap();
        drop(stream);
        let (mut stream, _) = take(&listener).await;
        let head = format!(
            "HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n",
            answer.body.len()
        );
        stream.write_all(head.as_bytes()).await.unwrap();
        stream.write_all(answer.body.as_bytes()).await.unwrap();
    });
    let report = client(&url).report(&"1".into()).await.unwrap();
    assert_eq!(report.id.as_str(), "1");
    server.await.unwrap();
}

#[tokio::test]
async fn a_read_gives_up_after_the_second_reset() {
    let (listener, url) = listen().await;
    let server = resetting(listener, 2);
    let error = client(&url).report(&"1".into()).await.unwrap_err();
    assert!(matches!(error, ClientError::Connection { .. }), "{error:?}");
    let (lines, listener) = server.await.unwrap();
    assert_eq!(lines.len(), 2);
    assert_nobody_waits(listener);
}

#[tokio::test]
async fn invariant_05_silence_until_the_deadline_is_doubtful() {
    let (listener, url) = listen().await;
    tokio::spawn(async move {
        let (mut stream, _) = take(&listener).await;
        // Says nothing until the client hangs up.
        stream
            .read_to_end(&mut Vec::new())
            .await
            .unwrap_or_default()
    });
    let deadlines = Deadlines {
        total: Duration::from_millis(50),
        ..LONG
    };
    let (client, _) = client_with(&url, deadlines);
    let error = client
        .resolve_report(permit(), &"1".into())
        .await
        .unwrap_err();
    assert_eq!(error, ClientError::TimedOut);
    assert!(error.possibly_applied() && error.is_passing());
}

#[tokio::test]
async fn invariant_05_nobody_listening_means_certainly_not_sent() {
    let (listener, url) = listen().await;
    drop(listener);
    let error = client(&url)
        .resolve_report(permit(), &"1".into())
        .await
        .unwrap_err();
    assert!(
        matches!(
            error,
            ClientError::Connection {
                certainly_not_sent: true,
                ..
            }
        ),
        "{error:?}"
    );
    assert!(!error.possibly_applied() && error.is_passing());
}

/// Answers one request with these bytes and closes.
async fn answer_with(bytes: &'static [u8]) -> ClientError {
    let (listener, url) = listen().await;
    let server = tokio::spawn(async move {
        let (mut stream, _) = take(&listener).await;
        stream.write_all(bytes).await.unwrap();
    });
    let result = client(&url).resolve_report(permit(), &"1".into()).await;
    server.await.unwrap();
    result.unwrap_err()
}

#[tokio::test]
async fn invariant_05_half_an_answer_is_doubtful() {
    for bytes in [
        &b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"id\": "[..],
        b"HTTP/1.1 200 OK\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{\"id\"",
        b"SSH-2.0-OpenSSH_9.2\r\n",
        b"",
    ] {
        let error = answer_with(bytes).await;
        assert!(error.possibly_applied(), "{error:?}");
        assert!(
            matches!(
                error,
                ClientError::Connection {
                    certainly_not_sent: false,
                    ..
                }
            ),
            "{error:?}"
        );
    }
}

#[tokio::test]
async fn half_a_refusal_is_still_a_refusal() {
    let error = answer_with(b"HTTP/1.1 404 Not Found\r\nContent-Length: 100\r\n\r\n{").await;
    assert_eq!(error, ClientError::NotFound);
}

#[tokio::test]
async fn an_answer_too_large_to_read_is_not_read() {
    let error = answer_with(b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n").await;
    assert!(matches!(error, ClientError::Unreadable { .. }), "{error:?}");
    assert!(error.to_string().contains("larger than"), "{error}");
}
