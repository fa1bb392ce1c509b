"""Configs of runs that take seconds."""

HEAD = """
width = 64
report_every = {report_every}
validation_mixtures = {validation_mixtures}
"""
STAGE = """
[[stages]]
name = "{name}"
loss = "{loss}"
quantised = {quantised}
steps = {steps}
learning_rate = {learning_rate}
final_rate = 1e-3
batch = 2
frames = 40
"""


def stage(name: str, loss: str, steps: int, quantised: bool = False, learning_rate: str = "1e-3") -> str:
    """One stage of a config, TOML."""
    return STAGE.format(
        name=name, loss=loss, steps=steps, quantised=str(quantised).lower(), learning_rate=learning_rate
    )


def config_text(*stages: str, report_every: int, validation_mixtures: int) -> str:
    """The config of these stages, TOML."""
    return HEAD.format(report_every=report_every, validation_mixtures=validation_mixtures) + "".join(stages)
