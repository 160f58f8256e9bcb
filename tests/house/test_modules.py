"""Every module says in one line what it is for, and stays small enough to be read at once."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

MOST_LINES = 400
MIGRATIONS = "app/foundation/migrations/versions"


def modules(project: Path) -> Iterator[tuple[str, ast.Module, str]]:
    """Path, syntax tree and source of every module of the product and its tests."""
    for root in ("app", "tests"):
        for file in sorted((project / root).rglob("*.py")):
            source = file.read_text(encoding="utf-8")
            yield str(file.relative_to(project)), ast.parse(source), source


def test_every_module_opens_with_one_line_that_says_what_it_is_for(project: Path) -> None:
    silent = []
    for path, tree, source in modules(project):
        said = ast.get_docstring(tree) or ""
        first = said.split("\n")[0]
        if path.endswith("/__init__.py") and not source.strip():
            continue  # a folder of tests
        if len(first) < 10 or not first.endswith((".", "?", "!", "`.", "…`.")):
            silent.append(f"{path}: {first!r}")
    assert silent == []


def test_every_public_function_of_the_product_says_what_it_does(project: Path) -> None:
    silent = [
        f"{path}: {node.name}"
        for path, tree, _ in modules(project)
        if path.startswith("app/") and not path.startswith(MIGRATIONS)
        for node in public(tree)
        if not ast.get_docstring(node)
    ]
    assert silent == []


def public(tree: ast.Module) -> Iterator[ast.FunctionDef | ast.ClassDef]:
    """Functions and classes of a module and their methods, but for private ones and mere promises."""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
            yield node
            if isinstance(node, ast.ClassDef):
                yield from (
                    inner
                    for inner in node.body
                    if isinstance(inner, ast.FunctionDef)
                    and not inner.name.startswith("_")
                    and ast.unparse(inner.body[-1]) != "..."
                )


def test_no_module_is_too_long_to_be_kept_in_mind(project: Path) -> None:
    long = [
        path
        for path, _, source in modules(project)
        if path.startswith("app/") and source.count("\n") > MOST_LINES and not path.startswith(MIGRATIONS)
    ]
    assert long == []


def test_nothing_reads_annotations_late(project: Path) -> None:
    """flask-openapi reads a handler's annotations; as strings they would be nothing to it."""
    late = [
        path for path, _, source in modules(project) if "from __future__ import " + "annotations" in source
    ]
    assert late == []


@pytest.mark.parametrize("banned", ["print(", "datetime.utcnow(", "datetime.now()", "time.sleep("])
def test_the_rules_of_a_room_have_no_side_effects(project: Path, banned: str) -> None:
    found = [str(file) for file in (project / "app").glob("*/rules.py") if banned in file.read_text()]
    assert found == []
