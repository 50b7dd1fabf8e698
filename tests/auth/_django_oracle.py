"""Django, asked by line: a JSON object {"do": …} comes in on each line, a JSON value goes out."""

import json
import sys

import django
from django.conf import settings

start = json.loads(sys.stdin.readline())
settings.configure(
    SECRET_KEY=start["key"],
    SECRET_KEY_FALLBACKS=start["fallbacks"],
    INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth"],
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
    PASSWORD_HASHERS=[
        "django.contrib.auth.hashers.PBKDF2PasswordHasher",
        "django.contrib.auth.hashers.PBKDF2SHA1PasswordHasher",
        "django.contrib.auth.hashers.ScryptPasswordHasher",
    ],
)
django.setup()

from django.contrib import auth  # noqa: E402
from django.contrib.auth.hashers import check_password, get_hasher  # noqa: E402
from django.contrib.auth.models import User  # noqa: E402
from django.contrib.sessions.backends.signed_cookies import SessionStore  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.http import HttpRequest  # noqa: E402

call_command("migrate", verbosity=0)
User.objects.create(id=1, username="ada", password="!")


def ada(password):
    user = User.objects.get(id=1)
    user.password = password
    user.save()
    return user


def request_with(session):
    request = HttpRequest()
    request.session = SessionStore()
    for key, value in session.items():
        request.session[key] = value
    return request


def answer(ask):
    match ask["do"]:
        case "encode":
            return get_hasher(ask["algorithm"]).encode(ask["password"], ask["salt"], **ask["cost"])
        case "check":
            return check_password(ask["password"], ask["encoded"])
        case "user":
            ada(ask["password"])
            return auth.get_user(request_with(ask["session"])).username
        case "login":
            request = request_with({})
            auth.login(request, ada(ask["password"]))
            return dict(request.session.items())


print(json.dumps(django.get_version()), flush=True)
for line in sys.stdin:
    print(json.dumps(answer(json.loads(line))), flush=True)
