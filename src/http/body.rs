//! Reads bodies of strangers: never more than the limit, never longer than the deadline.

use std::time::Duration;

use axum::body::Body;
use axum::http::{HeaderMap, header};
use bytes::{Bytes, BytesMut};
use http_body_util::BodyExt;
use tokio::time::{Instant, timeout_at};

/// How much of a body over the limit is read and thrown away, in limits. A sender that is still
/// writing when the connection closes may never see the answer.
const DISCARDED_LIMITS: usize = 4;

/// Why a body was not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unread {
    /// Larger than the limit.
    TooLarge,
    /// Not complete at the deadline.
    TooSlow,
    /// The connection broke, or the body is shorter than announced.
    Broken,
}

/// Reads a whole body of at most `limit` bytes within `deadline`.
pub(super) async fn read(
    headers: &HeaderMap,
    body: Body,
    limit: usize,
    deadline: Duration,
) -> Result<Bytes, Unread> {
    let until = Instant::now() + deadline;
    match timeout_at(until, collect(headers, body, limit)).await {
        Ok(Collected::Whole(bytes)) => Ok(bytes),
        // However long it takes to hear the rest: it is too large, and the sender shall not send
        // it again.
        Ok(Collected::Over(rest)) => {
            timeout_at(until, discard(rest, limit)).await.ok();
            Err(Unread::TooLarge)
        }
        Ok(Collected::Broken) => Err(Unread::Broken),
        Err(_) => Err(Unread::TooSlow),
    }
}

/// How far a body was read.
enum Collected {
    Whole(Bytes),
    /// Over the limit; with what was not read of it.
    Over(Body),
    Broken,
}

async fn collect(headers: &HeaderMap, mut body: Body, limit: usize) -> Collected {
    let announced = headers
        .get(header::CONTENT_LENGTH)
        .and_then(|value| value.to_str().ok())
        .and_then(|digits| digits.parse::<usize>().ok());
    let mut kept = BytesMut::new();
    if announced.is_some_and(|bytes| bytes > limit) {
        return Collected::Over(body);
    }
    while let Some(frame) = body.frame().await {
        let Ok(frame) = frame else {
            return Collected::Broken;
        };
        let Ok(data) = frame.into_data() else {
            continue;
        };
        if kept.len() + data.len() > limit {
            return Collected::Over(body);
        }
        kept.extend_from_slice(&data);
    }
    Collected::Whole(kept.freeze())
}

async fn discard(mut body: Body, limit: usize) {
    let mut left = limit.saturating_mul(DISCARDED_LIMITS);
    while let Some(Ok(frame)) = body.frame().await {
        let Some(rest) = left.checked_sub(frame.data_ref().map_or(0, Bytes::len)) else {
            break;
        };
        left = rest;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures::{StreamExt as _, stream};

    const SOON: Duration = Duration::from_millis(20);

    async fn read_chunks(length: Option<&str>, chunks: Vec<&'static str>) -> Result<Bytes, Unread> {
        let mut headers = HeaderMap::new();
        if let Some(length) = length {
            headers.insert(header::CONTENT_LENGTH, length.parse().unwrap());
        }
        let chunks = chunks.into_iter().map(Ok::<_, std::io::Error>);
        let body = Body::from_stream(stream::iter(chunks));
        read(&headers, body, 8, Duration::from_mins(1)).await
    }

    #[tokio::test]
    async fn the_limit_holds_whatever_the_length_header_says() {
        assert_eq!(
            read_chunks(None, vec!["1234", "5678"]).await.unwrap(),
            "12345678"
        );
        assert_eq!(
            read_chunks(None, vec!["1234", "56789"]).await,
            Err(Unread::TooLarge)
        );
        assert_eq!(
            read_chunks(Some("3"), vec!["1234", "56789"]).await,
            Err(Unread::TooLarge)
        );
        assert_eq!(
            read_chunks(Some("9"), vec!["1"]).await,
            Err(Unread::TooLarge)
        );
        assert_eq!(read_chunks(Some("-1"), vec!["1"]).await.unwrap(), "1");
    }

    #[tokio::test]
    async fn a_body_that_never_ends_is_cut_off() {
        let chunks = stream::repeat_with(|| Ok::<_, std::io::Error>("x"));
        let headers = HeaderMap::new();
        let flood = read(
            &headers,
            Body::from_stream(chunks),
            8,
            Duration::from_mins(1),
        );
        assert_eq!(flood.await, Err(Unread::TooLarge));
        let silent = Body::from_stream(stream::pending::<Result<Bytes, std::io::Error>>());
        assert_eq!(
            read(&HeaderMap::new(), silent, 8, SOON).await,
            Err(Unread::TooSlow)
        );
    }

    #[tokio::test]
    async fn what_is_too_large_is_not_asked_for_again_however_slowly_it_comes() {
        let more = stream::iter([Ok::<_, std::io::Error>("123456789")]);
        let slow = Body::from_stream(more.chain(stream::pending()));
        assert_eq!(
            read(&HeaderMap::new(), slow, 8, SOON).await,
            Err(Unread::TooLarge)
        );
    }

    #[tokio::test]
    async fn a_broken_body_is_not_taken_for_a_short_one() {
        let chunks = [Ok("1"), Err(std::io::Error::other("reset"))];
        let body = Body::from_stream(stream::iter(chunks));
        let broken = read(&HeaderMap::new(), body, 8, Duration::from_mins(1)).await;
        assert_eq!(broken, Err(Unread::Broken));
    }
}
