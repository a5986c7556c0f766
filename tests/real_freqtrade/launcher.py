"""Start Freqtrade 2020.8 on this machine, on an exchange of its own. Runs in the environment that has it installed.

    python launcher.py FOLDER

FOLDER/settings.json says what the bot finds: its configuration, the prices, the trades behind it, the balances. It
serves until its standard input is closed, so it cannot outlive whoever started it. On the port `door` it takes what the
sandbox's control door takes: POST /prices and POST /orders.
"""

import asyncio
import collections
import collections.abc
import json
import os
import sys
import threading
import types
import typing
from datetime import datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

HERE = Path(__file__).resolve().parent
EXCHANGE = "bittrex"


def restore_names():
    """Names that the libraries of 2020 expect and that Python and numpy have dropped since."""
    for name in ("Callable", "Iterable", "Mapping", "MutableMapping", "MutableSet", "Sequence"):
        setattr(collections, name, getattr(collections.abc, name))
    if not hasattr(asyncio, "coroutine"):
        asyncio.coroutine = types.coroutine
    typing_io = types.ModuleType("typing.io")
    typing_io.IO = typing.IO
    sys.modules.setdefault("typing.io", typing_io)
    import numpy

    for name, value in (("NaN", numpy.nan), ("NAN", numpy.nan), ("bool", bool), ("float", float), ("int", int)):
        if name not in vars(numpy):
            setattr(numpy, name, value)
    # A C extension with this one function, which would need a compiler.
    finder = types.ModuleType("utils_find_1st")
    finder.cmp_equal, finder.cmp_smaller = numpy.equal, numpy.less
    finder.find_1st = lambda array, value, compare: next(iter(numpy.flatnonzero(compare(array, value))), -1)
    sys.modules["utils_find_1st"] = finder


def replace_network(settings):
    """Put the exchange in ccxt's place, and rates of ours in place of the site that Freqtrade asks for them."""
    import ccxt
    import ccxt.async_support
    from exchange import Account, local_class
    from pycoingecko import CoinGeckoAPI

    account = Account(settings["prices"], settings["balances"])
    for module in (ccxt, ccxt.async_support):
        setattr(module, EXCHANGE, local_class(getattr(module, EXCHANGE), account, ccxt))
    CoinGeckoAPI.get_coins_list = lambda self: [{"id": "bitcoin", "symbol": "btc", "name": "Bitcoin"}]
    CoinGeckoAPI.get_price = lambda self, ids, vs_currencies, **options: {
        ids: {vs_currencies: settings["fiat"][vs_currencies.upper()]}
    }
    return account


def write_history(settings):
    """Put the trades into the bot's database, through its own model and arithmetic."""
    from freqtrade import persistence

    persistence.init(settings["config"]["db_url"], clean_open_orders=False)
    for row in settings["trades"]:
        trade = persistence.Trade(
            pair=row["pair"],
            stake_amount=row["stake_amount"],
            amount=row["amount"],
            amount_requested=row["amount"],
            open_rate=row["open_rate"],
            open_rate_requested=row["open_rate"],
            open_date=_date(row["open_date"]),
            fee_open=row["fee"],
            fee_close=row["fee"],
            fee_open_cost=row["fee_open_cost"],
            fee_open_currency=settings["config"]["stake_currency"],
            exchange=EXCHANGE,
            strategy=row["strategy"],
            timeframe=5,
            is_open=True,
            min_rate=row["min_rate"],
            max_rate=row["max_rate"],
        )
        trade.adjust_stop_loss(row["open_rate"], settings["config"]["stoploss"], initial=True)
        trade.stoploss_last_update = trade.open_date
        if not row["is_open"]:
            trade.close(row["close_rate"])
            trade.close_date = _date(row["close_date"])
            trade.close_rate_requested = row["close_rate"]
            trade.sell_reason = row["sell_reason"]
            trade.fee_close_cost = row["fee_close_cost"]
            trade.fee_close_currency = settings["config"]["stake_currency"]
        persistence.Trade.session.add(trade)
        persistence.Trade.session.flush()
    persistence.Trade.session.remove()


def _date(seconds):
    return datetime.utcfromtimestamp(seconds)


def open_door(port, account):
    """Serve the control door."""
    doors = {"/prices": account.change_prices, "/orders": account.change_orders}

    class Door(BaseHTTPRequestHandler):
        def do_POST(self):
            doors[self.path](json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *args):
            pass

    threading.Thread(target=HTTPServer(("127.0.0.1", port), Door).serve_forever, daemon=True).start()


def stop_with_parent():
    """End this process when its standard input is closed."""
    while os.read(0, 1):
        pass
    os._exit(0)


def main():
    threading.Thread(target=stop_with_parent, daemon=True).start()
    folder = Path(sys.argv[1]).resolve()
    settings = json.loads((folder / "settings.json").read_text())
    (folder / "user_data" / "data").mkdir(parents=True, exist_ok=True)
    os.chdir(folder)
    (folder / "config.json").write_text(json.dumps(settings["config"]))
    restore_names()
    account = replace_network(settings)
    write_history(settings)
    open_door(settings["door"], account)
    from freqtrade.main import main as freqtrade

    freqtrade(
        ["trade", "--config", "config.json", "--userdir", "user_data", "--strategy-path", str(HERE / "strategies")]
    )


if __name__ == "__main__":
    main()
