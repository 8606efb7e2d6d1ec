"""Mail through SMTP, or into a folder when no server is configured."""

import os
import re
import smtplib
import ssl
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from typing import Any
from urllib.parse import unquote, urlsplit

from app.kernel import clock
from app.kernel.config import Config
from app.kernel.jobs import defer, task

_config: Config | None = None


def configure(config: Config) -> None:
    global _config
    _config = config


def send(*, to: str, subject: str, text: str, unsubscribe_url: str | None = None) -> None:
    """Queue one plain-text mail in the current transaction.

    UNSUBSCRIBE_URL takes a POST that ends mails of this kind (RFC 8058).
    """
    more: dict[str, Any] = {} if unsubscribe_url is None else {"unsubscribe_url": unsubscribe_url}
    defer(deliver, to=to, subject=subject, text=text, **more)


@task(queue_name="mail", retry=8)
def deliver(*, to: str, subject: str, text: str, unsubscribe_url: str | None = None) -> None:
    """Hand one mail to the SMTP server, or write it to ``instance/mail``."""
    if _config is None:
        raise RuntimeError("mail.configure(config) comes first")
    message = compose(_config, to=to, subject=subject, text=text)
    if unsubscribe_url is not None:
        message["List-Unsubscribe"] = f"<{unsubscribe_url}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    if _config.smtp_url:
        _by_smtp(_config.smtp_url, message)
    else:
        _into_folder(_config, message)


def compose(config: Config, *, to: str, subject: str, text: str) -> EmailMessage:
    """The message as it is sent. Line breaks in TO or SUBJECT raise ValueError (no injection)."""
    message = EmailMessage()
    message["From"] = config.mail_from
    message["To"] = to
    message["Subject"] = subject
    message["Date"] = formatdate(clock.now().timestamp())
    message["Message-ID"] = make_msgid(domain=urlsplit(config.site_url).hostname)
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(text)
    return message


def _by_smtp(url: str, message: EmailMessage) -> None:
    parts = urlsplit(url)
    host = parts.hostname or "localhost"
    context = ssl.create_default_context()
    client: smtplib.SMTP
    if parts.scheme == "smtps":
        client = smtplib.SMTP_SSL(host, parts.port or 465, timeout=30, context=context)
    else:
        client = smtplib.SMTP(host, parts.port or 25, timeout=30)
    with client:
        if parts.scheme == "smtp" and client.has_extn("starttls"):
            client.starttls(context=context)
        if parts.username:
            client.login(unquote(parts.username), unquote(parts.password or ""))
        client.send_message(message)


def _into_folder(config: Config, message: EmailMessage) -> None:
    folder = config.mail_folder
    folder.mkdir(mode=0o700, exist_ok=True)
    stamp = clock.now().strftime("%Y%m%d-%H%M%S-%f")
    recipient = re.sub(r"[^A-Za-z0-9@._-]", "_", str(message["To"]))
    draft = folder / f".{stamp}.{os.urandom(4).hex()}"
    draft.write_bytes(message.as_bytes())
    draft.rename(folder / f"{stamp}-{recipient}.eml")


def forget(address: str) -> int:
    """Delete mails to ADDRESS that lie in the folder of mails; how many there were."""
    if _config is None or not _config.mail_folder.is_dir():
        return 0
    going = [
        path for path in _config.mail_folder.glob("*.eml") if address.encode() in path.read_bytes()
    ]
    for path in going:
        path.unlink(missing_ok=True)
    return len(going)
