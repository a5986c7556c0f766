"""Pages of a list that the API gives out piece by piece."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from typing import Generic, TypeVar, cast, overload

__all__ = ["AsyncPage", "Page"]

T = TypeVar("T")


class _Items(Sequence[T]):
    """The items of one page."""

    def __init__(self, items: Sequence[T], cursor: str | int | None) -> None:
        self._items = items
        self._cursor = cursor

    @overload
    def __getitem__(self, index: int) -> T: ...

    @overload
    def __getitem__(self, index: slice) -> Sequence[T]: ...

    def __getitem__(self, index: int | slice) -> T | Sequence[T]:
        return self._items[index]

    def __len__(self) -> int:
        return len(self._items)

    def __iter__(self) -> Iterator[T]:
        return iter(self._items)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, (list, _Items)):
            return NotImplemented
        return list(self._items) == list(cast("Sequence[T]", other))

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        more = ", has_next" if self.has_next else ""
        return f"<{type(self).__name__}: {len(self._items)} items{more}>"

    @property
    def cursor(self) -> str | int | None:
        """Where the next page starts: the API's cursor, or an offset; None on the last page."""
        return self._cursor

    @property
    def has_next(self) -> bool:
        """Whether there may be a following page. It can turn out to be empty."""
        return self._cursor is not None


class Page(_Items[T], Generic[T]):
    """One page of a list: a sequence of its items that can fetch the following pages."""

    def __init__(self, items: Sequence[T], cursor: str | int | None, fetch: Callable[[str | int], Page[T]]) -> None:
        super().__init__(items, cursor)
        self._fetch = fetch

    def next(self) -> Page[T]:
        """The following page, in one call. LookupError on the last page."""
        if self._cursor is None:
            raise LookupError("this is the last page; see has_next")
        return self._fetch(self._cursor)

    def all(self) -> Iterator[T]:
        """Every item of this page and of all that follow, each page fetched when it is reached."""
        page = self
        while True:
            yield from page
            if not page.has_next:
                return
            page = page.next()


class AsyncPage(_Items[T], Generic[T]):
    """One page of a list: a sequence of its items that can fetch the following pages."""

    def __init__(
        self, items: Sequence[T], cursor: str | int | None, fetch: Callable[[str | int], Awaitable[AsyncPage[T]]]
    ) -> None:
        super().__init__(items, cursor)
        self._fetch = fetch

    async def next(self) -> AsyncPage[T]:
        """The following page, in one call. LookupError on the last page."""
        if self._cursor is None:
            raise LookupError("this is the last page; see has_next")
        return await self._fetch(self._cursor)

    async def all(self) -> AsyncIterator[T]:
        """Every item of this page and of all that follow, each page fetched when it is reached."""
        page = self
        while True:
            for item in page:
                yield item
            if not page.has_next:
                return
            page = await page.next()
