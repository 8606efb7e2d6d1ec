"""A small site and a small lab for tests of the proxy: real gunicorn, real WebSockets."""

import sys
import time

from flask import Flask, Response, request

app = Flask(__name__)
app.config["MAX_CONTENT_LENGTH"] = 1_000_000


@app.get("/")
def page():
    return f"site for {request.host}"


@app.get("/stream/<int:events>/<float:pause>")
def stream(events: int, pause: float):
    def lines():
        for number in range(events):
            if number:
                time.sleep(pause)
            yield f"data: {number}\n\n"

    return Response(lines(), mimetype="text/event-stream")


@app.post("/upload")
def upload():
    return f"{len(request.files['file'].read())} bytes"


@app.errorhandler(413)
def too_large(error):
    return "too large, says the site", 413


def lab(port: int, path: str) -> None:
    """A server with a WebSocket that echoes, as a person's JupyterLab has them."""
    import asyncio

    from tornado.httpserver import HTTPServer
    from tornado.netutil import bind_unix_socket
    from tornado.web import Application, RequestHandler
    from tornado.websocket import WebSocketHandler

    class Echo(WebSocketHandler):
        def select_subprotocol(self, subprotocols):
            return subprotocols[0] if subprotocols else None

        def on_message(self, message):
            self.write_message(message, binary=isinstance(message, bytes))

    class Page(RequestHandler):
        def get(self):
            self.write(f"lab at {self.request.path}")

        def put(self):
            self.set_status(204)

    async def serve():
        server = HTTPServer(Application([(r".*/echo", Echo), (r".*", Page)]))
        server.listen(port, "127.0.0.1")
        server.add_socket(bind_unix_socket(path))
        await asyncio.Event().wait()

    asyncio.run(serve())


if __name__ == "__main__":
    lab(int(sys.argv[1]), sys.argv[2])
