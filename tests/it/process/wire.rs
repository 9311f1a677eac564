//! HTTP by hand: requests that no well-behaved client would send.

use std::net::SocketAddr;

use secrecy::SecretString;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use wardroom::mastodon::webhook::signature;

use super::served::{SECRET, TOKEN};

/// The status of an answer, and all of its text.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) text: String,
}

/// Sends a head and then a body in pieces, as far as the other side takes it, and reads the answer.
pub(super) async fn send(
    to: SocketAddr,
    head: &str,
    pieces: impl IntoIterator<Item = impl AsRef<[u8]>>,
) -> Answer {
    let mut stream = TcpStream::connect(to).await.unwrap();
    stream.write_all(head.as_bytes()).await.unwrap();
    for piece in pieces {
        // Who has heard enough may close the connection; its answer can be read all the same.
        if stream.write_all(piece.as_ref()).await.is_err() {
            break;
        }
    }
    let mut text = Vec::new();
    stream.read_to_end(&mut text).await.ok();
    let text = String::from_utf8(text).unwrap();
    let status = text.split(' ').nth(1).and_then(|word| word.parse().ok());
    Answer {
        status: status.unwrap_or_else(|| panic!("no answer: '{text}'")),
        text,
    }
}

/// Gives a command as Ana does.
pub(super) async fn command(to: SocketAddr, id: &str, words: &str) -> Answer {
    let body = serde_json::json!({"id": id, "command": words}).to_string();
    let head = format!(
        "POST /api/v1/commands HTTP/1.1\r\nhost: wardroom.example\r\nconnection: close\r\n\
         content-type: application/json\r\nauthorization: Bearer {TOKEN}\r\n\
         content-length: {}\r\n\r\n",
        body.len()
    );
    send(to, &head, [body]).await
}

/// The head of a webhook. `more` are whole lines.
pub(super) fn head(more: &str) -> String {
    format!(
        "POST /webhooks/mastodon HTTP/1.1\r\nhost: wardroom.example\r\nconnection: close\r\n\
         content-type: application/json\r\n{more}\r\n"
    )
}

/// Delivers a webhook with the signature that belongs to it.
pub(super) async fn deliver(to: SocketAddr, body: &[u8]) -> Answer {
    let signature = signature::sign(&SecretString::from(SECRET), body);
    let head = head(&format!(
        "x-hub-signature: {signature}\r\ncontent-length: {}\r\n",
        body.len()
    ));
    send(to, &head, [body]).await
}
