"""Decisions about what people send: what kind of file it is, who may see it when, what a verdict means."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from app.foundation.refusals import Refusal

KIND_REFUSED = Refusal(
    "upload.kind_refused", 415, "只收 JPEG、PNG、WebP、GIF 图片；病历另收 PDF。请截图或另存后再传。"
)
HEIC_REFUSED = Refusal(
    "upload.kind_refused",
    415,
    "这是苹果手机的 HEIC 照片，暂时读不了。请截图后再传，或在相机设置里选“兼容性最佳”。",
)
PDF_REFUSED = Refusal("upload.kind_refused", 415, "PDF 只能作为病历上传，这里请传图片。")
DOCUMENT_PDF_REFUSED = Refusal(
    "upload.kind_refused", 415, "证件、保单等材料只收图片：每次查看都要加水印。PDF 请截图后再传。"
)
TOO_MANY_PIXELS = Refusal("upload.too_large", 413, "图片的尺寸太大，请压缩或截图后再传。")
UNREADABLE = Refusal("upload.unreadable", 422, "图片打不开，可能没有传完整，请重新选择后再传。")
TOO_MANY_TODAY = Refusal("upload.too_many_today", 429, "今天上传的图片太多了，请明天再传；急事请直接打电话。")
NO_ROOM = Refusal("upload.no_room", 413, "您的图片已占满可用空间，请先办结旧的诉求或联系值班员。")
BUSY = Refusal("upload.busy", 503, "正在处理的图片太多，请过几秒再传。")
UNKNOWN = Refusal("upload.unknown", 404, "没有找到这个文件。")
LINK_WRONG = Refusal("upload.link_wrong", 403, "这个链接无效，请回到原来的页面重新打开。")
LINK_OVER = Refusal("upload.link_over", 410, "这个链接已失效，请回到原来的页面刷新。")

KINDS = ("image", "pdf")
PURPOSES = ("avatar", "request", "document", "medical")
DOCUMENT = "document"
PRIVATE_PURPOSES = frozenset({DOCUMENT, "medical"})
STATES = ("loose", "waiting", "checking", "manual", "shown", "hidden", "private", "gone")
TEXT_STATES = ("queued", "pass", "review", "risky", "unchecked")
MARKS = {"loose": "", "shown": "", "private": "", "hidden": "已隐藏", "gone": ""}
UNCHECKED_MARK = "未审"

ViewerKind = Literal["o", "s", "r", "w"]
"""Whose address it is: the owner's, handling staff's, another reader's of the same object, WeChat's."""

_SEEN_BY: dict[str, str] = {
    "loose": "o",
    "waiting": "osw",
    "checking": "osw",
    "manual": "osw",
    "shown": "osrw",
    "hidden": "s",
    "private": "osr",
    "gone": "",
}


def may_see(state: str, viewer: str) -> bool:
    """Whether this kind of viewer sees a file in this state, given that he may see what it hangs on.

    Until the verdict only the uploader and the handling staff; a private one never goes to WeChat.
    """
    return viewer in tuple(_SEEN_BY[state])


def mark_of(state: str) -> str:
    """What stands beside the picture: 未审 until a verdict, 已隐藏 after a bad one."""
    return MARKS.get(state, UNCHECKED_MARK)


def sniff(head: bytes) -> str | None:
    """What a file is by its first 32 bytes: jpeg, png, gif, webp, heic, pdf; None for anything else."""
    if head.startswith(b"\xff\xd8\xff"):
        return "jpeg"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if head.startswith((b"GIF87a", b"GIF89a")):
        return "gif"
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "webp"
    if head[4:8] == b"ftyp" and head[8:12] in _HEIC_BRANDS:
        return "heic"
    return "pdf" if head.startswith(b"%PDF-") else None


_HEIC_BRANDS = frozenset({b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1"})


def kind_refusal(sniffed: str | None, purpose: str) -> Refusal | None:
    """Why a file of this kind is not taken for this purpose; None when it is."""
    if sniffed == "heic":
        return HEIC_REFUSED
    if sniffed is None:
        return KIND_REFUSED
    if sniffed == "pdf" and purpose == DOCUMENT:
        return DOCUMENT_PDF_REFUSED
    return PDF_REFUSED if sniffed == "pdf" and purpose not in PRIVATE_PURPOSES else None


def is_marked(purpose: str) -> bool:
    """Whether it is seen under a watermark only."""
    return purpose == DOCUMENT


def may_open(state: str, viewer: str, purpose: str, kind: str) -> bool:
    """The same, and that it can be shown at all: a document of which no marked picture can be made is not."""
    return may_see(state, viewer) and (kind == "image" or not is_marked(purpose))


def whole_pdf(size: int, head: bytes, tail: bytes) -> bool:
    """Whether it looks like a PDF from its first byte to its last, and like nothing else besides.

    `tail`: the last 64 KiB. An archive appended to it would have its directory there.
    """
    return size > 100 and head.startswith(b"%PDF-") and b"%%EOF" in tail[-2048:] and b"PK\x05\x06" not in tail


def quota_refusal(today: int, stored: int, fresh: int, *, per_day: int, most_bytes: int) -> Refusal | None:
    """Why one person's next file is one too many; sizes in bytes."""
    if today >= per_day:
        return TOO_MANY_TODAY
    return NO_ROOM if stored + fresh > most_bytes else None


# --- WeChat's verdicts ----------------------------------------------------------------------------------

EXPIRES = timedelta(hours=2)
"""WeChat docs: the writer must have opened the app within two hours, else 61010: later asking is in vain."""

PROFILE, COMMENT = 1, 2
"""WeChat docs: in which scene something was written or shown; 1 is a profile, 2 a comment."""

AGAIN_AFTER_S = (1, 5, 30, 120, 300)


def again_after(tries: int) -> timedelta:
    """How long to wait before asking WeChat once more."""
    return timedelta(seconds=AGAIN_AFTER_S[min(tries, len(AGAIN_AFTER_S)) - 1])


def text_state(suggest: str | None) -> str:
    """What a text's check ends as; a verdict that nobody knows is none."""
    return suggest if suggest in ("pass", "review", "risky") else "unchecked"


def picture_state(suggest: str | None) -> str:
    """What a verdict makes of a picture: a doubtful one, or none at all, is for people to decide."""
    return {"pass": "shown", "risky": "hidden"}.get(suggest or "", "manual")


@dataclass(frozen=True)
class PictureVerdict:
    """What the event `wxa_media_check` says."""

    trace_id: str
    suggest: str | None
    label: int | None


def picture_verdict(fields: Mapping[str, Any]) -> PictureVerdict | None:
    """Read the event's fields, XML's strings and JSON's numbers alike; None when it names no trace.

    WeChat docs: `errcode` -1008 means that the picture could not be downloaded; then nothing is known.
    """
    trace_id = fields.get("trace_id")
    if not isinstance(trace_id, str) or not 0 < len(trace_id) <= 200:
        return None
    result = fields.get("result")
    result = result if isinstance(result, Mapping) else {}
    suggest = str(result.get("suggest")) if _number(fields.get("errcode", 0)) == 0 else None
    return PictureVerdict(
        trace_id,
        suggest if suggest in ("pass", "review", "risky") else None,
        _number(result.get("label")),
    )


def _number(value: object) -> int | None:
    try:
        return int(str(value))
    except ValueError:
        return None


PARTS = 256
"""Of the shelf, by the first two digits of a file's name."""


def part_of_the_minute(now: datetime) -> int:
    """Which part of the shelf is tidied now, so that each has its turn in four and a half hours."""
    return int(now.timestamp() // 60) % PARTS


def link_expiry(now: datetime, lasts: timedelta) -> int:
    """Until when an address made now is good, in Unix seconds: between half of `lasts` and all of it.

    On a grid, so that the same address is given out for a while and an unchanged page keeps its ETag.
    """
    half = max(1, int(lasts.total_seconds()) // 2)
    return (int(now.timestamp()) // half + 2) * half
