from __future__ import annotations
from collections.abc import Mapping
__all__ = ['EXIT_CODES', 'INTERRUPTED', 'MISFIT', 'NOT_CONFIRMED', 'NO_ANSWER', 'REFUSED', 'UNKNOWN', 'WRONG']
EXIT_CODES: Mapping[int, str] = ...
