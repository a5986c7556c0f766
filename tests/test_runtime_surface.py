"""What a package offers: every operation by its name, documented and typed, and nothing that happens on import."""

from __future__ import annotations

import importlib
import importlib.resources
import inspect
import json
import pkgutil
import re
import subprocess
import sys
import types
import typing
from collections.abc import Iterator
from importlib.metadata import metadata, version
from operator import attrgetter
from typing import Any, get_args, get_origin, get_type_hints

import attrs
import pytest


def words(text: str) -> list[str]:
    return text.split()


FREQTRADE = words(
    "ping start stop stopbuy reload_config trades delete_trade show_config status count profit forcesell forcebuy "
    "performance balance daily whitelist blacklist edge version token.login token.refresh"
)
ONEFOX = words(
    "quota.status user.get user.overview market.list market.get market.bars market.orderbook market.ticker "
    "market.index_history market.trades order.create order.close position.edit position.history position.close "
    "position.trades position.fees position.merge"
)
COINBASE = words(
    "products.list products.order_book products.ticker products.trades products.historic_rates products.stats "
    "currencies.list time accounts.list accounts.get accounts.history accounts.holds orders.limit orders.market "
    "orders.cancel orders.cancel_all orders.list orders.get fills.list deposits.payment_method deposits.coinbase "
    "withdrawals.payment_method withdrawals.coinbase withdrawals.crypto conversions.create payment_methods.list "
    "fees.get coinbase_accounts.list reports.create reports.status users.trailing_volume"
)
PACKAGES: dict[str, tuple[str, str, list[str]]] = {
    "coinbase_pro_sdk": ("CoinbasePro", "coinbase-pro-sdk", COINBASE),
    "freqtrade_sdk": ("Freqtrade", "freqtrade-sdk", FREQTRADE),
    "onefox_sdk": ("OneFox", "onefox-sdk", ONEFOX),
}
packages = pytest.mark.parametrize("package", list(PACKAGES))


def module_names(package: str) -> list[str]:
    root = importlib.import_module(package)
    return [package, *(info.name for info in pkgutil.walk_packages(root.__path__, f"{package}."))]


def calls() -> Iterator[Any]:
    for package, (client, _, operations) in PACKAGES.items():
        for operation in operations:
            for name in (client, f"Async{client}"):
                yield pytest.param(package, name, operation, id=f"{name}.{operation}")


every_call = pytest.mark.parametrize(("package", "client", "operation"), list(calls()))


def method_of(package: str, client: str, operation: str) -> Any:
    return attrgetter(operation)(getattr(importlib.import_module(package), client)(base_url="http://127.0.0.1:9"))


def test_the_lists_above_are_complete() -> None:
    # 23 operations in Freqtrade's document: adding to the blacklist is the method that reads it, with an argument.
    assert (len(COINBASE), len(FREQTRADE) + 1, len(ONEFOX)) == (31, 23, 18)
    assert all(len(set(names)) == len(names) for *_, names in PACKAGES.values())


@packages
def test_a_client_has_these_operations_and_no_others(package: str) -> None:
    name, _, operations = PACKAGES[package]
    shared = {"base_url", "close", "max_retries", "timeout", "with_options", "with_raw_response"}
    for kind in (name, f"Async{name}"):
        client = getattr(importlib.import_module(package), kind)()
        found = set()
        for top in (attribute for attribute in dir(client) if not attribute.startswith("_")):
            thing = getattr(client, top)
            if inspect.ismethod(thing):
                found.add(top)
            elif top not in shared:
                found |= {f"{top}.{inner}" for inner in dir(thing) if not inner.startswith("_")}
        assert found - shared == set(operations)


@every_call
def test_an_operation_is_documented(package: str, client: str, operation: str) -> None:
    method = method_of(package, client, operation)
    doc = inspect.cleandoc(method.__doc__)
    lines = doc.splitlines()
    assert re.fullmatch(r"[A-Z0-9].{3,70}\.", lines[0]), "a summary on the first line"
    assert lines[1] == ""
    names = list(inspect.signature(method).parameters)
    described = re.findall(r"^    (\w+): \S", doc.partition("\nArgs:\n")[2].partition("\n\n")[0], re.MULTILINE)
    assert described == names
    assert re.search(r"^Effect: (read|idempotent|unsafe): .+\.$", doc, re.MULTILINE)
    place = r"`(?:GET|POST|DELETE) /\S+`"
    source = re.search(rf"^Source: {place}(?: and {place})? in specs/(\w+)\.yaml\.$", doc, re.MULTILINE)
    assert source is not None
    assert source[1] == package.removesuffix("_sdk")
    returns = get_type_hints(method)["return"]
    assert ("\nReturns:\n" in doc) == (returns is not type(None))
    assert not re.search(r"\b(None|TODO|FIXME|XXX)\.$", lines[0])


# An object whose fields the document leaves open is handed on as it comes.
FREE_FORM = dict[str, Any]


def inner_types(annotation: Any, seen: set[Any]) -> Iterator[Any]:
    """Every type inside an annotation, fields of models included."""
    yield annotation
    if annotation == FREE_FORM:
        return
    arguments = get_args(annotation)
    for argument in arguments:
        if argument is not Ellipsis and not isinstance(argument, (str, int)):
            yield from inner_types(argument, seen)
    kind = get_origin(annotation) or annotation
    if isinstance(kind, type) and kind not in seen:
        seen.add(kind)
        if attrs.has(kind) or (issubclass(kind, tuple) and hasattr(kind, "_fields")):
            for hint in get_type_hints(kind).values():
                yield from inner_types(hint, seen)


@every_call
def test_an_operation_is_fully_typed(package: str, client: str, operation: str) -> None:
    method = method_of(package, client, operation)
    hints = get_type_hints(method)
    assert set(hints) == {*inspect.signature(method).parameters, "return"}
    assert hints["return"] != FREE_FORM
    for hint in hints.values():
        for inner in inner_types(hint, set()):
            assert inner is not Any
            assert inner is not object
            assert inner not in (list, dict, tuple), "bare containers say nothing about what is in them"
    assert inspect.iscoroutinefunction(method) == client.startswith("Async")
    for overload in typing.get_overloads(method):
        assert set(get_type_hints(overload)) == set(hints)


@every_call
def test_required_arguments_may_be_positional_and_optional_ones_are_named(
    package: str, client: str, operation: str
) -> None:
    for parameter in inspect.signature(method_of(package, client, operation)).parameters.values():
        if parameter.default is parameter.empty:
            assert parameter.kind is parameter.POSITIONAL_OR_KEYWORD
        else:
            assert parameter.kind is parameter.KEYWORD_ONLY
            assert parameter.default is None


@every_call
def test_both_kinds_of_client_and_their_raw_forms_take_the_same_arguments(
    package: str, client: str, operation: str
) -> None:
    other = client.removeprefix("Async")
    method, twin = method_of(package, client, operation), method_of(package, other, operation)
    assert inspect.signature(method).parameters == inspect.signature(twin).parameters
    docs = (
        re.sub(r"\s+", " ", doc).replace("(async for)", "(walks every following page)")
        for doc in (method.__doc__, twin.__doc__)
    )
    assert len(set(docs)) == 1
    raw = method_of(package, client, f"with_raw_response.{operation}")
    assert callable(raw)
    assert inspect.signature(raw).parameters == inspect.signature(method).parameters


def test_an_argument_that_changes_the_effect_of_a_call_is_said_to() -> None:
    doc = method_of("freqtrade_sdk", "Freqtrade", "blacklist").__doc__
    assert "Effect: read" in doc
    assert "idempotent" in doc, "adding to the list changes state"
    assert "POST /api/v1/blacklist" in doc


@packages
def test_every_name_that_a_module_offers_can_be_imported(package: str) -> None:
    for name in module_names(package):
        module = importlib.import_module(name)
        assert module.__doc__
        offered = getattr(module, "__all__", None)
        if offered is None:
            assert name.rpartition(".")[2] in {"resources", "_runtime"}, f"{name} has no __all__"
            continue
        assert len(set(offered)) == len(offered)
        for item in offered:
            assert hasattr(module, item), f"{name}.{item}"


@packages
def test_a_package_offers_what_its_all_says_and_nothing_else(package: str) -> None:
    module = importlib.import_module(package)
    submodules = {name.split(".")[1] for name in module_names(package)[1:]}
    public = {name for name in dir(module) if not name.startswith("_")} | {"__version__"}
    assert set(module.__all__) - public == set()
    assert public - set(module.__all__) - submodules == set()
    for name in ("models", "errors"):
        inner = importlib.import_module(f"{package}.{name}")
        own = {
            name
            for name, value in vars(inner).items()
            if isinstance(value, type) and not name.startswith("_") and value.__module__.startswith(package)
        }
        runtime = {n for n in own if name == "models" and "_runtime" in getattr(inner, n).__module__}
        assert own - runtime == set(inner.__all__)
    star: dict[str, Any] = {}
    exec(f"from {package} import *", star)
    assert set(star) - {"__builtins__"} == set(module.__all__)


@packages
def test_the_version_is_the_one_of_the_distribution(package: str) -> None:
    _, distribution, _ = PACKAGES[package]
    module = importlib.import_module(package)
    assert module.__version__ == version(distribution) == "1.0.0"
    assert metadata(distribution)["Name"] == distribution
    assert metadata(distribution)["Requires-Python"] == ">=3.11"
    root = importlib.resources.files(package)
    assert root.joinpath("py.typed").is_file()


@packages
def test_public_objects_of_a_client_are_documented(package: str) -> None:
    client = PACKAGES[package][0]
    for kind in (client, f"Async{client}"):
        cls = getattr(importlib.import_module(package), kind)
        doc = inspect.cleandoc(cls.__doc__)
        for name in inspect.signature(cls).parameters:
            assert re.search(rf"^    {name}: \S", doc, re.MULTILINE), name
        hints = get_type_hints(cls.__init__)
        assert set(hints) == {*inspect.signature(cls).parameters, "return"}
        for parameter in inspect.signature(cls).parameters.values():
            assert parameter.kind is parameter.KEYWORD_ONLY


WATCH = """
import json, logging, os, socket, sys, warnings
warnings.simplefilter("error")
import httpx, msgspec, attrs  # what they do on import is theirs

PREFIXES = ("COINBASE", "FREQTRADE", "ONEFOX", "HTTP", "NO_PROXY", "SSL")
reads, events = [], []


class Watched(dict):
    def __getitem__(self, key):
        reads.append(key)
        return super().__getitem__(key)


os.environ._data = Watched(os.environ._data)


def audit(event, args):
    if event.startswith(("socket.", "subprocess.", "os.system", "shutil.")):
        events.append(event)
    if event == "open" and isinstance(args[1], str) and set(args[1]) & set("wax+"):
        events.append(f"{event} {args[0]}")


sys.dont_write_bytecode = True
sys.addaudithook(audit)
handlers = lambda: {
    name: (list(getattr(logger, "handlers", [])), list(getattr(logger, "filters", [])), getattr(logger, "level", 0))
    for name, logger in [("", logging.getLogger()), *logging.Logger.manager.loggerDict.items()]
}
before, filters = handlers(), list(warnings.filters)
threads = __import__("threading").active_count()
import PACKAGE
from PACKAGE import *
after = handlers()
print(json.dumps({
    "environment": [os.fsdecode(key) for key in reads if os.fsdecode(key).startswith(PREFIXES)],
    "events": events,
    "logging": [name for name in after if after[name] != before.get(name, ([], [], 0))],
    "filters": warnings.filters != filters,
    "threads": __import__("threading").active_count() - threads,
}))
"""


@packages
def test_importing_a_package_does_nothing(package: str) -> None:
    code = WATCH.replace("PACKAGE", package)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout) == {
        "environment": [],
        "events": [],
        "logging": [],
        "filters": False,
        "threads": 0,
    }


def test_the_packages_do_not_share_state() -> None:
    seen: dict[int, str] = {}
    for package in PACKAGES:
        for name in module_names(package):
            module = importlib.import_module(name)
            assert isinstance(module, types.ModuleType)
            assert not any(other in vars(module) for other in PACKAGES if other != package)
            assert seen.setdefault(id(module), name) == name
