"""Finds the model files: models/percepnet-<width>.pnet of the checkout."""

from pathlib import Path

from .errors import BadModel, Missing

MODELS = Path(__file__).resolve().parents[2] / "models"
PREFERENCE = (256, 128, 512, 64)  # as on the demo page: the best that leaves most of a phone's core free comes first


def list_models(folder=MODELS):
    """Paths of the model files, the default one first."""
    ranked = {f"percepnet-{width}": rank for rank, width in enumerate(PREFERENCE)}
    return sorted(folder.glob("*.pnet"), key=lambda path: (ranked.get(path.stem, len(ranked)), path.name))


def find_model(name=None, folder=MODELS):
    """The path of a model: a path, a name such as percepnet-128, a width such as 128, or None for the default.

    Raises Missing or BadModel with what to do.
    """
    models = list_models(folder)
    if name is None:
        if not models:
            raise Missing(f"no model in {folder}: name a model file with --model, or train one with `make train`")
        return models[0]
    path = Path(name)
    if path.is_dir():
        raise BadModel(f"{path} is a folder: give a model file")
    if path.is_file():
        return path
    named = [model for model in models if str(name) in (model.stem, model.stem.removeprefix("percepnet-"))]
    if not named:
        known = ", ".join(model.stem for model in models) or "none"
        raise BadModel(f"there is no model {name}: give a file or one of those in {folder.name}/ ({known})")
    return named[0]


def model_table():
    """A rich Table of the models: name, size, and what their cards say of the training."""
    from rich.table import Table

    from .model_file import read_model

    table = Table("model", "file", "KiB", "trained on", title="Models, the default first", title_justify="left")
    for path in list_models():
        model = read_model(path)
        table.add_row(model.name, f"{path.parent.name}/{path.name}", f"{path.stat().st_size / 1024:.0f}", card_line(model.card))
    return table


def card_line(card):
    """One line of a model's card."""
    if "steps" not in card or "hours_seen" not in card:
        return "nothing that its card tells of"
    return f"{card['hours_seen']:g} h of mixtures, {card['steps']} steps, commit {card.get('commit', 'unknown')}"
