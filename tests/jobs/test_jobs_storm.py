"""Kill -9 at random moments while WeChat errs in every way: nobody twice, nobody forgotten, the run ends."""

from pathlib import Path

import pytest

from app.foundation.home import Home
from app.wechat.standin.server import StandIn
from tests.jobs.storm import check, storm


@pytest.mark.parametrize(("processes", "seed"), [(2, 20261122)])
def test_a_thousand_sends(
    home: Home,
    standin: StandIn,
    tmp_path: Path,
    processes: int,
    seed: int,
    capsys: pytest.CaptureFixture[str],
) -> None:
    rage(home, standin, tmp_path, 1000, processes, seed, capsys)


@pytest.mark.long
@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("processes", [2, 4])
def test_ten_thousand_sends(
    home: Home,
    standin: StandIn,
    tmp_path: Path,
    processes: int,
    seed: int,
    capsys: pytest.CaptureFixture[str],
) -> None:
    rage(home, standin, tmp_path, 10_000, processes, seed, capsys)


def rage(
    home: Home,
    standin: StandIn,
    folder: Path,
    people: int,
    processes: int,
    seed: int,
    capsys: pytest.CaptureFixture[str],
) -> None:
    with storm(home, standin, folder, people, processes, seed) as one:
        ended = one.rage(kill_every=people // 8, within_s=180 + people / 10)
    check(one, ended, people)
    assert one.kills >= 1
    assert one.samples > 20
    with capsys.disabled():
        if people > 1000:
            print(f"\n{processes} processes, {one.kills} kills, {one.samples} samples: {ended}")  # noqa: T201
