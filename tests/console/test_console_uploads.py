"""What hangs on a request is seen at the desk: pictures, documents, what is not checked yet or in doubt."""

import re
import uuid

from flask import Flask
from sqlalchemy import text

from app.content import tasks
from app.foundation.home import Home
from tests.console.desk_client import Desk
from tests.console.reading_pages import Page
from tests.content.conftest import asked, look, pdf, sent, set_state
from tests.support.clients import sign_in

DOUBT = "微信内容检查：存疑"


def test_pictures_and_documents_are_shown_from_this_host(app: Flask, jia: Desk, home: Home) -> None:
    driver = sign_in(app, "driver")
    picture, document, hidden = sent(driver), sent(driver, pdf(), purpose="medical"), sent(driver)
    request = asked(driver, picture["id"], document["id"])
    said = {"text": "补一张", "upload_ids": [hidden["id"]]}
    assert driver.post(f"/requests/{request['id']}/messages", said).status_code == 201
    set_state(home, hidden["id"], "hidden")
    html = jia.get(f"/requests/{request['id']}").text
    assert not Page(html).hosts
    assert not Page(html).inline
    drawn = re.findall(r'<img src="(/u/[^"]+)"', html)
    assert [picture["id"] in address for address in drawn] == [True], "the hidden one is no more than a link"
    opened = [address.replace("&amp;", "&") for address in re.findall(r'<a href="(/u/[^"]+)"', html)]
    assert len(opened) == 3
    assert {look(app, address).status_code for address in opened} == {200}
    assert "未审" in html
    assert "已隐藏" in html
    assert "PDF 文件 2" in html


def test_a_doubtful_text_is_marked_and_an_open_page_learns_of_it(app: Flask, jia: Desk, home: Home) -> None:
    driver = sign_in(app, "driver")
    request = asked(driver, text="示例违规词")["id"]
    driver.post(f"/requests/{request}/messages", {"text": "示例可疑词"})
    page = f"/requests/{request}"
    assert DOUBT not in jia.get(page).text
    tag = jia.get(f"{page}/live").headers["ETag"]
    assert tasks.check_texts(home) == 2
    again = jia.get(f"{page}/live", If_None_Match=tag)
    assert again.status_code == 200
    assert again.text.count(DOUBT) == 2
    with home.database.transaction() as session:
        wanted = text("SELECT doubted FROM help_request WHERE id = :id")
        assert session.scalar(wanted, {"id": uuid.UUID(request)}) is True
