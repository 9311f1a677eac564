//! What the server may answer to a change, one story each: what becomes of the operation, what the
//! thread says, and that nothing is lost by it.

use chrono::TimeDelta;
use wardroom::sim::Fault;

use super::{case, operation};
use crate::support::story::{Setup, Story};

const SPAMMER: &str = "@spam@far.example";
const ACTION: &str = "POST /api/v1/admin/accounts/*/action";

/// How a suspension that meets a fault ends.
struct End {
    fault: Fault,
    /// Its state when everything that happens by itself has happened.
    state: &'static str,
    /// What the thread says about it.
    says: &'static str,
    /// Whether the account is suspended in the end.
    suspended: bool,
}

const fn end(fault: Fault, state: &'static str, says: &'static str) -> End {
    End {
        fault,
        state,
        says,
        suspended: false,
    }
}

/// What the thread says when two reads did not show it.
const NOT_APPLIED: &str = "two looks show that nothing changed. Ask again";

const ENDS: [End; 11] = [
    end(Fault::Status(401), "refused", "no longer takes this token"),
    end(
        Fault::Status(403),
        "refused",
        "ask somebody with a higher role",
    ),
    end(Fault::Status(404), "refused", "look at the case again"),
    end(Fault::Status(410), "refused", "shutting down for ever"),
    end(Fault::Status(422), "refused", "refused the values"),
    End {
        suspended: true,
        ..end(Fault::RateLimited, "done", "done")
    },
    end(Fault::ServerError, "refused", NOT_APPLIED),
    end(Fault::Unavailable, "refused", NOT_APPLIED),
    end(Fault::Nonsense, "refused", NOT_APPLIED),
    end(Fault::ResetBefore, "refused", NOT_APPLIED),
    End {
        suspended: true,
        ..end(Fault::ResetAfter, "done", "done")
    },
];

#[tokio::test]
async fn invariant_14_the_thread_says_what_became_of_it_whatever_the_server_answers() {
    for expected in ENDS {
        let setup = Setup {
            with_chat: true,
            ..Setup::default()
        };
        setup.run(async |t| suspension(t, &expected).await).await;
    }
}

#[tokio::test]
async fn invariant_13_no_call_outlives_its_deadline() {
    let setup = Setup {
        with_chat: true,
        config: "[mastodon]\ncall_deadline = \"1s\"\n",
        ..Setup::default()
    };
    let expected = end(Fault::Silence, "refused", NOT_APPLIED);
    setup.run(async |t| suspension(t, &expected).await).await;
}

async fn suspension(t: &Story, expected: &End) {
    let fault = expected.fault;
    let number = t.report(SPAMMER).await.0;
    let words = format!("suspend #{number} --reason spam");
    let id = t.api("bo").accepted(&words).await;
    t.settle().await;
    let _ = t.read_chat();
    t.mastodon.fail(ACTION, fault, 1);
    for _ in 0..4 {
        t.pass(TimeDelta::seconds(31)).await;
    }
    t.pass(TimeDelta::minutes(10)).await;
    let _ = t.worker_errors();

    let shown = operation(t, &id).await;
    assert_eq!(shown["state"], expected.state, "{fault:?}: {shown}");
    let said = t.read_chat().join("\n");
    assert!(said.contains(&id), "{fault:?}: {said}");
    assert!(said.contains(expected.says), "{fault:?}: {said}");
    let is_suspended = || t.mastodon.account(SPAMMER).unwrap().suspended;
    assert_eq!(is_suspended(), expected.suspended, "{fault:?}");
    assert_eq!(
        case(t, number).await["state"] == "resolved",
        expected.suspended,
        "{fault:?}: the case follows the server"
    );

    // Nothing was lost: the same words do it, once the server is well.
    if !expected.suspended {
        t.api("bo").accepted(&words).await;
        t.pass(TimeDelta::seconds(31)).await;
    }
    assert!(is_suspended(), "{fault:?}");
    assert_eq!(t.mastodon.strikes().len(), 1, "{fault:?}");
    let _ = (t.changes(), t.read_chat());
}
