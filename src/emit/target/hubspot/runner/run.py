#!/usr/bin/env python3
"""Carries a cleanup out in HubSpot: backup, dry-run, apply, verify, undo. RUNBOOK.md says when to do which.

What is to be done stands in work.json beside this file, never in the code. Nothing is changed but by `apply` and `undo`.
The access token comes from the environment variable HUBSPOT_TOKEN. Needs Python 3.8 or later, and no package.
"""

import sys

sys.dont_write_bytecode = True

import argparse
import datetime
import itertools
import json
import os
import re

from client import Client, Refused, Stop, Unknown, plain
from ledger import Ledger, now, private, sync_folder
from portal import Portal
from work import BATCH, Again, Work, chunks

HERE = os.path.dirname(os.path.abspath(__file__))
API = "https://api.hubapi.com"


class Report:
    """What was done, what was done already, and what was left alone, by step and property."""

    def __init__(self):
        self.counts = {}
        self.at = {}

    def _count(self, word, kind, many=1):
        self.counts[(word, kind)] = self.counts.get((word, kind), 0) + many

    def would(self, kind, many):
        self._count("to do", kind, many)

    def done(self, kind, step, what):
        self._count("done", kind)
        self.at.pop((id(step), what), None)

    def already(self, step, what):
        self.at.setdefault((id(step), what), ("already", step, what, None))

    def left(self, step, what, why):
        self.at[(id(step), what)] = ("left", step, what, why)

    def forget(self, steps):
        """Takes back what was said of steps that are looked at again."""
        of = {id(step) for step in steps}
        self.at = {key: said for key, said in self.at.items() if key[0] not in of}

    def lines(self):
        for word, step, what, why in self.at.values():
            if word == "left":
                record = step.get("survivor") or step.get("id")
                yield "{} {}: {}: {}".format(step["object"], record, plain(what), plain(why))

    def print(self, title):
        left = list(self.lines())
        for line in left:
            print("left: " + line)
        already = sum(word == "already" for word, *_ in self.at.values())
        parts = ["{} {} {}".format(many, kind, word) for (word, kind), many in sorted(self.counts.items())]
        parts += ["{} as planned already".format(already), "{} left alone".format(len(left))]
        print("{}: {}".format(title, ", ".join(parts)))
        return 1 if left else 0


def load(folder):
    """The plan."""
    try:
        with open(os.path.join(folder, "work.json"), encoding="utf-8") as file:
            work = json.load(file)
    except (OSError, ValueError) as error:
        raise Stop("work.json cannot be read: " + plain(error)) from None
    if work.get("schema") != "leadlint.hubspot/1":
        raise Stop("work.json is none that this program knows")
    for step in work["steps"]:
        ids = [step["id"]] if "id" in step else [step["survivor"]] + step["losers"]
        if not re.fullmatch("[A-Za-z0-9_-]+", step["object"]) or not all(one.isdigit() for one in ids):
            raise Stop("work.json has a step that is none")
    return work


def batches(steps):
    """Steps of one kind and object that follow each other, at most a hundred records at once."""
    for (_, kind), group in itertools.groupby(steps, key=lambda step: (step["kind"], step["object"])):
        batch, records = [], 0
        for step in group:
            size = 1 + len(step.get("losers", ()))
            if batch and records + size > BATCH:
                yield kind, batch
                batch, records = [], 0
            batch.append(step)
            records += size
        if batch:
            yield kind, batch


class Run:
    """One call of this program."""

    def __init__(self, args):
        self.args = args
        self.folder = args.folder
        self.plan = load(self.folder)
        client = Client(args.api, os.environ.get("HUBSPOT_TOKEN"), args.rate, args.backoff, args.tries)
        self.portal = Portal(client)
        self.report = Report()
        writes = args.command in ("apply", "undo")
        self.ledger = Ledger(os.path.join(self.folder, "receipts.jsonl"), self.plan["plan"], writes)
        self.work = Work(self.portal, self.ledger, self.report, not writes, args.retry_refused)
        self.backup_file = os.path.join(self.folder, "backup.jsonl")

    def steps(self, deletes):
        return [step for step in self.plan["steps"] if deletes or step["kind"] != "delete"]

    def backup(self):
        """Writes every property of every record that the plan touches, before anything is changed."""
        if self.saved():
            print("backup: is there already, " + self.backup_file)
            return 0
        if self.ledger.count:
            raise Stop("the backup is missing though changes were made; put backup.jsonl back")
        touched = {}
        for step in self.plan["steps"]:
            ids = [step["id"]] if "id" in step else [step["survivor"]] + step["losers"]
            touched.setdefault(step["object"], set()).update(ids)
        part = self.backup_file + ".part"
        count = 0
        with os.fdopen(private(part, os.O_WRONLY | os.O_TRUNC), "w", encoding="ascii") as file:
            for kind, ids in sorted(touched.items()):
                names = sorted(self.portal.definitions(kind))
                for some in chunks(sorted(ids)):
                    for asked, record in sorted(self.portal.read(kind, some, names).items()):
                        held = {"object": kind, "asked": asked, "id": None, "properties": None}
                        if record is not None:
                            held.update(id=record.id, properties=record.properties)
                            count += 1
                        file.write(json.dumps(held) + "\n")
            file.write(json.dumps({"complete": self.plan["plan"], "at": now(), "records": count}) + "\n")
            file.flush()
            os.fsync(file.fileno())
        os.replace(part, self.backup_file)
        sync_folder(self.backup_file)
        print("backup: {} records with all their properties in {}".format(count, self.backup_file))
        return 0

    def saved(self):
        """When the backup of this plan was finished."""
        try:
            with open(self.backup_file, "rb") as file:
                file.seek(max(0, os.path.getsize(self.backup_file) - 500))
                last = json.loads(file.read().split(b"\n")[-2])
        except (OSError, ValueError, IndexError):
            return None
        return last.get("at") if last.get("complete") == self.plan["plan"] else None

    def carry_out(self, deletes):
        for kind, steps in batches(self.steps(deletes)):
            do = {"merge": self.work.merges, "delete": self.work.deletes}.get(steps[0]["kind"], self.work.sets)
            do(kind, steps)

    def dry_run(self):
        self.carry_out(True)
        for name in self.plan["automations"]:
            print("wakes the automation: " + plain(name))
        return self.report.print("dry-run, nothing was changed")

    def apply(self):
        if self.plan["automations"] and not self.args.automations_paused:
            for name in self.plan["automations"]:
                print("wakes the automation: " + plain(name))
            raise Stop("pause these automations, then run again with --automations-paused")
        self.backup()
        deletes = [step for step in self.plan["steps"] if step["kind"] == "delete"]
        if self.args.archive and deletes:
            saved = datetime.datetime.strptime(self.saved(), "%Y-%m-%dT%H:%M:%SZ")
            due = saved + datetime.timedelta(days=self.args.quarantine_days)
            if now() < due.strftime("%Y-%m-%dT%H:%M:%SZ"):
                raise Stop("records are archived after the quarantine, from {:%Y-%m-%d %H:%M} UTC".format(due))
        self.work.settle()
        self.carry_out(self.args.archive)
        if deletes and not self.args.archive:
            text = "{} records wait for the end of their quarantine of {} days; then: apply --archive"
            print(text.format(len(deletes), self.args.quarantine_days))
        return self.report.print("apply")

    def verify(self):
        """Nothing that the plan asks for may be left to do."""
        deletes = bool(self.ledger.archived)
        self.carry_out(deletes)
        open_ones = sum(many for (word, _), many in self.report.counts.items() if word == "to do")
        problems = self.report.print("verify")
        if self.ledger.open:
            print("{} requests without a known result; run apply again".format(len(self.ledger.open)))
        return 1 if problems or open_ones or self.ledger.open else 0

    def undo(self):
        """Puts back every value that still is what was written. Merges and archived records stay."""
        self.work.settle()
        by_kind = {}
        for (kind, record, name), cell in self.ledger.written.items():
            by_kind.setdefault(kind, {}).setdefault(record, {})[name] = cell
        back = 0
        for kind, records in by_kind.items():
            for some in chunks(list(records)):
                back += self.put_back(kind, {record: records[record] for record in some})
        for kind, primary, other, became, at in self.ledger.merges:
            text = "cannot be undone: {} {} was merged into {} at {}, now {}; backup.jsonl has both as they were"
            print(text.format(kind, other, primary, at, became))
        for kind, record, at in self.ledger.archived:
            text = "cannot be undone here: {} {} was archived at {}; restore it in HubSpot within 90 days"
            print(text.format(kind, record, at))
        title = "undo: {} values put back, {} merges cannot be undone".format(back, len(self.ledger.merges))
        return self.report.print(title)

    def put_back(self, kind, cells):
        """Puts values of at most a hundred records back; how many."""
        names = {name for of in cells.values() for name in of}
        for attempt in range(self.work.client.tries + 1):
            records = self.portal.read(kind, list(cells), names)
            writes, steps = {}, {}
            for asked, of in cells.items():
                step = steps[asked] = {"object": kind, "id": asked}
                for name, cell in of.items():
                    if self.portal.equal(kind, name, records[asked] and records[asked].get(name), cell["old"]):
                        continue
                    why = self.keeps(kind, asked, records[asked], name, cell)
                    if why:
                        self.report.left(step, name, why)
                    else:
                        writes.setdefault(records[asked].id, {})[name] = {"old": cell["new"], "new": cell["old"]}
            if not writes:
                return 0
            try:
                found = self.work.update(kind, writes, do="undo")
            except Again:
                self.work.client.pause(attempt)
                continue
            for asked, of in found.items():
                for name, why in of.items():
                    if why is not True:
                        self.report.left({"object": kind, "id": asked}, name, why)
            return sum(why is True for of in found.values() for why in of.values())
        raise Stop("the portal does not answer; run again to go on")

    def keeps(self, kind, asked, record, name, cell):
        """Why a value is not put back."""
        if record is None:
            return "the record is gone"
        if record.id != asked and cell["consent"]:
            return "consent of a merged record stays as it was written"
        if record.id != self.ledger.now_at(kind, asked):
            return "the record was merged into " + record.id
        if not self.portal.equal(kind, name, record.get(name), cell["new"]):
            return "changed since it was written"
        return None


def arguments():
    parser = argparse.ArgumentParser(prog="run.py", description=__doc__.split("\n\n")[0])
    words = ("backup", "dry-run", "apply", "verify", "undo")
    parser.add_argument("command", nargs="?", default="dry-run", choices=words, help="what to do (dry-run)")
    parser.add_argument("--api", default=API, help="address of the API (%(default)s)")
    parser.add_argument("--rate", type=int, default=100, help="most requests in ten seconds (%(default)s)")
    parser.add_argument("--tries", type=int, default=8, help="how often a request is sent again (%(default)s)")
    parser.add_argument("--backoff", type=float, default=0.5, help="first pause after a failure, in seconds (%(default)s)")
    parser.add_argument("--retry-refused", action="store_true", help="send again what the portal refused before")
    parser.add_argument("--automations-paused", action="store_true", help="all automations that are listed are paused")
    parser.add_argument("--archive", action="store_true", help="archive the records whose quarantine is over, too")
    parser.add_argument("--quarantine-days", type=int, default=14, help="days from backup to archive (%(default)s)")
    args = parser.parse_args()
    if args.rate < 1 or args.tries < 0 or args.backoff < 0 or args.quarantine_days < 0:
        parser.error("a rate is at least 1, the other numbers are not negative")
    args.folder = HERE
    return args


def heard(stream):
    """Sees that all is printed. What cannot be is left unsaid: Python would try again at its end, and give another exit code."""
    try:
        stream.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def stopped(why):
    """Says why the work ended early; the exit code."""
    try:
        print("stopped: " + why, file=sys.stderr)
    except OSError:
        pass
    heard(sys.stdout)
    heard(sys.stderr)
    return 2


def main():
    args = arguments()
    try:
        run = Run(args)
        code = getattr(run, args.command.replace("-", "_"))()
        sys.stdout.flush()
        return code
    except Stop as stop:
        return stopped(plain(stop, 1000))
    except Unknown as error:
        return stopped(plain(error) + "; run again to go on")
    except Refused as error:
        return stopped(plain(error))
    except OSError as error:
        # A full disk, say. The receipts say what is done, and a line that was cut short is of something not sent yet.
        return stopped("{}; see to it, then run again to go on".format(plain(error)))
    except KeyboardInterrupt:
        return stopped("run again to go on")


if __name__ == "__main__":
    sys.exit(main())
