"""Django, asked by line.

A line is {"do": a command, "items": […], "now": seconds, "settings": {…}}; the answer is one line with a list: for each
item {"value": …} or {"error": the name of the exception's class, "message": …}. The first line says the keys, and is
answered with Django's version.
"""

import datetime
import json
import sys
import time
import types
from contextlib import contextmanager

import django
from django.conf import settings

start = json.loads(sys.stdin.readline())
settings.configure(
    SECRET_KEY=start["key"],
    SECRET_KEY_FALLBACKS=start["fallbacks"],
    USE_TZ=True,
    ROOT_URLCONF=__name__,
    INSTALLED_APPS=[
        "django.contrib.contenttypes",
        "django.contrib.auth",
        "django.contrib.sessions",
        "django.contrib.messages",
    ],
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
    PASSWORD_HASHERS=[
        "django.contrib.auth.hashers.PBKDF2PasswordHasher",
        "django.contrib.auth.hashers.PBKDF2SHA1PasswordHasher",
        "django.contrib.auth.hashers.ScryptPasswordHasher",
    ],
    SESSION_ENGINE="django.contrib.sessions.backends.signed_cookies",
    LANGUAGES=[(tag, tag) for tag in start.get("languages", ["en"])],
)
django.setup()

from django.contrib import auth  # noqa: E402
from django.contrib.auth import hashers  # noqa: E402
from django.contrib.auth.models import User  # noqa: E402
from django.contrib.messages.storage.base import Message  # noqa: E402
from django.contrib.messages.storage.cookie import CookieStorage  # noqa: E402
from django.contrib.messages.storage.session import SessionStorage  # noqa: E402
from django.contrib.sessions.backends.signed_cookies import SessionStore as CookieSessions  # noqa: E402
from django.contrib.sessions.backends.db import SessionStore as RowSessions  # noqa: E402
from django.core import signing  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.http import HttpRequest, HttpResponse, parse_cookie  # noqa: E402
from django.http import response as http_response  # noqa: E402
from django.middleware import csrf  # noqa: E402
from django.test.utils import override_settings  # noqa: E402
from django.utils.safestring import SafeData, mark_safe  # noqa: E402
from django.utils.translation import get_language_from_request  # noqa: E402
from django.views.i18n import set_language  # noqa: E402

urlpatterns = []
commands = {}
system_time = time.time


def command(function):
    commands[function.__name__] = function
    return function


@contextmanager
def clock(now):
    """Makes it that time, for what signs and what writes cookies."""
    if now is None:
        yield
        return

    class Frozen(datetime.datetime):
        @classmethod
        def now(cls, tz=None):
            return cls.fromtimestamp(now, tz)

    real = http_response.datetime
    time.time = lambda: now
    http_response.datetime = types.SimpleNamespace(
        datetime=datetime.datetime, timedelta=datetime.timedelta, timezone=datetime.timezone
    )
    http_response.datetime.datetime = type("datetime", (Frozen,), {})
    try:
        yield
    finally:
        time.time = system_time
        http_response.datetime = real


def request_with(cookie_header="", session=None):
    request = HttpRequest()
    request.META = {"SERVER_NAME": "shop.example", "SERVER_PORT": "443", "HTTP_COOKIE": cookie_header}
    request.COOKIES = parse_cookie(cookie_header)
    request.session = CookieSessions()
    for key, value in (session or {}).items():
        request.session[key] = value
    return request


# Signatures


@command
def dumps(item):
    return signing.dumps(item["value"], salt=item["salt"], compress=item["compress"])


@command
def loads(item):
    return signing.loads(item["text"], salt=item["salt"], max_age=item.get("max_age"))


@command
def rewrite(item):
    """Reads JSON as Python does, signs it, and signs again what that says."""
    text = signing.dumps(json.loads(item["json"]), salt=item["salt"], compress=item["compress"])
    return text


@command
def same_json(item):
    """Whether what was signed is to Python what the JSON is."""
    return signing.loads(item["text"], salt=item["salt"]) == json.loads(item["json"])


def signer_of(item):
    kind = signing.TimestampSigner if item.get("timed") else signing.Signer
    options = {name: item[name] for name in ("salt", "sep", "algorithm") if name in item}
    return kind(**options)


@command
def sign(item):
    return signer_of(item).sign(item["value"])


@command
def unsign(item):
    more = {"max_age": item["max_age"]} if "max_age" in item else {}
    return signer_of(item).unsign(item["text"], **more)


@command
def sign_object(item):
    return signer_of(item).sign_object(item["value"], compress=item["compress"])


@command
def unsign_object(item):
    return signer_of(item).unsign_object(item["text"])


# Cookies


@command
def set_signed_cookie(item):
    response = HttpResponse()
    response.set_signed_cookie(item["name"], item["value"], salt=item["salt"])
    return response.cookies[item["name"]].OutputString()


@command
def set_legacy_cookie(item):
    response = HttpResponse()
    signed = signing.get_cookie_signer(salt=item["name"] + item["salt"]).sign(item["value"])
    response.set_cookie(item["name"], signed)
    return response.cookies[item["name"]].OutputString()


@command
def get_signed_cookie(item):
    request = request_with(item["header"])
    return request.get_signed_cookie(item["name"], salt=item["salt"], max_age=item.get("max_age"))


@command
def set_cookie(item):
    options = dict(item["options"])
    if "expires" in options:
        options["expires"] = http_response.datetime.datetime.fromtimestamp(options["expires"], datetime.timezone.utc)
    response = HttpResponse()
    response.set_cookie(item["name"], item["value"], **options)
    return response.cookies[item["name"]].OutputString()


@command
def set_cookie_twice(item):
    """The line of a cookie that is set with some attributes, and again with others."""
    response = HttpResponse()
    for options in item["options"]:
        response.set_cookie("x", "v", **options)
    return response.cookies["x"].OutputString()


@command
def delete_cookie(item):
    response = HttpResponse()
    response.delete_cookie(item["name"], **item["options"])
    return response.cookies[item["name"]].OutputString()


@command
def cookies(item):
    return parse_cookie(item["header"])


# Sessions


@command
def encode_session(item):
    return RowSessions().encode(item["data"])


@command
def decode_session(item):
    return RowSessions().decode(item["text"])


@command
def save_session(item):
    """The value of the cookie that keeps a session."""
    session = CookieSessions()
    session.update(item["data"])
    if "expiry" in item:
        session.set_expiry(item["expiry"])
    if "date" in item:
        session.set_expiry(datetime.datetime.fromtimestamp(item["date"], datetime.timezone.utc))
    session.save()
    return session.session_key


@command
def encode_json(item):
    """A row with numbers that only Python's JSON has."""
    return RowSessions().encode(json.loads(item["json"]))


@command
def save_json_session(item):
    session = CookieSessions()
    session.update(json.loads(item["json"]))
    session.save()
    return session.session_key


@command
def session_expiry(item):
    """When a session ends that was told so, in seconds since the epoch."""
    return CookieSessions(item["text"]).get_expiry_date().timestamp()


@command
def load_session(item):
    session = CookieSessions(item["text"])
    return {"data": dict(session.items()), "refused": session.modified}


# Messages


def message_of(fields):
    text = mark_safe(fields["text"]) if fields["safe"] else fields["text"]
    return Message(fields["level"], text, extra_tags=fields.get("tags"))


def fields_of(message):
    if not isinstance(message, Message):
        return message
    return {
        "level": message.level,
        "text": str(message.message),
        "tags": message.extra_tags,
        "safe": isinstance(message.message, SafeData),
    }


@command
def messages_cookie(item):
    more = [CookieStorage.not_finished] if item.get("unfinished") else []
    return CookieStorage(request_with())._encode([message_of(fields) for fields in item["messages"]] + more)


@command
def store_messages(item):
    """How many messages don't fit into the cookie."""
    messages = [message_of(fields) for fields in item["messages"]]
    return len(CookieStorage(request_with())._store(messages, HttpResponse(), remove_oldest=item["oldest"]))


@command
def read_messages_cookie(item):
    found = CookieStorage(request_with())._decode(item["text"])
    return None if found is None else [fields_of(message) for message in found]


@command
def messages_session(item):
    return SessionStorage(request_with()).serialize_messages([message_of(fields) for fields in item["messages"]])


@command
def read_messages_session(item):
    return [fields_of(message) for message in SessionStorage(request_with()).deserialize_messages(item["text"])]


# CSRF


@command
def mask(item):
    return csrf._mask_cipher_secret(item["secret"])


@command
def unmask(item):
    """What CsrfViewMiddleware makes of a token."""
    try:
        csrf._check_token_format(item["token"])
    except csrf.InvalidTokenFormat as error:
        return {"problem": error.reason}
    token = item["token"]
    return {"secret": token if len(token) == csrf.CSRF_SECRET_LENGTH else csrf._unmask_cipher_token(token)}


@command
def tokens_match(item):
    return csrf._does_token_match(item["token"], item["secret"])


# Passwords and users


def cheap(hasher):
    """Nothing that is wrong takes longer than it must."""
    hasher.harden_runtime = lambda *args: None
    hasher.must_update = lambda *args: False
    return hasher


@command
def encode_password(item):
    return hashers.get_hasher(item["algorithm"]).encode(item["password"], item["salt"], **item["cost"])


@command
def make_password(item):
    """As user.set_password() does."""
    return hashers.make_password(item["password"], hasher=item["algorithm"])


@command
def check_password(item):
    return hashers.check_password(item["password"], item["encoded"])


@command
def verify_password(item):
    """As check_password() but for taking as long for what is wrong as for what is right."""
    if not hashers.is_password_usable(item["encoded"]):
        return False
    try:
        hasher = hashers.identify_hasher(item["encoded"])
    except ValueError:
        return False
    return hasher.verify(item["password"], item["encoded"])


@command
def auth_hashes(item):
    user = User(password=item["password"])
    return [user.get_session_auth_hash(), *user.get_session_auth_fallback_hash()]


tables = []


def ada(password):
    if not tables:
        call_command("migrate", verbosity=0)
        User.objects.create(id=1, username="ada", password="!")
        tables.append("made")
    user = User.objects.get(id=1)
    user.password = password
    user.save()
    return user


@command
def user(item):
    ada(item["password"])
    return auth.get_user(request_with(session=item["session"])).username


@command
def login(item):
    request = request_with()
    auth.login(request, ada(item["password"]))
    return dict(request.session.items())


# Languages


@command
def language_cookie(item):
    request = request_with()
    request.method = "POST"
    request.POST = {"language": item["language"], "next": "/"}
    request.META["HTTP_HOST"] = "shop.example"
    with override_settings(ALLOWED_HOSTS=["shop.example"]):
        response = set_language(request)
    morsel = response.cookies.get(settings.LANGUAGE_COOKIE_NAME)
    return None if morsel is None else morsel.OutputString()


@command
def language(item):
    return get_language_from_request(request_with(item["header"]))


def outcome(function, item):
    try:
        return {"value": function(item)}
    except Exception as error:  # whatever it is, the other side says what it should have been
        return {"error": type(error).__name__, "message": str(error)}


print(json.dumps(django.get_version()), flush=True)
for line in sys.stdin:
    ask = json.loads(line)
    with override_settings(**ask.get("settings", {})), clock(ask.get("now")):
        answers = [outcome(commands[ask["do"]], item) for item in ask["items"]]
    print(json.dumps(answers), flush=True)
