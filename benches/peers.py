#!/usr/bin/env python3
"""Times leadlint beside other programs on one folder of exports, in turn, in one run.

    cargo build --release --locked && cargo run --release --locked --example generate -- --leads 1000000 DIR
    python3 -m venv VENV && VENV/bin/pip install polars "splink==4.*" duckdb pandas crm-refine
    VENV/bin/python benches/peers.py DIR --leadlint target/release/leadlint [--rounds 3] [--write docs/performance.md]

DIR has leads.csv, chats.csv and sync_log.csv. In each round every task runs once, in a process of its own, so that all
meet the same weather; wall time, CPU time and peak memory are the system's figures for the process, and of the rounds the
median counts. Printed is Markdown; `--write` puts it between the marks of a file as well. What is not installed, or
fails, stands in the table with the reason. `--only WORD` runs the tasks that have the word in their name, and polars.
"""

import argparse
import datetime
import importlib.metadata
import json
import os
import pathlib
import platform
import statistics
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
BEGIN = "<!-- benches/peers.py writes from here -->"
END = "<!-- benches/peers.py writes to here -->"

POLARS = """
import sys, polars
for path in sys.argv[1:]:
    polars.read_csv(path, infer_schema=False, truncate_ragged_lines=True)
"""

# What audit_duckdb.py looks at, in rules: repeated addresses, blanks, spellings of values, latency, hours with errors,
# one field compared, lost chats.
SAME_SHARE = "DUP001,REQ001,DRF001,SYN001,SYN002,SYN003,SYN004,MAP006"
MAPPING = '[[mapping]]\nfrom = "chats.reason"\nto = "leads.Reason__c"\n'
FILES = [("leads", "crm", "leads.csv"), ("chats", "chat", "chats.csv"), ("sync", "sync-log", "sync_log.csv")]

READING = "polars: reads the three files as text, nothing else"
LINEAR = "leadlint: all rules but DUP003, DUP004, DRF002"
WHOLE = "leadlint: all rules"
SHARE = "leadlint: the rules that the DuckDB script has a part of"
DUCKDB = "DuckDB: the script"
DUPLICATES = "leadlint: duplicates of the leads (DUP001-DUP004)"
DRIFT = "leadlint: drift of the leads (DRF001-DRF003)"
SPLINK = "Splink: duplicates of the leads, clusters at 0.99"
REFINE = "crm-refine: `apply`, leads by company within the domain of the address"

# Who is held against whom.
PAIRS = [(LINEAR, READING), (WHOLE, READING), (SHARE, DUCKDB), (DUPLICATES, SPLINK), (DUPLICATES, REFINE)]


class Task:
    """A command to time, and the packages that it needs."""

    def __init__(self, command, needs=()):
        self.command = [str(word) for word in command]
        self.runs = []
        absent = [package for package in needs if version(package) is None]
        self.lacks = f"not run: {' and '.join(absent)} not installed" if absent else None


def version(package):
    """The version of an installed package, or None."""
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return None


def measured(command, folder):
    """Wall seconds, CPU seconds and peak MB of a command, and how it failed, if it did."""
    with tempfile.TemporaryFile() as said:
        actions = [
            (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
            (os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0),
            (os.POSIX_SPAWN_DUP2, said.fileno(), 2),
        ]
        began = time.monotonic()
        child = os.posix_spawnp(command[0], command, {**os.environ, "TMPDIR": folder}, file_actions=actions)
        _, status, usage = os.wait4(child, 0)
        wall = time.monotonic() - began
        code = os.waitstatus_to_exitcode(status)
        said.seek(0)
        words = said.read().decode(errors="replace").strip().splitlines()
    failed = None if code == 0 else f"failed with {code}: {words[-1][:120] if words else 'no message'}"
    return (wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024), failed


def tasks(given, scratch):
    """What is run, in this order."""
    python, leads = sys.executable, given.folder / "leads.csv"
    paths = [given.folder / file for _, _, file in FILES]
    sources = [f"{kind}={path}" for (_, kind, _), path in zip(FILES, paths)]
    # A config of its own for each, since one in the current folder would count; a mapping needs sources with names.
    declared = [f"[sources.{name}]\nkind = {json.dumps(kind)}\npath = {json.dumps(str(path))}\n"
                for (name, kind, _), path in zip(FILES, paths)]
    (scratch / "plain.toml").write_text("", encoding="utf-8")
    (scratch / "mapping.toml").write_text("".join([*declared, MAPPING]), encoding="utf-8")

    def check(*words, config="plain.toml"):
        always = ["--config", scratch / config, "--fail-on", "never", "--quiet", "--format", "json"]
        return Task([given.leadlint, "check", *words, *always])

    refined = ["--id-col", "Id", "--company-col", "Company", "--domain-cols", "Email", "--date-cols", "LastModifiedDate"]
    refine = [python, "-m", "crm_refine", "apply", leads, *refined, "--merges", scratch / "merges.csv", "--no-preview"]
    splink = ["splink", "duckdb", "pandas"]
    return {
        READING: Task([python, "-c", POLARS, *paths], ["polars"]),
        LINEAR: check(*sources, "--ignore", "DUP003,DUP004,DRF002"),
        WHOLE: check(*sources),
        SHARE: check("--select", SAME_SHARE, config="mapping.toml"),
        DUCKDB: Task([python, HERE / "peers/audit_duckdb.py", given.folder], ["duckdb"]),
        DUPLICATES: check(sources[0], "--select", "DUP001,DUP002,DUP003,DUP004"),
        DRIFT: check(sources[0], "--select", "DRF001,DRF002,DRF003"),
        SPLINK: Task([python, HERE / "peers/leads_splink.py", leads], splink),
        REFINE: Task([*refine, "--quiet"], ["crm-refine"]),
    }


def lines_of(path, front):
    """What follows `front` in the first line of a file of the system that begins with it."""
    try:
        with open(path, encoding="utf-8") as lines:
            return next((line[len(front):].strip(" \t:\n") for line in lines if line.startswith(front)), None)
    except OSError:
        return None


def commit(program):
    """The commit that stands here, and what speaks against the program being of it."""
    def git(*words):
        done = subprocess.run(["git", "-C", HERE, *words], capture_output=True, text=True, check=False)
        return done.stdout.strip()

    found = git("rev-parse", "--short=10", "HEAD") or "unknown"
    if git("status", "--porcelain", "--", "../src", "../Cargo.lock", "../Cargo.toml"):
        found += " with changes"
    made = git("log", "-1", "--format=%ct", "--", "../src", "../Cargo.lock", "../Cargo.toml")
    if made and os.stat(program).st_mtime < int(made):
        found += ", and the program is older than it"
    return found


def shown(given, done, before, after):
    """The Markdown."""
    model = lines_of("/proc/cpuinfo", "model name") or platform.processor() or "unknown"
    memory = int((lines_of("/proc/meminfo", "MemTotal") or "0 kB").split()[0]) / 2**20
    sizes = ", ".join(f"{file} {(given.folder / file).stat().st_size / 1e6:.0f} MB"
                      for _, _, file in FILES)
    with open(given.folder / "leads.csv", "rb") as lines:
        leads = sum(chunk.count(b"\n") for chunk in iter(lambda: lines.read(1 << 20), b"")) - 1
    own = subprocess.run([given.leadlint, "--version"], capture_output=True, text=True, check=True).stdout.strip()
    packages = ", ".join(f"{name} {version(name) or 'absent'}" for name in
                         ("polars", "duckdb", "splink", "pandas", "crm-refine"))
    load = "{:.1f} before and {:.1f} after".format(before[0], after[0])
    rounds = f"{given.rounds} round{'s' if given.rounds > 1 else ''}"
    yield f"Measured on {datetime.date.today()}: {given.name or model}, {os.cpu_count()} cores, {memory:.0f} GiB,"
    yield f"{platform.system()} {platform.release()}; load average {load}, in part the run itself."
    yield f"{own} (commit {given.commit or commit(given.leadlint)}); Python {platform.python_version()}, {packages}."
    yield f"Input: {leads:,} leads; {sizes}. Whole processes, {rounds} in turn, medians."
    yield ""
    yield "| task | wall s | from | to | CPU s | peak MB | wall, of polars | memory, of polars |"
    yield "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |"
    medians = {name: [statistics.median(column) for column in zip(*task.runs)]
               for name, task in done.items() if task.runs and not task.lacks}
    base = medians.get(READING)
    for name, task in done.items():
        if task.lacks:
            yield f"| {name} | {task.lacks.replace('|', '/')} | | | | | | |"
            continue
        wall, cpu, peak = medians[name]
        walls = [run[0] for run in task.runs]
        ratios = f"{wall / base[0]:.1f} | {peak / base[2]:.1f}" if base else " | "
        yield f"| {name} | {wall:.2f} | {min(walls):.2f} | {max(walls):.2f} | {cpu:.1f} | {peak:.0f} | {ratios} |"
    pairs = [(one, other) for one, other in PAIRS if one in medians and other in medians]
    if pairs:
        yield ""
        yield "| beside | wall | CPU | memory |"
        yield "| --- | ---: | ---: | ---: |"
    for one, other in pairs:
        ratios = " | ".join(f"{a / b:.2f}" for a, b in zip(medians[one], medians[other]))
        yield f"| {one}, of {other.split(':')[0]} | {ratios} |"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--leadlint", required=True)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", default="", help="run only tasks that have this word in their name, and polars")
    parser.add_argument("--name", help="what the machine is called in the text; default: its processor")
    parser.add_argument("--commit", help="the commit that the program was built from; default: what stands here")
    parser.add_argument("--write", type=pathlib.Path, help="put the Markdown between the marks of this file")
    given = parser.parse_args()
    given.folder = given.folder.resolve()
    page = given.write.read_text(encoding="utf-8") if given.write else f"{BEGIN}{END}"
    if not 0 <= page.find(BEGIN) < page.find(END):
        sys.exit(f"{given.write} lacks the marks:\n{BEGIN}\n{END}")

    before = os.getloadavg()
    with tempfile.TemporaryDirectory() as folder:
        done = {name: task for name, task in tasks(given, pathlib.Path(folder)).items()
                if name == READING or given.only.lower() in name.lower()}
        for number in range(given.rounds):
            for name, task in done.items():
                if task.lacks:
                    continue
                figures, failed = measured(task.command, folder)
                if failed and name.startswith("leadlint"):
                    sys.exit(f"{name}: {failed}\n{' '.join(task.command)}")
                task.lacks = failed
                task.runs.append(figures)
                print(f"round {number + 1}: {name}: {failed or '{:.2f} s'.format(figures[0])}", file=sys.stderr)
    text = "\n".join(shown(given, done, before, os.getloadavg()))
    print(text)
    if given.write:
        head, tail = page[: page.find(BEGIN) + len(BEGIN)], page[page.find(END):]
        given.write.write_text(f"{head}\n\n{text}\n\n{tail}", encoding="utf-8")


if __name__ == "__main__":
    main()
