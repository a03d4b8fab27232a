#!/usr/bin/env python3
"""Writes images.json: what Pillow makes of picture files, resized and cropped as torchvision's Resize and CenterCrop
do it with Pillow; and files that must be refused, with a word of why.

Interlaced and 16-bit files Pillow does not write: they are put together here, and their pixels are known.
"""
import base64
import io
import struct
import zlib

import numpy as np
import PIL
from PIL import Image

from vectors import write

random = np.random.default_rng(3)


def picture(width, height, channels=3):
    return random.integers(0, 256, (height, width, channels), np.uint8)


def smooth(width, height):
    y, x = np.mgrid[0:height, 0:width]
    return np.stack([x * 255 // width, y * 255 // height, (x + y) * 127 // max(width, height)], -1).astype(np.uint8)


def file(image, form, **options):
    target = io.BytesIO()
    image.save(target, form, **options)
    return target.getvalue()


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width, height, depth, colour, lines, interlace=0):
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, interlace)
    data = zlib.compress(b"".join(b"\0" + line for line in lines))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def interlaced(pixels):
    height, width, _ = pixels.shape
    lines = []
    for x, y, dx, dy in [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]:
        part = pixels[y::dy, x::dx]
        lines += [row.tobytes() for row in part] if part.size else []
    return png(width, height, 8, 2, lines, 1)


def prepared(image, resize, crop):
    """torchvision.transforms.functional.resize and center_crop on a Pillow image."""
    if resize:
        width, height = image.size
        short = min(width, height)
        image = image.resize(
            (resize if width == short else resize * width // short,
             resize if height == short else resize * height // short), Image.BILINEAR)
    if crop:
        width, height = image.size
        if width < crop or height < crop:
            left, top = max(crop - width, 0) // 2, max(crop - height, 0) // 2
            right, bottom = (max(crop - width, 0) + 1) // 2, (max(crop - height, 0) + 1) // 2
            padded = Image.new(image.mode, (width + left + right, height + top + bottom))
            padded.paste(image, (left, top))
            image = padded
            width, height = image.size
        left, top = int(round((width - crop) / 2)), int(round((height - crop) / 2))
        image = image.crop((left, top, left + crop, top + crop))
    return image


def case(name, data, resize=None, crop=None, channels="rgb", image=None):
    image = (image or Image.open(io.BytesIO(data))).convert("L" if channels == "gray" else "RGB")
    result = np.asarray(prepared(image, resize, crop))
    if channels == "bgr":
        result = result[:, :, ::-1]
    return {"name": name, "file": base64.b64encode(data).decode(), "resize": resize or 0, "crop": crop or 0,
            "channels": channels, "width": result.shape[1], "height": result.shape[0], "pixels": result}


def refused(name, data, reason):
    return {"name": name, "file": base64.b64encode(data).decode(), "reason": reason}


colours = Image.fromarray(picture(13, 9))
plain = file(colours, "PNG")
wide = picture(6, 5).astype(np.uint16) * 256 + 77
deep = png(6, 5, 16, 2, [row.astype(">u2").tobytes() for row in wide])
grid = picture(9, 7)
photo = Image.fromarray(smooth(21, 17))
jpeg = file(photo, "JPEG", quality=90)
header = png(60000, 60000, 8, 2, [])
write("images.json", {"pillow": PIL.__version__}, [
    case("as it is", plain),
    case("smaller", plain, resize=5),
    case("larger", plain, resize=14),
    case("cropped", plain, crop=6),
    case("cropped by half a pixel", file(Image.fromarray(picture(11, 8)), "PNG"), crop=5),
    case("smaller and cropped", file(Image.fromarray(picture(40, 30)), "PNG"), resize=12, crop=10),
    case("crop larger than the picture", file(Image.fromarray(picture(4, 5)), "PNG"), crop=7),
    case("bgr", plain, channels="bgr"),
    case("gray from colours", plain, resize=6, channels="gray"),
    case("gray", file(Image.fromarray(picture(8, 5, 1)[:, :, 0]), "PNG"), channels="gray"),
    case("gray as colours", file(Image.fromarray(picture(8, 5, 1)[:, :, 0]), "PNG")),
    case("transparency is dropped", file(Image.fromarray(picture(5, 4, 4)), "PNG")),
    case("palette", file(colours.quantize(16), "PNG")),
    case("one bit", file(Image.fromarray(picture(9, 4, 1)[:, :, 0]).convert("1"), "PNG")),
    case("16 bits", deep, image=Image.fromarray((wide >> 8).astype(np.uint8))),
    case("interlaced", interlaced(grid), image=Image.fromarray(grid)),
    case("JPEG", jpeg),
    case("JPEG, smaller", jpeg, resize=9, crop=8),
    case("JPEG, progressive", file(photo, "JPEG", progressive=True)),
    case("JPEG of gray", file(photo.convert("L"), "JPEG"), channels="gray"),
    refused("cut short", plain[:-40], "damaged PNG"),
    refused("a byte changed", plain[:60] + bytes([plain[60] ^ 255]) + plain[61:], "damaged PNG"),
    refused("no width", png(0, 5, 8, 2, []), "PNG"),
    refused("too many pixels", header, "pixels"),
    refused("JPEG cut short", jpeg[: len(jpeg) // 2], "damaged JPEG"),
    refused("JPEG header only", jpeg[:20], "pixels"),
    refused("JPEG of CMYK", file(photo.convert("CMYK"), "JPEG"), "CMYK"),
    refused("empty", b"", "is empty"),
    refused("text", b"no picture at all", "neither a PNG nor a JPEG"),
])
