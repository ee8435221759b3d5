"""What the listings have in common, and their pages."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from typing import Any, ClassVar, Generic, Optional, TypeVar

from ._handles import Handle, data, make_or_none
from ._interrupt import interruptible
from ._library import READS


class Page:
    """A page of a listing."""

    #: What there is on it, as the library's functions name it.
    _kind: ClassVar[str]

    def __init__(self, handle: Handle) -> None:
        self._handle = handle
        self._count: int = READS[self._kind + "_page_count"](handle)

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[Any]:
        raise NotImplementedError

    @property
    def total_records(self) -> Optional[int]:
        """How many the whole listing has, where Zoom said so."""
        total: int = READS[self._kind + "_page_total_records"](self._handle)
        return None if total < 0 else total

    @property
    def raw(self) -> bytes:
        """The page exactly as received, also with what was delivered before."""
        return data(self._kind + "_page_json", self._handle)

    def __repr__(self) -> str:
        return f"<{type(self).__name__}, {self._count} {self._kind}>"


P = TypeVar("P", bound=Page)
T = TypeVar("T")


class Listing(Generic[P, T]):
    """A listing of pages P with things T on them."""

    _page: type[P]
    _pager: Optional[Handle] = None

    def __init__(self, client: Handle) -> None:
        self._client = client
        self._begin()  # so that a mistake is told here, not at the first page

    def _begin(self) -> Handle:
        """A pager before its first page."""
        raise NotImplementedError

    def pages(self) -> Iterator[P]:
        """The same, page by page. A page may be empty."""
        kind, pager = self._page._kind, self._begin()
        self._pager = pager
        while True:
            page = interruptible(
                self._client, lambda: make_or_none(kind + "_page", kind + "_pager_next", pager)
            )
            if page is None:
                return
            yield self._page(page)

    def __iter__(self) -> Iterator[T]:
        return chain.from_iterable(self.pages())

    def _read(self, what: str) -> int:
        found: int = READS[f"{self._page._kind}_pager_{what}"](self._pager)
        return found

    @property
    def total_records(self) -> Optional[int]:
        """How many Zoom said there are, in the last ``for``; of users, under the status of its last page."""
        total = self._read("total_records")
        return None if total < 0 else total

    @property
    def changed(self) -> bool:
        """Whether something showed that the list changed during the last ``for``."""
        return bool(self._read("changed"))

    @property
    def checked(self) -> bool:
        """Whether the last ``for`` has ended, and Zoom stated totals to check it against."""
        return bool(self._read("checked"))
