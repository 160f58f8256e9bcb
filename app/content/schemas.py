"""What goes over the wire about uploads."""

import uuid
from typing import Literal

from flask_openapi import FileStorage
from pydantic import BaseModel, Field, field_validator
from pydantic_core import PydanticCustomError
from werkzeug.datastructures import FileStorage as SentFile

from app.web.fields import In, Moment, Out, Page, YesNo


class UploadIn(In):
    """One file, and what it is for; documents and medical pictures are never shown to WeChat's check."""

    file: FileStorage
    purpose: Literal["avatar", "request", "document", "medical"] = "request"

    @field_validator("file")
    @classmethod
    def really_a_file(cls, sent: object) -> object:
        """A text field of that name is none."""
        if not isinstance(sent, SentFile):
            raise PydanticCustomError("file", "not a file")
        return sent


class UploadOut(Out):
    """One file as its viewer may see it; `url` is null where he may not, and ends soon where he may. That of
    a document is its viewer's own, and shows it with his name across."""

    id: str
    kind: Literal["image", "pdf"]
    media_type: str
    bytes: int
    width: int | None
    height: int | None
    purpose: str
    verdict: Literal["loose", "waiting", "checking", "manual", "shown", "hidden", "private"] = Field(
        description="loose 没用上；waiting、checking、manual 未审；shown 可见；hidden 已隐藏；private 不送审"
    )
    mark: str = Field(description="图片旁要显示的字：未审、已隐藏，或空")
    url: str | None


class SubjectOut(Out):
    """What a file hangs on."""

    kind: str
    id: str


class ReviewItem(UploadOut):
    """A line of the list for manual review."""

    subject: SubjectOut
    station: str | None
    attached_at: Moment
    label: int | None = Field(description="微信给的类别：20001 时政、20002 色情、20006 违法犯罪、21000 其他")


class ReviewQuery(Page):
    """Which part: those that wait for a decision, or those that are hidden."""

    state: Literal["manual", "hidden"] = "manual"


class ReviewIn(In):
    """The decision."""

    show: YesNo


class ById(BaseModel):
    """A file's id in the path."""

    id: uuid.UUID
