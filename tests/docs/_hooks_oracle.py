"""The classes of docs/hooks.md in a real Django: a JSON object on standard input, a JSON value on standard output."""

import asyncio
import json
import sys
import time
from asyncio import iscoroutinefunction

import django
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured, MiddlewareNotUsed
from django.http import HttpResponse, StreamingHttpResponse
from django.template.response import TemplateResponse
from django.test import Client
from django.urls import path
from django.utils.decorators import decorator_from_middleware, decorator_from_middleware_with_args, sync_and_async_middleware
from django.utils.functional import SimpleLazyObject
from django.views.generic import View

ask = json.load(sys.stdin)
settings.configure(
    SECRET_KEY="only for this test",
    ALLOWED_HOSTS=["*"],
    ROOT_URLCONF=__name__,
    MIDDLEWARE=[f"__main__.{name}" for name in ask["middleware"]],
    TEAPOT_PATHS=["/tea/"],
    DEBUG=False,
    TEMPLATES=[
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "OPTIONS": {
                "context_processors": ["__main__.theme"] if ask["name"] == "context-processors" else [],
                "loaders": [
                    (
                        "django.template.loaders.locmem.Loader",
                        {"title.html": "<h1>{{ title }}</h1>", "theme.html": '<body class="{{ theme }}">'},
                    )
                ],
            },
        }
    ],
)
django.setup()


class OutOfStock(Exception):
    pass


class NoIndex:
    def __init__(self, get_response, word="noindex"):
        self.get_response = get_response
        self.word = word

    def process_response(self, request, response):
        response["X-Robots-Tag"] = self.word
        return response


Robots = NoIndex


class Member:
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        request.member = "Ada"
        return self.get_response(request)


for block in ask["blocks"]:
    exec(block, globals())


def page(request):
    return HttpResponse("page")


def greeting(request):
    return HttpResponse(request.greeting)


def always_open(request):
    return HttpResponse("we are at work")


always_open.always_open = True


def sold_out(request):
    raise OutOfStock


def fail(request):
    raise ValueError("out of paper")


def title(request):
    return TemplateResponse(request, "title.html", {"title": "Emma"})


def themed(request):
    return TemplateResponse(request, "theme.html")


def stream(request):
    return StreamingHttpResponse((piece for piece in [b"one, ", b"two, ", b"three"]), content_type="text/plain")


def map_for_sale(request):
    response = HttpResponse("a map")
    response.price = 250
    return response


urlpatterns = [path(route, globals()[view]) for route, view in ask["views"].items()]

answers = []
for [url, *headers] in ask["requests"]:
    client = Client(raise_request_exception=False)
    response = client.get(url, headers=headers[0] if headers else None)
    answers.append(
        {
            "status": response.status_code,
            "headers": {name.lower(): value for name, value in response.headers.items()},
            "body": response.getvalue().decode(),
        }
    )
print(json.dumps(answers))
