"""Endpoints of uploads."""

from app.content import uploads
from app.content.rules import (
    BUSY,
    DOCUMENT_PDF_REFUSED,
    HEIC_REFUSED,
    KIND_REFUSED,
    NO_ROOM,
    PDF_REFUSED,
    TOO_MANY_PIXELS,
    TOO_MANY_TODAY,
    UNKNOWN,
    UNREADABLE,
)
from app.content.schemas import ById, ReviewIn, ReviewItem, ReviewQuery, UploadIn, UploadOut
from app.web.callers import SIGNED_IN, only
from app.web.paging import Listed
from app.web.room import Answer, Room
from app.web.turn import current

room = Room("content", "上传与内容检查")
_REVIEW = only(*uploads.REVIEWERS)
_REFUSES = [
    KIND_REFUSED, HEIC_REFUSED, PDF_REFUSED, DOCUMENT_PDF_REFUSED,
    TOO_MANY_PIXELS, UNREADABLE, TOO_MANY_TODAY, NO_ROOM, BUSY,
]  # fmt: skip


@room.call("POST", "/uploads", who=SIGNED_IN, answers={201: UploadOut}, refuses=_REFUSES, idempotent=True)
def create(form: UploadIn) -> Answer:
    """上传一张图片；病历另收 PDF；证件和病历不送微信检查，证件每次查看都加水印"""
    return Answer(uploads.take_in(current(), form.purpose), 201)


@room.call("GET", "/staff/uploads", who=_REVIEW, answers={200: Listed[ReviewItem]})
def review_list(query: ReviewQuery) -> Listed[ReviewItem]:
    """等人工审核的图片，先来的在前"""
    turn = current()
    return uploads.review_list(turn.session, turn.caller, query, turn.now)


@room.call(
    "POST", "/staff/uploads/<uuid:id>/review", who=_REVIEW, answers={200: ReviewItem}, refuses=[UNKNOWN]
)
def review(path: ById, body: ReviewIn) -> ReviewItem:
    """决定一张图片给不给看，会留痕"""
    turn = current()
    return uploads.review(turn.session, turn.caller, path.id, body.show, turn.now)
