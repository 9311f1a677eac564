//! The simulated server on the wire: listens, counts, logs, lets faults strike, answers.
//!
//! Owns the TCP connections, because a fault must be able to cut one before any of the answer
//! leaves. Everything else is decided in `api`.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};

use axum::Router;
use axum::body::{Body as HttpBody, Bytes};
use axum::extract::connect_info::{ConnectInfo, Connected};
use axum::extract::{DefaultBodyLimit, State as Shared};
use axum::http::{HeaderMap, HeaderValue, Method, Response, StatusCode, Uri, header};
use axum::serve::{IncomingStream, Listener};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use url::form_urlencoded;

use super::Inner;
use super::answer::{Answer, Body};
use super::api;
use super::call::{Bearer, Call, Params};
use super::fault::Fault;
use super::limits::{Bucket, Budget};
use super::log::Logged;
use super::state::State;

/// Serves until the simulated server is dropped.
pub(super) async fn serve(listener: TcpListener, inner: Arc<Inner>) {
    let ended = inner.ended.clone();
    let app = Router::new()
        .fallback(handle)
        .layer(DefaultBodyLimit::max(1024 * 1024))
        .with_state(inner)
        .into_make_service_with_connect_info::<Cutter>();
    let serving =
        axum::serve(Cuttable(listener), app).with_graceful_shutdown(ended.cancelled_owned());
    if let Err(error) = serving.await {
        tracing::warn!(%error, "the simulated Mastodon stopped serving");
    }
}

async fn handle(
    Shared(inner): Shared<Arc<Inner>>,
    ConnectInfo(cutter): ConnectInfo<Cutter>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response<HttpBody> {
    let reaction = {
        let mut state = inner.state();
        let call = read_call(&state, &method, &uri, &headers, &body);
        let reaction = react(&mut state, &call);
        state.log_call(&call, &uri, &body, &reaction);
        reaction
    };
    inner.changed.notify_one();
    match reaction {
        Reaction::Answer(answer) => into_response(answer),
        Reaction::Cut => {
            cutter.cut();
            // Never seen: the connection refuses to carry it.
            Response::new(HttpBody::empty())
        }
        Reaction::Silence => {
            inner.ended.cancelled().await;
            cutter.cut();
            Response::new(HttpBody::empty())
        }
    }
}

/// What happens to a request.
enum Reaction {
    Answer(Answer),
    Cut,
    Silence,
}

fn react(state: &mut State, call: &Call) -> Reaction {
    let budget = count(state, call);
    let fault = state.faults.strike(&call.method, &call.path);
    if let Some(fault) = fault {
        if fault.applies() {
            api::answer(state, call);
        }
        return misbehave(fault, budget);
    }
    let answer = match &budget {
        Some(budget) if budget.exceeded => too_many(),
        _ => api::answer(state, call),
    };
    Reaction::Answer(with_budget(answer, budget))
}

fn misbehave(fault: Fault, budget: Option<Budget>) -> Reaction {
    let answer = match fault {
        Fault::ResetBefore | Fault::ResetAfter => return Reaction::Cut,
        Fault::Silence | Fault::SilenceAfter => return Reaction::Silence,
        Fault::RateLimited => {
            let empty = budget.map(|budget| Budget {
                remaining: 0,
                ..budget
            });
            return Reaction::Answer(with_budget(too_many(), empty));
        }
        Fault::ServerError => super::answer::Failure::Crash.answer(false),
        Fault::Unavailable => Answer::error(
            503,
            "There was a temporary problem serving your request, please try again",
        ),
        Fault::Nonsense => Answer {
            status: 200,
            body: Body::Raw(r#"{"id":"1","action_taken":fal"#.to_owned()),
            headers: Vec::new(),
        },
        Fault::Status(status) => Answer::error(status, "The simulated server was told to fail"),
    };
    Reaction::Answer(with_budget(answer, budget))
}

fn too_many() -> Answer {
    // Sent by the limiter in front of the application, which names no charset.
    Answer::error(429, "Too many requests").with_header("content-type", "application/json".into())
}

/// Counts a request of the API. Crashes and pages show no budget.
fn count(state: &mut State, call: &Call) -> Option<Budget> {
    if !call.path.starts_with("/api/") {
        return None;
    }
    let mut buckets = match &call.bearer {
        Bearer::Unknown { .. } => vec![Bucket::Anonymous],
        Bearer::Revoked { owner, token } | Bearer::Live { owner, token, .. } => {
            vec![Bucket::Token(token.clone()), Bucket::User(*owner)]
        }
    };
    let paging = ["max_id", "min_id", "since_id", "page"]
        .iter()
        .any(|key| call.params.has(key));
    if let (true, Some(user)) = (paging, call.caller()) {
        buckets.push(Bucket::Paging(user));
    }
    let deleting = call.method == "DELETE" && call.path.starts_with("/api/v1/statuses/");
    if let (true, Some(user)) = (deleting, call.caller()) {
        buckets.push(Bucket::Deletions(user));
    }
    let (limits, now) = (state.config.limits, state.clock().now());
    Some(state.counters.count(buckets, &limits, now))
}

fn with_budget(answer: Answer, budget: Option<Budget>) -> Answer {
    match budget {
        Some(budget) if !matches!(answer.body, Body::Html(_)) || answer.status == 404 => answer
            .with_header("x-ratelimit-limit", budget.limit.to_string())
            .with_header("x-ratelimit-remaining", budget.remaining.to_string())
            .with_header("x-ratelimit-reset", budget.reset),
        _ => answer,
    }
}

fn read_call(state: &State, method: &Method, uri: &Uri, headers: &HeaderMap, body: &[u8]) -> Call {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let query: Vec<(String, String)> =
        form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes())
            .into_owned()
            .collect();
    let params = Params::new(&query, text("content-type").unwrap_or_default(), body);
    let sent = text("authorization").and_then(|value| value.strip_prefix("Bearer "));
    let known = sent.and_then(|sent| state.tokens.iter().find(|token| token.value == sent));
    let bearer = match known {
        None => Bearer::Unknown {
            sent: sent.is_some(),
        },
        Some(token) if token.revoked => Bearer::Revoked {
            owner: token.owner,
            token: token.value.clone(),
        },
        Some(token) => Bearer::Live {
            owner: token.owner,
            token: token.value.clone(),
            scopes: token.scopes.clone(),
            app: token.app.clone(),
        },
    };
    Call {
        method: method.as_str().to_owned(),
        path: uri.path().to_owned(),
        query,
        params,
        bearer,
        wants_json: text("accept").is_some_and(|accept| accept.contains("json")),
        idempotency_key: text("idempotency-key").map(str::to_owned),
    }
}

impl State {
    fn log_call(&mut self, call: &Call, uri: &Uri, body: &[u8], reaction: &Reaction) {
        let owner = match call.bearer {
            Bearer::Unknown { .. } => None,
            Bearer::Revoked { owner, .. } | Bearer::Live { owner, .. } => {
                Some(self.handle_of(owner))
            }
        };
        let status = match reaction {
            Reaction::Answer(answer) => Some(answer.status),
            Reaction::Cut | Reaction::Silence => None,
        };
        self.log.push(Logged {
            at: self.clock().now(),
            method: call.method.clone(),
            path: uri
                .path_and_query()
                .map_or_else(String::new, ToString::to_string),
            owner,
            body: String::from_utf8_lossy(body).into_owned(),
            status,
        });
    }
}

fn into_response(answer: Answer) -> Response<HttpBody> {
    let (content_type, text) = match answer.body {
        Body::Json(node) => ("application/json; charset=utf-8", node.text()),
        Body::Raw(text) => ("application/json; charset=utf-8", text),
        Body::Html(page) => ("text/html; charset=utf-8", page),
    };
    let mut response = Response::new(HttpBody::from(text));
    *response.status_mut() =
        StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    headers.insert(
        header::CACHE_CONTROL,
        HeaderValue::from_static("private, no-store"),
    );
    for (name, value) in answer.headers {
        if let Ok(value) = HeaderValue::from_str(&value) {
            headers.insert(name, value);
        }
    }
    response
}

/// A listener whose connections can be cut.
struct Cuttable(TcpListener);

impl Listener for Cuttable {
    type Io = Connection;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Connection, SocketAddr) {
        let (stream, address) = Listener::accept(&mut self.0).await;
        (
            Connection {
                stream,
                cutter: Cutter::default(),
            },
            address,
        )
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.0.local_addr()
    }
}

/// Cuts the connection it belongs to.
#[derive(Debug, Clone, Default)]
struct Cutter(Arc<AtomicBool>);

impl Cutter {
    fn cut(&self) {
        self.0.store(true, Ordering::SeqCst);
    }

    fn is_cut(&self) -> bool {
        self.0.load(Ordering::SeqCst)
    }
}

impl Connected<IncomingStream<'_, Cuttable>> for Cutter {
    fn connect_info(stream: IncomingStream<'_, Cuttable>) -> Self {
        stream.io().cutter.clone()
    }
}

/// A connection that answers with a reset once it is cut: not a byte of the response leaves.
struct Connection {
    stream: TcpStream,
    cutter: Cutter,
}

impl Connection {
    fn refuse_if_cut(&self) -> io::Result<()> {
        if !self.cutter.is_cut() {
            return Ok(());
        }
        // With no lingering, closing the socket sends a reset instead of an orderly end.
        self.stream.set_zero_linger()?;
        Err(io::ErrorKind::ConnectionReset.into())
    }
}

impl AsyncRead for Connection {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for Connection {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.refuse_if_cut()?;
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.refuse_if_cut()?;
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
