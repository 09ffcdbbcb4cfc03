"""Rep corrections read from files written here by hand."""

import pandas as pd
import pytest

from hiphitch_analysis.read.corrections import corrections_to_csv, read_corrections

HEAD = "recording,rep,start_s,bottom_s,end_s,keep\n"


@pytest.fixture
def write(tmp_path):
    def one(text):
        path = tmp_path / "set3_corrections.csv"
        path.write_text(text, "utf-8")
        return path

    return one


def test_what_is_written_is_read(write):
    table = read_corrections(write(HEAD + "set3,12,,,,false\nset3,26,,,51.65,true\n003,61,1.5,2.5,3.25,TRUE\n"))
    assert table["recording"].tolist() == ["set3", "set3", "003"]  # a name, no number
    assert table["keep"].tolist() == [False, True, True]
    assert table["end_s"].tolist()[1:] == [51.65, 3.25] and table[["start_s", "bottom_s"]].isna().sum().tolist() == [2, 2]
    text = corrections_to_csv(table)
    assert text == HEAD + "set3,12,,,,false\nset3,26,,,51.650,true\n003,61,1.500,2.500,3.250,true\n"
    assert read_corrections(write(text)).equals(table)


def test_a_header_alone_corrects_nothing(write):
    empty = read_corrections(write(HEAD))
    assert empty.empty and corrections_to_csv(empty) == HEAD


def test_semicolons_and_decimal_commas(write):
    assert read_corrections(write(HEAD.replace(",", ";") + "set3;26;;;51,65;true\n"))["end_s"].tolist() == [51.65]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("recording,rep,end_s\nset3,1,2\n", "missing column 'start_s', 'bottom_s', 'keep'"),
        (
            HEAD + "set3,one,,,x,perhaps\n",
            "rep must be a whole number, got 'one' in line 2; end_s must be a number, got 'x' in line 2; keep must be true or",
        ),
        (HEAD + "set3,0,,,,false\n", "rep must be at least 1, got 0 in line 2"),
        (HEAD + "set3,1,-1,,,true\n", "start_s must be at least 0, got -1 in line 2"),
        (HEAD + "set3,1,,,,\n", "keep must be true or false, got <NA> in line 2"),
        (HEAD + ",1,,,,true\n", "recording is empty in line 2"),
        (
            HEAD + "set3,1,,,,true\nset3,2,5,4,6,true\nset3,1,,,,false\n",
            "rep 1 of set3 stands in lines 2, 4, expected one row for it; rep 2 of set3 has start_s 5, bottom_s 4, end_s 6 in line 3, expected",
        ),
        (HEAD + "set3,2,5,,5,true\n", "has start_s 5, end_s 5 in line 2"),
    ],
)
def test_all_faults_in_one_sentence(write, text, told):
    with pytest.raises(ValueError, match=r"^set3_corrections\.csv: ") as error:
        read_corrections(write(text))
    assert told in str(error.value) and "\n" not in str(error.value)


def test_a_name_that_is_a_formula_is_text_for_a_spreadsheet_and_comes_back(write):
    table = read_corrections(write(HEAD + "=1+1,1,,,,false\n"))
    text = corrections_to_csv(table)
    assert text.splitlines()[1] == "'=1+1,1,,,,false"
    pd.testing.assert_frame_equal(read_corrections(write(text)), table)
