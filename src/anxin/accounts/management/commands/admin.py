"""`anxin admin`."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext, override

from anxin.accounts import actions, queries
from anxin.accounts.models import Organisation, Person
from anxin.accounts.values import POSTS, OrganisationKind
from anxin.kit import clock
from anxin.kit.actor import SYSTEM
from anxin.kit.errors import Refusal
from anxin.kit.masks import mask_name, mask_phone


class Command(BaseCommand):
    help = "Appoint administrators, sign them in by links that work once, clear a lost second factor."

    def add_arguments(self, parser: CommandParser) -> None:
        posts = [
            key.partition(".")[2] for key, post in POSTS.items() if post.kind == OrganisationKind.OPERATOR
        ]
        verbs = parser.add_subparsers(dest="verb", required=True)
        create = verbs.add_parser("create", help="appoint somebody and print a sign-in link that works once")
        create.add_argument("--post", choices=posts, required=True)
        create.add_argument("--phone", required=True, help="their mobile number")
        create.add_argument("--name", required=True)
        create.add_argument("--organisation", default="", help="the operator's name, at the first time")
        for verb, text in (
            ("link", "print a new sign-in link for somebody who holds a post of the operator"),
            ("reset", "take away somebody's lost second factors and end their sign-ins"),
        ):
            one = verbs.add_parser(verb, help=text)
            one.add_argument("--phone", required=True)
        verbs.add_parser(
            "list", help="who holds which post of the operator, and whether a second factor is set up"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with override("zh-hans"):
                getattr(self, f"do_{options['verb']}")(options)
        except Refusal as refusal:
            raise CommandError(str(refusal)) from refusal

    @transaction.atomic
    def do_create(self, options: dict[str, Any]) -> None:
        at = clock.now()
        operator = Organisation.objects.filter(kind=OrganisationKind.OPERATOR).order_by("created_at").first()
        if operator is None:
            if not options["organisation"]:
                raise CommandError("there is no operator yet: name it by --organisation")
            operator = actions.found_organisation(
                kind=OrganisationKind.OPERATOR, name=options["organisation"],
                city_code=settings.ANXIN_CITY_CODE, by=SYSTEM, at=at,
            )  # fmt: skip
        appointment = actions.appoint_by_phone(
            phone=options["phone"], name=options["name"], organisation_id=operator.pk,
            post=f"{OrganisationKind.OPERATOR}.{options['post']}", by=SYSTEM, at=at,
        )  # fmt: skip
        self.stdout.write(
            f"{mask_name(options['name'])}: {gettext(appointment.definition.label)}, {operator.name}"
        )
        self._print_link(appointment.person)

    def do_link(self, options: dict[str, Any]) -> None:
        self._print_link(self._person(options["phone"]))

    def do_reset(self, options: dict[str, Any]) -> None:
        person = self._person(options["phone"])
        actions.reset_factors(person_id=person.pk, by=SYSTEM, at=clock.now())
        self.stdout.write(
            f"{mask_phone(person.phone)}: second factors cleared, every sign-in ended; they were told"
        )

    def do_list(self, options: dict[str, Any]) -> None:
        at = clock.now()
        for operator in Organisation.objects.filter(kind=OrganisationKind.OPERATOR).order_by("created_at"):
            for one in queries.staff_of(operator.pk, at):
                factor = "second factor" if queries.has_factor(one.person_id) else "no second factor yet"
                self.stdout.write(
                    f"{mask_name(one.person.name)} {mask_phone(one.person.phone)}  "
                    f"{gettext(one.definition.label)}  {operator.name}  {factor}"
                )

    def _person(self, typed: str) -> Person:
        person = queries.person_by_phone(actions.clean_phone(typed))
        if person is None:
            raise CommandError("nobody has this number")
        return person

    def _print_link(self, person: Person) -> None:
        """The link goes to the terminal only: to whoever already holds the machine."""
        token = actions.make_link(person_id=person.pk, by=SYSTEM, at=clock.now())
        self.stdout.write("Sign in once within 30 minutes, then set up a second factor:")
        self.stdout.write(f"  {settings.ANXIN_ORIGIN}{reverse('accounts:link', args=[token])}")
