"""`stations …` as an operator types it: results on standard output, complaints on standard error."""

import csv
import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from pypdfium2 import PdfDocument

from app.foundation.database import Database
from app.foundation.home import Home, open_home
from app.settings import Settings
from app.stations.commands import stations
from app.stations.demo import SHIPPED

Run = Callable[..., Result]


@pytest.fixture
def run(settings: Settings, database: Database) -> Run:
    """Runs one command as a process of its own would."""

    def command(*words: object, public_url: str = "https://home.example/") -> Result:
        @contextmanager
        def opened() -> Iterator[Home]:
            web = settings.web.model_copy(update={"public_url": public_url})
            home = open_home(settings.model_copy(update={"web": web}))
            yield home
            home.close()

        return CliRunner().invoke(stations, [str(word) for word in words], obj=opened)

    return command


def rows(result: Result) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(result.stdout)))


def test_what_was_imported_is_exported_again(run: Run, tmp_path: Path) -> None:
    done = run("import", SHIPPED)
    assert (done.exit_code, done.stderr) == (0, "")
    assert done.stdout == "新增 55 站，更新 0 站，未变 0 站，新制码 110 个。\n"
    assert run("export").stdout == SHIPPED.read_text("utf-8")
    out = tmp_path / "stations.csv"
    assert run("export", "--out", out).stdout == ""
    assert out.read_bytes() == b"\xef\xbb\xbf" + SHIPPED.read_bytes()
    assert "未变 55 站" in run("import", out).stdout


def test_a_file_with_bad_lines_is_told_in_full_and_not_imported(run: Run, tmp_path: Path) -> None:
    bad = tmp_path / "bad.csv"
    text = SHIPPED.read_text("utf-8").replace("35.92", "135.92").replace("G2201/G75", "绕城")
    bad.write_bytes(text.encode("gbk"))
    done = run("import", bad)
    assert done.exit_code == 1
    assert done.stdout == ""
    assert done.stderr.splitlines() == [
        "第 2 行 lat 列：纬度应在 3 到 54 之间，请看经纬度是否写反。",
        "第 4 行 road 列：路号应像 G30，共线的写 G22/G30。",
        "共 2 处有误，一行也没有导入。",
    ]
    assert len(run("export").stdout.splitlines()) == 1


def test_codes_are_listed_and_revoked_and_follow_one_another(run: Run) -> None:
    run("import", SHIPPED)
    before = rows(run("codes"))
    assert len(before) == 110
    first = before[0]
    assert list(first) == ["station", "side", "key", "url"]
    assert (first["station"], first["side"]) == ("GS001", "A")
    assert first["url"] == f"https://home.example/s/{first['key']}"
    done = run("revoke", f"{first['key'][:4]}-{first['key'][4:]}".lower(), "--reason", "被人冒用")
    fresh = done.stdout.strip()
    assert done.exit_code == 0
    assert "第 2 版" in done.stderr
    after = rows(run("codes"))
    assert after[0]["key"] == fresh != first["key"]
    assert after[1:] == before[1:]
    again = run("revoke", first["key"])
    assert (again.exit_code, again.stdout) == (1, "")
    assert "没有这个在用的码" in again.stderr


def test_codes_without_a_public_address_are_said_to_be_for_trying_only(run: Run) -> None:
    run("import", SHIPPED)
    done = run("codes", "--station", "GS001", public_url="")
    assert [row["url"].startswith("http://127.0.0.1:8000/s/") for row in rows(done)] == [True, True]
    assert "不要张贴" in done.stderr


def test_posters_are_printed_for_all_or_for_some(run: Run, tmp_path: Path) -> None:
    out = tmp_path / "posters.pdf"
    nothing = run("posters", "--out", out)
    assert (nothing.exit_code, out.exists()) == (1, False)
    run("import", SHIPPED)
    done = run("posters", "--out", out, "--station", "GS002", "--station", "GS001")
    assert done.stdout == f"{out}：4 页\n"
    assert len(PdfDocument(out)) == 4
    unknown = run("posters", "--out", out, "--station", "GS999")
    assert unknown.exit_code == 1
    assert "GS999" in unknown.stderr
