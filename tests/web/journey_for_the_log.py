"""Run by test_logs in a process of its own: the whole journey, its secrets on standard output as JSON."""

import json
import sys

import structlog

from app import create_app
from app.foundation.columns import vault
from app.people import service as people
from app.settings import load_settings
from app.wechat.standin.server import running
from app.wechat.standin.world import World
from tests.support.clients import sign_in
from tests.web.whole_journey import walk


def main() -> None:
    """Walk, then fail in every way that puts a trace into the log."""
    with running(World()) as standin:
        settings = load_settings(
            log_level="debug",
            wechat={"api_base": standin.url, "standin": True, "secret": "s3cr3t-of-the-account"},
        )
        app = create_app(settings)
        used = walk(app).by_name
        used["a data key"] = str(settings.secrets.data_keys) or "none was given"
        used["token of the broken"] = _break(app, used["phone"])
        home = app.extensions["home"]
        used |= {"index key": vault().index_key.decode(), "signing key": home.settings.secrets.signing_key}
    json.dump(used, sys.stdout, ensure_ascii=False)


def _break(app: object, phone: str) -> str:
    """Faults whose text carries what somebody sent; answers the token that was used."""
    driver = sign_in(app, "driver2")
    real = people.profile
    faults = [
        RuntimeError("what no encoding holds: \ud800"),
        RuntimeError(f"phone {phone} of Bearer {driver.token}"),
        ValueError(f"https://api.weixin.qq.com/x?access_token={driver.token}&secret={driver.token}"),
    ]
    for fault in faults:
        people.profile = _failing(fault)
        assert driver.get("/me").status_code == 500
    people.profile = real
    _collide(app)
    return driver.token


def _failing(fault: Exception) -> object:
    def fail(*_: object) -> None:
        raise fault

    return fail


def _collide(app: object) -> None:
    """A statement that PostgreSQL refuses, an openid among its values, told to the log with its trace."""
    structlog.contextvars.clear_contextvars()
    from app.foundation.ids import new_id
    from app.people.models import Person
    from app.wechat.standin.demo import demo_openid

    home = app.extensions["home"]
    try:
        with home.database.transaction() as session:
            session.add(
                Person(id=new_id(), openid=demo_openid("driver"), name="x", created_at=home.clock.now())
            )
    except Exception as fault:
        structlog.get_logger().error("fault", exc_info=fault)


if __name__ == "__main__":
    main()
