"""What an editor types becomes HTML that harms nobody, whatever it is."""

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.bulletins.markdown import plain, render
from tests.bulletins.helpers import DRAFT, ok
from tests.support.clients import Somebody

_BARE = "p br hr ul li strong em s blockquote code pre table thead tbody tr th td h1 h2 h3 h4 h5 h6".split()
ALLOWED: dict[str, set[str]] = {**{tag: set() for tag in _BARE}, "ol": {"start"}, "a": {"href", "rel"}}


class Reader(HTMLParser):
    """Collects what a browser would make of it."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.wrong: list[str] = []
        self.links: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.wrong += [] if tag in ALLOWED else [tag]
        self.wrong += [f"{tag} {name}" for name, _ in attrs if name not in ALLOWED.get(tag, set())]
        self.links += [value or "" for name, value in attrs if name == "href"]


def check(html: str) -> None:
    seen = Reader(html)
    assert seen.wrong == [], html
    assert [link for link in seen.links if not re.match(r"(https?://|tel:)", link, re.IGNORECASE)] == [], html


ATTACKS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    "<iframe src=https://evil.example></iframe>",
    "<style>*{display:none}</style>",
    "<a href='javascript:alert(1)'>x</a>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](java\tscript:alert(1))",
    "[x](&#106;avascript:alert(1))",
    "[x](&#x6A;&#x61;vascript&colon;alert(1))",
    "[x](<javascript:alert(1)>)",
    "[x](vbscript:msgbox)",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "[x](//evil.example/a)",
    "[x](/console/bulletins)",
    "[x](#top)",
    "[x](weixin://dl/business)",
    "[x]( https://ok.example \"onclick=alert(1)\" )",
    "[x]: javascript:alert(1)\n\n[x]",
    "<javascript:alert(1)>",
    "![x](https://evil.example/pixel.png)",
    "![x](javascript:alert(1))",
    "![<b onclick=alert(1)>](https://evil.example/p.png)",
    "[![x](https://evil.example/p.png)](javascript:alert(1))",
    "```html\n<script>alert(1)</script>\n```",
    "`<img src=x onerror=alert(1)>`",
    "<!-- --><script>alert(1)</script>",
    "<<script>script>alert(1)<</script>/script>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "<p style=\"position:fixed\" id=main class=alarm>x</p>",
    "<form action=https://evil.example><input name=proof></form>",
    "<math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    "| a | b |\n|-|-|\n| <img src=x onerror=alert(1)> | [x](javascript:1) |",
    "> <script>\n> alert(1)\n> </script>",
    "```\" onload=\"alert(1)\nx\n```",
]  # fmt: skip


@pytest.mark.parametrize("attack", ATTACKS)
def test_no_attack_leaves_a_mark(attack: str) -> None:
    check(render(attack))
    assert "evil.example/p" not in "".join(Reader(render(attack)).links)


def test_the_check_itself_sees_what_it_looks_for() -> None:
    """The control: the attacks as they are do harm."""
    harmful = [attack for attack in ATTACKS if attack.startswith("<") and Reader(attack).wrong]
    assert len(harmful) > 8


@given(st.text(alphabet=st.sampled_from("<>[]()!`*_#&;:/\\\"'=|-\n\t javscriptonhefdlg图1")))
def test_whatever_is_typed_stays_harmless(text: str) -> None:
    check(render(text))


def test_what_an_editor_needs_is_there() -> None:
    html = render(
        "## 绕行\n\n**先别上** ~~G30~~，走 [G22](https://example.com/g22)\n下一行\n\n1. 一\n2. 二\n\n> 引"
    )
    for tag in ("<h2>", "<strong>", "<s>", "<br>", "<ol>", "<li>", "<blockquote>"):
        assert tag in html
    assert '<a href="https://example.com/g22" rel="noopener noreferrer nofollow">' in html
    assert render("![路口照片](https://example.com/a.png)") == "<p>（图：路口照片）</p>"
    assert "<td>1</td>" in render("|甲|乙|\n|-|-|\n|1|2|")


def test_its_words_are_a_line_a_paragraph() -> None:
    html = render("# 题\n\n一 **二**\n三\n\n- 四\n- 五\n\n|甲|乙|\n|-|-|\n|1|2|\n\n<b>&amp;")
    assert plain(html).splitlines() == ["题", "一 二", "三", "四", "五", "甲 乙", "1 2", "<b>&"]


def test_it_is_rendered_when_it_is_saved(editor: Somebody) -> None:
    made = ok(editor.post("/staff/bulletins", {**DRAFT, "body_markdown": "<script>x</script>**甲**"}), 201)
    assert made["body_html"] == "<p>&lt;script&gt;x&lt;/script&gt;<strong>甲</strong></p>"
    after = ok(editor.put(f"/staff/bulletins/{made['id']}", {"body_markdown": "乙"}))
    assert after["body_html"] == "<p>乙</p>"
