"""A driver signs in, checks in, asks; staff claim and answer; the driver is told."""

from flask import Flask

from tests.support.clients import Somebody


def test_a_driver_asks_and_is_answered(app: Flask, driver: Somebody, staff: Somebody, key: str) -> None:
    arrived = driver.post("/checkins", {"code": f"http://anywhere/s/{key}", "purpose": "meal"})
    assert arrived.status_code == 201, arrived.text
    assert (arrived.json["station"], arrived.json["side"]) == ("GS001", "A")

    asked = driver.post("/requests", {"kind": "meal", "station": "GS001", "side": "A", "text": "想吃碗热面"})
    assert asked.status_code == 201, asked.text
    number = asked.json["id"]

    queue = staff.get("/staff/requests").json["items"]
    assert [line["id"] for line in queue] == [number]
    claimed = staff.post(f"/staff/requests/{number}/claim")
    assert claimed.json["state"] == "acknowledged", claimed.text
    replied = staff.post(f"/staff/requests/{number}/replies", {"text": "二十分钟后到餐厅取。"})
    assert replied.status_code == 201, replied.text

    seen = driver.get(f"/requests/{number}").json
    assert seen["state"] == "handling"
    assert [m["text"] for m in seen["messages"]] == ["二十分钟后到餐厅取。"]
    assert seen["holder"]["name"] == "示例值班员甲"
    inbox = driver.get("/inbox").json["items"]
    assert inbox[0]["text"] == "二十分钟后到餐厅取。"
    assert inbox[0]["ref"]["id"] == number


def test_the_whole_conversation_up_to_the_rating(driver: Somebody, staff: Somebody, app: Flask) -> None:
    number = driver.post("/requests", {"kind": "insurance", "station": "GS001", "text": "篷布被割"}).json[
        "id"
    ]
    assert staff.post(f"/staff/requests/{number}/replies", {"text": "先别动车"}).status_code == 201
    note = staff.post(f"/staff/requests/{number}/replies", {"text": "监控已留存", "internal": True})
    assert note.status_code == 201
    assert driver.post(f"/requests/{number}/messages", {"text": "好"}).status_code == 201
    assert (
        staff.post(f"/staff/requests/{number}/resolve", {"text": "两边都已报案"}).json["state"] == "answered"
    )
    reopened = driver.post(f"/requests/{number}/reopen", {"reason": "还没收到短信"})
    assert reopened.json["state"] == "new", reopened.text
    assert staff.post(f"/staff/requests/{number}/resolve", {"text": "已补发"}).status_code == 200
    assert driver.post(f"/requests/{number}/confirm").json["state"] == "closed"
    rated = driver.post(f"/requests/{number}/rating", {"score": 5, "text": "谢谢"}).json
    assert rated["rating"] == {"score": 5, "text": "谢谢"}
    texts = [m["text"] for m in rated["messages"]]
    assert "监控已留存" not in texts
    assert "监控已留存" in [m["text"] for m in staff.get(f"/staff/requests/{number}").json["messages"]]
    assert driver.post(f"/requests/{number}/messages", {"text": "在吗"}).json["code"] == "request.closed"
