"""Uploaded pictures are drawn anew, so that the location and any other embedded data are lost."""

from __future__ import annotations

import struct
import zlib
from io import BytesIO
from typing import IO

from PIL import Image, ImageOps, ImageSequence

from admin_app.errors import TransferError

FORMATS = ("JPEG", "PNG", "WEBP", "GIF")
# Pillow's name for a JPEG with further pictures behind it, such as a depth map: people mean the first.
JPEG_AND_MORE = "MPO"
# What Pillow raises for a file that is damaged, or made to break programs.
_BROKEN = (
    *(OSError, SyntaxError, ValueError, ArithmeticError, LookupError, TypeError, AttributeError, EOFError),
    *(struct.error, zlib.error, MemoryError, Image.DecompressionBombError),
)
QUALITY = 90
# Longer side of a preview in pixels, for high-density screens.
SMALL_SIDE = 320


def cleaned(file: IO[bytes], label: str, *, most_pixels: int) -> bytes:
    """Return a picture the right way up and without metadata; raise `TransferError` if it is not a picture, or too large."""
    try:
        with Image.open(file, formats=FORMATS) as picture:
            frames = 1 if picture.format == JPEG_AND_MORE else getattr(picture, "n_frames", 1)
            pixels = picture.width * picture.height * frames
            if pixels > most_pixels:
                message = (
                    f"{label} must have {most_pixels:,} pixels or fewer; this has {pixels:,}. The file was not kept."
                )
                raise TransferError(message)
            return _moving(picture) if frames > 1 else _still(picture)
    except _BROKEN as error:
        message = f"{label} cannot be read as a picture. Try another file."
        raise TransferError(message) from error


def small(content: bytes) -> bytes:
    """Return a small version of a picture."""
    with Image.open(BytesIO(content), formats=FORMATS) as picture:
        picture.thumbnail((SMALL_SIDE, SMALL_SIDE))
        made = picture.convert("RGBA" if picture.has_transparency_data else "RGB")
    return _written(made, "WEBP", quality=80)


def _still(picture: Image.Image) -> bytes:
    """Rotate it as the camera was held, because that metadata is lost."""
    name, profile = str(picture.format).replace(JPEG_AND_MORE, "JPEG"), picture.info.get("icc_profile")
    turned = ImageOps.exif_transpose(picture)
    if name == "GIF" or turned.mode not in {"RGB", "RGBA", "L", "P", "CMYK", "1", "LA", "I;16"}:
        turned = turned.convert("RGBA" if turned.has_transparency_data else "RGB")
    # The colour profile says how it looks, and nothing about who took it.
    how = {"icc_profile": profile} if profile else {}
    turned.info = {key: value for key, value in turned.info.items() if key == "transparency"}
    return _written(turned, name, **how, **({} if name in {"PNG", "GIF"} else {"quality": QUALITY}))


def _moving(picture: Image.Image) -> bytes:
    """Keep every frame and its duration."""
    times = [frame.info.get("duration", 100) for frame in ImageSequence.Iterator(picture)]
    first, *rest = [frame.convert("RGBA") for frame in ImageSequence.Iterator(picture)]
    first.info = {}
    target = BytesIO()
    first.save(target, str(picture.format), save_all=True, append_images=rest, duration=times, loop=0)
    return target.getvalue()


def _written(picture: Image.Image, name: str, **how: object) -> bytes:
    target = BytesIO()
    picture.save(target, name, **how)
    return target.getvalue()
