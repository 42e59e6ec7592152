"""Carrying a plan out: reads what stands there, compares it with what the export said, and writes only where it agrees."""

from client import Refused, Stop, Unknown
from portal import BATCH, OPT_OUT, Foreign, chunks

# A record cannot hold more than this many that were merged, itself among them.
IDENTITIES = 250


class Again(Exception):
    """Something was left unknown: read again, and go on from what is there."""


class Work:
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

    # Merges

    def merges(self, kind, steps):
        """Merges groups one by one. They are looked at together first, so that what is done already costs little."""
        records = self._members(kind, steps)
        for step in steps:
            verdict = self._judge(kind, step, records)
            if verdict != "go":
                continue
            if self.dry:
                self._would(kind, step, records)
                continue
            self._merge(kind, step)

    def _would(self, kind, step, records):
        survivor = self._record(kind, records, step["survivor"])
        for one in step["losers"]:
            if self._record(kind, records, one) in (None, survivor):
                continue
            why = None if self.retry_refused else self.ledger.refused.get(("merge", kind, one))
            if why:
                self.report.left(step, "merge " + one, why)
            else:
                self.report.would("merge", 1)

    def _members(self, kind, steps):
        ids, names = [], set()
        for step in steps:
            ids.extend(self.ledger.now_at(kind, one) for one in [step["survivor"]] + step["losers"])
            names.update(*(seen for seen in step["seen"].values()), step["consent"], step["values"])
        return self.portal.read(kind, ids, self.names(kind, names))

    def _record(self, kind, records, asked):
        return records[self.ledger.now_at(kind, asked)]

    def _ours(self, kind, step):
        """The records of a group that this plan merged into the survivor."""
        at = self.ledger.now_at(kind, step["survivor"])
        moved = [one for one in step["losers"] if self.ledger.now_at(kind, one) == at]
        return moved

    def _judge(self, kind, step, records):
        """`go` where something of a group may be left to do; else it is said why not."""
        survivor = self._record(kind, records, step["survivor"])
        ours = self._ours(kind, step)
        if survivor is not None and survivor.id != self.ledger.now_at(kind, step["survivor"]):
            others = [self._record(kind, records, one) for one in step["losers"]]
            if all(one is not None and one.id == survivor.id for one in others):
                self.report.already(step, "merge")
                return "done"
        why = self.why_not(kind, survivor, step["survivor"])
        # Once a merge of the group is done the survivor is a mixture, and the rest is looked at pair by pair.
        if not why and not ours:
            why = self._group(kind, step, records, survivor)
        if why:
            self.report.left(step, "merge", why)
            return "skip"
        apart = [one for one in step["losers"] if self._record(kind, records, one) not in (None, survivor)]
        if not apart and all(
            self.portal.same(kind, name, survivor.get(name), cell["new"]) for name, cell in step["values"].items()
        ):
            self.report.already(step, "merge")
            return "done"
        return "go"

    def _group(self, kind, step, records, survivor):
        """Why a group of which nothing is merged must be left alone."""
        for one in [step["survivor"]] + step["losers"]:
            record = self._record(kind, records, one)
            if one != step["survivor"] and record is not None and record.id == survivor.id:
                continue
            why = self.why_not(kind, record, one) or self._stale(kind, step, record, one)
            if why:
                return why
        for name, cell in list(step["values"].items()) + list(step["consent"].items()):
            why = self._unwritable(kind, name, cell)
            if why:
                return why
        return None

    def _stale(self, kind, step, record, asked):
        """Why a record that is to be merged is no longer what the plan was made for."""
        planned = {name: cell["new"] for name, cell in step["consent"].items()}
        changed = self.changed(kind, record, step["seen"].get(asked, {}), planned)
        return changed and "{} of {}".format(changed, asked)

    def _unwritable(self, kind, name, cell):
        """Why a value that has to survive could not be written after the merge."""
        why = self.portal.problem(kind, name, cell["label"])
        if not why:
            try:
                self.portal.raw(kind, name, cell["new"])
            except Foreign as error:
                why = str(error)
        return why and "a value that has to survive, of {}, cannot be written: {}".format(name, why)

    def _came(self, kind, step, cell):
        """Whether the records that a value comes from are in the survivor."""
        own = {step["survivor"], *self._ours(kind, step)}
        return all(one in own for one in cell["from"])

    def _expected(self, kind, step, record, name):
        """Whether a property of a merged record holds what one of its parts had."""
        current = record.get(name)
        return any(self.portal.same(kind, name, current, seen.get(name)) for seen in step["seen"].values())

    def _merge(self, kind, step):
        for loser in step["losers"]:
            if loser in self._ours(kind, step):
                continue
            if ("merge", kind, loser) in self.ledger.refused and not self.retry_refused:
                self.report.left(step, "merge " + loser, self.ledger.refused[("merge", kind, loser)])
                continue
            if not self._pair(kind, step, loser):
                return
        for attempt in range(self.client.tries + 1):
            try:
                return self._values(kind, step)
            except Again:
                self.client.pause(attempt)
        raise Stop("the portal does not answer; run again to go on")

    def _pair(self, kind, step, loser):
        """Merges one record into the survivor; whether the rest of the group may follow."""
        for attempt in range(self.client.tries + 1):
            records = self._members(kind, [step])
            if self._judge(kind, step, records) != "go":
                return bool(self._ours(kind, step))
            primary, other = self._record(kind, records, step["survivor"]), self._record(kind, records, loser)
            if other is not None and other.id == primary.id:
                return True
            why = self.why_not(kind, other, loser) or self._stale(kind, step, other, loser)
            if not why and self.portal.opted_out(kind, other) and not self.portal.opted_out(kind, primary):
                why = "it wants no mail, and the survivor's address would get some: unsubscribe the survivor first"
            if not why and 2 + len(primary.merged) + len(other.merged) > IDENTITIES:
                why = "a record holds at most {} merged ones".format(IDENTITIES)
            if why:
                self.report.left(step, "merge " + loser, why)
                return True
            try:
                # Of a survivor that has been merged into, the consent is written already.
                if not self._consent(kind, step, [other] if self._ours(kind, step) else [primary, other]):
                    return bool(self._ours(kind, step))
                return self._send(kind, step, primary, other, loser)
            except Again:
                self.client.pause(attempt)
        raise Stop("the portal does not answer; run again to go on")

    def _consent(self, kind, step, records):
        """Writes the consent that has to survive on both records, so that no merge can lose it."""
        writes = {}
        for record in records:
            for name, cell in step["consent"].items():
                current = record.get(name)
                if not self.portal.same(kind, name, current, cell["new"]):
                    new = self.portal.raw(kind, name, cell["new"])
                    writes.setdefault(record.id, {})[name] = {"old": current or "", "new": new}
        if not writes:
            return True
        found = self.update(kind, writes, consent=True)
        for record, cells in found.items():
            for name, why in cells.items():
                if why is not True:
                    self.report.left(step, "merge", "its consent could not be written: {}: {}".format(name, why))
                    return False
        return True

    def _send(self, kind, step, primary, other, loser):
        number = self.ledger.intent(
            "merge", object=kind, primary=primary.id, other=other.id, survivor=step["survivor"], loser=loser
        )
        body = {"primaryObjectId": primary.id, "objectIdToMerge": other.id}
        try:
            status, answer = self.client.write("/crm/v3/objects/{}/merge".format(kind), body)
        except Unknown:
            self.settle_merge(number)
            raise Again from None
        except Refused as error:
            why = "refused: " + error.why
            self.ledger.result(number, "refused", status=error.status, why=why)
            self.report.left(step, "merge " + loser, why)
            return True
        if not answer.get("id"):
            self.settle_merge(number)
            raise Again
        self.ledger.result(number, "done", status=status, id=str(answer["id"]))
        self.report.done("merge", step, loser)
        return True

    def _values(self, kind, step):
        """After the merges of a group: the values that survive, where the portal chose others."""
        if not self._ours(kind, step) or not step["values"]:
            return
        at = self.ledger.now_at(kind, step["survivor"])
        record = self.portal.read(kind, [at], self.names(kind, step["values"]))[at]
        why = self.why_not(kind, record, step["survivor"])
        writes = {}
        for name, cell in step["values"].items():
            if not why and not self._came(kind, step, cell):
                self.report.left(step, name, "its value comes from a record that was not merged")
            elif not why and not self._expected(kind, step, record, name):
                if not self.portal.same(kind, name, record.get(name), cell["new"]):
                    self.report.left(step, name, "changed since the merge")
            else:
                if why or not self.portal.same(kind, name, record.get(name), cell["new"]):
                    self._put(kind, step, record, dict(cell, property=name), why, writes)
        if writes:
            done = self.update(kind, writes)
            for name in writes[record.id]:
                said = done.get(record.id, {}).get(name, "no word from the portal")
                if said is True:
                    self.report.done("set", step, name)
                else:
                    self.report.left(step, name, said)

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


__all__ = ["BATCH", "Work", "chunks"]
