"""A server that answers from recordings.

    python -m sandbox.replay coinbase-pro|freqtrade|onefox|all [--port N]

It keeps no state: a request is answered by the recorded exchange that it resembles most. Method and path must be
those of the recording; path parameters may differ where no recording has the very same ones. Among what is left,
replies of status 200 come first, then those whose query and JSON body agree best with the request. Freqtrade wants
the recorded password or tokens, as the server did that was recorded.

Tests run it in their own process, look at what arrived, and pin the recordings that may answer:

    with Replay("coinbase-pro") as server, CoinbasePro(base_url=server.url) as client:
        with server.pin("products.ticker-429"):
            client.products.ticker("BTC-USD")
"""

from __future__ import annotations

import argparse
import base64
import json
import re
import socket
import sys
import threading
from collections.abc import Generator, Iterable, Mapping, Sequence
from contextlib import contextmanager
from decimal import Decimal
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Self, cast
from urllib.parse import parse_qsl, urlsplit

import attrs

from tradeloom.build import Target
from tradeloom.yamlfile import load

__all__ = ["APIS", "RECORDINGS", "ReceivedRequest", "Recording", "Replay", "recordings_in"]

RECORDINGS = Path(__file__).resolve().parent.parent / "tests" / "recordings"
HOST = "127.0.0.1"

# What a request must say to no one in particular: credentials, layout and caching change no answer.
_INDIFFERENT = frozenset({"token", "pretty", "no-cache"})
# Where the next page starts.
_CURSORS = frozenset({"after", "before", "offset"})
# These headers are about one connection, not about the reply.
_OWN_HEADERS = frozenset({"content-length", "connection", "keep-alive", "transfer-encoding"})


@attrs.frozen
class _API:
    """What sets one API apart for this server."""

    spec: str
    port: int
    folder: str
    """Where its recordings are, below `tests/recordings`."""
    everyday: str
    """The part of them that answers by default."""


APIS: Mapping[str, _API] = {
    "coinbase-pro": _API("coinbase_pro", 8701, "coinbase_pro", "coinbase_pro"),
    "freqtrade": _API("freqtrade", 8702, "freqtrade-2020.8", "freqtrade-2020.8/full"),
    "onefox": _API("onefox", 8703, "onefox", "onefox"),
}
"""The APIs by the name of their command."""


def _json(text: str | bytes) -> Any:
    """JSON with exact numbers; None for what is no JSON."""
    try:
        return json.loads(text, parse_float=Decimal) if text else None
    except ValueError:
        return None


def _asked(query: str) -> dict[str, str]:
    """The query parameters that an answer may depend on. An offset of 0 is the same as none."""
    pairs = dict(parse_qsl(query, keep_blank_values=True))
    return {k: v for k, v in pairs.items() if k not in _INDIFFERENT and (k, v) != ("offset", "0")}


@attrs.frozen
class Recording:
    """One exchange with a server."""

    name: str
    """File name without its ending; for Freqtrade with the folder before it: `full/001-ping`."""
    method: str
    path: str
    query: str
    """As on the request line, without the question mark."""
    request_headers: Mapping[str, str]
    request_body: str | None
    status: int
    reason: str
    headers: tuple[tuple[str, str], ...]
    content: bytes
    """Body of the reply."""

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read one file of `tests/recordings`."""
        exchange = json.loads(path.read_text(encoding="utf-8"))
        asked, given = exchange["request"], exchange["response"]
        folder = path.parent.name
        return cls(
            name=f"{folder}/{path.stem}" if folder in ("full", "empty", "edge", "live") else path.stem,
            method=asked["method"],
            path=asked["path"],
            query=asked.get("query", ""),
            request_headers=asked.get("headers") or {},
            request_body=asked.get("body"),
            status=given["status"],
            reason=given["reason"],
            headers=tuple((name, value) for name, value in given["headers"]),
            content=given["body"].encode(),
        )

    @property
    def authorization(self) -> str:
        """The credentials that were sent; empty if none were."""
        return self.request_headers.get("Authorization", "")

    @property
    def bearer(self) -> str:
        """The bearer token that was sent; empty if none was."""
        return self.authorization.removeprefix("Bearer ") if self.authorization.startswith("Bearer ") else ""


@cache
def recordings_in(path: Path) -> tuple[Recording, ...]:
    """The recordings of a file or folder, in the order of their names."""
    files = sorted(path.rglob("*.json")) if path.is_dir() else [path]
    return tuple(map(Recording.read, files))


@attrs.frozen
class ReceivedRequest:
    """A request that arrived."""

    method: str
    target: str
    """Path and query as on the request line."""
    headers: Mapping[str, str]
    """Names in lower case."""
    body: bytes

    @property
    def path(self) -> str:
        """The path alone."""
        return urlsplit(self.target).path

    @property
    def query(self) -> str:
        """The query alone, without the question mark."""
        return urlsplit(self.target).query


def _agreement(asked: Any, recorded: Any) -> int:
    """How well what is asked for agrees with what was: a point for each equal part, one less for each other one."""
    if isinstance(asked, dict) and isinstance(recorded, dict):
        ours, theirs = cast("dict[str, Any]", asked), cast("dict[str, Any]", recorded)
        return sum(1 if ours.get(key) == theirs.get(key) else -1 for key in ours.keys() | theirs.keys())
    return int(asked == recorded)


class _Answers:
    """Chooses the recording that answers a request."""

    def __init__(self, name: str, everyday: Sequence[Recording]) -> None:
        self.api = APIS[name]
        self.base_path, self._templates = _routes(self.api.spec)
        self._everyday = tuple(everyday)
        self._known = {r.name: r for r in (*recordings_in(RECORDINGS / self.api.folder), *everyday)}
        self._accepted = _accepted_credentials(self._known.values()) if name == "freqtrade" else None
        self._pinned: tuple[Recording, ...] = ()
        self._anywhere = False

    def pin(self, names: Iterable[str], *, anywhere: bool) -> None:
        """Let these recordings answer before all others; none ends it."""
        try:
            self._pinned = tuple(self._known[name] for name in names)
        except KeyError as error:
            raise LookupError(f"no recording is called {error.args[0]!r}") from None
        self._anywhere = anywhere

    def choose(self, request: ReceivedRequest) -> Recording:
        """The recorded exchange whose reply is the answer."""
        logs_in = self._accepted is not None and "/token/" in request.path
        if self._pinned and (self._anywhere and not logs_in):
            return self._pinned[0]
        found = self._best(request, self._pinned)
        if found is None and (not self._pinned or logs_in):
            found = self._checked(request, self._best(request, self._everyday))
        return found or self._nothing(request)

    def _best(self, request: ReceivedRequest, candidates: Iterable[Recording]) -> Recording | None:
        same_method = [r for r in candidates if r.method == request.method]
        same_path = [r for r in same_method if r.path == request.path]
        template = self._template(request.path)
        if not same_path and template is not None:
            same_path = [r for r in same_method if template.fullmatch(r.path)]
        return max(same_path, key=lambda r: self._rank(request, r), default=None)  # the first of equals

    def _rank(self, request: ReceivedRequest, recording: Recording) -> tuple[bool, int, int]:
        asked, recorded = _asked(request.query), _asked(recording.query)
        cursor = {k: v for k, v in asked.items() if k in _CURSORS}
        if cursor == {k: v for k, v in recorded.items() if k in _CURSORS}:
            place = 2
        else:
            # A walk through pages that nobody recorded must come to an end.
            place = int(bool(cursor) and re.search(rb'(^|"response":)\s*\[\]', recording.content) is not None)
        bodies = _agreement(_json(request.body), _json(recording.request_body or ""))
        return recording.status == 200, place, _agreement(asked, recorded) + bodies

    def _template(self, path: str) -> re.Pattern[str] | None:
        return next((template for template in self._templates if template.fullmatch(path)), None)

    def _checked(self, request: ReceivedRequest, found: Recording | None) -> Recording | None:
        """The recording, or the refusal of a request whose credentials are not good for it."""
        sent = request.headers.get("authorization", "")
        area = _area(request.path)
        if self._accepted is None or area == "ping" or sent in self._accepted[area]:
            return found
        refusals = [r for r in self._everyday if r.authorization == sent and _area(r.path) == area and r.status != 200]
        same_path = [r for r in refusals if r.path == request.path]
        refusals = [r for r in refusals if r.status in (401, 422)]
        if same_path or refusals:
            return (same_path or refusals)[0]
        if sent.startswith("Bearer "):
            return self._known["full/058-jwt-wrong-key"]
        return self._known["full/030-auth-bad-basic-refresh" if area == "refresh" else "full/025-auth-none"]

    def _nothing(self, request: ReceivedRequest) -> Recording:
        """What the API says of a path that it does not have."""
        return Recording(
            name="",
            method=request.method,
            path=request.path,
            query=request.query,
            request_headers={},
            request_body=None,
            status=404,
            reason="Not Found",
            headers=(("Content-Type", "application/json"),),
            content=json.dumps(self._nothing_body(request)).encode(),
        )

    def _nothing_body(self, request: ReceivedRequest) -> dict[str, Any]:
        host = request.headers.get("host", HOST)
        match self.api.spec:
            case "coinbase_pro":
                return {"message": "NotFound"}
            case "freqtrade":
                reason = f"There's no API call for http://{host}{request.target}."
                return {"code": 404, "reason": reason, "status": "error"}
            case _:
                return {
                    "server_time": "2018-02-01T13:05:26.018431Z",
                    "error": True,
                    "error_code": None,
                    "error_message": f"There is no {request.method} {request.path}.",
                    "error_data": None,
                    "warning": False,
                    "response": None,
                }


@cache
def _routes(spec: str) -> tuple[str, tuple[re.Pattern[str], ...]]:
    """The path of the base address, and a pattern for each path of the spec, those without parameters first."""
    document = cast("dict[str, Any]", load(Target(spec).spec).data)
    base_path = urlsplit(str(document["servers"][0]["url"])).path.rstrip("/")
    paths = sorted(document["paths"], key=lambda path: path.count("{"))
    return base_path, tuple(
        re.compile(re.escape(base_path) + re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(path))) for path in paths
    )


def _area(path: str) -> str:
    """Which credentials a path of Freqtrade takes."""
    return {"/api/v1/ping": "ping", "/api/v1/token/login": "login", "/api/v1/token/refresh": "refresh"}.get(path, "")


def _accepted_credentials(recordings: Iterable[Recording]) -> Mapping[str, set[str]]:
    """Authorization headers that the recorded server took, and the tokens that it gave out, by area."""
    accepted: dict[str, set[str]] = {"login": set(), "refresh": set(), "": set()}
    for recording in recordings:
        area = _area(recording.path)
        if recording.status != 200 or area not in accepted or not recording.authorization:
            continue
        accepted[area].add(recording.authorization)
        tokens = _json(recording.content)
        if area and isinstance(tokens, dict):
            given = cast("dict[str, str]", tokens)
            accepted[""].add(f"Bearer {given['access_token']}")
            if "refresh_token" in given:
                accepted["refresh"].add(f"Bearer {given['refresh_token']}")
    return accepted


class _Handler(BaseHTTPRequestHandler):
    """Reads requests of one connection and writes what the recordings say."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def _answer(self) -> None:
        server = cast("_Server", self.server)
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        headers = {name.lower(): value for name, value in self.headers.items()}
        request = ReceivedRequest(self.command, self.path, headers, body)
        server.requests.append(request)
        recording = server.answers.choose(request)
        length = str(len(recording.content))
        if request.method == "HEAD":
            recorded = {name.lower(): value for name, value in recording.headers}
            length = recorded.get("content-length", length)
        lines = [
            f"HTTP/1.1 {recording.status} {recording.reason}",
            *(f"{name}: {value}" for name, value in recording.headers if name.lower() not in _OWN_HEADERS),
            f"Content-Length: {length}",
        ]
        content = b"" if request.method == "HEAD" else recording.content
        self.wfile.write("\r\n".join([*lines, "", ""]).encode("latin-1") + content)

    do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = do_OPTIONS = _answer  # the names are the base class's

    def log_message(self, format: str, *args: Any) -> None:
        """Stay quiet."""


class _Server(ThreadingHTTPServer):
    """Knows its open connections, so that it can close them all at once."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, port: int, answers: _Answers) -> None:
        self.answers = answers
        self.requests: list[ReceivedRequest] = []
        self._open: set[socket.socket] = set()
        super().__init__((HOST, port), _Handler)

    def process_request(self, request: Any, client_address: Any) -> None:
        """Remember the connection."""
        self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        """Forget the connection."""
        self._open.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that goes away is no news; anything else is a fault of this server and is shown."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)

    def close_all(self) -> None:
        """Close the listening socket and every connection."""
        self.server_close()
        for connection in list(self._open):
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue


class Replay:
    """A replay server of one API in this process, on a free port unless told otherwise.

    `recordings` are files and folders that may answer; by default all of the API's, for Freqtrade those in `full`.
    """

    def __init__(self, api: str, recordings: Iterable[Path] | None = None, *, port: int = 0) -> None:
        if api not in APIS:
            raise ValueError(f"api: expected one of {', '.join(APIS)}, got {api!r}")
        paths = [RECORDINGS / APIS[api].everyday] if recordings is None else list(recordings)
        self.api = api
        self._answers = _Answers(api, [recording for path in paths for recording in recordings_in(path)])
        self._server = _Server(port, self._answers)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *exc_info: object) -> None:
        self._server.shutdown()
        self._server.close_all()
        self._thread.join()

    @property
    def url(self) -> str:
        """Base address for a client."""
        return f"http://{HOST}:{self._server.server_address[1]}{self._answers.base_path}"

    @property
    def requests(self) -> list[ReceivedRequest]:
        """What arrived so far, in order; may be cleared."""
        return self._server.requests

    @contextmanager
    def pin(self, *names: str, anywhere: bool = False) -> Generator[None]:
        """Answer from these recordings alone, whatever their status.

        Freqtrade goes on to log clients in, unless a pinned recording is about that. With `anywhere`, the first one
        answers every request, even one with another method and path.
        """
        self._answers.pin(names, anywhere=anywhere)
        try:
            yield
        finally:
            self._answers.pin((), anywhere=False)


def _credentials(recordings: Iterable[Recording]) -> str:
    """The recorded user name and password."""
    login = next(r for r in recordings if _area(r.path) == "login" and r.status == 200)
    username, _, password = base64.b64decode(login.authorization.removeprefix("Basic ")).decode().partition(":")
    return f"   user name {username}, password {password}"


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until Ctrl-C."""
    parser = argparse.ArgumentParser(prog="python -m sandbox.replay", description="Answer from recordings.")
    parser.add_argument("api", choices=(*APIS, "all"))
    parser.add_argument("--port", type=int, help="of the server; with `all` that of the first, the others follow")
    options = parser.parse_args(arguments)
    names = list(APIS) if options.api == "all" else [options.api]
    servers: list[Replay] = []
    try:
        for position, name in enumerate(names):
            port = APIS[name].port if options.port is None else options.port + position
            try:
                servers.append(Replay(name, port=port).__enter__())
            except (OSError, OverflowError) as error:
                reason = getattr(error, "strerror", None) or error
                print(f"{name}: cannot listen on port {port}: {reason}; choose another with --port", file=sys.stderr)
                return 1
            note = _credentials(recordings_in(RECORDINGS / APIS[name].everyday)) if name == "freqtrade" else ""
            print(f"{name:13} {servers[-1].url}{note}", flush=True)
        threading.Event().wait()
    except KeyboardInterrupt:
        print()
    finally:
        for server in servers:
            server.__exit__()
    return 0


if __name__ == "__main__":
    sys.exit(main())
