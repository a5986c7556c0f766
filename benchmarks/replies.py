"""What the server answers, by path: replies in the forms that the APIs document."""

from __future__ import annotations

import base64
import json
import time
from typing import Any

TICKER = {
    "trade_id": 81293741,
    "price": "7162.09",
    "size": "0.01540000",
    "time": "2019-11-20T09:15:27.412Z",
    "bid": "7162.08",
    "ask": "7162.09",
    "volume": "11824.59032317",
}
ORDER = {
    "id": "d0c5340b-6d6c-49d9-b567-48c4bfca13d2",
    "price": "7150.25000000",
    "size": "0.50000000",
    "product_id": "BTC-USD",
    "side": "buy",
    "stp": "dc",
    "type": "limit",
    "time_in_force": "GTC",
    "post_only": False,
    "created_at": "2019-11-20T09:15:27.41246Z",
    "fill_fees": "0.0000000000000000",
    "filled_size": "0.00000000",
    "executed_value": "0.0000000000000000",
    "status": "pending",
    "settled": False,
}
PRODUCT = {
    "id": "BTC-USD",
    "base_currency": "BTC",
    "quote_currency": "USD",
    "base_min_size": "0.00100000",
    "base_max_size": "280.00000000",
    "quote_increment": "0.01000000",
    "base_increment": "0.00000001",
    "display_name": "BTC/USD",
    "min_market_funds": "5",
    "max_market_funds": "1000000",
    "margin_enabled": False,
    "post_only": False,
    "limit_only": False,
    "cancel_only": False,
    "trading_disabled": False,
    "status": "online",
    "status_message": "",
    "auction_mode": False,
}
CURRENCIES = [
    {"id": code, "name": code, "min_size": "0.01", "status": "online", "message": "", "max_precision": "0.01",
     "convertible_to": [], "details": {"type": kind, "symbol": code, "network_confirmations": 3, "sort_order": 1}}
    for code, kind in (("BTC", "crypto"), ("USD", "fiat"))
]  # fmt: skip
# What the successor of Coinbase Pro's API answers to the same question.
ADVANCED_TICKER = {
    "trades": [
        {
            "trade_id": "81293741",
            "product_id": "BTC-USD",
            "price": "7162.09",
            "size": "0.0154",
            "time": "2019-11-20T09:15:27.412Z",
            "side": "BUY",
        }
    ],
    "best_bid": "7162.08",
    "best_ask": "7162.09",
}
COUNT = {"current": 2, "max": 5, "total_stake": 0.1}


def _token() -> str:
    """A token that lives longer than any run."""

    def part(claims: dict[str, Any]) -> str:
        return base64.urlsafe_b64encode(json.dumps(claims).encode()).rstrip(b"=").decode()

    now = int(time.time())
    return f"{part({'alg': 'HS256', 'typ': 'JWT'})}.{part({'iat': now, 'exp': now + 86400})}.c2lnbmF0dXJl"


REPLIES: dict[str, Any] = {
    "/products/BTC-USD/ticker": TICKER,
    "/orders": ORDER,
    "/products": [PRODUCT],
    "/currencies": CURRENCIES,
    "/api/v3/brokerage/market/products/BTC-USD/ticker": ADVANCED_TICKER,
    "/api/v1/count": COUNT,
    "/api/v1/token/login": {"access_token": _token(), "refresh_token": _token()},
}
