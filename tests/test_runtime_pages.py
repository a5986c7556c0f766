"""Pages: one call each, the next one only when it is asked for."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from itertools import islice
from typing import Any

import pytest
from coinbase_pro_sdk import AsyncPage, Page

from tests.wires import (
    ORDER,
    UUID_1,
    Exchange,
    Reply,
    both,
    coinbase,
    enveloped,
    index_point,
    onefox,
    run,
    trade,
    wait,
)

TRADES = "/products/BTC-USD/trades"
HISTORY = "/api/v1/market/index_history.php"


def three_pages() -> Exchange:
    """Five trades, the newest first; the last page has a cursor to an empty one, as the API sends it."""
    return Exchange().on(
        "GET",
        TRADES,
        Reply([trade(5), trade(4)], headers={"cb-before": "5", "cb-after": "4"}),
        Reply([trade(3), trade(2)], headers={"CB-BEFORE": "3", "CB-AFTER": "2"}),
        Reply([trade(1)], headers={"Cb-Before": "1", "Cb-After": "1"}),
        Reply([]),
    )


def collect(page: Any) -> list[Any]:
    """All items of this page and the following ones."""
    items = page.all()
    if not isinstance(items, AsyncIterator):
        return list(items)

    async def walk() -> list[Any]:
        return [item async for item in items]

    return asyncio.run(walk())


@both
def test_a_page_is_a_sequence_of_its_items(asynchronous: bool) -> None:
    with three_pages() as wire:
        page = run(coinbase(wire, asynchronous), "products.trades", "BTC-USD", limit=2)
        assert isinstance(page, AsyncPage if asynchronous else Page)
        assert isinstance(page, Sequence)
        assert len(page) == 2
        assert [item.trade_id for item in page] == [5, 4]
        assert page[0].trade_id == 5
        assert page[-1] is page[1]
        assert [item.trade_id for item in page[1:]] == [4]
        assert [item.trade_id for item in page[::-1]] == [4, 5]
        assert [item.trade_id for item in reversed(page)] == [4, 5]
        assert page[0] in page
        assert page.index(page[1]) == 1
        assert page == list(page)
        assert page == page[:]
        assert page != []
        assert (page == "x") is False
        assert page.cursor == "4"
        assert page.has_next
        assert repr(page) == f"<{type(page).__name__}: 2 items, has_next>"
        with pytest.raises(IndexError):
            page[2]
        with pytest.raises(TypeError, match="unhashable"):
            hash(page)
        assert len(wire.seen) == 1
        wire._once.clear()


@both
def test_next_fetches_one_page_with_the_same_arguments(asynchronous: bool) -> None:
    with three_pages() as wire:
        client = coinbase(wire, asynchronous)
        page = run(client, "products.trades", "BTC-USD", limit=2, before="1")
        second = wait(page.next())
        assert [item.trade_id for item in second] == [3, 2]
        assert len(wire.seen) == 2
        again = wait(second.next())
        last = wait(again.next())
    assert [seen.query for seen in wire.seen] == [
        [("limit", "2"), ("before", "1")],
        [("limit", "2"), ("after", "4")],
        [("limit", "2"), ("after", "2")],
        [("limit", "2"), ("after", "1")],
    ]
    assert (list(last), last.cursor, last.has_next) == ([], None, False)
    assert repr(last) == f"<{type(last).__name__}: 0 items>"
    with pytest.raises(LookupError, match="last page"):
        wait(last.next())
    assert type(second) is type(page)
    assert second != page


@both
def test_all_walks_every_page(asynchronous: bool) -> None:
    with three_pages() as wire:
        page = run(coinbase(wire, asynchronous), "products.trades", "BTC-USD", limit=2)
        assert [item.trade_id for item in collect(page)] == [5, 4, 3, 2, 1]
    assert wire.count(TRADES) == 4


def test_all_fetches_a_page_when_it_is_reached_and_not_before() -> None:
    with three_pages() as wire:
        items = coinbase(wire).products.trades("BTC-USD", limit=2).all()
        assert wire.count(TRADES) == 1
        assert [item.trade_id for item in islice(items, 2)] == [5, 4]
        assert wire.count(TRADES) == 1
        assert next(items).trade_id == 3
        assert wire.count(TRADES) == 2
        next(items)
        assert wire.count(TRADES) == 2
        wire._once.clear()


async def test_all_is_as_lazy_for_tasks() -> None:
    with three_pages() as wire:
        page = await coinbase(wire, asynchronous=True).products.trades("BTC-USD", limit=2)
        found, counts = [], []
        async for item in page.all():
            found.append(item.trade_id)
            counts.append(wire.count(TRADES))
            if item.trade_id == 3:
                break
        wire._once.clear()
    assert (found, counts) == ([5, 4, 3], [1, 1, 2])


@both
def test_a_page_can_be_walked_again(asynchronous: bool) -> None:
    with Exchange().on("GET", TRADES, Reply([trade(2)], headers={"cb-after": "2"}), [trade(1)], [trade(1)]) as wire:
        page = run(coinbase(wire, asynchronous), "products.trades", "BTC-USD")
        assert [item.trade_id for item in collect(page)] == [2, 1]
        assert [item.trade_id for item in collect(page)] == [2, 1]


@both
@pytest.mark.parametrize(
    ("headers", "items", "more"),
    [({"cb-after": "7"}, [1], True), ({}, [1], False), ({"cb-after": ""}, [1], False), ({"cb-after": "7"}, [], False)],
)
def test_a_cursor_page_ends_without_a_cursor_or_without_items(
    headers: dict[str, str], items: list[int], more: bool, asynchronous: bool
) -> None:
    with Exchange().on("GET", TRADES, Reply([trade(n) for n in items], headers=headers)) as wire:
        assert run(coinbase(wire, asynchronous), "products.trades", "BTC-USD").has_next is more


@both
def test_cursors_that_are_times_travel_as_they_came(asynchronous: bool) -> None:
    cursor = "2019-09-03 18:04:35.655243+00"
    with Exchange().on("GET", "/orders", Reply([ORDER], headers={"cb-after": cursor}), []) as wire:
        page = run(coinbase(wire, asynchronous), "orders.list", status=["open", "done"])
        assert page.cursor == cursor
        assert list(wait(page.next())) == []
    assert wire.last.query == [("status", "open"), ("status", "done"), ("after", cursor)]


@both
@pytest.mark.parametrize(
    ("operation", "arguments", "path"),
    [
        ("products.trades", ("BTC-USD",), TRADES),
        ("accounts.history", (UUID_1,), f"/accounts/{UUID_1}/ledger"),
        ("accounts.holds", (UUID_1,), f"/accounts/{UUID_1}/holds"),
        ("orders.list", (), "/orders"),
    ],
)
def test_every_list_with_cursors_is_a_page(
    operation: str, arguments: tuple[Any, ...], path: str, asynchronous: bool
) -> None:
    with Exchange().on("GET", path, []) as wire:
        page = run(coinbase(wire, asynchronous), operation, *arguments)
    assert isinstance(page, AsyncPage if asynchronous else Page)
    assert not page.has_next


# Offsets


@both
def test_offset_pages_follow_until_one_is_short(asynchronous: bool) -> None:
    with Exchange() as wire:
        wire.on("GET", HISTORY, *(enveloped([index_point(n) for n in page]) for page in ([0, 1, 2], [3, 4, 5], [6])))
        page = run(onefox(wire, asynchronous), "market.index_history", "BTCUSD", limit=3)
        assert (page.cursor, page.has_next) == (3, True)
        assert [int(item.index_price) for item in collect(page)] == list(range(7))
    assert [dict(seen.query).get("offset") for seen in wire.seen] == [None, "3", "6"]
    assert {dict(seen.query)["limit"] for seen in wire.seen} == {"3"}


@both
def test_offset_pages_have_a_size_by_default_and_start_where_asked(asynchronous: bool) -> None:
    full, short = [index_point(n) for n in range(10)], [index_point(1)]
    with Exchange().on("GET", HISTORY, enveloped(full), enveloped(short)) as wire:
        page = run(onefox(wire, asynchronous), "market.index_history", "BTCUSD", offset=20)
        assert page.cursor == 30
        last = wait(page.next())
    assert [dict(seen.query).get("offset") for seen in wire.seen] == ["20", "30"]
    assert (last.cursor, last.has_next) == (None, False)
    with pytest.raises(LookupError):
        wait(last.next())


@both
def test_a_full_last_page_is_followed_by_an_empty_one(asynchronous: bool) -> None:
    with Exchange().on("GET", HISTORY, enveloped([index_point(n) for n in range(2)]), enveloped([])) as wire:
        page = run(onefox(wire, asynchronous), "market.index_history", "BTCUSD", limit=2)
        assert len(collect(page)) == 2
    assert wire.count(HISTORY) == 2
