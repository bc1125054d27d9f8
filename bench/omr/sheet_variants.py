"""What scanners, copiers, phones and people do to a scan, seeded.

Every variant is a function of a gray or colour picture (numpy, uint8) and a
random generator. `faint` alone needs to know where the marks are.
"""

import cv2
import numpy as np


def _warp(image, corners, size):
    """`image` with its corners at `corners` in a picture of `size`."""
    height, width = image.shape[:2]
    start = np.float32([[0, 0], [width, 0], [width, height], [0, height]])
    paper = tuple(int(np.percentile(image[..., c], 95))
                  for c in range(3)) if image.ndim == 3 else int(
                      np.percentile(image, 95))
    return cv2.warpPerspective(
        image, cv2.getPerspectiveTransform(start, np.float32(corners)), size,
        flags=cv2.INTER_AREA if size[0] < width else cv2.INTER_CUBIC,
        borderValue=paper)


def as_is(image, random):
    return image


def turned_180(image, random):
    return cv2.rotate(image, cv2.ROTATE_180)


def turned_90(image, random):
    return cv2.rotate(image, cv2.ROTATE_90_CLOCKWISE)


def turned_270(image, random):
    return cv2.rotate(image, cv2.ROTATE_90_COUNTERCLOCKWISE)


def tilted(image, random):
    """A few degrees, as a feeder does; nothing is cut off."""
    height, width = image.shape[:2]
    angle = np.deg2rad(random.uniform(2, 6) * random.choice([-1, 1]))
    c, s = np.cos(angle), np.sin(angle)
    centre = np.array([width / 2, height / 2])
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]])
    turned = (corners - centre) @ np.array([[c, s], [-s, c]])
    turned -= turned.min(axis=0)
    size = tuple(int(v) + 1 for v in turned.max(axis=0))
    return _warp(image, turned, size)


def low_light(image, random):
    """A third of the light, falling off to one side, and noise."""
    height, width = image.shape[:2]
    angle = random.uniform(0, 2 * np.pi)
    x = np.linspace(-0.5, 0.5, width)[None, :] * np.cos(angle)
    y = np.linspace(-0.5, 0.5, height)[:, None] * np.sin(angle)
    light = random.uniform(0.28, 0.4) * (1 + 0.6 * (x + y))
    if image.ndim == 3:
        light = light[..., None]
    dark = image * light + random.normal(0, 2.5, image.shape)
    return np.clip(dark, 0, 255).astype(np.uint8)


def cropped(image, random):
    """Cut at three sides by one to three hundredths."""
    height, width = image.shape[:2]
    cut = random.uniform(0.01, 0.03, 4)
    cut[random.integers(4)] = 0
    return np.ascontiguousarray(
        image[int(cut[0] * height):height - int(cut[1] * height),
              int(cut[2] * width):width - int(cut[3] * width)])


def perspective(image, random):
    """Seen at an angle: corners move inwards by up to a twelfth."""
    height, width = image.shape[:2]
    inwards = random.uniform(0, 0.08, (4, 2)) * [width, height]
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]])
    return _warp(image, corners + inwards * [[1, 1], [-1, 1], [-1, -1],
                                             [1, -1]], (width, height))


def blurred(image, random):
    sigma = random.uniform(0.8, 1.4) * max(image.shape[:2]) / 1600
    return cv2.GaussianBlur(image, (0, 0), max(sigma, 0.5))


def xerox(image, random):
    """A copy: hard contrast, specks, one direction stretched by 1 %."""
    gray = image if image.ndim == 2 else cv2.cvtColor(image,
                                                      cv2.COLOR_BGR2GRAY)
    white = np.percentile(gray, 90)
    hard = np.clip((gray / white - 0.35) / 0.5, 0, 1) * 255
    specks = random.random(gray.shape) < 0.0004
    specks = cv2.dilate(specks.astype(np.uint8), np.ones((2, 2), np.uint8))
    hard[specks > 0] = 30
    hard = np.clip(hard + random.normal(0, 4, gray.shape), 0, 255)
    height, width = gray.shape
    stretched = cv2.resize(hard.astype(np.uint8),
                           (width, round(height * random.uniform(0.99, 1.01))),
                           interpolation=cv2.INTER_AREA)
    return stretched


def squeezed(image, random):
    """A small JPEG of a small picture, as messengers send them."""
    height, width = image.shape[:2]
    scale = min(1.0, 1100 / max(height, width))
    small = cv2.resize(image, None, fx=scale, fy=scale,
                       interpolation=cv2.INTER_AREA)
    _, packed = cv2.imencode(".jpg", small, [cv2.IMWRITE_JPEG_QUALITY, 35])
    return cv2.imdecode(packed, cv2.IMREAD_UNCHANGED)


def faint(image, random, marks):
    """The marks at a third to a half of their darkness. `marks`: corners of
    the marked bubbles in the picture, [n, 4, 2]."""
    light = image.astype(np.float32)
    for corners in marks:
        low = np.floor(corners.min(axis=0)).astype(int)
        high = np.ceil(corners.max(axis=0)).astype(int)
        grow = (high - low) // 2
        x0, y0 = np.maximum(low - grow, 0)
        x1, y1 = high + grow
        around = image[y0:y1, x0:x1]
        if around.size == 0:
            continue
        paper = np.percentile(around, 85, axis=(0, 1))
        weight = np.zeros(image.shape[:2], np.float32)[y0:y1, x0:x1]
        cv2.fillConvexPoly(weight, np.round(corners - [x0, y0]).astype(int),
                           1.0)
        weight = cv2.GaussianBlur(weight, (0, 0), 1.0)
        keep = 1 - weight * (1 - random.uniform(0.35, 0.5))
        if image.ndim == 3:
            keep = keep[..., None]
        part = light[y0:y1, x0:x1]
        light[y0:y1, x0:x1] = np.where(part < paper,
                                       paper - (paper - part) * keep, part)
    return np.clip(light, 0, 255).astype(np.uint8)


VARIANTS = {
    "as_is": as_is, "180": turned_180, "90": turned_90, "270": turned_270,
    "tilted": tilted, "low_light": low_light, "crop": cropped,
    "perspective": perspective, "blur": blurred, "xerox": xerox,
    "squeezed": squeezed, "faint": faint,
}
