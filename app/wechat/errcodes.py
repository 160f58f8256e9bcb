"""What WeChat's numbers mean to this house, and its request id.

WeChat docs: the HTTP status is 200 for business errors too; the outcome is `errcode`, and several APIs
leave it out on success. `errmsg` ends in `rid: xxxxxxxx-xxxxxxxx-xxxxxxxx`, the separator before it varies.
"""

import re

from app.wechat.errcode_table import BY_ERRCODE, Meaning

__all__ = ["Meaning", "advice", "field_in", "meaning", "rid_in"]

_RID = re.compile(r"\brid:\s*([0-9a-f]{1,8}(?:-[0-9a-f]{1,8}){2})", re.IGNORECASE | re.ASCII)
_FIELD = re.compile(r"data\.(\w+)\.value", re.ASCII)


def meaning(errcode: int) -> Meaning:
    """What this number means; OTHER for one that is in no table."""
    known = BY_ERRCODE.get(errcode)
    return known.meaning if known else Meaning.OTHER


def advice(errcode: int | None) -> str:
    """For the operator: what WeChat means by the number and what to do; empty when it is in no table."""
    known = BY_ERRCODE.get(errcode) if errcode is not None else None
    return f"{known.says}；{known.does}" if known else ""


def rid_in(errmsg: str) -> str | None:
    """WeChat's request id, by which its support finds the call for seven days."""
    found = _RID.search(errmsg)
    return found.group(1) if found else None


def field_in(errmsg: str) -> str | None:
    """Which keyword a 47003 complains of: `argument invalid! data.thing3.value is empty`."""
    found = _FIELD.search(errmsg)
    return found.group(1) if found else None
