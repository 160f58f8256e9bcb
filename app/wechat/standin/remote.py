"""Tells a running stand-in what a person did on the phone; for development, where no phone does it."""

import requests

_TIMEOUT_S = (0.5, 1.0)


def report_accept(base_url: str, openid: str, template_id: str, count: int = 1) -> bool:
    """Somebody accepted that many messages. False when no stand-in heard it; nothing is raised."""
    accept: dict[str, str | int] = {"openid": openid, "template_id": template_id, "count": count}
    try:
        with requests.Session() as session:
            session.trust_env = False
            answer = session.post(f"{base_url.rstrip('/')}/_standin/credits", json=accept, timeout=_TIMEOUT_S)
            return answer.ok
    except requests.RequestException:
        return False
