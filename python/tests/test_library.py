"""Which library is loaded, and whether its functions are declared as its header has them."""

import ctypes
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
from ctypes import POINTER, c_char_p, c_int32, c_int64, c_size_t, c_void_p

from zoom_s2s import _library

HEADER = os.environ.get("ZOOM_S2S_HEADER")
PACKAGE = os.path.dirname(_library.__file__)


def import_with(library):
    """The last line that importing the package ends with, where this is the library."""
    # The package's own copy would be taken first: a copy of the package has none.
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(
            PACKAGE, folder + "/zoom_s2s", ignore=shutil.ignore_patterns(_library.CARRIED, "__pycache__")
        )
        environment = {**os.environ, "PYTHONPATH": folder, "ZOOM_S2S_LIBRARY": library}
        done = subprocess.run(
            [sys.executable, "-c", "import zoom_s2s"],
            check=False, capture_output=True, text=True, env=environment, timeout=60,
        )  # fmt: skip
    return done.returncode, (done.stderr.splitlines() or [""])[-1]


class Loading(unittest.TestCase):
    def test_none(self):
        code, said = import_with("/nowhere/libzoom_s2s.so")
        self.assertEqual(code, 1)
        self.assertRegex(said, "^ImportError: the zoom_s2s library cannot be loaded .*ZOOM_S2S_LIBRARY")

    def test_another(self):
        self.assertRegex(
            import_with(ctypes.CDLL("libc.so.6")._name)[1], "^ImportError: .* is not the zoom_s2s"
        )

    @unittest.skipIf(shutil.which("cc") is None, "cc is not installed")
    def test_too_old(self):
        with tempfile.TemporaryDirectory() as folder:
            library = folder + "/old.so"
            subprocess.run(
                ["cc", "-shared", "-fPIC", "-xc", "-", "-o", library],
                input=b"#include <stdint.h>\nint32_t zoom_s2s_abi(void) { return 1; }", check=True,
            )  # fmt: skip
            code, said = import_with(library)
        self.assertEqual(code, 1)
        self.assertRegex(said, f"^ImportError: .*too old.* 1, and at least {_library.ABI} is needed")


@unittest.skipIf(HEADER is None, "ZOOM_S2S_HEADER does not name zoom_s2s.h")
class Declared(unittest.TestCase):
    def setUp(self):
        with open(HEADER, encoding="utf-8") as file:
            self.header = re.sub(r"/\*.*?\*/", "", file.read(), flags=re.DOTALL)
        self.functions = {
            name: (result, arguments)
            for result, name, arguments in re.findall(
                r"^((?:const )?\w+ \*?)zoom_s2s_(\w+)\(([^)]*)\);", self.header, re.MULTILINE
            )
        }

    def test_the_abi(self):
        abi = int(re.search(r"#define ZOOM_S2S_ABI (\d+)", self.header).group(1))
        self.assertLessEqual(_library.ABI, abi)

    def test_every_function(self):
        declared = {**_library.CALLS, **_library.READS}
        declared.update({kind + "_free": free for kind, free in _library.FREES.items()})
        self.assertGreater(len(declared), 90)
        for name, function in declared.items():
            result, arguments = self.functions[name]
            wanted = [] if arguments == "void" else [a.strip() for a in arguments.split(",")]
            self.assertEqual(len(wanted), len(function.argtypes), name)
            self.fits(name, result, function.restype)
            for text, kind in zip(wanted, function.argtypes):
                self.fits(f"{name}, {text}", text, kind)

    def fits(self, where, text, kind):
        stars, base = text.count("*"), re.sub(r"\bconst\b|\*", " ", text).split()[0]
        simple = {"int32_t": c_int32, "int64_t": c_int64, "size_t": c_size_t, "void": None}
        if stars == 0:
            allowed = (simple[base],)
        elif base == "char":
            allowed = (c_char_p, c_void_p) if stars == 1 else (POINTER(c_void_p),)
        elif base in simple:
            allowed = (POINTER(simple[base]), POINTER(POINTER(simple[base])), c_void_p)
        else:
            allowed = (c_void_p,) if stars == 1 else (POINTER(c_void_p),)
        self.assertIn(kind, allowed, where)


if __name__ == "__main__":
    unittest.main()
