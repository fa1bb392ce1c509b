"""What a measurement or a verification ran on: processor, system, compilers, engines."""

import json
import os
import platform
import re
import shutil
import subprocess
from pathlib import Path

import numpy as np

from ..building.environment import ROOT


def first_line(*command):
    """The first line a program prints, or None if it is not there."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return next(iter(done.stdout.splitlines()), "").strip() or None


def processor():
    """The name of the processor."""
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        match = re.search(r"^model name\s*:\s*(.+)$", cpuinfo.read_text(), re.MULTILINE)
        if match:
            return match[1]
    if platform.system() == "Darwin":
        return first_line("sysctl", "-n", "machdep.cpu.brand_string") or platform.machine()
    return platform.processor() or platform.machine()


def system():
    """The name of the operating system."""
    try:
        return platform.freedesktop_os_release()["PRETTY_NAME"]
    except OSError:
        return platform.platform()


def native_compiler():
    """What compiled the native library, by CMake's cache; None without one."""
    cache = ROOT / "build/cmake/CMakeCache.txt"
    match = cache.exists() and re.search(r"^CMAKE_C_COMPILER:\w+=(.+)$", cache.read_text(), re.MULTILINE)
    return first_line(match[1], "--version") if match else None


def node_version():
    """Node's name and version; None without one."""
    version = first_line(shutil.which("node") or "node", "--version")
    return version and f"Node {version}"


def wasm_compilers():
    """What compiled the modules, by their manifest; {} without one."""
    manifest = ROOT / "build/wasm/manifest.json"
    return json.loads(manifest.read_text())["toolchain"] if manifest.exists() else {}


def describe_machine(browser=None):
    """{what: its name}. browser: the browser's name and version, where one takes part."""
    compilers = wasm_compilers()
    found = {
        "processor": f"{processor()}, {os.cpu_count()} cores",
        "system": f"{system()}, {platform.machine()}",
        "python": f"{platform.python_version()}, numpy {np.__version__}",
        "native compiler": native_compiler(),
        "wasm compiler": compilers.get("compiler"),
        "relaxed compiler": compilers.get("relaxed_compiler"),
        "node": node_version(),
        "browser": browser,
    }
    return {what: name for what, name in found.items() if name}
