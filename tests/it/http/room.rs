//! The room's pages and forms, as a browser without scripts uses them.

use http::StatusCode;
use wardroom::domain::{CaseId, CaseState};

use super::support::Site;

const REPORT: &[u8] = include_bytes!("../../data/payloads/report.created.local.v4.3.json");
const REMOTE: &[u8] = include_bytes!("../../data/payloads/report.created.remote_target.v4.3.json");
const SIGN_UP: &[u8] = include_bytes!("../../data/payloads/account.created.pending.v4.3.json");

async fn case(site: &Site, number: i64) -> wardroom::domain::Case {
    site.desk.view(CaseId(number)).await.unwrap().unwrap().case
}

#[tokio::test]
async fn a_report_is_seen_claimed_noted_and_closed() {
    let site = Site::new().await;
    site.happened(REPORT).await;
    let ana = site.browser("ana").await;
    let list = ana.get("/").await;
    assert_eq!(list.status, StatusCode::OK);
    assert!(
        list.text.contains("href=\"/room/cases/1\""),
        "{}",
        list.text
    );

    let claimed = ana.press("/room/cases/1", "1.claim").await;
    assert!(
        claimed.text.contains("class=\"answer done\""),
        "{}",
        claimed.text
    );
    assert!(claimed.text.contains("<b>You</b> claimed this"));
    assert_eq!(case(&site, 1).await.state, CaseState::Claimed);
    // An answer is shown once.
    assert!(
        !ana.get("/room/cases/1")
            .await
            .text
            .contains("class=\"answer ")
    );

    let note = ana
        .form(
            "/room/cases/1",
            "/room/notes",
            &[("text", "Seen <b>before</b>.")],
        )
        .await;
    let noted = ana.follow(&ana.send("/room/notes", &note).await).await;
    assert!(noted.text.contains("Seen &lt;b&gt;before&lt;/b&gt;."));
    let change = [("text", "Seen twice."), ("do", "edit")];
    let changed = ana.form("/room/cases/1", "/room/notes/1", &change).await;
    let changed = ana.follow(&ana.send("/room/notes/1", &changed).await).await;
    assert!(changed.text.contains("Seen twice.") && changed.text.contains("edited"));
    let bo = site.browser("bo").await;
    assert!(
        !bo.get("/room/cases/1")
            .await
            .text
            .contains("action=\"/room/notes/1\"")
    );

    let closed = ana.press("/room/cases/1", "1.resolve").await;
    assert!(closed.text.contains("op-1"), "{}", closed.text);
}

#[tokio::test]
async fn a_strong_action_offers_reasons_and_a_reason_is_the_confirmation() {
    let site = Site::new().await;
    site.happened(REMOTE).await;
    let ana = site.browser("ana").await;
    let asked = ana.press("/room/cases/1", "1.suspend").await;
    assert!(asked.text.contains("class=\"answer"), "{}", asked.text);
    assert!(
        asked.text.contains("1.suspend.reason:Spam"),
        "{}",
        asked.text
    );
    let form = ana.press("/room/cases/1", "1.suspend.form").await;
    assert!(form.text.contains("name=\"field.reason\""), "{}", form.text);
    let held = ana.press("/room/cases/1", "1.suspend.reason:Spam").await;
    assert!(held.text.contains("op-1"), "{}", held.text);
    assert!(
        held.text.contains("data-countdown"),
        "the hold is counted down"
    );
    assert!(held.text.contains("value=\"op-1.cancel\""));
    let operations = ana.get("/room/operations").await;
    assert!(operations.text.contains("id=\"op-1\""));
    let cancelled = ana.press("/room/operations", "op-1.cancel").await;
    assert!(cancelled.text.contains("cancelled"), "{}", cancelled.text);
}

#[tokio::test]
async fn invariant_07_a_press_on_a_card_that_is_out_of_date_does_nothing() {
    let site = Site::new().await;
    site.happened(REPORT).await;
    let (ana, bo) = (site.browser("ana").await, site.browser("bo").await);
    let old = ana
        .form("/room/cases/1", "/room/press", &[("key", "1.resolve")])
        .await;
    bo.press("/room/cases/1", "1.claim").await;
    let answer = ana.follow(&ana.send("/room/press", &old).await).await;
    assert!(
        answer.text.contains("class=\"answer refused\""),
        "{}",
        answer.text
    );
    assert_eq!(case(&site, 1).await.claimed_by, Some("bo".into()));
}

#[tokio::test]
async fn the_same_form_sent_twice_is_one_request() {
    let site = Site::new().await;
    site.happened(REPORT).await;
    let ana = site.browser("ana").await;
    let note = ana
        .form("/room/cases/1", "/room/notes", &[("text", "once")])
        .await;
    for _ in 0..2 {
        ana.send("/room/notes", &note).await;
    }
    let view = site.desk.view(CaseId(1)).await.unwrap().unwrap();
    assert_eq!(view.notes.len(), 1);
}

#[tokio::test]
async fn the_command_line_answers_in_private_with_or_without_the_script() {
    let site = Site::new().await;
    let olga = site.browser("olga").await;
    let fields = olga.form("/", "/room/words", &[("text", "/whoami")]).await;
    let page = olga.follow(&olga.send("/room/words", &fields).await).await;
    assert!(
        page.text.contains("You are olga, observer"),
        "{}",
        page.text
    );
    let refused = olga.form("/", "/room/words", &[("text", "stop all")]).await;
    let refused = olga.follow(&olga.send("/room/words", &refused).await).await;
    assert!(
        refused.text.contains("class=\"answer refused\""),
        "{}",
        refused.text
    );
    let unknown = olga.form("/", "/room/words", &[("text", "clam #1")]).await;
    let unknown = olga.follow(&olga.send("/room/words", &unknown).await).await;
    assert!(
        unknown.text.contains("claim"),
        "no suggestion: {}",
        unknown.text
    );
}

#[tokio::test]
async fn a_form_that_was_bent_is_answered_with_its_field() {
    let site = Site::new().await;
    site.happened(REPORT).await;
    let ana = site.browser("ana").await;
    let good = ana
        .form("/room/cases/1", "/room/press", &[("key", "1.claim")])
        .await;
    for (field, value) in [("seen", "{"), ("case", "x"), ("key", "")] {
        let mut bent = good.clone();
        bent.insert(field.to_owned(), value.to_owned());
        let answer = ana.send("/room/press", &bent).await;
        let is_refused = answer.status == StatusCode::UNPROCESSABLE_ENTITY;
        assert!(is_refused || field == "case", "{field}: {}", answer.status);
    }
    let mut nonsense = good.clone();
    nonsense.insert("key".to_owned(), "1.<script>".to_owned());
    let answer = ana.follow(&ana.send("/room/press", &nonsense).await).await;
    assert!(answer.text.contains("class=\"answer refused\""));
    assert!(!answer.text.contains("<script>1") && !answer.text.contains("1.<script>"));
    let mut elsewhere = good;
    elsewhere.insert("here".to_owned(), "//evil.example".to_owned());
    let answer = ana.send("/room/press", &elsewhere).await;
    assert!(
        answer.header("location").starts_with("/?answer="),
        "{}",
        answer.header("location")
    );
    assert_eq!(case(&site, 1).await.state, CaseState::Claimed);
}

#[tokio::test]
async fn invariant_11_script_in_every_field_of_a_report_stays_text() {
    let site = Site::new().await;
    let evil = "\\\"><script>alert(1)</script><img src=x onerror=alert(1)>";
    let body = String::from_utf8(REMOTE.to_vec()).unwrap();
    let mut value: serde_json::Value = serde_json::from_str(&body).unwrap();
    poison(&mut value, evil);
    site.happened(value.to_string().as_bytes()).await;
    let ana = site.browser("ana").await;
    for path in ["/", "/room/cases/1", "/room/audit", "/room/operations"] {
        let page = ana.get(path).await;
        assert_eq!(page.status, StatusCode::OK, "{path}");
        assert!(!page.text.contains("<script>"), "{path}: {}", page.text);
        assert!(!page.text.contains("<img src=x"), "{path}");
    }
    let page = ana.get("/room/cases/1").await.text;
    assert!(page.contains("alert(1)"), "the report is not shown at all");
    for href in page
        .split("href=\"")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
    {
        let is_ours = href.starts_with('/') || href.starts_with('#');
        assert!(
            is_ours
                || href.starts_with("https:&#x2F;&#x2F;social.example")
                || href.starts_with("https://social.example"),
            "{href}"
        );
    }
}

/// Puts `evil` into every text that people of the Fediverse write.
fn poison(value: &mut serde_json::Value, evil: &str) {
    const WRITTEN: [&str; 12] = [
        "comment",
        "display_name",
        "username",
        "acct",
        "domain",
        "url",
        "uri",
        "note",
        "content",
        "spoiler_text",
        "text",
        "description",
    ];
    match value {
        serde_json::Value::Object(fields) => {
            for (name, field) in fields {
                if WRITTEN.contains(&name.as_str()) && field.is_string() {
                    *field = evil.into();
                } else {
                    poison(field, evil);
                }
            }
        }
        serde_json::Value::Array(items) => items.iter_mut().for_each(|item| poison(item, evil)),
        _ => {}
    }
}

#[tokio::test]
async fn dry_run_and_stops_are_on_every_page() {
    let site = Site::new().await;
    let ana = site.browser("ana").await;
    for words in ["dry-run on", "stop all"] {
        let fields = ana.form("/", "/room/words", &[("text", words)]).await;
        ana.send("/room/words", &fields).await;
    }
    for path in ["/", "/room/operations", "/room/audit"] {
        let page = ana.get(path).await.text;
        assert!(page.contains("class=\"banner dry\""), "{path}: {page}");
        assert!(page.contains("class=\"banner stop\""), "{path}");
    }
}

#[tokio::test]
async fn sign_ups_lists_filters_and_the_audit_log_are_shown() {
    let site = Site::new().await;
    site.happened(SIGN_UP).await;
    site.happened(REPORT).await;
    let ana = site.browser("ana").await;
    let sign_up = ana.get("/room/cases/1").await.text;
    assert!(
        sign_up.contains("1.approve") && sign_up.contains("1.reject"),
        "{sign_up}"
    );
    assert!(
        ana.get("/?state=resolved")
            .await
            .text
            .contains("No case was resolved yet")
    );
    assert!(
        ana.get("/?state=open")
            .await
            .text
            .contains("/room/cases/2?state")
    );
    let audit = ana.get("/room/audit").await.text;
    assert!(audit.contains("case.opened"), "{audit}");
    assert!(
        ana.get("/room/audit?actor=nobody")
            .await
            .text
            .contains("No entry fits")
    );
    for path in ["/room/cases/99", "/room/cases/x", "/room/nowhere"] {
        let missing = ana.get(path).await;
        assert_eq!(missing.status, StatusCode::NOT_FOUND, "{path}");
        assert!(missing.text.contains("<h1>"), "a page for people");
    }
}

#[tokio::test]
async fn more_cases_than_a_page_holds_are_a_link_away() {
    let site = Site::new().await;
    let body = String::from_utf8(REMOTE.to_vec()).unwrap();
    let value: serde_json::Value = serde_json::from_str(&body).unwrap();
    for n in 0..63 {
        let mut one = value.clone();
        one["object"]["id"] = format!("{}", 9_000 + n).into();
        one["object"]["target_account"]["id"] = format!("{}", 5_000 + n).into();
        one["object"]["target_account"]["account"]["id"] = format!("{}", 5_000 + n).into();
        site.happened(one.to_string().as_bytes()).await;
    }
    let ana = site.browser("ana").await;
    let first = ana.get("/").await.text;
    let rows = |page: &str| page.matches("<li id=\"row-").count();
    assert_eq!(rows(&first), 60);
    let link = first.split("class=\"button\" href=\"").nth(1).unwrap();
    let link = link
        .split('"')
        .next()
        .unwrap()
        .replace("&amp;", "&")
        .replace("&#x3D;", "=");
    let second = ana.get(&link).await.text;
    assert_eq!(rows(&second), 3, "{link}");
}
