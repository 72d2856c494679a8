"""Generated pictures that stand for faces in the demo and the tests: a grid of tiles that follows from a seed. Plain.

No picture of a person is ever needed. Two pictures are compared by what their tiles look like, so that a photograph of
the screen at another size is still the same picture.
"""

from __future__ import annotations

import hashlib
import io

from PIL import Image

SIDE, TILE = 6, 24
DARK, LIGHT = (38, 70, 110), (232, 236, 240)


class NoPicture(ValueError):
    """The bytes show nothing that can be compared."""


def tiles(seed: str) -> list[bool]:
    """The dark tiles of a seed, row by row."""
    digest = int.from_bytes(hashlib.sha256(f"shape:{seed}".encode()).digest()[:8], "big")
    return [bool(digest >> at & 1) for at in range(SIDE * SIDE)]


def drawn(seed: str) -> bytes:
    """The picture of a seed, as PNG."""
    image = Image.new("RGB", (SIDE, SIDE))
    image.putdata([DARK if dark else LIGHT for dark in tiles(seed)])
    data = io.BytesIO()
    image.resize((SIDE * TILE, SIDE * TILE), Image.Resampling.NEAREST).save(data, "PNG")
    return data.getvalue()


def alike(picture: bytes, seed: str) -> int:
    """How far a picture is that of the seed: 0–100. Raises NoPicture."""
    try:
        with Image.open(io.BytesIO(picture)) as image:
            if image.width * image.height > 40_000_000:
                raise NoPicture
            small = image.convert("L").resize((SIDE, SIDE), Image.Resampling.BOX)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise NoPicture from error
    seen = [shade < 140 for shade in small.tobytes()]
    same = sum(one == other for one, other in zip(seen, tiles(seed), strict=True))
    # Chance alone makes half of the tiles alike.
    return max(0, round((same / len(seen) - 0.5) * 200))
