"""What scanners, copiers and cameras do to a page.

Each kind takes a page (float32, 0 black .. 255 white) and a numpy random
generator, and gives the page as it arrives with the 3 x 3 matrix from pixels of
the drawn page to its own, corner-based. DEGRADED are the kinds that means are
taken over; CLEAN ones have nothing to mend.
"""

import io

import numpy as np
from PIL import Image

IDENTITY = np.eye(3)


def noise(page, random, sigma):
    return page + random.normal(0, sigma, page.shape).astype(np.float32)


def blur(page, sigma):
    radius = int(np.ceil(4 * sigma))
    taps = np.exp(-0.5 * (np.arange(-radius, radius + 1) / sigma) ** 2)
    taps = (taps / taps.sum()).astype(np.float32)
    for axis in (0, 1):
        padded = np.pad(page, [(radius, radius) if a == axis else (0, 0)
                               for a in (0, 1)], mode="edge")
        side = page.shape[axis]
        page = sum(tap * padded.take(range(i, i + side), axis)
                   for i, tap in enumerate(taps))
    return page


def coordinates(page):
    height, width = page.shape
    return np.meshgrid(np.arange(width, dtype=np.float32),
                       np.arange(height, dtype=np.float32))


def shadow_edge(page, along, across, at, softness):
    """From 0 in the shadow to 1, along a slanting edge."""
    x, y = coordinates(page)
    distance = along * x + across * y - at * page.shape[1]
    return 1 / (1 + np.exp(-distance / softness))


def clean(page, random):
    return page, IDENTITY


def office(page, random):
    """An ordinary scan: nearly black, nearly white, a little soft."""
    return noise(blur(page * 0.82 + 36, 0.6), random, 2), IDENTITY


def low_contrast(page, random):
    return noise(page * 0.18 + 120, random, 4), IDENTITY


def faint(page, random):
    return noise((255 - (255 - page) * 0.12) * 0.9, random, 3), IDENTITY


def shadow(page, random):
    edge = shadow_edge(page, 0.8, random.uniform(-0.6, 0.6),
                       random.uniform(0.3, 0.6), 60)
    return noise((page * 0.75 + 40) * (0.28 + 0.72 * edge), random, 4), IDENTITY


def gradient(page, random):
    x, _ = coordinates(page)
    across = x / page.shape[1]
    if random.random() < 0.5:
        across = 1 - across
    return (noise((page * 0.6 + 60) * (0.25 + 0.75 * across), random, 4),
            IDENTITY)


def vignette(page, random):
    x, y = coordinates(page)
    height, width = page.shape
    away = ((x / width - 0.5) * 2) ** 2 + ((y / height - 0.5) * 2) ** 2
    return noise((page * 0.7 + 50) * np.exp(-0.9 * away), random, 5), IDENTITY


def noise_35(page, random):
    return noise(page * 0.7 + 50, random, 35), IDENTITY


def noise_60(page, random):
    return noise(page * 0.6 + 60, random, 60), IDENTITY


def salt_pepper(page, random):
    where = random.random(page.shape)
    page = np.where(where < 0.03, 0, np.where(where > 0.97, 255, page))
    return page.astype(np.float32), IDENTITY


def blurred(page, random):
    return noise(blur(page, 2.2) * 0.8 + 30, random, 4), IDENTITY


def jpeg_12(page, random):
    file = io.BytesIO()
    to_image(page * 0.7 + 40).save(file, "JPEG", quality=12)
    return np.asarray(Image.open(file), dtype=np.float32), IDENTITY


def skew(page, random):
    degrees = random.uniform(1.5, 4) * random.choice([-1, 1])
    height, width = page.shape
    turned = to_image(page).rotate(degrees, Image.BICUBIC, fillcolor=255)
    angle = np.radians(degrees)
    cosine, sine = np.cos(angle), np.sin(angle)
    # PIL turns counter-clockwise about the middle; y points down.
    x, y = width / 2, height / 2
    matrix = np.array([[cosine, sine, x - cosine * x - sine * y],
                       [-sine, cosine, y + sine * x - cosine * y],
                       [0, 0, 1]])
    page = np.asarray(turned, dtype=np.float32)
    return noise(page * 0.8 + 30, random, 4), matrix


def blueprint(page, random):
    return noise(60 + (255 - page) * 0.5, random, 5), IDENTITY


def photo(page, random):
    edge = shadow_edge(page, 0.7, random.uniform(-0.5, 0.5),
                       random.uniform(0.1, 0.4), 90)
    page = (blur(page, 1.0) * 0.45 + 60) * (0.4 + 0.6 * edge)
    return noise(page, random, 10), IDENTITY


def low_resolution(page, random):
    height, width = page.shape
    size = (round(0.45 * width), round(0.45 * height))
    page = np.asarray(to_image(page).resize(size, Image.BOX), dtype=np.float32)
    return (noise(page * 0.8 + 30, random, 3),
            np.diag([size[0] / width, size[1] / height, 1]))


CLEAN = {"clean": clean, "office": office}
DEGRADED = {
    "low_contrast": low_contrast, "faint": faint, "shadow": shadow,
    "gradient": gradient, "vignette": vignette, "noise_35": noise_35,
    "noise_60": noise_60, "salt_pepper": salt_pepper, "blur": blurred,
    "jpeg_12": jpeg_12, "skew": skew, "blueprint": blueprint, "photo": photo,
    "low_resolution": low_resolution,
}
KINDS = {**CLEAN, **DEGRADED}


def to_image(page):
    return Image.fromarray(
        np.clip(np.rint(page), 0, 255).astype(np.uint8), "L")


def degrade(image, kind, random):
    """`image` spoilt, and the matrix from its pixels to the result's."""
    page, matrix = KINDS[kind](np.asarray(image, dtype=np.float32), random)
    return to_image(page), matrix
