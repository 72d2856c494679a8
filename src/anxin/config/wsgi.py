"""Pages and API, under WSGI."""

import os
from importlib import import_module

from django.core.wsgi import get_wsgi_application

from anxin.kit.room import roomy

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "anxin.config.settings")
application = roomy(get_wsgi_application())
# A command starts sooner without them; here the first who signs or joins does not wait for them.
for late in ("anxin.contracts.engine.pades", "anxin.contracts.engine.verify", "pypinyin"):
    import_module(late)
