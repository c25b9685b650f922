"""Pages as somebody reads them."""

import html
import re


def shown(page: str) -> str:
    """Return the words of a page, or of a part of one, without tags and style."""
    body = re.sub(r"<style>.*?</style>", "", page, flags=re.DOTALL)
    apart = re.sub(r"</(?:td|th|dt|dd|p|li|div|h\d)>|<br>", " ", body)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", "", apart)).split())
