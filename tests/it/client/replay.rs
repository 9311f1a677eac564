//! A server that gives prepared answers in order and keeps what it was asked.

use std::collections::VecDeque;
use std::fs;
use std::path::Path;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use serde_json::Value;

/// A prepared answer.
#[derive(Debug, Clone)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: String,
}

/// What the server was asked.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Asked {
    /// Method, path and query.
    pub(super) line: String,
    /// The JSON body; null if there was none.
    pub(super) body: Value,
}

#[derive(Debug, Default)]
struct Book {
    answers: VecDeque<Answer>,
    asked: Vec<Asked>,
}

/// The server. It ends with the test's runtime.
#[derive(Debug)]
pub(super) struct Replay {
    pub(super) url: String,
    book: Arc<Mutex<Book>>,
}

impl Replay {
    /// Starts a server on loopback that gives `answers` in order.
    pub(super) async fn start(answers: impl IntoIterator<Item = Answer>) -> Self {
        let book = Arc::new(Mutex::new(Book {
            answers: answers.into_iter().collect(),
            asked: Vec::new(),
        }));
        let app = Router::new().fallback(answer).with_state(Arc::clone(&book));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, app).await });
        Self { url, book }
    }

    /// Everything it was asked; fails when an answer was never asked for.
    pub(super) fn finish(self) -> Vec<Asked> {
        let book = self.book.lock().unwrap();
        assert!(
            book.answers.is_empty(),
            "never asked for: {:?}",
            book.answers
        );
        book.asked.clone()
    }

    /// Method, path and query of everything it was asked.
    pub(super) fn lines(self) -> Vec<String> {
        self.finish().into_iter().map(|asked| asked.line).collect()
    }
}

async fn answer(
    State(book): State<Arc<Mutex<Book>>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let token = headers["authorization"].to_str().unwrap();
    assert_eq!(token, format!("Bearer {}", super::TOKEN));
    assert_eq!(headers["accept"], "application/json");
    assert!(
        headers["user-agent"]
            .to_str()
            .unwrap()
            .starts_with("Wardroom/")
    );
    let mut book = book.lock().unwrap();
    book.asked.push(Asked {
        line: format!("{method} {uri}"),
        body: serde_json::from_slice(&body).unwrap_or_default(),
    });
    let Some(next) = book.answers.pop_front() else {
        return (StatusCode::IM_A_TEAPOT, "no answer was prepared").into_response();
    };
    let mut response = (StatusCode::from_u16(next.status).unwrap(), next.body).into_response();
    response.headers_mut().clear();
    for (name, value) in next.headers {
        let name: axum::http::HeaderName = name.parse().unwrap();
        response.headers_mut().insert(name, value.parse().unwrap());
    }
    response
}

/// An answer made up for a test; a text is a body that is no JSON, or JSON already.
pub(super) fn made_up(status: u16, body: impl Into<Value>) -> Answer {
    Answer {
        status,
        headers: vec![("content-type".to_owned(), "application/json".to_owned())],
        body: text_of(body.into()),
    }
}

fn text_of(body: Value) -> String {
    match body {
        Value::String(text) => text,
        json => json.to_string(),
    }
}

/// One recorded exchange.
#[derive(Debug, Clone)]
pub(super) struct Exchange {
    pub(super) method: String,
    pub(super) path: String,
    pub(super) answer: Answer,
}

/// All exchanges of one recording.
pub(super) fn recording(version: &str, part: &str) -> Vec<Exchange> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join(format!("tests/data/recorded/{version}/api/{part}.json"));
    let exchanges: Vec<Value> = serde_json::from_slice(&fs::read(path).unwrap()).unwrap();
    exchanges.iter().map(exchange).collect()
}

fn exchange(recorded: &Value) -> Exchange {
    let text = |key: &str| recorded[key].as_str().unwrap().to_owned();
    Exchange {
        method: text("method"),
        path: text("path"),
        answer: Answer {
            status: u16::try_from(recorded["status"].as_u64().unwrap()).unwrap(),
            headers: recorded["headers"]
                .as_object()
                .unwrap()
                .iter()
                .map(|(name, value)| (name.clone(), value.as_str().unwrap().to_owned()))
                .collect(),
            body: text_of(recorded["response"].clone()),
        },
    }
}

/// The `n`th recorded answer to a request, counted from 0.
pub(super) fn recorded(version: &str, part: &str, method: &str, path: &str, n: usize) -> Answer {
    recording(version, part)
        .into_iter()
        .filter(|exchange| exchange.method == method && exchange.path == path)
        .nth(n)
        .unwrap_or_else(|| panic!("{version} {part} has no {method} {path} number {n}"))
        .answer
}
