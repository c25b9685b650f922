"""Scripts in every part of a notebook that some page renders. Each says its name when it runs."""

import base64
from dataclasses import dataclass, field
from typing import Any

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output, new_raw_cell

SAYS = "console.log('canary:{0}')"

#: Presses, points at and opens whatever the notebook's part of a page holds.
PROVOKE = """() => {
  const part = document.querySelector('#notebook, .jp-Notebook') || document.body;
  for (const element of part.querySelectorAll('*')) {
    if (element.closest('.panel-heading, .panel-footer')) continue;
    const href = element.getAttribute('href') || element.getAttribute('xlink:href') || '';
    if (href && !/^\\s*(javascript|data):/i.test(href)) continue;
    for (const kind of ['mouseover', 'focus', 'click'])
      element.dispatchEvent(new MouseEvent(kind, {bubbles: false, cancelable: true}));
    if (element.localName === 'a' && element.click) element.click();
  }
}"""


def says(name: str) -> str:
    """Return a script that says `name`."""
    return SAYS.format(name)


def _in_data(name: str) -> str:
    page = f"<script>{says(name)}</script>".encode()
    return "data:text/html;base64," + base64.b64encode(page).decode()


#: By name: markdown whose author wants a script to run.
MARKDOWN = {
    name: text.replace("SAYS", says(name)).replace("DATA", _in_data(name))
    for name, text in {
        "script": "<script>SAYS</script>",
        "script-behind-text": "An answer.\n\n<div>\n<script>SAYS</script>\n</div>",
        "module": '<script type="module">SAYS</script>',
        "image": '<img src="//127.0.0.1:1/x" onerror="SAYS">',
        "image-inline": 'so $h_t$ <img src="//127.0.0.1:1/y" onerror="SAYS"> is',
        "image-in-a-heading": '### <img src="//127.0.0.1:1/z" onerror="SAYS">',
        "image-in-a-table": '|a|b|\n|-|-|\n|<img src="//127.0.0.1:1/t" onerror="SAYS">|1|',
        "image-in-a-list": '- one\n- <img src="//127.0.0.1:1/l" onerror="SAYS">',
        "image-in-capitals": '<ImG sRc="//127.0.0.1:1/c" OnErRoR="SAYS">',
        "svg": '<svg onload="SAYS"></svg>',
        "svg-link": '<svg><a xlink:href="javascript:SAYS"><text y="9">x</text></a></svg>',
        "svg-set": '<svg><set attributeName="x" dur="1ms" onbegin="SAYS"></set></svg>',
        "frame": '<iframe srcdoc="<script>SAYS</script>"></iframe>',
        "frame-of-javascript": '<iframe src="javascript:SAYS"></iframe>',
        "frame-of-data": '<iframe src="DATA"></iframe>',
        "object": '<object data="DATA" type="text/html"></object>',
        "details": '<details open ontoggle="SAYS">x</details>',
        "video": '<video><source src="//127.0.0.1:1/v" onerror="SAYS"></video>',
        "audio": '<audio src="//127.0.0.1:1/a" onerror="SAYS"></audio>',
        "autofocus": '<input autofocus onfocus="SAYS">',
        "animation": "<style>@keyframes q{}</style>"
        '<b style="animation-name:q" onanimationstart="SAYS">x</b>',
        "link": '<a href="javascript:SAYS">x</a>',
        "link-of-markdown": "[x](javascript:SAYS)",
        "link-by-reference": "[x][r]\n\n[r]: javascript:SAYS",
        "link-as-address": "<javascript:SAYS>",
        "link-with-entities": '<a href="&#106;avascript:SAYS">x</a>',
        "button": '<button onclick="SAYS">x</button>',
        "form": '<form action="javascript:SAYS"><button>x</button></form>',
        "mermaid": '```mermaid\n<img src="//127.0.0.1:1/m" onerror="SAYS">\n```',
        "comment": '<!-- --!><img src="//127.0.0.1:1/o" onerror="SAYS"> -->',
        "closing-what-is-around": "</div></div></div><script>SAYS</script>",
    }.items()
}

#: By name: what a cell of code may leave as its output.
OUTPUTS = {
    "html": {"text/html": f"<script>{says('html')}</script>"},
    "html-image": {"text/html": f'<img src="//127.0.0.1:1/b" onerror="{says("html-image")}">'},
    "javascript": {"application/javascript": says("javascript")},
    "markdown-output": {"text/markdown": f"<script>{says('markdown-output')}</script>"},
}
SIZES = ("width", "height")
#: An honest answer, and what must be read of it.
ANSWER = "Here a < b, `c<d>` is **bold**, $x<y$ and \\[ \\href{javascript:1}{z} \\]."
READ = "Here a < b, c<d> is bold"
#: An id that is markup.
MARKUP = "<img src=//127.0.0.1:1/{0} onerror=\"console.log('canary:{0}')\">"


@dataclass(frozen=True)
class Hostile:
    """A submission full of canaries.

    Attributes
    ----------
    cells : list
        What stands in the notebook besides the released cells.
    names : tuple of str
        The canaries in it.
    """

    cells: list[Any] = field(default_factory=list)
    names: tuple[str, ...] = ()


def hostile() -> Hostile:
    """Return cells of every kind with a canary in every part."""
    cells: list[Any] = [new_markdown_cell(text) for text in MARKDOWN.values()]
    cells += [new_markdown_cell(ANSWER), new_raw_cell(f"<script>{says('raw')}</script>")]
    for data in OUTPUTS.values():
        cells.append(_showing(new_output("display_data", data)))
    for size in SIZES:
        metadata = {"image/png": {size: f"1 onerror={_without_quotes(size)}"}}
        cells.append(_showing(new_output("display_data", {"image/png": "eA=="}, metadata=metadata)))
    isolated = new_output("display_data", {"text/html": f"<script>{says('isolated')}</script>"})
    isolated.metadata = {"text/html": {"isolated": True}}
    cells.append(_showing(isolated))
    named = {"grade_id": MARKUP.format("grade-id"), "grade": True, "solution": False, "points": 1}
    cells.append(new_code_cell("1", metadata={"nbgrader": {**named, "locked": True}}))
    names = (*MARKDOWN, *OUTPUTS, *SIZES, "isolated", "grade-id")
    return Hostile(cells, names)


def _showing(output: Any) -> Any:
    return new_code_cell("show()", outputs=[output], execution_count=1)


def _without_quotes(name: str) -> str:
    return f"console.log(`canary:{name}`)"


def notebook_of(cells: list[Any], released: Any) -> Any:
    """Return `released` with `cells` behind it, as a program of the student's would write it."""
    whole = nbformat.from_dict(released)
    whole.cells += cells
    return whole
