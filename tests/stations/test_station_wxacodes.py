"""Mini-program codes of stations: fetched once however many ask, kept, never of a revoked key."""

import io
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from threading import Barrier

import pytest
import zxingcpp
from click.testing import CliRunner, Result
from flask import Flask
from PIL import Image
from sqlalchemy import text

from app.foundation.home import Home
from app.foundation.refusals import Refused
from app.settings import Settings
from app.stations import service, wxacodes
from app.stations.commands import stations
from app.stations.rules import parse_code
from app.wechat import Misconfigured, Unfit, WeChat
from app.wechat.standin.faults import Fault
from app.wechat.standin.server import StandIn
from tests.support.meeting import Meeting

CODE = "/wxa/getwxacodeunlimit"
Run = Callable[..., Result]


@pytest.fixture
def here(settings: Settings, make_app: Callable[[Settings], Flask], tmp_path: Path) -> Home:
    """A process with a data folder of its own."""
    home: Home = make_app(settings).extensions["home"]
    home.settings = home.settings.model_copy(update={"data_dir": tmp_path / "data"})
    return home


@pytest.fixture
def key(here: Home) -> str:
    with here.database.transaction() as session:
        found = session.scalar(text("SELECT key FROM qr_key WHERE station = 'GS001' AND side = 'A'"))
    return str(found)


@pytest.fixture
def run(here: Home) -> Run:
    def command(*words: object) -> Result:
        @contextmanager
        def opened() -> Iterator[Home]:
            yield here

        return CliRunner().invoke(stations, ["wxacodes", *map(str, words)], obj=opened)

    return command


def fetches(standin: StandIn) -> int:
    with standin.world.lock:
        return standin.world.calls[CODE]


def break_codes(standin: StandIn, kind: str, value: float | None = None, times: int = -1) -> None:
    with standin.world.lock:
        standin.world.faults.on.append(Fault.of({"path": CODE, "kind": kind, "value": value, "times": times}))


def decoded(picture: bytes) -> str:
    (found,) = zxingcpp.read_barcodes(Image.open(io.BytesIO(picture)))
    return str(found.text)


def revoke(here: Home, key: str) -> str:
    with here.database.transaction() as session:
        return service.revoke_key(session, key, here.clock.now()).key


def test_a_code_leads_to_its_key_and_is_fetched_once(here: Home, standin: StandIn, key: str) -> None:
    first, second = wxacodes.of_key(here, key), wxacodes.of_key(here, f"{key[:4]}-{key[4:]}".lower())
    assert (first.fetched, second.fetched) == (True, False)
    assert first.picture == second.picture
    assert decoded(first.picture) == f"s={key}"
    assert parse_code(decoded(first.picture)) == key
    assert fetches(standin) == 1


@pytest.mark.parametrize("locked", [True, False])
def test_of_many_who_ask_at_once_one_asks_wechat_because_of_the_lock(
    here: Home, standin: StandIn, key: str, monkeypatch: pytest.MonkeyPatch, locked: bool
) -> None:
    if not locked:  # the negative control

        @contextmanager
        def no_lock(*_: object) -> Iterator[bool]:
            yield True

        client = here.part(WeChat)
        monkeypatch.setattr(here.shared, "lock", no_lock)
        monkeypatch.setattr(client, "code_image", Meeting().before(client.code_image))
    standin.world.latency_s[CODE] = 0.2
    many = 8 if locked else 2  # not more than WeChat takes at a time
    start = Barrier(many)

    def ask(_: int) -> bytes:
        start.wait(10)
        return wxacodes.of_key(here, key).picture

    with ThreadPoolExecutor(many) as threads:
        pictures = set(threads.map(ask, range(many)))
    assert len(pictures) == 1
    assert (fetches(standin) == 1) is locked


def test_a_revoked_key_has_no_code_though_one_was_kept(here: Home, standin: StandIn, key: str) -> None:
    wxacodes.of_key(here, key)
    fresh = revoke(here, key)
    for gone in (key, "22222222", "nonsense", "../../etc/passwd"):
        with pytest.raises(Refused) as refused:
            wxacodes.of_key(here, gone)
        assert refused.value.refusal.code == "station.key_not_active"
    kept = [file.name for file in (here.settings.data_dir / "wxacodes").iterdir()]
    assert not [name for name in kept if name.startswith(key)]
    assert decoded(wxacodes.of_key(here, fresh).picture) == f"s={fresh}"


def test_a_key_revoked_while_its_code_is_fetched_gets_none(
    here: Home, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = here.part(WeChat)
    real = client.code_image

    def slow(*words: object, **more: object) -> bytes:
        picture = real(*words, **more)
        revoke(here, key)
        return picture

    monkeypatch.setattr(client, "code_image", slow)
    with pytest.raises(Refused) as refused:
        wxacodes.of_key(here, key)
    assert refused.value.refusal.code == "station.key_not_active"
    assert not list((here.settings.data_dir / "wxacodes").glob("*"))


def test_a_trial_s_code_is_another_than_the_release_s(here: Home, standin: StandIn, key: str) -> None:
    wxacodes.of_key(here, key)
    for changed in ({"code_env": "trial"}, {"code_page": "pages/other/index"}, {"appid": "wx" + "1" * 16}):
        wechat = here.settings.wechat.model_copy(update=changed)
        assert wxacodes._mark(wechat) != wxacodes._mark(here.settings.wechat)
    assert wxacodes.of_key(here, key, width=600).fetched
    assert fetches(standin) == 2


def test_what_wechat_refuses_is_kept_nowhere(here: Home, standin: StandIn, key: str) -> None:
    for errcode, kind in ((41030, Unfit), (45009, Misconfigured)):
        break_codes(standin, "errcode", errcode, times=1)
        with pytest.raises(kind):
            wxacodes.of_key(here, key)
    assert wxacodes.of_key(here, key).fetched


def test_the_command_writes_a_file_a_code_with_progress(run: Run, standin: StandIn, tmp_path: Path) -> None:
    out = tmp_path / "codes"
    done = run("--out", out, "--station", "GS001", "--station", "GS002")
    assert done.exit_code == 0, done.stderr
    files = sorted(out.iterdir())
    assert [file.name[:9] for file in files] == ["GS001-A-1", "GS001-B-1", "GS002-A-1", "GS002-B-1"]
    for file in files:
        assert decoded(file.read_bytes()) == f"s={file.stem.rsplit('-', 1)[1]}"
    assert done.stdout == f"{out}：共 4 个码，新取 4 个，原有 0 个\n"
    assert [line.split()[0] for line in done.stderr.splitlines()] == ["1/4", "2/4", "3/4", "4/4"]
    again = run("--out", out, "--station", "GS001", "--station", "GS002")
    assert (again.stdout, again.stderr) == (f"{out}：共 4 个码，新取 0 个，原有 4 个\n", "")
    assert fetches(standin) == 4


def test_it_goes_on_where_it_stopped(run: Run, standin: StandIn, tmp_path: Path) -> None:
    out = tmp_path / "codes"
    wanted = ("--out", out, "--station", "GS001", "--station", "GS002")
    run("--out", out, "--station", "GS001")
    break_codes(standin, "errcode", 40164, times=1)
    stopped = run(*wanted)
    assert stopped.exit_code == 1
    assert stopped.stdout == ""
    assert "白名单" in stopped.stderr
    assert "接着取" in stopped.stderr
    before = fetches(standin)
    assert run(*wanted).stdout == f"{out}：共 4 个码，新取 2 个，原有 2 个\n"
    assert fetches(standin) - before == 2


def test_a_busy_wechat_is_waited_for(
    run: Run, standin: StandIn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    waited: list[float] = []
    monkeypatch.setattr("app.stations.commands.time.sleep", waited.append)
    break_codes(standin, "errcode", 45011, times=2)
    done = run("--out", tmp_path / "codes", "--station", "GS001")
    assert done.exit_code == 0
    assert waited == [2, 2]
    assert "微信正忙，2 秒后接着取" in done.stderr
    break_codes(standin, "status", 502)
    given_up = run("--out", tmp_path / "more", "--station", "GS003")
    assert given_up.exit_code == 1
    assert len(waited) == 5


def test_a_page_that_is_not_published_is_told_with_the_way_out(
    run: Run, standin: StandIn, tmp_path: Path
) -> None:
    standin.world.desk.pages = frozenset({"pages/other"})
    done = run("--out", tmp_path / "codes", "--station", "GS001")
    assert done.exit_code == 1
    assert "wechat.code_page" in done.stderr
    assert fetches(standin) == 1


def test_files_of_revoked_codes_are_named_so_that_nobody_hangs_them_up(
    run: Run, here: Home, standin: StandIn, key: str, tmp_path: Path
) -> None:
    out = tmp_path / "codes"
    run("--out", out, "--station", "GS001")
    revoke(here, key)
    with here.database.transaction() as session:
        session.execute(text("DELETE FROM qr_key WHERE station <> 'GS001'"))
    done = run("--out", out)
    assert done.exit_code == 0
    assert f"GS001-A-1-{key}" in done.stderr.splitlines()[-1]
    assert "不要张贴" in done.stderr
    assert done.stdout == f"{out}：共 2 个码，新取 1 个，原有 1 个\n"


def test_an_unknown_station_and_a_width_out_of_range_are_refused(run: Run, tmp_path: Path) -> None:
    assert run("--out", tmp_path / "x", "--station", "GS999").exit_code == 1
    assert run("--out", tmp_path / "x", "--width", "5000").exit_code == 2
