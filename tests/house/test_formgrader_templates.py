"""What is put into the Formgrader's own templates before they are filled in."""

from jinja2 import DictLoader, Environment

from autograder.formgrader import _Marked


def test_formgrader_template_lets_long_outputs_scroll_in_place() -> None:
    page = "<html><head></head><body><script>a()</script>{{ x }}</body></html>"
    environment = Environment(loader=_Marked(DictLoader({"page": page}), "m"), autoescape=True)
    shown = environment.get_template("page").render(x="</head>")
    assert (
        shown.count("div.output, .jp-OutputArea-output { max-height: 16em; overflow: auto; }") == 1
    )
    assert '<script nonce="m">' in shown
