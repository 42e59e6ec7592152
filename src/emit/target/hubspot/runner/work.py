"""Carrying a plan out: reads what stands there, compares it with what the export said, and writes only where it agrees."""

from client import Refused, Stop, Unknown
from merging import Again, Merging
from portal import BATCH, OPT_OUT, Foreign, chunks


class Work(Merging):
    """Does the steps of a plan, or only says what it would do."""

    def __init__(self, portal, ledger, report, dry, retry_refused=False):
        self.portal = portal
        self.client = portal.client
        self.ledger = ledger
        self.report = report
        self.dry = dry
        self.retry_refused = retry_refused

    # What is asked of a record

    def why_not(self, kind, record, asked):
        """Why a record must be left alone; nothing where it may be changed."""
        if record is None:
            return "the record is gone"
        if record.id != self.ledger.now_at(kind, asked):
            return "the record was merged into {} since the export".format(record.id)
        if any(record.get(name) for name in self.portal.sync_properties(kind)):
            return "another CRM masters the record: change it there"
        return None

    def changed(self, kind, record, seen, planned=()):
        """The first property that is no longer as the export had it, and why that is thought."""
        for name, text in seen.items():
            if not self.portal.comparable(kind, name):
                continue
            why = self.portal.differs(kind, name, record.get(name), text)
            if why and not (name in planned and self.portal.same(kind, name, record.get(name), planned[name])):
                return "{}: {}".format(why, name)
        return None

    def names(self, kind, *groups):
        """The properties to ask for."""
        found = set(self.portal.sync_properties(kind))
        if OPT_OUT in self.portal.definitions(kind):
            found.add(OPT_OUT)
        for group in groups:
            found.update(group)
        return found

    # Values

    def sets(self, kind, steps):
        """Writes the cells of at most a hundred records."""
        names = self.names(kind, *({cell["property"] for cell in step["cells"]} for step in steps))
        for attempt in range(self.client.tries + 1):
            records = self.portal.read(kind, [self.ledger.now_at(kind, step["id"]) for step in steps], names)
            self.report.forget(steps)
            writes = {}
            for step in steps:
                record = records[self.ledger.now_at(kind, step["id"])]
                why = self.why_not(kind, record, step["id"])
                for cell in step["cells"]:
                    name = cell["property"]
                    self._cell(kind, step, record, cell, why or self.portal.problem(kind, name, cell["label"]), writes)
            if not writes:
                return
            if self.dry:
                return self.report.would("set", sum(map(len, writes.values())))
            try:
                done = self.update(kind, writes, consent=steps[0]["kind"] == "consent")
            except Again:
                self.client.pause(attempt)
                continue
            return self._said(kind, steps, writes, done)
        raise Stop("the portal does not answer; run again to go on")

    def _cell(self, kind, step, record, cell, why, writes):
        name = cell["property"]
        if not why and self.portal.same(kind, name, record.get(name), cell["new"]):
            return self.report.already(step, name)
        why = why or self.portal.differs(kind, name, record.get(name), cell["old"])
        self._put(kind, step, record, cell, why, writes)

    def _put(self, kind, step, record, cell, why, writes):
        """Adds a cell to what is written, or says why not."""
        name, new = cell["property"], None
        if not why and name == "email" and self.portal.opted_out(kind, record):
            why = "the opt-out belongs to the address, and would be lost with it"
        if not why:
            try:
                new = self.portal.raw(kind, name, cell["new"])
            except Foreign as error:
                why = "not written: " + str(error)
        if not why and not self.retry_refused:
            why = self.ledger.refused.get(("set", kind, record.id, name, new))
        if why:
            return self.report.left(step, name, why)
        writes.setdefault(record.id, {})[name] = {"old": record.get(name) or "", "new": new}

    def _said(self, kind, steps, writes, done):
        for step in steps:
            record = self.ledger.now_at(kind, step["id"])
            for name in writes.get(record, {}):
                why = done.get(record, {}).get(name, "no word from the portal")
                if why is True:
                    self.report.done("set", step, name)
                else:
                    self.report.left(step, name, why)

    def update(self, kind, writes, consent=False, do="update"):
        """Writes cells, raw; by record and property `True`, or why not. Raises `Again` when that is not known."""
        number = self.ledger.intent(do, object=kind, writes=writes, consent=consent)
        inputs = [
            {"id": record, "properties": {name: cell["new"] for name, cell in cells.items()}}
            for record, cells in writes.items()
        ]
        try:
            status, answer = self.client.write("/crm/v3/objects/{}/batch/update".format(kind), {"inputs": inputs})
        except Unknown:
            self.settle_values(number)
            raise Again from None
        except Refused as error:
            return self._refused(kind, writes, consent, do, number, error)
        said = {str(one["id"]): one.get("properties") or {} for one in answer.get("results", [])}
        reasons = {}
        for error in answer.get("errors", []):
            context = error.get("context") or {}
            for record in context.get("ids") or context.get("id") or []:
                reasons[str(record)] = str(error.get("message") or "no reason given")
        found, done, refused = {}, {}, {}
        for record, cells in writes.items():
            if record not in said:
                refused[record] = "refused: " + reasons.get(record, "status {}".format(status))
            for name, cell in cells.items():
                kept = record in said and name in said[record]
                kept = kept and not self.portal.equal(kind, name, said[record][name], cell["new"])
                if record in refused:
                    found.setdefault(record, {})[name] = refused[record]
                elif kept:
                    found.setdefault(record, {})[name] = "the portal took it, and kept another value"
                else:
                    found.setdefault(record, {})[name] = True
                    done.setdefault(record, []).append(name)
        outcome = "done" if not refused else "refused"
        self.ledger.result(number, outcome, status=status, done=done, refused=refused)
        return found

    def _refused(self, kind, writes, consent, do, number, error):
        """One bad value makes the portal refuse the whole request: asks again in parts."""
        if len(writes) > 1:
            records = list(writes)
            half = len(records) // 2
            parts = [{record: writes[record] for record in part} for part in (records[:half], records[half:])]
        else:
            ((record, cells),) = writes.items()
            parts = [{record: {name: cell}} for name, cell in cells.items()]
        if len(parts) == 1:
            ((record, cells),) = writes.items()
            why = "refused: " + error.why
            self.ledger.result(number, "refused", status=error.status, refused={record: why})
            return {record: {name: why for name in cells}}
        self.ledger.result(number, "not-done", status=error.status, why="asked again in parts")
        found = {}
        for part in parts:
            for record, cells in self.update(kind, part, consent, do).items():
                found.setdefault(record, {}).update(cells)
        return found

    # Deletes

    def deletes(self, kind, steps):
        """Archives at most a hundred records."""
        names = self.names(kind, *(step["seen"] for step in steps))
        for attempt in range(self.client.tries + 1):
            records = self.portal.read(kind, [step["id"] for step in steps], names)
            self.report.forget(steps)
            going = []
            for step in steps:
                record = records[step["id"]]
                if record is None:
                    self.report.already(step, "delete")
                    continue
                why = self.why_not(kind, record, step["id"])
                changed = None if why else self.changed(kind, record, step["seen"])
                why = why or changed
                if not why and not self.retry_refused:
                    why = self.ledger.refused.get(("archive", kind, step["id"]))
                if why:
                    self.report.left(step, "delete", why)
                else:
                    going.append(step)
            if not going:
                return
            if self.dry:
                return self.report.would("delete", len(going))
            try:
                return self._archive(kind, going)
            except Again:
                self.client.pause(attempt)
        raise Stop("the portal does not answer; run again to go on")

    def _archive(self, kind, steps):
        ids = [step["id"] for step in steps]
        number = self.ledger.intent("archive", object=kind, ids=ids)
        try:
            status, _ = self.client.write(
                "/crm/v3/objects/{}/batch/archive".format(kind), {"inputs": [{"id": one} for one in ids]}
            )
        except Unknown:
            self.settle_archive(number)
            raise Again from None
        except Refused as error:
            if len(ids) > 1:
                self.ledger.result(number, "not-done", status=error.status, why="asked again one by one")
                for step in steps:
                    self._archive(kind, [step])
                return
            why = "refused: " + error.why
            self.ledger.result(number, "refused", status=error.status, refused={ids[0]: why})
            return self.report.left(steps[0], "delete", why)
        self.ledger.result(number, "done", status=status, done=ids)
        for step in steps:
            self.report.done("delete", step, "delete")

    # What an earlier run, or a broken connection, left open

    def settle(self):
        """Looks up what became of every request whose answer is not known."""
        for number in sorted(self.ledger.open):
            do = self.ledger.open[number]["do"]
            if do == "merge":
                self.settle_merge(number)
            elif do == "archive":
                self.settle_archive(number)
            else:
                self.settle_values(number)

    def settle_merge(self, number):
        intent = self.ledger.open[number]
        kind, primary, other = intent["object"], intent["primary"], intent["other"]
        records = self.portal.read(kind, [primary, other], ())
        one, two = records[primary], records[other]
        if one is not None and two is not None and one.id == two.id:
            return self.ledger.result(number, "done", id=one.id, found=True)
        if two is None and one is not None and other in one.merged:
            return self.ledger.result(number, "done", id=one.id, found=True)
        self.ledger.result(number, "not-done", found=True)

    def settle_values(self, number):
        intent = self.ledger.open[number]
        kind, writes = intent["object"], intent["writes"]
        names = {name for cells in writes.values() for name in cells}
        records = self.portal.read(kind, list(writes), names)
        done = {}
        for record, cells in writes.items():
            for name, cell in cells.items():
                held = records[record]
                if held is not None and self.portal.equal(kind, name, held.get(name), cell["new"]):
                    done.setdefault(record, []).append(name)
        self.ledger.result(number, "done" if done else "not-done", done=done, found=True)

    def settle_archive(self, number):
        intent = self.ledger.open[number]
        records = self.portal.read(intent["object"], intent["ids"], ())
        done = [one for one in intent["ids"] if records[one] is None]
        self.ledger.result(number, "done" if done else "not-done", done=done, found=True)


__all__ = ["BATCH", "Again", "Work", "chunks"]
