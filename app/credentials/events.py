"""What happens to credentials."""

import uuid
from dataclasses import dataclass


@dataclass(frozen=True)
class CredentialIssued:
    """A credential was signed and its holder can show it."""

    credential_id: uuid.UUID


@dataclass(frozen=True)
class CredentialRevoked:
    """A credential is not valid any more, and nothing took its place."""

    credential_id: uuid.UUID
