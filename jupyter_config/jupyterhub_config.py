"""JupyterHub's configuration: from the environment and the secrets of the installation.

BANYAN_INSTANCE, BANYAN_URL, LABS_URL, HUB_DATABASE_URL, HUB_BIND and PROXY_API_URL come from
whoever starts the Hub. BANYAN_INTERNAL_URL is the site's address as the Hub reaches it, when that
is not BANYAN_URL; HUB_CONNECT_URL the Hub's own, when servers do not reach it by HUB_BIND.
LABS_SPAWNER says where people's servers run (docs/deploy/).
"""

import os
import sys
from pathlib import Path
from urllib.parse import unquote, urlsplit

# JupyterHub runs this file by its path.
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from jupyter_config import spawners
from jupyter_config.admission import admission_hook
from jupyter_config.authenticator import SiteAuthenticator
from jupyter_config.limits import LocalLimits
from jupyter_config.secrets_files import read_secret
from jupyter_config.spawner import SandboxSpawner

c = get_config()  # type: ignore[name-defined]  # noqa: F821  # given by traitlets

instance = Path(os.environ.get("BANYAN_INSTANCE", "instance")).resolve()
site_url = os.environ.get("BANYAN_URL", "http://localhost:8000").rstrip("/")
labs_url = os.environ.get("LABS_URL", "http://labs.localhost:8000").rstrip("/")
inside_url = os.environ.get("BANYAN_INTERNAL_URL", site_url).rstrip("/")
hub_bind = os.environ["HUB_BIND"]
over_tls = urlsplit(labs_url).scheme == "https"

# Addresses: the Hub on a socket of its own, everybody on a host name of her own.
c.JupyterHub.hub_bind_url = hub_bind
c.JupyterHub.hub_connect_url = os.environ.get("HUB_CONNECT_URL", hub_bind)
c.JupyterHub.hub_socket_mode = 0o666  # the folder decides who reaches it, and the Hub asks tokens
c.JupyterHub.subdomain_host = labs_url
c.JupyterHub.hub_routespec = f"{urlsplit(labs_url).hostname}/"  # every other host is the site's
c.JupyterHub.subdomain_hook = lambda name, domain, kind: (
    f"{name}.{domain}" if kind == "user" else f"{name}--{kind}.{domain}"
)
c.JupyterHub.default_url = f"{site_url}/"
c.JupyterHub.db_url = os.environ["HUB_DATABASE_URL"]
c.JupyterHub.cookie_secret = bytes.fromhex(read_secret(instance, "hub_cookie_secret"))

# The proxy is not ours to start or stop, and people's servers outlive the Hub.
c.JupyterHub.cleanup_servers = False
c.JupyterHub.cleanup_proxy = False
c.ConfigurableHTTPProxy.should_start = False
c.ConfigurableHTTPProxy.api_url = os.environ["PROXY_API_URL"]
c.ConfigurableHTTPProxy.auth_token = os.environ.get("CONFIGPROXY_AUTH_TOKEN") or read_secret(
    instance, "proxy_auth_token"
)

# People: the site's, by OpenID Connect.
c.JupyterHub.authenticator_class = SiteAuthenticator
c.Authenticator.auto_login = True
c.Authenticator.allow_all = False
c.Authenticator.auth_refresh_age = 30
c.Authenticator.auth_refresh_strict = True
c.Authenticator.refresh_pre_spawn = True
c.SiteAuthenticator.login_service = "Banyan"
c.SiteAuthenticator.site_api_url = inside_url
c.SiteAuthenticator.client_id = "jupyterhub"
c.SiteAuthenticator.client_secret = read_secret(instance, "hub_client_secret")
c.SiteAuthenticator.oauth_callback_url = f"{labs_url}/hub/oauth_callback"
c.SiteAuthenticator.authorize_url = f"{site_url}/oauth/authorize"
c.SiteAuthenticator.token_url = f"{inside_url}/oauth/token"
c.SiteAuthenticator.userdata_url = f"{inside_url}/oauth/userinfo"
c.SiteAuthenticator.logout_redirect_url = f"{site_url}/"
c.SiteAuthenticator.scope = ["openid", "profile", "email", "labs"]
c.SiteAuthenticator.username_claim = "preferred_username"
c.SiteAuthenticator.enable_pkce = True

# The site's own token at the Hub: people, their servers, their tokens, and closing down.
c.JupyterHub.services = [
    {"name": "site", "api_token": read_secret(instance, "hub_api_token")},
    # Prometheus reads /hub/metrics with the token that it reads the site's /metrics with.
    {"name": "metrics", "api_token": read_secret(instance, "metrics_token")},
]
c.JupyterHub.load_roles = [
    {
        "name": "site",
        "services": ["site"],
        "scopes": [
            "admin:users",
            "admin:servers",
            "tokens",
            "list:users",
            "read:users",
            "read:hub",
            "proxy",
            "access:servers",
            "shutdown",
        ],
    },
    {"name": "metrics", "services": ["metrics"], "scopes": ["read:metrics"]},
    {
        # Beside a server's usual rights, the exchange must learn from its token whose it is.
        "name": "server",
        "scopes": [
            "users:activity!user",
            "access:servers!server",
            "read:users:name!user",
        ],
    },
]

# Servers: one per person, in a sandbox.
c.JupyterHub.spawner_class = SandboxSpawner
c.JupyterHub.allow_named_servers = False
c.JupyterHub.shutdown_on_logout = False
# A whole hall opens its labs in the same minute: who comes waits her turn and is not sent away.
c.JupyterHub.concurrent_spawn_limit = 300
c.Spawner.default_url = "/lab"
c.Spawner.disable_user_config = True
c.Spawner.start_timeout = 60
c.Spawner.http_timeout = 240
c.Spawner.poll_interval = 10
c.Spawner.apply_user_options = {"locale": "reader_locale", "environment": "wanted_environment"}
# Maintenance and quotas are the site's; a limit of memory or idle time comes with its yes.
c.Spawner.pre_spawn_hook = admission_hook(inside_url, read_secret(instance, "hub_client_secret"))
c.SandboxSpawner.instance = str(instance)
c.SandboxSpawner.hub_socket = unquote(urlsplit(hub_bind).netloc)
c.SandboxSpawner.site_url = site_url
c.SandboxSpawner.limits = LocalLimits.from_environ(os.environ)
spawners.configure(c, os.environ, instance=instance, site_url=site_url)  # unless it is "local"
if spawners.kind_of(os.environ) == "local":
    SandboxSpawner.nursery.prepare()

# Pages and cookies.
c.JupyterHub.template_paths = [str(Path(__file__).resolve().parent / "templates")]
c.JupyterHub.template_vars = {"site_url": site_url}
c.JupyterHub.authenticate_prometheus = True
c.JupyterHub.cookie_host_prefix_enabled = over_tls
c.JupyterHub.tornado_settings = {
    # A forked server is there before that; whoever starts a slower one watches its progress.
    "slow_spawn_timeout": 1.0,
    "cookie_options": {"samesite": "Lax", "secure": over_tls},
    "headers": {
        "Content-Security-Policy": f"frame-ancestors 'self' {site_url}",
        "Referrer-Policy": "same-origin",
        "X-Content-Type-Options": "nosniff",
    },
}
