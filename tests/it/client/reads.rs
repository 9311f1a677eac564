//! What is read from a server, and how it is asked for.

use secrecy::ExposeSecret;
use serde_json::json;
use wardroom::domain::operation::Verb;
use wardroom::domain::{AccountId, BlockSeverity, DomainName, ReportId};
use wardroom::mastodon::client::{
    AccountFilter, AccountStatus, ClientError, Diagnosis, DomainMeasures, Lack, Origin,
    ReportFilter,
};

use super::replay::{Replay, made_up, recorded, recording};
use super::{client, page, recorded_at};

const V: &str = "v4.3.23";

#[tokio::test]
async fn reports_are_walked_page_by_page() {
    let first = recorded(V, "p1", "GET", "/api/v1/admin/reports?limit=1", 0);
    let replay = Replay::start([first, made_up(200, "[]")]).await;
    let client = client(&replay.url);
    let filter = ReportFilter {
        resolved: true,
        target: Some(AccountId::from("117653445748886314")),
    };
    let reports = client.reports(&filter, &page(1)).await.unwrap();
    assert_eq!(reports.items.len(), 1);
    let report = &reports.items[0];
    assert_eq!(report.id.as_str(), "1");
    assert_eq!(report.comment, "spam <script>");
    assert_eq!(report.target.acct(), "alice");
    assert_eq!(report.withheld.direct, 1);
    assert_eq!(report.statuses.len(), 1);

    let last = client
        .reports(&filter, &reports.next.unwrap())
        .await
        .unwrap();
    assert!(last.items.is_empty());
    assert_eq!(last.next, None);
    let filters = "resolved=true&target_account_id=117653445748886314";
    assert_eq!(
        replay.lines(),
        [
            format!("GET /api/v1/admin/reports?limit=1&{filters}"),
            format!("GET /api/v1/admin/reports?limit=1&max_id=1&{filters}"),
        ]
    );
}

#[tokio::test]
async fn a_page_that_is_not_full_and_names_no_next_is_the_last() {
    let answer = recorded(V, "p1", "GET", "/api/v1/admin/reports", 5);
    let replay = Replay::start([answer]).await;
    let reports = client(&replay.url)
        .reports(&ReportFilter::default(), &page(100))
        .await
        .unwrap();
    assert_eq!(reports.items.len(), 1);
    assert_eq!(reports.next, None);
    assert_eq!(replay.lines(), ["GET /api/v1/admin/reports?limit=100"]);
}

#[tokio::test]
async fn every_recorded_list_and_record_is_read() {
    let mut read = 0;
    for version in ["v4.2", "v4.3.23"] {
        for part in ["p1", "p2", "p3", "p5", "p6"] {
            for exchange in recording(version, part) {
                if exchange.method != "GET" || exchange.answer.status != 200 {
                    continue;
                }
                let path = exchange.path.clone();
                let replay = Replay::start([exchange.answer]).await;
                let client = client(&replay.url);
                let bare = path.split('?').next().unwrap();
                let id = bare.rsplit('/').next().unwrap();
                let result = match bare.trim_end_matches(id) {
                    "/api/v1/admin/" if id == "reports" => {
                        let found = client.reports(&ReportFilter::default(), &page(9)).await;
                        found.map(|_| ())
                    }
                    "/api/v1/admin/" | "/api/v2/admin/" if id == "accounts" => {
                        let found = client.accounts(&AccountFilter::default(), &page(9)).await;
                        found.map(|_| ())
                    }
                    "/api/v1/admin/" if id == "domain_blocks" => {
                        client.domain_blocks(&page(9)).await.map(|_| ())
                    }
                    "/api/v1/admin/reports/" => client.report(&id.into()).await.map(|_| ()),
                    "/api/v1/admin/accounts/" => client.account(&id.into()).await.map(|_| ()),
                    "/api/v1/admin/domain_blocks/" => {
                        client.domain_block(&id.into()).await.map(|_| ())
                    }
                    _ => continue,
                };
                result.unwrap_or_else(|error| panic!("{version} {part} {path}: {error}"));
                read += 1;
            }
        }
    }
    assert!(read > 50, "{read}");
}

#[tokio::test]
async fn accounts_are_listed_with_every_filter() {
    let answer = recorded(
        V,
        "p2",
        "GET",
        "/api/v2/admin/accounts?permissions=staff",
        0,
    );
    let replay = Replay::start([answer]).await;
    let filter = AccountFilter {
        origin: Some(Origin::Local),
        status: Some(AccountStatus::Frozen),
        staff: true,
        username: Some("al&i".to_owned()),
        display_name: Some("Ä".to_owned()),
        domain: Some(DomainName::parse("bücher.test").unwrap()),
        ip: Some("192.0.2.0/24".parse().unwrap()),
        invited_by: Some(AccountId::from("7")),
    };
    let found = client(&replay.url)
        .accounts(&filter, &page(40))
        .await
        .unwrap();
    assert!(found.items.iter().all(wardroom::domain::Account::is_staff));
    assert_eq!(
        replay.lines(),
        [
            "GET /api/v2/admin/accounts?limit=40&origin=local&status=disabled&permissions=staff\
             &username=al%26i&display_name=%C3%84&by_domain=xn--bcher-kva.test&ip=192.0.2.0%2F24\
             &invited_by=7"
        ]
    );
}

#[tokio::test]
async fn invariant_10_personal_data_comes_only_when_asked_for_and_shows_in_no_log() {
    let path = "/api/v1/admin/accounts/117653445748886314";
    let answer = recorded(V, "p2", "GET", path, 0);
    assert!(answer.body.contains("alice@example.com"));
    let replay = Replay::start([answer.clone(), answer]).await;
    let client = client(&replay.url);
    let id = AccountId::from("117653445748886314");
    let account = client.account(&id).await.unwrap();
    assert!(account.state.suspended && account.state.limited && account.state.frozen);
    assert!(!serde_json::to_string(&account).unwrap().contains("alice@"));

    let data = client.personal_data(&id).await.unwrap();
    assert_eq!(
        data.email.as_ref().unwrap().expose_secret(),
        "alice@example.com"
    );
    assert_eq!(data.ip.as_ref().unwrap().expose_secret(), "192.0.2.10");
    assert_eq!(data.ips.len(), 1);
    let shown = format!("{data:?}");
    assert!(
        !shown.contains("alice") && !shown.contains("192.0.2"),
        "{shown}"
    );
}

#[tokio::test]
async fn people_are_found_by_handle_and_by_search() {
    let search = "/api/v2/search?q=@spammer@remote.test&resolve=false&type=accounts";
    let replay = Replay::start([
        recorded(V, "p3", "GET", "/api/v1/accounts/lookup?acct=alice", 0),
        recorded(
            V,
            "p3",
            "GET",
            "/api/v1/accounts/lookup?acct=nobody@x.test",
            0,
        ),
        recorded(V, "p3", "GET", search, 0),
    ])
    .await;
    let client = client(&replay.url);
    assert_eq!(client.lookup("alice").await.unwrap().handle(), "@alice");
    assert_eq!(
        client.lookup("nobody@x.test").await,
        Err(ClientError::NotFound)
    );
    let found = client
        .search_accounts("@spammer@remote.test", true)
        .await
        .unwrap();
    assert_eq!(found[0].handle(), "@spammer@remote.test");
    assert_eq!(found[0].domain.as_deref(), Some("remote.test"));
    assert_eq!(
        replay.lines(),
        [
            "GET /api/v1/accounts/lookup?acct=alice",
            "GET /api/v1/accounts/lookup?acct=nobody%40x.test",
            "GET /api/v2/search?q=%40spammer%40remote.test&type=accounts&resolve=true&limit=20",
        ]
    );
}

#[tokio::test]
async fn measures_preview_a_domain() {
    let answer = json!([
        {"key": "instance_accounts", "total": "12", "data": []},
        {"key": "instance_statuses", "total": "340", "data": []},
        {"key": "instance_reports", "unit": null, "total": "3", "data": []},
        {"key": "instance_follows", "total": "5", "data": []},
        {"key": "instance_followers", "total": "6", "data": []},
        {"key": "instance_media_attachments", "unit": "bytes", "total": "123456", "data": []},
        {"key": "instance_novelty", "total": "1"},
    ]);
    let replay = Replay::start([made_up(200, answer)]).await;
    let domain = DomainName::parse("remote.test").unwrap();
    let measures = client(&replay.url)
        .domain_measures(&domain, recorded_at())
        .await
        .unwrap();
    assert_eq!(
        measures,
        DomainMeasures {
            accounts: Some(12),
            statuses: Some(340),
            reports: Some(3),
            follows: Some(5),
            followers: Some(6),
            media_bytes: Some(123_456),
        }
    );
    let asked = replay.finish();
    assert_eq!(asked[0].line, "POST /api/v1/admin/measures");
    assert_eq!(asked[0].body["start_at"], "2026-11-20");
    assert_eq!(asked[0].body["end_at"], "2026-11-21");
    assert_eq!(asked[0].body["keys"].as_array().unwrap().len(), 6);
    assert_eq!(
        asked[0].body["instance_reports"],
        json!({"domain": "remote.test"})
    );
}

#[tokio::test]
async fn blocks_are_found_in_the_list() {
    let block = |id: &str, domain: &str| json!({"id": id, "domain": domain, "severity": "silence"});
    let link = (
        "link".to_owned(),
        "<https://x/?max_id=2>; rel=\"next\"".to_owned(),
    );
    let mut first = made_up(200, json!([block("3", "c.test"), block("2", "b.test")]));
    first.headers.push(link);
    let replay = Replay::start([
        first,
        made_up(200, json!([block("1", "a.test")])),
        made_up(200, json!([{"id": "9", "domain": "mail.test"}])),
        made_up(
            200,
            json!([{"id": "8", "ip": "203.0.113.0/24", "severity": "no_access",
                             "expires_at": "2026-11-21T09:23:53.085Z"}]),
        ),
    ])
    .await;
    let client = client(&replay.url);
    let domain = |text: &str| DomainName::parse(text).unwrap();
    let found = client
        .find_domain_block(&domain("a.test"))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(found.severity, BlockSeverity::Limit);
    assert_eq!(
        client.find_email_domain_block(&domain("other.test")).await,
        Ok(None)
    );
    let range = "203.0.113.77/24".parse().unwrap();
    let found = client.find_ip_block(range).await.unwrap().unwrap();
    assert_eq!(
        (found.id.as_str(), found.severity.as_str()),
        ("8", "no_access")
    );
    assert!(found.expires_at.is_some());
    assert_eq!(
        replay.lines(),
        [
            "GET /api/v1/admin/domain_blocks?limit=500",
            "GET /api/v1/admin/domain_blocks?limit=500&max_id=2",
            "GET /api/v1/admin/email_domain_blocks?limit=200",
            "GET /api/v1/admin/ip_blocks?limit=200",
        ]
    );
}

#[tokio::test]
async fn a_dead_token_is_told_from_a_missing_right() {
    let path = "/api/v1/accounts/verify_credentials";
    let replay = Replay::start([
        recorded(V, "p3", "GET", path, 0),
        recorded(V, "p1", "GET", path, 0),
        recorded(V, "p1", "GET", path, 1),
        recorded(V, "p1", "GET", path, 2),
        recorded(V, "p6", "GET", path, 0),
        made_up(500, "<html>"),
    ])
    .await;
    let client = client(&replay.url);
    let Diagnosis::Works(owner) = client.diagnose().await.unwrap() else {
        panic!()
    };
    assert_eq!(owner.username, "modder");
    assert_eq!(owner.role.as_ref().unwrap().permissions, 66_844);
    assert_eq!(client.diagnose().await.unwrap(), Diagnosis::Dead);
    assert_eq!(client.diagnose().await.unwrap(), Diagnosis::Dead);
    assert_eq!(client.diagnose().await.unwrap(), Diagnosis::WorksNameless);
    let text = "Your login is currently disabled".to_owned();
    assert_eq!(client.diagnose().await.unwrap(), Diagnosis::Barred { text });
    assert_eq!(
        client.diagnose().await,
        Err(ClientError::Server { status: 500 })
    );
}

#[tokio::test]
async fn capabilities_come_from_version_scopes_and_role() {
    let replay = Replay::start([
        recorded(V, "p1", "GET", "/api/v2/instance", 0),
        recorded(V, "p3", "GET", "/api/v1/accounts/verify_credentials", 0),
        made_up(
            200,
            json!({"resource_owner_id": 2, "scope": ["read", "admin:read", "admin:write:reports"]}),
        ),
    ])
    .await;
    let client = client(&replay.url);
    let found = client.capabilities().await.unwrap();
    assert_eq!(found.about.version.to_string(), "4.3.23");
    assert_eq!(found.about.api_version, Some(2));
    assert_eq!(
        found.about.domain.as_ref().unwrap().as_str(),
        "mastodon.test"
    );
    assert_eq!(client.server().about(), Some(found.about.clone()));
    assert_eq!(found.lack_for(Verb::Resolve), None);
    assert_eq!(
        found.lack_for(Verb::Suspend),
        Some(Lack::Scope("admin:write:accounts"))
    );
    assert_eq!(
        replay.lines(),
        [
            "GET /api/v2/instance",
            "GET /api/v1/accounts/verify_credentials",
            "GET /oauth/token/info",
        ]
    );
}

#[tokio::test]
async fn capabilities_make_do_with_what_an_old_server_tells() {
    let replay = Replay::start([
        recorded("v4.2", "p1", "GET", "/api/v2/instance", 0),
        made_up(
            200,
            json!({"uri": "old.test", "title": "Old", "version": "4.1.25"}),
        ),
        recorded(V, "p1", "GET", "/api/v1/accounts/verify_credentials", 2),
        made_up(404, "<html>"),
        made_up(
            200,
            json!({"name": "Wardroom", "website": null, "scopes": ["admin:read"]}),
        ),
        made_up(404, "<html>"),
        made_up(404, "<html>"),
    ])
    .await;
    let client = client(&replay.url);
    let found = client.read_about().await.unwrap();
    assert_eq!(found.domain.as_ref().unwrap().as_str(), "old.test");
    assert!(found.version.is_at_least(4, 1) && !found.version.is_at_least(4, 2));
    assert_eq!(client.diagnose().await.unwrap(), Diagnosis::WorksNameless);
    let told = client.scopes().await.unwrap().unwrap();
    assert!(told.allow("admin:read:reports") && !told.allow("admin:write:reports"));
    assert_eq!(client.scopes().await, Ok(None));
}

#[tokio::test]
async fn what_is_no_id_is_not_sent() {
    let replay = Replay::start([]).await;
    let client = client(&replay.url);
    for id in ["", ".", "..", "1/resolve", "1?x", "1%2f", "ä"] {
        let result = client.report(&ReportId::from(id)).await;
        assert!(matches!(result, Err(ClientError::NotSent(_))), "{id}");
    }
    assert!(replay.lines().is_empty());
}
