"""What comes in is judged by its content and goes out as pixels only."""

import io
import struct
import zipfile
import zlib

import pytest
from flask import Flask
from PIL import Image

from app.content import pictures
from app.foundation.home import Home
from tests.content.conftest import look, pdf, picture, send, sent, shelf_names
from tests.support.changed import Changed
from tests.support.clients import API, Somebody, sign_in, stranger
from tests.web.conftest import problem

GPS = {1: "N", 2: (36.0, 3.0, 28.0), 3: "E", 4: (103.0, 50.0, 3.0)}


@pytest.fixture
def app(shared_app: Flask) -> Flask:
    """One service for all that only sends."""
    return shared_app


def with_exif(orientation: int = 1, size: tuple[int, int] = (64, 48)) -> bytes:
    """A JPEG that tells where and with what it was taken; its left half is red."""
    image = Image.new("RGB", size, "white")
    image.paste("red", (0, 0, size[0] // 2, size[1]))
    exif = Image.Exif()
    exif[0x010F], exif[0x0112] = "示例手机", orientation
    exif.get_ifd(0x8825).update(GPS)
    into = io.BytesIO()
    image.save(into, "JPEG", exif=exif, comment=b"secret remark", icc_profile=b"x" * 200, quality=95)
    return into.getvalue()


def kept(app: Flask, made: dict[str, str]) -> Image.Image:
    """The picture as it is handed out."""
    answer = look(app, made["url"])
    assert answer.status_code == 200
    assert answer.mimetype == "image/jpeg"
    return Image.open(io.BytesIO(answer.data))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF"])
def test_the_usual_pictures_are_taken_and_leave_as_jpeg(app: Flask, driver: Somebody, kind: str) -> None:
    made = sent(driver, picture(kind, (64, 48)), name="whatever.bin")
    assert (made["kind"], made["media_type"], made["width"], made["height"]) == (
        "image",
        "image/jpeg",
        64,
        48,
    )
    assert made["verdict"] == "loose"
    out = kept(app, made)
    assert out.size == (64, 48)
    assert made["bytes"] == len(look(app, made["url"]).data)
    red, green, blue = out.convert("RGB").getpixel((30, 20))
    assert red < 40
    assert green > 90
    assert blue > 90


def test_nothing_but_pixels_goes_on(app: Flask, driver: Somebody) -> None:
    before = with_exif()
    assert Image.open(io.BytesIO(before)).getexif().get_ifd(0x8825), "the control: it was in there"
    assert b"secret remark" in before
    out = kept(app, sent(driver, before))
    assert dict(out.getexif()) == {}
    assert set(out.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density", "dpi"}
    raw = look(app, sent(driver, before)["url"]).data
    for trace in (b"Exif", b"secret remark", b"ICC_PROFILE", "示例手机".encode(), b"http://ns.adobe"):
        assert trace not in raw


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_picture_is_turned_upright_before_its_orientation_is_thrown_away(
    app: Flask, driver: Somebody, orientation: int
) -> None:
    out = kept(app, sent(driver, with_exif(orientation, (80, 40)))).convert("RGB")
    assert out.size == ((80, 40) if orientation < 5 else (40, 80))
    # Where the red half, left in the stored pixels, has to be seen.
    red_at = {1: "left", 2: "right", 3: "right", 4: "left", 5: "top", 6: "top", 7: "bottom", 8: "bottom"}
    places = {"left": (2, 20), "right": (77, 20), "top": (20, 2), "bottom": (20, 77)}
    assert is_red(out, places[red_at[orientation]])
    opposite = {"left": "right", "right": "left", "top": "bottom", "bottom": "top"}
    assert not is_red(out, places[opposite[red_at[orientation]]])


def is_red(image: Image.Image, at: tuple[int, int]) -> bool:
    pixel = image.getpixel(at)
    assert isinstance(pixel, tuple)
    return pixel[0] > 200 and pixel[1] < 80


def test_what_can_be_seen_through_lies_on_white_and_16_bits_become_8(app: Flask, driver: Somebody) -> None:
    clear = kept(app, sent(driver, picture("PNG", mode="RGBA", color="#00000000"))).convert("RGB")
    assert min(clear.getpixel((5, 5))) > 250
    into = io.BytesIO()
    Image.new("I;16", (32, 32), 0x8000).save(into, "PNG")
    grey = kept(app, sent(driver, into.getvalue())).convert("L")
    assert 120 < grey.getpixel((5, 5)) < 136
    palette = io.BytesIO()
    Image.new("RGB", (32, 32), "teal").quantize(4).save(palette, "PNG", transparency=0)
    assert send(driver, palette.getvalue()).status_code == 201
    cmyk = io.BytesIO()
    Image.new("CMYK", (32, 32)).save(cmyk, "JPEG")
    assert send(driver, cmyk.getvalue()).status_code == 201


def test_of_a_moving_picture_the_first_frame_is_kept(app: Flask, driver: Somebody) -> None:
    frames = [Image.new("RGB", (40, 40), color) for color in ("red", "blue", "green")]
    for kind in ("GIF", "WEBP", "PNG"):
        into = io.BytesIO()
        frames[0].save(into, kind, save_all=True, append_images=frames[1:])
        assert is_red(kept(app, sent(driver, into.getvalue())).convert("RGB"), (20, 20)), kind


def test_a_large_picture_is_made_smaller(driver: Somebody, app: Flask) -> None:
    made = sent(driver, picture("JPEG", (6000, 300)))
    assert (made["width"], made["height"]) == (4096, 205)


def a_zip() -> bytes:
    into = io.BytesIO()
    with zipfile.ZipFile(into, "w") as archive:
        archive.writestr("a.jpg", picture())
    return into.getvalue()


SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
REFUSED = {
    "an archive with a picture's name": a_zip(),
    "SVG": SVG,
    "HTML": b"<!doctype html><script>alert(1)</script>",
    "TIFF": picture("TIFF"),
    "BMP": picture("BMP"),
    "an empty file": b"",
    "a text": "你好".encode() * 100,
    "HEIC": b"\0\0\0\x18ftypheic\0\0\0\0heicmif1" + b"\0" * 200,
    "AVIF": picture("AVIF"),
    "PDF where a picture is wanted": pdf(),
    "a program": b"\x7fELF" + b"\0" * 200,
}


@pytest.mark.parametrize("what", REFUSED)
def test_anything_else_is_refused_whatever_it_is_called(driver: Somebody, home: Home, what: str) -> None:
    lying = shelf_names(home)
    refused = problem(send(driver, REFUSED[what]), 415, "upload.kind_refused")
    assert ("HEIC" in refused["detail"]) == (what == "HEIC")
    assert shelf_names(home) == lying


def huge_png(side: int) -> bytes:
    """A few hundred bytes that claim to be side × side pixels."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    pixels = zlib.compress(b"\0" * 1000)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


@pytest.mark.parametrize("side", [8000, 12_000, 60_000])
def test_a_bomb_is_refused_before_anything_is_decoded(
    driver: Somebody, monkeypatch: pytest.MonkeyPatch, side: int
) -> None:
    def never(*_: object) -> None:
        raise AssertionError("decoded")

    monkeypatch.setattr(Image.Image, "load", never)
    monkeypatch.setattr(pictures, "_plain", never)
    problem(send(driver, huge_png(side)), 413, "upload.too_large")


def test_a_jpeg_made_to_take_minutes_is_refused(driver: Somebody) -> None:
    progressive = picture("JPEG", progressive=True)
    assert send(driver, progressive).status_code == 201
    head, scan, rest = progressive.partition(b"\xff\xda")
    problem(send(driver, head + (scan + rest[:40]) * 200 + scan + rest), 422, "upload.unreadable")


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF"])
def test_a_truncated_picture_is_refused(driver: Somebody, home: Home, kind: str) -> None:
    noise = Image.effect_noise((200, 200), 60)
    into = io.BytesIO()
    noise.save(into, kind)
    whole = into.getvalue()
    assert send(driver, whole).status_code == 201
    lying = shelf_names(home)
    for part in (20, len(whole) // 3, len(whole) * 2 // 3):
        answer = send(driver, whole[:part])
        assert (answer.status_code, answer.json["code"]) == (422, "upload.unreadable"), part
    assert shelf_names(home) == lying


def test_what_was_hidden_in_a_picture_does_not_survive(app: Flask, driver: Somebody) -> None:
    html = b"<script>alert(document.cookie)</script>"
    hidden = {
        "appended": picture("PNG") + html + a_zip(),
        "in a comment": picture("JPEG", comment=html + b"PK\x03\x04"),
        "behind GIF's name": picture("GIF") + b"/*" + html + b"*/",
    }
    for where, content in hidden.items():
        assert html in content
        out = look(app, sent(driver, content, name="x.html")["url"])
        assert html not in out.data, where
        assert b"PK\x03\x04" not in out.data, where
        assert out.mimetype == "image/jpeg"
        assert out.headers["X-Content-Type-Options"] == "nosniff"


def test_medical_papers_may_be_pdf_and_are_handed_out_as_a_file(app: Flask, driver: Somebody) -> None:
    made = sent(driver, pdf(), purpose="medical")
    assert (made["kind"], made["width"]) == ("pdf", None)
    out = look(app, made["url"])
    assert out.data == pdf()
    assert out.mimetype == "application/pdf"
    assert out.headers["Content-Disposition"].startswith("attachment;")
    assert "sandbox" in out.headers["Content-Security-Policy"]
    problem(send(driver, pdf()[:-30], purpose="medical"), 422, "upload.unreadable")
    problem(send(driver, pdf() + a_zip(), purpose="medical"), 422, "upload.unreadable")
    problem(send(driver, b"<html>" + pdf(), purpose="medical"), 415, "upload.kind_refused")
    problem(send(driver, b"<html>" + pdf(), purpose="document"), 415, "upload.kind_refused")


def test_too_many_bytes_are_refused_also_when_their_number_is_not_told(
    app_with: Changed, settings: object
) -> None:
    app = app_with(uploads={"max_bytes": 20_000})
    driver = sign_in(app, "driver")
    noise = io.BytesIO()
    Image.effect_noise((300, 300), 90).save(noise, "PNG")
    assert len(noise.getvalue()) > 20_000
    problem(send(driver, noise.getvalue()), 413, "upload.too_large")
    problem(send(driver, b"\xff\xd8\xff" + b"\0" * 200_000), 413, "upload.too_large")
    assert send(driver, picture()).status_code == 201


def test_only_this_endpoint_takes_so_much(driver: Somebody) -> None:
    long = {"kind": "other", "text": "x" * 300_000}
    problem(driver.post("/requests", long), 413, "api.too_large")


@pytest.mark.parametrize(
    ("body", "content_type", "status", "code"),
    [
        (b'{"file": "x"}', "application/json", 415, "api.media_type"),
        (b"file=x", "application/x-www-form-urlencoded", 415, "api.media_type"),
        (b"x", "multipart/form-data", 400, "api.bad_json"),
        (b"--b\r\nno end", "multipart/form-data; boundary=b", 400, "api.bad_json"),
        (b"--b--\r\n", "multipart/form-data; boundary=b", 422, "api.invalid"),
        (
            b'--b\r\nContent-Disposition: form-data; name="file"\r\n\r\ntext\r\n--b--\r\n',
            "multipart/form-data; boundary=b",
            422,
            "api.invalid",
        ),
        (
            b'--b\r\nContent-Disposition: form-data; name="purpose"\r\n\r\n'
            + b"x" * 300_000
            + b"\r\n--b--\r\n",
            "multipart/form-data; boundary=b",
            413,
            "api.too_large",
        ),
    ],
)
def test_a_body_that_is_no_form_with_one_file_is_refused(
    driver: Somebody, body: bytes, content_type: str, status: int, code: str
) -> None:
    sent = {"Authorization": f"Bearer {driver.token}", "Content-Type": content_type}
    answer = driver.app.test_client().post(f"{API}/uploads", data=body, headers=sent)
    problem(answer, status, code)


def test_one_file_and_known_fields_only(driver: Somebody) -> None:
    two = [(io.BytesIO(picture()), "a.jpg"), (io.BytesIO(picture()), "b.jpg")]
    headers = {"Authorization": f"Bearer {driver.token}"}
    answer = driver.app.test_client().post(f"{API}/uploads", data={"file": two}, headers=headers)
    problem(answer, 400, "api.bad_json")
    problem(send(driver, picture(), purpose="anything"), 422, "api.invalid")
    problem(send(driver, picture(), unknown="x"), 422, "api.invalid")


def test_a_stranger_sends_nothing(app: Flask) -> None:
    problem(send(stranger(app), picture()), 401, "auth.required")
