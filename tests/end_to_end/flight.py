"""A made-up flight: frames of a sea, what they show, and where the camera was, as
poses and as the metadata of a recording."""

import math
import struct
import zlib

WIDTH, HEIGHT = 640, 480
LONGITUDE, LATITUDE, HEIGHT_M, FIELD_DEG = 9.18, 54.9, 1200.0, 30.0


def gray_png(rows):
    """A gray PNG of 8 bits."""
    def chunk(kind, data):
        return (struct.pack(">I", len(data)) + kind + data +
                struct.pack(">I", zlib.crc32(kind + data)))
    head = struct.pack(">IIBBBBB", len(rows[0]), len(rows), 8, 0, 0, 0, 0)
    data = b"".join(b"\0" + bytes(row) for row in rows)
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) +
            chunk(b"IDAT", zlib.compress(data)) + chunk(b"IEND", b""))


def sea(shift):
    """Waves."""
    return gray_png([[int(110 + 25 * math.sin((x + shift) / 9) *
                          math.cos(y / 7)) for x in range(WIDTH)]
                     for y in range(HEIGHT)])


def label_at(x, y):
    """A ring of label 1 with label 2 within, a block of 3, a strip at the
    edge."""
    distance = math.hypot(x - 250, y - 220)
    if distance < 40:
        return 2
    if 60 < distance < 120:
        return 1
    if 480 <= x < 560 and 300 <= y < 340:
        return 3
    if y < 6 and 100 < x < 300:
        return 1
    return 0


def pose(east_m=0.0, elevation=-90.0):
    per_degree = 111320 * math.cos(math.radians(LATITUDE))
    ellipsoid = "HEIGHT_REFERENCE_ELLIPSOID"
    return {
        "longitude_deg": LONGITUDE + east_m / per_degree,
        "latitude_deg": LATITUDE,
        "height": {"metres": HEIGHT_M, "reference": ellipsoid},
        "heading": {"degrees": 0, "reference": "NORTH_REFERENCE_TRUE"},
        "pitch_deg": 0, "roll_deg": 0, "sensor_azimuth_deg": 0,
        "sensor_elevation_deg": elevation, "sensor_roll_deg": 0,
        "horizontal_field_of_view_deg": FIELD_DEG,
        "ground": {"metres": 0, "reference": ellipsoid}}


def scaled(value, low, high, size):
    """A value of MISB ST 0601, unsigned if `low` is a number."""
    steps = 2 ** (8 * size)
    if low is None:  # Signed.
        return (round(value / high * (steps // 2 - 1)) % steps).to_bytes(
            size, "big")
    return round((value - low) / (high - low) * (steps - 1)).to_bytes(
        size, "big")


def pose_items(east_m):
    """pose(east_m) in the items of a local set, on 32 bits where it has
    them."""
    where = pose(east_m)
    return {5: scaled(0, 0, 360, 2), 6: scaled(0, None, 20, 2),
            7: scaled(0, None, 50, 2),
            13: scaled(where["latitude_deg"], None, 90, 4),
            14: scaled(where["longitude_deg"], None, 180, 4),
            75: scaled(HEIGHT_M, -900, 19000, 2),
            16: scaled(FIELD_DEG, 0, 180, 2), 18: bytes(4),
            19: scaled(-90, None, 180, 4), 20: bytes(4)}


def transport_packets(stream, counter, payload):
    packets = b""
    for at in range(0, len(payload), 184):
        part = payload[at:at + 184]
        field = 183 - len(part)
        packets += struct.pack(">BHB", 0x47, (0x4000 if at == 0 else 0) |
                               stream, (0x30 if field >= 0 else 0x10) |
                               counter + at // 184 & 15)
        if field >= 0:
            packets += bytes([field]) + (b"\0" + b"\xff" * field)[:field]
        packets += part
    return packets


def table(number, body):
    """A section with the checksum of ISO/IEC 13818-1, Annex A."""
    section = bytes([number, 0xB0, 9 + len(body), 0, 1, 0xC1, 0, 0]) + body
    crc = 0xFFFFFFFF
    for byte in section:
        crc ^= byte << 24
        for _ in range(8):
            crc = (crc << 1 ^ (0x04C11DB7 if crc >> 31 else 0)) & 0xFFFFFFFF
    return b"\0" + section + struct.pack(">I", crc)


def recording(sets):
    """A transport stream with each (seconds, local set)."""
    stream = (transport_packets(0, 0, table(0, bytes([0, 1, 0xE1, 0]))) +
              transport_packets(0x100, 0, table(2, bytes(
                  [0xE1, 0, 0xF0, 0, 0x06, 0xE1, 1, 0xF0, 6, 5, 4]) +
                  b"KLVA")))
    for number, (seconds, contents) in enumerate(sets):
        t = round(seconds * 90000)
        stream += transport_packets(0x101, 2 * number, b"\0\0\1\xbd" +
                                    struct.pack(">H", 8 + len(contents)) +
                                    bytes([0x80, 0x80, 5,
                                           0x21 | t >> 29 & 0x0E,
                                           t >> 22 & 255, t >> 14 & 254 | 1,
                                           t >> 7 & 255, t << 1 & 255 | 1]) +
                                    contents)
    return stream


def local_set(microseconds, items=None):
    """A MISB ST 0601 set with the time and `items`."""
    items = b"".join(
        bytes([tag, len(value)]) + value for tag, value in
        {2: struct.pack(">Q", microseconds), **(items or {})}.items())
    items += bytes([1, 2])
    whole = (bytes.fromhex("060E2B34020B01010E01030101000000") +
             bytes([len(items) + 2]) + items)
    total = sum(byte << (0 if i % 2 else 8) for i, byte in enumerate(whole))
    return whole + struct.pack(">H", total & 0xFFFF)
