"""Runs inside the sandbox, in a trusted process: the tests, and nothing of the student's.

A test's cell runs here as the instructor wrote it. Names that it does not define are looked up in
the student's process, over a line that carries data only. What is asked of her work is answered
by her process; what becomes of the answers is decided here.
This file is handed in as text; the engine never imports it.
"""

import ast
import builtins
import contextlib
import importlib
import io
import os
import pickle
import socket
import sys
import types
from collections.abc import Iterator, MutableMapping
from typing import Any, Final

import codec
import seeds
from codec import CannotCross, Decoder, Encoder, Malformed, Missing, Node
from errors import error_class, installed
from files import Files
from peer import Gone, Peer

#: Running text as a program is for the student's process alone: the text may be hers.
NOT_HERE: Final = ("eval", "exec", "compile", "input", "breakpoint")
#: Events of ``sys.audit`` that would run what the student wrote, or start a program.
NEVER: Final = frozenset(
    {"pickle.find_class", "subprocess.Popen", "os.system", "os.exec", "os.fork"}
    | {"os.posix_spawn", "os.spawn", "os.forkpty", "pty.spawn"}
)
PLAIN_CLASSES: Final = frozenset(
    {"int", "float", "complex", "str", "bool", "bytes", "bytearray", "list", "tuple", "dict"}
    | {"set", "frozenset", "object", "NoneType", "range"}
)
LIBRARY_OBJECTS: Final = (io.StringIO, io.BytesIO)


class NotJudged(Exception):
    """The test does what cannot be done apart from the student's process."""


class Names(dict[str, Any]):
    """A test's builtins: Python's own, and what the student's process knows."""

    def __init__(self, judge: "Judge") -> None:
        super().__init__(vars(builtins))
        self.judge = judge
        self.update({name: self.refuse(name) for name in NOT_HERE})
        self.update(globals=judge.everything, locals=judge.locals_of, vars=judge.vars_of)
        self.update(dir=judge.dir_of)

    def __missing__(self, name: str) -> Any:
        __tracebackhide__ = True
        if name in vars(builtins):  # what the shell put there since
            return vars(builtins)[name]
        return self.judge.look_up(name)

    @staticmethod
    def refuse(name: str) -> Any:
        def refused(*args: object, **kwargs: object) -> Any:
            raise NotJudged(f"{name}() runs text as a program")

        return refused


class Everything(MutableMapping[str, Any]):
    """What ``globals()`` answers: the test's own names, then the student's."""

    def __init__(self, judge: "Judge") -> None:
        self.judge = judge

    def __getitem__(self, name: str) -> Any:
        own = self.judge.shell.user_ns
        return own[name] if name in own else self.judge.look_up(name)

    def __setitem__(self, name: str, value: Any) -> None:
        self.judge.shell.user_ns[name] = value

    def __delitem__(self, name: str) -> None:
        del self.judge.shell.user_ns[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.judge.all_names())

    def __len__(self) -> int:
        return len(self.judge.all_names())


class Judge(Peer):
    """The judge's end of the line, and the names of the tests' cells."""

    def __init__(self, line: socket.socket, shell: Any, channel: Any) -> None:
        super().__init__(line)
        self.shell = shell
        self.channel = channel
        self.token = ""
        self.imports: dict[str, list[Any]] = {}
        self.own: set[str] = set()
        self.wanted: set[str] = set()
        self.told: dict[str, Any] = {}
        self.sources: dict[str, str] = {}
        self.cache: dict[str, Any] = {}
        self.files: Files | None = None
        self.seeds_watched = self.seeds_set = False
        self.crossing: str | None = None
        self.own_builtins = Names(self)

    def install(self) -> None:
        """Make this process the judge, for good."""
        self.shell.user_ns["__builtins__"] = self.own_builtins
        sys.addaudithook(self.guard)
        here = os.getcwd()
        fixed = {os.path.join(base, name) for base, _, names in os.walk(here) for name in names}
        self.fixed = fixed

    def guard(self, event: str, _args: tuple[Any, ...]) -> None:
        if event in NEVER:
            raise NotJudged(f"{event} is not possible here")

    def begin(self, plan: dict[str, Any], token: str, source: str) -> None:
        """A cell comes: ``plan`` says what its names mean."""
        self.token = token
        self.imports = plan["imports"]
        self.own = set(plan["own"])
        self.wanted = set(plan["wanted"])
        for name in plan["theirs"]:
            self.shell.user_ns.pop(name, None)
        self.cache = {}
        self.crossing = None
        if plan["seeds"] and not self.seeds_watched:
            seeds.watch(self.seeded)
            self.seeds_watched = True
        if plan["files"] and self.files is None:
            self.files = Files([os.getcwd(), "/tmp"], self.fixed)  # noqa: S108
        if self.wanted:
            self.remember(source)

    def seeded(self) -> None:
        self.seeds_set = True

    def remember(self, source: str) -> None:
        with contextlib.suppress(SyntaxError):
            lines = source.split("\n")
            for part in ast.parse(source).body:
                if isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                    first = min([part.lineno, *(d.lineno for d in part.decorator_list)])
                    self.sources[part.name] = "\n".join(lines[first - 1 : part.end_lineno])

    def verdict(self, error: BaseException) -> dict[str, Any]:
        """Return what the grader has to know of an error that ended the cell."""
        found: dict[str, Any] = {}
        if isinstance(error, CannotCross | NotJudged | Gone):
            found["crossing"] = self.crossing or getattr(error, "kind", str(error))
        trace = vars(error).get("__remote_trace__")
        if trace:
            found["trace"] = trace
        return found

    def end(self) -> None:
        """The cell is over: later cells of the student's may need what it defined."""
        with contextlib.suppress(Gone, Malformed, CannotCross):
            if self.wanted and self.pending():
                self.ask({"op": "names", "names": [], "nodes": []})

    # Names.

    def look_up(self, name: str) -> Any:
        """Return the student's value of a name. Raises KeyError when there is none."""
        __tracebackhide__ = True
        if name.startswith("__") or name in self.own:
            raise KeyError(name)
        if name in self.cache:
            return self.cache[name]
        if name in self.imports:
            module, attribute = self.imports[name]
            request = {"op": "is", "name": name, "module": module, "attribute": attribute}
            answer = self.asked(request)
            if answer.get("op") == "absent":
                raise KeyError(name)
            if self.got(answer) is not True:
                raise CannotCross(f"{name} (not what the lab imports)")
            value: Any = importlib.import_module(module)
            value = value if attribute is None else getattr(value, attribute)
        else:
            answer = self.asked({"op": "get", "name": name})
            if answer.get("op") == "absent":
                raise KeyError(name)
            value = self.got(answer)
            if type(value) is not types.FunctionType:
                return value
        self.cache[name] = value
        return value

    def asked(self, request: dict[str, Any]) -> dict[str, Any]:
        __tracebackhide__ = True
        try:
            return self.ask(request)
        except Malformed:
            raise CannotCross("(an answer that cannot be read)") from None

    def got(self, answer: dict[str, Any]) -> Any:
        __tracebackhide__ = True
        try:
            return self.result(answer)
        except Malformed:
            raise CannotCross("(an answer that cannot be read)") from None

    def result(self, answer: dict[str, Any], asked: Encoder | None = None) -> Any:
        __tracebackhide__ = True
        try:
            return super().result(answer, asked)
        except CannotCross as error:
            self.crossing = error.kind
            raise
        except (Malformed, ValueError, TypeError, IndexError, AttributeError, KeyError) as error:
            if hasattr(error, "__remote_trace__"):
                raise
            self.crossing = "(an answer that cannot be read)"
            raise CannotCross(self.crossing) from None

    def all_names(self) -> list[str]:
        theirs = self.got(self.asked({"op": "list"}))
        names = [name for name in theirs if isinstance(name, str) and not name.startswith("_")]
        return sorted({*self.shell.user_ns, *names} - self.own)

    def everything(self) -> Everything:
        return Everything(self)

    def locals_of(self) -> Any:
        frame = sys._getframe(1)
        return Everything(self) if frame.f_locals is self.shell.user_ns else frame.f_locals

    def vars_of(self, *args: Any) -> Any:
        if args:
            return vars(*args)
        frame = sys._getframe(1)
        return Everything(self) if frame.f_locals is self.shell.user_ns else frame.f_locals

    def dir_of(self, *args: Any) -> list[str]:
        if args:
            return dir(*args)
        frame = sys._getframe(1)
        return self.all_names() if frame.f_locals is self.shell.user_ns else sorted(frame.f_locals)

    # What travels with the messages.

    def enclose(self, message: dict[str, Any]) -> None:
        if self.seeds_set:
            message["seeds"] = seeds.state()
            self.seeds_set = False
        if self.files is not None:
            message["files"] = self.files.changed()

    def ask(self, request: dict[str, Any]) -> dict[str, Any]:
        __tracebackhide__ = True
        pending = self.pending() if self.wanted else []
        if pending:
            encoder = Encoder(self.export)
            names = [[name, kind, self.shipped(kind, value, encoder)]
                     for name, kind, value in pending]  # fmt: skip
            names = [entry for entry in names if entry[2] is not Missing]
            told = super().ask({"op": "names", "names": names, "nodes": encoder.nodes})
            if request["op"] == "names":
                return told
        return super().ask(request)

    def pending(self) -> list[tuple[str, str, Any]]:
        """Return what the tests bound since it was last told, of the names that cells need."""
        found: list[tuple[str, str, Any]] = []
        own = self.shell.user_ns
        for name in sorted(self.wanted & own.keys()):
            value = own[name]
            plain = not isinstance(value, codec.SCALARS) and type(value) in codec.ENCODERS
            if name in self.told and self.told[name] is value and not plain:
                continue
            self.told[name] = value
            if isinstance(value, types.ModuleType):
                found.append((name, "module", value.__name__))
            elif name in self.sources and isinstance(value, types.FunctionType | type):
                found.append((name, "source", self.sources[name]))
            else:
                found.append((name, "value", value))
        return found

    @staticmethod
    def shipped(kind: str, value: Any, encoder: Encoder) -> Any:
        if kind != "value":
            return value
        try:
            return encoder.slot(value)
        except CannotCross:
            return Missing

    def unpack(self, message: dict[str, Any]) -> None:
        said, stale = message.get("said"), message.get("stale")
        for name in stale if isinstance(stale, list) else ():
            if isinstance(name, str) and name not in self.imports:
                self.cache.pop(name, None)
        if self.files is not None:
            self.files.take(message.get("files"))
        for entry in said if isinstance(said, list) else ():
            self.say(entry)

    def say(self, entry: Any) -> None:
        """Show in this cell what the student's code showed when it was called."""
        kind, content = entry
        if kind == "stream":
            stream = sys.stderr if content["name"] == "stderr" else sys.stdout
            stream.write(codec.text(content["text"]))
        elif kind in ("display_data", "update_display_data", "error"):
            for stream in (sys.stdout, sys.stderr):
                stream.flush()
            self.channel.frame({"token": self.token, "kind": kind, "content": dict(content)})

    # Values.

    def export_more(self, value: Any, encoder: Encoder) -> Node | None:
        """Name what the student's process has too; give it a copy of a library's own objects."""
        place = global_name(value)
        if place is not None:
            return ["global", *place]
        kind = type(value)
        if callable(value) and isinstance(value, types.FunctionType | types.MethodType):
            return None
        if isinstance(value, LIBRARY_OBJECTS) or (
            global_name(kind) is not None and not hasattr(kind, "__next__")
        ):
            with contextlib.suppress(Exception):
                return ["pickled", codec.packed(pickle.dumps(value))]
        return None

    def adopt_more(self, node: Node, decoder: Decoder) -> Any:
        if node[0] != "class":
            raise Malformed
        module, name = codec.text(node[1]), codec.text(node[2])
        if module == "builtins" and name in PLAIN_CLASSES:
            return type(None) if name == "NoneType" else getattr(builtins, name)
        if module == "numpy" and "numpy" in sys.modules:
            found = getattr(sys.modules["numpy"], name, None)
            if isinstance(found, type) and issubclass(found, sys.modules["numpy"].generic):
                return found
        found = error_class(module, name)
        if found is None:
            raise CannotCross(name[:80])
        return found


def global_name(value: Any) -> tuple[str, str] | None:
    """Return the module and the name of what a library defines, when they lead back to it."""
    module, name = getattr(value, "__module__", None), getattr(value, "__qualname__", None)
    owner = getattr(value, "__objclass__", None)
    if module is None and isinstance(owner, type):
        module = owner.__module__
    if not isinstance(module, str) or not isinstance(name, str) or module == "__main__":
        return None
    found: Any = sys.modules.get(module)
    if found is None or (module != "builtins" and not installed(found)):
        return None
    for part in name.split("."):
        found = getattr(found, part, None)
    return (module, name) if found is value else None
