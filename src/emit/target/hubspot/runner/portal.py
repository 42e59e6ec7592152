"""What the portal holds: its properties, its owners, its records; and how cells of an export read in its own terms."""

import decimal
import urllib.parse

from client import Refused, Stop, plain

BATCH = 100
MERGED = "hs_merged_object_ids"
OWNER = "hubspot_owner_id"
OPT_OUT = "hs_email_optout"
YES = ("true", "yes", "1")
NO = ("false", "no", "0")


class Foreign(Exception):
    """A cell that cannot be said in the portal's terms; the text says why."""


def blank(text):
    return text is None or text == ""


def lines(text):
    """Text with one kind of line end: exports and forms write them differently."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def chunks(things, size=BATCH):
    things = list(things)
    for start in range(0, len(things), size):
        yield things[start : start + size]


class Record:
    """A record as it stands in the portal."""

    def __init__(self, record, properties):
        self.id = record
        self.properties = properties
        self.merged = [one for one in (properties.get(MERGED) or "").split(";") if one]

    def get(self, name):
        return self.properties.get(name)


class Portal:
    """Reads from a portal, and translates."""

    def __init__(self, client):
        self.client = client
        self._definitions = {}
        self._owners = None

    def definitions(self, kind):
        """The properties of an object by name."""
        if kind not in self._definitions:
            try:
                found = self.client.read("GET", "/crm/v3/properties/" + urllib.parse.quote(kind, safe=""))
            except Refused as error:
                raise Stop("the properties of {} cannot be read: {}".format(plain(kind), error.why)) from None
            self._definitions[kind] = {one["name"]: one for one in found.get("results", [])}
        return self._definitions[kind]

    def owners(self):
        """Everybody who owns or owned records."""
        if self._owners is None:
            found = []
            for archived in ("false", "true"):
                after = ""
                while True:
                    path = "/crm/v3/owners/?limit=100&archived=" + archived + after
                    try:
                        page = self.client.read("GET", path)
                    except Refused as error:
                        raise Stop("the owners cannot be read: " + error.why) from None
                    found.extend(dict(one, archived=archived == "true") for one in page.get("results", []))
                    following = page.get("paging", {}).get("next", {}).get("after")
                    if not following:
                        break
                    after = "&after=" + urllib.parse.quote(str(following), safe="")
            self._owners = found
        return self._owners

    def sync_properties(self, kind):
        """Properties that are filled where another CRM masters the record."""
        ends = ("leadid", "contactid", "accountid", "opportunityid")
        return [name for name in self.definitions(kind) if "salesforce" in name and name.endswith(ends)]

    def problem(self, kind, name, label=None):
        """Why a property cannot be written; nothing where it can."""
        found = self.definitions(kind).get(name)
        if found is None:
            return "the portal has no property " + plain(name)
        if found.get("calculated") or found.get("modificationMetadata", {}).get("readOnlyValue"):
            return "the portal writes it itself"
        if found.get("type") in ("date", "datetime"):
            return "a time in an export carries no zone; set it by hand"
        if label and found.get("label") != label and label != name:
            others = [one for one in self.definitions(kind).values() if one.get("label") == label]
            if others:
                return "the portal calls another property so; name the right one under [targets.hubspot] properties"
        return None

    def comparable(self, kind, name):
        """Whether a cell of an export can be compared with what stands in the portal."""
        found = self.definitions(kind).get(name)
        if found is None or found.get("calculated"):
            return False
        return found.get("type") not in ("date", "datetime")

    def is_owner(self, kind, name):
        found = self.definitions(kind).get(name, {})
        return name == OWNER or found.get("referencedObjectType") == "OWNER"

    def readings(self, kind, name, text):
        """What a cell of an export may mean in the portal: sorted raw values."""
        if blank(text):
            return [""]
        found = self.definitions(kind).get(name, {})
        if self.is_owner(kind, name):
            return self._owner(text)
        if found.get("type") == "bool" or found.get("fieldType") == "booleancheckbox":
            word = text.strip().lower()
            if word in YES or word in NO:
                return ["true" if word in YES else "false"]
        if found.get("type") == "enumeration" and found.get("options"):
            return self._option(found, text)
        return [text]

    def _owner(self, text):
        wanted = " ".join(text.split()).lower()
        found = []
        for owner in self.owners():
            name = "{} {}".format(owner.get("firstName") or "", owner.get("lastName") or "")
            known = (str(owner["id"]), (owner.get("email") or "").lower(), " ".join(name.split()).lower())
            if wanted in known:
                found.append(owner)
        current = [owner for owner in found if not owner["archived"]]
        if not found:
            raise Foreign("no owner of the portal goes by this name")
        return sorted({str(owner["id"]) for owner in current or found})

    @staticmethod
    def _option(found, text):
        def one(part):
            return {
                option["value"]
                for option in found["options"]
                if part in (option.get("value"), option.get("label"))
            }

        whole = one(text)
        if whole or ";" not in text:
            if not whole:
                raise Foreign("it is no option of the property in the portal")
            return sorted(whole)
        values = []
        for part in filter(None, (part.strip() for part in text.split(";"))):
            choices = one(part)
            if len(choices) != 1:
                raise Foreign("it is no option of the property in the portal")
            values.append(choices.pop())
        return [";".join(values)]

    def raw(self, kind, name, text):
        """The value to write for a cell."""
        found = self.readings(kind, name, text)
        if len(found) != 1:
            raise Foreign("it may mean several things in the portal")
        if found[0] and self.is_owner(kind, name):
            if not any(str(one["id"]) == found[0] and not one["archived"] for one in self.owners()):
                raise Foreign("the owner is no longer active in the portal")
        number = self.definitions(kind).get(name, {}).get("type") == "number"
        if number and found[0] and decimal_of(found[0]) is None:
            raise Foreign("it is no number as the portal writes them")
        return found[0]

    def differs(self, kind, name, current, text):
        """Why what stands in the portal is not what a cell of the export says; nothing where it is."""
        if blank(current) and blank(text):
            return None
        try:
            readings = self.readings(kind, name, text)
        except Foreign as error:
            return "cannot be compared: " + str(error)
        if any(self.equal(kind, name, current, reading) for reading in readings):
            return None
        return "changed since the export"

    def same(self, kind, name, current, text):
        """Whether what stands in the portal is what a cell of the export says."""
        return self.differs(kind, name, current, text) is None

    def opted_out(self, kind, record):
        """Whether the person behind a record wants no mail. HubSpot keeps that by address."""
        return OPT_OUT in self.definitions(kind) and record.get(OPT_OUT) == "true"

    def equal(self, kind, name, current, raw):
        """Whether two raw values are the same."""
        if blank(current) or blank(raw):
            return blank(current) and blank(raw)
        found = self.definitions(kind).get(name, {})
        if found.get("type") == "number":
            one, other = decimal_of(current), decimal_of(raw)
            if one is not None and other is not None:
                return one == other
        if found.get("fieldType") == "checkbox":
            return sorted(current.split(";")) == sorted(raw.split(";"))
        return lines(current) == lines(raw)

    def read(self, kind, ids, names):
        """The records that go under `ids` now, by those; `None` where there is none. A record that was merged into
        another is that other."""
        found = {}
        for asked in chunks(sorted(set(ids))):
            body = {
                "inputs": [{"id": one} for one in asked],
                "properties": sorted(set(names) | {MERGED}),
                "propertiesWithHistory": [],
            }
            path = "/crm/v3/objects/{}/batch/read".format(urllib.parse.quote(kind, safe=""))
            try:
                answer = self.client.read("POST", path, body)
            except Refused as error:
                raise Stop("{} cannot be read: {}".format(plain(kind), error.why)) from None
            for one in answer.get("results", []):
                record = Record(str(one["id"]), one.get("properties") or {})
                for alias in record.merged:
                    found.setdefault(alias, record)
                found[record.id] = record
        return {one: found.get(one) for one in ids}


def decimal_of(text):
    """A number, or nothing."""
    try:
        number = decimal.Decimal(text.strip())
    except (decimal.InvalidOperation, AttributeError):
        return None
    return number if number.is_finite() else None
