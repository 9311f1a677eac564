//! `serve` and `demo` as processes: they come up, say where they are, and go when they are asked to.

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};

use serde_json::Value;

use super::Host;

/// A running program, killed if a test ends without having ended it.
struct Running {
    child: Child,
}

impl Running {
    /// Starts the program in the host's folder, which is also where it puts temporary things.
    fn start(host: &Host, arguments: &[&str]) -> Self {
        let child = Command::new(env!("CARGO_BIN_EXE_wardroom"))
            .args(arguments)
            .current_dir(host.folder.path())
            .env("TMPDIR", host.folder.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        Self { child }
    }

    /// The first line of standard output.
    fn first_line(&mut self) -> String {
        let mut line = String::new();
        let out = self.child.stdout.take().unwrap();
        BufReader::new(out).read_line(&mut line).unwrap();
        line
    }

    /// The log up to the line with `message`, as values.
    fn log_until(&mut self, message: &str) -> Vec<Value> {
        let log = BufReader::new(self.child.stderr.take().unwrap());
        let mut lines = Vec::new();
        for line in log.lines() {
            let line: Value = serde_json::from_str(&line.unwrap()).unwrap();
            let is_it = line["message"] == message;
            lines.push(line);
            if is_it {
                return lines;
            }
        }
        panic!("the log ended without '{message}': {lines:?}");
    }

    /// Asks it to end as a service manager does; its status.
    fn end(mut self) -> i32 {
        let asked = Command::new("kill")
            .arg(self.child.id().to_string())
            .status();
        assert!(asked.unwrap().success());
        self.child.wait().unwrap().code().unwrap()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It has ended already where all went well.
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

/// One HTTP request; status line and body.
fn get(address: SocketAddr, path: &str, headers: &str) -> (String, String) {
    let mut stream = TcpStream::connect(address).unwrap();
    write!(
        stream,
        "GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n{headers}\r\n"
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    (head.lines().next().unwrap().to_owned(), body.to_owned())
}

fn address(url: &str) -> SocketAddr {
    let rest = url.strip_prefix("http://").unwrap();
    rest.trim_end_matches('/').parse().unwrap()
}

#[test]
fn the_demo_says_where_it_is_and_leaves_nothing_behind() {
    let host = Host::new();
    fs::remove_file(host.path("wardroom.toml")).unwrap();
    let mut demo = Running::start(&host, &["demo", "--listen", "127.0.0.1:0", "--json"]);
    let keys: Value = serde_json::from_str(&demo.first_line()).unwrap();
    let keys = keys.as_object().unwrap();
    let mut names: Vec<_> = keys.keys().map(String::as_str).collect();
    names.sort_unstable();
    let expected = [
        "api_token",
        "invite_url",
        "server_token",
        "server_url",
        "url",
        "webhook_secret",
    ];
    assert_eq!(names, expected);
    let text = |name: &str| keys[name].as_str().unwrap();
    let room = address(text("url"));

    let token = format!("Authorization: Bearer {}\r\n", text("api_token"));
    let (status, body) = get(room, "/api/v1/me", &token);
    assert!(status.contains("200"), "{status} {body}");
    let me: Value = serde_json::from_str(&body).unwrap();
    assert_eq!(me["name"], "ana");
    assert_eq!(me["dry_run"], Value::Null, "the demo is no dry run: {me}");
    let (status, page) = get(
        room,
        text("invite_url").rsplit_once(&room.to_string()).unwrap().1,
        "",
    );
    assert!(status.contains("200"), "{status}");
    assert!(page.contains("demo"), "the pages say that it is a demo");
    let token = format!("Authorization: Bearer {}\r\n", text("server_token"));
    let (status, _) = get(address(text("server_url")), "/api/v1/admin/reports", &token);
    assert!(status.contains("200"), "{status}");

    assert_eq!(demo.end(), 0);
    let left: Vec<_> = fs::read_dir(host.folder.path()).unwrap().collect();
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn a_taken_port_is_named_with_the_next_step() {
    let host = Host::new();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let taken = taken.local_addr().map(|address| (taken, address)).unwrap();
    let said = host.run(&["demo", "--listen", &taken.1.to_string()]).bad();
    assert!(said.contains(&taken.1.to_string()), "{said}");
    assert!(said.contains("--listen 127.0.0.1:0"), "{said}");
}

/// A configuration whose server is away.
const AWAY: &str = r#"
[server]
url = "http://127.0.0.1:9"
domain = "social.example"
token = "a-secret-server-token"
webhook_secrets = ["a-secret-webhook-secret"]

[http]
listen = "127.0.0.1:0"
internal_listen = "127.0.0.1:0"

[policy]
dry_run = false

[log]
format = "json"

[[moderators]]
name = "ana"
role = "lead"
token = "a-secret-api-token-0123456789"
"#;

#[test]
fn serve_starts_while_the_server_is_away_and_drains_when_asked() {
    let host = Host::with(AWAY);
    let mut serve = Running::start(&host, &["serve"]);
    let log = serve.log_until("ready");
    let addresses: Vec<SocketAddr> = log
        .iter()
        .filter_map(|line| line["address"].as_str())
        .map(|address| address.parse().unwrap())
        .collect();
    let [internal, public] = addresses[..] else {
        panic!("{log:?}")
    };
    assert!(get(public, "/healthz", "").0.contains("200"));
    // The first look at the server follows the start.
    let told = std::iter::repeat_with(|| get(internal, "/readyz", ""))
        .find(|(_, body)| body.contains("\"mastodon\""))
        .unwrap();
    assert!(
        told.0.contains("200"),
        "it can take webhooks and show cases: {told:?}"
    );
    assert!(told.1.contains("degraded"), "{told:?}");
    assert!(get(internal, "/metrics", "").1.contains("wardroom_"));
    assert!(
        get(public, "/metrics", "").0.contains("404"),
        "metrics are not for everybody"
    );
    let token = "Authorization: Bearer a-secret-api-token-0123456789\r\n";
    assert!(get(public, "/api/v1/cases", token).0.contains("200"));
    for line in &log {
        assert!(!line.to_string().contains("a-secret"), "{line}");
    }

    let said = host
        .run(&["db", "restore", "wardroom.toml", "--force"])
        .bad();
    assert!(
        said.contains("no backup") || said.contains("in use"),
        "{said}"
    );
    assert_eq!(serve.end(), 0);
    let entries = host.run(&["audit", "list"]).done();
    assert!(entries.contains("process.started"), "{entries}");
    assert!(entries.contains("process.stopped"), "{entries}");
    host.run(&["audit", "verify"]).done();
}

#[test]
fn an_invitation_is_a_link_and_an_audit_entry() {
    let host = Host::new();
    let said = host.run(&["room", "invite", "ana"]).done();
    assert!(said.contains("/room/invite/"), "{said}");
    let said = host.run(&["room", "invite", "zoe"]).bad();
    assert!(
        said.contains("no moderator 'zoe'") && said.contains("ana"),
        "{said}"
    );
    let entry = host.run(&["audit", "list"]).done();
    assert!(
        entry.contains("host") && entry.contains("room.invited"),
        "{entry}"
    );
}
