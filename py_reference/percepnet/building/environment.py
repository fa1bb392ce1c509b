"""Sets up a clone: virtual environment, web packages, browser. Steps whose inputs did not change are skipped.

Runs by path with any Python 3.11 and its standard library alone, because it makes the environment that has
the rest: `python3 py_reference/percepnet/building/environment.py [--no-browser] [--train] [--laboratory] [--docs]`.
"""

from __future__ import annotations

import sys

if sys.version_info < (3, 11):
    sys.exit("Python 3.11 or newer is needed: run make PYTHON=/path/to/python3.11")

import argparse
import hashlib
import os
import platform
import re
import shutil
import subprocess
import sysconfig
from contextlib import suppress
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
PEERS = "py_reference/percepnet/laboratory/peers"
INTEGRATIONS = "tests/browser/integrations"
EXAMPLES = "web/examples"
PYODIDES = "wasm/pyodide"
ARM_TOOLS = ("gcc-aarch64-linux-gnu", "libc6-dev-arm64-cross", "qemu-user")  # packages of Debian and Ubuntu
BROWSERS = ("chromium", "chromium-browser")
# Program: package of Debian.
OTHER_ENGINES = {"firefox-esr": "firefox-esr", "WebKitWebDriver": "webkit2gtk-driver", "Xvfb": "xvfb"}
MIN_FIREFOX = 153  # Playwright cannot drive 140
MIN_NODE = 20
NODE_SITE = "https://nodejs.org/en/download"
PLAYWRIGHT_CHROMIUM = """from playwright.sync_api import sync_playwright
with sync_playwright() as playwright:
    print(playwright.chromium.executable_path)
"""


class SetupError(RuntimeError):
    """Something is missing that could not be installed; the message says what to do."""


def run(command, timeout_s=1800, **options):
    """Runs a command given as a list; SetupError with its last lines if it fails or is not there."""
    command = [str(part) for part in command]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=timeout_s, **options)
    except FileNotFoundError:
        raise SetupError(f"{command[0]} is missing: install it and make sure that it is on PATH") from None
    except subprocess.TimeoutExpired:
        raise SetupError(f"{' '.join(command[:4])} did not finish in {timeout_s} s") from None
    if done.returncode:
        tail = "\n".join((done.stderr + done.stdout).strip().splitlines()[-15:])
        raise SetupError(f"{' '.join(command[:4])} failed:\n{tail}")
    return done.stdout


def can_apt_install():
    """True where packages can be installed without asking: root on Debian or Ubuntu."""
    return os.name == "posix" and os.geteuid() == 0 and shutil.which("apt-get") is not None


def apt_install(packages):
    """Installs Debian packages; call only where can_apt_install()."""
    update_package_lists()
    say(f"apt-get install {' '.join(packages)}")
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    run(["apt-get", "install", "-y", "--no-install-recommends", *packages], env=environment)


@cache
def update_package_lists():
    """A fresh container has no lists, an old one names packages of old."""
    say("apt-get update")
    with suppress(SetupError):  # without a network, the lists and packages that are there may do
        run(["apt-get", "update"])


def say(text):
    print(f"set up: {text}", flush=True)


def is_fresh(stamp, key):
    return stamp.exists() and stamp.read_text() == key


def digest(*paths):
    """Hash of what the given files say; a missing one counts as empty."""
    parts = [path.read_bytes() if path.exists() else b"" for path in paths]
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def input_files(names, root):
    """The files of these patterns, those of folders included."""
    for path in (path for name in names for path in sorted(root.glob(name))):
        files = sorted(path.rglob("*")) if path.is_dir() else [path]
        yield from (file for file in files if file.is_file() and file.suffix != ".pyc")


def set_up_venv(extra, root=ROOT):
    """.venv with this package, editable, and an extra of pyproject.toml: "test", "train", "laboratory" or "docs"."""
    python = root / ".venv/bin/python"
    stamp = root / f".venv/set-up-{extra}"
    key = digest(root / "pyproject.toml") + sys.version
    if python.exists() and is_fresh(stamp, key):
        return
    require_headers()
    if not python.exists():
        say("virtual environment in .venv")
        make_venv(root / ".venv")
    say(f"pip install -e '.[{extra}]'")
    run([python, "-m", "pip", "install", "--quiet", "-e", f".[{extra}]"], cwd=root)
    stamp.write_text(key)


def make_venv(folder):
    try:
        run([sys.executable, "-m", "venv", "--clear", folder])
    except SetupError as error:
        shutil.rmtree(folder, ignore_errors=True)
        if not can_apt_install():
            advice = "Python's venv module is needed (Debian: apt-get install python3-venv)"
            raise SetupError(f"{error}\n{advice}") from None
        apt_install(["python3-venv"])
        run([sys.executable, "-m", "venv", "--clear", folder])


def require_headers():
    """The PESQ package comes as source: it needs a C compiler and Python's headers."""
    missing = []
    if not (Path(sysconfig.get_paths()["include"]) / "Python.h").exists():
        missing.append("python3-dev")
    if not (shutil.which("gcc") or shutil.which("clang") or shutil.which("cc")):
        missing.append("gcc")
    if missing and not can_apt_install():
        packages = " ".join(missing)
        raise SetupError(f"a C compiler and Python's headers are needed (Debian: apt-get install {packages})")
    if missing:
        apt_install([*missing, "libc6-dev"])


def require_node():
    """SetupError unless a recent enough Node is on PATH."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        raise SetupError(f"node and npm are missing: install Node.js {MIN_NODE} or newer ({NODE_SITE})")
    version = run(["node", "--version"]).strip()
    if int(version.lstrip("v").split(".")[0]) < MIN_NODE:
        raise SetupError(f"Node.js {MIN_NODE} or newer is needed, this is {version} ({NODE_SITE})")


def set_up_npm(folder, root=ROOT):
    """node_modules of a folder of the checkout exactly as its package-lock.json says."""
    require_node()
    lock, stamp = root / folder / "package-lock.json", root / folder / "node_modules/.set-up"
    key = digest(lock, root / folder / "package.json")
    if is_fresh(stamp, key):
        return
    say(f"npm ci in {folder}")
    run(["npm", "ci", "--no-fund", "--no-audit"], cwd=root / folder)
    stamp.write_text(key)


def set_up_laboratory(root=ROOT):
    """The laboratory's measures, and the other noise suppressors that it scores."""
    set_up_venv("laboratory", root)
    set_up_npm(f"{PEERS}/node", root)
    requirements, stamp = root / PEERS / "requirements.txt", root / ".venv/set-up-peers"
    key = digest(requirements) + sys.version
    if not is_fresh(stamp, key):
        say(f"pip install --no-deps -r {PEERS}/requirements.txt")
        run([root / ".venv/bin/python", "-m", "pip", "install", "--quiet", "--no-deps", "-r", requirements])
        stamp.write_text(key)


def set_up_synthesiser():
    """espeak-ng, which `percepnet data synthesise` drives; where it needs asking, the command says what to install."""
    if shutil.which("espeak-ng") is None and can_apt_install():
        apt_install(["espeak-ng"])


def set_up_arm():
    """A compiler and an emulator for the tests on ARM; where that needs asking, those tests say what to install."""
    if not (shutil.which("aarch64-linux-gnu-gcc") and shutil.which("qemu-aarch64")) and can_apt_install():
        apt_install(ARM_TOOLS)


def can_install_browsers():
    """True for root on Debian; Ubuntu's packages are snaps, which a container cannot run."""
    return can_apt_install() and "debian" in platform.freedesktop_os_release().get("ID", "")


def set_up_other_engines():
    """Firefox and WebKitGTK for their tests; where that needs asking, those tests say what to install."""
    missing = [package for program, package in OTHER_ENGINES.items() if shutil.which(program) is None]
    firefox = shutil.which("firefox-esr")
    if firefox and firefox_version(firefox) < MIN_FIREFOX:
        missing.append("firefox-esr")
    if missing and can_install_browsers():
        apt_install(missing)


def firefox_version(path):
    """The major version, such as 153."""
    return int(re.search(r"(\d+)\.", run([path, "--version"])).group(1))


def playwright_browser(root=ROOT):
    """Path of the Chromium that Playwright installed, or None."""
    path = Path(run([root / ".venv/bin/python", "-c", PLAYWRIGHT_CHROMIUM]).strip())
    return path if path.exists() else None


def set_up_browser(root=ROOT):
    """A Chromium: the system's, else the distribution's package, else Playwright's."""
    if any(shutil.which(name) for name in BROWSERS) or playwright_browser(root):
        return
    if can_install_browsers():
        apt_install(["chromium"])
        return
    say("playwright install chromium")
    dependencies = ["--with-deps"] if can_apt_install() else []
    try:
        run([root / ".venv/bin/playwright", "install", *dependencies, "chromium"])
    except SetupError as error:
        raise SetupError(f"{error}\nNo Chromium: install it (Debian: apt-get install chromium)") from None


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--no-browser", action="store_true", help="leave the browser out")
    parser.add_argument("--train", action="store_true", help="add what the trainer needs: PyTorch, espeak-ng")
    parser.add_argument("--laboratory", action="store_true", help="add what `percepnet evaluate` and its tests need")
    parser.add_argument("--docs", action="store_true", help="add what builds the documentation site; --laboratory too")
    options = parser.parse_args()
    try:
        set_up_venv("test")
        if options.train:
            set_up_venv("train")
            set_up_synthesiser()
        if options.docs or options.laboratory:
            set_up_venv("docs")
        if options.laboratory:
            set_up_laboratory()
            set_up_npm(INTEGRATIONS)
            set_up_npm(EXAMPLES)
            set_up_npm(PYODIDES)
            set_up_arm()
            set_up_other_engines()
        set_up_npm("web")
        if not options.no_browser:
            set_up_browser()
    except SetupError as error:
        print(f"set up: {error}", file=sys.stderr)
        sys.exit(2)


if __name__ == "__main__":
    main()
