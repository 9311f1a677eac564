"""What goes on while Wardroom is killed: reports arrive, moderators decide.

Everything that Wardroom acknowledged is written down here, and checked at the end.
"""

import hashlib
import http.client
import random
import threading
import time

from wardroom import MODERATORS

ACCOUNTS = 60
GONE = (OSError, http.client.HTTPException)


class Load:
    """Webhooks and commands, from several threads at once."""

    def __init__(self, server, mastodon, dice):
        self.server, self.mastodon, self.dice = server, mastodon, dice
        self.lock = threading.Lock()
        self.waiting = []
        self.acknowledged = set()
        self.operations = {}
        self.asked = 0
        self.unanswered = {name: None for name in MODERATORS}
        self.cases = []
        self.surprises = []

    def run_for(self, seconds):
        """Keeps Wardroom busy for so long; what is under way then is cut by the kill."""
        stop = threading.Event()
        jobs = [(self.report, ()), (self.deliver, ()), (self.deliver, ())]
        jobs += [(self.moderate, (name,)) for name in MODERATORS]
        seeds = [self.dice.random() for _ in jobs]
        threads = [
            threading.Thread(target=self.repeat, args=(stop, random.Random(seed), job, arguments))
            for seed, (job, arguments) in zip(seeds, jobs)
        ]
        for thread in threads:
            thread.start()
        time.sleep(seconds)
        # The kill comes first: threads end with the connections that it cuts.
        self.server.kill()
        stop.set()
        for thread in threads:
            thread.join()

    def repeat(self, stop, dice, job, arguments):
        while not stop.is_set():
            try:
                idle = job(dice, *arguments)
            except GONE:
                idle = True
            if idle:
                stop.wait(0.01)

    def report(self, dice):
        """Somebody reports somebody, and the server queues what it wants to tell us."""
        number = dice.randrange(ACCOUNTS)
        handle = f"@suspect{number}" + ("@far.example" if number % 2 else "")
        self.mastodon.order(
            do="report",
            target=handle,
            category=dice.choice(["spam", "other"]),
            comment=f"comment {dice.randrange(1_000_000)}",
        )
        self.take_webhooks()
        if dice.random() < 0.05:
            self.mastodon.order(do="reset", pattern="POST /api/v1/admin/accounts/*/action")
        return True

    def take_webhooks(self):
        fresh = self.mastodon.order(do="webhooks")["webhooks"]
        with self.lock:
            self.waiting += fresh

    def deliver(self, dice):
        """Delivers one webhook, as Mastodon would: until it is answered with 2xx."""
        with self.lock:
            if not self.waiting:
                return True
            webhook = self.waiting.pop(dice.randrange(len(self.waiting)))
        try:
            status = self.send(webhook)
        except GONE:
            status = None
        if status is not None and 200 <= status < 300:
            with self.lock:
                self.acknowledged.add(hashlib.sha256(webhook["body"].encode()).hexdigest())
            return False
        if status not in (None, 503):
            self.surprises.append(f"a webhook was answered {status}")
        with self.lock:
            self.waiting.append(webhook)
        return True

    def send(self, webhook):
        headers = {"Content-Type": "application/json", "X-Hub-Signature": webhook["signature"]}
        body = webhook["body"].encode()
        return self.server.request("POST", "/webhooks/mastodon", body, headers)[0]

    def moderate(self, dice, name):
        """One moderator decides one case. What was not answered is asked again under its id."""
        again = self.unanswered[name]
        if again is None:
            command = self.choose(dice, name)
            if command is None:
                return True
            self.asked += 1
            again = {"id": f"{name}-{self.asked}", "command": command}
        self.unanswered[name] = again
        status, answer = self.server.api(name, "POST", "commands", again)
        self.unanswered[name] = None
        if status == 200 and answer["answer"] == "confirm":
            self.unanswered[name] = {
                "id": f"{again['id']}-yes",
                "command": f"confirm {answer['confirm_token']}",
            }
        elif status == 200 and answer["answer"] == "accepted" and answer["operation"]:
            with self.lock:
                self.operations[answer["operation"]] = again["command"]
        elif status not in (200, 503):
            self.surprises.append(f"{again['command']} was answered {status}: {answer}")
        return False

    def choose(self, dice, name):
        if not self.cases or dice.random() < 0.2:
            status, page = self.server.api(name, "GET", "cases?limit=50")
            if status != 200 or not page["cases"]:
                return None
            self.cases = [case["number"] for case in page["cases"]]
        number = dice.choice(self.cases)
        word = dice.choice(["claim", "note", "warn", "limit", "suspend", "suspend", "resolve"])
        if word == "claim":
            return f"claim #{number} --take-over"
        if word == "note":
            return f'note #{number} "seen by {name}"'
        if word == "resolve":
            return f"resolve #{number} --take-over"
        return f"{word} #{number} --take-over --reason crash"

    def summary(self):
        return (
            f"{len(self.acknowledged)} webhooks acknowledged, {self.asked} commands, "
            f"{len(self.operations)} operations accepted"
        )
