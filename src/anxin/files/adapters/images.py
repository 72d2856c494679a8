"""Pictures are decoded and written anew: what remains are pixels, without place, camera or hidden content."""

import io
import struct
import warnings
import zlib
from dataclasses import dataclass

from PIL import Image, ImageOps

from anxin.files.values import Format

# 50 megapixels: beyond any phone's photo, below what a small file needs to fill the memory of the machine.
MAX_PIXELS = 50_000_000
_QUALITY = 85
# What the decoders raise at bytes that only look like a picture.
BROKEN = (
    OSError, ValueError, SyntaxError, EOFError, ArithmeticError, LookupError, TypeError, AttributeError, struct.error,
    zlib.error,
)  # fmt: skip


class Unreadable(Exception):
    """The bytes are no whole picture of an allowed format."""


class TooManyPixels(Exception):
    """The picture would need more memory than a photo has reason to."""


@dataclass(frozen=True)
class Picture:
    content: bytes
    width: int
    height: int


def rewrite(content: bytes, kind: Format, max_side: int) -> Picture:
    """Decode and encode again in the same format: upright, at most `max_side` pixels a side, without metadata.

    Raises Unreadable, TooManyPixels. Only the first frame of an animation is kept.
    """
    name = kind.value.removeprefix("image/").upper()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            # The header alone gives the size; pixels are decoded only after it was found bearable.
            with Image.open(io.BytesIO(content), formats=[name]) as image:
                if image.width * image.height > MAX_PIXELS:
                    raise TooManyPixels
                if kind is Format.JPEG and max_side:
                    image.draft("RGB", (max_side * 2, max_side * 2))
                upright = ImageOps.exif_transpose(image)
                plain = upright.convert(_mode(upright, kind))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as bomb:
        raise TooManyPixels from bomb
    except BROKEN as broken:
        raise Unreadable from broken
    if max_side:
        plain.thumbnail((max_side, max_side), Image.Resampling.LANCZOS)
    # A new image takes over pixels only; `info` with EXIF, XMP, comments and profiles stays behind.
    clean = Image.new(plain.mode, plain.size)
    clean.paste(plain)
    out = io.BytesIO()
    if kind is Format.PNG:
        clean.save(out, name, optimize=True)
    else:
        clean.save(out, name, quality=_QUALITY)
    return Picture(out.getvalue(), clean.width, clean.height)


def _mode(image: Image.Image, kind: Format) -> str:
    clear = "A" in image.getbands() or "transparency" in image.info
    return "RGBA" if clear and kind is not Format.JPEG else "RGB"
