//! Invites, sessions, and what another site could try with them.

use std::collections::BTreeMap;

use axum::body::Body;
use chrono::TimeDelta;
use http::{Request, StatusCode};
use wardroom::clock::Clock;
use wardroom::db::DbError;

use super::support::{ORIGIN, Site};

async fn take(site: &Site, token: &str, origin: Option<&str>) -> super::support::Answer {
    let mut request = Request::post(format!("/room/invite/{token}"));
    if let Some(origin) = origin {
        request = request.header("origin", origin);
    }
    site.ask(request.body(Body::empty()).unwrap()).await
}

#[tokio::test]
async fn an_invite_is_looked_at_often_and_taken_once() {
    let site = Site::new().await;
    let token = site.invite("ana").await;
    for _ in 0..3 {
        let looked = site.get(&format!("/room/invite/{token}")).await;
        assert_eq!(looked.status, StatusCode::OK);
        assert!(looked.text.contains("Sign in"));
        assert_eq!(looked.header("set-cookie"), "");
    }
    let answer = take(&site, &token, Some(ORIGIN)).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    assert_eq!(answer.header("location"), "/");
    let again = take(&site, &token, Some(ORIGIN)).await;
    assert_eq!(again.status, StatusCode::NOT_FOUND);
    assert!(
        again.json()["message"]
            .as_str()
            .unwrap()
            .contains("used already")
    );
}

#[tokio::test]
async fn an_invite_gets_too_old() {
    let site = Site::new().await;
    let token = site.invite("ana").await;
    site.clock.advance(TimeDelta::minutes(11));
    assert_eq!(
        take(&site, &token, Some(ORIGIN)).await.status,
        StatusCode::NOT_FOUND
    );
}

#[tokio::test]
async fn the_session_cookie_is_for_us_alone_and_only_its_hash_is_kept() {
    let site = Site::new().await;
    let token = site.invite("ana").await;
    let answer = take(&site, &token, Some(ORIGIN)).await;
    let cookie = answer.header("set-cookie");
    for flag in [
        "__Host-wardroom=",
        "HttpOnly",
        "SameSite=Strict",
        "Secure",
        "Path=/",
    ] {
        assert!(cookie.contains(flag), "{cookie}");
    }
    assert!(!cookie.contains("Domain"), "{cookie}");
    let value = cookie.split(['=', ';']).nth(1).unwrap();
    let now = site.clock.now();
    let found = site
        .db
        .read(|mut tx| async move {
            let session = tx.session(value, now).await?;
            Ok::<_, DbError>((tx, session))
        })
        .await
        .unwrap();
    assert!(found.is_none(), "the token itself is in the database");
}

#[tokio::test]
async fn without_https_the_cookie_has_its_plain_name() {
    let site = Site::with(std::time::Duration::from_mins(1), 64, |settings| {
        settings.public_url = "http://127.0.0.1:8080".parse().unwrap();
    })
    .await;
    let token = site.invite("ana").await;
    // A desk on this machine may be called by either name.
    let answer = take(&site, &token, Some("http://localhost:8080")).await;
    let cookie = answer.header("set-cookie");
    assert!(
        cookie.starts_with("wardroom=") && !cookie.contains("Secure"),
        "{cookie}"
    );
    let token = site.invite("ana").await;
    for origin in [
        "http://localhost:9090",
        "https://localhost:8080",
        "http://evil.example:8080",
    ] {
        assert_eq!(
            take(&site, &token, Some(origin)).await.status,
            StatusCode::FORBIDDEN
        );
    }
}

#[tokio::test]
async fn wrong_invites_are_slowed_down() {
    let site = Site::new().await;
    let mut statuses = Vec::new();
    for n in 0..25 {
        statuses.push(
            take(&site, &format!("wrong-{n}"), Some(ORIGIN))
                .await
                .status,
        );
    }
    assert_eq!(statuses[0], StatusCode::NOT_FOUND);
    assert_eq!(statuses[24], StatusCode::TOO_MANY_REQUESTS);
    let right = site.invite("ana").await;
    assert_eq!(
        take(&site, &right, Some(ORIGIN)).await.status,
        StatusCode::TOO_MANY_REQUESTS
    );
    site.clock.advance(TimeDelta::minutes(5));
    assert_eq!(
        take(&site, &right, Some(ORIGIN)).await.status,
        StatusCode::SEE_OTHER
    );
}

#[tokio::test]
async fn another_sites_form_does_nothing() {
    let site = Site::new().await;
    let ana = site.browser("ana").await;
    let good = ana.form("/", "/room/words", &[("text", "whoami")]).await;
    for origin in [
        Some("https://evil.example"),
        Some("null"),
        Some("http://mod.social.example"),
        None,
    ] {
        let answer = ana.send_from(origin, "/room/words", &good).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{origin:?}");
    }
    for csrf in ["", "x", &"0".repeat(43)] {
        let mut forged = good.clone();
        forged.insert("csrf".to_owned(), csrf.to_owned());
        assert_eq!(
            ana.send("/room/words", &forged).await.status,
            StatusCode::FORBIDDEN
        );
    }
    let bo = site.browser("bo").await;
    let of_bo = bo.form("/", "/room/words", &[("text", "whoami")]).await;
    assert_eq!(
        ana.send("/room/words", &of_bo).await.status,
        StatusCode::FORBIDDEN
    );
    assert_eq!(
        ana.send("/room/words", &good).await.status,
        StatusCode::SEE_OTHER
    );
    let token = site.invite("ana").await;
    for origin in [Some("https://evil.example"), None] {
        assert_eq!(
            take(&site, &token, origin).await.status,
            StatusCode::FORBIDDEN
        );
    }
}

#[tokio::test]
async fn a_session_ends_by_signing_out_by_time_and_with_the_moderators_access() {
    let site = Site::new().await;
    let ana = site.browser("ana").await;
    let fields = ana.form("/", "/room/sign-out", &[]).await;
    let left = ana.send("/room/sign-out", &fields).await;
    assert!(left.header("set-cookie").contains("Max-Age=0"));
    assert_eq!(ana.get("/").await.status, StatusCode::UNAUTHORIZED);

    let stale = site.browser("ana").await;
    site.clock.advance(TimeDelta::days(15));
    assert_eq!(stale.get("/").await.status, StatusCode::UNAUTHORIZED);
    let fields = BTreeMap::from([("text".to_owned(), "whoami".to_owned())]);
    assert_eq!(
        stale.send("/room/words", &fields).await.status,
        StatusCode::UNAUTHORIZED
    );

    let bo = site.browser("bo").await;
    let ana = site.browser("ana").await;
    let words = [("text", "offboard bo --reason \"left the team\"")];
    let asked = ana.form("/", "/room/words", &words).await;
    ana.follow(&ana.send("/room/words", &asked).await).await;
    let refused = bo.get("/").await.status;
    assert!(
        refused == StatusCode::UNAUTHORIZED || refused == StatusCode::FORBIDDEN,
        "{refused}"
    );
}

#[tokio::test]
async fn strangers_are_told_how_to_get_in_and_links_from_other_sites_work() {
    let site = Site::new().await;
    let ask = async |path: &str, site_header: &str| {
        let request = Request::get(path)
            .header("accept", "text/html")
            .header("sec-fetch-site", site_header);
        site.ask(request.body(Body::empty()).unwrap()).await
    };
    let stranger = ask("/", "none").await;
    assert_eq!(stranger.status, StatusCode::UNAUTHORIZED);
    assert!(stranger.text.contains("wardroom room invite"));
    // From a chat the Strict cookie stays at home: our own page asks again.
    let linked = ask("/room/cases/42?state=open", "cross-site").await;
    assert_eq!(linked.status, StatusCode::OK);
    assert!(linked.text.contains("http-equiv=\"refresh\""));
    assert!(linked.text.contains("/room/cases/42?state"));
    // A script gets an error, not a page.
    let script = site.get("/room/events").await;
    assert_eq!(script.status, StatusCode::UNAUTHORIZED);
    assert_eq!(script.json()["error"], "unauthorized");
}
