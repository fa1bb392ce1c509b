"""Tables of others: what cannot be one is refused in one line that ends with advice."""

import pytest

from percepnet.csv_table import read_table
from percepnet.errors import PercepNetError


@pytest.mark.parametrize("mark", ["", "\ufeff"])  # as spreadsheets write it
def test_a_table_may_have_more_columns_and_no_rows(mark, tmp_path):
    (tmp_path / "table.csv").write_text(f'{mark}a,b,c\n1,"2, 3",\n', encoding="utf-8")
    assert read_table(tmp_path / "table.csv", ("b", "a"), "") == [{"a": "1", "b": "2, 3", "c": ""}]
    (tmp_path / "table.csv").write_text(f"{mark}a,b\n", encoding="utf-8")
    assert read_table(tmp_path / "table.csv", ("b", "a"), "") == []


@pytest.mark.parametrize(
    "data, fault",
    [
        (b"", "has no column a"),
        (b"b,c\n1,2\n", "has no column a"),
        (b"a,b\n1,2\n1\n", "more or fewer values in row 2 "),
        (b"a,b\n1,2,3\n", "more or fewer values in row 1 "),
        (b"a,b\n\xff,2\n", "is no CSV file in UTF-8"),
        (b"a,b\n" + b"x" * 200_000, "is no CSV file in UTF-8"),
    ],
)
def test_what_is_no_table_is_refused(data, fault, tmp_path):
    (tmp_path / "table.csv").write_bytes(data)
    with pytest.raises(PercepNetError) as caught:
        read_table(tmp_path / "table.csv", ("a", "b"), "give another")
    text = str(caught.value)
    assert text.startswith(f"{tmp_path}/table.csv ") and fault in text and text.endswith(": give another")
    assert "\n" not in text
