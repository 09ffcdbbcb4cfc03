import gzip
import lzma

import pytest

from hiphitch_analysis.read.text import find_delimiter, first_line, open_text, printable, split_cells, split_header

BODY = "naïve,b\r\n1,2\r\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "latin-1"])
def test_encodings_and_line_ends_give_the_same_lines(write, encoding):
    assert open_text(write(BODY.encode(encoding))).lines == ("naïve,b", "1,2")


@pytest.mark.parametrize("pack", [gzip.compress, lzma.compress])
def test_compressed_text_is_unpacked_whatever_its_name(write, pack):
    assert open_text(write(pack(BODY.encode()), "file.txt")).lines == ("naïve,b", "1,2")


@pytest.mark.parametrize("pack", [gzip.compress, lzma.compress])
def test_cut_off_archive_is_refused(write, pack):
    with pytest.raises(ValueError, match=r"file\.csv: the compressed file is damaged or cut off"):
        open_text(write(pack(BODY.encode() * 50)[:-9]))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "the file is empty"),
        (b" \r\n\t\n", "the file is empty"),
        (b"PK\x03\x04rest", "a zip archive or a spreadsheet"),
        (b"MATLAB 5.0\x00\x01\x02", "binary content beginning 'MATLAB 5.0··"),
        (b"\xff\xfe\x00\xd8", "begins like UTF-16"),
    ],
)
def test_what_is_no_text_is_refused(write, content, message):
    with pytest.raises(ValueError, match=message):
        open_text(write(content))


def test_missing_file_folder_and_impossible_name(tmp_path):
    with pytest.raises(ValueError, match=r"gone\.csv: no such file"):
        open_text(tmp_path / "gone.csv")
    with pytest.raises(ValueError, match="a folder"):
        open_text(tmp_path)
    with pytest.raises(ValueError, match="not a possible file name"):
        open_text("a\x00b")


@pytest.mark.parametrize(
    ("header", "delimiter", "names"),
    [
        ("a,b,c", ",", ("a", "b", "c")),
        ("a;b;c", ";", ("a", "b", "c")),
        ("a\tb c\td", "\t", ("a", "b c", "d")),
        ("a   b  c ", " ", ("a", "b", "c")),
        ('"a","b, c",,', ",", ("a", "b, c")),
    ],
)
def test_delimiter_is_found_in_the_header(header, delimiter, names):
    assert find_delimiter(header) == delimiter
    assert split_header(header) == names


def test_first_line_passes_over_blank_lines_and_the_spreadsheet_hint(write):
    assert first_line(open_text(write("\nsep=;\na;b\n1;2\n"))) == 2


def test_rows_know_their_line_even_after_blank_lines_and_quoted_line_ends(write):
    text = open_text(write('x\na,b\n\n1,"two\nlines"\n,\n3,4\n'))
    cells = split_cells(text, 1, pad=False)
    assert list(cells.rows) == [["1", "two\nlines"], ["3", "4"]]
    assert cells.lines.tolist() == [4, 7]


def test_short_rows_are_padded_or_refused_and_a_cut_off_last_one_is_left_out(write):
    ends_early = open_text(write("a,b\n1\n2,3\n"))
    assert split_cells(ends_early, 0, pad=True).rows == (["1", ""], ["2", "3"])
    with pytest.raises(ValueError, match="line 2 has only 1 cells, expected 2"):
        split_cells(ends_early, 0, pad=False)
    assert split_cells(open_text(write("a,b\n1,2\n3")), 0, pad=False).rows == (["1", "2"],)


def test_cells_beyond_the_header_are_refused_unless_empty(write):
    assert split_cells(open_text(write("a,b\n1,2,,\n")), 0, pad=False).lines.tolist() == [2]
    with pytest.raises(ValueError, match="line 2 has 3 cells, expected 2"):
        split_cells(open_text(write("a,b\n1,2,3\n")), 0, pad=False)


def test_header_without_rows_and_endless_cell(write):
    with pytest.raises(ValueError, match="expected rows below the header in line 1, got none"):
        split_cells(open_text(write("a,b\n")), 0, pad=True)
    with pytest.raises(ValueError, match="quotation mark"):
        split_cells(open_text(write('a,b\n"' + "x" * 200_000)), 0, pad=True)


def test_printable_shortens_and_hides_control_characters():
    assert printable("a\tb\x1b") == "a·b·"
    assert printable("x" * 61) == "x" * 60 + "…"
