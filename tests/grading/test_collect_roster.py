"""Who is meant: by number, address or name, and never by a guess."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.errors import AutograderError
from autograder.grading.collecting.naming import Claim
from autograder.grading.collecting.roster import Roster, Student
from autograder.grading.collecting.roster_table import read_roster

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
        ("name,group\nAnna,a\n", "no column id"),
        ("Identifier,Status,Grade\nParticipant 17,,\n", "no column id"),
        ("id,email\nanna,\n,o'brien@example.org\n", "line 3: the folder name"),
        ("id,name\n,Anna\n", "line 2: the folder name ''"),
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


ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252", "latin-1")
MOODLE = {
    "English": (
        "Identifier|Full name|ID number|Email address|Status|Grade|Maximum Grade|"
        "Grade can be changed|Last modified (submission)|Online text|Last modified (grade)|"
        "Feedback comments",
        "Participant 17|Anna-Lena Müller|anna|a.mueller@example.org|No submission||100.00|Yes|-|"
        "one\nand two||",
    ),
    "German": (
        "ID|Vollständiger Name|ID-Nummer|E-Mail-Adresse|Status|Bewertung|Bestwertung|"
        "Bewertung kann geändert werden|Zuletzt geändert (Abgabe)|Zuletzt geändert (Bewertung)|"
        "Feedback als Kommentar",
        "Teilnehmer/in17|Anna-Lena Müller|anna|a.mueller@example.org|Keine Abgabe||100,00|Ja|-|-|",
    ),
    "French": (
        "Identifiant|Nom complet|Numéro d'identification|Adresse de courriel|Statut|Note|"
        "Note maximale|La note peut être modifiée|Dernière modification (note)",
        "Participant17|Anna-Lena Müller|anna|a.mueller@example.org|' -||100,00|Oui|-",
    ),
}


def table(separator: str, *rows: str) -> str:
    quoted = (separator.join(f'"{field}"' for field in row.split("|")) for row in rows)
    return "".join(f"{row}\r\n" for row in quoted)


@pytest.mark.parametrize("language", MOODLE)
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_worksheet_of_moodle_as_it_comes_is_read(
    tmp_path: Path, language: str, separator: str
) -> None:
    text = table(separator, *MOODLE[language])
    assert read_roster(written(tmp_path, text)).students == [ANNA]


@pytest.mark.parametrize("language", MOODLE)
def test_worksheet_of_moodle_without_id_numbers_takes_the_address(
    tmp_path: Path, language: str
) -> None:
    rows = ("|".join(row.split("|")[:2] + row.split("|")[3:]) for row in MOODLE[language])
    (student,) = read_roster(written(tmp_path, table(",", *rows))).students
    assert student == replace(ANNA, id=ANNA.email)


@pytest.mark.parametrize(
    ("text", "identity"),
    [
        ("Vorname;Nachname;ID-Nummer;E-Mail-Adresse\nAnna-Lena;Müller;anna;{0}\n", "anna"),
        ("Prénom,Nom,Nom d'utilisateur,Adresse de courriel\nAnna-Lena,Müller,am,{0}\n", "am"),
        ("First name,Last name,Email address,Groups\nAnna-Lena,Müller,{0},\n", "{0}"),
        ("Anmeldename\tVorname\tNachname\tE-Mail\nam\tAnna-Lena\tMüller\t{0}\n", "am"),
        ("Nom;Adresse de courriel\nAnna-Lena Müller;{0}\n", "{0}"),
        ("ID number,Full name,Email address\n,Anna-Lena Müller,{0}\n", "{0}"),
    ],
)
def test_list_of_participants_is_read_by_the_best_column_there_is(
    tmp_path: Path, text: str, identity: str
) -> None:
    (student,) = read_roster(written(tmp_path, text.format(ANNA.email))).students
    assert student == Student(identity.format(ANNA.email), ANNA.name, ANNA.email)


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize(
    ("first", "separator"),
    [("", ";"), ("sep=;\n", ";"), ('"sep=;"\n', ";"), ("SEP=|\n", "|"), ("sep=\t\n", "\t")],
)
def test_roster_in_any_usual_encoding_and_form_is_read(
    tmp_path: Path, encoding: str, line_end: str, first: str, separator: str
) -> None:
    rows = ["id;name;email;lms_user_id", "anna;Anna-Lena Müller;a.mueller@example.org;17", ""]
    text = first + "\n".join(rows).replace(";", separator)
    path = tmp_path / "roster.csv"
    path.write_bytes(text.replace("\n", line_end).encode(encoding))
    assert read_roster(path).students == [ANNA]


def test_separators_within_quoted_headings_do_not_count(tmp_path: Path) -> None:
    text = 'id;"a,b,c,d,e";name\nanna;;Anna\n'
    assert read_roster(written(tmp_path, text)).students == [Student("anna", "Anna")]


@pytest.mark.parametrize("sign", "+@")
def test_sign_that_guards_against_formulas_is_no_part_of_an_id(tmp_path: Path, sign: str) -> None:
    text = f"id,email\n'{sign}anna,'=a@example.org\n"
    assert read_roster(written(tmp_path, text)).students == [
        Student(f"{sign}anna", "", "=a@example.org")
    ]


def test_text_of_a_student_may_be_long_in_a_worksheet(tmp_path: Path) -> None:
    text = table(",", "id|Online text|name", f"anna|{'word ' * 100_000}|Anna")
    assert read_roster(written(tmp_path, text)).students == [Student("anna", "Anna")]


@pytest.mark.parametrize("data", [b"PK\x03\x04\x00\x00" * 9, b"id\n\x00anna\n", b"\xff\xfea"])
def test_roster_that_is_no_text_is_refused(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "roster.csv"
    path.write_bytes(data)
    with pytest.raises(AutograderError, match="no CSV file"):
        read_roster(path)


def test_roster_that_is_missing_is_refused(tmp_path: Path) -> None:
    with pytest.raises(AutograderError, match="there is no"):
        read_roster(tmp_path / "other.csv")
