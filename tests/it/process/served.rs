//! `wardroom serve` in a folder of its own.

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _};
use std::net::SocketAddr;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use sqlx::{Connection as _, SqliteConnection};
use tempfile::TempDir;

/// The secret of its webhooks.
pub(super) const SECRET: &str = "the secret of the process";

/// Ana's token for the scripting API.
pub(super) const TOKEN: &str = "the-api-token-of-ana-0123456789";

/// The folder, before anything runs in it.
pub(super) struct Host {
    folder: TempDir,
}

/// The running process. Ends with the test.
pub(super) struct Served {
    pub(super) address: SocketAddr,
    host: Host,
    child: Child,
    /// Wardroom itself, which may be a child of the program that looks after it.
    pid: u32,
}

impl Host {
    /// A host whose configuration has `more` in its section `[http]`. Nobody listens where its
    /// server would be.
    pub(super) fn new(more: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("data")).unwrap();
        let config = format!(
            "[server]\nurl = \"http://127.0.0.1:9\"\ntoken = \"a-token\"\n\
             webhook_secrets = [\"{SECRET}\"]\n[database]\nurl = \"sqlite:data/wardroom.db\"\n\
             [http]\nlisten = \"127.0.0.1:0\"\n{more}\n\
             [[moderators]]\nname = \"ana\"\nrole = \"lead\"\ntoken = \"{TOKEN}\"\n"
        );
        let file = folder.path().join("wardroom.toml");
        fs::write(&file, config).unwrap();
        fs::set_permissions(file, fs::Permissions::from_mode(0o600)).unwrap();
        Self { folder }
    }

    /// A file in the folder.
    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Serves; `guard` is the program that starts Wardroom, with its arguments, or nothing.
    pub(super) fn serve(self, guard: &[&str]) -> Served {
        let program = env!("CARGO_BIN_EXE_wardroom");
        let mut words = guard.iter().copied().chain([program, "serve"]);
        let mut child = Command::new(words.next().unwrap())
            .args(words)
            .current_dir(self.folder.path())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut log = BufReader::new(child.stderr.take().unwrap());
        let mut said = String::new();
        while !said.contains(" ready ") {
            let read = log.read_line(&mut said).unwrap();
            assert!(read > 0, "serve ended by itself:\n{said}");
        }
        // Whatever it says later must not fill the pipe.
        std::thread::spawn(move || std::io::copy(&mut log.by_ref(), &mut std::io::sink()));
        Served {
            address: address_in(&said),
            pid: wardroom_of(child.id()),
            host: self,
            child,
        }
    }
}

impl Served {
    /// The most memory that it has used so far, in bytes.
    pub(super) fn peak_memory(&self) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.pid)).unwrap();
        let line = status.lines().find(|line| line.starts_with("VmHWM:"));
        let kilobytes = line.and_then(|line| line.split_whitespace().nth(1));
        kilobytes.unwrap().parse::<u64>().unwrap() * 1024
    }

    /// A file in its folder, as the process itself sees it: it may have mounts of its own.
    pub(super) fn inside(&self, name: &str) -> PathBuf {
        let seen = self.host.path(name);
        let root = PathBuf::from(format!("/proc/{}/root", self.pid));
        root.join(seen.strip_prefix("/").unwrap())
    }

    /// A database in its folder, opened by another process: this one.
    pub(super) async fn database(&self, name: &str) -> SqliteConnection {
        let file = self.file(name);
        SqliteConnection::connect(&format!("sqlite:{}", file.display()))
            .await
            .unwrap()
    }

    /// The names of the events that are stored in a database, in the order in which they came.
    pub(super) async fn stored(&self, name: &str) -> Vec<String> {
        let mut database = self.database(name).await;
        let names = sqlx::query_scalar("select event_name from deliveries order by id");
        let names = names.fetch_all(&mut database).await.unwrap();
        database.close().await.unwrap();
        names
    }

    /// Ends it as a service manager would.
    pub(super) fn end(&mut self) {
        signal("-TERM", self.pid);
        self.child.wait().unwrap();
    }

    /// A file in its folder.
    pub(super) fn file(&self, name: &str) -> PathBuf {
        self.host.path(name)
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        if matches!(self.child.try_wait(), Ok(None)) {
            signal("-KILL", self.pid);
            self.child.wait().ok();
        }
    }
}

fn signal(name: &str, pid: u32) {
    let pid = pid.to_string();
    Command::new("kill").args([name, &pid]).status().unwrap();
}

/// The process itself, or the child that runs Wardroom for it.
fn wardroom_of(pid: u32) -> u32 {
    let children = fs::read_to_string(format!("/proc/{pid}/task/{pid}/children")).unwrap();
    let mut children = children.split_whitespace();
    children.next().map_or(pid, |child| child.parse().unwrap())
}

/// Where it listens, as the last line of its log says.
fn address_in(log: &str) -> SocketAddr {
    let address = log.rsplit("address=").next().unwrap();
    address.trim().parse().unwrap()
}
