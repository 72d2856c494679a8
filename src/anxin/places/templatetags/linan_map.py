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
    """{% linan_map selected=codes link="/agencies/?town=" caption="…" %}: outline and towns; one query.

    `selected` towns are filled; with `link`, each town is a link to `link` + its code. A schematic, no map (示意图).
    """
    return {
        "map": linan_schematic(width, height),
        "selected": set(selected),
        "link": link,
        "caption": caption,
    }
