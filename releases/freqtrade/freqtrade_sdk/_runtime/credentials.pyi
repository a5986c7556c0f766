from __future__ import annotations
import os
from collections.abc import Mapping
from .api import API
from .auth import HeaderKey, HmacSignature
__all__ = ['Credentials']

class Credentials(dict[str, str]):

    def __repr__(self) -> str:
        ...
    __str__ = __repr__

    def __reduce__(self) -> tuple[type[Credentials], tuple[()]]:
        ...

    @classmethod
    def collect(cls, api: API, given: Mapping[str, str | None]) -> Credentials:
        ...
