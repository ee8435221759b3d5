"""The recipes of the README: asyncio, and gevent with everything patched."""

import asyncio
import importlib.util
import os
import subprocess
import sys
import time
import unittest

from support import SandboxCase, fault, state

GEVENT = """
from gevent import monkey
monkey.patch_all()
import gevent, time, zoom_s2s
from support import control

zoom = zoom_s2s.Client.from_env()
pool = gevent.get_hub().threadpool

def emails():
    return [user.email for user in zoom.users()]

control("POST", "faults", {"on": "api", "latency_ms": 500})
ticks = []

def tick():
    while True:
        ticks.append(1)
        gevent.sleep(0.01)

ticker = gevent.spawn(tick)
found = [job.get() for job in [pool.spawn(emails) for _ in range(4)]]
ticker.kill()
assert len(ticks) > 15, len(ticks)
assert found == [emails()] * 4, "also without the pool, where it only stops the others meanwhile"
zoom.close()
print(len(found[0]))
"""


class Recipes(SandboxCase):
    def test_asyncio(self):
        fault(on="api", latency_ms=500)
        ticks = []

        async def tick():
            while True:
                ticks.append(1)
                await asyncio.sleep(0.01)

        def emails():
            return [user.email for user in self.zoom.users()]

        async def main():
            ticker = asyncio.ensure_future(tick())
            loop = asyncio.get_running_loop()
            found = await asyncio.gather(*(loop.run_in_executor(None, emails) for _ in range(4)))
            ticker.cancel()
            return found

        found = asyncio.run(main())
        self.assertEqual(found, [emails()] * 4)
        self.assertGreater(len(ticks), 15)

    def test_asyncio_ends_a_call_when_its_task_is_cancelled(self):
        import zoom_s2s

        fault(on="api", latency_ms=20_000)

        async def main():
            call = asyncio.ensure_future(asyncio.to_thread(self.zoom.send, "GET", "/users"))
            await asyncio.sleep(0.3)
            self.zoom.cancel()
            with self.assertRaises(zoom_s2s.CancelledError):
                await call

        begin = time.monotonic()
        asyncio.run(main())
        self.assertLess(time.monotonic() - begin, 5)

    @unittest.skipIf(importlib.util.find_spec("gevent") is None, "gevent is not installed")
    def test_gevent(self):
        done = subprocess.run(
            [sys.executable, "-c", GEVENT],
            check=False, capture_output=True, text=True, timeout=60, cwd=os.path.dirname(__file__),
        )  # fmt: skip
        self.assertEqual((done.returncode, done.stdout), (0, f"{state()['users']['active']}\n"), done.stderr)


if __name__ == "__main__":
    unittest.main()
