"""One library with all tags and filters of the house; it is built into every template (no load needed).

docs/components.md shows each in use.
"""

from django import template

from anxin.web.tags import desk, filters, forms, layout, paper, parts, small

register = template.Library()
for _each in (desk, filters, forms, layout, paper, parts, small):
    register.tags.update(_each.register.tags)
    register.filters.update(_each.register.filters)
