"""A plot of growth, both axes logarithmic, as SVG."""

from __future__ import annotations

from math import ceil, floor, log10

from benchmarks import _ground as ground

WIDTH, HEIGHT, LEFT, TOP, BOTTOM, RIGHT = 760, 380, 60, 20, 40, 250
COLOURS = ("#0b6e4f", "#b42318", "#1d4e89", "#8a5a00", "#6b7280", "#7b2d8b")


def draw(title: str, rows: list[tuple[int, str, float]]) -> str:
    """Medians over the number of workers, a line a method; returns the file's name in the results."""
    sizes, medians = [row[0] for row in rows], [row[2] for row in rows]
    low, high = floor(log10(min(medians))), ceil(log10(max(medians)))
    left, right = log10(min(sizes)), log10(max(sizes))

    def x(size: float) -> float:
        return LEFT + (WIDTH - LEFT - RIGHT) * (log10(size) - left) / max(1e-9, right - left)

    def y(value: float) -> float:
        return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * (log10(value) - low) / max(1, high - low)

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif"'
        f' font-size="12"><title>{title}</title><rect width="100%" height="100%" fill="#fff"/>'
    ]
    for power in range(low, high + 1):
        at = y(10.0**power)
        parts.append(f'<path d="M{LEFT} {at:.1f}H{WIDTH - RIGHT}" stroke="#ddd"/>')
        parts.append(f'<text x="{LEFT - 6}" y="{at + 4:.1f}" text-anchor="end">{10.0**power:g} ms</text>')
    for size in sorted(set(sizes)):
        parts.append(f'<text x="{x(size):.1f}" y="{HEIGHT - 16}" text-anchor="middle">{size:,}</text>')
    names = list(dict.fromkeys(row[1] for row in rows))
    for i, name in enumerate(names):
        colour = COLOURS[i % len(COLOURS)]
        spots = [(x(size), y(median)) for size, one, median in rows if one == name]
        path = " ".join(f"{a:.1f},{b:.1f}" for a, b in spots)
        parts.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts += [f'<circle cx="{a:.1f}" cy="{b:.1f}" r="3" fill="{colour}"/>' for a, b in spots]
        parts.append(f'<text x="{WIDTH - RIGHT + 14}" y="{TOP + 16 + 20 * i}" fill="{colour}">{name}</text>')
    name = "ranking_country.svg" if "country" in title else "ranking_denser.svg"
    ground.RESULTS.mkdir(exist_ok=True)
    (ground.RESULTS / name).write_text("".join([*parts, "</svg>\n"]), encoding="utf-8")
    return name
