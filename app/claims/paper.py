"""A 情况说明 on one sheet: what the house knows of arrival and report, and nothing that it does not know."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from fpdf import FPDF
from fpdf.enums import WrapMode, XPos, YPos

from app.foundation.fonts import FONT

_LEFT: Final = 20.0
_WIDE: Final = 170.0
_LABEL: Final = 34.0
_INK: Final = (14, 27, 22)
_GREY: Final = (90, 102, 96)


@dataclass(frozen=True)
class Statement:
    """What stands on the sheet; `rows` are facts, `said` is the driver's own account."""

    title: str
    number: str
    operator: str
    opening: str
    rows: Sequence[tuple[str, str]]
    said: str
    disclaimer: str
    printed: str


def draw(statement: Statement) -> bytes:
    """The sheet as a PDF, with the used part of the font inside; long accounts run onto a second page."""
    sheet = _Sheet("portrait", "mm", "A4")
    sheet.set_title(f"{statement.title} {statement.number}")
    sheet.set_lang("zh-CN")
    sheet.add_font("hei", "", str(FONT))
    sheet.set_margins(_LEFT, 20, _LEFT)
    sheet.set_auto_page_break(True, 22)
    sheet.add_page()
    sheet.head(statement)
    for label, words in statement.rows:
        sheet.row(label, words)
    sheet.said(statement.said)
    sheet.end(statement)
    return bytes(sheet.output())


class _Sheet(FPDF):
    """The pen."""

    def head(self, statement: Statement) -> None:
        """What it is, whose, and how it begins."""
        self.set_text_color(*_INK)
        self.set_font("hei", size=24)
        self.cell(0, 16, statement.title, align="C", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        self.set_font("hei", size=11)
        self.set_text_color(*_GREY)
        under = f"{statement.operator}　单号 {statement.number}"
        self.cell(0, 8, under, align="C", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        self.ln(4)
        self.set_text_color(*_INK)
        self._words(12.5, 7.5, statement.opening)
        self.ln(3)

    def row(self, label: str, words: str) -> None:
        """One fact under its name."""
        top = self.get_y()
        self.set_font("hei", size=11.5)
        self.set_text_color(*_GREY)
        self.cell(_LABEL, 7.5, label)
        self.set_text_color(*_INK)
        self.set_xy(_LEFT + _LABEL, top)
        self._write(_WIDE - _LABEL, 7.5, words)
        self.set_draw_color(210, 216, 212)
        self.line(_LEFT, self.get_y() + 0.8, _LEFT + _WIDE, self.get_y() + 0.8)
        self.ln(1.8)

    def said(self, words: str) -> None:
        """The driver's account, called what it is."""
        self.ln(2)
        self._words(11.5, 7.2, f"当事人自述（未经核实）：{words}")

    def end(self, statement: Statement) -> None:
        """What it is not, and who signs."""
        self.ln(4)
        self.set_text_color(*_GREY)
        self._words(10.5, 6.4, statement.disclaimer)
        self.ln(10)
        self.set_text_color(*_INK)
        self.set_font("hei", size=12)
        for line in (
            "当事人（签字）：",
            "经办人（签字）：",
            "服务区（盖章）：",
            "日　期：　　　　年　　月　　日",
        ):
            self.cell(0, 12, line, new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        self.set_font("hei", size=9)
        self.set_text_color(*_GREY)
        self.cell(0, 8, statement.printed, align="R")

    def _words(self, size: float, high: float, words: str) -> None:
        self.set_font("hei", size=size)
        self._write(_WIDE, high, words)

    def _write(self, wide: float, high: float, words: str) -> None:
        self.multi_cell(
            wide, high, words, align="L", wrapmode=WrapMode.CHAR, new_x=XPos.LMARGIN, new_y=YPos.NEXT
        )
