"""The card: the same facts as text and as HTML, and nothing in it is markup but ours."""

import html.parser

import pytest

from autograder.student.display import Card, as_html, as_text, one_line, score_text
from autograder.student.report import CriterionResult, Report, Status

EVIL = '<script>alert(1)</script><img src=x onerror="alert(2)">&"\''


def report(status: Status = Status.PARTIAL, text: str = "plain") -> Report:
    return Report(
        exercise="exercise",
        title=f"title {text}",
        status=status,
        points=None if status is Status.NOT_GRADABLE else 1.5,
        max_points=3,
        headline=f"headline {text}",
        criteria=(
            CriterionResult("a", f"holds {text}", 1.5, 1.5),
            CriterionResult("b", f"fails {text}", 0.0, 1.5, f"detail {text}"),
        ),
        mistake="mistake",
        mistake_sentence=f"mistake {text}",
        advice=(f"advice {text}",),
        hint=f"hint {text}",
    )


class Reader(html.parser.HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.text = ""
        self.depth = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.depth += 1

    def handle_endtag(self, tag: str) -> None:
        self.depth -= 1

    def handle_data(self, data: str) -> None:
        self.text += data


def read(page: str) -> Reader:
    reader = Reader()
    reader.feed(page)
    return reader


@pytest.mark.parametrize("status", list(Status))
def test_card_of_every_status_tells_the_same_as_text_and_html(status: Status) -> None:
    card = Card(report(status))
    bundle = card._repr_mimebundle_()
    shown = read(bundle["text/html"])
    for part in ("headline", "holds", "fails", "detail", "mistake", "advice", "hint"):
        assert f"{part} plain" in bundle["text/plain"]
        assert f"{part} plain" in shown.text
    assert shown.depth == 0


def test_card_of_hostile_text_holds_no_markup_but_its_own() -> None:
    plain, hostile = read(as_html(report())), read(as_html(report(text=EVIL)))
    assert hostile.tags == plain.tags
    assert hostile.attributes == plain.attributes
    assert EVIL in hostile.text


def test_text_marks_what_holds_and_what_does_not() -> None:
    lines = as_text(report()).split("\n")
    assert "  ✓ holds plain" in lines
    assert "  ✗ fails plain" in lines


def test_score_text_names_points_or_their_absence() -> None:
    assert score_text(report()) == "1.5 of 3 points"
    assert "no automatic mark" in score_text(report(Status.NOT_GRADABLE))


def test_one_line_has_one_line() -> None:
    assert one_line(report()) == "exercise: headline plain"
