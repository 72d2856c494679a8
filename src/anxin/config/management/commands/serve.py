"""`anxin serve`."""

from anxin.config.management.commands import run


class Command(run.Command):
    help = "Start everything, without demo data and demo logins; Ctrl-C stops it"
    demo = False
