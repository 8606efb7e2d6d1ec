"""The site as gunicorn serves it, without form tokens: the storm posts with sessions alone."""

from app.factory import create_app

app = create_app()
app.config["WTF_CSRF_ENABLED"] = False
