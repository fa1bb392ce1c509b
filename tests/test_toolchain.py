"""Which compiler makes which module, and what the build says where there is none."""

import pytest

from percepnet.building import toolchain
from percepnet.building.environment import ROOT, SetupError

SETTINGS = toolchain.load_settings(ROOT)


@pytest.fixture
def bare_machine(monkeypatch):
    """A machine without compilers on which nothing can be installed."""
    monkeypatch.setattr(toolchain, "can_apt_install", lambda: False)
    monkeypatch.setattr(toolchain, "install_emscripten", lambda *_: None)
    for name in ("find_emscripten", "find_clang", "find_ziglang"):
        monkeypatch.setattr(toolchain, name, lambda *_: None)
    return monkeypatch


def test_without_a_compiler_the_build_says_what_to_install(bare_machine):
    with pytest.raises(SetupError, match="install Emscripten"):
        toolchain.choose(SETTINGS, ROOT)


def test_without_relaxed_simd_the_manifest_says_why(bare_machine):
    old = toolchain.Compiler("emscripten", ("emcc",), (), "emcc 3.1.6", (3, 1, 6))
    bare_machine.setattr(toolchain, "find_emscripten", lambda *_: old)
    chosen, missing = toolchain.choose(SETTINGS, ROOT)
    assert chosen == {"scalar": old, "simd128": old}
    assert "emcc 3.1.6" in missing["relaxed"] and "clang-19" in missing["relaxed"]


def test_relaxed_simd_comes_from_a_compiler_that_proves_it(bare_machine):
    old = toolchain.Compiler("emscripten", ("emcc",), (), "emcc 3.1.6", (3, 1, 6))
    new = toolchain.Compiler("clang", ("clang-19",), ("wasm-ld-19",), "clang 19.1.7", (19, 1, 7))
    bare_machine.setattr(toolchain, "find_emscripten", lambda *_: old)
    bare_machine.setattr(toolchain, "find_clang", lambda *_: new)
    bare_machine.setattr(toolchain.Compiler, "can_emit_relaxed", lambda *_: True)
    assert toolchain.choose(SETTINGS, ROOT) == ({"scalar": old, "simd128": old, "relaxed": new}, {})
    bare_machine.setattr(toolchain.Compiler, "can_emit_relaxed", lambda *_: False)
    assert set(toolchain.choose(SETTINGS, ROOT)[1]) == {"relaxed"}


@pytest.mark.parametrize(
    "text, version",
    [("emcc (Emscripten) 3.1.6 ()", (3, 1, 6)), ("Debian clang version 19.1.7", (19, 1, 7)), ("none", None)],
)
def test_versions_are_read_from_what_a_compiler_prints(text, version):
    assert toolchain.version_tuple(text) == version


def test_untested_versions_are_left_alone():
    assert toolchain.is_tested((3, 1, 6), SETTINGS, "emscripten")
    assert not toolchain.is_tested((2, 0, 34), SETTINGS, "emscripten")
    assert not toolchain.is_tested((14, 0, 6), SETTINGS, "clang")
    assert not toolchain.is_tested(None, SETTINGS, "clang")
