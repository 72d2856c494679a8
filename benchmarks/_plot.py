"""A plot of growth as SVG: both axes by powers of ten, one line for each of those compared."""

from __future__ import annotations

import math
from pathlib import Path

COLOURS = ("#0b6e4f", "#c2410c", "#1d4ed8", "#7c3aed", "#6b7280", "#a16207", "#be123c")
WIDE, HIGH, LEFT, LOW = 720, 420, 70, 50


def growth(path: Path, title: str, x: str, y: str, lines: dict[str, list[tuple[float, float]]]) -> None:
    """Write the plot. lines: (x, y) of each name, all above 0."""
    points = [point for line in lines.values() for point in line]
    spans = [
        (math.floor(math.log10(min(v))), math.ceil(math.log10(max(v)) + 1e-9))
        for v in zip(*points, strict=True)
    ]

    def at(point: tuple[float, float]) -> tuple[float, float]:
        (x0, x1), (y0, y1) = spans
        return (
            LEFT + (WIDE - LEFT - 150) * (math.log10(point[0]) - x0) / (x1 - x0),
            HIGH - LOW - (HIGH - LOW - 50) * (math.log10(point[1]) - y0) / (y1 - y0),
        )

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDE} {HIGH}" font-family="sans-serif" font-size="12">',
        f'<rect width="{WIDE}" height="{HIGH}" fill="#fff"/><text x="{LEFT}" y="24" font-size="15">{title}</text>',
        f'<text x="{LEFT}" y="{HIGH - 12}">{x}</text><text x="8" y="42">{y}</text>',
    ]
    (x0, x1), (y0, y1) = spans
    for power in range(x0, x1 + 1):
        left, bottom = at((10.0**power, 10.0**y0))
        parts.append(f'<path d="M{left:.1f} {bottom:.1f}V50" stroke="#ddd"/>')
        parts.append(
            f'<text x="{left:.1f}" y="{bottom + 16:.1f}" text-anchor="middle">{10.0**power:,.0f}</text>'
        )
    for power in range(y0, y1 + 1):
        left, bottom = at((10.0**x0, 10.0**power))
        parts.append(f'<path d="M{left:.1f} {bottom:.1f}H{WIDE - 150}" stroke="#ddd"/>')
        parts.append(
            f'<text x="{left - 6:.1f}" y="{bottom + 4:.1f}" text-anchor="end">{10.0**power:g}</text>'
        )
    for colour, (name, line) in zip(COLOURS, lines.items(), strict=False):
        found = [at(point) for point in line]
        d = "M" + "L".join(f"{a:.1f} {b:.1f}" for a, b in found)
        parts.append(f'<path d="{d}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts += [f'<circle cx="{a:.1f}" cy="{b:.1f}" r="3" fill="{colour}"/>' for a, b in found]
        parts.append(
            f'<text x="{found[-1][0] + 8:.1f}" y="{found[-1][1] + 4:.1f}" fill="{colour}">{name}</text>'
        )
    path.write_text("\n".join([*parts, "</svg>"]) + "\n", encoding="utf-8")
