"""What `django-admin startproject` makes, switched to production, with the page of the benchmark in it."""

import os

from shop.settings import *  # noqa: F403

DEBUG = False
ALLOWED_HOSTS = ["127.0.0.1"]
ROOT_URLCONF = "bench_urls"
# Django has nothing that names a request or says how long it took.
MIDDLEWARE = ["bench_urls.id_and_timing", *MIDDLEWARE]  # noqa: F405

if os.environ["BENCH_SESSIONS"] == "memory":
    SESSION_ENGINE = "django.contrib.sessions.backends.cache"
