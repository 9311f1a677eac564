//! The stream that tells open pages what changed.

use axum::body::{Body, BodyDataStream};
use futures::StreamExt;
use http::{Request, StatusCode};
use tower::ServiceExt;

use super::support::{Browser, Site};

const REPORT: &[u8] = include_bytes!("../../data/payloads/report.created.local.v4.3.json");
const REMOTE: &[u8] = include_bytes!("../../data/payloads/report.created.remote_target.v4.3.json");

struct Stream {
    data: BodyDataStream,
    read: String,
}

impl Stream {
    async fn open(site: &Site, browser: &Browser<'_>, last: Option<&str>) -> Self {
        let mut request = Request::get("/room/events").header("cookie", &browser.cookie);
        if let Some(last) = last {
            request = request.header("last-event-id", last);
        }
        let request = request.body(Body::empty()).unwrap();
        let response = site.public.clone().oneshot(request).await.unwrap();
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        Self {
            data: response.into_body().into_data_stream(),
            read: String::new(),
        }
    }

    /// Reads until `wanted` came.
    async fn until(&mut self, wanted: &str) {
        while !self.read.contains(wanted) {
            let chunk = self.data.next().await.expect("the stream goes on").unwrap();
            self.read.push_str(std::str::from_utf8(&chunk).unwrap());
        }
    }

    /// Reads to the end.
    async fn end(mut self) -> String {
        while let Some(chunk) = self.data.next().await {
            self.read
                .push_str(std::str::from_utf8(&chunk.unwrap()).unwrap());
        }
        self.read
    }
}

#[tokio::test]
async fn a_change_is_told_at_once_and_a_lost_stream_goes_on_where_it_was() {
    let site = Site::new().await;
    let ana = site.browser("ana").await;
    let mut stream = Stream::open(&site, &ana, None).await;
    stream.until("following").await;
    site.happened(REPORT).await;
    stream.until("id: 1\n").await;
    assert!(stream.read.contains("event: change"), "{}", stream.read);
    assert!(stream.read.contains("data: 1"), "{}", stream.read);
    drop(stream);
    site.happened(REMOTE).await;
    let mut again = Stream::open(&site, &ana, Some("1")).await;
    again.until("id: 2\n").await;
    assert!(
        !again.read.contains("id: 1\n"),
        "told twice: {}",
        again.read
    );
}

#[tokio::test]
async fn a_stop_is_told_and_a_stream_ends_with_its_session_or_the_process() {
    let site = Site::new().await;
    let (ana, bo) = (site.browser("ana").await, site.browser("bo").await);
    let mut stream = Stream::open(&site, &bo, None).await;
    stream.until("following").await;
    let fields = ana.form("/", "/room/words", &[("text", "stop all")]).await;
    ana.send("/room/words", &fields).await;
    stream.until("data: desk").await;
    let fields = bo.form("/", "/room/sign-out", &[]).await;
    bo.send("/room/sign-out", &fields).await;
    // The next thing that happens, wherever, shows that the session is gone.
    let fields = ana.form("/", "/room/words", &[("text", "whoami")]).await;
    ana.send("/room/words", &fields).await;
    stream.end().await;
    let last = Stream::open(&site, &ana, None).await;
    site.shutdown.cancel();
    last.end().await;
}
