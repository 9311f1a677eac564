"""The processes: Wardroom, and the simulated Mastodon that outlives it."""

import http.client
import json
import os
import signal
import sqlite3
import subprocess
import threading
import time

from postgres import free_port

MODERATORS = ["ana", "bo", "cleo", "dan"]

CONFIG = """
[server]
url = "{mastodon}"
domain = "social.example"
token = {{ file = "server.token" }}
webhook_secrets = [{{ file = "webhook.secret" }}]

[database]
url = {{ file = "database.url" }}

[http]
listen = "127.0.0.1:{port}"

[policy]
dry_run = false
hold = "0s"

[reconcile]
every = "2s"

[audit]
anchor_file = "audit.anchors"

[log]
level = "warn,wardroom=info"
"""

MODERATOR = """
[[moderators]]
name = "{name}"
role = "lead"
token = {{ file = "{name}.token" }}
"""


class SqliteStore:
    """An SQLite file in `folder`, for a `with` statement."""

    def __init__(self, folder):
        self.path = os.path.join(folder, "wardroom.db")
        self.url = f"sqlite:{self.path}"

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass

    def rows(self, query):
        """The rows of a query, as tuples of text."""
        with sqlite3.connect(self.path) as connection:
            return [tuple(map(str, row)) for row in connection.execute(query)]


class Mastodon:
    """The simulated Mastodon, for a `with` statement."""

    def __init__(self, programs):
        self.program = programs["simulated_mastodon"]
        self.lock = threading.Lock()

    def __enter__(self):
        self.process = subprocess.Popen(
            [self.program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        hello = json.loads(self.process.stdout.readline())
        self.url, self.token = hello["url"], hello["token"]
        self.webhook_secret = hello["webhook_secret"]
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.wait(10)

    def order(self, **order):
        with self.lock:
            self.process.stdin.write(json.dumps(order) + "\n")
            self.process.stdin.flush()
            return json.loads(self.process.stdout.readline())


class Wardroom:
    """A Wardroom that is started and killed again and again, always on the same port."""

    def __init__(self, programs, folder, store, mastodon):
        self.program = programs["wardroom"]
        self.folder, self.store = folder, store
        self.port = free_port()
        self.config = os.path.join(folder, "wardroom.toml")
        config = CONFIG.format(mastodon=mastodon.url, port=self.port)
        self.secret_file("server.token", mastodon.token)
        self.secret_file("webhook.secret", mastodon.webhook_secret)
        self.secret_file("database.url", store.url)
        for name in MODERATORS:
            self.secret_file(f"{name}.token", self.api_token(name))
            config += MODERATOR.format(name=name)
        self.secret_file("wardroom.toml", config)
        self.log = open(os.path.join(folder, "wardroom.log"), "ab")
        self.process = None

    def api_token(self, name):
        return f"crash-test-token-of-{name}-0123456789"

    def secret_file(self, name, text):
        path = os.path.join(self.folder, name)
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(text)

    def start(self):
        command = [self.program, "serve", "--config", self.config]
        self.process = subprocess.Popen(command, stdout=self.log, stderr=self.log)
        deadline = time.monotonic() + 30
        while not self.is_alive():
            if self.process.poll() is not None:
                raise SystemExit(f"serve ended by itself: see {self.log.name} (--keep)")
            if time.monotonic() > deadline:
                raise SystemExit(f"serve does not answer: see {self.log.name} (--keep)")
            time.sleep(0.01)

    def is_alive(self):
        try:
            return self.request("GET", "/healthz")[0] == 200
        except (OSError, http.client.HTTPException):
            return False

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self):
        """Ends it as a service manager does; its exit status, and the seconds it took."""
        begun = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(30), time.monotonic() - begun

    def run(self, *arguments):
        """Runs a command of the program against the same configuration."""
        command = [self.program, *arguments, "--config", self.config]
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        return done.returncode, done.stdout.strip()

    def request(self, method, path, body=None, headers=None):
        """One HTTP request: status and body. Errors of the connection are the caller's."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=15)
        try:
            connection.request(method, path, body, headers or {})
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def api(self, moderator, method, path, body=None):
        """One request of the scripting API: status and value."""
        headers = {"Authorization": f"Bearer {self.api_token(moderator)}"}
        if body is not None:
            body = json.dumps(body)
            headers["Content-Type"] = "application/json"
        status, text = self.request(method, f"/api/v1/{path}", body, headers)
        return status, json.loads(text)
