"""One bar of signal: 300 ms there and back, 100 kbit/s. A signed-in scan is one small request within 2 s."""

import time
from collections.abc import Callable

from tests.miniprogram.phone import Phone

ROUND_TRIP_MS = 300
BITS_A_SECOND = 100_000
MOST_SECONDS = 2.0
MOST_BYTES = 2048


def test_a_scan_on_a_thin_line_is_one_small_request(
    phone: Callable[..., Phone], code: str, record_property: Callable[[str, object], None]
) -> None:
    driver = phone().open("/pages/me/index")
    driver.see("示例司机甲")  # signed in; WeChat has the app's own files on the phone
    line = driver.context.new_cdp_session(driver.page)
    line.send("Network.enable")
    sent: list[str] = []
    size: dict[str, float] = {}
    line.on("Network.requestWillBeSent", lambda told: sent.append(told["request"]["url"]))  # icons too: data:
    line.on(
        "Network.loadingFinished", lambda told: size.update({told["requestId"]: told["encodedDataLength"]})
    )
    speed = BITS_A_SECOND / 8
    line.send(
        "Network.emulateNetworkConditions",
        {"offline": False, "latency": ROUND_TRIP_MS, "downloadThroughput": speed, "uploadThroughput": speed},
    )
    began = time.monotonic()
    driver.launch(f"/pages/scan/index?code={code}")
    driver.see("签到成功")
    took = time.monotonic() - began
    asked = [url for url in sent if url.startswith("http")]
    first = [bytes_ for bytes_ in size.values() if bytes_ > 0][:1]
    assert asked[0].endswith("/api/v1/checkins"), asked
    figures = f"a scan: {took:.2f} s, {first} bytes down"
    assert took < MOST_SECONDS, figures
    assert first, figures
    assert first[0] <= MOST_BYTES, figures
    record_property("scan", figures)
