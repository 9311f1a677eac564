//! `wardroom config check`, and what wrong usage ends in.

use super::Host;

#[test]
fn a_good_configuration_is_good() {
    let said = Host::new().run(&["config", "check"]).done();
    assert!(said.contains("wardroom.toml is good"), "{said}");
    assert!(said.contains("1 moderator, dry run"), "{said}");
}

#[test]
fn every_problem_is_named_with_file_and_key() {
    let host = Host::with(
        "[server]\nurl = \"https://social.example\"\ntoken = \"t\"\nwebhook_secrets = [\"s\"]\n\
         [policy]\ndry_rum = true\nhold = \"soon\"\n",
    );
    let said = host.run(&["config", "check"]).bad();
    for part in ["wardroom.toml", "dry_rum", "dry_run", "hold", "soon"] {
        assert!(said.contains(part), "{part} is missing: {said}");
    }
}

#[test]
fn a_missing_file_is_named() {
    let host = Host::new();
    let said = host
        .run(&["config", "check", "--config", "other.toml"])
        .bad();
    assert!(said.contains("other.toml"), "{said}");
    let said = host
        .run(&["--config", "other.toml", "audit", "verify"])
        .bad();
    assert!(said.contains("other.toml"), "{said}");
}

#[test]
fn wrong_usage_ends_with_2_and_says_what_there_is() {
    let host = Host::new();
    for arguments in [
        &[][..],
        &["dance"],
        &["audit"],
        &["audit", "export", "--format", "xml"],
        &["deliveries", "retry"],
        &["deliveries", "retry", "1", "--all"],
    ] {
        let ran = host.run(arguments);
        assert_eq!(ran.status, 2, "{arguments:?}: {}", ran.err);
        assert!(
            ran.err.contains("Usage") || ran.err.contains("possible values"),
            "{arguments:?}: {}",
            ran.err
        );
        assert_eq!(ran.out, "", "{arguments:?}");
    }
}

#[test]
fn every_shell_gets_its_completions() {
    let host = Host::new();
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let script = host.run(&["completions", shell]).done();
        assert!(script.contains("deliveries"), "{shell}");
    }
}
