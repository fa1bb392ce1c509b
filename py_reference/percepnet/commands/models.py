"""Finds the model files: models/percepnet-<width>.pnet of the package or of the checkout."""

import json
from pathlib import Path

from ..errors import BadModel, Missing, PercepNetError
from ..model_file import read_model

INSTALLED = Path(__file__).resolve().parents[1] / "models"
MODELS = INSTALLED if INSTALLED.is_dir() else Path(__file__).resolve().parents[3] / "models"


def list_models(folder=MODELS):
    """Paths of the model files, the default one first."""
    ranked = {name: rank for rank, name in enumerate(read_order())}
    return sorted(folder.glob("*.pnet"), key=lambda path: (ranked.get(path.stem, len(ranked)), path.name))


def read_order():
    """Names of the models, the default first, as on the web; none in a package that was installed without models."""
    path = MODELS / "order.json"
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else []


def find_model(name=None, folder=MODELS):
    """The path of a model: of a path, a name (percepnet-128), a width (128), or None for the default.

    Raises Missing or BadModel with what to do.
    """
    if name is None:
        return need_models(folder)[0]
    path = Path(name)
    if path.is_dir():
        raise BadModel(f"{path} is a folder: give a model file")
    if path.is_file():
        read_model(path)  # it knows what is wrong with a file; C knows only that something is
        return path
    models = list_models(folder)
    named = [model for model in models if str(name) in (model.stem, model.stem.removeprefix("percepnet-"))]
    if not named:
        known = ", ".join(model.stem for model in models) or "none"
        raise BadModel(f"there is no model {name}: give a file or one of those in {folder.name}/ ({known})")
    return named[0]


def need_models(folder=MODELS):
    """list_models, or Missing if there are none."""
    models = list_models(folder)
    if not models:
        raise Missing(f"no model in {folder}: give a file with --model, or train one with `make train`")
    return models


def named(models):
    """{name: path} of model files: a file's name, with its folder's where two have the same. Raises PercepNetError."""
    stems = [model.stem for model in models]
    names = {}
    for model in models:
        name = model.stem if stems.count(model.stem) == 1 else f"{model.resolve().parent.name}/{model.stem}"
        if name in names:
            raise PercepNetError(f"two models are named {name}: rename one of the files")
        names[name] = model
    return names


def model_table(folder=MODELS):
    """A rich Table of the models: name, size, and what their cards say of the training."""
    from rich.table import Table

    table = Table("model", "file", "KiB", "card", title="Models, the default first", title_justify="left")
    for path in need_models(folder):
        model = read_model(path)
        size = f"{path.stat().st_size / 1024:.0f}"
        table.add_row(model.name, f"{path.parent.name}/{path.name}", size, card_line(model.card))
    return table


def card_line(card):
    """What a model's card says of its training, in one line."""
    said = {"hours_seen": "{} h of mixtures", "steps": "{} steps", "seed": "seed {}", "commit": "commit {}"}
    return ", ".join(text.format(card[key]) for key, text in said.items() if key in card)
