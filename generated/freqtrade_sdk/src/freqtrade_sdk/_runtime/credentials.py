"""Credentials of a client, from arguments or the environment."""

from __future__ import annotations

import os
from collections.abc import Mapping

from .api import API
from .auth import HeaderKey, HmacSignature

__all__ = ["Credentials"]


class Credentials(dict[str, str]):
    """Credentials by name. Shows names, never values, and cannot be pickled."""

    def __repr__(self) -> str:
        return f"Credentials({', '.join(f'{name}=***' for name in self)})"

    __str__ = __repr__

    def __reduce__(self) -> tuple[type[Credentials], tuple[()]]:
        return Credentials, ()

    @classmethod
    def collect(cls, api: API, given: Mapping[str, str | None]) -> Credentials:
        """Arguments first; where none is given, environment variables. All or none must be there."""
        found = cls()
        if any(value is not None for value in given.values()):
            source = {name: value for name, value in given.items() if value is not None}
        else:
            source = {
                name: value
                for name in api.credentials
                if (value := os.environ.get(f"{api.environment}_{name.upper()}")) is not None
            }
        for name, value in source.items():
            if not isinstance(value, str):
                raise TypeError(f"{name}: expected str, got {type(value).__name__}")
            if not value:
                raise ValueError(f"{name}: expected a string that is not empty")
            if not value.isprintable():
                raise ValueError(f"{name}: expected printable characters, without line breaks")
            found[name] = value
        missing = [name for name in api.credentials if name not in found]
        if found and missing:
            raise ValueError(f"{', '.join(missing)}: required together with {', '.join(found)}")
        for scheme in api.schemes.values():
            if found and isinstance(scheme, (HeaderKey, HmacSignature)):
                scheme.check(found)
        return found
