"""Which library goes into the wheel."""

import importlib.util
import os
import sys
import tempfile
import unittest
from pathlib import Path
from unittest import mock

FILE = Path(__file__).resolve().parents[1] / "build_backend.py"
CARGO = """#!{python}
import json, os
folder = os.environ["CARGO_TARGET_DIR"] + "/" + os.environ.get("CARGO_BUILD_TARGET", "") + "/capi/"
print(json.dumps({{"reason": "compiler-artifact", "filenames": ["/nowhere/libother.rlib"]}}))
print("a line that is not JSON")
print(json.dumps({{"reason": "compiler-artifact", "filenames": [folder + "libzoom_s2s.a", folder + {built!r}]}}))
print(json.dumps({{"reason": "build-finished", "success": True}}))
"""


class Library(unittest.TestCase):
    def setUp(self):
        description = importlib.util.spec_from_file_location("build_backend", FILE)
        self.backend = importlib.util.module_from_spec(description)
        description.loader.exec_module(self.backend)
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        # One of another day, where cargo puts it by default.
        (self.folder / "capi").mkdir()
        (self.folder / "capi" / self.backend.LIBRARY).write_bytes(b"stale")

    def found(self, built, **environment):
        cargo = self.folder / "cargo"
        cargo.write_text(CARGO.format(python=sys.executable, built=built))
        cargo.chmod(0o700)
        environment.update(CARGO=str(cargo), CARGO_TARGET_DIR=str(self.folder))
        with mock.patch.dict(os.environ, environment):
            os.environ.pop("ZOOM_S2S_WHEEL_LIBRARY", None)
            return self.backend._library()

    def test_it_is_where_cargo_says(self):
        for target in ("", "x86_64-unknown-linux-gnu"):
            where = self.found(self.backend.LIBRARY, CARGO_BUILD_TARGET=target)
            self.assertEqual(where, self.folder / target / "capi" / self.backend.LIBRARY)

    def test_an_old_one_is_not_taken(self):
        with self.assertRaisesRegex(SystemExit, "has not built"):
            self.found("zoom_s2s.wasm")


if __name__ == "__main__":
    unittest.main()
