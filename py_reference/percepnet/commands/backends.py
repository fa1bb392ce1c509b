"""The four implementations by name, each as a function that enhances a whole signal."""

from ..batch import native_enhance


def reference_enhance(model, **config):
    from ..enhancer import Enhancer
    from ..model_file import read_model

    return Enhancer(read_model(model), **config).enhance


def wasm_enhance(model, **config):
    from ..engines.wasm_node import Enhancer

    return Enhancer(model, **config).enhance


def browser_enhance(model, **config):
    from ..engines import browser

    return lambda samples, progress=None: browser.enhance(samples, model, **config)


BACKENDS = {
    "native": native_enhance,
    "reference": reference_enhance,
    "wasm": wasm_enhance,
    "browser": browser_enhance,
}
IN_ONE_PROCESS = ("wasm", "browser")  # all that a program enhances goes through one Node, one browser


def make_enhance(backend, model, **config):
    """enhance(samples (n,) at 48 kHz, progress=None) -> (n,), delay removed; config as in Enhancer."""
    return BACKENDS[backend](model, **config)
