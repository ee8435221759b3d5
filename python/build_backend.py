"""Builds the wheel: the package, and the C library that it calls, made by cargo.

    pip install ./python                    on a machine with Rust
    python3 python/build_backend.py FOLDER  puts the wheel into a folder

Of PEP 517 as much as pip asks for, with nothing but the standard library: no download besides the
crates, and no way that a build tool could put the library into the wrong place.

ZOOM_S2S_WHEEL_LIBRARY   a library that has been built; cargo is not asked then
ZOOM_S2S_WHEEL_LICENSES  a folder of licences to put into the wheel, of what is linked into the library
"""

import base64
import hashlib
import json
import os
import platform
import re
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
LIBRARY = {"win32": "zoom_s2s.dll", "darwin": "libzoom_s2s.dylib"}.get(sys.platform, "libzoom_s2s.so")
# The same as in the Makefile, so that each can use what the other has built.
BUILD = "rustc --lib --locked --features capi,redis --crate-type cdylib,staticlib --profile capi".split()

METADATA = """\
Metadata-Version: 2.1
Name: zoom-s2s
Version: {version}
Summary: Zoom's Server-to-Server OAuth: one shared token that is renewed and recovered, and Get Users
License: MIT OR Apache-2.0
Keywords: zoom,oauth,server-to-server,jwt
Classifier: Programming Language :: Python :: 3
Classifier: Typing :: Typed
Requires-Python: >=3.9
Description-Content-Type: text/markdown

"""

WHEEL = """\
Wheel-Version: 1.0
Generator: zoom-s2s
Root-Is-Purelib: false
Tag: py3-none-{platform}
"""


def get_requires_for_build_wheel(config_settings=None):
    return []


def get_requires_for_build_sdist(config_settings=None):
    return []


def build_sdist(sdist_directory, config_settings=None):
    raise SystemExit("zoom-s2s is built from a checkout: there is no source distribution for Python alone")


def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    version = _version()
    name = f"zoom_s2s-{version}-py3-none-{_platform()}.whl"
    information = f"zoom_s2s-{version}.dist-info"
    files = {}
    for path in sorted((HERE / "zoom_s2s").iterdir()):
        if path.suffix in (".py", ".typed"):
            files[f"zoom_s2s/{path.name}"] = path.read_bytes()
    files[f"zoom_s2s/{LIBRARY}"] = _library().read_bytes()
    readme = (HERE / "README.md").read_text(encoding="utf-8")
    files[f"{information}/METADATA"] = (METADATA.format(version=version) + readme).encode()
    files[f"{information}/WHEEL"] = WHEEL.format(platform=_platform()).encode()
    for licence, content in _licenses():
        files[f"{information}/licenses/{licence}"] = content
    _write(Path(wheel_directory) / name, files, f"{information}/RECORD")
    return name


def _write(path, files, record):
    lines = []
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as wheel:
        for name, content in files.items():
            digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
            lines.append(f"{name},sha256={digest},{len(content)}\n")
            _add(wheel, name, content)
        lines.append(f"{record},,\n")
        _add(wheel, record, "".join(lines).encode())


def _add(wheel, name, content):
    # One date and one mode for all: the same sources make the same wheel.
    entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
    entry.external_attr = (0o755 if name.endswith(LIBRARY) else 0o644) << 16
    entry.compress_type = zipfile.ZIP_DEFLATED
    wheel.writestr(entry, content)


def _version():
    manifest = ROOT / "Cargo.toml"
    if not manifest.is_file():
        raise SystemExit(
            f"zoom-s2s: {manifest} is missing. Run pip on the folder python of a whole checkout; pip older "
            "than 21.3 copies only that folder: python3 -m pip install --upgrade pip"
        )
    found = re.search(r'^version = "(.+)"', manifest.read_text(encoding="utf-8"), re.MULTILINE)
    return found.group(1)


def _library():
    built = os.environ.get("ZOOM_S2S_WHEEL_LIBRARY")
    if built:
        return Path(built)
    cargo = os.environ.get("CARGO", "cargo")
    try:
        build = [cargo, *BUILD, "--message-format=json-render-diagnostics"]
        said = subprocess.run(build, cwd=ROOT, check=True, stdout=subprocess.PIPE).stdout
    except FileNotFoundError:
        raise SystemExit(
            "zoom-s2s: cargo is not found. Install Rust (https://rustup.rs), or a wheel that has been built"
        ) from None
    except subprocess.CalledProcessError:
        raise SystemExit("zoom-s2s: cargo could not build the library, see above") from None
    # Cargo knows where: that depends on its environment (CARGO_TARGET_DIR, CARGO_BUILD_TARGET) and its
    # configuration files, and where it did not put one there may lie an old one.
    for line in said.decode().splitlines():
        message = json.loads(line) if line.startswith("{") else {}
        for made in map(Path, message.get("filenames", ())):
            if made.name == LIBRARY:
                return made
    raise SystemExit(
        f"zoom-s2s: cargo has not built {LIBRARY}; for another system than this, name what it "
        "has built in ZOOM_S2S_WHEEL_LIBRARY"
    )


def _platform():
    if sys.platform == "darwin":
        machine = platform.machine()
        return f"macosx_{'11_0' if machine == 'arm64' else '10_12'}_{machine}"
    return sysconfig.get_platform().replace("-", "_").replace(".", "_")


def _licenses():
    for path in sorted(ROOT.glob("LICENSE-*")):
        yield path.name, path.read_bytes()
    more = os.environ.get("ZOOM_S2S_WHEEL_LICENSES")
    if more:
        for path in sorted(Path(more).rglob("*")):
            if path.is_file():
                yield path.relative_to(more).as_posix(), path.read_bytes()


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    print(folder / build_wheel(folder))
