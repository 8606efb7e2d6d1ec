"""``banyan check``: what a person who reads the code would otherwise have to see."""

import ast
import re
import tempfile
from pathlib import Path

import click
from flask import Flask
from jinja2 import nodes
from jinja2.visitor import NodeVisitor

from app.engine import messages as engine_messages
from app.hosting.postgres import running
from app.kernel import i18n, schema

ROOT = Path(__file__).resolve().parent
KEYWORDS = {"_", "_l", "gettext", "lazy_gettext", "ngettext"}


def template_problems(app: Flask) -> list[str]:
    """Templates that do not compile, link to no endpoint, or carry inline script or style."""
    problems = []
    for path in sorted(ROOT.glob("*/templates/**/*.html")):
        name = str(path).split("/templates/", 1)[1]
        source = path.read_text()
        try:
            tree = app.jinja_env.parse(source, name)
            app.jinja_env.compile(source, name)
        except Exception as error:
            problems.append(f"{path}: {error}")
            continue
        for endpoint, line in _endpoints(tree):
            if endpoint not in app.view_functions and endpoint != "static":
                problems.append(f"{path}:{line}: no endpoint is called {endpoint}")
        # A file that leaves the site brings a policy of its own and has no other place for styles.
        leaves = 'http-equiv="Content-Security-Policy"' in source
        for line, text in enumerate(source.splitlines(), 1):
            if leaves and text == "<style>":
                continue
            if re.search(r"<style|\sstyle=|\son[a-z]+=|javascript:", text):
                problems.append(f"{path}:{line}: inline script or style, which the policy forbids")
            if re.search(r"<script(?![^>]*\ssrc=)", text):
                problems.append(f"{path}:{line}: inline script, which the policy forbids")
    return problems


class _Calls(NodeVisitor):
    def __init__(self) -> None:
        self.found: list[tuple[str, int]] = []

    def visit_Call(self, node: nodes.Call) -> None:
        if (
            isinstance(node.node, nodes.Name)
            and node.node.name == "url_for"
            and node.args
            and isinstance(node.args[0], nodes.Const)
        ):
            self.found.append((node.args[0].value, node.lineno))
        self.generic_visit(node)


def _endpoints(tree: nodes.Template) -> list[tuple[str, int]]:
    calls = _Calls()
    calls.visit(tree)
    return calls.found


def messages_of(app: Flask) -> dict[str, set[str]]:
    """Every message that the code shows, by room."""
    found: dict[str, set[str]] = {}
    for path in sorted(ROOT.glob("*/**/*.py")):
        room = path.relative_to(ROOT).parts[0]
        for node in ast.walk(ast.parse(path.read_text())):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Name)
                and node.func.id in KEYWORDS
                and node.args
                and isinstance(node.args[0], ast.Constant)
                and isinstance(node.args[0].value, str)
            ):
                found.setdefault(room, set()).add(node.args[0].value)
    for path in sorted(ROOT.glob("*/templates/**/*.html")):
        room = path.relative_to(ROOT).parts[0]
        tree = app.jinja_env.parse(path.read_text())
        for call in tree.find_all(nodes.Call):
            if (
                isinstance(call.node, nodes.Name)
                and call.node.name in KEYWORDS
                and call.args
                and isinstance(call.args[0], nodes.Const)
            ):
                found.setdefault(room, set()).add(call.args[0].value)
    for name, value in vars(engine_messages).items():
        if name.isupper():
            texts = value.values() if isinstance(value, dict) else [value]
            found.setdefault("engine", set()).update(t for t in texts if isinstance(t, str))
    return found


PLACEHOLDER = re.compile(r"%\((\w+)\)")


def translation_problems(app: Flask) -> list[str]:
    """Messages without a Chinese text, with other placeholders, fuzzy, or no longer used."""
    problems = []
    translated: dict[str, str] = {}
    used = set().union(*messages_of(app).values())
    for path in i18n.catalog_files():
        for message in i18n.read_catalog(path):
            if not message.id:
                continue
            key = message.id if isinstance(message.id, str) else message.id[0]
            forms = message.string or ""
            text = forms if isinstance(forms, str) else forms[0]
            if message.fuzzy:
                problems.append(f"{path}:{message.lineno}: fuzzy: {key!r}")
            if key not in used:
                problems.append(f"{path}:{message.lineno}: nobody says {key!r} any more")
            if text:
                translated[key] = text
                if not set(PLACEHOLDER.findall(text)) <= set(PLACEHOLDER.findall(key)) | {"num"}:
                    problems.append(f"{path}:{message.lineno}: other placeholders: {key!r}")
    for room, messages in sorted(messages_of(app).items()):
        problems += [
            f"app/{room}/locale/zh_Hant_TW.po: no Chinese for {message!r}"
            for message in sorted(messages)
            if message not in translated
        ]
    return problems


def report(problems: list[str], done: str) -> None:
    """Print PROBLEMS and leave with 1, or say DONE."""
    for problem in problems:
        click.echo(problem, err=True)
    if problems:
        raise SystemExit(1)
    click.echo(done)


def migration_problems(app: Flask) -> list[str]:
    """Several heads, a way up or down that fails, or models that the migrations do not reach."""
    heads = schema.heads()
    if len(heads) != 1:
        return [f"the history has {len(heads)} ends: {', '.join(heads)}"]
    with (
        tempfile.TemporaryDirectory(prefix="banyan-check-") as folder,
        running(Path(folder)) as cluster,
    ):
        url = cluster.url()
        schema.upgrade(url)
        problems = [f"models and migrations differ: {row}" for row in schema.differences(url)]
        schema.downgrade(url)
        schema.upgrade(url)
    return problems
