"""The subscribe-message templates in force, by the place in the app at which they are asked for."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

import structlog

from app.notices.rules import keyword_values, meaning_of
from app.settings import Settings, TemplateSettings
from app.wechat.templates import filled, templates_in_force

log = structlog.get_logger()


@dataclass(frozen=True)
class Catalogue:
    """Templates in the operator's order."""

    templates: tuple[TemplateSettings, ...] = ()

    def of_scene(self, scene: str | None) -> list[TemplateSettings]:
        """Those for one place in the app; all for None."""
        return [template for template in self.templates if scene in (None, template.scene)]

    def known(self, template_ids: Iterable[str]) -> list[str]:
        """Those of the ids that are templates of ours."""
        ours = {template.id for template in self.templates}
        return [template_id for template_id in template_ids if template_id in ours]


class _Current:
    """The catalogue of this process; a use case is given a session and no settings."""

    catalogue: Catalogue | None = None


def use_templates(settings: Settings) -> Catalogue:
    """Set the templates once, when the process is put together; warns of keywords that nothing ever fills."""
    found = templates_in_force(settings.wechat, production=settings.production)
    for template in found:
        if foreign := [label for label in template.keys.values() if meaning_of(label) is None]:
            log.warning("template.keyword_without_value", template=template.id, labels=foreign)
    _Current.catalogue = Catalogue(tuple(found))
    return _Current.catalogue


def catalogue() -> Catalogue:
    """The templates in use. RuntimeError before `use_templates`."""
    if _Current.catalogue is None:
        raise RuntimeError("no templates: call use_templates when the process is put together")
    return _Current.catalogue


def message_data(template: TemplateSettings, values: Mapping[str, str], now: datetime) -> dict[str, str]:
    """What is sent: every keyword of the template with a value that WeChat accepts."""
    return filled(template, keyword_values(template.keys, values), now)
