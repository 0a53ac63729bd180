"""What people paste: every form of it is read as they meant it, or refused by line and column."""

import contextlib
import csv
import io
import re
import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from collapse.sheets import SEPARATORS, categories, decoded, numbers, read
from collapse.sheets import reading as sheets

TEN = [1.5, -2.25, 3.0, 4e3, 0.125, 6.0, 7.5, -8.0, 9.0, 10.0]


def column(text, **how):
    """The first column as numbers."""
    found, missing = numbers(read(text, **how), [0])
    return found[:, 0].tolist(), missing


def refused(act, *words):
    """A ValueError that holds all of these words."""
    with pytest.raises(ValueError, match=r"\w") as caught:
        act()
    for word in words:
        assert word in str(caught.value)
    assert len(str(caught.value)) < 400
    return str(caught.value)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("code", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_one_value_a_line_in_every_encoding(end, code):
    assert column(end.join(map(str, TEN)).encode(code)) == (TEN, 0)
    headed = end.join(["länge", *map(str, TEN)])
    sheet = read(headed.encode(code))
    assert sheet.names == ("länge",)
    assert column(headed.encode(code)) == (TEN, 0)
    assert sheet.lines == tuple(range(2, 12))


@pytest.mark.parametrize("mark", [",", ";", "\t"])
@pytest.mark.parametrize("header", ["", "a{0}b\n"])
def test_two_columns_with_every_separator(mark, header):
    text = header.format(mark) + "\n".join(f"{x}{mark}{2 * x + (i % 3)}" for i, x in enumerate(TEN))
    sheet = read(text)
    assert sheet.names == (("a", "b") if header else ("column 1", "column 2"))
    assert numbers(sheet, [0, 1])[0].tolist() == [[x, 2 * x + (i % 3)] for i, x in enumerate(TEN)]
    assert numbers(sheet, [1])[0][:, 0].tolist() == [2 * x + (i % 3) for i, x in enumerate(TEN)]


def test_decimal_commas():
    there = "\n".join(str(x).replace(".", ",") for x in TEN)
    assert column(there) == (TEN, 0)
    assert any("decimal comma" in note for note in read(there).notes)
    assert column("mass\n" + there) == (TEN, 0)
    assert column("mass;id\n" + "\n".join(f"{str(x).replace('.', ',')};k{i}" for i, x in enumerate(TEN))) == (TEN, 0)
    assert read(there, "comma").columns[0][0] == "1", "and who means two columns can say so"
    thousands = ["1.234,5", "2.000.000,25", *["7,5"] * 4, *["8,5"] * 4]
    assert column("\n".join(thousands), separator="one per line")[0][:3] == [1234.5, 2000000.25, 7.5]
    english = ["1,234.5", "2,000,000.25", *["7.5"] * 4, *["8.5"] * 4]
    assert column("\n".join(english), separator="one per line")[0][:3] == [1234.5, 2000000.25, 7.5]
    assert column("\n".join(f'"{cell}"' for cell in english), separator="comma")[0][0] == 1234.5


def test_missing_values_are_counted_and_left_out():
    cells = ["NA", "", "n/a", "-", "?", "NaN", "None", "#N/A"]
    text = "x,y\n" + "\n".join([f"{c},1" for c in cells] + [f"{x},{i}" for i, x in enumerate(TEN)])
    assert column(text) == (TEN, len(cells))
    both = text + "\n2.5,\n"
    assert numbers(read(both), [0, 1])[1] == len(cells) + 1, "a row needs all that were chosen"


@pytest.mark.parametrize(
    ("cell", "line"),
    [
        ("12..5", 4),
        ("1e", 7),
        ("0x10", 9),
        ("inf", 5),
        ("=1+1", 3),
        ("@SUM(A1)", 6),
        ("1_0", 4),
        ("twelve", 8),
        ("١٢", 5),
        ("1e16", 6),
        ("<b>5</b>", 4),
    ],
)
def test_what_is_no_number_is_named_by_line_and_column(cell, line):
    rows = ["mass,id", *(f"{x},{i}" for i, x in enumerate(TEN * 2))]
    rows[line - 1] = f"{cell},0"
    said = refused(lambda: column("\n".join(rows)), f"line {line}", "column 'mass'", repr(cell), "not a number")
    assert "more like it" not in said
    rows[line] = f"{cell},0"
    assert "and 1 more" in refused(lambda: column("\n".join(rows)), f"line {line}")


def test_a_formula_is_a_category_like_any_other():
    words, missing = categories(read("\n".join(["=1+1", "@cmd", "+x", "plain", ""] * 5)), 0)
    assert words == ["=1+1", "@cmd", "+x", "plain"] * 5
    assert missing == 0, "a blank line is no row"


def test_lines_are_counted_as_an_editor_counts_them():
    text = 'name,x\n"two\nlines",1\n\n"quoted, comma",2\n' + "\n".join(f"k,{i}" for i in range(9)) + "\nk,oops"
    sheet = read(text)
    assert sheet.lines[:3] == (2, 5, 6)
    assert sheet.columns[0][:2] == ("two\nlines", "quoted, comma")
    refused(lambda: numbers(sheet, [1]), f"line {text.count(chr(10)) + 1}", "'oops'")


def test_rows_of_different_lengths():
    assert numbers(read("a,b\n" + "\n".join(["1,2"] * 5 + ["3,5", "4"] * 5)), [0])[1] == 0
    short = read("a,b\n" + "\n".join(["1,2", "3,5", "4,1"] * 5 + ["4"]))
    assert numbers(short, [0, 1])[1] == 1, "a missing cell is a missing value"
    refused(lambda: read("a,b\n1,2\n1,2,3\n"), "line 3", "3 cells", "double quotes")


def test_headers_are_found_and_can_be_overruled():
    kinds = ["species", *["adelie"] * 6, *["gentoo"] * 6]
    assert read("\n".join(kinds)).names == ("species",)
    assert any("header" in note for note in read("\n".join(kinds)).notes)
    assert read("\n".join(kinds), header=False).columns[0][0] == "species"
    assert read("\n".join(kinds[1:])).names == ("column 1",)
    assert read("\n".join(kinds[1:]), header=True).names == ("adelie",)
    assert read("\n".join(["<b>\x07mass</b>" + "y" * 90, *map(str, TEN)])).names == (("<b>mass</b>" + "y" * 90)[:40],)
    assert read("a,1\nb,2\nc,3").numeric() == [1]


def test_limits_are_kept():
    refused(lambda: read(b"1\n" * sheets.MAX_BYTES), f"{2 * sheets.MAX_BYTES:,} bytes", f"{sheets.MAX_BYTES:,}")
    refused(lambda: read("1\n" * (sheets.MAX_ROWS + 3)), f"at most {sheets.MAX_ROWS:,} rows")
    assert len(read("1\n2\n" * (sheets.MAX_ROWS // 2)).lines) == sheets.MAX_ROWS
    refused(lambda: read(",".join("1" * (sheets.MAX_COLUMNS + 1)) + "\n"), f"at most {sheets.MAX_COLUMNS}")
    refused(
        lambda: categories(read("\n".join(f"k{i}" for i in range(sheets.MAX_TYPES + 1))), 0), f"{sheets.MAX_TYPES:,}"
    )
    refused(lambda: categories(read("\n".join(["same"] * 20)), 0), "1 different")
    refused(lambda: categories(read("\n".join(["x" * 200, "y"] * 20)), 0), "line 1", "characters")
    refused(lambda: column("\n".join(map(str, TEN[: sheets.MIN_ROWS - 1]))), f"at least {sheets.MIN_ROWS}")
    for empty in ("", " \n\n", ",", ";;\n;;", "sep=;\n\n"):
        refused(lambda text=empty: read(text), "nothing")


@pytest.mark.parametrize(
    ("raw", "name"),
    [
        (b"PK\x03\x04zip", "a zip file"),
        (b"PK\x03\x04\0\0xl/workbook.xml", "an Excel file"),
        (b"PK\x03\x04mimetypeapplication/vnd.oasis.opendocument.spreadsheet", "an OpenDocument spreadsheet"),
        (b"\xd0\xcf\x11\xe0old", "an old Excel or Word file"),
        (b"%PDF-1.7", "a PDF"),
        (b"\x1f\x8b\x08", "a gzip file"),
        (b"1\n2\n\x00\x01", ""),
    ],
)
def test_what_is_no_text_is_said(raw, name):
    refused(lambda: read(raw), name, "not text", "CSV")


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("<table><tr><td>1</td></tr></table>", "HTML"),
        ("<!DOCTYPE html>\n<p>1", "HTML"),
        ("<?xml version='1.0'?><a>1</a>", "XML"),
        ('[{"x": 1}, {"x": 2}]', "JSON"),
        ('{"x": 1}\n{"x": 2}\n', "JSON"),
        ("[1,\n2,\n3]", "JSON"),
        ("| x | y |\n|---|:-:|\n| 1 | 2 |\n| 3 | 4 |", "a Markdown table"),
        ("x|y\n1|2\n3|4\n", "a table with | between its columns"),
    ],
)
def test_what_is_marked_up_otherwise_is_named(text, name):
    refused(lambda: read(text), f"this is {name}")


def test_bars_and_brackets_may_be_words():
    """The control: these are no tables of another kind."""
    words = ["Drama|Comedy", "Drama", "Comedy|Horror|War"] * 5
    assert read("\n".join(words)).columns[0] == tuple(words)
    assert len(read("\n".join(["a|b", "c|d"] * 8), separator="one per line").lines) == 16
    assert len(read("\n".join(["[a]", "[b]", "<c"] * 8)).lines) == 24


@pytest.mark.parametrize(
    ("cells", "unit", "expected"),
    [
        ([f"{x} kg" for x in TEN], "kg", TEN),
        ([f"{x}%" for x in TEN], "%", TEN),
        ([f"$1,{x}00" for x in range(100, 110)], "$", []),
        ([f"${x}.50" for x in range(10)], "$", [x + 0.5 for x in range(10)]),
        ([f"{x},5 €" for x in range(10)], "€", [x + 0.5 for x in range(10)]),
        ([f"{x} apples" for x in range(10)], "", []),
        (["1 kg", "2 g"] * 5, "", []),
        ([f"{x}.5A" for x in range(10)], "A", [x + 0.5 for x in range(10)]),
        ([f"{x} A" for x in TEN], "A", TEN),
    ],
)
def test_a_unit_behind_every_number_is_taken_off_and_said(cells, unit, expected):
    sheet = read("\n".join(["size", *cells]), separator="one per line")
    assert sheet.names == (f"size ({unit})" if unit else "size",) or not unit
    assert any(f"{unit} stands at every number: it was read as their unit" in note for note in sheet.notes) == bool(
        unit
    )
    if expected:
        assert numbers(sheet, [0])[0][:, 0].tolist() == expected
    elif not unit:
        assert sheet.numeric() == []


@pytest.mark.parametrize(
    "tail", ["A", "B", "s", "m", "d", "a", "E", "th", "XL", " apples", " m²", " kg/m³", "k", " years old"]
)
def test_names_that_begin_with_a_number_stay_as_they_are_and_that_is_said(tail):
    """Class 5A is not five amperes, nor are the 1950s seconds; and what is no unit that we know is not taken away in silence."""
    cells = [f"{x}{tail}" for x in range(1950, 1962)]
    sheet = read("\n".join(["what", *cells]), separator="one per line", header=True)
    assert (sheet.names, sheet.columns[0], sheet.numeric()) == (("what",), tuple(cells), [])
    assert [
        note
        for note in sheet.notes
        if f"'{tail.strip()}' stands behind every number, so they are read as words" in note
    ]


@pytest.mark.parametrize(
    "cells", [["3A", "5B"], ["A5", "A6"], ["5", "6"], ["40e3", "50e4"], ["12:30", "13:40"], ["2-3", "4-5"], ["a", "b"]]
)
def test_nothing_is_said_of_a_unit_where_none_is(cells):
    """The control."""
    sheet = read("\n".join(["what", *(cells * 8)]), separator="one per line", header=True)
    assert sheet.columns[0] == tuple(cells * 8)
    assert not [note for note in sheet.notes if "number" in note]


def test_dates_are_said_and_have_a_header():
    sheet = read("\n".join(["day", *(f"2026-01-{i:02}" for i in range(1, 21))]))
    assert sheet.names == ("day",)
    assert any("dates" in note for note in sheet.notes)


def test_a_row_that_may_be_a_header_is_said():
    words = "\n".join(f"word{i}" for i in range(20))
    assert any("read like all the others" in note for note in read(words).notes)
    assert not any("others" in note for note in read(words, header=True).notes)


def test_a_column_that_counts_the_rows_is_left_out_if_it_has_no_title():
    rows = "\n".join(f"{i},{x}" for i, x in enumerate(TEN))
    for head in (",x", '"","x"'):
        sheet = read(f"{head}\n{rows}")
        assert sheet.names == ("x",)
        assert numbers(sheet, [0])[0][:, 0].tolist() == TEN
    assert read(f"i,x\n{rows}").names == ("i", "x"), "one with a title was meant"
    assert len(read(rows).names) == 2, "and so was one where nothing has a title"


def test_a_total_capitals_and_accents_are_said():
    assert any("'Total'" in note for note in read("city,people\n" + "a,1\nb,2\n" * 9 + "Total,27").notes)
    assert not any("sums up" in note for note in read("city,people\n" + "a,1\nTotal,2\nb,2\n" * 9).notes)
    assert any("'cat' and 'Cat' differ in capitals only" in note for note in read("w\n" + "cat\nCat\n" * 9).notes)
    assert set(read("w\n" + "\u00e9\ne\u0301\no\n" * 9).columns[0]) == {"\u00e9", "o"}


def test_numbers_too_small_to_square_are_refused_with_advice():
    refused(lambda: column("\n".join(f"{i}e-200" for i in range(1, 12))), "too small", "multiply")
    assert column("\n".join(f"{i}e-9" for i in range(1, 12)))[1] == 0


@pytest.mark.parametrize("cell", ["1" * 500_000 + "x", "-" * 500_000 + "x", "1," * 200_000, "[" * 500_000])
def test_one_endless_cell_takes_no_time(cell):
    started = time.process_time()
    with contextlib.suppress(ValueError):
        read("x\n" + cell + "\n" + cell)
    assert time.process_time() - started < 2


US = ["980", "1,234", "12,345", "2,500", "890", "7,100", "450", "3,333", "999", "15,000", "123,456"]
GERMAN = [cell.replace(",", ".") for cell in US]
WHOLE = [980, 1234, 12345, 2500, 890, 7100, 450, 3333, 999, 15000, 123456]
FLOATS = [980, 1.234, 12.345, 2.5, 890, 7.1, 450, 3.333, 999, 15, 123.456]
THREE = ["1.125", "2.250", "3.375", "4.500", "5.625"] * 2


def doubts(sheet):
    """The notes about three digits behind a mark."""
    return [note for note in sheet.notes if "as the decimal mark" in note]


@pytest.mark.parametrize(
    ("text", "j", "expected", "other"),
    [
        ("city\tpop\n" + "\n".join(f"c{i}\t{cell}" for i, cell in enumerate(US)), 1, WHOLE, "comma"),
        ("city,pop\n" + "\n".join(f'c{i},"{cell}"' for i, cell in enumerate(US)), 1, WHOLE, "comma"),
        ("pop\n" + "\n".join(US), 0, WHOLE, "comma"),
        ("\n".join(US[1:4] * 4), 0, WHOLE[1:4] * 4, "comma"),
        ("city;pop\n" + "\n".join(f"c{i};{cell}" for i, cell in enumerate(GERMAN)), 1, WHOLE, "point"),
        ("\n".join(THREE), 0, [1.125, 2.25, 3.375, 4.5, 5.625] * 2, "comma"),
        ("\n".join(f"{cell};x" for cell in THREE), 0, [1.125, 2.25, 3.375, 4.5, 5.625] * 2, "comma"),
        ("\n".join(f"{cell.replace('.', ',')};x" for cell in THREE), 0, [1.125, 2.25, 3.375, 4.5, 5.625] * 2, "point"),
        ("\n".join(f"{cell};0,5" for cell in THREE), 0, [1125, 2250, 3375, 4500, 5625] * 2, "point"),
    ],
)
def test_three_digits_behind_a_mark_are_read_by_rule_and_said(text, j, expected, other):
    """1,234 is a thousand or a little more than one: which, a note says, and how to get the other; then there is no note."""
    sheet = read(text)
    assert numbers(sheet, [j])[0][:, 0].tolist() == expected
    (note,) = doubts(sheet)
    assert f"choose {other} as the decimal mark" in note
    assert f"read as {next(x for x in expected if x != int(x) or x >= 1000):.10g}, not as " in note
    turned = read(text, decimal=other)
    found = numbers(turned, [j])[0][:, 0]
    assert all(x == y or x == y * 1000 or x * 1000 == y for x, y in zip(found, expected, strict=True))
    assert found.tolist() != expected
    assert doubts(turned) == []


def test_what_leaves_no_doubt_is_not_doubted():
    for cells, expected in (
        (["1,234.5", *US], [1234.5, *WHOLE]),
        (["0,125", "1,125"] * 5, [0.125, 1.125] * 5),
        (["1.234,5", *GERMAN], [1234.5, *WHOLE]),
        (["0.5", "1.125"] * 5, [0.5, 1.125] * 5),
        (["1,234,567", *US], [1234567, *WHOLE]),
        (["1.5", "1.125"] * 5, [1.5, 1.125] * 5),
    ):
        sheet = read("\n".join(f"{cell}\tx" for cell in cells))
        assert numbers(sheet, [0])[0][:, 0].tolist() == expected
        assert sheet.notes == ()
    words = read("\n".join(["kea\t1", "1,234\t2", "tui\t3"] * 5))
    assert words.notes == (), "a category is not read as a number"
    mixed = read("\n".join(["1.5\tx"] * 5 + ["2,25\tx"] * 4 + ["3.5\tx"]))
    refused(lambda: numbers(mixed, [0]), "line 6", "'2,25' is not a number with a decimal point")


@given(
    st.lists(st.integers(-(10**9), 10**9), min_size=10, max_size=30),
    st.sampled_from([",", " ", "\u202f", "'", "’", "."]),
)
def test_whole_numbers_in_groups_come_back(values, mark):
    """Against Python's own grouping of digits, whatever marks the groups; a point only where decimal commas stand beside it."""
    cells = [f"{x:,}".replace(",", mark) for x in values]
    text = "\n".join(f"{cell}\t0,5" if mark == "." else cell for cell in cells)
    assert column(text) == (values, 0)


def test_a_list_of_amounts_is_one_column():
    """Even where a comma stands in every line that is looked at; who means two columns can say so."""
    sheet = read("1,234.5\n2,000\n900\n" + "\n".join(US))
    assert numbers(sheet, [0])[0][:, 0].tolist() == [1234.5, 2000, 900, *WHOLE]
    assert any("a mark of thousands" in note and "choose comma" in note for note in sheet.notes)
    assert len(read("1,234\n" * 12, "comma").names) == 2
    assert len(read("1,23\n45,6.5\n" * 6).names) == 2, "45,6.5 is not one number"


def test_spaces_separate_columns_or_groups_of_digits_and_nothing_else():
    rows = [(180 + i, 3750 + 10 * i * i) for i in range(12)]
    for header in ("", "flipper mass\n"):
        for gap in (" ", "   "):
            sheet = read(header + "\n".join(f" {a}{gap}{b}" for a, b in rows))
            assert [tuple(row) for row in numbers(sheet, [0, 1])[0].tolist()] == rows
            assert sheet.names == (("flipper", "mass") if header else ("column 1", "column 2"))
            assert any("Spaces" in note for note in sheet.notes)
    decimal = read("\n".join(f"{i},5 -{i}" for i in range(12)))
    assert numbers(decimal, [0, 1])[0].tolist() == [[i + 0.5, -i] for i in range(12)]
    either = "\n".join(f"{180 + i} {375 + i}" for i in range(12))
    assert column(either) == ([1000 * (180 + i) + 375 + i for i in range(12)], 0)
    assert any("choose spaces" in note for note in read(either).notes)
    assert numbers(read(either, "spaces"), [0, 1])[0].tolist() == [[180 + i, 375 + i] for i in range(12)]
    assert read("\n".join(["red apple", "green pear", "red pear"] * 4)).names == ("column 1",), (
        "words keep their spaces"
    )
    assert column("1, 2\n3, 4\n" * 5) == ([1, 3] * 5, 0)


@pytest.mark.parametrize("cell", ["5'11", "180 3750", "1 23 456", "1 234'567", "0 123", "12 34", "1'23"])
def test_what_is_not_grouped_in_threes_is_no_number(cell):
    refused(lambda: column("\n".join(["x", *map(str, TEN), cell])), "line 12", repr(cell), "not a number")


def test_rows_that_are_too_short_are_said():
    sheet = read("a,b\n1,2\n3\n4,5\n6\n")
    assert sheet.columns[1] == ("2", "", "5", "")
    assert any("2, the first of them on line 3" in note for note in sheet.notes)
    assert read("a,b\n1,2\n3,\n").notes == ()


def test_a_quote_that_never_closes_is_named():
    refused(lambda: read('a,b\n1,2\n"1,2\n' + "3,4\n" * 12), "line 3", "double quote")
    refused(lambda: read('a,b\n"1,2\n' + "3,4\n" * 100_000), "line 2", "double quote")
    assert read('a,b\n1,"2\n3"').columns == (("1",), ("2\n3",)), "one that closes with the last character"


def test_the_first_line_for_excel_is_obeyed():
    for mark in ";,|\t":
        for end in ("\n", "\r\n"):
            sheet = read(end.join([f"sep={mark}", f"a{mark}b", *(f"{i}{mark}{i * i}" for i in range(12))]))
            assert (sheet.names, sheet.lines[0]) == (("a", "b"), 3)
            assert numbers(sheet, [0, 1])[0].tolist() == [[i, i * i] for i in range(12)]


def test_comments_above_the_table_are_skipped():
    rows = "\n".join(f"{i},{i * i}" for i in range(12))
    sheet = read(f"# made by x\n# on a day, in a place, at noon\na,b\n{rows}")
    assert (sheet.names, sheet.lines[0]) == (("a", "b"), 4)
    assert any("comments: 2" in note for note in sheet.notes)
    assert read("# lengths, in mm\nmass\n" + "\n".join(map(str, TEN))).names == ("mass",)
    for kept in (read(f"#a,b\n{rows}", "comma"), read("#a\n" + "\n".join(map(str, TEN)))):
        assert kept.names[0] == "#a"
        assert kept.notes == ()
    assert categories(read("\n".join(["#up", "#down", "left"] * 4)), 0)[0][:3] == ["#up", "#down", "left"], (
        "no table: data"
    )


@pytest.mark.parametrize("first", ["inf", "-Infinity", "∞"])
def test_an_infinite_value_is_no_header(first):
    refused(lambda: column("\n".join([first, *map(str, TEN)])), "line 1", "column 'column 1'", repr(first))


def test_half_a_character_is_named():
    refused(lambda: read("a\nb\n1.\ud800\n"), "line 3", "half of a character")


@given(st.binary(max_size=300) | st.text(alphabet="12 ,;.\t\n'\"#", max_size=60).map(str.encode))
def test_any_bytes_are_read_or_refused(raw):
    """Nothing but a ValueError with a sentence, and numbers that are finite."""
    said = ""
    try:
        sheet = read(raw)
        found, missing = numbers(sheet, [0])
    except ValueError as error:
        said = str(error)
    if said:
        assert 10 < len(said) < 400
        return
    assert {len(c) for c in sheet.columns} == {len(sheet.lines)}
    assert np.isfinite(found).all()
    assert len(found) + missing == len(sheet.lines)


WORDS = st.text(st.characters(codec="utf-8", exclude_characters="\0\r"), max_size=12)
ROWS = st.lists(st.tuples(st.floats(-1e15, 1e15), WORDS), min_size=10, max_size=40)


@given(ROWS, st.sampled_from(["comma", "semicolon", "tab"]))
def test_what_python_writes_comes_back(rows, separator):
    """Against the csv module's own writer: every cell returns, numbers to the digit."""
    out = io.StringIO()
    csv.writer(out, delimiter=SEPARATORS[separator], lineterminator="\n").writerows([["x", "word"], *rows])
    sheet = read(out.getvalue(), separator, header=True)
    assert [float(x) for x in sheet.columns[0]] == [x for x, _ in rows]
    assert list(sheet.columns[1]) == [word.strip() for _, word in rows]


def test_a_decoded_text_keeps_its_letters():
    assert decoded("naïve – Ωmega".encode()) == ("naïve – Ωmega", "")
    text, note = decoded("naïve – x".encode("cp1252"))
    assert text == "naïve – x"
    assert note.startswith("Read as Western European text, because it is not UTF-8. It begins: “naïve – x”")
    assert not re.search("\ufeff", decoded("\ufeff1".encode("utf-16"))[0])


SIZES = "".join(f"größe{i % 7}\n" for i in range(26))


@pytest.mark.parametrize("last", [b"Caf\xc3\n", b"Caf\xc3", b"x\xff\n", b"\x80\n", b"\xf0\x9f\x90\n"])
def test_one_broken_character_spoils_no_other(last):
    """A file that was cut in the middle of a character, or has one that is none: the rest is UTF-8, and a note says so."""
    sheet = read(b"wort\n" + SIZES.encode() + last, header=True)
    assert set(sheet.columns[0]) - {sheet.columns[0][-1]} == {f"größe{i}" for i in range(7)}
    assert "\ufffd" in sheet.columns[0][-1]
    assert "In 1 place this is not proper UTF-8; what could not be read stands as \ufffd." in sheet.notes


@pytest.mark.parametrize("alphabet", ["utf-16", "utf-32", "utf-8-sig"])
def test_a_text_with_a_mark_is_read_by_it(alphabet):
    sheet = read(("wort\n" + SIZES).encode(alphabet), header=True)
    assert set(sheet.columns[0]) == {f"größe{i}" for i in range(7)}
    assert not any("read stands as" in note for note in sheet.notes)


@pytest.mark.parametrize(
    "raw", [SIZES.encode("utf-32-le"), SIZES.encode("utf-16-be"), b"\xff\xfe" + SIZES.encode("utf-32-be")]
)
def test_a_text_full_of_nothing_is_refused(raw):
    with pytest.raises(ValueError, match="this is not text: save the sheet as CSV"):
        read(raw)
