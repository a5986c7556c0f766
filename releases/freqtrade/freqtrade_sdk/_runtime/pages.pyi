from __future__ import annotations
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from typing import Generic, TypeVar, cast, overload
__all__ = ['AsyncPage', 'Page']

class _Items(Sequence[T]):

    def __init__(self, items: Sequence[T], cursor: str | int | None) -> None:
        ...

    @overload
    def __getitem__(self, index: int) -> T:
        ...

    @overload
    def __getitem__(self, index: slice) -> Sequence[T]:
        ...

    def __getitem__(self, index: int | slice) -> T | Sequence[T]:
        ...

    def __len__(self) -> int:
        ...

    def __iter__(self) -> Iterator[T]:
        ...

    def __eq__(self, other: object) -> bool:
        ...
    __hash__ = None

    def __repr__(self) -> str:
        ...

    @property
    def cursor(self) -> str | int | None:
        ...

    @property
    def has_next(self) -> bool:
        ...

class Page(_Items[T], Generic[T]):

    def __init__(self, items: Sequence[T], cursor: str | int | None, fetch: Callable[[str | int], Page[T]]) -> None:
        ...

    def next(self) -> Page[T]:
        ...

    def all(self) -> Iterator[T]:
        ...

class AsyncPage(_Items[T], Generic[T]):

    def __init__(self, items: Sequence[T], cursor: str | int | None, fetch: Callable[[str | int], Awaitable[AsyncPage[T]]]) -> None:
        ...

    async def next(self) -> AsyncPage[T]:
        ...

    async def all(self) -> AsyncIterator[T]:
        ...
