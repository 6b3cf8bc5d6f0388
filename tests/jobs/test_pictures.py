"""Pictures as telephones write them, and as somebody may have damaged them."""

from __future__ import annotations

import io
from typing import Any

import pytest
from PIL import Image

from admin_app.errors import TransferError
from admin_app.jobs.pictures import cleaned

# In a picture: the tag of its description, and that of its width, which is no text.
DESCRIPTION, WIDTH = b"\x01\x0e", b"\x01\x00"


def drawn(colour: str, kind: str, **how: Any) -> bytes:
    target = io.BytesIO()
    Image.new("RGB", (9, 9), colour).save(target, kind, **how)
    return target.getvalue()


def test_of_a_photo_with_its_depth_the_photo_is_kept() -> None:
    sent = drawn("red", "MPO", save_all=True, append_images=[Image.new("RGB", (9, 9), "grey")])

    with Image.open(io.BytesIO(cleaned(io.BytesIO(sent), "It", most_pixels=100))) as kept:
        assert (kept.format, kept.size) == ("JPEG", (9, 9))


@pytest.mark.parametrize("kind", ["JPEG", "WEBP"])
def test_a_picture_that_says_nonsense_of_itself_is_refused(kind: str) -> None:
    said = Image.Exif()
    said[0x0112], said[0x010E] = 6, "red"
    sent = drawn("red", kind, exif=said).replace(DESCRIPTION, WIDTH, 1)

    with pytest.raises(TransferError, match=r"^It cannot be read as a picture\. Try another file\.$"):
        cleaned(io.BytesIO(sent), "It", most_pixels=100)
