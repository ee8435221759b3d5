"""Lets Ctrl-C, and every other signal with a handler in Python, in while a call is pending.

Python runs handlers in the main thread, between two of its instructions: never while that thread is
inside of the library. There the call is made by a thread of its own, and the main thread waits in a
way that handlers can interrupt. Other threads never see a signal and call directly.
"""

from __future__ import annotations

import sys
import threading
from _thread import allocate_lock, get_ident
from typing import Callable, Generic, Optional, TypeVar

from ._errors import Error
from ._handles import Handle, call

if sys.version_info >= (3, 13):
    from _thread import start_joinable_thread

    def _start(run: Callable[[], None]) -> Callable[[], None]:
        """Runs this in a thread; the result waits for its end."""
        return start_joinable_thread(run, daemon=True).join
else:
    from _thread import start_new_thread

    def _start(run: Callable[[], None]) -> Callable[[], None]:
        """Runs this in a thread, whose very end nobody can wait for in these Pythons."""
        start_new_thread(run, ())
        return lambda: None


T = TypeVar("T")

#: Waiting for a lock is interrupted by signals, but for Windows, where it has to end now and then.
_PATIENCE = 0.1 if sys.platform == "win32" else -1
#: How often, and how long in seconds each time, an interrupted call is asked to end.
_ASKED, _EACH = 100, 0.05


class _Job(Generic[T]):
    """A call to be made once, by a thread or not at all."""

    def __init__(self, work: Callable[[], T]) -> None:
        self._work = work
        self._tickets = [True]
        self.done = allocate_lock()
        self.done.acquire()
        self.finished = False
        self.error: Optional[BaseException] = None
        self.value: T

    def withdraw(self) -> bool:
        """True if nobody has begun; then nobody will."""
        try:
            return self._tickets.pop()
        except IndexError:
            return False

    def run(self) -> None:
        if not self.withdraw():
            return
        try:
            self.value = self._work()
        except BaseException as error:
            self.error = error
        finally:
            self.finished = True
            self.done.release()


def interruptible(client: Handle, work: Callable[[], T]) -> T:
    """The result of ``work``, a call on this client that may block.

    An exception that a signal's handler raises, such as KeyboardInterrupt, ends all calls pending on
    the client and is raised once this one has come back.
    """
    if get_ident() != threading.main_thread().ident or sys.is_finalizing():
        # When the interpreter ends, no other thread gets to run.
        return work()
    job = _Job(work)
    try:
        try:
            join = _start(job.run)
        except RuntimeError:
            # No more threads.
            if job.withdraw():
                return work()
            raise
        while not job.done.acquire(timeout=_PATIENCE):
            pass
        # A process that forks now has no thread more than its program knows of.
        join()
    except BaseException:
        if not job.withdraw():
            _end(client, job)
        raise
    if job.error is not None:
        try:
            raise job.error
        finally:
            # Else the traceback holds this frame, and this frame the traceback.
            del job
    return job.value


def _end(client: Handle, job: _Job[T]) -> None:
    for _ in range(_ASKED):
        if job.finished:
            return
        try:
            # Again and again: the first time, the call may not have begun.
            call("client_cancel", client)
            job.done.acquire(timeout=_EACH)
        except (KeyboardInterrupt, Error):
            continue
