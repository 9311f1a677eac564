//! The command line as people and scripts meet it: the real program, its words and its status.

mod audit;
mod config;
mod database;
mod deliveries;
mod host;
mod process;

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::process::Command;

use tempfile::TempDir;
use wardroom::db::{Db, DbConfig};

/// What a command printed, and how it ended.
struct Ran {
    status: i32,
    out: String,
    err: String,
}

/// A folder with a configuration, as on a host.
struct Host {
    folder: TempDir,
}

impl Host {
    /// A host whose configuration can be used.
    fn new() -> Self {
        Self::with(
            r#"
[server]
url = "https://social.example"
token = "a-token"
webhook_secrets = ["a-secret"]

[database]
url = "sqlite:wardroom.db"

[audit]
anchor_file = "audit.anchors"

[[moderators]]
name = "ana"
role = "lead"
"#,
        )
    }

    /// A host with this configuration.
    fn with(config: &str) -> Self {
        let host = Self {
            folder: tempfile::tempdir().unwrap(),
        };
        fs::write(host.path("wardroom.toml"), config).unwrap();
        let private = fs::Permissions::from_mode(0o600);
        fs::set_permissions(host.path("wardroom.toml"), private).unwrap();
        host
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The address of the database that the configuration names.
    fn database(&self) -> String {
        format!("sqlite:{}", self.path("wardroom.db").display())
    }

    async fn open(&self) -> Db {
        Db::open(&DbConfig::new(self.database())).await.unwrap()
    }

    /// Runs the program in the folder.
    fn run(&self, arguments: &[&str]) -> Ran {
        let output = Command::new(env!("CARGO_BIN_EXE_wardroom"))
            .args(arguments)
            .current_dir(self.folder.path())
            .output()
            .unwrap();
        Ran {
            status: output.status.code().unwrap(),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

impl Ran {
    /// What it printed, after a good end.
    #[track_caller]
    fn done(self) -> String {
        assert_eq!(self.status, 0, "{}{}", self.out, self.err);
        assert_eq!(self.err, "");
        self.out
    }

    /// What it complained about, on either stream, after a bad end.
    #[track_caller]
    fn bad(self) -> String {
        assert_eq!(self.status, 1, "{}{}", self.out, self.err);
        self.out + &self.err
    }
}
