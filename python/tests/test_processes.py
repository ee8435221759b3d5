"""fork and multiprocessing."""

import gc
import multiprocessing
import os
import signal
import tempfile
import threading
import traceback
import unittest

import zoom_s2s
from support import HANG_MS, SandboxCase, fault, run, state, wait_until


def in_child(work):
    """Runs this in a forked child; 0 if it was good."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            signal.alarm(30)
            work()
            code = 0
        except BaseException:
            traceback.print_exc()
        os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def emails(arguments):
    """For processes of multiprocessing: all e-mail addresses, by a client of their own."""
    with zoom_s2s.Client.from_env(**arguments) as zoom:
        return [user.email for user in zoom.users(status="all")]


def failing(_):
    with zoom_s2s.Client.from_env() as zoom:
        zoom.user("nobody@example.com")


@unittest.skipUnless(hasattr(os, "fork"), "this system has no fork")
class Forked(SandboxCase):
    def test_a_child_goes_on_with_what_it_has(self):
        # In this order: with a token that Zoom takes.
        page = next(iter(self.zoom.users().pages()))
        token = self.zoom.token()
        requests = state()["token_requests"]

        def child():
            assert self.zoom.token().value == token.value
            assert page[0].email and len(list(self.zoom.users(status="all"))) == sum(
                state()["users"].values()
            )

        for _ in range(3):
            self.assertEqual(in_child(child), 0)
            self.assertTrue(list(self.zoom.users()))
        self.assertEqual(state()["token_requests"], requests)

    def test_what_a_child_lets_go_is_not_its_own(self):
        pager = self.zoom.users(page_size=30).pages()
        first = next(pager)

        def child():
            nonlocal pager, first
            del pager, first
            self.zoom.close()
            self.zoom = None

        self.assertEqual(in_child(child), 0)
        rest = [user.email for page in pager for user in page]
        self.assertEqual(len({*rest, *(user.email for user in first)}), state()["users"]["active"])

    def test_finalisers_do_nothing_in_a_child(self):
        freed = []
        page = next(iter(self.zoom.users().pages()))
        real = page._handle._free
        page._handle._free = lambda address: (freed.append(address), real(address))

        def child():
            nonlocal page
            del page
            gc.collect()
            assert not freed
            # Its own things it does free.
            page = next(iter(self.zoom.users().pages()))
            page._handle._free = lambda address: (freed.append(address), real(address))
            del page
            assert len(freed) == 1

        self.assertEqual(in_child(child), 0)
        del page
        self.assertEqual(len(freed), 1)

    def test_a_child_does_not_disturb_its_parents_pending_call(self):
        self.zoom.token()
        fault(on="api", latency_ms=1000)
        found = []
        thread = threading.Thread(target=lambda: found.extend(self.zoom.users(status="active")))
        thread.start()
        wait_until(lambda: state()["pending_faults"] == 0)

        def child():
            assert list(self.zoom.users())
            self.zoom.cancel()
            self.zoom.close()

        self.assertEqual(in_child(child), 0)
        thread.join(20)
        self.assertEqual(len(found), state()["users"]["active"])

    def test_forked_while_other_threads_call(self):
        stop, failures = threading.Event(), []

        def work():
            while not stop.is_set():
                try:
                    self.zoom.send("GET", "/users", query={"page_size": 1})
                except zoom_s2s.Error as error:
                    failures.append(error)

        threads = [threading.Thread(target=work) for _ in range(4)]
        for thread in threads:
            thread.start()
        try:
            codes = [in_child(lambda: list(self.zoom.users())) for _ in range(10)]
        finally:
            stop.set()
            for thread in threads:
                thread.join()
        self.assertEqual((codes, failures), ([0] * 10, []))

    def test_the_client_of_the_process_survives_a_fork_in_its_making(self):
        from zoom_s2s import auth

        with auth._lock:
            self.assertEqual(in_child(lambda: auth.default_client().token()), 0)
        client = auth.default_client()
        self.assertEqual(in_child(lambda: list(client.users())), 0)

    def test_ctrl_c_in_a_child(self):
        def child():
            fault(on="api", latency_ms=HANG_MS)
            signal.signal(signal.SIGALRM, signal.default_int_handler)
            signal.setitimer(signal.ITIMER_REAL, 0.3)
            try:
                list(self.zoom.users())
            except KeyboardInterrupt:
                assert list(self.zoom.users())
            else:
                raise AssertionError("not interrupted")

        self.zoom.token()
        self.assertEqual(in_child(child), 0)

    def test_a_child_ends_in_the_middle_of_a_with(self):
        code = """
import os, sys, zoom_s2s
with zoom_s2s.Client.from_env() as zoom:
    first = list(zoom.users())
    if os.fork() == 0:
        sys.exit(0 if len(list(zoom.users())) == len(first) else 1)
    assert os.wait()[1] == 0
    assert len(list(zoom.users())) == len(first)
    print(len(first))
"""
        self.assertEqual(int(run(self, code)), state()["users"]["active"])


class Multiprocessing(SandboxCase):
    def each(self, method):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        settings = {"token_store": "file:" + os.path.join(folder.name, "token")}
        expected = emails(settings)
        requests = state()["token_requests"]
        context = multiprocessing.get_context(method)
        with context.Pool(4) as pool:
            self.assertEqual(pool.map(emails, [settings] * 8, chunksize=1), [expected] * 8)
            with self.assertRaises(zoom_s2s.NotFoundError) as caught:
                pool.map(failing, [0])
        self.assertEqual(caught.exception.zoom_code, 1001)
        # The last one shared nothing.
        self.assertLessEqual(state()["token_requests"] - requests, 1)

    @unittest.skipUnless(hasattr(os, "fork"), "this system has no fork")
    def test_fork(self):
        self.each("fork")

    def test_spawn(self):
        self.each("spawn")

    @unittest.skipUnless("forkserver" in multiprocessing.get_all_start_methods(), "no forkserver")
    def test_forkserver(self):
        self.each("forkserver")


if __name__ == "__main__":
    unittest.main()
