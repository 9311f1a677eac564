"""What must hold after the last kill, seen from outside."""

import collections
import time

# What a killed process held is free after two minutes, and then read back twice, 30 s apart.
PATIENCE = 300
ENDED = {"done", "refused", "unsettled", "cancelled", "expired"}
MODERATOR = "ana"


def check(server, mastodon, traffic):
    """Everything that does not hold, in words."""
    server.start()
    settle(server, traffic)
    broken = list(traffic.surprises)
    broken += deliveries(server, traffic)
    broken += cases(server)
    broken += operations(server, mastodon, traffic)
    status, seconds = server.stop()
    if status != 0 or seconds > 10:
        broken.append(f"SIGTERM: exit status {status} after {seconds:.1f} s")
    status, said = server.run("audit", "verify")
    if status != 0:
        broken.append(f"audit verify: {said}")
    return broken


def outcomes(server):
    """How many operations ended how, in words."""
    rows = server.store.rows("select state, count(*) from operations group by state order by state")
    return ", ".join(f"{count} {state}" for state, count in rows)


def settle(server, traffic):
    """Delivers what is left, and waits until nothing is under way any more."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        traffic.take_webhooks()
        while traffic.waiting:
            traffic.deliver(traffic.dice)
        handled = server.store.rows("select count(*) from deliveries where state = 'new'")
        under_way = server.store.rows(
            "select count(*) from operations where state in ('ready', 'held', 'sending', 'checking')"
        )
        if handled == [("0",)] and under_way == [("0",)]:
            traffic.take_webhooks()
            if not traffic.waiting:
                return
        time.sleep(0.2)
    raise SystemExit(f"nothing settles within {PATIENCE} s: see {server.log.name} (--keep)")


def deliveries(server, traffic):
    rows = server.store.rows("select dedupe_key, state from deliveries")
    stored = dict(rows)
    broken = [f"the database lost the delivery {key}" for key in traffic.acknowledged - stored.keys()]
    if len(stored) != len(rows):
        broken.append("a delivery is stored twice")
    broken += [f"the delivery {key} ended as {state}" for key, state in rows if state != "handled"]
    return broken


def cases(server):
    """Every report the server has is in exactly one case."""
    rows = server.store.rows("select report_id, case_id from case_reports")
    counts = collections.Counter(report for report, _ in rows)
    broken = [f"report:{report} is in {n} cases" for report, n in counts.items() if n != 1]
    targets = server.store.rows("select target from cases where state <> 'resolved'")
    doubled = [target for (target,), n in collections.Counter(targets).items() if n != 1]
    return broken + [f"{target} has two unresolved cases" for target in doubled]


def operations(server, mastodon, traffic):
    broken = []
    truth = mastodon.order(do="server")
    for name, command in traffic.operations.items():
        status, operation = server.api(MODERATOR, "GET", f"operations/{name}")
        if status != 200 or operation["state"] not in ENDED:
            broken.append(f"{name} ({command}) was accepted and is now {status}: {operation}")
    return broken + strikes(server, truth)


def strikes(server, truth):
    """At most one strike for each operation; never a second limit or suspension of one account."""
    struck = collections.Counter((one["account"], one["action"]) for one in truth["strikes"])
    asked = collections.Counter(row[0] for row in server.store.rows("select command from operations"))
    broken = [
        f"{account} was struck with {action} {n} times"
        for (account, action), n in struck.items()
        if action in ("limit", "suspend") and n > 1
    ]
    by_action = collections.Counter()
    for (_, action), n in struck.items():
        by_action[action] += n
    broken += [
        f"{n} strikes of {action} for {asked[action]} operations"
        for action, n in by_action.items()
        if n > asked[action]
    ]
    return broken
