from __future__ import annotations
import json
import threading
from collections.abc import Iterable, Mapping
from urllib.parse import quote, quote_plus
from .errors import RequestSummary
from .transport import Request
__all__ = ['HIDDEN', 'Redactor']
HIDDEN = '***'

class Redactor:

    def __init__(self, shown_parameters: Iterable[str]=()) -> None:
        ...

    def __repr__(self) -> str:
        ...

    def add(self, secret: str) -> None:
        ...

    def text(self, text: str) -> str:
        ...

    def content(self, content: bytes) -> bytes:
        ...

    def headers(self, headers: Mapping[str, str]) -> dict[str, str]:
        ...

    def summary(self, request: Request) -> RequestSummary:
        ...
