"""Markdown to HTML that is safe to show to anybody: no raw HTML, no scripts, no pictures, no odd links."""

import html
import re
from collections.abc import Sequence
from typing import Final

import nh3
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict

_TAGS: Final = set(
    "p br hr h1 h2 h3 h4 h5 h6 ul ol li strong em s blockquote code pre a table thead tbody tr th td".split()
)
_SCHEMES: Final = {"https", "http", "tel"}
_ENDS: Final = re.compile(r"</(?:p|li|h[1-6]|tr|blockquote|pre)>|<br ?/?>|<hr ?/?>")
_BETWEEN: Final = re.compile(r"</t[dh]>\s*")
_ADDRESS: Final = re.compile(r"^(?:https?://|tel:)", re.IGNORECASE)


def render(text: str) -> str:
    """The HTML of a body. Twice guarded: the renderer escapes raw HTML, and what it makes is cleaned."""
    return nh3.clean(
        _renderer.render(text),
        tags=_TAGS,
        clean_content_tags={"script", "style"},
        attributes={"*": set(), "a": {"href"}, "ol": {"start"}},
        url_schemes=_SCHEMES,
        attribute_filter=_whole_addresses_only,
        link_rel="noopener noreferrer nofollow",
    ).strip()


def plain(rendered: str) -> str:
    """The words of rendered HTML, a line for each paragraph, item and row."""
    lined = _BETWEEN.sub(" ", _ENDS.sub("\n", rendered))
    words = html.unescape(nh3.clean(lined, tags=set()))
    return "\n".join(line for line in (" ".join(raw.split()) for raw in words.splitlines()) if line)


def _whole_addresses_only(tag: str, attribute: str, value: str) -> str | None:
    """A link says where it leads: `//host`, paths and anchors would mean something else on every page."""
    return value if attribute != "href" or _ADDRESS.match(value) else None


class _NoPictures(RendererHTML):
    """A picture is its description: nothing is ever loaded from another host."""

    def image(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        """Instead of a picture."""
        said = self.renderInlineAsText(tokens[idx].children or [], options, env)
        return f"（图：{html.escape(said)}）" if said else ""


_renderer: Final = MarkdownIt("commonmark", {"html": False, "breaks": True}, renderer_cls=_NoPictures).enable(
    ["table", "strikethrough"]
)
