"""Ctrl-C, and other signals with a handler, during calls of the main thread."""

import _thread
import os
import signal
import threading
import time
import unittest
from unittest import mock

from support import HANG_MS, SandboxCase, fault, start, state, wait_until
from zoom_s2s import _interrupt

# Prints when it may be interrupted, and then whether the client is still good.
CALL = """
import signal, sys, threading, time
import zoom_s2s
from support import control

zoom = zoom_s2s.Client.from_env(**{settings})
threads = threading.active_count()
if {handler}:
    def handler(number, frame):
        raise SystemError("handled")
    signal.signal(signal.SIGTERM, handler)
{before}
print("ready", flush=True)
try:
    {call}
except (KeyboardInterrupt, SystemError) as error:
    print(type(error).__name__, time.time(), flush=True)
control("DELETE", "faults")
assert len(list(zoom.users(status="all"))) > 0
assert zoom.token().value
zoom.close()
print("lives on")
"""
HANGING_TOKEN = {"on": "token", "latency_ms": HANG_MS}
HANGING_API = {"on": "api", "latency_ms": HANG_MS}


class Interrupted(SandboxCase):
    def check(self, call, hang, sent=signal.SIGINT, expected="KeyboardInterrupt", before="", **settings):
        code = CALL.format(call=call, before=before, settings=settings, handler=sent != signal.SIGINT)
        fault(**hang)
        process = start(code)
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.stderr.close)
        self.addCleanup(process.kill)
        self.assertEqual(process.stdout.readline(), "ready\n")
        # The sandbox holds the answer back from here on.
        wait_until(lambda: state()["pending_faults"] == 0)
        begin = time.time()
        process.send_signal(sent)
        line = process.stdout.readline()
        self.assertTrue(line, process.stderr.read() if not line else "")
        name, at = line.split()
        self.assertEqual(name, expected)
        self.assertLess(float(at) - begin, 1.0)
        out, err = process.communicate(timeout=30)
        self.assertEqual((process.returncode, out, err), (0, "lives on\n", ""))

    def test_a_listing(self):
        self.check("list(zoom.users())", HANGING_API)

    def test_a_request(self):
        self.check("zoom.send('GET', '/users')", HANGING_API)

    def test_any_list(self):
        self.check("list(zoom.pages('/users', 'users'))", HANGING_API)

    def test_one_user(self):
        self.check("zoom.user('me')", HANGING_API)

    def test_a_token(self):
        self.check("zoom.token()", HANGING_TOKEN)

    def test_a_token_after_a_rejection(self):
        # What was at hand a moment ago is no more.
        before = "control('DELETE', 'faults'); zoom.reject_token(zoom.token().value)\n"
        before += f"control('POST', 'faults', {HANGING_TOKEN})"
        self.check("zoom.token()", HANGING_TOKEN, before=before)

    def test_revoking(self):
        hang = {"on": {"method": "POST", "path": "/oauth/revoke"}, "latency_ms": HANG_MS}
        self.check("zoom.revoke_token()", hang, before="zoom.token()")

    def test_a_handler_of_another_signal(self):
        self.check("list(zoom.users())", HANGING_API, sent=signal.SIGTERM, expected="SystemError")

    def test_a_connection_that_never_opens(self):
        # The deadline is far away; what was called is on its way to connect, or waits for the answer.
        self.check("zoom.send('GET', '/users')", HANGING_API, timeout=300.0)

    def test_uncaught_it_ends_the_program(self):
        fault(**HANGING_API)
        process = start("import zoom_s2s; list(zoom_s2s.Client.from_env().users())")
        wait_until(lambda: state()["pending_faults"] == 0)
        begin = time.time()
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=20)
        self.assertEqual(process.returncode, -signal.SIGINT)
        self.assertIn("KeyboardInterrupt", err)
        self.assertLess(time.time() - begin, 5.0)

    def test_a_handler_that_only_looks_ends_nothing(self):
        fault(on="api", latency_ms=500)
        met = []
        before = signal.signal(signal.SIGALRM, lambda number, frame: met.append(time.monotonic()))
        self.addCleanup(signal.signal, signal.SIGALRM, before)
        signal.setitimer(signal.ITIMER_REAL, 0.1)
        self.assertTrue(list(self.zoom.users()))
        self.assertLess(met[0], time.monotonic() - 0.2, "it ran during the call")

    def test_at_any_moment(self):
        """A signal at many moments of short calls: the client never comes to harm."""
        interrupted = 0

        def handler(number, frame):
            raise KeyboardInterrupt

        before = signal.signal(signal.SIGALRM, handler)
        self.addCleanup(signal.signal, signal.SIGALRM, before)
        for step in range(300):
            try:
                signal.setitimer(signal.ITIMER_REAL, 0.00001 + step * 0.00001)
                self.zoom.send("GET", "/users", query={"page_size": 1})
                signal.setitimer(signal.ITIMER_REAL, 0)
            except KeyboardInterrupt:
                interrupted += 1
        self.assertGreater(interrupted, 20)
        self.assertTrue(list(self.zoom.users()))

    def test_a_second_time(self):
        # Ctrl-C again, while the call is being ended: still one exception, and a good client.
        real = _interrupt.call
        for when in ("before", "after"):
            with self.subTest(when):
                fault(**HANGING_API)
                ended, threads = [], _thread._count()

                def end(*arguments, when=when, ended=ended):
                    ended.append(when)
                    if when == "before" and len(ended) == 1:
                        signal.raise_signal(signal.SIGINT)
                    real(*arguments)
                    if when == "after" and len(ended) == 1:
                        signal.raise_signal(signal.SIGINT)

                def first():
                    wait_until(lambda: state()["pending_faults"] == 0)
                    os.kill(os.getpid(), signal.SIGINT)

                thread = threading.Thread(target=first)
                with mock.patch.object(_interrupt, "call", end):
                    thread.start()
                    with self.assertRaises(KeyboardInterrupt):
                        self.zoom.send("GET", "/users", timeout=25)
                thread.join()
                self.assertTrue(ended)
                # The call has come back, long before its deadline.
                wait_until(lambda threads=threads: _thread._count() <= threads, 5)
                self.assertTrue(list(self.zoom.users()))

    def test_no_thread_can_be_started(self):
        def refuse(*arguments):
            raise RuntimeError("can't start new thread")

        with mock.patch("zoom_s2s._interrupt._start", refuse):
            self.assertTrue(list(self.zoom.users()))


if __name__ == "__main__":
    unittest.main()
