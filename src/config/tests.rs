//! The loader: what loads, and what each error says.

use std::path::Path;

use super::*;
use crate::domain::{Permission, Role, Verb};

const LEAST: &str = r#"
[server]
url = "https://social.example"
token = "server-token"
webhook_secrets = ["webhook-secret"]
"#;

fn load(text: &str) -> Result<Config, ConfigError> {
    Config::from_toml_with(text, "wardroom.toml", &|name| {
        (name == "WARDROOM_MASTODON_TOKEN").then(|| "from-environment".to_owned())
    })
}

/// The error of the least configuration with `more` behind it.
fn error(more: &str) -> String {
    load(&format!("{LEAST}{more}")).unwrap_err().to_string()
}

#[test]
fn the_least_configuration_gets_the_defaults() {
    let config = load(LEAST).unwrap();
    assert!(config.policy.dry_run, "a fresh install changes nothing");
    assert_eq!(config.policy.hold.num_seconds(), 30);
    assert_eq!(config.http.listen.to_string(), "127.0.0.1:8080");
    assert_eq!(config.http.public_url.as_str(), "http://127.0.0.1:8080/");
    assert_eq!(config.http.body_limit_bytes, 32 * 1024 * 1024);
    assert_eq!(config.database.url.expose(), "sqlite:wardroom.db");
    assert_eq!(config.server.domain.unwrap().as_str(), "social.example");
    assert!(config.channels.is_empty() && config.moderators.is_empty());
}

#[test]
fn the_example_loads() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["webhook.secret", "ana.token", "bo.token"] {
        write_private(&folder.path().join(name), &format!("{name}-value\n"));
    }
    let example = include_str!("../../wardroom.example.toml");
    let path = folder.path().join("wardroom.toml");
    std::fs::write(&path, example).unwrap();
    let origin = path.display().to_string();
    let environment = |_: &str| Some("t".to_owned());
    let config = Config::from_toml_with(example, &origin, &environment).unwrap();
    assert_eq!(
        config.server.webhook_secrets[0].expose(),
        "webhook.secret-value"
    );
    assert_eq!(
        config.moderators[0].token.as_ref().unwrap().expose(),
        "ana.token-value"
    );
    assert!(config.policy.dry_run);
}

/// Uncommented, everything that the defaults only mention loads as well.
#[test]
fn what_the_defaults_mention_is_known() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["webhook.secret", "ana.token", "ana.server-token"] {
        write_private(&folder.path().join(name), name);
    }
    let is_key = |line: &str| {
        line.split_once(" = ")
            .is_some_and(|(key, _)| !key.contains(' '))
    };
    let all: Vec<String> = DEFAULTS
        .lines()
        .map(|line| match line.strip_prefix("# ") {
            Some(hidden) if is_key(hidden) || hidden.starts_with("[[") => hidden.to_owned(),
            _ => line.to_owned(),
        })
        .collect();
    let origin = folder.path().join("all.toml").display().to_string();
    let environment = |_: &str| Some("t".to_owned());
    let config = Config::from_toml_with(&all.join("\n"), &origin, &environment).unwrap();
    assert_eq!(config.policy.roles[&Permission::Suspend], Role::Lead);
    assert_eq!(config.policy.commands[&Verb::Suspend].second, Some(true));
    assert_eq!(config.routes[0].when.is_local, Some(false));
    assert_eq!(config.presets[0].locale.as_deref(), Some("en"));
    assert_eq!(
        config.moderators[0].matrix.as_deref(),
        Some("@ana:example.org")
    );
    assert!(config.policy.stop_file.unwrap().starts_with(folder.path()));
}

/// The defaults are the reference documentation: no key is missing from them.
#[test]
fn every_key_is_in_the_defaults() {
    let tables = [
        "server",
        "database",
        "http",
        "policy",
        "reconcile",
        "mastodon",
        "log",
        "audit",
        "[moderators]",
        "[presets]",
    ];
    for table in tables {
        // Whatever section a key belongs to, an unknown one beside it makes the reader list all.
        let text = format!("[{table}]\nzzz = 1\n");
        let error = load(&text).unwrap_err().to_string();
        let known = error.split("Known here: ").nth(1).unwrap();
        let known = known.lines().next().unwrap().split(", ");
        for key in known {
            let is_there = |line: &str| {
                let line = line.trim_start_matches("# ").trim_start_matches('[');
                let line = line.strip_prefix("policy.").unwrap_or(line);
                line.strip_prefix(key)
                    .is_some_and(|rest| rest.starts_with([' ', ']']))
            };
            assert!(DEFAULTS.lines().any(is_there), "{table}: {key}");
        }
    }
}

#[test]
fn a_typo_is_named_with_its_file_and_what_is_known() {
    assert_eq!(
        error("[policy]\nholdd = \"30s\"\n"),
        "wardroom.toml: policy.holdd: unknown key. Did you mean hold? Known here: dry_run, hold, \
         claim, due, confirm, second, protected, stop_file, dry_run_file, roles, commands"
    );
    assert!(
        error("[polcy]\nhold = \"30s\"\n").contains("polcy: unknown key. Did you mean policy?")
    );
}

#[test]
fn every_problem_is_named_at_once() {
    let text = "[server]\nurl = \"http://social.example\"\n[policy]\nhold = 30\ndry_run = \"no\"\n";
    let error = load(text).unwrap_err();
    let keys: Vec<_> = error.problems.iter().map(|one| one.key.as_str()).collect();
    let expected = [
        "server.url",
        "server.token",
        "server.webhook_secrets",
        "policy.dry_run",
        "policy.hold",
    ];
    assert_eq!(keys, expected);
}

const BAD: [(&str, &str); 22] = [
    (
        "[http]\nlisten = \"8080\"",
        "http.listen: found \"8080\", expected ADDRESS:PORT",
    ),
    (
        "[http]\ntrusted_proxies = [\"10.0.0.0/8\", \"x\"]",
        "trusted_proxies (entry 2): found \"x\"",
    ),
    (
        "[http]\nwebhook_deadline = \"0s\"",
        "expected more than zero",
    ),
    (
        "[http]\nbody_limit_bytes = 10",
        "expected a whole number from 65536 to",
    ),
    (
        "[database]\nurl = \"mysql://x\"",
        "expected sqlite:PATH or postgres://",
    ),
    (
        "[log]\nformat = \"jsn\"",
        "found \"jsn\", expected one of human, json. Did you mean json?",
    ),
    (
        "[log]\nlevel = \"wardroom=loud\"",
        "log.level: found \"wardroom=loud\"",
    ),
    (
        "[policy]\nprotected = [\"ana\"]",
        "expected @user, @user@domain or a domain",
    ),
    (
        "[policy.roles]\nsupend = \"lead\"",
        "roles.supend: no such right. Did you mean suspend?",
    ),
    (
        "[policy.roles]\napprove = \"lead\"",
        "needs the right sign-ups",
    ),
    ("[policy.roles]\nsuspend = \"boss\"", "'boss' is no role"),
    (
        "[policy.commands]\nban = { hold = true }",
        "policy.commands.ban: no such command",
    ),
    (
        "[policy.commands.suspend]\nrole = \"lead\"",
        "roles are set in [policy.roles]",
    ),
    (
        "[[moderators]]\nname = \"Ana B\"",
        "moderators (entry 1).name: found \"Ana B\"",
    ),
    ("[[moderators]]\nname = \"host\"", "which is taken"),
    (
        "[[moderators]]\nname = \"ana\"",
        "moderators (entry 1).role: missing",
    ),
    (
        "[[moderators]]\naccount = \"ana@x.example\"",
        "such as \"@ana\"",
    ),
    (
        "[channels.a]\nplatform = \"discord\"",
        "a.platform: this build has no discord adapter",
    ),
    (
        "[channels.a]\nplatform = \"irc\"",
        "expected one of discord, matrix, mattermost",
    ),
    ("[[routes]]\nto = [\"reports\"]", "there is only room"),
    ("moderators = 3", "server.moderators: unknown key"),
    ("x = [", "wardroom.toml: line 6, column"),
];

#[test]
fn what_cannot_be_used_is_refused_with_what_was_found_and_expected() {
    for (more, says) in BAD {
        let error = error(more);
        assert!(error.contains(says), "{more}\n{error}");
    }
}

#[test]
fn moderators_are_told_apart() {
    let twice = "[[moderators]]\nname = \"ana\"\nrole = \"lead\"\ntoken = \"same\"\n".repeat(2);
    let error = error(&twice);
    assert!(
        error.contains("(entry 2).name: found \"ana\" a second time"),
        "{error}"
    );
    assert!(
        error.contains("(entry 2).token: another moderator has the same token"),
        "{error}"
    );
}

#[test]
fn secrets_come_from_environment_and_files_and_never_show() {
    let from = |token: &str| load(&LEAST.replace("\"server-token\"", token));
    let config = from("{ env = \"WARDROOM_MASTODON_TOKEN\" }").unwrap();
    assert_eq!(config.server.token.expose(), "from-environment");
    assert!(!format!("{config:?}").contains("from-environment"));
    for (token, says) in [
        (
            "{ env = \"NOT_SET\" }",
            "the environment variable NOT_SET is not set",
        ),
        (
            "{ file = \"not-there.token\" }",
            "cannot read not-there.token",
        ),
        ("{ file = \"a\", env = \"B\" }", "expected { file = "),
        ("\" \"", "the value is empty"),
        ("\"s3cret\\nline\"", "the value has several lines"),
        ("12", "expected { file = "),
    ] {
        let error = from(token).unwrap_err().to_string();
        assert!(
            error.starts_with("wardroom.toml: server.token: "),
            "{error}"
        );
        assert!(error.contains(says) && !error.contains("s3cret"), "{error}");
    }
    let broken = load("[server]\ntoken = \"s3cret\" oops\n")
        .unwrap_err()
        .to_string();
    assert!(!broken.contains("s3cret"), "{broken}");
}

#[cfg(unix)]
#[test]
fn files_that_everybody_can_read_hold_no_secrets() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("wardroom.toml");
    write_private(&path, LEAST);
    assert_eq!(
        Config::load(&path).unwrap().server.token.expose(),
        "server-token"
    );

    open_to_all(&path);
    let error = Config::load(&path).unwrap_err();
    let keys: Vec<_> = error.problems.iter().map(|one| one.key.as_str()).collect();
    assert_eq!(keys, ["server.token", "server.webhook_secrets (entry 1)"]);
    assert!(error.to_string().contains("chmod o-r"), "{error}");

    let token = folder.path().join("token");
    write_private(&token, "from-file\n");
    let text = LEAST.replace("\"server-token\"", "{ file = \"token\" }");
    let origin = path.display().to_string();
    let config = Config::from_toml(&text, &origin).unwrap();
    assert_eq!(config.server.token.expose(), "from-file");
    open_to_all(&token);
    let error = Config::from_toml(&text, &origin).unwrap_err().to_string();
    assert!(
        error.contains("everybody on this machine can read"),
        "{error}"
    );
}

#[test]
fn a_missing_file_is_named() {
    let error = Config::load(Path::new("no/such/wardroom.toml")).unwrap_err();
    assert!(
        error
            .to_string()
            .starts_with("no/such/wardroom.toml: cannot read this file")
    );
}

fn write_private(path: &Path, text: &str) {
    std::fs::write(path, text).unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600)).unwrap();
    }
}

#[cfg(unix)]
fn open_to_all(path: &Path) {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o644)).unwrap();
}
