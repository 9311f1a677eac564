"""A throwaway PostgreSQL, from initdb to its end, as another user when run as root."""

import glob
import os
import pwd
import shutil
import socket
import subprocess


def program(name):
    """The newest PostgreSQL program of that name, in the path or where Debian keeps it."""
    found = glob.glob(f"/usr/lib/postgresql/*/bin/{name}")
    return shutil.which(name) or (sorted(found)[-1] if found else None)


def is_installed():
    return all(program(name) for name in ["initdb", "postgres", "pg_ctl", "psql"])


class Cluster:
    """A cluster in `folder`, for a `with` statement."""

    def __init__(self, folder):
        self.folder = os.path.join(folder, "postgres")
        self.port = free_port()
        self.url = f"postgres://wardroom@127.0.0.1:{self.port}/postgres"
        # PostgreSQL refuses to run as root.
        self.user = pwd.getpwnam("nobody").pw_name if os.geteuid() == 0 else None

    def __enter__(self):
        os.mkdir(self.folder)
        if self.user:
            shutil.chown(self.folder, self.user)
        data = os.path.join(self.folder, "data")
        self.run("initdb", "-D", data, "-U", "wardroom", "-A", "trust", "-E", "UTF8", "--no-sync")
        options = f"-p {self.port} -k {self.folder} -c listen_addresses=127.0.0.1"
        log = os.path.join(self.folder, "log")
        self.run("pg_ctl", "-D", data, "-l", log, "-o", options, "-w", "start")
        return self

    def __exit__(self, *_):
        data = os.path.join(self.folder, "data")
        self.run("pg_ctl", "-D", data, "-m", "immediate", "-w", "stop")

    def run(self, name, *arguments):
        command = [program(name), *arguments]
        subprocess.run(
            command, check=True, user=self.user, cwd=self.folder, stdout=subprocess.DEVNULL
        )

    def rows(self, query):
        """The rows of a query, as tuples of text."""
        command = [program("psql"), "--no-psqlrc", "-qAtF", "\x1f", "-c", query, self.url]
        text = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
        return [tuple(line.split("\x1f")) for line in text.splitlines()]


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]
