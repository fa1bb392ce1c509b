"""The implementations that `percepnet verify` compares with the reference, by name."""

from .. import native
from ..engines import browser, wasm_node
from ..errors import PercepNetError
from ..engines.wasm_node import VARIANTS

GROUPS = {
    "native": ["native"],
    "wasm": [f"wasm-{variant}" for variant in VARIANTS],
    "browser": [f"browser-{variant}" for variant in VARIANTS],
}
NAMES = [name for group in GROUPS.values() for name in group]


class Native:
    """The native library."""

    name = "native"

    def __init__(self):
        native.load_library()

    def enhance(self, samples, model):
        return native.Enhancer(model).enhance(samples)

    def inspector(self, model):
        return native.Inspector(model)


class Wasm:
    """One variant of the module in Node."""

    def __init__(self, variant):
        self.name, self.variant = f"wasm-{variant}", variant
        wasm_node.module_path(variant)
        wasm_node.node()

    def enhance(self, samples, model):
        return wasm_node.enhance(samples, model, self.variant)

    def inspector(self, model):
        return wasm_node.Inspector(model, self.variant)


class Worklet:
    """One variant of the module in the browser's AudioWorklet. Its stages are looked at in Node."""

    def __init__(self, variant):
        self.name, self.variant = f"browser-{variant}", variant
        wasm_node.module_path(variant)
        self.browser = browser.shared()

    def enhance(self, samples, model):
        return self.browser.enhance(samples, model, self.variant)

    def inspector(self, model):
        return wasm_node.Inspector(model, self.variant)


KINDS = {"native": lambda _: Native(), "wasm": Wasm, "browser": Worklet}


def choose(text):
    """Names of backends from a list with commas; a group stands for all of its own. Raises PercepNetError."""
    asked = [word.strip() for word in text.split(",") if word.strip()]
    unknown = [word for word in asked if word not in GROUPS and word not in NAMES]
    if unknown or not asked:
        what = f"there is no backend {unknown[0]!r}" if unknown else "no backend is named"
        raise PercepNetError(f"{what}: choose from {', '.join([*GROUPS, *NAMES[1:]])}, separated by commas")
    wanted = {name for word in asked for name in GROUPS.get(word, [word])}
    return [name for name in NAMES if name in wanted]


def open_backend(name):
    """The backend of that name, ready to run. Raises Missing with what to build or install."""
    kind, _, variant = name.partition("-")
    return KINDS[kind](variant)
