"""What servers in containers have in common: a profile, an environment, a command."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Any, Final

from jupyterhub import orm
from traitlets import Any as AnyTrait
from traitlets import Unicode
from traitlets.config import LoggingConfigurable

from jupyter_config.profiles import Profile, Profiles

__all__ = [
    "DATA",
    "MEBIBYTE",
    "PACKAGE",
    "PORT",
    "SHARED_MEMORY_MB",
    "ProfiledSpawner",
    "take_options",
]

MEBIBYTE: Final = 1024 * 1024
#: Where every image keeps the lab-side package (deploy/images/Containerfile.lab).
PACKAGE: Final = "/opt/banyan/jupyter_config"
PYTHON: Final = "/opt/banyan/.venv/bin/python"
DATA: Final = "/data"
PORT: Final = 8888
SHARED_MEMORY_MB: Final = 256
LOCALES: Final = ("zh-Hant-TW", "en")
#: The service of the Hub by which the site starts servers (jupyterhub_config.py).
SITE: Final = "site"

PULLING = (10, "正在安排位置", "Finding a place for your server")
STARTING = (60, "正在啟動 JupyterLab", "Starting JupyterLab")


if TYPE_CHECKING:
    from jupyterhub.spawner import Spawner as Base
else:  # a Spawner itself would have to start something
    Base = LoggingConfigurable


class ProfiledSpawner(Base):
    """Beside another spawner: one server per person, as large as its profile says."""

    profiles = AnyTrait(help="The installation's Profiles.").tag(config=True)
    site_url = Unicode(help="The site's address in the browser.").tag(config=True)
    exchange_url = Unicode(help="The exchange, as servers reach it.").tag(config=True)

    reader_locale = "zh-Hant-TW"
    #: A smaller limit of memory, which came with the site's yes (jupyter_config/admission.py).
    resident_mb: int | None = None
    _chosen: Profile | None = None

    @property
    def profile(self) -> Profile:
        """What this server may use."""
        found: Profiles = self.profiles
        return self._chosen or found.default

    @property
    def memory_mb(self) -> int:
        """The limit of her memory: the profile's, or what the site grants her course, if less."""
        return min(self.profile.memory_mb, self.resident_mb or self.profile.memory_mb)

    def take_options(self, options: dict[str, Any]) -> None:
        """Take the reader's locale, and the profile by its name or by a lab's environment.

        Whoever starts a server may send anything here, so everything else is thrown away, and a
        profile with a quota is only for whom the site's queue has called: a start that the person
        herself asks of the Hub gets the ordinary one. Raises ValueError for an unknown profile.
        """
        locale, name = options.get("locale"), options.get("profile")
        self.reader_locale = locale if locale in LOCALES else LOCALES[0]
        found: Profiles = self.profiles
        if name is None or name == "":
            self._chosen = found.for_environment(str(options.get("environment", "")))
        elif name not in found.profiles:
            raise ValueError(f"There is no profile {name!r}.")
        else:
            self._chosen = found.named(name)
        if self._chosen.quota is not None and not self._asked_by_the_site():
            self.log.warning(
                "%s did not get the profile %s: only the site gives it.",
                self.user.name,
                self._chosen.name,
            )
            self._chosen = found.default

    def _asked_by_the_site(self) -> bool:
        """Say whether the site asks, which is a service of the Hub, and no person of that name."""
        requester = getattr(self.handler, "current_user", None)
        return isinstance(requester, orm.Service) and requester.name == SITE

    def get_state(self) -> dict[str, Any]:
        state: dict[str, Any] = super().get_state()
        state["banyan_profile"] = self.profile.name
        return state

    def load_state(self, state: dict[str, Any]) -> None:
        super().load_state(state)
        found: Profiles = self.profiles
        self._chosen = found.profiles.get(state.get("banyan_profile", ""))

    def command(self) -> list[str]:
        """Return how the server starts in its container."""
        return [PYTHON, "-P", "-s", f"{PACKAGE}/singleuser.py"]

    def lab_environment(self) -> dict[str, str]:
        """Return the variables that the lab-side package and libraries read."""
        name, profile = self.user.name, self.profile
        threads = str(max(1, int(profile.cpu)))
        idle = str(profile.idle_minutes * 60)
        return {
            "BANYAN_EXCHANGE_URL": self.exchange_url,
            "BANYAN_IDLE_SECONDS": self.environment.get("BANYAN_IDLE_SECONDS", idle),
            "BANYAN_LOCALE": self.reader_locale,
            "BANYAN_URL": self.site_url,
            "HOME": f"/home/{name}",
            "JUPYTERHUB_ROOT_DIR": f"/home/{name}",
            "JUPYTER_CONFIG_PATH": f"{PACKAGE}/lab",
            # Its sockets belong on a file system of the machine, which a home may not be.
            "JUPYTER_RUNTIME_DIR": "/tmp/jupyter",  # noqa: S108  # the container's own
            "LANG": "C.UTF-8",
            "OMP_NUM_THREADS": threads,
            "OPENBLAS_NUM_THREADS": threads,
            "SHELL": "/bin/bash",
            "TZ": "Asia/Taipei",
            "USER": name,
        }

    async def progress(self) -> AsyncIterator[dict[str, Any]]:
        """Yield what happens, in both languages, as the local spawner does."""
        for percent, chinese, english in (PULLING, STARTING):
            yield {
                "progress": percent,
                "message": f"{chinese} · {english}",
                "messages": {"zh-Hant-TW": chinese, "en": english},
            }


def take_options(spawner: ProfiledSpawner, options: dict[str, Any]) -> None:
    """Give the Hub's ``apply_user_options`` to the spawner. Raises ValueError."""
    spawner.take_options(options)
