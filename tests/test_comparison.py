"""The comparison with a real Freqtrade server: what it takes for a difference, and when it is content."""

from __future__ import annotations

import json
import re
from typing import Any

import attrs
import pytest

from tests.real_freqtrade.compare import Difference, Known, Run, differences, known_differences, report
from tests.real_freqtrade.side import Reply


def reply(body: Any, **changes: Any) -> Reply:
    given = Reply(
        call="status()",
        operation="status",
        target=("GET", "/api/v1/status"),
        status=200,
        headers={"content-type": "application/json"},
        content=json.dumps(body).encode(),
        outcome="list[OpenTrade]",
    )
    return attrs.evolve(given, **changes)


def places(theirs: Reply, ours: Reply) -> list[str]:
    return [difference.place for difference in differences(theirs, ours)]


TRADE = {"trade_id": 6, "open_rate": 0.0333, "is_open": True, "open_order_id": "dry_run_buy_1"}


@pytest.mark.parametrize(
    ("ours", "place"),
    [
        ({**TRADE, "trade_id": 6.0}, "body $[].trade_id"),
        ({**TRADE, "is_open": 1}, "body $[].is_open"),
        ({**TRADE, "open_rate": 0.0334}, "body $[].open_rate"),
        ({**TRADE, "open_order_id": "dry_run_sell_1"}, "body $[].open_order_id"),
        ({**TRADE, "open_order_id": None}, "body $[].open_order_id"),
        ({name: TRADE[name] for name in ("trade_id", "is_open", "open_order_id")}, "body $[].open_rate"),
        ({**TRADE, "more": 1}, "body $[].more"),
    ],
)
def test_names_types_and_values_are_compared(ours: Any, place: str) -> None:
    assert places(reply([TRADE]), reply([ours])) == [place]


def test_what_is_random_or_tells_the_time_may_differ_a_little() -> None:
    theirs = {**TRADE, "open_date": "2020-08-10 07:05:00", "open_timestamp": 1597043100000, "open_date_hum": "just now"}
    ours = {
        **TRADE,
        "open_order_id": "dry_run_buy_4711",
        "open_date": "2020-08-10 07:05:03",
        "open_timestamp": 1597043103000,
        "open_date_hum": "seconds ago",
        "open_rate": 0.033300000000000003,
    }
    assert places(reply([theirs]), reply([ours])) == []
    late = {**ours, "open_date": "2020-08-10 07:06:00", "open_timestamp": 1597043160000}
    assert places(reply([theirs]), reply([late])) == ["body $[].open_date", "body $[].open_timestamp"]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"status": 500}, ["status"]),
        ({"outcome": "InvalidReply: $"}, ["result"]),
        ({"protocol": "HTTP/1.1"}, ["protocol"]),
        ({"headers": {"content-type": "text/html"}}, ["header content-type"]),
        ({"headers": {"content-type": "application/json", "vary": "Origin"}}, ["header vary"]),
        ({"headers": {"content-type": "application/json", "date": "now", "content-length": "7"}}, []),
    ],
)
def test_status_headers_and_results_are_compared(changes: dict[str, Any], expected: list[str]) -> None:
    assert places(reply([]), reply([], **changes)) == expected


def test_the_text_of_an_error_is_compared() -> None:
    theirs = reply({"error": "Error querying _count: trader is not running"}, status=502)
    ours = reply({"error": "Error querying _count: not running"}, status=502)
    assert places(theirs, ours) == ["body $.error"]


def known(place: str, document: str = "HTTP/1.0") -> Known:
    return Known(re.compile(".*"), re.compile(place), "It is so.", document)


def content(found: list[str], listed: list[Known], *, operations: bool = True) -> int:
    from sandbox.document import Document

    run = Run(found={Difference("status()", place, "1", "2"): {"full sync"} for place in found})
    if operations:
        run.succeeded = {kind: set(Document.load("freqtrade").operations) for kind in run.succeeded}
    return report(run, listed, whole=True)


def test_it_is_content_only_with_the_very_list() -> None:
    assert content([], []) == 0
    assert content(["protocol"], [known("protocol")]) == 0
    assert content(["protocol"], []) == 1, "a new difference"
    assert content([], [known("protocol")]) == 1, "a difference that is gone"
    assert content(["protocol"], [known("protocol", "words that nobody wrote")]) == 1, (
        "a reason that is not in the document"
    )
    assert content([], [], operations=False) == 1, "operations that did not succeed"


def test_the_list_is_short_and_each_entry_says_why() -> None:
    listed = known_differences()
    assert len(listed) <= 10
    assert all(each.why and each.document for each in listed)
