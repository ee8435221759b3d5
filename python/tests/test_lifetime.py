"""Garbage collection in odd orders, and the end of the interpreter with calls pending."""

import gc
import itertools
import threading
import time
import unittest
import weakref

import zoom_s2s
from support import HANG_MS, SandboxCase, fault, run, start, state, wait_until

PENDING = """
import atexit, sys, threading, time
import zoom_s2s
from support import state

zoom = zoom_s2s.Client.from_env()

def work():
    try:
        {call}
    except zoom_s2s.Error:
        pass

threads = [threading.Thread(target=work, daemon={daemon}) for _ in range(4)]
for thread in threads:
    thread.start()
end = time.monotonic() + 10
while state()["api_requests"] < int(sys.argv[1]) and time.monotonic() < end:
    time.sleep(0.01)
{end}
"""


class Collected(SandboxCase):
    def test_in_every_order(self):
        self.zoom.token()
        for order in itertools.permutations(range(4)):
            client = zoom_s2s.Client.from_env()
            listing = client.users(page_size=30).pages()
            page = next(listing)
            things = [client, listing, page, page[3]]
            del client, listing, page
            for place in order:
                things[place] = None
                for thing in things:
                    if isinstance(thing, zoom_s2s.User):
                        self.assertTrue(thing.email)
                    elif isinstance(thing, zoom_s2s.UsersPage):
                        self.assertEqual(len(thing.column("email")), 30)
                    elif isinstance(thing, zoom_s2s.Client):
                        self.assertTrue(thing.token().value)
                    elif thing is not None:
                        self.assertTrue(next(thing))

    def test_a_listing_outlives_its_client(self):
        def emails():
            return (user.email for user in zoom_s2s.Client.from_env().users())

        self.assertEqual(len(list(emails())), state()["users"]["active"])

    def test_in_cycles(self):
        class Node:
            pass

        nodes = []
        for _ in range(50):
            node = Node()
            node.self, node.client = node, zoom_s2s.Client.from_env()
            node.listing = node.client.users().pages()
            node.page, node.token = next(node.listing), node.client.token()
            node.page.owner, node.client.owner = node, node
            nodes.append(weakref.ref(node))
        del node
        gc.collect()
        self.assertEqual([ref() for ref in nodes if ref() is not None], [])

    def test_pages_are_freed_when_they_go(self):
        page = next(iter(self.zoom.users().pages()))
        freed, real = [], page._handle._free
        page._handle._free = lambda address: (freed.append(address), real(address))
        user = page[0]
        del page
        self.assertEqual(freed, [])
        del user
        self.assertEqual(len(freed), 1)

    def test_in_many_threads_at_once(self):
        def work():
            for _ in range(20):
                client = zoom_s2s.Client.from_env()
                page = next(iter(client.users(page_size=5).pages()))
                client.owner, page.owner = page, client
                gc.collect()

        threads = [threading.Thread(target=work) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertTrue(list(self.zoom.users()))

    def test_a_client_that_was_never_made_can_go(self):
        with self.assertRaises(zoom_s2s.ConfigError):
            zoom_s2s.Client()
        gc.collect()

    def test_memory_does_not_grow(self):
        def some():
            for _ in range(200):
                self.zoom.token()
                with self.assertRaises(zoom_s2s.InvalidArgumentError):
                    self.zoom.send("GET", "wrong")

        some()
        before = len(gc.get_objects())
        some()
        self.assertLess(len(gc.get_objects()) - before, 200)


class Threads(SandboxCase):
    def test_closed_by_one_while_others_use_it(self):
        def emails(zoom):
            return [user.email for user in zoom.users(page_size=100)]

        uses = (
            lambda zoom: zoom.token().value,
            lambda zoom: zoom.send("GET", "/users", query={"page_size": 1}),
            emails,
            lambda zoom: next(iter(zoom.pages("/users", "users"))),
            lambda zoom: (zoom.stats, zoom.status),
        )
        for _ in range(10):
            zoom, met, begun = self.client(), [], threading.Semaphore(0)

            def work(use, zoom=zoom, met=met, begun=begun):
                try:
                    while True:
                        use(zoom)
                        begun.release()
                except BaseException as error:
                    met.append(type(error))

            threads = [threading.Thread(target=work, args=(use,), daemon=True) for use in uses * 2]
            for thread in threads:
                thread.start()
            for _ in threads:
                self.assertTrue(begun.acquire(timeout=20))
            zoom.close()
            for thread in threads:
                thread.join(20)
            self.assertEqual(met, [zoom_s2s.ShutdownError] * len(threads))

    def test_another_computes_during_a_call(self):
        # It is the one that ends the call: if it could not run meanwhile, the deadline would.
        calls = (
            ("api", lambda zoom: zoom.send("GET", "/users")),
            ("api", lambda zoom: list(zoom.users())),
            ("api", lambda zoom: list(zoom.pages("/users", "users"))),
            ("api", lambda zoom: zoom.user("me")),
            ("token", lambda zoom: zoom.refresh_token()),
        )
        for number, (endpoint, call) in enumerate(calls):
            for main in (True, False):
                with self.subTest(number=number, main=main):
                    self.counts(endpoint, call, main)

    def counts(self, endpoint, call, main):
        zoom, counted, met = self.client(timeout=10), [], []
        zoom.token()
        fault(on=endpoint, latency_ms=HANG_MS)

        def count():
            wait_until(lambda: state()["pending_faults"] == 0)
            for number in range(100_000):
                counted[:] = [number]
            zoom.cancel()

        def work():
            try:
                call(zoom)
            except zoom_s2s.Error as error:
                met.append((type(error), counted))

        counting = threading.Thread(target=count)
        counting.start()
        if main:
            work()
        else:
            caller = threading.Thread(target=work)
            caller.start()
            caller.join()
        counting.join()
        self.assertEqual(met, [(zoom_s2s.CancelledError, [99_999])])


class TheEnd(SandboxCase):
    def pending(self, call, end, daemon=True):
        fault(on="api", times="always", latency_ms=HANG_MS)
        code = PENDING.format(call=call, end=end, daemon=daemon)
        begin = time.monotonic()
        out = run(self, code, str(state()["api_requests"] + 4))
        self.assertLess(time.monotonic() - begin, 10)
        return out

    def test_with_calls_pending_in_daemon_threads(self):
        for call in (
            "list(zoom.users())",
            "zoom.send('GET', '/users')",
            "list(zoom.pages('/users', 'users'))",
        ):
            with self.subTest(call):
                self.pending(call, "")

    def test_with_nothing_left_that_holds_the_client(self):
        self.pending("list(zoom.users())", "del zoom")

    def test_closed_at_the_end(self):
        self.pending("list(zoom.users())", "atexit.register(zoom.close)")

    def test_threads_that_are_waited_for(self):
        self.pending("list(zoom.users())", "zoom.shutdown()", daemon=False)

    def test_calls_at_the_very_end(self):
        code = """
import atexit, zoom_s2s

class Late:
    def __del__(self):
        print("late", len(self.zoom.token().value) > 20)

late = Late()
late.zoom = zoom = zoom_s2s.Client.from_env()
page = next(iter(zoom.users().pages()))
atexit.register(lambda: print("atexit", len(list(zoom.users())) == len(page) or len(page)))
"""
        lines = run(self, code).splitlines()
        self.assertEqual(lines[0].split()[0], "atexit")
        self.assertEqual(lines[1:], ["late True"])

    def test_killed_by_a_signal_it_does_not_handle(self):
        fault(on="api", latency_ms=HANG_MS)
        process = start("import zoom_s2s; list(zoom_s2s.Client.from_env().users())")
        wait_until(lambda: state()["pending_faults"] == 0)
        begin = time.monotonic()
        process.terminate()
        process.communicate(timeout=10)
        self.assertEqual(process.returncode, -15)
        self.assertLess(time.monotonic() - begin, 5)


if __name__ == "__main__":
    unittest.main()
