"""What goes over the wire about notices."""

import uuid
from typing import Annotated, Literal

from pydantic import BaseModel, Field

from app.web.fields import In, Moment, Out, Page, Query, Text

Kind = Literal["request", "duty", "bulletin", "branch", "medical"]
Scene = Literal["bulletin", "request", "duty"]
Said = Literal["accept", "reject", "ban", "filter", "acceptWithAudio", "acceptWithAlert"]
"""What WeChat answers for a template; the last two come from phones that also ring for it."""


class ByEntry(BaseModel):
    """The entry that a path names."""

    id: uuid.UUID


class InboxQuery(Page):
    """Which entries: all of them, or those of one kind."""

    kind: Kind | None = Field(None, description="只要这一类")


class InboxItem(Out):
    """Something the person was told; `ref` says what it is about, such as `{"request_id": …}`."""

    id: uuid.UUID
    kind: Kind
    title: str
    text: str
    ref: dict[str, str] | None
    at: Moment
    read_at: Moment | None


class Unread(Out):
    """How many entries are unread."""

    unread: int = Field(description="最多数到 100")


class ByScene(Query):
    """At which place in the app."""

    scene: Scene | None = None


class TemplateItem(Out):
    """A template to ask the person for."""

    id: str
    title: str
    purpose: str


class TemplateList(Out):
    """The ids for `wx.requestSubscribeMessage`, at most three."""

    items: list[TemplateItem]


class SubscriptionAnswers(In):
    """What `wx.requestSubscribeMessage` answered, by template id."""

    results: Annotated[dict[Annotated[str, Text(100)], Said], Field(min_length=1, max_length=10)]
