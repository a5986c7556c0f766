"""The replay server: what it answers, to whom, and how it starts and stops."""

from __future__ import annotations

import http.client
import json
import signal
import socket
import subprocess
import sys
import time
from base64 import b64encode
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from sandbox import replay
from sandbox.replay import APIS, RECORDINGS, Replay
from tests.replies import recordings

BASIC = "Basic " + b64encode(b"Freqtrader:SuperSecret1!").decode()


def fetch(
    server: Replay, method: str, target: str, headers: Mapping[str, str] | None = None, body: str | None = None
) -> tuple[int, list[tuple[str, str]], bytes]:
    """Status, headers and body of an answer."""
    connection = http.client.HTTPConnection(urlsplit(server.url).netloc, timeout=5)
    try:
        connection.request(method, target, body=body, headers=dict(headers or {}))
        response = connection.getresponse()
        return response.status, response.getheaders(), response.read()
    finally:
        connection.close()


@pytest.mark.parametrize("api", APIS)
def test_every_recording_is_sent_as_it_was_recorded(api: str) -> None:
    with Replay(api) as server:
        for recording in recordings(api):
            target = recording.path + (f"?{recording.query}" if recording.query else "")
            with server.pin(recording.name):
                status, headers, body = fetch(
                    server, recording.method, target, recording.request_headers, recording.request_body
                )
            assert (status, body) == (recording.status, recording.content), recording.name
            own = [(name, value) for name, value in headers if name.lower() != "content-length"]
            assert own == [pair for pair in recording.headers if pair[0].lower() != "content-length"], recording.name
        assert len(server.requests) == len(recordings(api))


def test_the_recorded_query_that_agrees_best_answers() -> None:
    with Replay("coinbase-pro") as server:
        for level, name in ((1, "level-1"), (2, "level-2"), (3, "level-3")):
            _, _, body = fetch(server, "GET", f"/products/BTC-USD/book?level={level}")
            expected = RECORDINGS / "coinbase_pro" / f"products.order_book-{name}.json"
            assert body.decode() == json.loads(expected.read_text())["response"]["body"]


def test_the_recorded_body_that_agrees_best_answers() -> None:
    with Replay("coinbase-pro") as server:
        _, _, body = fetch(server, "POST", "/orders", body='{"type":"market","side":"sell","size":"0.04"}')
        assert json.loads(body)["id"] == "7be21d04-95c8-4a6f-8d33-1f0c2e9a4b65"


def test_a_path_parameter_may_differ_where_nothing_matches_exactly() -> None:
    with Replay("coinbase-pro") as server:
        assert fetch(server, "GET", "/products/ETH-EUR/ticker")[0] == 200
        assert fetch(server, "GET", "/products/NO-SUCH/ticker")[0] == 404


def test_a_page_that_nobody_recorded_is_empty() -> None:
    with Replay("coinbase-pro") as server:
        first = json.loads(fetch(server, "GET", "/products/BTC-USD/trades?limit=2")[2])
        assert [trade["trade_id"] for trade in first] == [78654321, 78654320]
        assert fetch(server, "GET", "/products/BTC-USD/trades?limit=2&after=78654320")[2] == b"[]"
    with Replay("onefox") as other:
        target = "/api/v1/market/index_history.php?symbol=BTCUSD&limit=2&offset=2"
        assert json.loads(fetch(other, "GET", target)[2])["response"] == []


@pytest.mark.parametrize(
    ("api", "body"),
    [
        ("coinbase-pro", {"message": "NotFound"}),
        ("freqtrade", {"code": 404, "status": "error"}),
        ("onefox", {"error": True, "warning": False, "response": None}),
    ],
)
def test_what_no_recording_fits_is_the_404_of_the_api(api: str, body: dict[str, object]) -> None:
    with Replay(api) as server:
        status, _, content = fetch(server, "GET", "/api/v1/no/such/thing", {"Authorization": BASIC})
    answer = json.loads(content)
    assert status == 404
    assert {key: answer[key] for key in body} == body


@pytest.mark.parametrize(
    ("method", "path", "authorization", "status", "body"),
    [
        ("GET", "version", None, 401, {"error": "Unauthorized"}),
        ("GET", "version", "Basic Zm9vOmJhcg==", 401, {"error": "Unauthorized"}),
        ("GET", "count", "Basic AAAA", 401, {"error": "Unauthorized"}),
        ("GET", "version", BASIC, 200, {"version": "2020.8"}),
        ("GET", "ping", None, 200, {"status": "pong"}),
        ("GET", "count", "Bearer junk", 422, {"msg": "Not enough segments"}),
        ("GET", "count", "Bearer x.y.z", 422, {"msg": "Signature verification failed"}),
        ("POST", "token/login", None, 401, {"error": "Unauthorized"}),
        ("POST", "token/refresh", None, 401, {"msg": "Missing Authorization Header"}),
        ("POST", "token/refresh", BASIC, 422, {"msg": "Bad Authorization header. Expected value 'Bearer <JWT>'"}),
    ],
)
def test_freqtrade_takes_the_recorded_credentials_only(
    method: str, path: str, authorization: str | None, status: int, body: dict[str, str]
) -> None:
    headers = {} if authorization is None else {"Authorization": authorization}
    with Replay("freqtrade") as server:
        answer = fetch(server, method, f"/api/v1/{path}", headers)
    assert (answer[0], json.loads(answer[2])) == (status, body)


def test_freqtrade_takes_the_tokens_that_it_gave_out() -> None:
    with Replay("freqtrade") as server:
        tokens = json.loads(fetch(server, "POST", "/api/v1/token/login", {"Authorization": BASIC})[2])
        bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
        assert fetch(server, "GET", "/api/v1/count", bearer)[0] == 200
        renewed = fetch(server, "POST", "/api/v1/token/refresh", {"Authorization": f"Bearer {tokens['refresh_token']}"})
        assert renewed[0] == 200
        assert fetch(server, "POST", "/api/v1/token/refresh", bearer)[0] == 422


def test_what_arrived_can_be_looked_at() -> None:
    with Replay("onefox") as server:
        fetch(server, "GET", "/api/v1/market/get.php?symbol=BTCUSD", {"X-One": "1"})
        request = server.requests[0]
    assert (request.method, request.path, request.query) == ("GET", "/api/v1/market/get.php", "symbol=BTCUSD")
    assert (request.headers["x-one"], request.body) == ("1", b"")


def test_a_connection_is_kept_for_the_next_request() -> None:
    with Replay("coinbase-pro") as server:
        connection = http.client.HTTPConnection(urlsplit(server.url).netloc, timeout=5)
        connection.connect()
        assert connection.sock is not None
        port = connection.sock.getsockname()[1]
        for _ in range(3):
            connection.request("GET", "/time")
            assert connection.getresponse().read()
        assert connection.sock.getsockname()[1] == port
        connection.close()


def test_closing_it_closes_open_connections() -> None:
    with Replay("coinbase-pro") as server:
        host = urlsplit(server.url)
        open_connection = socket.create_connection((host.hostname, host.port), timeout=5)
        open_connection.sendall(b"GET /time HTTP/1.1\r\nHost: x\r\n\r\n")
        assert open_connection.recv(4096).startswith(b"HTTP/1.1 200")
    with open_connection:
        assert open_connection.recv(1) == b""


def test_an_unknown_recording_or_api_is_refused() -> None:
    with pytest.raises(ValueError, match="api: expected one of"):
        Replay("kraken")
    with (
        Replay("onefox") as server,
        pytest.raises(LookupError, match=r"no recording is called 'nope'"),
        server.pin("nope"),
    ):
        pass


def test_a_taken_port_is_a_clear_error(capsys: pytest.CaptureFixture[str]) -> None:
    with Replay("onefox") as server:
        port = str(urlsplit(server.url).port)
        assert replay.main(["onefox", "--port", port]) == 1
    assert f"onefox: cannot listen on port {port}" in capsys.readouterr().err


def test_ctrl_c_stops_the_command_at_once() -> None:
    root = Path(replay.__file__).parent.parent
    command = [sys.executable, "-m", "sandbox.replay", "coinbase-pro", "--port", "0"]
    with subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        line = process.stdout.readline()
        address = line.split()[1]
        host = urlsplit(address)
        with socket.create_connection((host.hostname, host.port), timeout=5):
            started = time.monotonic()
            process.send_signal(signal.SIGINT)
            assert process.wait(timeout=5) == 0
            assert time.monotonic() - started < 2
        assert process.stderr.read() == ""
