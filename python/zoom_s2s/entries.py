"""Any list that Zoom pages by next_page_token."""

from __future__ import annotations

import json as jsonlib
from collections.abc import Iterator
from typing import Any, Optional

from ._handles import Handle, call, data, encoded, make, whole
from ._listing import Listing, Page


class EntriesPage(Page):
    """A page of entries. Any number of threads may use it."""

    _kind = "entries"

    def __iter__(self) -> Iterator[Any]:
        for index in range(self._count):
            yield jsonlib.loads(data("entries_page_entry_json", self._handle, index))


class Entries(Listing[EntriesPage, Any]):
    """A list: each ``for`` over it begins anew and gives the entries, read from their JSON.

    Complete, or an exception at the end. One thread at a time for each ``for``.
    """

    _page = EntriesPage

    def __init__(self, client: Handle, request: Handle, key: str, max_passes: Optional[int] = None) -> None:
        self._request = request
        self._key = encoded("key", key)
        self._passes = None if max_passes is None else whole("max_passes", max_passes, 32)
        super().__init__(client)

    def _begin(self) -> Handle:
        pager = make("entries_pager", "client_pages", self._client, self._request, self._key)
        if self._passes is not None:
            call("entries_pager_set_max_passes", pager, self._passes)
        return pager
