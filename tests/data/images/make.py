# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes the files of this folder with other programs' encoders: pip install numpy tifffile pillow pillow-heif"""
import json, os, sys
import numpy as np
import tifffile
from PIL import Image, ImageOps
import pillow_heif

pillow_heif.register_heif_opener()
here = os.path.dirname(os.path.abspath(__file__))
at = lambda name: os.path.join(here, name)

y, x = np.mgrid[0:3, 0:4]
plane = (y * 4 + x).astype(np.uint8)                              # 0 ... 11
rgb = np.stack([plane * 10, plane * 10 + 1, plane * 10 + 2], -1)  # of channel c: 10 n + c
many = np.stack([plane * 10 + c for c in range(5)], -1)

with tifffile.TiffWriter(at("pages.tif")) as tif:
    for page in range(5):
        tif.write(plane + page * 20, photometric="minisblack")
tifffile.imwrite(at("four.tif"), many[..., :4], photometric="rgb", extrasamples=["unspecified"])
tifffile.imwrite(at("five-planes.tif"), np.moveaxis(many, -1, 0), photometric="minisblack", planarconfig="separate")
tifffile.imwrite(at("two.tif"), np.stack([plane.astype(np.uint16) * 300, plane.astype(np.uint16) * 5000], -1),
                 photometric="minisblack", planarconfig="contig")
tifffile.imwrite(at("float.tif"), (plane.astype(np.float32) - 2) * 0.5, photometric="minisblack")
tifffile.imwrite(at("signed.tif"), plane.astype(np.int16) * 100 - 500, photometric="minisblack")
tifffile.imwrite(at("big.tif"), rgb, photometric="rgb", bigtiff=True)
tifffile.imwrite(at("endian.tif"), plane.astype(np.uint16) * 5000, photometric="minisblack", byteorder=">")
wide = (np.arange(20 * 40).reshape(20, 40) * 80).astype(np.uint16)
tifffile.imwrite(at("tiles.tif"), wide, photometric="minisblack", tile=(16, 16), compression="zlib", predictor=True)
Image.fromarray(rgb).quantize(16).save(at("palette.tif"))
Image.fromarray((plane % 2 * 255).astype(np.uint8)).convert("1").save(at("bilevel.tif"), compression="group4")

Image.fromarray(plane.astype(np.uint16) * 372).save(at("twelve.png"))  # 0 ... 4092
drawing = np.zeros((8, 8, 4), np.uint8)
drawing[2:6, 2:6, 3] = 255
drawing[0, 0, 3] = 128
Image.fromarray(drawing, "RGBA").save(at("drawing.png"))
Image.fromarray(np.stack([plane * 10, 255 - plane], -1), "LA").save(at("two.png"))

exif = Image.Exif()
exif[0x0112] = 6
Image.fromarray(rgb).save(at("turned.png"), exif=exif)
Image.fromarray(rgb).save(at("turned.webp"), exif=exif, lossless=True, exact=True)
Image.fromarray(rgb).save(at("turned.tif"), exif=exif)

frames = [Image.new("RGB", (6, 5), c) for c in ((200, 10, 20), (10, 200, 20), (10, 20, 200))]
frames[0].save(at("moving.gif"), save_all=True, append_images=frames[1:], duration=50)
frames[0].save(at("moving.webp"), save_all=True, append_images=frames[1:], duration=50, lossless=True)
part = Image.new("P", (4, 4), 0)
part.putpalette([0, 0, 0, 250, 100, 50] + [0] * 762)
part.putpixel((1, 2), 1)
part.save(at("still.gif"), transparency=0)

half = np.zeros((64, 64, 3), np.uint8)
half[:, :32] = (220, 30, 30)
half[:, 32:] = (30, 30, 220)
Image.fromarray(half).save(at("half.heic"), quality=90)
Image.fromarray(half).save(at("half.avif"), quality=90)

rng = np.random.default_rng(7)
cases = []
for shape in ((5, 9, 3), (9, 5, 3), (40, 31, 1), (7, 7, 3)):
    source = rng.integers(0, 256, shape, dtype=np.uint8)
    image = Image.fromarray(source if shape[2] == 3 else source[..., 0])
    for height, width in ((8, 8), (6, 13), (21, 4)):
        colour = (10, 20, 30) if shape[2] == 3 else 90
        out = np.asarray(ImageOps.pad(image, (width, height), Image.Resampling.BILINEAR, color=colour))
        cases.append({"source": source.ravel().tolist(), "shape": list(shape), "size": [height, width],
                      "out": out.ravel().tolist()})
with open(os.path.join(here, "../../golden/pad.json"), "w") as file:
    json.dump(cases, file, separators=(",", ":"))
