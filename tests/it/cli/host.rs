//! What the host may do without being a moderator, and that the audit log names the host.

use super::Host;

#[track_caller]
fn last_entry(host: &Host) -> String {
    host.run(&["audit", "list", "--limit", "1"]).done()
}

#[test]
fn invariant_09_the_host_stops_everything_and_lifts_it() {
    let host = Host::new();
    let said = host.run(&["stop", "all"]).done();
    assert!(said.contains("stop"), "{said}");
    let entry = last_entry(&host);
    assert!(
        entry.contains("host") && entry.contains("stop.set"),
        "{entry}"
    );
    host.run(&["stop", "reset", "all"]).done();
    let entry = last_entry(&host);
    assert!(
        entry.contains("host") && entry.contains("stop.reset"),
        "{entry}"
    );
    host.run(&["stop", "moderator", "ana"]).done();
    host.run(&["stop", "automation"]).done();
}

#[test]
fn what_makes_no_sense_is_refused_in_words() {
    let host = Host::new();
    let said = host.run(&["stop", "moderator", "zoe"]).bad();
    assert!(said.contains("no moderator zoe"), "{said}");
    host.run(&["offboard", "zoe"]).bad();
    let said = host.run(&["stop", "reset", "all"]).done();
    assert!(said.contains("not stopped"), "{said}");
    assert_eq!(last_entry(&host), "");
}

#[test]
fn a_moderator_is_offboarded() {
    let host = Host::new();
    host.run(&["offboard", "ana"]).done();
    let entry = last_entry(&host);
    assert!(entry.contains("host"), "{entry}");
}

#[test]
fn invariant_08_the_host_cannot_end_a_dry_run_of_the_configuration() {
    let host = Host::new();
    host.run(&["dry-run", "on"]).done();
    assert!(last_entry(&host).contains("host"));
    let said = host.run(&["dry-run", "off"]).out;
    assert!(said.contains("configuration"), "{said}");
}
