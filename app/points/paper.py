"""The published list for the notice board: as a PDF and as a spreadsheet."""

import io
from datetime import datetime

from fpdf import FPDF
from fpdf.enums import WrapMode
from fpdf.fonts import FontFace
from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.worksheet.worksheet import Worksheet
from sqlalchemy.orm import Session

from app.foundation import audit, fonts
from app.foundation.clock import SHANGHAI
from app.members.office import which_branch
from app.members.service import station_names
from app.points import quarters, rules
from app.points.schemas import ListQuery, OfficeLine, OfficeQuarter
from app.web.callers import Caller

PDF = "application/pdf"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_WIDTHS = (18, 36, 21, 21, 21, 21, 21, 21)
_HEAD = ("名次", "姓名", "得分", *rules.COLUMNS.values())


def make(session: Session, caller: Caller, code: str, query: ListQuery, now: datetime) -> tuple[bytes, str]:
    """The list and its media type. 409 `points.wrong_state` before it is published."""
    quarter, branch = quarters.require_quarter(code), which_branch(caller, query.branch)
    row = quarters.find(session, branch, quarter)
    if row is None or row.state == "settled":
        raise rules.WRONG_STATE.now()
    view = quarters.view(session, branch, quarter, now)
    name = station_names(session, {branch}).get(branch, branch)
    about = ("points.list_printed", "points_settlement", f"{branch} {quarter.code}")
    audit.record(session, now, caller.person_id, *about, station=branch)
    if query.format == "xlsx":
        return as_spreadsheet(view, name), XLSX
    return as_pdf(view, name), PDF


def title(view: OfficeQuarter, station: str) -> str:
    """What stands above the list."""
    return f"{station}党支部 {view.title}党员积分公示"


def notes(view: OfficeQuarter) -> list[str]:
    """What stands below it."""
    window = f"公示期：{_moment(view.published_at)} 至 {_moment(view.public_until)}。"
    objection = "有异议的，请在公示期内用小程序“我的积分”或当面向支部提出，支部留记录、作答复。"
    made = f"第 {view.revision} 次结算，截至 {_moment(view.as_of)}，规则第 {view.rule_version} 版。"
    return [
        window + objection,
        "得分＝基础分＋各项得分，各有上限，见积分规则。往季更正是已定案季度后来更正带来的增减。",
        f"排名：{rules.TIES}",
        made,
        f"校验码 {view.hash}",
    ]


def _moment(moment: datetime | None) -> str:
    return f"{moment.astimezone(SHANGHAI):%Y-%m-%d %H:%M}" if moment else "—"


def cells(line: OfficeLine) -> tuple[int | str, ...]:
    """One line of the list; with the base its items add up to the points, up to the most."""
    return (line.rank, line.name, line.points, *(line.by_item.get(item, 0) for item in rules.COLUMNS))


class _Page(FPDF):
    """A4 with the list's head again on every page."""

    def __init__(self) -> None:
        super().__init__("portrait", "mm", "A4")
        self.set_lang("zh-CN")
        self.set_margin(15)
        self.set_auto_page_break(True, 18)
        self.add_font("hei", "", str(fonts.FONT))
        self.set_font("hei", size=11)

    def footer(self) -> None:
        """Which page of how many."""
        self.set_y(-12)
        self.set_font("hei", size=9)
        self.cell(0, 6, f"第 {self.page_no()} 页，共 {{nb}} 页", align="C")


def as_pdf(view: OfficeQuarter, station: str) -> bytes:
    """The list to be pinned up, with the used part of the font inside."""
    pdf = _Page()
    pdf.set_title(title(view, station))
    pdf.add_page()
    pdf.set_font("hei", size=17)
    pdf.multi_cell(0, 11, title(view, station), align="C", new_x="LMARGIN", new_y="NEXT")
    pdf.ln(3)
    pdf.set_font("hei", size=11)
    head = FontFace(fill_color=(230, 236, 233))  # the font has no bold face
    with pdf.table(col_widths=_WIDTHS, line_height=8, text_align="CENTER", headings_style=head) as table:
        table.row(_HEAD)
        for line in view.lines:
            table.row([str(cell) for cell in cells(line)])
    pdf.ln(4)
    pdf.set_font("hei", size=10)
    for note in notes(view):
        pdf.multi_cell(0, 6, note, new_x="LMARGIN", new_y="NEXT", wrapmode=WrapMode.CHAR)
    return bytes(pdf.output())


def as_spreadsheet(view: OfficeQuarter, station: str) -> bytes:
    """The same as a workbook; whatever a name begins with, it stays text."""
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.title = view.quarter
    _write(sheet, 1, (title(view, station),), bold=True)
    _write(sheet, 2, _HEAD, bold=True)
    for number, line in enumerate(view.lines, start=3):
        _write(sheet, number, cells(line))
    for number, note in enumerate(notes(view), start=len(view.lines) + 4):
        _write(sheet, number, (note,))
    for column, width in zip("ABCDEFGH", _WIDTHS, strict=True):
        sheet.column_dimensions[column].width = width / 2
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _write(sheet: Worksheet, row: int, values: tuple[int | str, ...], bold: bool = False) -> None:
    for column, value in enumerate(values, start=1):
        cell = sheet.cell(row, column)
        cell.value = value
        if isinstance(value, str):
            cell.data_type = "s"  # a name that begins with = is no formula
        if bold:
            cell.font = Font(bold=True)
