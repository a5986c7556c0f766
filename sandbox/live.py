"""A sandbox that runs beside a program: a test, a tour, a notebook."""

from __future__ import annotations

from contextlib import ExitStack
from importlib import import_module
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import urlsplit

if TYPE_CHECKING:
    import httpx

__all__ = ["LiveSandbox"]

# Name on the command line, package of the SDK, its clients.
_CLIENTS = {
    "coinbase-pro": ("coinbase_pro_sdk", "CoinbasePro"),
    "freqtrade": ("freqtrade_sdk", "Freqtrade"),
    "onefox": ("onefox_sdk", "OneFox"),
}


class LiveSandbox:
    """A sandbox that serves on this machine, and its control door."""

    def __init__(self, name: str) -> None:
        import httpx

        from .__main__ import sandbox_class
        from .serve import Running

        self.name = name
        self.application: Any = sandbox_class(name)()
        """The sandbox itself, for `in_process` clients and for a look at its state."""
        self.credentials: dict[str, str] = dict(self.application.credentials)
        self._stack = ExitStack()
        self._running = self._stack.enter_context(Running(self.application))
        self.url: str = self._running.url
        """What clients take as `base_url`."""
        parts = urlsplit(self.url)
        root = f"{parts.scheme}://{parts.netloc}/_sandbox"
        self._door = self._stack.enter_context(httpx.Client(base_url=root, trust_env=False))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc_info: object) -> None:
        # Clients first: the server waits for connections that are open.
        self._stack.close()

    # Control

    def door(self, name: str, **asked: Any) -> Any:
        """Ask something of the control door; ValueError when it refuses."""
        return self._read(self._door.post(f"/{name}", json=asked))

    def journal(self) -> list[dict[str, Any]]:
        """Every request that changed something, in order: the truth to count duplicates with."""
        found: list[dict[str, Any]] = self._read(self._door.get("/journal"))
        return found

    def fault(self, operation: str, kind: str, *, times: int = 1, seconds: float = 0.0) -> None:
        """Let the next calls of an operation go wrong, in the way of a kind: `drop-after`, `html-502`, `delay`, ..."""
        self.door("faults", operation=operation, kind=kind, times=times, seconds=seconds)

    def clock(self, offset: float) -> float:
        """Set the clock this many seconds off the real time; the sandbox lives through them. Returns its time."""
        return float(self.door("clock", offset=offset)["now"])

    def reset(self) -> None:
        """Back to the start."""
        self.door("reset")

    @staticmethod
    def _read(answer: httpx.Response) -> Any:
        found = answer.json()
        if answer.status_code != 200:
            raise ValueError(found["error"])
        return found

    # Clients

    def client(self, **options: Any) -> Any:
        """A client of the SDK with the sandbox's address and credentials, or with options of your own."""
        kind = self._client_class("")
        return self._stack.enter_context(kind(**{"base_url": self.url, **self.credentials, **options}))

    def async_client(self, **options: Any) -> Any:
        """The client that does not block. Close it where it was used, with `async with`."""
        return self._client_class("Async")(**{"base_url": self.url, **self.credentials, **options})

    def in_process(self, **options: Any) -> Any:
        """A client of the SDK that leads straight into the sandbox, without a network."""
        import httpx

        from .transport import SandboxTransport

        connections = self._stack.enter_context(httpx.Client(transport=SandboxTransport(self.application)))
        return self.client(http_client=connections, **options)

    def _client_class(self, prefix: str) -> Any:
        package, name = _CLIENTS[self.name]
        return getattr(import_module(package), prefix + name)
