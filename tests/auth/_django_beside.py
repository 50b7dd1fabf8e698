"""A Django with a database that others use, too. Asked by line: a JSON object {"do": …} comes in on each line, a JSON value goes out."""

import json
import os
import sys
import time
from datetime import datetime

import django
from django.conf import settings

start = json.loads(sys.stdin.readline())
if start["database"]["ENGINE"].endswith("mysql"):
    import pymysql

    pymysql.version_info = (2, 2, 7, "final", 0)
    pymysql.install_as_MySQLdb()

# Django does this where its settings are a module.
os.environ["TZ"] = start.get("settings", {}).get("TIME_ZONE", "UTC")
time.tzset()

settings.configure(
    SECRET_KEY=start["key"],
    SECRET_KEY_FALLBACKS=start.get("fallbacks", []),
    ALLOWED_HOSTS=["*"],
    ROOT_URLCONF=__name__,
    INSTALLED_APPS=[
        "django.contrib.contenttypes",
        "django.contrib.auth",
        "django.contrib.sessions",
        "django.contrib.messages",
    ],
    MIDDLEWARE=[
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "django.contrib.messages.middleware.MessageMiddleware",
    ],
    DATABASES={"default": start["database"]},
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    PASSWORD_HASHERS=[
        "django.contrib.auth.hashers.PBKDF2PasswordHasher",
        "django.contrib.auth.hashers.ScryptPasswordHasher",
    ],
    **start.get("settings", {}),
)
django.setup()

from django.contrib import auth, messages  # noqa: E402
from django.contrib.auth.models import Group, Permission, User  # noqa: E402
from django.contrib.sessions.backends.db import SessionStore  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.http import HttpResponse, JsonResponse  # noqa: E402
from django.middleware.csrf import get_token  # noqa: E402
from django.test import Client  # noqa: E402
from django.urls import path  # noqa: E402

call_command("migrate", verbosity=0)


def plain(value):
    return value.isoformat() if isinstance(value, datetime) else value


def login(request):
    user = auth.authenticate(request, username=request.POST["name"], password=request.POST["password"])
    if user is None:
        return HttpResponse("wrong", status=422)
    auth.login(request, user)
    return HttpResponse("in")


def logout(request):
    auth.logout(request)
    return HttpResponse("out")


def whoami(request):
    return HttpResponse(request.user.get_username())


def change_password(request):
    request.user.set_password(request.POST["password"])
    request.user.save()
    auth.update_session_auth_hash(request, request.user)
    return HttpResponse("changed")


def session(request):
    if request.method == "POST":
        request.session.update(json.loads(request.POST["data"]))
    return JsonResponse(dict(request.session.items()))


def say(request):
    messages.success(request, request.POST["text"])
    return HttpResponse("said")


def heard(request):
    return JsonResponse([str(message) for message in messages.get_messages(request)], safe=False)


def token(request):
    return HttpResponse(get_token(request))


urlpatterns = [
    path("login/", login),
    path("logout/", logout),
    path("whoami/", whoami),
    path("password/", change_password),
    path("session/", session),
    path("say/", say),
    path("heard/", heard),
    path("token/", token),
]


def request(ask):
    client = Client(enforce_csrf_checks=ask.get("csrf", False), raise_request_exception=False)
    headers = {"Cookie": ask.get("cookie", ""), **ask.get("headers", {})}
    response = getattr(client, ask["method"].lower())(ask["path"], ask.get("form", {}), headers=headers)
    cookies = {name: morsel.value for name, morsel in response.cookies.items()}
    return {"status": response.status_code, "body": response.content.decode(), "cookies": cookies}


def answer(ask):
    match ask["do"]:
        case "save":
            store = SessionStore(ask.get("id"))
            store.update(ask["data"])
            if "expiry" in ask:
                store.set_expiry(ask["expiry"])
            if "date" in ask:
                store.set_expiry(datetime.fromisoformat(ask["date"]))
            store.save()
            return store.session_key
        case "load":
            store = SessionStore(ask["id"])
            data = dict(store.items())
            seconds = round((store.model.objects.get(pk=ask["id"]).expire_date - now()).total_seconds())
            return {"data": data, "key": store.session_key, "age": store.get_expiry_age(), "left": seconds}
        case "delete":
            SessionStore(ask["id"]).flush()
        case "clear":
            SessionStore.clear_expired()
        case "request":
            return request(ask)
        case "user":
            user = User.objects.create_user(ask["name"], f"{ask['name']}@shop.example", ask["password"], **ask["more"])
            for name in ask.get("groups", []):
                user.groups.add(Group.objects.get_or_create(name=name)[0])
            return user.pk
        case "allow":
            to = User.objects.get(username=ask["to"]).user_permissions if "to" in ask else None
            to = to or Group.objects.get(name=ask["group"]).permissions
            to.add(Permission.objects.get(codename=ask["codename"]))
        case "permissions":
            user = User.objects.get(username=ask["name"])
            return sorted(user.get_all_permissions())
        case "read":
            return {key: plain(value) for key, value in User.objects.filter(username=ask["name"]).values().get().items()}
        case "set":
            User.objects.filter(username=ask["name"]).update(**ask["values"])
    return None


def now():
    from django.utils import timezone

    return timezone.now()


print(json.dumps(django.get_version()), flush=True)
for line in sys.stdin:
    print(json.dumps(answer(json.loads(line))), flush=True)
