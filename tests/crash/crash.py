"""Kills Wardroom with -9 at random moments under load, and checks from outside that nothing was
lost and nothing done twice. Real processes, SQLite and PostgreSQL, the standard library only.

    tests/crash/run [--rounds 50] [--database sqlite|postgres|both] [--seed N] [--keep]

Exit status 0: everything held. 1: something was lost or doubled, and it is named.
"""

import argparse
import concurrent.futures
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)

import checks  # noqa: E402
import load  # noqa: E402
import postgres  # noqa: E402
import wardroom  # noqa: E402

ROOT = os.path.dirname(os.path.dirname(HERE))


def main():
    arguments = parse()
    programs = build()
    databases = ["sqlite", "postgres"] if arguments.database == "both" else [arguments.database]
    broken = []
    if "postgres" in databases and not postgres.is_installed():
        databases.remove("postgres")
        print("crash: PostgreSQL IS NOT INSTALLED, SKIPPED", flush=True)
        if os.environ.get("CI") == "true":
            broken.append("PostgreSQL is not installed")
    # Side by side: at the end each waits some minutes for what its last kill left in doubt.
    with concurrent.futures.ThreadPoolExecutor() as pool:
        plays = [pool.submit(play, programs, database, arguments) for database in databases]
        for one in plays:
            broken += one.result()
    for line in broken:
        print(f"crash: BROKEN: {line}", flush=True)
    return 1 if broken else 0


def parse():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--rounds", type=int, default=50, help="kills per database")
    parser.add_argument("--database", choices=["sqlite", "postgres", "both"], default="both")
    parser.add_argument("--seed", type=int, default=random.randrange(1_000_000))
    parser.add_argument("--keep", action="store_true", help="keep the folder with logs and data")
    return parser.parse_args()


def build():
    """The paths of the programs, freshly built."""
    command = ["cargo", "build", "--quiet", "--bin", "wardroom", "--example", "simulated_mastodon"]
    command.append("--message-format=json-render-diagnostics")
    lines = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE).stdout.splitlines()
    messages = [json.loads(line) for line in lines]
    return {
        message["target"]["name"]: message["executable"]
        for message in messages
        if message.get("reason") == "compiler-artifact" and message.get("executable")
    }


def play(programs, database, arguments):
    dice = random.Random(f"{arguments.seed} {database}")
    folder = tempfile.mkdtemp(prefix="wardroom-crash-")
    os.chmod(folder, 0o755)
    print(f"crash: {database}, {arguments.rounds} rounds, seed {arguments.seed}", flush=True)
    begun = time.monotonic()
    try:
        with store(database, folder) as place, wardroom.Mastodon(programs) as mastodon:
            server = wardroom.Wardroom(programs, folder, place, mastodon)
            traffic = load.Load(server, mastodon, dice)
            for _ in range(arguments.rounds):
                server.start()
                traffic.run_for(dice.uniform(0.05, 0.9))
                server.kill()
            broken = checks.check(server, mastodon, traffic)
            ended = checks.outcomes(server)
        spent = time.monotonic() - begun
        print(f"crash: {database}, {traffic.summary()} ({ended}), {spent:.0f} s", flush=True)
        return [f"{database}: {line}" for line in broken]
    finally:
        if arguments.keep:
            print(f"crash: kept {folder}", flush=True)
        else:
            shutil.rmtree(folder, ignore_errors=True)


def store(database, folder):
    return postgres.Cluster(folder) if database == "postgres" else wardroom.SqliteStore(folder)


if __name__ == "__main__":
    sys.exit(main())
