"""One person takes all of the machine that she can get; the others go on working."""

import json
import os
from pathlib import Path

import pytest

from jupyter_config.shares import BEHIND
from tests.jupyter_config.conftest import wait
from tests.jupyter_config.test_lab_servers import signed_in, xsrf_of

pytestmark = pytest.mark.journey


@pytest.fixture(scope="module")
def mei(house):
    house.start_server("mei")
    return signed_in(house, "mei")


def save(house, browser, path, text):
    return browser.put(
        house.person_url("mei", f"api/contents/{path}"),
        json={"type": "file", "format": "text", "content": text},
        headers={"X-XSRFToken": xsrf_of(browser, "mei")},
    )


def test_who_fills_her_home_is_stopped_in_words_and_loses_nothing(house, mei):
    code = (
        "import os\n"
        "os.makedirs('many', exist_ok=True)\n"
        "kept = 41\n"
        "try:\n"
        "    for n in range(100_000):\n"
        "        with open(f'many/{n}', 'wb') as f: f.write(os.urandom(300_000))\n"
        "except OSError as e: print(e.strerror, kept + 1)\n"
    )
    before = save(house, mei, "mine.txt", "what I wrote")
    assert before.status_code in (200, 201)
    assert house.run_code("mei", code, timeout=90).strip() == "File too large 42"

    url = house.person_url("mei", "banyan/notices?locale=en")
    wait(lambda: "Your home is full" in json.dumps(mei.get(url).json()), "the notice")
    refused = save(house, mei, "mine.txt", "x" * 100_000)
    assert refused.status_code == 507
    assert "您的個人資料夾已滿" in refused.json()["message"]
    assert "Your home is full" in refused.json()["message"]
    home = house.instance / "homes" / "mei"
    assert (home / "mine.txt").read_text() == "what I wrote"

    deleted = mei.delete(
        house.person_url("mei", "api/contents/many"),
        headers={"X-XSRFToken": xsrf_of(mei, "mei")},
    )
    assert deleted.status_code == 204, deleted.text
    assert not (home / "many").exists()
    wait(lambda: save(house, mei, "mine.txt", "more").status_code == 200, "room")
    write = "open('large', 'wb').write(bytes(3_000_000)); print(__import__('os').remove('large'))"
    wait(lambda: house.run_code("mei", write).strip() == "None", "room for programs")


def test_who_spins_on_every_core_stands_behind_and_others_still_compute(house, mei):
    code = (
        "import os, subprocess, sys\n"
        f"for _ in range({4 * len(os.sched_getaffinity(0))}):\n"
        "    subprocess.Popen([sys.executable, '-c', 'while True: pass'], start_new_session=True)\n"
        "print('spinning')"
    )
    house.start_server("an-chi")
    try:
        assert house.run_code("mei", code).strip() == "spinning"
        process = house.process("mei")

        def behind():
            return [p for p in process.members() if os.getpriority(os.PRIO_PROCESS, p) == BEHIND]

        wait(lambda: len(behind()) >= 4, "the watch")
        assert process.members()[1] not in behind()
        leaders = [pid for pid in behind() if os.getsid(pid) == pid]
        assert leaders
        for pid in leaders:
            group = Path(f"/proc/{pid}/autogroup")
            wait(lambda path=group: "nice 19" in path.read_text(), "its group's turn")
        assert house.run_code("an-chi", "print(sum(range(1000)))", timeout=30).strip() == "499500"
    finally:
        house.stop_server("mei")
    wait(lambda: not behind(), "the end of what she left")
