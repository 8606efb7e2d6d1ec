"""The real proxy before a real gunicorn with the house's settings: nothing is held back."""

import asyncio
import http.client
import json
import os
import select
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest
from tornado.httpclient import AsyncHTTPClient, HTTPRequest
from tornado.websocket import websocket_connect

from app.hosting.house import proxy_command
from app.hosting.places import CHECKOUT, Listen
from app.hosting.ports import free_port

HERE = Path(__file__).parent


@dataclass
class Front:
    port: int
    api_port: int
    lab_port: int
    site: subprocess.Popen
    site_port: int

    @contextmanager
    def ask(
        self, path: str, method: str = "GET", body: bytes | None = None, **headers: str
    ) -> Iterator[http.client.HTTPResponse]:
        """The response whose body is still to be read, as it comes."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request(method, path, body, headers)
            with connection.getresponse() as response:
                yield response
        finally:
            connection.close()

    def get(self, path: str, host: str = "localhost") -> httpx.Response:
        url = f"http://127.0.0.1:{self.port}{path}"
        return httpx.get(url, headers={"Host": host}, timeout=30, trust_env=False)

    def add_route(self, route: str, target: str) -> None:
        httpx.post(
            f"http://127.0.0.1:{self.api_port}/api/routes{route}",
            content=json.dumps({"target": target}),
            headers={"Authorization": "token for-tests"},
            trust_env=False,
        ).raise_for_status()


@contextmanager
def started(command: tuple[str, ...], **environment: str) -> Iterator[subprocess.Popen]:
    process = subprocess.Popen(command, cwd=HERE, env={**os.environ, **environment})
    try:
        yield process
    finally:
        process.terminate()
        process.wait(20)


def wait_for_answer(url: str) -> None:
    deadline = time.monotonic() + 120
    while True:
        try:
            httpx.get(url, trust_env=False)
            return
        except httpx.HTTPError:
            assert time.monotonic() < deadline, url
            time.sleep(0.05)


def gunicorn(port: int) -> tuple[str, ...]:
    return (
        *(sys.executable, "-m", "gunicorn", "tiny_site:app"),
        *("--config", "python:app.hosting.gunicorn_config", "--bind", f"127.0.0.1:{port}"),
    )


@pytest.fixture(scope="module")
def front(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Front]:
    lab_socket = tmp_path_factory.mktemp("lab") / "socket"
    ports = [free_port() for _ in range(4)]
    site_port, port, api_port, lab_port = ports
    proxy = proxy_command(
        Listen("127.0.0.1", port), site=f"http://127.0.0.1:{site_port}", api_port=api_port
    )
    path = f"{CHECKOUT}{os.pathsep}{HERE}"
    with ExitStack() as stack:
        site = stack.enter_context(started(gunicorn(site_port), PYTHONPATH=path))
        stack.enter_context(
            started((sys.executable, "tiny_site.py", str(lab_port), str(lab_socket)))
        )
        stack.enter_context(started(proxy, CONFIGPROXY_AUTH_TOKEN="for-tests"))
        for each in (site_port, port, lab_port):
            wait_for_answer(f"http://127.0.0.1:{each}/")
        front = Front(port, api_port, lab_port, site, site_port)
        front.add_route("/mei.labs.localhost/user/mei", f"http://127.0.0.1:{lab_port}")
        front.add_route(
            "/hao.labs.localhost/user/hao", f"unix+http://{quote(str(lab_socket), safe='')}"
        )
        yield front


class TestConnections:
    def test_the_site_does_not_close_a_connection_that_the_proxy_is_about_to_use(self, front):
        """Gunicorn's own two seconds lost one request of thousands, as "503" on somebody's page."""
        connection = http.client.HTTPConnection("127.0.0.1", front.site_port, timeout=30)
        connection.request("GET", "/")
        assert connection.getresponse().read() == b"site for 127.0.0.1:%d" % front.site_port
        socket = connection.sock
        readable, _, _ = select.select([socket], [], [], 4)
        connection.request("GET", "/")
        assert connection.getresponse().status == 200
        assert readable == [] and connection.sock is socket
        connection.close()


class TestHosts:
    def test_the_site_is_the_default(self, front):
        assert front.get("/").text == "site for localhost"

    def test_a_person_s_host_goes_to_her_server_with_the_whole_path(self, front):
        assert front.get("/user/mei/lab", "mei.labs.localhost").text == "lab at /user/mei/lab"

    def test_a_person_s_server_is_not_on_the_site_s_host_nor_on_another_s(self, front):
        assert front.get("/user/mei/lab").status_code == 404
        assert front.get("/user/mei/lab", "an.labs.localhost").status_code == 404

    def test_the_routes_cannot_be_changed_without_the_token(self, front):
        url = f"http://127.0.0.1:{front.api_port}/api/routes/localhost"
        body = '{"target": "http://127.0.0.1:1"}'
        assert httpx.post(url, content=body, trust_env=False).status_code == 403


class TestStreams:
    def test_an_event_arrives_when_it_is_sent_not_at_the_end(self, front):
        began = time.monotonic()
        with front.ask("/stream/3/1.0") as response:
            assert response.readline() == b"data: 0\n"
            assert time.monotonic() - began < 0.5
            assert b"data: 2" in response.read()

    def test_a_stream_that_is_silent_for_long_stays_open(self, front):
        with front.ask("/stream/2/22.0") as response:
            assert b"data: 1" in response.read()

    def test_a_page_comes_within_100_ms_while_50_streams_are_open(self, front):
        with ExitStack() as stack:
            streams = [stack.enter_context(front.ask("/stream/40/0.1")) for _ in range(50)]
            assert [stream.readline() for stream in streams] == [b"data: 0\n"] * 50
            client = stack.enter_context(httpx.Client(trust_env=False))
            seconds = []
            for _ in range(15):
                began = time.monotonic()
                assert client.get(f"http://127.0.0.1:{front.port}/").status_code == 200
                seconds.append(time.monotonic() - began)
                time.sleep(0.02)
            # The median: the machine of a test has other things to do now and then.
            assert sorted(seconds)[7] < 0.1, seconds
            for stream in streams:
                assert b"data: 39" in stream.read()


class TestUploads:
    BODY_START = b'--B\r\nContent-Disposition: form-data; name="file"; filename="x"\r\n\r\n'
    BODY_END = b"\r\n--B--\r\n"

    def upload(self, front: Front, size: int) -> tuple[int, bytes]:
        body = self.BODY_START + bytes(size) + self.BODY_END
        headers = {"Content-Type": "multipart/form-data; boundary=B", "Connection": "keep-alive"}
        # This client does not look at an answer before it has sent everything.
        with front.ask("/upload", "POST", body, **headers) as response:
            return response.status, response.read()

    def test_of_200_mb_is_refused_with_the_site_s_own_words(self, front):
        assert self.upload(front, 200_000_000) == (413, b"too large, says the site")

    def test_that_the_site_takes_arrives(self, front):
        assert self.upload(front, 900_000) == (200, b"900000 bytes")

    def test_that_are_too_large_do_not_wear_the_site_out(self, front):
        with ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(lambda _: self.upload(front, 5_000_000), range(24)))
        assert answers == [(413, b"too large, says the site")] * 24
        assert front.get("/").status_code == 200


class TestWebSockets:
    def test_carry_text_bytes_and_the_subprotocol(self, front):
        async def talk() -> tuple[object, ...]:
            request = HTTPRequest(
                f"ws://127.0.0.1:{front.port}/user/mei/echo",
                headers={"Host": "mei.labs.localhost", "Origin": "http://mei.labs.localhost"},
            )
            # Tornado's client checks the origin against Host; both are the person's host.
            socket = await websocket_connect(request, subprotocols=["v1.kernel"])
            await socket.write_message("你好")
            text = await socket.read_message()
            await socket.write_message(bytes(2_000_000), binary=True)
            data = await socket.read_message()
            chosen = socket.selected_subprotocol
            socket.close()
            assert await socket.read_message() is None  # the other side has closed it too
            await asyncio.sleep(0.1)
            return text, len(data), chosen

        assert asyncio.run(talk()) == ("你好", 2_000_000, "v1.kernel")


class TestServersBehindUnixSockets:
    """People's labs: what they save must not be lost between two machines' turns."""

    def test_thousands_of_saves_all_arrive(self, front):
        async def save() -> Counter[int]:
            client = AsyncHTTPClient(force_instance=True, max_clients=8)
            request = HTTPRequest(
                f"http://127.0.0.1:{front.port}/user/hao/save",
                method="PUT",
                headers={"Host": "hao.labs.localhost"},
                body="x" * 300,
            )
            seen: Counter[int] = Counter()
            for _round in range(30):
                answers = (client.fetch(request, raise_error=False) for _ in range(100))
                seen.update(answer.code for answer in await asyncio.gather(*answers))
            client.close()
            return seen

        assert asyncio.run(save()) == {204: 3000}

    def test_websockets_pass(self, front):
        async def talk() -> object:
            request = HTTPRequest(
                f"ws://127.0.0.1:{front.port}/user/hao/echo",
                headers={"Host": "hao.labs.localhost", "Origin": "http://hao.labs.localhost"},
            )
            socket = await websocket_connect(request, subprotocols=["v1.kernel"])
            await socket.write_message("你好")
            answer = await socket.read_message()
            socket.close()
            assert await socket.read_message() is None
            return answer

        assert asyncio.run(talk()) == "你好"


class TestWhenTheSiteIsDown:
    def test_people_see_a_page_in_both_languages_that_tries_again(self, front):
        front.add_route("/down.localhost", f"http://127.0.0.1:{free_port()}")
        response = front.get("/", "down.localhost")
        assert response.status_code == 503
        assert "暫時無法回應" in response.text
        assert "Not answering for the moment" in response.text
        assert 'http-equiv="refresh" content="5"' in response.text
        assert "<script" not in response.text
