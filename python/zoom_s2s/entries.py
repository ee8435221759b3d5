"""Any list that Zoom pages by next_page_token."""

from __future__ import annotations

import json as jsonlib
from collections.abc import Iterator
from typing import Any, Optional

from ._handles import Handle, call, data, encoded, make, make_or_none
from ._interrupt import interruptible
from ._library import READS
from .settings import whole


class EntriesPage:
    """A page of entries. Any number of threads may use it."""

    def __init__(self, handle: Handle) -> None:
        self._handle = handle
        self._count: int = READS["entries_page_count"](handle)

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[Any]:
        for index in range(self._count):
            yield jsonlib.loads(data("entries_page_entry_json", self._handle, index))

    @property
    def total_records(self) -> Optional[int]:
        """How many entries the whole list has, where Zoom said so."""
        total: int = READS["entries_page_total_records"](self._handle)
        return None if total < 0 else total

    @property
    def raw(self) -> bytes:
        """The page exactly as received, also with entries that were delivered before."""
        return data("entries_page_json", self._handle)

    def __repr__(self) -> str:
        return f"<EntriesPage, {self._count} entries>"


class Entries:
    """A list: each ``for`` over it begins anew and gives the entries, read from their JSON.

    Complete, or an exception at the end. One thread at a time for each ``for``.
    """

    def __init__(self, client: Handle, request: Handle, key: str, max_passes: Optional[int] = None) -> None:
        self._client = client
        self._request = request
        self._key = encoded("key", key)
        self._passes = None if max_passes is None else whole("max_passes", max_passes, 32)
        self._pager: Optional[Handle] = None
        self._begin()  # so that a mistake is told here, not at the first page

    def _begin(self) -> Handle:
        pager = make("entries_pager", "client_pages", self._client, self._request, self._key)
        if self._passes is not None:
            call("entries_pager_set_max_passes", pager, self._passes)
        return pager

    def pages(self) -> Iterator[EntriesPage]:
        """The same, page by page. A page may be empty."""
        pager = self._pager = self._begin()
        while True:
            page = interruptible(
                self._client, lambda: make_or_none("entries_page", "entries_pager_next", pager)
            )
            if page is None:
                return
            yield EntriesPage(page)

    def __iter__(self) -> Iterator[Any]:
        for page in self.pages():
            yield from page

    @property
    def total_records(self) -> Optional[int]:
        """How many entries Zoom said there are, in the last ``for``."""
        total: int = READS["entries_pager_total_records"](self._pager)
        return None if total < 0 else total

    @property
    def changed(self) -> bool:
        """Whether something showed that the list changed during the last ``for``."""
        return bool(READS["entries_pager_changed"](self._pager))

    @property
    def checked(self) -> bool:
        """Whether the last ``for`` has ended, and Zoom stated a total to check it against."""
        return bool(READS["entries_pager_checked"](self._pager))
