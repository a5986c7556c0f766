from __future__ import annotations
import base64
import binascii
import json
import threading
import time
from .record import Record
__all__ = ['Access', 'Tokens', 'lifetime']

def lifetime(token: str) -> float | None:
    ...

class Access(Record, frozen=True):
    __secret_fields__ = ('token',)
    token: str
    generation: int
    until: float

class Tokens:

    def __init__(self) -> None:
        ...

    def __repr__(self) -> str:
        ...

    def accept(self, access: str, refresh: str | None) -> Access:
        ...

    @property
    def fresh(self) -> Access | None:
        ...

    @property
    def can_refresh(self) -> bool:
        ...

    def reject(self, access: Access) -> None:
        ...

    def drop_refresh(self) -> None:
        ...
