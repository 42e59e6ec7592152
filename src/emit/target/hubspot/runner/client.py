"""Requests to HubSpot's API: pace, retries, and what an answer means. Python's own library only."""

import collections
import email.utils
import http.client
import json
import time
import urllib.error
import urllib.parse
import urllib.request

TIMEOUT = 60
LONGEST_WAIT = 300
# Too many requests, locked, being moved: the request was not carried out, and may be sent again.
WAIT = (423, 429, 477)


class Stop(Exception):
    """Nothing more can be done; the text is for people."""


class Refused(Exception):
    """The portal said no: it changed nothing."""

    def __init__(self, status, why):
        super().__init__(why)
        self.status = status
        self.why = why


class Unknown(Exception):
    """No answer, or none that says what became of the request."""


def plain(text, most=300):
    """Text from elsewhere, harmless on a terminal."""
    text = "".join(c if c.isprintable() else " " for c in str(text))
    return text if len(text) <= most else text[:most] + "…"


class NoRedirect(urllib.request.HTTPRedirectHandler):
    """A redirect would take the token to another host."""

    def redirect_request(self, *_):
        return None


def checked_base(base):
    """The address of the API; without encryption only on this machine, since the token travels with each request."""
    parts = urllib.parse.urlsplit(base)
    local = parts.hostname in ("127.0.0.1", "::1", "localhost")
    if parts.scheme != "https" and not (parts.scheme == "http" and local):
        raise Stop("--api must begin with https://")
    return base.rstrip("/")


def checked_token(token):
    """The token from the environment. It is never printed, so an error must not quote it either."""
    token = (token or "").strip()
    if not token:
        raise Stop("set HUBSPOT_TOKEN in the environment to the access token of a private app")
    if not all("!" <= c <= "~" for c in token):
        raise Stop("HUBSPOT_TOKEN holds characters that no token has")
    return token


class Client:
    """Sends requests, at most `rate` in ten seconds."""

    def __init__(self, base, token, rate, backoff, tries):
        self.base = checked_base(base)
        self._token = checked_token(token)
        self.rate = rate
        self.backoff = backoff
        self.tries = tries
        self._sent = collections.deque()
        self._opener = urllib.request.build_opener(NoRedirect)

    def _pace(self):
        now = time.monotonic()
        while self._sent and now - self._sent[0] >= 10:
            self._sent.popleft()
        if len(self._sent) >= self.rate:
            time.sleep(max(0, 10 - (now - self._sent[0])))
            self._sent.popleft()
        self._sent.append(time.monotonic())

    def _once(self, method, path, body):
        self._pace()
        data = None if body is None else json.dumps(body).encode("ascii")
        headers = {
            "Authorization": "Bearer " + self._token,
            "Content-Type": "application/json",
            "Accept": "application/json",
            "User-Agent": "leadlint",
        }
        request = urllib.request.Request(self.base + path, data=data, method=method, headers=headers)
        try:
            try:
                with self._opener.open(request, timeout=TIMEOUT) as answer:
                    return answer.status, answer.headers, answer.read()
            except urllib.error.HTTPError as error:
                with error:
                    return error.code, error.headers, error.read()
        except (urllib.error.URLError, http.client.HTTPException, OSError) as error:
            reason = getattr(error, "reason", None) or error
            raise Unknown("no answer: " + plain(reason)) from None

    def _wait(self, headers, attempt):
        after = (headers.get("Retry-After") or "").strip()
        if after.isdigit():
            seconds = int(after)
        else:
            try:
                seconds = email.utils.parsedate_to_datetime(after).timestamp() - time.time()
            except (TypeError, ValueError):
                seconds = self.backoff * 2**attempt
        time.sleep(min(max(seconds, 0), LONGEST_WAIT))

    def pause(self, attempt):
        """Waits after a failure, longer each time, never longer than half a minute."""
        time.sleep(min(self.backoff * 2**attempt, 30))

    def write(self, path, body):
        """Sends a change once; again only where the portal says that it did nothing.

        Returns the answer's status and content. Raises `Unknown` where nobody knows what became of the change.
        """
        attempt = 0
        while True:
            status, headers, content = self._once("POST", path, body)
            if status in WAIT:
                attempt += 1
                if attempt > self.tries:
                    raise Stop("the portal asks for a pause again and again; run again later")
                self._wait(headers, attempt)
                continue
            return status, self._content(status, content)

    def read(self, method, path, body=None):
        """Asks for something, which changes nothing and may be repeated. The content of the answer."""
        attempt = 0
        while True:
            try:
                status, headers, content = self._once(method, path, body)
                if status not in WAIT:
                    return self._content(status, content)
                attempt += 1
                if attempt <= self.tries:
                    self._wait(headers, attempt)
                failure = "the portal asks for a pause again and again"
            except Unknown as error:
                attempt += 1
                if attempt <= self.tries:
                    self.pause(attempt)
                failure = str(error)
            if attempt > self.tries:
                raise Stop(failure + "; run again to go on")

    @staticmethod
    def _content(status, content):
        if status >= 500:
            raise Unknown("status {}".format(status))
        try:
            content = json.loads(content) if content else {}
        except ValueError:
            if 200 <= status < 300:
                raise Unknown("an answer that is no JSON") from None
            content = {}
        if not isinstance(content, dict):
            content = {}
        if 200 <= status < 300:
            return content
        why = "status {}: {}".format(status, plain(content.get("message") or "no reason given"))
        if status == 401 or content.get("category") == "MISSING_SCOPES":
            raise Stop("the token is not accepted for this: " + why)
        if 300 <= status < 400:
            raise Stop("the address redirects; name the right one with --api")
        raise Refused(status, why)
