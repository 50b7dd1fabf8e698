"""What there is in Django's middleware, sessions, messages, users and signing: a JSON object of lists of names."""

import importlib
import inspect
import json
import pkgutil
import re

import django
from django.conf import global_settings, settings

APPS = ["auth", "contenttypes", "sessions", "messages", "sites", "flatpages", "redirects"]
settings.configure(INSTALLED_APPS=[f"django.contrib.{app}" for app in APPS], SECRET_KEY="only for this test")
django.setup()

SETTINGS = re.compile(
    r"SESSION_|CSRF_|MESSAGE_|SECURE_|CACHE_MIDDLEWARE_|CACHES|LANGUAGE_COOKIE|LANGUAGES$|LANGUAGE_CODE|USE_I18N|DATA_UPLOAD|X_FRAME|SECRET_KEY"
    r"|ALLOWED|USE_X_|APPEND_|PREPEND_|DISALLOWED|IGNORABLE|SIGNING|LOGIN_|LOGOUT_|AUTH|PASSWORD_|DEBUG|MIDDLEWARE|INTERNAL_IPS|ADMINS|MANAGERS"
)
# What is the inside of a module, though it has no underscore.
INSIDE = {
    "InvalidTokenFormat", "RejectRequest", "MessageEncoder", "MessageDecoder", "MessagePartSerializer",
    "MessagePartGatherSerializer", "MessageSerializer", "api", "apps", "constants", "middleware", "storage", "utils",
}


def own(module, *kinds):
    found = vars(importlib.import_module(module))
    return [
        name
        for name, value in found.items()
        if not name.startswith("_") and any(kind(value) for kind in kinds) and value.__module__ == module
    ]


def modules(package):
    return [f"{package}.{each.name}" for each in pkgutil.iter_modules(importlib.import_module(package).__path__)]


def public(owner):
    return [name for name in dir(owner) if not name.startswith("_")]


from django.contrib.sessions.backends.base import SessionBase  # noqa: E402
from django.core.checks.security import base, csrf, sessions  # noqa: E402
from django.test import Client  # noqa: E402

middleware = modules("django.middleware") + [f"django.contrib.{app}.middleware" for app in APPS if app != "contenttypes"]
decorators = [
    name
    for module in modules("django.views.decorators")
    for name, value in vars(importlib.import_module(module)).items()
    if not name.startswith("_") and callable(value) and getattr(value, "__module__", "").startswith(("django.views", "django.utils.decorators"))
]
exceptions = [
    name
    for name in own("django.core.exceptions", inspect.isclass)
    if not re.search(r"Field|Registry|Object|Set$|Validation|ViewDoes", name) or name.startswith("TooMany")
]
names = {
    "settings": [name for name in dir(global_settings) if name.isupper() and SETTINGS.match(name)],
    "middleware": [name for module in middleware for name in own(module, inspect.isclass)],
    "decorators": decorators + own("django.contrib.auth.decorators", inspect.isfunction) + own("django.utils.decorators", inspect.isfunction),
    "exceptions": exceptions,
    "signals": ["request_started", "request_finished", "got_request_exception", "setting_changed"]
    + [name for name in vars(importlib.import_module("django.contrib.auth.signals")) if name.startswith("user_")],
    # The asynchronous twins have a row of their own.
    "session": [name for name in public(SessionBase) if not (name[0] == "a" and hasattr(SessionBase, name[1:]))],
    "backends": [each.rsplit(".")[-1] for each in modules("django.contrib.sessions.backends") if not each.endswith("base")],
    "messages": public(importlib.import_module("django.contrib.messages"))
    + [name for module in ("cookie", "session", "fallback", "base") for name in own(f"django.contrib.messages.storage.{module}", inspect.isclass)]
    + own("django.contrib.messages.views", inspect.isclass),
    "signing": own("django.core.signing", inspect.isclass, inspect.isfunction),
    "cache": own("django.utils.cache", inspect.isfunction),
    "csrf": own("django.middleware.csrf", inspect.isfunction),
    "auth": own("django.contrib.auth", inspect.isfunction)
    + own("django.contrib.auth.hashers", inspect.isclass, inspect.isfunction)
    + own("django.contrib.auth.mixins", inspect.isclass)
    + own("django.contrib.auth.views", inspect.isclass)
    + own("django.contrib.auth.backends", inspect.isclass),
    "responses": [name for name in own("django.http.response", inspect.isclass) if not name.endswith("Base") and not re.search("Header", name)],
    "errors": [name for name in own("django.views.defaults", inspect.isfunction) if name != "builtin_template_path"],
    "shortcuts": [name for name in own("django.shortcuts", inspect.isfunction) if not re.match("aget|resolve", name)],
    "client": [name for name in public(Client) if not re.match("a(force|log|sess)", name)],
    "checks": sorted({name for module in (base, csrf, sessions) for name in re.findall(r'id="security\.(\w+)"', inspect.getsource(module))}),
}
print(json.dumps({group: [name for name in dict.fromkeys(found) if name not in INSIDE] for group, found in names.items()}))
