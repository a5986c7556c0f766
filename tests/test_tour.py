"""The tour: it calls everything, says so tidily and fails when something is wrong."""

from __future__ import annotations

import re

import pytest

from sandbox import tour
from sandbox.live import LiveSandbox
from tests.replies import CREDENTIALS, document

TITLES = {"coinbase-pro": "Coinbase Pro", "freqtrade": "Freqtrade", "onefox": "1Fox"}


@pytest.fixture(scope="module")
def output() -> str:
    with pytest.MonkeyPatch.context() as patch:
        lines: list[str] = []
        patch.setattr("builtins.print", lambda text="", **_: lines.append(text))
        assert tour.main() == 0
    return "\n".join(lines)


def test_every_operation_of_every_document_is_called(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[tour.Tour] = []

    class Watched(tour.Tour):
        def __init__(self) -> None:
            super().__init__()
            made.append(self)

    monkeypatch.setattr(tour, "Tour", Watched)
    assert tour.main() == 0
    expected = {
        title: {
            f"{operation.name}(add)" if "x-merge" in operation.item else operation.name
            for operation in document(api).operations
        }
        for api, title in TITLES.items()
    }
    assert made[0].called == expected
    assert {title: len(names) for title, names in expected.items()} == {"Coinbase Pro": 31, "Freqtrade": 23, "1Fox": 18}


def test_no_line_is_wider_than_a_terminal(output: str) -> None:
    assert [line for line in output.splitlines() if len(line) > tour.WIDTH] == []


def test_the_last_line_sums_up(output: str) -> None:
    last = output.splitlines()[-1]
    assert re.fullmatch(
        r"72 operations called \(Coinbase Pro 31, Freqtrade 23, 1Fox 18\), all as they should be, in \d+\.\d s\.", last
    )


@pytest.mark.parametrize(
    "text",
    [
        r"ticker\.price +Decimal\('\d+\.\d\d'\)",
        r"ticker\.time +\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}\+00:00",
        r"order\.id +UUID\('[0-9a-f-]{36}'\)",
        "<Side.BUY: 'buy'>",
        r"TypeError: price: a float is not exact; write Decimal\('7150.25'\)",
        r"NotFoundError: products.ticker: NotFound \[404\]",
        r"ServerError: edge: Error querying _edge: Edge is not enabled. \[502\]",
        "InvalidReply: market.ticker: the reply does not fit the document",
        r'to_json\(ticker\) +{"trade_id":\d+,"price":"\d',
        "same JSON as received        True",
        "OutcomeUnknown: orders.limit: sent, but the outcome is unknown",
        r"unknown.resolve\(\) +Order [0-9a-f-]{36}, open, 0\.25000000 at",
        "0 before, 1 now: placed once",
        "purchases in its journal     1 before, 2 now: bought once",
        "0 before, 1 now: opened once",
        "APIWarning +API version 1 will be switched off",
    ],
)
def test_it_shows_what_the_packages_are_good_at(output: str, text: str) -> None:
    assert re.search(text, output, re.MULTILINE)


def test_a_walk_goes_past_the_first_page_and_shows_nothing_twice(output: str) -> None:
    found = re.search(r"all\(\)\] \[([\d,\s]+)\]", output)
    assert found is not None
    walked = [int(entry) for entry in found[1].split(",")]
    # A page has two. How many trades fill the market order depends on the book of the moment.
    assert len(walked) > 2
    assert walked == sorted(set(walked), reverse=True)
    assert walked[-1] == 412000005


def test_it_shows_no_secret(output: str) -> None:
    secrets = [secret for api in CREDENTIALS.values() for secret in api.values() if secret != "sandbox"]
    # The user name is no secret of its own, but is hidden like the rest.
    assert [secret for secret in [*secrets, "eyJ0"] if secret in output] == []


def test_it_fails_when_an_order_is_placed_twice(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    class Doubtful(LiveSandbox):
        def fault(self, operation: str, kind: str, *, times: int = 1, seconds: float = 0.0) -> None:
            """Another order comes in where the reply of one is lost."""
            if operation == "order.create":
                self.client().order.create("BTCUSD", "0.3", "SHORT", 10, "MARKET")
            super().fault(operation, kind, times=times, seconds=seconds)

    monkeypatch.setattr(tour, "LiveSandbox", Doubtful)
    with pytest.raises(AssertionError, match="opened 2 times"):
        tour.main()
    assert "operations called" not in capsys.readouterr().out
