"""Means per class, the order of classes, what is marked, and the files."""

import csv
import math

import pytest

from percepnet.laboratory.scoring import Row
from percepnet.laboratory.summary import classes, read_summary, summarise, worse_than_input, write_scores, write_summary
from percepnet.laboratory.tables import MOST_COLUMNS, by_class, console_tables, markdown, overall, short_markdown
from percepnet.errors import PercepNetError


def row(clip, system, pesq, snr="5", language="en", sdr=1.0):
    return Row(clip, {"snr_db": snr, "language": language}, system, 48, {"PESQ-WB": pesq, "SI-SDR": sdr})


@pytest.fixture
def rows():
    return [
        row("a", "noisy", 1.0, "5"),
        row("a", "net", 2.0, "5"),
        row("b", "noisy", 1.5, "10", "fi"),
        row("b", "net", 1.4, "10", "fi", sdr=math.nan),
    ]


def find(means, axis, value, system):
    return next(m for m in means if (m.axis, m.value, m.system) == (axis, value, system))


def test_means_over_everything_and_over_classes(rows):
    means = summarise(rows)
    assert find(means, "all", "all", "net").scores == {"PESQ-WB": pytest.approx(1.7), "SI-SDR": 1.0}
    assert find(means, "all", "all", "net").clips == 2
    assert find(means, "language", "fi", "noisy").scores["PESQ-WB"] == 1.5
    assert math.isnan(find(means, "language", "fi", "net").scores["SI-SDR"])
    assert {mean.axis for mean in means} == {"all", "snr_db", "language"}


def test_numbers_are_in_order_of_size():
    rows = [row(str(i), "noisy", 1.0, snr) for i, snr in enumerate(["10", "-5", "5", "20"])]
    assert classes(rows, "snr_db") == ["-5", "5", "10", "20"]
    assert classes(rows, "noise_class") == []


def test_where_a_system_is_worse_than_the_input(rows):
    found = {(mean.axis, mean.value, measure, round(by, 3)) for mean, measure, by in worse_than_input(summarise(rows))}
    assert found == {("snr_db", "10", "PESQ-WB", 0.1), ("language", "fi", "PESQ-WB", 0.1)}


def test_tables_mark_the_best_and_the_worse(rows):
    grid = by_class(summarise(rows), "snr_db", "PESQ-WB")
    assert grid.heads == ["5 (1)", "10 (1)"]
    assert {name: [(c.text, c.is_best, c.is_worse) for c in cells] for name, cells in grid.rows} == {
        "noisy": [("1.00", False, False), ("1.50", False, False)],
        "net": [("2.00", True, False), ("1.40", True, True)],
    }
    assert [table.row_count for table in console_tables(grid)] == [2]
    assert "| net | 2.00 | 1.40 |" in markdown(grid)


def test_many_classes_are_spread_over_tables():
    rows = [row(str(i), "noisy", 1.0, str(i)) for i in range(MOST_COLUMNS + 1)]
    tables = console_tables(by_class(summarise(rows), "snr_db", "PESQ-WB"))
    assert [len(table.columns) for table in tables] == [MOST_COLUMNS + 1, 2]


def test_a_single_class_gets_no_table(rows):
    assert by_class(summarise(rows[:2]), "snr_db", "PESQ-WB") is None


def test_what_was_not_measured_is_left_out(rows):
    assert [grid.heads for grid in overall(summarise(rows))] == [["PESQ-WB", "SI-SDR, dB"]]


def test_the_files_hold_every_score_and_the_means(rows, tmp_path):
    write_scores(tmp_path / "scores.csv", rows)
    write_summary(tmp_path / "summary.csv", summarise(rows))
    scores, means = (list(csv.DictReader(open(tmp_path / name))) for name in ("scores.csv", "summary.csv"))
    assert scores[3] == {
        "clip": "b",
        "snr_db": "10",
        "language": "fi",
        "system": "net",
        "delay_ms": "1.000",
        "PESQ-WB": "1.4000",
        "SI-SDR": "",
    }
    assert len(scores) == 4 and len(means) == 10
    assert means[1] == {
        "class": "all",
        "value": "all",
        "system": "net",
        "clips": "2",
        "PESQ-WB": "1.7000",
        "SI-SDR": "1.0000",
    }


def test_the_summary_comes_back_and_makes_the_table_of_a_card(rows, tmp_path):
    for one in rows:
        one.scores["ESTOI"] = 0.5
    means = summarise(rows)
    write_summary(tmp_path / "summary.csv", means)
    again = read_summary(tmp_path / "summary.csv")
    assert [(m.axis, m.value, m.system, m.clips) for m in again] == [
        (m.axis, m.value, m.system, m.clips) for m in means
    ]
    table = short_markdown(again)
    assert "| system | 5 dB | 10 dB |" in table and "| net | 2.00 / 0.500 / 1.0 | 1.40 / 0.500 / - |" in table


def test_another_table_is_no_summary(rows, tmp_path):
    write_scores(tmp_path / "scores.csv", rows)
    with pytest.raises(PercepNetError, match="has no column class: give the summary.csv"):
        read_summary(tmp_path / "scores.csv")
