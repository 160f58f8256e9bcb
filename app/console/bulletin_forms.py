"""What an editor typed, read back into what the use cases take; and whom an approver chose."""

from datetime import datetime, timedelta
from typing import Any

from app.console import fields
from app.console.fields import Form
from app.console.times import read_field_time
from app.foundation.clock import iso
from app.foundation.refusals import FieldFault, invalid

ROAD_FIELDS = ("road", "heading", "km_from", "km_to", "vehicle", "measure")
HEADINGS = ("双向", "往兰州", "往武威", "往天水", "往平凉", "往西宁")
VEHICLES = ("所有车辆", "三轴及以上", "三轴以下", "两客一危", "危化品")
MEASURES = ("入口管制", "主线分流", "绕行", "限速", "封闭", "缓行")
ROLES = {
    "driver": "司机",
    "member": "党员",
    "staff": "值班员",
    "kitchen": "后厨",
    "responder": "医疗应答员",
    "supervisor": "值班主管",
    "secretary": "支部书记",
}
SINCE = {"": "不限", "24": "一天内到过", "72": "三天内到过", "168": "七天内到过", "720": "三十天内到过"}
_NAMES = {
    "title": "标题",
    "category": "类别",
    "body_markdown": "正文",
    "road": "路",
    "heading": "方向",
    "km_from": "起点桩号",
    "km_to": "终点桩号",
    "vehicle": "车型",
    "measure": "措施",
    "roads": "路",
    "stations": "站点",
    "source": "来源",
    "starts_at": "生效",
    "expires_at": "到期",
    "send_at": "发布时间",
    "reason": "原因",
    "text": "答复",
    "question": "公开的问题",
}


def road_rows(form: Form) -> list[dict[str, str]]:
    """The road rows as typed; those with nothing in them are left out."""
    columns = [form.getlist(f"roads.{name}") for name in ROAD_FIELDS]
    rows = [
        dict(zip(ROAD_FIELDS, map(str.strip, cells), strict=True)) for cells in zip(*columns, strict=False)
    ]
    return [row for row in rows if any(row.values())]


def content(form: Form) -> dict[str, Any]:
    """The fields of a bulletin. 422 for a time that is none."""
    return {
        "title": fields.words(form, "title"),
        "category": form.get("category", ""),
        "body_markdown": fields.words(form, "body_markdown"),
        "roads": [{name: value or None for name, value in row.items()} for row in road_rows(form)],
        "stations": form.getlist("stations"),
        "source": fields.words(form, "source") or None,
        "starts_at": moment(form, "starts_at"),
        "expires_at": moment(form, "expires_at"),
    }


def moment(form: Form, name: str) -> str | None:
    """A time field as the use cases take it; None when it was left empty."""
    written = form.get(name, "").strip()
    if not written:
        return None
    found = read_field_time(written)
    if found is None:
        raise invalid(FieldFault(name, "时间格式不对"))
    return iso(found)


def revision(form: Form) -> int | None:
    """Which state of the bulletin the page showed."""
    written = form.get("revision", "")
    return int(written) if written.isdecimal() else None


def audience(form: Form, now: datetime) -> dict[str, Any]:
    """Whom the approver chose."""
    roads = form.get("audience.roads", "").replace("、", " ").replace("，", " ").replace(",", " ").split()
    hours = form.get("audience.since", "")
    since = now - timedelta(hours=int(hours)) if hours in SINCE and hours else None
    return {
        "roles": [role for role in form.getlist("audience.roles") if role in ROLES],
        "stations": form.getlist("audience.stations"),
        "roads": roads,
        "checked_in_since": iso(since) if since else None,
    }


def told(errors: list[dict[str, str]]) -> dict[str, str]:
    """What to say at each field, in whole sentences; a road row is named by its place."""
    said: dict[str, str] = {}
    for error in errors:
        parts = error["field"].split(".")
        title = _NAMES.get(parts[-1] if not parts[-1].isdecimal() else parts[0], "")
        row = f"第 {int(parts[1]) + 1} 行" if len(parts) > 2 and parts[1].isdecimal() else ""
        said.setdefault(error["field"], f"{row}{title}：{error['message']}" if title else error["message"])
    return said
