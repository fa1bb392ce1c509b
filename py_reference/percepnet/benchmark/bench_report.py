"""What `percepnet bench` measured as one web page that needs no other file: pictures, then tables."""

from pathlib import Path

from ..audio_io import atomic
from .bench_pictures import pictures
from .bench_tables import tables

TEMPLATE = Path(__file__).with_name("bench_report.html")


def write_html(path, report):
    """Writes the page, whole or not at all."""
    import jinja2

    settings = jinja2.Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
    template = settings.from_string(TEMPLATE.read_text(encoding="utf-8"))
    page = template.render(report=report, pictures=pictures(report), tables=list(tables(report)))
    with atomic(path) as part:
        part.write_text(page, encoding="utf-8")
