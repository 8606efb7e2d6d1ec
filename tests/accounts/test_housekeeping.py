"""What nobody needs is forgotten; a Hub that is not there is noticed."""

import socket
import threading
from dataclasses import replace
from datetime import timedelta
from urllib.parse import quote

from app.accounts import hub, tasks
from app.accounts.models import OAuthCode, Person, SignIn, ThrottledTry
from app.accounts.operations import open_sign_in
from app.accounts.operations.throttling import Limit, TooManyTries, take
from app.kernel import clock
from app.kernel.database import db


class TestForgetting:
    def test_deletes_what_is_over_and_keeps_what_is_not(self, app, people):
        with app.app_context():
            config = app.extensions["config"]
            mei = db.session.get(Person, people["mei"])
            for days in (100, 60, 0):
                with clock.frozen_at(clock.now() - timedelta(days=days)):
                    open_sign_in(config, mei)
                    take((Limit("test", 9, 60), "x"))
                    db.session.add(
                        OAuthCode(
                            code_hash=str(days),
                            client_id="jupyterhub",
                            person_id=mei.id,
                            redirect_uri="x",
                            scope="openid",
                        )
                    )
                    db.session.commit()
            tasks.forget(timestamp=0)
            counts = [
                db.session.scalar(db.select(db.func.count(model.id)))
                for model in (SignIn, ThrottledTry, OAuthCode)
            ]
            assert counts == [2, 1, 1]


def test_parallel_tries_cannot_slip_through_together(site):
    limit = Limit("parallel-test", 3, 60)
    through = []
    start = threading.Barrier(8)

    def attempt() -> None:
        with site.app_context():
            start.wait()
            try:
                take((limit, "x"))
            except TooManyTries:
                return
            through.append(1)

    threads = [threading.Thread(target=attempt) for _number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with site.app_context():
        db.session.execute(db.delete(ThrottledTry))
        db.session.commit()
    assert len(through) <= 3


class TestTheHub:
    def test_answers_over_its_socket(self, config, tmp_path):
        path = tmp_path / "hub.sock"
        with socket.socket(socket.AF_UNIX) as listening:
            listening.bind(str(path))
            listening.listen()

            def answer() -> None:
                connection, _address = listening.accept()
                with connection:
                    connection.recv(1000)
                    connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n{}")

            thread = threading.Thread(target=answer)
            thread.start()
            url = f"http+unix://{quote(str(path), safe='')}/hub/api"
            assert hub.answers(replace(config, hub_api_url=url))
            thread.join()
            # Nobody accepts any more: half a second of patience, then no.
            assert not hub.answers(replace(config, hub_api_url=url))

    def test_is_not_waited_for_when_nothing_listens(self, config):
        with socket.socket() as reserved:
            reserved.bind(("127.0.0.1", 0))
            url = f"http://127.0.0.1:{reserved.getsockname()[1]}/hub/api"
            assert not hub.answers(replace(config, hub_api_url=url))
