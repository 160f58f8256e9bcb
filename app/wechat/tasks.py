"""What the clockwork calls: are the configured templates those that WeChat knows?"""

from collections import Counter

import structlog

from app.foundation.home import Home
from app.web import metrics
from app.wechat.errors import WeChatError
from app.wechat.platform import WeChat
from app.wechat.template_check import Finding, State, compare, unread
from app.wechat.templates import templates_in_force

log = structlog.get_logger()


def check_templates(home: Home) -> int:
    """Warn of each template that WeChat's list lacks or has with other keywords; answers how many are well.

    Runs beside everything else, at the start and every hour. Whatever it finds, messages go on being sent and
    templates being offered: the list may be wrong or unreadable, the sender sees soon enough.
    """
    findings = find(home)
    for finding in findings:
        if finding.state in (State.MISSING, State.WRONG_KEYS):
            _warn(finding)
    counted = Counter(finding.state for finding in findings)
    for state in State:
        metrics.WECHAT_TEMPLATES.labels(state).set(counted[state])
    return counted[State.OK]


def find(home: Home) -> list[Finding]:
    """The findings as they are now; `unread`, with a warning, when WeChat does not give its list."""
    settings = home.settings
    configured = templates_in_force(settings.wechat, production=settings.production)
    if not configured:
        return []
    try:
        return compare(configured, home.part(WeChat).templates())
    except WeChatError as error:
        log.warning("templates.list_unread", reason=error.reason, rid=error.rid)
        return unread(configured)


def _warn(finding: Finding) -> None:
    log.warning(
        "template.unlike_wechat",
        template=finding.template_id,
        scene=finding.scene,
        state=finding.state,
        lacking=list(finding.lacking),
        foreign=list(finding.foreign),
    )
