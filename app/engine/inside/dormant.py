"""Runs inside the sandbox: libraries that are loaded, and not there before they are imported.

In a fresh Python ``import matplotlib; matplotlib.pyplot`` is an error, since nobody imported
``matplotlib.pyplot``. In a fork of a process that did, it would not be. So what the bare import
does not bring is put to sleep, and any import of a part of it wakes all of it, at no cost.
Packages that load their parts on access by themselves do not need this.
"""

import importlib.abc
import importlib.machinery
import sys
from collections.abc import Sequence
from types import ModuleType


class Dormant(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """The parts of a package that its bare import does not bring."""

    def __init__(self, package: str) -> None:
        """Note what the package's bare import brought, before anything imports more of it."""
        self.package = package
        self.natural = set(self._loaded())
        self.parts: dict[str, ModuleType] = {}
        self.names: dict[str, ModuleType] = {}
        self.waking: dict[str, tuple[ModuleType, object]] = {}

    def _loaded(self) -> list[str]:
        return [name for name in sys.modules if name.startswith(f"{self.package}.")]

    def sleep(self) -> None:
        """Take away what was loaded since."""
        top = sys.modules[self.package]
        for name in self._loaded():
            if name in self.natural:
                continue
            module = self.parts[name] = sys.modules.pop(name)
            child = name.removeprefix(f"{self.package}.")
            if vars(top).get(child) is module:
                self.names[child] = module
                delattr(top, child)
        sys.meta_path.insert(0, self)

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """Wake all parts when one is asked for; importlib puts that one in place itself."""
        asked = self.parts.pop(fullname, None)
        if asked is None:
            return None
        sys.modules.update(self.parts)
        for child, module in self.names.items():
            setattr(sys.modules[self.package], child, module)
        self.parts, self.names = {}, {}
        if self in sys.meta_path:
            sys.meta_path.remove(self)
        self.waking[fullname] = asked, asked.__spec__
        return importlib.machinery.ModuleSpec(fullname, self, is_package=hasattr(asked, "__path__"))

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType:
        return self.waking[spec.name][0]

    def exec_module(self, module: ModuleType) -> None:
        """It ran long ago: only its own spec comes back."""
        for known, spec in self.waking.values():
            if known is module:
                module.__spec__ = spec  # type: ignore[assignment]
        self.waking.clear()
