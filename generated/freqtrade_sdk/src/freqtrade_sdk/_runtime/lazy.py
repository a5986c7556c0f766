"""Names that are imported when they are first asked for (PEP 562), so that a program pays only for what it uses."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any

__all__ = ["on_first_use"]


def on_first_use(module: str, places: Mapping[str, str]) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """`__getattr__` and `__dir__` of a module whose names live elsewhere.

    Args:
        module: Name of the module, which must be a package if places are relative.
        places: Where each name is, as `module` or `module:attribute`.
    """

    def get(name: str) -> Any:
        if name not in places:
            raise AttributeError(f"module {module!r} has no attribute {name!r}")
        place, _, attribute = places[name].partition(":")
        found: Any = import_module(place, module)
        value = getattr(found, attribute) if attribute else found
        setattr(sys.modules[module], name, value)
        return value

    def names() -> list[str]:
        return sorted({*(name for name in vars(sys.modules[module]) if name.startswith("__")), *places})

    return get, names
