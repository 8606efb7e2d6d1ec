"""Entry point of a person's JupyterLab: serve on the descriptor that the spawner handed in."""

from __future__ import annotations

import os
import socket
import sys

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

from jupyter_server.serverapp import ServerApp


def serve_on_descriptor(app: ServerApp) -> None:
    """Replace the server's own binding: the sandbox has no network to bind on."""
    listener = socket.socket(fileno=int(os.environ["BANYAN_LISTEN_FD"]))
    listener.setblocking(False)
    os.set_inheritable(listener.fileno(), False)
    app.http_server.add_socket(listener)


def main(seed: socket.socket | None = None) -> None:
    """Start the server, if there is a descriptor for it; elsewhere (a container) start plainly.

    ``seed`` is the line to the process that kernels are forked from, where there is one.
    """
    os.umask(0o077)
    if "BANYAN_LISTEN_FD" in os.environ:
        ServerApp._bind_http_server = serve_on_descriptor  # type: ignore[method-assign,assignment]
        ServerApp._find_http_port = lambda app: None  # type: ignore[method-assign,assignment]
    if seed is not None:
        from jupyter_config import forked_kernels

        forked_kernels.take_from(seed)
    from jupyterhub.singleuser import extension

    from jupyter_config.patient_hub import PatientHubOAuth

    extension.HubOAuth = PatientHubOAuth
    extension.main()


if __name__ == "__main__":
    main()
