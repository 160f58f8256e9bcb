"""Which subscribe-message template is used where, and its values made fit to send."""

from collections.abc import Mapping
from datetime import datetime

from app.settings import TemplateSettings, WechatSettings
from app.wechat.default_templates import DEFAULT_TEMPLATES
from app.wechat.rules import fit


def templates_in_force(settings: WechatSettings, *, production: bool) -> list[TemplateSettings]:
    """The operator's templates; outside production also a default for each scene that has none."""
    own = list(settings.templates)
    if production:
        return own
    served = {template.scene for template in own}
    return own + [template for template in DEFAULT_TEMPLATES if template.scene not in served]


def fit_all(data: Mapping[str, str], at: datetime) -> dict[str, str]:
    """Every value made valid for its keyword; twice changes nothing more. `at` serves where a time lacks."""
    return {key: fit(key, value, at) for key, value in data.items()}


def filled(template: TemplateSettings, data: Mapping[str, str], at: datetime) -> dict[str, str]:
    """Exactly the template's keywords: a missing one gets a neutral word, a foreign one is left out."""
    return fit_all({key: data.get(key, "") for key in template.keys}, at)
