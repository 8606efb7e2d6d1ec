"""What a server has to be for a lab, where servers are containers."""

import os
from collections.abc import Mapping

from app.operations.queries.lines import all_profiles
from jupyter_config.profiles import Profile

__all__ = ["fits", "profile_for", "profile_named"]


def profile_for(environment: str, environ: Mapping[str, str] = os.environ) -> Profile | None:
    """The profile in which a lab of ENVIRONMENT opens; None where one server has everything."""
    profiles = all_profiles(environ)
    return None if profiles is None else profiles.for_environment(environment)


def profile_named(name: str, environ: Mapping[str, str] = os.environ) -> Profile | None:
    profiles = all_profiles(environ)
    return None if profiles is None else profiles.profiles.get(name)


def fits(running: str, wanted: Profile, environ: Mapping[str, str] = os.environ) -> bool:
    """Whether a server of the profile RUNNING has what a lab for WANTED needs: the same image."""
    found = profile_named(running, environ)
    return running == wanted.name or (found is not None and found.image == wanted.image)
