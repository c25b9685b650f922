"""Who is meant: by number, address or name, and never by a guess."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.errors import AutograderError
from autograder.grading.collecting.naming import Claim
from autograder.grading.collecting.roster import Roster, Student, read_roster

ANNA = Student("anna", "Anna-Lena Müller", "a.mueller@example.org", "17")
BEN = Student("ben", "Ben O'Brien", "ben@example.org", "18")
BENS = Student("ben2", "Ben OBrien", "", "")
ROSTER = Roster([ANNA, BEN])


@pytest.mark.parametrize(
    "claim",
    [
        Claim(("anna",)),
        Claim(("ANNA",)),
        Claim(("17",)),
        Claim(("17",), "quite another name"),
        Claim(("A.Mueller@example.org",)),
        Claim(("a.mueller",)),
        Claim(("501",), "Anna-Lena Müller"),
        Claim(("501",), "Mu\u0308ller, Anna Lena", id_is_certain=False),
        Claim((), "mullerannalena"),
        Claim((), "MUELLER ANNA LENA"),
        Claim(("17",), "Anna-Lena Muller", id_is_certain=False),
    ],
)
def test_claim_that_means_one_student_finds_them(claim: Claim) -> None:
    assert ROSTER.find(claim) == (ANNA, "")


@pytest.mark.parametrize(
    ("claim", "why"),
    [
        (Claim(("19",), "Cy"), "not in the roster"),
        (Claim((), ""), "not in the roster"),
        (Claim((), "Lena Müller"), "not in the roster"),
        (Claim(("18",), "Anna-Lena Müller"), "could be anna or ben: nobody is guessed"),
        (Claim(("17",), "Cy Doe", id_is_certain=False), "the number under another name"),
        (Claim(("anna", "ben")), "could be anna or ben"),
    ],
)
def test_claim_that_means_nobody_for_certain_finds_none(claim: Claim, why: str) -> None:
    found, said = ROSTER.find(claim)
    assert found is None
    assert why in said


def test_two_of_one_name_are_told_apart_by_number_alone() -> None:
    roster = Roster([BEN, BENS])
    assert roster.find(Claim(("501",), "Ben OBrien", id_is_certain=False))[0] is None
    assert roster.find(Claim(("18",), "Ben O'Brien"))[0] == BEN


@given(st.permutations(["maria", "del", "pilar"]), st.sampled_from([" ", ", ", "-", ""]))
def test_name_in_another_order_means_nobody_else(words: list[str], between: str) -> None:
    other = Student("other", "Pilar Mar", "", "")
    roster = Roster([Student("maria", "Maria del Pilar"), other])
    found, _ = roster.find(Claim((), between.join(words)))
    assert found is None or found.id == "maria"


@given(st.text(max_size=40), st.text(max_size=40))
def test_any_text_is_matched_or_told(identity: str, name: str) -> None:
    found, why = ROSTER.find(Claim((identity,), name))
    assert (found is None) == bool(why)


def written(tmp_path: Path, text: str, encoding: str = "utf-8") -> Path:
    path = tmp_path / "roster.csv"
    path.write_text(text, encoding=encoding)
    return path


@pytest.mark.parametrize(
    "text",
    [
        "id,name,email,lms_user_id\nanna,Anna-Lena Müller,a.mueller@example.org,17\n\n",
        "lms_user_id,email,id,last_name,first_name\n"
        "17,a.mueller@example.org,anna,Müller,Anna-Lena\n",
        "\ufeffIdentifier;Full name;ID number;Email address\r\n"
        "Participant 17;Anna-Lena Müller;anna;a.mueller@example.org\r\n",
        "id\tname\temail\tlms_user_id\tseat\n"
        ' anna\t"Anna-Lena Müller"\ta.mueller@example.org\t17\n',
    ],
)
def test_roster_in_usual_forms_is_read(tmp_path: Path, text: str) -> None:
    assert read_roster(written(tmp_path, text)).students == [ANNA]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "no column id"),
        ("name,email\nAnna,a@example.org\n", "no column id"),
        ("id,name\nanna,A\nAnna,B\n", "id Anna twice, or once more in other case"),
        ("id,name\nanna,A\nanna,B\n", "id anna twice"),
        ("id,name\n../anna,A\n", "line 2: the folder name '../anna' cannot be"),
        ('id,name\nanna,"A\n', "no CSV"),
    ],
)
def test_roster_that_is_none_is_refused_in_a_sentence(
    tmp_path: Path, text: str, sentence: str
) -> None:
    with pytest.raises(AutograderError, match=sentence):
        read_roster(written(tmp_path, text))


def test_roster_in_another_encoding_or_missing_is_refused(tmp_path: Path) -> None:
    with pytest.raises(AutograderError, match="no CSV file in UTF-8"):
        read_roster(written(tmp_path, "id,name\nanna,Müller\n", "latin-1"))
    with pytest.raises(AutograderError, match="there is no"):
        read_roster(tmp_path / "other.csv")
