"""What runs in a lab's page reads nothing of the site or of another's lab; and who is suspended
is out everywhere."""

import contextlib
import time
import urllib.request

import psutil
import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import COURSE, LAB, House
from tests.journeys.test_main_job import open_lab

# Everything a script in a notebook's output could try: it runs in the page of the lab itself.
HOSTILE = """async ([site, victim]) => {
  const tried = {};
  const read = async (name, url) => {
    try {
      const answer = await fetch(url, { credentials: "include" });
      tried[name] = "read " + (await answer.text()).slice(0, 80);
    } catch (error) { tried[name] = "blocked"; }
  };
  await read("account", site + "/account");
  await read("grades", site + "/learn");
  await read("exchange", site + "/api/exchange/v1/courses");
  await read("userinfo", site + "/oauth/userinfo");
  await read("files", victim + "/api/contents");
  await read("victim page", victim + "/lab");
  tried.cookie = document.cookie.includes("banyan") ? document.cookie : "blocked";
  tried.frame = await new Promise((resolve) => {
    const frame = document.createElement("iframe");
    frame.src = site + "/account";
    const look = () => {
      try { resolve(frame.contentDocument ? "read " + frame.contentDocument.body.innerText : "blocked"); }
      catch (error) { resolve("blocked"); }
    };
    frame.onload = look;
    setTimeout(look, 4000);
    document.body.append(frame);
  });
  const opened = window.open(site + "/account");
  await new Promise((resolve) => setTimeout(resolve, 2500));
  try { tried.window = "read " + opened.document.body.innerText; } catch (error) { tried.window = "blocked"; }
  if (opened) opened.close();
  const form = await fetch(site + "/sign-out", { method: "POST", mode: "no-cors", credentials: "include" })
    .then(() => "sent", () => "blocked");
  return { ...tried, form };
}"""  # noqa: E501


def section(page: Page) -> str:
    page.goto(f"/courses/{COURSE}")
    if page.get_by_role("button", name="Enrol").count():
        page.get_by_role("button", name="Enrol").first.click()
    else:
        page.get_by_role("link", name="Go to the course").first.click()
    page.wait_for_url("**/learn/*")
    return page.url.rsplit("/", 1)[-1]


@pytest.mark.parametrize("reader", ["hao@rongnan.example", "lin@rongnan.example"])
def test_hostile_output_reads_nothing(house, visit, reader):
    """A teammate and an instructor open it, each signed in to the site in the same browser."""
    mei = visit("mei@rongnan.example")
    code = section(mei)
    open_lab(mei, f"/learn/{code}/labs/{LAB}")
    page = visit(reader)
    if reader.startswith("hao"):
        section(page)
    open_lab(page, f"/learn/{code}/labs/{LAB}")
    victim = f"http://mei.labs.localhost:{house.port}/user/mei"
    tried = page.evaluate(HOSTILE, [house.url, victim])
    sent = tried.pop("form")
    assert set(tried.values()) == {"blocked"}, tried
    assert sent in ("sent", "blocked")
    # The forged sign-out carried no token: she is still signed in.
    page.goto(f"{house.url}/account")
    assert page.url.endswith("/account")


def test_signing_out_ends_the_labs_session_and_leaves_her_work_running(house, visit):
    page = visit("hao@rongnan.example")
    code = section(page)
    lab = open_lab(page, f"/learn/{code}/labs/{LAB}").url
    running = server_of("hao", house)
    assert running
    page.goto(house.url)
    page.locator("form[action$='/sign-out'] button").evaluate("button => button.click()")
    expect(page.get_by_role("link", name="Sign in").first).to_be_visible()
    page.goto(f"{house.url}/account")
    assert "/sign-in" in page.url
    page.wait_for_timeout(6000)  # her server believes a token for five seconds
    page.goto(lab)
    page.wait_for_url(f"{house.url}/sign-in**")
    first = min(running, key=lambda process: process.pid)
    assert first.is_running(), "her server goes on, and with it her kernels"


def server_of(handle: str, house: House) -> list[psutil.Process]:
    """The processes of a person's server in this house: other tests may run houses beside it."""
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            inside = process.environ()
            if (inside.get("JUPYTERHUB_USER"), inside.get("BANYAN_URL")) == (handle, house.url):
                found.append(process)
    return found


def test_a_suspended_person_is_out_within_a_minute(house, visit):
    page = visit("mei@rongnan.example")
    code = section(page)
    lab = page.context.new_page()
    open_lab(lab, f"/learn/{code}/labs/{LAB}")
    sockets: list[bool] = []
    lab.on("websocket", lambda socket: socket.on("close", lambda _socket: sockets.append(True)))
    lab.reload()
    lab.wait_for_selector(".jp-NotebookPanel:not(.lm-mod-hidden) .jp-Cell", timeout=120_000)
    processes = server_of("mei", house)
    assert processes

    operator = visit("ting@programme.example")
    operator.goto("/people?q=mei@rongnan.example")
    operator.get_by_role("link", name="林小梅").first.click()
    operator.fill("[name=reason]", "A test of the rules.")
    operator.locator("form[action$='/suspension'] button[type=submit]").click()
    dialog = operator.locator("dialog[open] button", has_text="Confirm")
    if dialog.count():
        dialog.click()
    began = time.monotonic()
    try:
        page.goto("/learn")
        assert "/sign-in" in page.url, "her session on the site is over at once"
        deadline = began + 60
        while time.monotonic() < deadline:
            left = [p for p in processes if p.is_running()]
            if sockets and not left and answers(house) != 200:
                break
            lab.wait_for_timeout(300)
        assert sockets, "her open WebSockets were closed"
        assert answers(house) != 200, "her server is gone"
        assert not left, "nothing of it runs"
    finally:
        operator.goto("/people?q=mei@rongnan.example&state=suspended")
        operator.get_by_role("link", name="林小梅").first.click()
        operator.locator("form[action$='/restoration'] button[type=submit]").click()
        expect(operator.locator("main")).not_to_contain_text("Suspended since")


def answers(house) -> int:
    """The status of her server's own API, through the proxy."""
    request = urllib.request.Request(
        f"http://127.0.0.1:{house.port}/user/mei/api",
        headers={"Host": f"mei.labs.localhost:{house.port}"},
    )

    class NoRedirect(urllib.request.HTTPRedirectHandler):
        def redirect_request(self, *args: object) -> None:
            return None

    try:
        with urllib.request.build_opener(NoRedirect).open(request, timeout=5) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return int(error.code)


def test_a_stream_lives_for_a_minute_through_the_proxy(house, visit):
    page = visit("hao@rongnan.example")
    code = section(page)
    page.goto(f"/learn/{code}/labs/{LAB}")
    seconds = page.evaluate(
        """async ([url]) => {
          const began = performance.now();
          const answer = await fetch(url, { headers: { Accept: "text/event-stream" } });
          const reader = answer.body.getReader();
          let beats = 0;
          while (performance.now() - began < 61000) {
            const { done } = await reader.read();
            if (done) break;
            beats += 1;
          }
          await reader.cancel();
          return [(performance.now() - began) / 1000, beats];
        }""",
        [f"/learn/{code}/labs/{LAB}/events"],
    )
    assert seconds[0] >= 60 and seconds[1] >= 4
