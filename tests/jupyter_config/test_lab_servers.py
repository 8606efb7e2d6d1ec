"""The real Hub, proxy and lab servers: the road of a person, and the walls around her."""

import json
import os
import re
import socket
import time

import pytest

from jupyter_config.processes import ServerProcess, started_at
from tests.jupyter_config.conftest import CHECKOUT, wait

pytestmark = pytest.mark.journey
OPEN = "banyan/open?course_id=smart-a&assignment_id=first-lab"


@pytest.fixture(scope="module")
def mei(house):
    """Mei, with her server running and her browser signed in there."""
    house.start_server("mei")
    return signed_in(house, "mei")


@pytest.fixture(scope="module")
def an_chi(house):
    house.start_server("an-chi")
    return signed_in(house, "an-chi")


@pytest.fixture(scope="module", params=["forked", "cold"])
def lab(request, house):
    """Whose server runs: forked from the warm process, or started as a new one."""
    if request.param == "forked":
        house.start_server("mei")
        assert house.process("mei").server
        return "mei"
    house.start_server("ya-wen", warm=False)
    assert not house.process("ya-wen").server
    return "ya-wen"


class TestOpeningALab:
    def test_lands_in_the_lab_with_its_files(self, house, mei):
        answer = mei.get(house.person_url("mei", OPEN))
        assert answer.url.path == (
            "/user/mei/lab/workspaces/smart-a_first-lab/tree/smart-a/first-lab/first.ipynb"
        )
        assert answer.status_code == 200
        listed = mei.get(house.person_url("mei", "api/contents/smart-a/first-lab")).json()
        assert {item["name"] for item in listed["content"]} == {"first.ipynb", "data"}

    def test_again_leaves_her_work_as_it_is(self, house, mei):
        mei.get(house.person_url("mei", OPEN))
        file = house.instance / "homes" / "mei" / "smart-a" / "first-lab" / "first.ipynb"
        work = json.loads(file.read_text())
        work["cells"][0]["source"] = "mine = 1"
        file.write_text(json.dumps(work))
        mei.get(house.person_url("mei", OPEN))
        assert "mine = 1" in file.read_text()

    def test_a_lab_that_is_not_hers_is_explained_in_both_languages(self, house, mei):
        answer = mei.get(
            house.person_url("mei", "banyan/open?course_id=smart-b&assignment_id=first-lab")
        )
        assert answer.status_code == 404
        assert "這個實作目前無法開啟" in answer.text
        assert "This lab is not open to you" in answer.text
        assert house.site_url in answer.text

    def test_a_silent_site_is_explained_in_both_languages(self, house, mei):
        house.site.releases["smart-a", "second-lab"] = house.site.releases["smart-a", "first-lab"]
        house.site.down = True
        try:
            answer = mei.get(
                house.person_url("mei", "banyan/open?course_id=smart-a&assignment_id=second-lab")
            )
        finally:
            house.site.down = False
            del house.site.releases["smart-a", "second-lab"]
        assert answer.status_code == 503
        assert "目前拿不到實作檔案" in answer.text
        assert "Your files are safe" in answer.text

    def test_a_name_that_could_be_a_path_is_refused(self, house, mei):
        answer = mei.get(house.person_url("mei", "banyan/open?course_id=..&assignment_id=x"))
        assert answer.status_code == 400

    def test_a_person_without_labs_does_not_get_in(self, house, mei):
        answer = house.browser("stranger").get(house.person_url("mei", OPEN))
        assert answer.status_code == 403
        assert "你目前不能使用實作環境" in answer.text

    def test_another_person_does_not_get_in(self, house, mei, an_chi):
        answer = an_chi.get(house.person_url("mei", OPEN))
        assert answer.status_code == 403


class TestTheAssignmentList:
    def test_fetches_submits_and_shows_feedback(self, house, an_chi):
        an_chi.get(house.person_url("an-chi", "lab"))
        xsrf = {"X-XSRFToken": xsrf_of(an_chi, "an-chi")}

        def act(action):
            return an_chi.post(
                house.person_url("an-chi", f"assignments/{action}"),
                json={"course_id": "smart-a", "assignment_id": "first-lab"},
                headers=xsrf,
            ).json()

        url = house.person_url("an-chi", "assignments?course_id=smart-a")
        assert an_chi.get(url).json()["value"][0]["status"] == "released"
        assert act("fetch")["value"][0]["status"] == "fetched"
        submitted = act("submit")["value"][1]
        assert submitted["status"] == "submitted"
        assert not submitted["submissions"][0]["has_local_feedback"]
        shown = act("fetch_feedback")["value"][1]["submissions"][0]
        page = f"{shown['local_feedback_path']}/first.html"
        assert an_chi.get(house.person_url("an-chi", f"files/{page}")).text == "<p>well done</p>"

    def test_the_other_way_to_submit_answers_with_a_receipt(self, house, an_chi):
        an_chi.get(house.person_url("an-chi", OPEN))
        place = house.person_url(
            "an-chi", "banyan/submit?course_id=smart-a&assignment_id=first-lab"
        )
        assert an_chi.post(place).status_code == 403
        answer = an_chi.post(place, headers={"X-XSRFToken": xsrf_of(an_chi, "an-chi")})
        assert answer.status_code == 201
        assert len(answer.json()["receipt"]) == 16

    def test_instructors_tools_stay_hidden(self, house, mei):
        page = mei.get(house.person_url("mei", "lab")).text
        found = re.search(r'id="jupyter-config-data"[^>]*>(.*?)</script>', page, re.S)
        disabled = json.loads(found[1])["disabledExtensions"]
        assert "@jupyter/nbgrader:formgrader" in disabled
        assert "@jupyter/nbgrader:create-assignment" in disabled
        assert mei.get(house.person_url("mei", "formgrader")).status_code == 404


def test_where_she_was_and_what_she_set_is_kept_in_her_home(house, lab):
    browser = signed_in(house, lab)
    page = browser.get(house.person_url(lab, "lab"))
    headers = {"X-XSRFToken": browser.cookies.get("_xsrf", path=f"/user/{lab}/") or ""}
    there = {"data": {"layout-restorer:data": {}}, "metadata": {"id": "mine"}}
    set_to = {"raw": '{"theme": "JupyterLab Dark"}'}
    for what, sent in (
        ("workspaces/mine", there),
        ("settings/@jupyterlab/apputils-extension:themes", set_to),
    ):
        answer = browser.put(
            house.person_url(lab, f"lab/api/{what}"),
            headers=headers | {"Referer": str(page.url)},
            content=json.dumps(sent),
        )
        assert answer.status_code == 204, answer.text
    kept = house.instance / "homes" / lab / ".jupyter" / "lab"
    assert list((kept / "workspaces").iterdir())
    assert "Dark" in next((kept / "user-settings").rglob("themes.*")).read_text()


class TestWhatAKernelSees:
    def test_it_computes_and_draws(self, house, lab):
        drawn = house.run_code(
            lab,
            "import io, matplotlib.pyplot as plt, pandas, sklearn\n"
            "plt.plot([1, 2]); b = io.BytesIO(); plt.savefig(b); print(len(b.getvalue()) > 1000)",
        )
        assert drawn.startswith("True")

    def test_it_reads_neither_secrets_nor_courses_nor_another_home(self, house, lab, an_chi):
        hidden = (
            house.instance / "secrets" / "hub_api_token",
            house.instance / "homes" / "an-chi",
            CHECKOUT / "courses",
            CHECKOUT / "app",
            "/etc/shadow",
            "/home/an-chi",
        )
        paths = [str(path) for path in hidden]
        seen = house.run_code(lab, f"import os; print([p for p in {paths} if os.path.lexists(p)])")
        assert seen.strip() == "[]"

    def test_no_port_of_the_host_answers(self, house, lab):
        with socket.create_server(("127.0.0.1", 0)) as server:
            places = [("127.0.0.1", port) for port in (house.port, server.getsockname()[1])]
            said = house.run_code(
                lab,
                "import socket\n"
                f"for place in {[*places, ('192.0.2.1', 80)]}:\n"
                "    try: socket.create_connection(place, 3); print('reached', place)\n"
                "    except OSError as error: print(type(error).__name__)",
            )
        assert said.split()[:2] == ["ConnectionRefusedError"] * 2
        assert "reached" not in said

    def test_the_servers_own_listening_socket_is_no_way_out(self, house, lab):
        # Code of hers can take it from the server. A TCP socket made outside could then be
        # reconnected to any port of the host; a Unix socket cannot. Kernels' own are made inside.
        said = house.run_code(
            lab,
            "import ctypes, os, socket\n"
            "libc = ctypes.CDLL(None, use_errno=True)\n"
            "here = {line.split()[9] for line in open('/proc/net/tcp')}\n"
            "for pid in filter(str.isdigit, os.listdir('/proc')):\n"
            "    try: handle = os.pidfd_open(int(pid)); fds = os.listdir(f'/proc/{pid}/fd')\n"
            "    except OSError: continue\n"
            "    for fd in fds:\n"
            "        taken = libc.syscall(438, handle, int(fd), 0)\n"
            "        try:\n"
            "            s = socket.socket(fileno=taken)\n"
            "            listens = s.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN)\n"
            "            if listens and str(os.fstat(taken).st_ino) not in here:\n"
            "                print(s.family.name)\n"
            "        except (OSError, ValueError):\n"
            "            continue\n"
            "        s.detach()\n",
        )
        assert set(said.split()) == {"AF_UNIX"}

    def test_the_exchange_answers_for_her_alone(self, house, lab):
        said = house.run_code(
            lab,
            "import os, sys; sys.path.insert(0, '/opt/banyan')\n"
            "from jupyter_config.exchange.client import ExchangeClient\n"
            "print(ExchangeClient.from_environ().courses())",
        )
        assert "smart-a" in said

    def test_her_token_does_nothing_at_the_hub_but_name_her(self, house, lab):
        said = house.run_code(
            lab,
            "import http.client, json, os, socket\n"
            "def ask(path, method='GET'):\n"
            "    c = http.client.HTTPConnection('localhost')\n"
            "    c.sock = socket.socket(socket.AF_UNIX)\n"
            "    c.sock.connect('/run/banyan/hub/hub.sock')\n"
            "    c.request(method, '/hub/api' + path, headers={'Authorization':"
            " 'token ' + os.environ['JUPYTERHUB_API_TOKEN']})\n"
            "    r = c.getresponse(); return r.status, json.loads(r.read() or '{}')\n"
            "print(ask('/user')[1]['name'], ask('/users')[0], ask('/users/an-chi')[0],"
            f" ask('/users/{lab}/tokens', 'POST')[0], ask('/shutdown', 'POST')[0])",
        )
        name, *refused = said.split()
        assert name == lab
        assert set(refused) <= {"403", "404"}

    def test_no_secret_is_in_its_environment(self, house, lab):
        environment = house.run_code(lab, "import os; print(dict(os.environ))")
        for path in (house.instance / "secrets").iterdir():
            assert path.read_text() not in environment

    def test_a_terminal_is_hers_too(self, house, lab):
        said = house.run_code(
            lab, "import subprocess; print(subprocess.getoutput('id -un; nbgrader list'))"
        )
        assert lab in said
        assert "smart-a first-lab" in said


class TestTheLifeOfAServer:
    def test_it_survives_a_restart_of_the_hub(self, house, mei):
        before = house.run_code("mei", "import os; print(os.stat('/proc/2').st_ctime)")
        house.stop_hub()
        house.start_hub()
        wait(lambda: house.api("GET", "/users/mei").json()["server"], "the server again")
        assert house.run_code("mei", "import os; print(os.stat('/proc/2').st_ctime)") == before

    def test_stopping_ends_everything_in_it(self, house):
        house.start_server("an-chi")
        record = house.instance / "run" / "servers" / "an-chi.json"
        process = ServerProcess.load(record)
        house.run_code(
            "an-chi",
            "import subprocess; subprocess.Popen(['setsid', 'nohup', 'sleep', '1000'])",
        )
        members = process.members()
        assert len(members) >= 2
        house.stop_server("an-chi")
        wait(lambda: not any(started_at(pid) for pid in members), "the end", 3)
        assert not record.exists()

    def test_a_server_that_died_is_noticed(self, house):
        house.start_server("an-chi")
        process = ServerProcess.load(house.instance / "run" / "servers" / "an-chi.json")
        process.kill()
        wait(lambda: not house.api("GET", "/users/an-chi").json()["server"], "the notice", 30)

    def test_people_on_one_machine_are_different_users_of_it(self, house, mei):
        if os.geteuid() != 0:
            pytest.skip("only root gives each person a uid of her own")
        uids = json.loads((house.instance / "homes" / ".uids.json").read_text())
        assert len(set(uids.values())) == len(uids) >= 2
        assert (house.instance / "homes" / "mei").stat().st_uid == uids["mei"]

    def test_progress_speaks_both_languages(self, house):
        house.start_server("an-chi")
        house.stop_server("an-chi")
        house.api("POST", "/users/an-chi/server", json={"warm": False})  # there is time to say it
        events = house.api("GET", "/users/an-chi/server/progress").text
        messages = [
            json.loads(line[6:]) for line in events.splitlines() if line.startswith("data:")
        ]
        assert any(one.get("messages", {}).get("zh-Hant-TW") for one in messages)
        assert any(one.get("messages", {}).get("en") for one in messages)
        assert messages[-1]["ready"] is True


class TestSigningOut:
    def test_a_person_who_may_no_longer_use_labs_is_out_within_seconds(self, house, mei):
        house.start_server("mei")
        browser = signed_in(house, "mei")
        house.site.people["mei"] = False
        try:
            wait(
                lambda: browser.get(house.person_url("mei", "api/me")).status_code == 403,
                "the refusal",
                15,
            )
            assert browser.get(house.person_url("mei", "lab")).status_code == 403
        finally:
            house.site.people["mei"] = True

    def test_a_silent_site_signs_nobody_out(self, house, mei):
        house.start_server("mei")
        browser = signed_in(house, "mei")
        house.site.down = True
        try:
            time.sleep(6.5)
            assert browser.get(house.person_url("mei", "api/me")).status_code == 200
        finally:
            house.site.down = False

    def test_the_hubs_logout_goes_back_to_the_site_and_ends_its_session(self, house, mei):
        browser = house.browser("mei")
        browser.get(f"{house.labs_url}/hub/home")
        answer = browser.get(f"{house.labs_url}/hub/logout")
        assert str(answer.url) == f"{house.site_url}/"
        assert house.api("GET", "/users/mei").json()["server"], "work goes on"
        browser.cookies.delete("fake_person")
        answer = browser.get(f"{house.labs_url}/hub/home")
        assert answer.url.path == "/oauth/authorize"


class TestHeaders:
    @pytest.mark.parametrize("path", ["hub", "person"])
    def test_only_the_site_may_frame(self, house, mei, path):
        url = f"{house.labs_url}/hub/home" if path == "hub" else house.person_url("mei", "lab")
        policy = mei.get(url).headers["Content-Security-Policy"]
        assert f"frame-ancestors 'self' {house.site_url}" in policy

    def test_the_session_at_a_server_stays_on_its_host(self, house, mei):
        cookies = [c for c in mei.cookies.jar if c.name.startswith("jupyterhub-user-mei")]
        assert cookies
        assert {c.domain.removesuffix(".local") for c in cookies} == {"mei.labs.localhost"}


def signed_in(house, handle):
    """A browser that came to the person's server by the road of people: a page, not the API."""
    browser = house.browser(handle)
    assert browser.get(house.person_url(handle, "lab")).status_code == 200
    assert browser.get(house.person_url(handle, "api/me")).status_code == 200
    return browser


def xsrf_of(browser, handle):
    for cookie in browser.cookies.jar:
        if cookie.name == "_xsrf" and cookie.path == f"/user/{handle}/":
            return cookie.value
    raise AssertionError("no _xsrf cookie")
