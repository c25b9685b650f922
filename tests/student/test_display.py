"""The card: the same facts as text and as HTML, and nothing in it is markup but ours."""

import html.parser
from dataclasses import replace
from typing import Any

import pytest

from autograder.student.display import Card, as_html, as_text, one_line, score_text, show_hint
from autograder.student.report import CriterionResult, Example, Report, Status

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


def result(
    name: str, points: float = 0.0, detail: str = "", judged: bool = True
) -> CriterionResult:
    return CriterionResult(name, f"{name} holds.", points, 1.0, detail, judged)


def crashed(*criteria: CriterionResult, **more: Any) -> Report:
    headline = "It stopped: `a` is (3,) and b is (4,) (line 2: return a < b, f(a))"
    return Report("e", "Title", Status.FAILED, 0.0, 3.0, headline, criteria, **more)


def test_what_could_not_be_judged_is_summed_and_never_a_cross() -> None:
    few = crashed(result("one", judged=False), result("two", judged=False), result("three", 1.0))
    for shown in (as_text(few), read(as_html(few)).text):
        assert "– 2 properties could not be judged." in shown or (
            "–2 properties could not be judged." in shown
        )
        assert "✗ one" not in shown and "one holds." not in shown
        assert "1 of 3 properties hold, 2 not judged" in shown
    assert "✗" not in as_text(few).split("\n", 1)[1]


def test_card_on_which_nothing_was_judged_has_no_fold() -> None:
    told = crashed(result("one", judged=False), result("two", judged=False))
    assert as_text(told).split("\n")[1:] == ["  – 2 properties could not be judged."]
    assert "<details" not in as_html(told)
    assert "2 properties could not be judged." in read(as_html(told)).text


def test_single_property_that_could_not_be_judged_is_named() -> None:
    assert "  – Not judged: one holds." in as_text(crashed(result("one", judged=False)))


def test_detail_that_the_headline_or_another_line_said_is_not_repeated() -> None:
    same = [result("one", detail="2 numbers differ."), result("two", detail="2 numbers differ.")]
    told = Report("e", "T", Status.FAILED, 0.0, 2.0, "2 numbers differ.", tuple(same))
    assert as_text(told).count("2 numbers differ.") == 1
    assert read(as_html(told)).text.count("2 numbers differ.") == 1
    later = replace(told, headline="Another.")
    assert as_text(later).count("2 numbers differ.") == 1


def test_line_of_code_has_a_line_of_its_own_in_html() -> None:
    html = as_html(crashed(result("one", judged=False)))
    assert "<code>a</code> is (3,) and b is (4,).</div>" in html
    assert "line 2 <code>return a &lt; b, f(a)</code></div>" in html


LONG = (
    "The first of these sentences has eight words. "
    + "The next one says a little more than that. " * 9
)


def above_the_fold(html: str) -> str:
    return read(html.split("<details")[0] + "</div>").text


@pytest.mark.parametrize("advice", [(), ("Short.",), (LONG, LONG), ("Short.", LONG, "Last.")])
def test_card_has_no_more_than_eighty_words_before_the_fold(advice: tuple[str, ...]) -> None:
    told = crashed(result("one"), mistake="m", mistake_sentence=LONG, advice=advice)
    text, html = as_text(told), as_html(told)
    assert len(above_the_fold(html).split()) <= 80
    assert len(text.split("  ── ")[0].split()) <= 80
    for whole in (text, read(html).text):
        words = " ".join(whole.replace("→", " ").split())
        assert words.count("The first of these sentences") == 1 + sum(a == LONG for a in advice)
        assert words.count("The next one says") == 9 * (1 + sum(a == LONG for a in advice))
    assert "The first of these sentences" in above_the_fold(html)


def test_sentences_and_fold_are_the_same_in_text_and_html() -> None:
    told = crashed(result("one", detail="Why."), result("two", 1.0), advice=("Again.",))
    text = as_text(told).split("\n")
    assert text[1:] == [
        "  → Again.",
        "  ── 1 of 2 properties hold",
        "  ✗ one holds.",
        "      Why.",
        "  ✓ two holds.",
    ]
    above, below = as_html(told).split("<details")
    assert "Again." in above and "one holds." not in above
    assert [below.index(part) for part in ("1 of 2 properties hold", "✗", "Why.", "✓")] == sorted(
        below.index(part) for part in ("1 of 2 properties hold", "✗", "Why.", "✓")
    )


def test_case_to_try_is_lines_to_paste_below_the_fold() -> None:
    told = crashed(result("one"), example=Example("x = 1 < 2\nf(x)", "h", "[0.5]", "[1.0]"))
    lines = ["x = 1 < 2", "f(x)", "# h: yours gives [0.5]", "# h: right is [1.0]"]
    assert as_text(told).split("\n")[-4:] == [f"      {line}" for line in lines]
    exec("\n".join(lines), {"f": abs})
    html = as_html(told)
    assert "\n".join(lines) in read(html).text
    assert "A case to try" not in above_the_fold(html)


def test_hint_says_which_of_how_many_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    told = crashed(hint="2 of 3: Look: there.")
    assert "  Hint 2 of 3: Look: there." in as_text(told)
    assert "Hint 2 of 3</summary>" in as_html(told)
    show_hint("e", "2 of 3: Look: there.")
    assert capsys.readouterr().out == "e, hint 2 of 3: Look: there.\n"


def test_score_text_names_points_or_their_absence() -> None:
    assert score_text(report()) == "1.5 of 3 points"
    assert "no automatic mark" in score_text(report(Status.NOT_GRADABLE))


def test_one_line_has_one_line() -> None:
    assert one_line(report()) == "exercise: headline plain"
