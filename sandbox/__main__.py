"""python -m sandbox coinbase-pro|freqtrade|onefox|all: start servers to build bots against."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import socket
import sys
from pathlib import Path
from typing import Any

from .serve import serve

APIS = ("coinbase-pro", "freqtrade", "onefox")


def sandbox_class(name: str) -> Any:
    """The sandbox of an API; imported only when it is asked for."""
    if name == "coinbase-pro":
        from .coinbase_pro import CoinbaseProSandbox

        return CoinbaseProSandbox
    if name == "freqtrade":
        from .freqtrade import FreqtradeSandbox

        return FreqtradeSandbox
    from .onefox import OneFoxSandbox

    return OneFoxSandbox


def main() -> int:
    """Serve until Ctrl-C."""
    parser = argparse.ArgumentParser(prog="sandbox", description=__doc__)
    parser.add_argument("api", choices=(*APIS, "all"))
    parser.add_argument("--port", type=int, help="port of the (first) server; 8701 to 8703 if not given")
    parser.add_argument("--state", type=Path, help="file that keeps the state over restarts (a folder for `all`)")
    arguments = parser.parse_args()
    names = APIS if arguments.api == "all" else (arguments.api,)
    servers: list[tuple[Any, socket.socket]] = []
    for index, name in enumerate(names):
        kind = sandbox_class(name)
        port = kind.port if arguments.port is None else arguments.port + index
        state = arguments.state and (arguments.state / f"{name}.sqlite" if arguments.api == "all" else arguments.state)
        try:
            listener = socket.create_server(("127.0.0.1", port), reuse_port=False)
        except OSError as error:
            print(f"sandbox: port {port} is taken: {error.strerror}", file=sys.stderr)
            return 1
        application = kind(state=state)
        print(f"{name:13} {kind.base_url(port)}")
        print("".join(f"{'':13} {key}: {value}\n" for key, value in kind.credentials.items()), end="", flush=True)
        servers.append((application, listener))
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(serve(servers))
    return 0


if __name__ == "__main__":
    sys.exit(main())
