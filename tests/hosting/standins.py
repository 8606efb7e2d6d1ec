"""Small real programs that stand where the site and the Hub would, and a house built of them.

Run as ``python standins.py INSTANCE PORT [worker-exits]``: opens the house like ``banyan up``.
"""

import os
import sys
from pathlib import Path

import click

from app.hosting.answering import answers
from app.hosting.errors import HostingError
from app.hosting.house import House, proxy_part
from app.hosting.places import Listen, internal_ports
from app.hosting.postgres import cluster_of
from app.hosting.processes import Part
from app.hosting.steps import Step
from app.hosting.supervisor import run_house
from app.kernel.config import Config

SITE = """
import http.server, os, sys, time, threading
class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def log_message(self, *args): pass
    def do_GET(self):
        if self.path.startswith("/stream"):
            self.send_response(200)
            self.send_header("Content-Type", "text/event-stream")
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            for number in range(int(self.path.rpartition("/")[2])):
                line = f"data: {number}\\n\\n".encode()
                self.wfile.write(b"%x\\r\\n%s\\r\\n" % (len(line), line))
                self.wfile.flush()
                time.sleep(0.1)
            self.wfile.write(b"0\\r\\n\\r\\n")
            return
        body = f"site {os.getpid()} {self.headers['Host']}".encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    def do_POST(self):
        if int(self.headers["Content-Length"]) > 1_000_000:
            body = b"too large"
            self.send_response(413)
            self.send_header("Connection", "close")
        else:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        self.close_connection = True
class Server(http.server.ThreadingHTTPServer):
    request_queue_size = 128
Server(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
"""

# Starts a grandchild in a session of its own, as the Hub starts people's servers.
HUB = """
import subprocess, sys, time
child = subprocess.Popen(["sleep", "987654"], start_new_session=True)
open(sys.argv[1], "w").write(str(child.pid))
time.sleep(987654)
"""

WORKER = "import time; time.sleep(987654)"
# Ends with code 0 once it is told to, as the real one does when the database goes away.
WORKER_THAT_EXITS = """
import pathlib, time
while not pathlib.Path("exit").exists():
    time.sleep(0.05)
"""


def furnish_with(worker: str):
    def furnish(config: Config, environ):
        run = config.instance / "run"
        listen = Listen("127.0.0.1", int(environ["PORT"]))
        ports = internal_ports(run, ("site", "proxy_api"), avoid=listen.port)
        cluster = cluster_of(config.instance)
        if not cluster.is_running():
            cluster.choose_port()
        environment = {"PATH": os.environ["PATH"], "DATABASE_URL": cluster.url()}
        grandchild = run / "grandchild"

        def part(name: str, *command: str, ready=lambda: True, **options) -> Part:
            return Part(name, (sys.executable, "-c", *command), run, environment, ready, **options)

        parts = (
            proxy_part(
                listen,
                site=f"http://127.0.0.1:{ports['site']}",
                api_port=ports["proxy_api"],
                token="token",
                after_restart=lambda: (run / "routes_restored").touch(),
            ),
            part(
                *("site", SITE, str(ports["site"])),
                ready=lambda: answers(f"http://127.0.0.1:{ports['site']}/"),
            ),
            part("hub", HUB, str(grandchild), ready=grandchild.exists, required=False),
            part("worker", worker, stop_seconds=2),
        )
        return House(config, listen, cluster, environment, parts)

    return furnish


def main() -> None:
    instance, port = Path(sys.argv[1]), sys.argv[2]
    worker = WORKER_THAT_EXITS if "worker-exits" in sys.argv else WORKER
    step = Step(
        *("prepare", "Prepare", (sys.executable, "-c", "open('/dev/null')")),
        inputs=(Path(__file__).parent,),
    )
    environ = {"BANYAN_INSTANCE": str(instance), "PORT": port}
    try:
        run_house(
            Config.from_environ(environ),
            environ,
            say=lambda line: click.echo(line),
            furnish=furnish_with(worker),
            steps_of=lambda config: (step,),
        )
    except HostingError as error:
        click.echo(f"refused: {error.message}")
        sys.exit(1)


if __name__ == "__main__":
    main()
