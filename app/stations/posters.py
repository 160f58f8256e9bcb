"""Posters as one PDF: an A4 page a side, to be read from three metres by somebody who is tired or afraid."""

from collections.abc import Iterable
from typing import Final

import qrcode
from fpdf import FPDF
from fpdf.enums import TextMode
from fpdf.svg import SVGObject
from qrcode.constants import ERROR_CORRECT_Q

from app.foundation.fonts import FONT
from app.stations.exchange import PosterHouse, PosterPage
from app.stations.rules import (
    is_example_phone,
    kilometre_phrase,
    road_name,
    roads_of,
    show_key,
    spoken_address,
)

# Colours of the design language: the seal is identity, emergency red is a life in danger and nothing else.
_INK: Final = (14, 27, 22)
_INK_2: Final = (60, 74, 68)
_SIGN: Final = (10, 80, 64)
_SOS: Final = (181, 0, 26)
_WHITE: Final = (255, 255, 255)
_EDGE: Final = (102, 117, 110)
_MM_PER_POINT: Final = 25.4 / 72

_QUIET: Final = 4  # modules of white around a code
_PAGE_W: Final = 210.0
_LEFT: Final = 12.0
_RIGHT: Final = _PAGE_W - _LEFT
_WIDTH: Final = _RIGHT - _LEFT
_EXAMPLE_NOTE: Final = "示例数据：站名、位置未经核实，请勿张贴"
_TORN_NOTE: Final = "破了请本站照样补印，码不变；码被冒用才换新码"
_KINDS: Final = ("服务区", "停车区")


def make_posters(pages: Iterable[PosterPage], house: PosterHouse) -> bytes:
    """All pages as one PDF with the used part of the font inside."""
    pdf = _Poster(house)
    for page in pages:
        pdf.draw(page)
    return bytes(pdf.output())


def _svg(body: str, colour: str, mm: float, box: int = 28) -> SVGObject:
    """One icon of the design language, `mm` millimetres wide and high on paper."""
    return SVGObject(
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{mm}mm" height="{mm}mm" viewBox="0 0 {box} {box}"'
        f' fill="none" stroke="{colour}" stroke-width="2" stroke-linecap="round" stroke-linejoin="round">'
        f"{body}</svg>"
    )


_LANE: Final = '<path d="M14 4v4M14 12v4M14 20v4"/>'
_FULL_BAY: Final = '<rect x="{}" y="4" width="7.5" height="20" fill="#fff" stroke="none"/>'
_FREE_BAY: Final = '<rect x="{}" y="5" width="5.5" height="18"/>'
_SIDE_GLYPHS: Final = {
    "A": _svg(_LANE + _FULL_BAY.format(3) + _FREE_BAY.format(18.5), "#fff", 22),
    "B": _svg(_LANE + _FREE_BAY.format(4) + _FULL_BAY.format(17.5), "#fff", 22),
}
_SEAL: Final = _svg(
    '<rect x="2.2" y="2.2" width="25.6" height="25.6" rx="3.5"/>'
    '<path d="M6.5 14.5 15 7.5l8.5 7M9 23.5l3.6-9.5M21 23.5 17.4 14M15 15v1.5M15 19.5v3"/>',
    "#6B2E1F", 12, 30,
)  # fmt: skip
_CROSS: Final = _svg('<path d="M11 4h6v7h7v6h-7v7h-6v-7H4v-6h7z" fill="#fff" stroke="none"/>', "#fff", 20)


class _Poster(FPDF):
    """The page and its pen; all lengths in millimetres, type in points, text placed by its base line."""

    def __init__(self, house: PosterHouse) -> None:
        super().__init__("portrait", "mm", "A4")
        self._house = house
        self.set_auto_page_break(False)
        self.set_title(f"{house.miniprogram}张贴码")
        self.set_lang("zh-CN")
        self.add_font("hei", "", str(FONT))
        self.set_font("hei", size=12)

    def draw(self, page: PosterPage) -> None:
        """One poster, from the head down."""
        self.add_page()
        self._head(page)
        self._sign(page)
        self._code(page)
        self._phones(page)
        self._address(page)
        self._foot(page)

    def _head(self, page: PosterPage) -> None:
        _SEAL.draw_to_page(self, _LEFT, 9)
        self._say(_LEFT + 16, 18.5, self._house.miniprogram, 27, bold=True)
        after = _LEFT + 16 + self._wide(self._house.miniprogram, 27) + 5
        self._say(after, 18.3, self._house.operator, 13, colour=_INK_2, within=120 - after)
        if page.example:
            self._mark(_RIGHT, 9.5, "示例数据", 17)

    def _sign(self, page: PosterPage) -> None:
        """The road sign: where one is, and on which side."""
        top, high = 25.0, 87.0
        self._panel(_LEFT, top, _WIDTH, high, fill=_SIGN)
        self.set_draw_color(*_WHITE)
        self.set_line_width(0.9)
        self.rect(_LEFT + 2.5, top + 2.5, _WIDTH - 5, high - 5, round_corners=True, corner_radius=3)
        self._road(page, top + 7.5)
        self._name(page.name, top + 50.5)
        _SIDE_GLYPHS[page.side].draw_to_page(self, _LEFT + 9, top + 58.5)
        self._say(_LEFT + 37, top + 78, f"{page.side} 侧", 64, bold=True, colour=_WHITE)
        start = _LEFT + 37 + self._wide(f"{page.side} 侧", 64) + 10
        if page.heading:
            self._say(start, top + 77, page.heading, 46, bold=True, colour=_WHITE, within=_RIGHT - 9 - start)
        else:
            other = "B" if page.side == "A" else "A"
            self._say(start, top + 67.5, f"对面是 {other} 侧，别走错", 24, bold=True, colour=_WHITE)
            self._say(start, top + 78, f"报位置要说清是 {page.side} 侧", 24, colour=_WHITE)

    def _road(self, page: PosterPage, top: float) -> None:
        x = _LEFT + 9
        for number in roads_of(page.road):
            wide = self._wide(number, 24) + 6
            self.set_line_width(0.8)
            self.rect(x, top, wide, 11.5, round_corners=True, corner_radius=1.8)
            self._say(x + 3, top + 8.8, number, 24, bold=True, colour=_WHITE)
            x += wide + 3
            self._say(x, top + 8.6, road_name(number), 20, colour=_WHITE)
            x += self._wide(road_name(number), 20) + 5
        post = kilometre_phrase(page.km_post)
        end = _RIGHT - 9
        self._say(end, top + 8.6, post, 22, bold=True, colour=_WHITE, within=end - x, right=True)

    def _name(self, name: str, base: float) -> None:
        """The name as large as the sign takes; one that would become small goes on two lines."""
        room = _WIDTH - 18
        if self._fitting(name, 84, room) >= 58:
            self._say(_LEFT + 9, base, name, 84, bold=True, colour=_WHITE, within=room)
            return
        first, second = _two_lines(name)
        size = min(self._fitting(first, 42, room), self._fitting(second, 42, room))
        self._say(_LEFT + 9, base - 15.5, first, size, bold=True, colour=_WHITE)
        self._say(_LEFT + 9, base + 2, second, size, bold=True, colour=_WHITE)

    def _code(self, page: PosterPage) -> None:
        """The code with its quiet zone, and beside it what to do with it, also when it cannot be scanned."""
        self._qr(page.url, _LEFT, 112.5, 113)
        x, room = 120.0, _RIGHT - 120.0
        self._say(x, 134, "微信扫一扫", 42, bold=True, within=room)
        for base, line in ((150, "签到，吃口热饭"), (161, "洗澡、洗衣、歇脚"), (172, "车货出事、有事要说")):
            self._say(x, base, line, 24, within=room)
        self.set_draw_color(*_EDGE)
        self.set_line_width(0.4)
        self.line(x, 181, _RIGHT, 181)
        self._say(x, 190.5, "扫不了，进小程序输这几个字", 17, colour=_INK_2, within=room)
        self._say(x, 207.5, show_key(page.key), 48, bold=True, within=room)
        self._say(x, 217.5, f"微信里搜“{self._house.miniprogram}”", 17, colour=_INK_2, within=room)

    def _phones(self, page: PosterPage) -> None:
        top, high = 226.0, 28.0
        self._panel(_LEFT, top, 84, high, fill=_SOS)
        _CROSS.draw_to_page(self, _LEFT + 4, top + 4)
        self._say(_LEFT + 26, top + 22, "120", 70, bold=True, colour=_WHITE)
        self._say(_LEFT + 70, top + 12.5, "急救", 17, bold=True, colour=_WHITE)
        self._say(_LEFT + 70, top + 21.5, "先打", 17, bold=True, colour=_WHITE)
        left = _LEFT + 89
        room = _RIGHT - left - 10
        self._panel(left, top, _RIGHT - left, high, line=_INK)
        self._say(left + 5, top + 8.5, "本站值班电话", 17, within=room)
        if page.duty_phone:
            self._say(left + 5, top + 23.3, page.duty_phone, 44, bold=True, within=room)
            if is_example_phone(page.duty_phone):
                self._mark(_RIGHT - 4, top + 2.3, "示例号码", 13)
        else:
            self.set_draw_color(*_EDGE)
            self.line(left + 5, top + 23, left + 5 + room, top + 23)

    def _address(self, page: PosterPage) -> None:
        """The sentence for the telephone, so that nobody has to think about where he is."""
        top = 257.5
        spoken = "“" + spoken_address(page.road, page.km_post, page.name, page.side, page.heading) + "”"
        self._say(_LEFT, top + 6.5, "打电话报位置，就这么说", 17, colour=_INK_2)
        if self._fitting(spoken, 28, _WIDTH) >= 20:
            self._say(_LEFT - 1, top + 20, spoken, 28, bold=True, within=_WIDTH)
            return
        head, _, tail = spoken.partition(page.name)
        size = min(self._fitting(head, 21, _WIDTH), self._fitting(page.name + tail, 21, _WIDTH))
        self._say(_LEFT - 1, top + 16, head, size, bold=True)
        self._say(_LEFT + 2, top + 25, page.name + tail, size, bold=True)

    def _foot(self, page: PosterPage) -> None:
        self._say(_LEFT, 291, _EXAMPLE_NOTE if page.example else _TORN_NOTE, 11, colour=_INK_2)
        issue = f"{page.station} {page.side} 侧　第 {page.version} 版　{self._house.printed_on} 印"
        self._say(_RIGHT, 291, issue, 11, colour=_INK_2, right=True)

    def _wide(self, text: str, size: float) -> float:
        self.set_font_size(size)
        return float(self.get_string_width(text))

    def _fitting(self, text: str, most: float, room: float) -> float:
        """The largest size up to `most` at which the text is no wider than `room`."""
        wide = self._wide(text, most)
        return most if wide <= room else most * room / wide

    def _say(
        self, x: float, base: float, text: str, size: float, *, bold: bool = False,
        colour: tuple[int, int, int] = _INK, within: float = _WIDTH, right: bool = False,
    ) -> None:  # fmt: skip
        """Set one line; it shrinks to `within`. Bold is drawn, since the font has one weight only."""
        if not text:
            return
        size = self._fitting(text, size, within)
        self.set_font_size(size)
        start = x - float(self.get_string_width(text)) if right else x
        mode = TextMode.FILL_STROKE if bold else TextMode.FILL
        with self.local_context(text_mode=mode, line_width=size * _MM_PER_POINT * 0.04):
            self.set_text_color(*colour)
            self.set_draw_color(*colour)
            self.text(start, base, text)

    def _mark(self, right: float, top: float, text: str, size: float) -> None:
        """A dashed frame that says a thing is no real one."""
        wide, high = self._wide(text, size) + 6, size * _MM_PER_POINT * 1.6
        with self.local_context(line_width=0.4, dash_pattern={"dash": 1.6, "gap": 1.2, "phase": 0}):
            self.set_draw_color(*_INK)
            self.rect(right - wide, top, wide, high)
        self._say(right - wide + 3, top + high * 0.73, text, size, bold=True)

    def _panel(
        self, x: float, y: float, wide: float, high: float, *,
        fill: tuple[int, int, int] | None = None, line: tuple[int, int, int] | None = None,
    ) -> None:  # fmt: skip
        self.set_line_width(0.8)
        self.set_fill_color(*(fill or _WHITE))
        self.set_draw_color(*(line or fill or _WHITE))
        self.rect(x, y, wide, high, style="DF", round_corners=True, corner_radius=4)

    def _qr(self, url: str, x: float, top: float, room: float) -> None:
        """The code, its left edge at `x`, in the middle of `room` millimetres of height below `top`.

        Four modules stay white all around (ISO/IEC 18004). Level Q survives a quarter lost to dirt or a tear.
        """
        code = qrcode.QRCode(error_correction=ERROR_CORRECT_Q, border=0)
        code.add_data(url)
        code.make(fit=True)
        rows = code.get_matrix()
        module = min(room / (len(rows) + 2 * _QUIET), x / _QUIET)
        y = top + (room - len(rows) * module) / 2
        self.set_fill_color(0, 0, 0)
        for number, row in enumerate(rows):
            for first, length in _runs(row):
                # A hair higher than the module, so that no renderer leaves a white seam between two rows.
                left, up = x + first * module, y + number * module
                self.rect(left, up, length * module, module * 1.02, style="F")


def _runs(row: list[bool]) -> Iterable[tuple[int, int]]:
    """Start and length of each run of dark modules."""
    start = None
    for place, dark in enumerate([*row, False]):
        if dark and start is None:
            start = place
        elif not dark and start is not None:
            yield start, place - start
            start = None


def _two_lines(name: str) -> tuple[str, str]:
    """A long name in two lines, 服务区 or 停车区 kept whole."""
    kind = next((kind for kind in _KINDS if name.endswith(kind) and name != kind), "")
    own = name.removesuffix(kind)
    if len(own) <= 10 or not kind:
        half = len(name) - len(kind) if kind else (len(name) + 1) // 2
        return name[:half], name[half:]
    half = (len(own) + 1) // 2
    return own[:half], own[half:] + kind
