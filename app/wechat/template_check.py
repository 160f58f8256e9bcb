"""The configured templates beside WeChat's own list: what differs, as values. It withholds nothing."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from app.settings import TemplateSettings
from app.wechat.lookups import ListedTemplate


class State(StrEnum):
    """What the list says of one template; the values are metric labels."""

    OK = "ok"
    MISSING = "missing"  # 40037 for each message
    WRONG_KEYS = "wrong_keys"  # 47003 for each message
    UNREAD = "unread"  # the list could not be read, so nothing is known


@dataclass(frozen=True)
class Finding:
    """One configured template. `lacking`: keywords of WeChat's that ours lacks; `foreign`: the reverse."""

    template_id: str
    title: str
    scene: str
    state: State
    lacking: tuple[str, ...] = ()
    foreign: tuple[str, ...] = ()


def compare(configured: Iterable[TemplateSettings], listed: Sequence[ListedTemplate]) -> list[Finding]:
    """A finding for each configured template, in their order.

    WeChat docs: the data's keys must be exactly those of the template.
    """
    at_wechat = {template.id: template for template in listed}
    return [_finding(template, at_wechat.get(template.id)) for template in configured]


def unread(configured: Iterable[TemplateSettings]) -> list[Finding]:
    """The findings when there is no list to compare with."""
    return [Finding(t.id, t.title, t.scene, State.UNREAD) for t in configured]


def _finding(ours: TemplateSettings, theirs: ListedTemplate | None) -> Finding:
    if theirs is None:
        return Finding(ours.id, ours.title, ours.scene, State.MISSING)
    lacking = tuple(sorted(theirs.keys.keys() - ours.keys.keys()))
    foreign = tuple(sorted(ours.keys.keys() - theirs.keys.keys()))
    state = State.WRONG_KEYS if lacking or foreign else State.OK
    return Finding(ours.id, ours.title, ours.scene, state, lacking, foreign)
