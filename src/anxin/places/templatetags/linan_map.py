"""The schematic of Lin'an with its 18 towns."""

from collections.abc import Iterable
from typing import Any

from django import template

from anxin.places.public import linan_schematic

register = template.Library()


@register.inclusion_tag("places/linan_map.html")
def linan_map(
    selected: Iterable[str] = (), link: str = "", caption: str = "", width: int = 720, height: int = 380
) -> dict[str, Any]:
    """{% linan_map selected=codes link="/agencies/?town={code}" caption="…" %}: outline and towns; one query.

    `selected` towns are filled; with `link`, each town is a link to it with its code put in. A schematic, no map
    (示意图).
    """
    schematic = linan_schematic(width, height)
    return {
        "map": schematic,
        "towns": [(town, link.replace("{code}", town.code)) for town in schematic.towns],
        "selected": set(selected),
        "caption": caption,
    }
