"""Merges, pair by pair: what a group must still be, what would be lost by it, and the values that survive."""

from client import Refused, Stop, Unknown
from portal import Foreign

# A record cannot hold more than this many that were merged, itself among them.
IDENTITIES = 250

NOT_MERGED = "its value comes from a record that was not merged"


class Again(Exception):
    """Something was left unknown: read again, and go on from what is there."""


class Merging:
    """The part of the work that makes records one."""

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
        """What of a group would be merged, and what would be left alone."""
        survivor = self._record(kind, records, step["survivor"])
        held, going = len(survivor.merged), []
        for one in step["losers"]:
            other = self._record(kind, records, one)
            if other is not None and other.id == survivor.id:
                continue
            why = None if self.retry_refused else self.ledger.refused.get(("merge", kind, one))
            why = why or self._forbids(kind, step, survivor, held, other, one)
            if why:
                self.report.left(step, "merge " + one, why)
                continue
            self.report.would("merge", 1)
            going.append(one)
            # The next one meets a record that holds both.
            held += 2 + len(other.merged)
        ours = self._ours(kind, step)
        if going:
            for name, cell in step["values"].items():
                if not self._came(step, cell, ours + going):
                    self.report.left(step, name, NOT_MERGED)
        elif ours and step["values"]:
            writes = self._chosen(kind, step, survivor, ours)
            if writes:
                self.report.would("set", sum(map(len, writes.values())))

    def _forbids(self, kind, step, primary, held, other, loser):
        """Why a record must not be merged into `primary`, which holds `held` others."""
        why = self.why_not(kind, other, loser) or self._stale(kind, step, other, loser)
        if not why and self.portal.opted_out(kind, other) and not self.portal.opted_out(kind, primary):
            why = "it wants no mail, and the survivor's address would get some: unsubscribe the survivor first"
        if not why and 2 + held + len(other.merged) > IDENTITIES:
            why = "a record holds at most {} merged ones".format(IDENTITIES)
        return why

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

    def _came(self, step, cell, merged):
        """Whether the records that a value comes from are in the survivor, or among `merged`."""
        return all(one == step["survivor"] or one in merged for one in cell["from"])

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
            why = self._forbids(kind, step, primary, len(primary.merged), other, loser)
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
        ours = self._ours(kind, step)
        if not ours or not step["values"]:
            return
        at = self.ledger.now_at(kind, step["survivor"])
        record = self.portal.read(kind, [at], self.names(kind, step["values"]))[at]
        writes = self._chosen(kind, step, record, ours)
        if writes:
            done = self.update(kind, writes)
            for name in writes[record.id]:
                said = done.get(record.id, {}).get(name, "no word from the portal")
                if said is True:
                    self.report.done("set", step, name)
                else:
                    self.report.left(step, name, said)

    def _chosen(self, kind, step, record, ours):
        """What is to be written on a merged record; it is said what is not, and why."""
        why = self.why_not(kind, record, step["survivor"])
        writes = {}
        for name, cell in step["values"].items():
            if not why and not self._came(step, cell, ours):
                self.report.left(step, name, NOT_MERGED)
            elif not why and not self._expected(kind, step, record, name):
                if not self.portal.same(kind, name, record.get(name), cell["new"]):
                    self.report.left(step, name, "changed since the merge")
            else:
                if why or not self.portal.same(kind, name, record.get(name), cell["new"]):
                    self._put(kind, step, record, dict(cell, property=name), why, writes)
        return writes
