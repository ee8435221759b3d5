"""The recipes of the README: asyncio, and gevent with everything patched."""

import asyncio
import importlib.util
import os
import subprocess
import sys
import unittest

import zoom_s2s
from support import HANG_MS, SandboxCase, fault, state, tick_while_pending

GEVENT = """
from gevent import monkey
monkey.patch_all()
import gevent, zoom_s2s
from support import HANG_MS, control, state

zoom = zoom_s2s.Client.from_env()
pool = gevent.get_hub().threadpool

def emails():
    return [user.email for user in zoom.users()]

def tick():
    while state()["pending_faults"]:
        gevent.sleep(0.01)
    for _ in range(20):
        gevent.sleep(0.001)
    zoom.cancel()

control("POST", "faults", {"on": "api", "latency_ms": HANG_MS})
ticker = gevent.spawn(tick)
try:
    pool.spawn(emails).get()
except zoom_s2s.CancelledError:
    ticker.get()
found = [job.get() for job in [pool.spawn(emails) for _ in range(4)]]
assert found == [emails()] * 4, "also without the pool, where it only stops the others meanwhile"
assert ticker.successful(), "other greenlets run during a call"
zoom.close()
print(len(found[0]))
"""


class Recipes(SandboxCase):
    def test_asyncio(self):
        def emails():
            return [user.email for user in self.zoom.users()]

        async def main():
            loop = asyncio.get_running_loop()
            return await asyncio.gather(*(loop.run_in_executor(None, emails) for _ in range(4)))

        self.assertEqual(asyncio.run(main()), [emails()] * 4)

    def test_asyncio_goes_on_during_a_call_and_can_end_it(self):
        fault(on="api", latency_ms=HANG_MS)

        async def main():
            ticker = asyncio.ensure_future(tick_while_pending(self.zoom))
            with self.assertRaises(zoom_s2s.CancelledError):
                await asyncio.to_thread(self.zoom.send, "GET", "/users")
            ticker.cancel()

        asyncio.run(main())

    @unittest.skipIf(importlib.util.find_spec("gevent") is None, "gevent is not installed")
    def test_gevent(self):
        done = subprocess.run(
            [sys.executable, "-c", GEVENT],
            check=False, capture_output=True, text=True, timeout=60, cwd=os.path.dirname(__file__),
        )  # fmt: skip
        self.assertEqual((done.returncode, done.stdout), (0, f"{state()['users']['active']}\n"), done.stderr)


if __name__ == "__main__":
    unittest.main()
