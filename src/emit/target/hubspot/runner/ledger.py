"""Receipts: what was about to be sent, and what came of it, each line on disk before the next step is taken."""

import datetime
import json
import os

from client import Stop

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None
    import msvcrt


def private(path, flags):
    """Opens a file that only its owner may read: it holds personal data."""
    handle = os.open(path, flags | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o600)
    if hasattr(os, "fchmod"):
        os.fchmod(handle, 0o600)
    return handle


def sync_folder(path):
    """Makes a new name in a folder last."""
    if os.name == "posix":
        handle = os.open(os.path.dirname(path) or ".", os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def now():
    return datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


class Ledger:
    """The receipts of one plan."""

    def __init__(self, path, plan, write):
        self.path = path
        self.plan = plan
        self.file = None
        self.count = 0
        self.open = {}
        self.aliases = {}
        self.merges = []
        self.refused = {}
        self.written = {}
        self.archived = []
        self.started = None
        if write:
            self._open()
        if os.path.exists(path):
            self._replay()
        if write and self.started is None:
            self.append({"event": "start", "plan": plan})
            sync_folder(path)

    def _open(self):
        self.file = private(self.path, os.O_RDWR | os.O_APPEND)
        try:
            if fcntl:
                fcntl.flock(self.file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            else:
                msvcrt.locking(self.file, msvcrt.LK_NBLCK, 1)
        except OSError:
            raise Stop("another run is at work here; wait for its end") from None
        with open(self.path, "rb") as file:
            content = file.read()
        # A crash may have cut the last line short. What was to be sent after it was not sent.
        whole = content.rfind(b"\n") + 1
        if whole < len(content):
            os.ftruncate(self.file, whole)

    def _replay(self):
        with open(self.path, "rb") as file:
            lines = file.read().split(b"\n")[:-1]
        for number, line in enumerate(lines, 1):
            try:
                entry = json.loads(line)
                self._take(entry)
            except (ValueError, KeyError, TypeError, AttributeError):
                raise Stop("{}: line {} cannot be read".format(self.path, number)) from None

    def append(self, entry):
        """Puts an entry on disk before it returns."""
        entry = dict(entry, at=now())
        line = (json.dumps(entry) + "\n").encode("ascii")
        while line:
            line = line[os.write(self.file, line) :]
        os.fsync(self.file)
        self._take(entry)

    def intent(self, do, **what):
        """Notes what is about to be sent; its number."""
        number = self.count + 1
        self.append(dict(what, event="intent", n=number, do=do))
        return number

    def result(self, number, outcome, **what):
        """Notes what came of it: `done`, `refused` or `not-done`."""
        self.append(dict(what, event="result", n=number, outcome=outcome))

    def _take(self, entry):
        event = entry["event"]
        if event == "start":
            if entry["plan"] != self.plan:
                raise Stop("{} are the receipts of another plan; keep each cleanup in a folder of its own".format(self.path))
            self.started = entry["at"]
        elif event == "intent":
            self.count = max(self.count, entry["n"])
            self.open[entry["n"]] = entry
            if entry["do"] in ("update", "undo"):
                # Until the result is known it may have been done, and the way back must know of it.
                self._written(entry, entry["writes"])
        elif event == "result":
            intent = self.open.pop(entry["n"])
            getattr(self, "_" + intent["do"])(intent, entry)

    def _merge(self, intent, result):
        kind, primary, other = intent["object"], intent["primary"], intent["other"]
        if result["outcome"] == "done":
            aliases = self.aliases.setdefault(kind, {})
            for old in (primary, other):
                if old != result["id"]:
                    aliases[old] = result["id"]
            self.merges.append((kind, primary, other, result["id"], result["at"]))
        elif result["outcome"] == "refused":
            self.refused[("merge", kind, other)] = result["why"]

    def _written(self, intent, writes):
        for record, cells in writes.items():
            for name, cell in cells.items():
                key = (intent["object"], record, name)
                if intent["do"] == "undo":
                    continue
                held = self.written.get(key)
                entry = dict(cell, consent=intent.get("consent", False), before=held)
                self.written[key] = entry

    def _update(self, intent, result):
        kind = intent["object"]
        done = result.get("done", {})
        for record, cells in intent["writes"].items():
            for name, cell in cells.items():
                key = (kind, record, name)
                if name in done.get(record, ()):
                    self.refused.pop(("set", kind, record, name, cell["new"]), None)
                    continue
                held = self.written.pop(key, None)
                if held and held["before"]:
                    self.written[key] = held["before"]
                why = result.get("refused", {}).get(record)
                if why:
                    self.refused[("set", kind, record, name, cell["new"])] = why

    def _undo(self, intent, result):
        done = result.get("done", {})
        for record, cells in intent["writes"].items():
            for name in cells:
                if name in done.get(record, ()):
                    self.written.pop((intent["object"], record, name), None)

    def _archive(self, intent, result):
        done = result.get("done", [])
        self.archived.extend((intent["object"], record, result["at"]) for record in done)
        for record, why in result.get("refused", {}).items():
            self.refused[("archive", intent["object"], record)] = why

    def now_at(self, kind, record):
        """The id under which a record goes now, as far as this plan's own merges changed it."""
        aliases = self.aliases.get(kind, {})
        while record in aliases:
            record = aliases[record]
        return record
