//! A throwaway PostgreSQL: one cluster for the whole test process, started when the first test asks
//! for it, and one empty database for each test that does.
//!
//! The cluster lives in a temporary folder, listens on a socket in it only, and ends with this
//! process however that ends: a small shell that waits for the end of a pipe from us stops it and
//! removes the folder. As root, everything runs as an unprivileged user, as PostgreSQL wants it.

use std::ffi::OsString;
use std::io::{BufRead, BufReader, Write};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{ChildStdin, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use sqlx::{AssertSqlSafe, Connection, PgConnection};

/// A fresh, empty database's address, or `None` where PostgreSQL is not installed: said loudly on a
/// developer's machine, and a failure under `CI=true`.
pub(crate) async fn database() -> Option<String> {
    static CLUSTER: OnceLock<Option<Cluster>> = OnceLock::new();
    static DATABASES: AtomicUsize = AtomicUsize::new(1);

    let cluster = CLUSTER.get_or_init(Cluster::start).as_ref()?;
    let name = format!("test_{}", DATABASES.fetch_add(1, Ordering::Relaxed));
    let mut connection = PgConnection::connect(&cluster.address("postgres"))
        .await
        .unwrap();
    sqlx::raw_sql(AssertSqlSafe(format!("create database {name}")))
        .execute(&mut connection)
        .await
        .unwrap();
    connection.close().await.unwrap();
    Some(cluster.address(&name))
}

struct Cluster {
    folder: PathBuf,
    /// Open as long as this process lives.
    _alive: ChildStdin,
}

impl Cluster {
    fn start() -> Option<Self> {
        let Some(binaries) = binaries() else {
            assert!(
                std::env::var_os("CI").is_none_or(|ci| ci != "true"),
                "PostgreSQL is not installed, and CI=true allows no skipped tests: install it, or \
                 set PG_BIN to the folder that holds initdb and postgres"
            );
            // Past the capture of test output: a skip that nobody sees is a lie.
            writeln!(
                std::io::stderr(),
                "\nSKIPPED: every test on PostgreSQL, for there is no initdb on PATH, in \
                 /usr/lib/postgresql or in $PG_BIN\n"
            )
            .unwrap();
            return None;
        };
        let folder = tempfile::Builder::new()
            .prefix("wardroom-pg-")
            .tempdir()
            .unwrap()
            .keep();
        let user = unprivileged_user();
        if let Some((uid, gid)) = user {
            std::os::unix::fs::chown(&folder, Some(uid), Some(gid)).unwrap();
        }
        initialise(&binaries, &folder, user);
        let alive = run(&binaries, &folder, user);
        Some(Self {
            folder,
            _alive: alive,
        })
    }

    fn address(&self, database: &str) -> String {
        format!(
            "postgres:///{database}?host={}&user=wardroom",
            self.folder.display()
        )
    }
}

/// The folder of `initdb` and `postgres`.
fn binaries() -> Option<PathBuf> {
    let named = std::env::var_os("PG_BIN").map(PathBuf::from);
    let on_path = std::env::var_os("PATH").unwrap_or_default();
    let mut packaged: Vec<PathBuf> = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .map(|version| version.unwrap().path().join("bin"))
        .collect();
    packaged.sort();
    named
        .into_iter()
        .chain(std::env::split_paths(&on_path))
        .chain(packaged.into_iter().rev())
        .find(|folder| folder.join("initdb").exists() && folder.join("postgres").exists())
}

/// Root may not run PostgreSQL; the user that may instead, by number.
fn unprivileged_user() -> Option<(u32, u32)> {
    let is_root = std::fs::metadata("/proc/self")
        .is_ok_and(|metadata| std::os::unix::fs::MetadataExt::uid(&metadata) == 0);
    let users = std::fs::read_to_string("/etc/passwd").unwrap_or_default();
    let find = |name: &str| {
        let line = users
            .lines()
            .find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))?;
        let mut fields = line.split(':').skip(1).map(|field| field.parse().ok());
        Some((fields.next()??, fields.next()??))
    };
    is_root
        .then(|| find("postgres").or_else(|| find("nobody")))
        .flatten()
}

fn command(program: impl Into<OsString>, folder: &Path, user: Option<(u32, u32)>) -> Command {
    let mut command = Command::new(program.into());
    command.current_dir(folder).env("LC_ALL", "C");
    if let Some((uid, gid)) = user {
        command.uid(uid).gid(gid);
    }
    command
}

/// Makes the cluster. It sorts text as people do where it can, so that what depends on the byte
/// order without saying so fails here.
fn initialise(binaries: &Path, folder: &Path, user: Option<(u32, u32)>) {
    let initdb = |locale: &[&str]| {
        command(binaries.join("initdb"), folder, user)
            .args(["--pgdata", "data", "--username", "wardroom"])
            .args(["--auth", "trust", "--encoding", "UTF8", "--no-sync"])
            .args(locale)
            .output()
            .unwrap()
    };
    let as_people = [
        "--locale",
        "C",
        "--locale-provider",
        "icu",
        "--icu-locale",
        "en-US",
    ];
    if !initdb(&as_people).status.success() {
        let output = initdb(&["--locale", "C"]);
        assert!(
            output.status.success(),
            "initdb failed: {}",
            String::from_utf8_lossy(&output.stderr)
        );
    }
}

/// Starts the server and waits until it says that it is ready.
fn run(binaries: &Path, folder: &Path, user: Option<(u32, u32)>) -> ChildStdin {
    const SCRIPT: &str = r#"
        "$1" -D data -k "$PWD" -c listen_addresses= -c fsync=off -c synchronous_commit=off \
            -c full_page_writes=off -c max_connections=200 -c lc_messages=C < /dev/null &
        exec 2> /dev/null
        read -r _
        kill -QUIT $!
        wait $!
        rm -rf "$PWD"
    "#;
    let mut child = command("sh", folder, user)
        .args(["-c", SCRIPT, "sh"])
        .arg(binaries.join("postgres"))
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        // Ctrl-C ends the tests; the shell sees that at its pipe and cleans up.
        .process_group(0)
        .spawn()
        .unwrap();
    let alive = child.stdin.take().unwrap();
    let mut log = BufReader::new(child.stderr.take().unwrap()).lines();
    let mut said = Vec::new();
    let is_ready = log.by_ref().any(|line| {
        said.push(line.unwrap());
        said.last().unwrap().contains("ready to accept connections")
    });
    std::thread::spawn(move || {
        // What else it logs is of no interest, but must not fill the pipe.
        log.for_each(drop);
        child.wait()
    });
    assert!(is_ready, "PostgreSQL did not start: {}", said.join("\n"));
    alive
}
