"""Every errcode is in one table, which decides, and from which the manual is made."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from app.wechat import Sort
from app.wechat.commands import wechat
from app.wechat.errcode_table import TABLE, Meaning
from app.wechat.errcodes import advice, meaning
from app.wechat.errors import Misconfigured, Resting, Unavailable, explain
from app.wechat.outcomes import sort_of

# Written by hand from WeChat's documents: what must follow from each code for a message on its way.
EXPECTED = {
    Sort.DONE: "0",
    Sort.REFUSED: "43101",
    Sort.TRY_LATER: "-1 44990 44991 45011 43108 87020 40001 40014 41001 42001 40029 40163 41008 40226",
    Sort.FAILED: "40003 40004 40033 40037 40097 40129 40159 40169 41030 43104 45168 47001 47003 61010 76001"
    " 76021 76022 85096 87014",
    Sort.STOP: "40002 40013 40066 40125 40164 40243 41002 41004 43001 43002 44002 43107 45009 48001 50001"
    " 50002 50004 50007 89503 89506 89507",
}
SORTS = {int(code): sort for sort, codes in EXPECTED.items() for code in codes.split()}


def test_the_table_names_each_code_once_and_all_of_those() -> None:
    codes = [known.errcode for known in TABLE]
    assert len(codes) == len(set(codes))
    assert set(codes) == set(SORTS)


@pytest.mark.parametrize("errcode", SORTS)
def test_each_code_has_its_sort_and_its_words(errcode: int) -> None:
    assert sort_of(meaning(errcode)) is SORTS[errcode]
    assert advice(errcode)


def test_a_code_in_no_table_is_tried_again() -> None:
    assert meaning(12345) is Meaning.OTHER
    assert sort_of(Meaning.OTHER) is Sort.TRY_LATER
    assert advice(12345) == advice(None) == ""


def test_the_manual_s_page_is_the_one_the_command_makes(project: Path) -> None:
    made = CliRunner().invoke(wechat, ["errors"])
    assert made.exit_code == 0
    assert (project / "docs/zh/wechat-errors.md").read_text() == made.stdout
    for known in TABLE:
        assert f"| {known.errcode} | {known.says} |" in made.stdout


def test_an_operator_is_told_what_it_means_what_to_do_and_the_rid() -> None:
    told = explain(Misconfigured("errcode 40164 (operator) invalid ip", 40164, "64b79592-1db719b6-187cfe77"))
    assert "白名单" in "".join(told)
    assert told[-1] == "rid 64b79592-1db719b6-187cfe77"
    assert explain(Unavailable("not_sent")) == ["没有问到微信：not_sent"]
    assert "7 秒后" in explain(Resting("x", retry_after_s=7))[0]
