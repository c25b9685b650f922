"""Unit 01 in JupyterLab, in a real browser: what a learner sees of checks and of the widget."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page

from autograder.course import Course
from autograder.demo.notebooks import read_notebook, solution_texts, submission
from autograder.judge.mistakes import recurrence as mistakes
from tests.browser.lab import NotebookPage, running_lab

UNIT = "recurrence"
HEIGHT = 9000  # the whole notebook at once, for JupyterLab leaves out what is not on the screen


def learners_notebook(course: Course) -> str:
    """Return a notebook with a mistake in exercise 1, a stub in 2, and 3 and 4 done."""
    release = read_notebook(course.release_notebook(UNIT))
    texts = solution_texts(read_notebook(course.source_notebook(UNIT)))
    texts["rnn_step_forward"] = mistakes.STEP["W_hh_transposed"].source
    del texts["rnn_forward"]
    return json.dumps(submission(release, texts))


@pytest.fixture(scope="module")
def page(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    root, home = tmp_path_factory.mktemp("work"), tmp_path_factory.mktemp("home")
    course = Course.find(Path(__file__))
    (root / "unit.ipynb").write_text(learners_notebook(course), encoding="utf-8")
    with running_lab(root, home) as address:
        page = chromium.new_page(viewport={"width": 1100, "height": HEIGHT})
        errors: list[str] = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        NotebookPage(page, address, "unit.ipynb").run_all()
        yield page
        page.close()
    assert errors == []


def output_below(page: Page, source: str) -> str:
    """Return what stands below the code cell that holds `source`."""
    cell = page.locator(".jp-CodeCell", has_text=source).first
    return cell.locator(".jp-OutputArea").inner_text()


def test_check_of_a_mistake_names_it_in_the_notebook(page: Page) -> None:
    text = output_below(page, 'check("rnn_step_forward"')
    assert "One step of the recurrence" in text
    assert "1.35 of 3 points" in text
    assert "W_hh is transposed" in text
    assert "Traceback" not in text


def test_check_of_a_stub_says_not_done_yet(page: Page) -> None:
    text = output_below(page, 'check("rnn_forward"')
    assert "Not done yet" in text
    assert "Traceback" not in text


def test_check_that_passes_shows_every_property(page: Page) -> None:
    text = output_below(page, 'check("stack_weights"')
    assert "1 of 1 point" in text
    assert "✗" not in text


def test_run_all_goes_past_failing_checks_to_the_end(page: Page) -> None:
    prompts = page.locator(".jp-CodeCell .jp-InputArea-prompt").all_inner_texts()
    assert len(prompts) > 10
    assert all(prompt.strip("[]: ").isdigit() for prompt in prompts)


def slide(page: Page, key: str) -> Locator:
    """Press a key on the first slider of the widget, wait for its picture, and return its cell."""
    cell = page.locator(".jp-CodeCell", has_text="step through the unrolled network").first
    picture = cell.locator("img.widget-image")
    before = picture.get_attribute("src")
    handle = cell.locator(".noUi-handle").first
    handle.focus()
    page.keyboard.press(key)
    page.wait_for_function(
        "([image, before]) => image.src !== before", arg=[picture.element_handle(), before]
    )
    return cell


def test_slider_moves_the_picture_and_the_keyboard_moves_the_slider(page: Page) -> None:
    slide(page, "ArrowRight").get_by_text("After input 4").wait_for()


def test_every_widget_has_a_view_and_hides_its_still_picture(page: Page) -> None:
    assert page.locator(".jupyter-widgets-error-widget").count() == 0
    stills = page.locator("img[class*=unrolled-still]")
    assert stills.count() == 4
    for i in range(4):
        stills.nth(i).wait_for(state="hidden")


def test_figures_have_alt_text(page: Page) -> None:
    figures = page.locator("img.unrolled-figure[alt]")
    assert figures.count() >= 4
    assert all(figures.nth(i).get_attribute("alt") for i in range(figures.count()))


def test_dark_theme_keeps_every_view_and_figure_and_the_slider_works(page: Page) -> None:
    """A theme is style sheets: what the kernel made stays, and is looked at again."""
    page.evaluate(
        "theme => window.jupyterapp.commands.execute('apputils:change-theme', {theme})",
        "JupyterLab Dark",
    )
    page.wait_for_selector("body[data-jp-theme-light='false']", state="attached")
    test_every_widget_has_a_view_and_hides_its_still_picture(page)
    test_figures_have_alt_text(page)
    slide(page, "ArrowLeft")
