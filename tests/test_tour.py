"""The tour: it calls everything, says so tidily and fails when something is wrong."""

from __future__ import annotations

import re

import pytest

from sandbox import tour
from sandbox.replay import Replay
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
        "Decimal('7162.10')",
        "2019-11-20 09:17:03.664281+00:00",
        "UUID('d1f5c6b2-8a3e-4f17-b0c9-62a7e54d3b10')",
        "<Side.BUY: 'buy'>",
        "[412000218, 412000217, 411987004]",
        "TypeError: price: a float is not exact; write Decimal('7150.25')",
        "NotFoundError: products.ticker: NotFound [404]",
        "ServerError: edge: Error querying _edge: Edge is not enabled. [502]",
        "InvalidReply: market.ticker: the reply does not fit the document",
        "OutcomeUnknown: order.create: sent, but the outcome is unknown: HTTP 504",
        'to_json(ticker)              {"trade_id":78654321,"price":"7162.10"',
        "same JSON as received        True",
    ],
)
def test_it_shows_what_the_packages_are_good_at(output: str, text: str) -> None:
    assert text in output


def test_it_shows_no_secret(output: str) -> None:
    secrets = [secret for api in CREDENTIALS.values() for secret in api.values() if secret != "sandbox"]
    # The user name is no secret of its own, but is hidden like the rest.
    assert [secret for secret in [*secrets, "eyJ0"] if secret in output] == []


def test_it_fails_when_a_call_fails(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    visit = tour.onefox

    def with_a_refusal(guide: tour.Tour, server: Replay) -> None:
        with server.pin("order.create-error-null", anywhere=True):
            visit(guide, server)

    monkeypatch.setattr(tour, "onefox", with_a_refusal)
    with pytest.raises(Exception, match=r"TRADE|\[200\]"):
        tour.main()
    assert "operations called" not in capsys.readouterr().out
