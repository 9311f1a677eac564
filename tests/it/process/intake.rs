//! Webhooks against a real process: committed before they are acknowledged, refused and asked for
//! again when they cannot be stored, and never held in memory as a whole when they are too large.

use std::fs::File;
use std::io::Write as _;
use std::process::Command;

use sqlx::Connection as _;

use super::served::{Host, Served};
use super::wire::{Answer, command, deliver, head, send};

/// Where the database is in the folder of the process.
const DATABASE: &str = "data/wardroom.db";

/// A body that is stored and quarantined, `size` bytes or a little more.
fn body(event: &str, size: usize) -> Vec<u8> {
    let padding = "x".repeat(size);
    let object = format!("{{\"id\":\"1\",\"padding\":\"{padding}\"}}");
    format!(
        "{{\"event\":\"{event}\",\"created_at\":\"2026-11-20T09:00:00.000Z\",\"object\":{object}}}"
    )
    .into_bytes()
}

/// Whether a program can be started and does its work. Where it cannot, the test is left out and
/// says so past the capture of test output; with `CI=true` that is a failure.
fn can(program: &str, arguments: &[&str]) -> bool {
    let done = Command::new(program).args(arguments).output();
    let can = done.is_ok_and(|output| output.status.success());
    if !can {
        assert!(
            std::env::var_os("CI").is_none_or(|ci| ci != "true"),
            "{program} {arguments:?} is not possible here, and CI=true allows no skipped tests"
        );
        writeln!(
            std::io::stderr(),
            "\nSKIPPED: a test that needs {program} {arguments:?}, which is not possible here\n"
        )
        .unwrap();
    }
    can
}

#[tokio::test]
async fn invariant_01_the_disk_has_it_before_the_sender_is_told() {
    let host = Host::new("");
    let trace = host.path("trace").display().to_string();
    let calls = "trace=write,writev,pwrite64,pwritev,sendto,sendmsg,fsync,fdatasync";
    let strace = ["strace", "-f", "-y", "-s", "8192", "-e", calls, "-o"];
    if !can("strace", &["-o", &trace, "true"]) {
        return;
    }
    let mut served = host.serve(&[&strace[..], &[&trace]].concat());
    let answer = deliver(served.address, &body("report.traced", 10)).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    served.end();
    let text = std::fs::read(served.file("trace")).unwrap();
    let text = String::from_utf8_lossy(&text);
    let lines: Vec<&str> = text.lines().collect();

    let written = lines
        .iter()
        .position(|line| line.contains("wardroom.db-wal") && line.contains("report.traced"))
        .expect("the body is written to the log of the database");
    let thread = lines[written].split(' ').next().unwrap();
    let synced = lines
        .iter()
        .enumerate()
        .skip(written)
        .find(|(_, line)| {
            line.starts_with(thread) && line.contains("sync") && line.ends_with("= 0")
        })
        .map(|(at, _)| at)
        .expect("the log of the database is synced");
    let told = lines
        .iter()
        .position(|line| line.contains("HTTP/1.1 200"))
        .expect("the sender is told");
    assert!(
        written < synced && synced < told,
        "written in line {written}, synced in {synced}, told in {told}"
    );
}

#[tokio::test]
async fn a_hundred_megabytes_are_refused_and_memory_stays_flat() {
    const MEGABYTE: usize = 1024 * 1024;
    let served = Host::new("").serve(&[]);
    let before = served.peak_memory();
    let piece = vec![b' '; MEGABYTE];
    let grown = |served: &Served| (served.peak_memory() - before) / MEGABYTE as u64;
    let signature = format!("x-hub-signature: sha256={}\r\n", "0".repeat(64));

    let length = format!("content-length: {}\r\n", 100 * MEGABYTE);
    let pieces = || std::iter::repeat_n(&piece, 100);
    let unsigned = send(served.address, &head(&length), pieces()).await;
    assert_eq!(unsigned.status, 401, "{}", unsigned.text);
    let announced = head(&format!("{signature}{length}"));
    let announced = send(served.address, &announced, pieces()).await;
    assert_too_large(&announced);
    assert!(
        grown(&served) < 16,
        "{} MB for what was announced as too large",
        grown(&served)
    );

    let chunk = [b"100000\r\n", &piece[..], b"\r\n"].concat();
    let end = b"0\r\n\r\n".to_vec();
    let chunks = std::iter::repeat_n(&chunk, 100).chain([&end]);
    let chunked = head(&format!("{signature}transfer-encoding: chunked\r\n"));
    let chunked = send(served.address, &chunked, chunks).await;
    assert_too_large(&chunked);
    assert!(
        grown(&served) < 96,
        "{} MB for a limit of 32 MB",
        grown(&served)
    );
    assert_eq!(
        deliver(served.address, &body("report.next", 10))
            .await
            .status,
        200
    );
    assert_eq!(served.stored(DATABASE).await, ["report.next"]);
}

#[track_caller]
fn assert_too_large(answer: &Answer) {
    assert_eq!(answer.status, 413, "{}", answer.text);
    assert!(answer.text.contains("33554432 bytes"), "{}", answer.text);
    assert!(answer.text.contains("reconciliation"), "{}", answer.text);
}

#[tokio::test]
async fn a_database_held_by_another_process_is_503_in_time_and_delivered_later() {
    let served = Host::new("webhook_deadline = \"300ms\"").serve(&[]);
    // It is up and has written what it writes at its start.
    assert_eq!(
        deliver(served.address, &body("report.first", 10))
            .await
            .status,
        200
    );
    let mut other = served.database(DATABASE).await;
    sqlx::raw_sql("begin immediate")
        .execute(&mut other)
        .await
        .unwrap();
    let bodies = [1, 2, 3].map(|n| body(&format!("report.number-{n}"), 10));
    for body in &bodies {
        // The lock ends only after this: whoever waits for it gets no answer here.
        let answer = deliver(served.address, body).await;
        assert_eq!(answer.status, 503, "{}", answer.text);
        assert!(
            answer.text.contains("not stored within 300 ms"),
            "{}",
            answer.text
        );
    }
    let alive = "GET /healthz HTTP/1.1\r\nhost: wardroom.example\r\nconnection: close\r\n\r\n";
    let alive = send(served.address, alive, [b""]).await;
    assert_eq!(alive.status, 200, "{}", alive.text);
    other.close().await.unwrap();

    for body in &bodies {
        while deliver(served.address, body).await.status != 200 {}
    }
    let mut stored = served.stored(DATABASE).await;
    stored.sort();
    assert_eq!(
        stored,
        [
            "report.first",
            "report.number-1",
            "report.number-2",
            "report.number-3"
        ]
    );
}

#[tokio::test]
async fn a_full_disk_is_503_and_what_was_acknowledged_stays() {
    let mount = "mount -t tmpfs -o size=4m tmpfs data";
    let unshare = ["--user", "--map-root-user", "--mount", "sh", "-c"];
    let attempt = format!("cd / && {}", mount.replace("data", "/mnt"));
    if !can("unshare", &[&unshare[..], &[&attempt]].concat()) {
        return;
    }
    // What is mounted there is gone with the process, so the database is kept elsewhere.
    let script = format!("{mount} && \"$@\"; cp {DATABASE} kept.db");
    let mut served = Host::new("").serve(&[&["unshare"], &unshare[..], &[&script, "sh"]].concat());
    let mut acknowledged = vec!["report.first".to_owned()];
    // It is up and has written what it writes at its start.
    let first = deliver(served.address, &body("report.first", 10)).await;
    assert_eq!(first.status, 200, "{}", first.text);
    let filler = served.inside("data/filler");
    fill(&filler);

    let mut refused = Vec::new();
    for n in 0..200 {
        let event = format!("report.number-{n}");
        let answer = deliver(served.address, &body(&event, 20_000)).await;
        match answer.status {
            200 => acknowledged.push(event),
            503 => {
                let says = "the database cannot be written right now; send it again";
                assert!(answer.text.contains(says), "{}", answer.text);
                refused.push(event);
            }
            other => panic!("{other}: {}", answer.text),
        }
        if refused.len() == 3 {
            break;
        }
    }
    assert_eq!(refused.len(), 3, "the disk is not full");

    let said = command(served.address, "on-a-full-disk", "stop automation").await;
    assert_eq!(said.status, 503, "{}", said.text);
    let next = "the database cannot be used right now; try again in a moment";
    assert!(said.text.contains(next), "{}", said.text);

    std::fs::remove_file(filler).unwrap();
    let said = command(served.address, "on-a-full-disk", "stop automation").await;
    assert_eq!(said.status, 200, "{}", said.text);
    for event in &refused {
        let answer = deliver(served.address, &body(event, 20_000)).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
    }
    served.end();
    let stored = served.stored("kept.db").await;
    assert_eq!(stored, [acknowledged, refused].concat());
}

/// Fills the disk of a file to its last byte.
fn fill(path: &std::path::Path) {
    let mut file = File::create(path).unwrap();
    for size in [65_536, 1] {
        let piece = vec![0; size];
        while file.write_all(&piece).is_ok() {}
    }
}
