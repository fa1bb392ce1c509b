"""What `percepnet bench` measured as one web page that needs no other file: pictures, then tables."""

from pathlib import Path

from ..web_page import write_page
from .bench_pictures import pictures
from .bench_tables import tables

TEMPLATE = Path(__file__).with_name("bench_report.html")


def write_html(path, report):
    """Writes the page, whole or not at all."""
    write_page(path, TEMPLATE, report=report, pictures=pictures(report), tables=list(tables(report)))
