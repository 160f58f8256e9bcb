"""Reads a page as a browser would, without one: tags, attributes, forms."""

from dataclasses import dataclass, field
from html.parser import HTMLParser


@dataclass
class Form:
    """A form with the names of its fields."""

    method: str
    action: str
    names: list[str] = field(default_factory=list)


class Page(HTMLParser):
    """Everything in a page that a test asks about."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.ids: list[str] = []
        self.inline: list[str] = []
        self.unlabelled: list[str] = []
        self.hosts: list[str] = []
        self.landmarks: list[str] = []
        self._labels = 0
        self._label_for: set[str] = set()
        self._fields: list[tuple[dict[str, str], bool]] = []
        self._inside = ""
        self.feed(html)
        for found, labelled in self._fields:
            if not labelled and found.get("id") not in self._label_for and "aria-label" not in found:
                self.unlabelled.append(str(found))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        if "id" in found:
            self.ids.append(found["id"])
        self.inline += [f"{tag} {name}" for name in found if name == "style" or name.startswith("on")]
        if tag == "style" or (tag == "script" and "src" not in found):
            self.inline.append(tag)
        for name in ("href", "src", "action", "formaction"):
            if found.get(name, "").startswith(("http:", "https:", "//", "javascript:", "data:")):
                self.hosts.append(found[name])
        if tag in ("main", "nav", "header", "footer", "aside"):
            self.landmarks.append(tag)
        self._form_parts(tag, found)

    def _form_parts(self, tag: str, found: dict[str, str]) -> None:
        if tag == "form":
            self.forms.append(Form(found.get("method", "get").lower(), found.get("action", "")))
        if tag == "label":
            self._labels += 1
            self._label_for.add(found.get("for", ""))
        if tag in ("input", "select", "textarea", "button") and self.forms and "name" in found:
            self.forms[-1].names.append(found["name"])
        if tag in ("input", "select", "textarea") and found.get("type") != "hidden":
            hidden_from_all = found.get("aria-hidden") == "true"
            self._fields.append((found, self._labels > 0 or hidden_from_all))

    def handle_endtag(self, tag: str) -> None:
        if tag == "label":
            self._labels -= 1
