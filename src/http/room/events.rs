//! Tells open pages that something changed; they fetch what it is themselves.
//!
//! A stream reads the `changes` table from where its page stands, woken by this process's own
//! commits and by a look every second for those of other replicas.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Query, State};
use axum::http::HeaderMap;
use axum::response::sse::{Event, KeepAlive, Sse};
use futures::stream::{self, Stream};
use serde::Deserialize;
use tokio::sync::{OwnedSemaphorePermit, watch};

use super::frame::banners;
use super::session::{Signed, Unsigned, find};
use crate::db::DbError;
use crate::http::error::HttpError;
use crate::http::state::HttpState;
use crate::template::Banner;

/// How often the changes of other replicas are looked for.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// Every how many looks the session and the banners are checked.
const CHECK_EVERY: u32 = 5;
/// How many changes one look takes at most; the next follows at once.
const AT_ONCE: i64 = 100;
/// How soon a browser comes back after a broken stream.
const RETRY: Duration = Duration::from_secs(2);

/// Where the page stands.
#[derive(Debug, Deserialize)]
pub(super) struct From {
    after: Option<i64>,
}

/// Opens a stream.
pub(super) async fn follow(
    State(state): State<Arc<HttpState>>,
    signed: Signed,
    Query(from): Query<From>,
    headers: HeaderMap,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, HttpError> {
    let permit = Arc::clone(&state.streams)
        .try_acquire_owned()
        .map_err(|_| HttpError::unavailable("too many pages follow the room at once"))?;
    let resumed = headers
        .get("last-event-id")
        .and_then(|value| value.to_str().ok())
        .and_then(|id| id.parse().ok());
    let after = match resumed.or(from.after) {
        Some(after) => after,
        None => last_change(&state).await?,
    };
    let follower = Follower {
        wakes: state.desk.wake().changes(),
        banners: banners(&state, &signed.known.standing),
        state,
        headers,
        after,
        waiting: VecDeque::from([Event::default().retry(RETRY).comment("following")]),
        looks: 0,
        _permit: permit,
    };
    let events = stream::unfold(follower, |mut follower| async move {
        let event = follower.next().await?;
        Some((Ok(event), follower))
    });
    Ok(Sse::new(events).keep_alive(KeepAlive::default()))
}

struct Follower {
    state: Arc<HttpState>,
    headers: HeaderMap,
    after: i64,
    wakes: watch::Receiver<u64>,
    banners: Vec<Banner>,
    waiting: VecDeque<Event>,
    looks: u32,
    _permit: OwnedSemaphorePermit,
}

impl Follower {
    /// The next event; `None` when the session or the process ends.
    async fn next(&mut self) -> Option<Event> {
        loop {
            if let Some(event) = self.waiting.pop_front() {
                return Some(event);
            }
            // Where a full look left off there may be more.
            self.look().await;
            if !self.waiting.is_empty() {
                continue;
            }
            let was_woken = tokio::select! {
                () = self.state.shutdown.cancelled() => return None,
                woken = tokio::time::timeout(LOOK_EVERY, self.wakes.changed()) => woken.is_ok(),
            };
            self.look().await;
            self.looks += 1;
            if self.waiting.is_empty() && (was_woken || self.looks.is_multiple_of(CHECK_EVERY)) {
                self.check().await?;
            }
        }
    }

    async fn look(&mut self) {
        let after = self.after;
        let read = self.state.desk.db().read(|mut tx| async move {
            let changes = tx.changes_after(after, AT_ONCE).await?;
            Ok::<_, DbError>((tx, changes))
        });
        // A database that does not answer now is asked again at the next look.
        for (seq, case) in read.await.unwrap_or_default() {
            self.after = seq;
            let event = Event::default().event("change").id(seq.to_string());
            self.waiting.push_back(event.data(case.0.to_string()));
        }
    }

    /// Ends the stream with its session, and tells the page when a banner came or went.
    async fn check(&mut self) -> Option<()> {
        match find(&self.state, &self.headers).await {
            Ok(signed) => {
                let banners = banners(&self.state, &signed.known.standing);
                if banners != self.banners {
                    self.banners = banners;
                    self.waiting
                        .push_back(Event::default().event("change").data("desk"));
                }
                Some(())
            }
            // A database that does not answer now ends nobody's session.
            Err(Unsigned::Failed(error)) if error.status.is_server_error() => Some(()),
            Err(Unsigned::None | Unsigned::Failed(_)) => None,
        }
    }
}

async fn last_change(state: &HttpState) -> Result<i64, DbError> {
    state
        .desk
        .db()
        .read(|mut tx| async move {
            let last = tx.last_change().await?;
            Ok::<_, DbError>((tx, last))
        })
        .await
}
