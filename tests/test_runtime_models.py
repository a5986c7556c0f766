"""Enums, models and rows as objects: frozen, copied, pickled, compared, hashed, shown."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import attrs
import coinbase_pro_sdk.models as coinbase_models
import freqtrade_sdk.models as freqtrade_models
import onefox_sdk.models as onefox_models
import pytest
from freqtrade_sdk import to_json as freqtrade_json
from msgspec import UNSET
from onefox_sdk import to_json as onefox_json

from tests.wires import (
    ACCOUNT,
    LOGIN,
    ORDER,
    TICKER,
    Exchange,
    coinbase,
    enveloped,
    freqtrade,
    onefox,
    tokens,
)

MODULES = [coinbase_models, freqtrade_models, onefox_models]
COPIES: list[Callable[[Any], Any]] = [
    copy.copy,
    copy.deepcopy,
    *(lambda value, p=p: pickle.loads(pickle.dumps(value, p)) for p in range(2, pickle.HIGHEST_PROTOCOL + 1)),
]


def classes(kind: Callable[[Any], bool]) -> list[Any]:
    found = [getattr(module, name) for module in MODULES for name in module.__all__]
    return [cls for cls in found if kind(cls)]


ENUMS = classes(lambda cls: hasattr(cls, "is_known"))
MODELS = classes(attrs.has)
ROWS = classes(lambda cls: issubclass(cls, tuple))


def test_every_name_of_the_models_is_an_enum_a_model_or_a_row() -> None:
    assert len(ENUMS) + len(MODELS) + len(ROWS) == sum(len(module.__all__) for module in MODULES)
    assert len(ENUMS) > 20
    assert len(MODELS) > 60
    assert len(ROWS) >= 3


@pytest.mark.parametrize("cls", ENUMS, ids=lambda cls: cls.__name__)
def test_a_known_member_is_its_string(cls: Any) -> None:
    for member in cls:
        assert member == member.value == str(member) == f"{member}"
        assert hash(member) == hash(member.value)
        assert cls(member.value) is member
        assert member.is_known
        assert {member.value: 1}[member] == 1


@pytest.mark.parametrize("cls", ENUMS, ids=lambda cls: cls.__name__)
def test_an_unknown_word_is_kept_and_is_its_string(cls: Any) -> None:
    before = list(cls)
    stranger = cls("brand-new word")
    assert isinstance(stranger, cls)
    assert stranger == "brand-new word" == str(stranger) == stranger.value
    assert stranger == cls("brand-new word")
    assert stranger != cls("another")
    assert stranger not in before
    assert hash(stranger) == hash("brand-new word")
    assert {"brand-new word": 1}[stranger] == 1
    assert not stranger.is_known
    assert "brand-new word" in repr(stranger)
    assert list(cls) == before
    for duplicate in COPIES:
        twin = duplicate(stranger)
        assert (twin, type(twin), twin.is_known) == (stranger, cls, False)


@pytest.mark.parametrize("cls", ENUMS, ids=lambda cls: cls.__name__)
@pytest.mark.parametrize("value", [5, None, b"buy", 1.5, []])
def test_what_is_no_word_is_no_member(cls: Any, value: Any) -> None:
    with pytest.raises(ValueError, match="is not a valid"):
        cls(value)


def results() -> list[Any]:
    """One result of many shapes from each package."""
    with Exchange() as wire:
        wire.on("GET", "/products/BTC-USD/ticker", TICKER)
        wire.on("GET", "/products/BTC-USD/book", {"sequence": 5, "bids": [["7162.09", "2.8", 3]], "asks": []})
        wire.on("GET", "/products/BTC-USD/candles", [[1574240400, 1.1, 2, 3, 4, 5.5]])
        wire.on("GET", "/accounts", [ACCOUNT])
        wire.on("POST", "/orders", {**ORDER, "status": "brand-new", "client_oid": None})
        client = coinbase(wire)
        found: list[Any] = [
            client.products.ticker("BTC-USD"),
            client.products.order_book("BTC-USD"),
            client.products.historic_rates("BTC-USD")[0],
            client.accounts.list()[0],
            client.orders.limit("buy", "BTC-USD", 1, 1),
        ]
    daily = {"date": "2020-08-09", "abs_profit": "0.00000001", "fiat_value": 0.5, "trade_count": "3"}
    with Exchange() as wire:
        wire.on("POST", LOGIN, tokens())
        wire.on("GET", "/api/v1/edge", [{"Pair": "ETH/BTC", "Winrate": 1, "Expectancy": 1.5, "Stoploss": -0.02}])
        answer = {"data": [daily], "fiat_display_currency": "USD", "stake_currency": "BTC"}
        wire.on("GET", "/api/v1/daily", answer)
        bot = freqtrade(wire)
        found += [bot.edge()[0], bot.daily()]
    with Exchange() as wire:
        wire.on("GET", "/api/v1/order/create.php", enveloped({}))
        edit = {"position_id": 5, "stop_loss": 1.50, "take_profit": None}
        wire.on("GET", "/api/v1/position/edit.php", enveloped(edit))
        fox = onefox(wire)
        found.append(fox.order.create("BTCUSD", 1, "LONG", 1, "MARKET"))
        found.append(fox.position.edit(5, stop_loss=1))
    return found


NAMES = "Ticker OrderBook Candle Account Order Edge Daily PlacedOrder PositionEdit"
every_result = pytest.mark.parametrize("name", NAMES.split())


@pytest.fixture(scope="module")
def found() -> dict[str, Any]:
    return {type(value).__name__: value for value in results()}


@every_result
def test_results_copy_pickle_compare_and_hash(name: str, found: dict[str, Any]) -> None:
    value = found[name]
    for duplicate in COPIES:
        twin = duplicate(value)
        assert twin == value
        assert type(twin) is type(value)
        assert repr(twin) == repr(value)
        assert hash(twin) == hash(value)
    assert value != object()
    assert len({value, copy.deepcopy(value)}) == 1


@every_result
def test_results_cannot_be_changed(name: str, found: dict[str, Any]) -> None:
    value = found[name]
    first = getattr(value, "_fields", None) or [field.name for field in attrs.fields(type(value))]
    before = repr(value)
    for field_name in (first[0], "unknown_field"):
        with pytest.raises(AttributeError):
            setattr(value, field_name, "changed")
    assert repr(value) == before


def test_copies_keep_what_was_absent_and_what_was_quoted(found: dict[str, Any]) -> None:
    order, daily = found["PlacedOrder"], found["Daily"]
    for duplicate in COPIES:
        assert duplicate(order).order_id is UNSET
        assert onefox_json(duplicate(order)) == "{}"
        assert freqtrade_json(duplicate(daily)) == freqtrade_json(daily)
        assert '"trade_count":"3"' in freqtrade_json(duplicate(daily))


def test_equal_values_in_other_forms_are_equal_results() -> None:
    model = onefox_models.Ticker
    assert model(Decimal("1.50"), Decimal(2), Decimal(3)) == model(Decimal("1.5"), Decimal(2), Decimal(3))
    assert model(Decimal(1), Decimal(2), Decimal(3)) != model(Decimal(1), Decimal(2), Decimal(4))


def test_a_model_with_a_map_copies_and_pickles_although_it_has_no_hash() -> None:
    value = onefox_models.Overview(Decimal(1), Decimal(0), {}, {})
    for duplicate in COPIES:
        assert duplicate(value) == value
    assert copy.deepcopy(value).positions is not value.positions
    with pytest.raises(TypeError, match="unhashable"):
        hash(value)


def test_rows_are_tuples_with_names() -> None:
    for row in ROWS:
        assert row._fields
        value = row(*range(len(row._fields)))
        assert value == tuple(range(len(row._fields)))
        assert getattr(value, row._fields[-1]) == value[-1]
        assert [duplicate(value) for duplicate in COPIES] == [value] * len(COPIES)


@pytest.mark.parametrize("cls", MODELS, ids=lambda cls: f"{cls.__module__.split('.')[0]}.{cls.__name__}")
def test_every_model_is_frozen_slotted_documented_and_comparable(cls: Any) -> None:
    fields = attrs.fields(cls)
    value = cls(**{field.name: None for field in fields})
    assert not hasattr(value, "__dict__")
    assert cls.__doc__
    assert value == cls(**{field.name: None for field in fields})
    assert hash(value) == hash(copy.copy(value))
    assert pickle.loads(pickle.dumps(value)) == value
    for field in fields:
        with pytest.raises(AttributeError):
            setattr(value, field.name, 1)
    assert attrs.asdict(value, recurse=False) == {field.name: None for field in fields}
    assert attrs.evolve(value) == value


def test_tokens_do_not_show_themselves() -> None:
    pair = freqtrade_models.Tokens("canary-access", "canary-refresh")
    assert "canary" not in f"{pair} {pair!r}"
    assert "canary" not in repr(freqtrade_models.AccessToken("canary-access"))
    assert pair.access_token == "canary-access"
    assert [field.name for field in attrs.fields(freqtrade_models.Tokens) if not field.repr] == [
        "access_token",
        "refresh_token",
    ]
