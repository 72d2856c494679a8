"""All addresses. Each area names its own; the API is mounted beside them."""

from importlib.util import find_spec

from django.conf import settings
from django.urls import include, path

from anxin.config import pages
from anxin.config.api import api

urlpatterns = [
    path("api/v1/", api.urls),
    path("ready/", pages.ready, name="ready"),
    path("metrics", pages.metrics, name="metrics"),
    path("desk/level2/", pages.evidence, name="level2"),
    path("desk/rights/", pages.table_of_rights, name="rights"),
    *[
        path("", include(f"anxin.{area}.urls"))
        for area in settings.AREAS
        if find_spec(f"anxin.{area}.urls") is not None
    ],
]
handler400 = "anxin.web.public.bad_request"
handler403 = "anxin.web.public.forbidden"
handler404 = "anxin.web.public.not_found"
handler500 = "anxin.web.public.broken"
