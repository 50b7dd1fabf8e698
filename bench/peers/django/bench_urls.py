"""The page that every side shows."""

import time
import uuid

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.middleware.csrf import get_token
from django.urls import path

HEAD = '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>The bookshop</title></head><body>'
REST = "<ul>" + "<li>A book, a quarter of a line long.</li>" * 12 + "</ul></body></html>"


def id_and_timing(get_response):
    def middleware(request):
        began = time.perf_counter()
        response = get_response(request)
        response["X-Request-Id"] = str(uuid.uuid4())
        response["Server-Timing"] = f"total;dur={(time.perf_counter() - began) * 1000:.1f}"
        return response

    return middleware


def page(request):
    if request.method == "POST":
        request.session["name"] = "Ada"
        messages.success(request, "Welcome back.")
        response = HttpResponseRedirect("/")
        response.status_code = 303
        return response
    told = "".join(f'<p class="message">{message}</p>' for message in messages.get_messages(request))
    name = request.session.get("name", "stranger")
    response = HttpResponse(f"{HEAD}{told}<h1>Hello {name}</h1>{REST}")
    if "X-Wants-Token" in request.headers:
        response["X-CSRF-Token"] = get_token(request)
    return response


urlpatterns = [path("", page)]
