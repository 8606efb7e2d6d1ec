"""Mail through a real SMTP client, to a real SMTP server of this test."""

from dataclasses import replace
from email import message_from_bytes, policy

import pytest
from aiosmtpd.controller import Controller

from app.hosting.ports import free_port
from app.kernel import mail


class Inbox:
    def __init__(self):
        self.received = []

    async def handle_DATA(self, server, session, envelope):
        self.received.append(envelope)
        return "250 taken"


@pytest.fixture
def server():
    inbox = Inbox()
    port = free_port()
    controller = Controller(inbox, hostname="127.0.0.1", port=port)
    controller.start()
    yield inbox, f"smtp://127.0.0.1:{port}"
    controller.stop()


@pytest.fixture
def configured(config):
    def use(**changes):
        made = replace(config, **changes)
        mail.configure(made)
        return made

    yield use
    mail.configure(config)


def test_a_mail_reaches_the_server_with_its_chinese_text(server, configured):
    inbox, url = server
    configured(smtp_url=url)
    mail.deliver(to="mei@rongnan.example", subject="重設密碼", text="請開啟連結\nhttp://x/y")
    (envelope,) = inbox.received
    message = message_from_bytes(envelope.content, policy=policy.default)
    assert envelope.rcpt_tos == ["mei@rongnan.example"]
    assert message["Subject"] == "重設密碼"
    assert message.get_content().replace("\r\n", "\n") == "請開啟連結\nhttp://x/y\n"


def test_without_a_server_a_mail_becomes_a_file_for_the_owner_only(configured, tmp_path):
    made = configured(instance=tmp_path, smtp_url="")
    mail.deliver(to="../../mei@rongnan.example", subject="s", text="t")
    (path,) = made.mail_folder.iterdir()
    assert path.name.endswith(".._.._mei@rongnan.example.eml")
    assert path.parent == tmp_path / "mail"


@pytest.mark.parametrize("field", ["to", "subject"])
def test_a_line_break_in_a_header_is_refused(config, field):
    fields = {"to": "a@example.org", "subject": "s", "text": "t"}
    fields[field] += "\r\nBcc: everyone@example.org"
    with pytest.raises(ValueError):
        mail.compose(config, **fields)
