"""Pages whose words are known: lines of text, and engineering drawings.

Both are black on white; degradations.py spoils them. A page depends on the
`random.Random` it is given alone (and on the fonts: Debian's packages
fonts-liberation and fonts-dejavu-core).
"""

import dataclasses
import math

from PIL import Image, ImageDraw, ImageFont

FONTS = "/usr/share/fonts/truetype/"
TEXT_FONTS = [
    "liberation/LiberationSerif-Regular.ttf",
    "liberation/LiberationSans-Regular.ttf",
    "liberation/LiberationMono-Regular.ttf",
    "liberation/LiberationSansNarrow-Regular.ttf",
    "dejavu/DejaVuSans.ttf",
    "dejavu/DejaVuSerif.ttf",
]
DRAWING_FONTS = [
    "liberation/LiberationSans-Regular.ttf",
    "dejavu/DejaVuSans.ttf",
    "liberation/LiberationSansNarrow-Regular.ttf",
]
WORDS = """
about after again against alloy also although angle another any around assembly
axis back base bearing because been before below between bolt both bracket
cannot casting chamfer change clamp clean clearance close coating condition
could coupling cover cut cycle datum deep depth detail diameter distance does
down drawing drill each edge eight end even every face feature finish first fit
five flange four from gasket gauge gear general give given good great ground
half hardness have heat heavy height here hexagon high hole housing however if
in inner inspection into item just keep key know large last left length less
level like limit line load long lower machine made main many mark material may
mean measure metal might model more most mount much must name near never new
next no nominal not note number nut of oil on once one only or order other our
out outer over own page part pin place plate point position pressure quality
quantity radius range rather reference remove report required right ring roller
rough same scale screw seal second section see set seven shaft shall sharp
sheet should shown side six size small some spring standard start steel still
such surface take temperature ten test than that the their them then there
these they thickness this thread three through time to together tolerance
torque total turn two type under unless until up upper use valve very view wall
was washer water weight weld well were what when where which while wide width
will with within without work would year you your zinc
""".split()


@dataclasses.dataclass
class Page:
    """`image`: mode L. A text page has `text`, a drawing `strings`: each with
    its box (left, top, right, bottom) in pixels, corner-based."""

    image: Image.Image
    text: str = ""
    strings: list = dataclasses.field(default_factory=list)


def font(path, size):
    return ImageFont.truetype(FONTS + path, size)


def number(random):
    return random.choice([
        lambda: str(random.randint(2, 9999)),
        lambda: f"{random.uniform(0, 100):.{random.randint(1, 2)}f}",
        lambda: f"{random.randint(1, 28)}.{random.randint(1, 12)}."
                f"{random.randint(1990, 2030)}",
        lambda: f"{random.randint(1, 99)} %",
    ])()


def text_page(random, width=1240, height=540):
    """Lines of words and numbers, 20 to 32 pixels an em, one font a page."""
    size = random.randint(20, 32)
    face = font(random.choice(TEXT_FONTS), size)
    image = Image.new("L", (width, height), 255)
    draw = ImageDraw.Draw(image)
    lines = []
    y = 44
    while y + 2 * size < height - 30:
        words = []
        while True:
            word = number(random) if random.random() < 0.12 else (
                random.choice(WORDS))
            if draw.textlength(" ".join(words + [word]), face) > width - 150:
                break
            words.append(word)
        line = " ".join(words)
        line = line[0].upper() + line[1:] + random.choice([".", ",", "", ";"])
        draw.text((60, y), line, fill=0, font=face)
        lines.append(line)
        y += round(size * 1.55)
    return Page(image, text="\n".join(lines))


def dimension(random):
    """What stands over a dimension line."""
    def decimals(low, high):
        return f"{random.uniform(low, high):.{random.randint(0, 2)}f}"
    letters = "ABCDEFGH"
    thread = (f"M{random.choice([3, 4, 5, 6, 8, 10, 12, 16, 20])}"
              f"x{random.choice(['0.5', '0.7', '0.8', '1', '1.25', '1.5'])}")
    return random.choice([
        decimals(1, 400),
        decimals(1, 400),
        "R" + decimals(1, 50),
        thread,
        decimals(5, 90) + random.choice(["H7", "H8", "h6", "g6", "f7"]),
        f"{decimals(5, 90)}+0.0{random.randint(1, 9)}",
        f"{decimals(5, 90)}-0.{random.randint(1, 4)}",
        f"{random.randint(1, 5)}x45",
        f"{random.randint(2, 8)}x{decimals(2, 20)}",
        f"SECTION {random.choice(letters)}-{random.choice(letters)}",
    ])


def dimension_line(draw, left, right, y):
    """A line with an arrow and a thin line across at each end."""
    draw.line((left, y, right, y), fill=0, width=2)
    for end, inward in ((left, 1), (right, -1)):
        draw.polygon([(end, y), (end + inward * 11, y - 4),
                      (end + inward * 11, y + 4)], fill=0)
        draw.line((end, y - 14, end, y + 12), fill=0, width=1)


def hatched(draw, left, top, right, bottom, step):
    """A section: an outline filled with lines at 45 degrees."""
    height = bottom - top
    for start in range(left - height, right, step):
        first, last = max(start, left), min(start + height, right)
        if first < last:
            draw.line((first, bottom - (first - start), last,
                       bottom - (last - start)), fill=0, width=1)
    draw.rectangle((left, top, right, bottom), outline=0, width=3)


def flange(draw, x, y, radius, holes):
    """Circles on a circle, with centre lines."""
    for r, width in ((radius, 3), (radius // 3, 3), (2 * radius // 3, 1)):
        draw.ellipse((x - r, y - r, x + r, y + r), outline=0, width=width)
    for i in range(holes):
        angle = 2 * math.pi * i / holes
        hx = x + 2 * radius / 3 * math.cos(angle)
        hy = y + 2 * radius / 3 * math.sin(angle)
        draw.ellipse((hx - 6, hy - 6, hx + 6, hy + 6), outline=0, width=2)
    for at in range(-radius - 10, radius + 10, 16):
        draw.line((x + at, y, x + at + 10, y), fill=0, width=1)
        draw.line((x, y + at, x, y + at + 10), fill=0, width=1)


def title_block(draw, random, right, bottom, face):
    rows = ["TITLE " + random.choice(WORDS).upper(),
            f"DRAWING NO {random.randint(1000, 9999)}-{random.randint(1, 99)}",
            f"SCALE 1:{random.choice([1, 2, 5, 10])}   SHEET 1/1"]
    left, step = right - 330, 34
    for i, row in enumerate(rows):
        y = bottom - step * (len(rows) - i)
        draw.rectangle((left, y, right, y + step), outline=0, width=2)
        draw.text((left + 8, y + 6), row, fill=0, font=face)


def drawing_page(random, width=1240, height=900):
    """Dimensions over their lines, outlines, sections, a frame and a title
    block. 20 to 28 pixels an em."""
    size = random.randint(20, 28)
    path = random.choice(DRAWING_FONTS)
    face = font(path, size)
    image = Image.new("L", (width, height), 255)
    draw = ImageDraw.Draw(image)
    draw.rectangle((12, 12, width - 13, height - 13), outline=0, width=3)
    columns, rows = 4, 9
    cell_width, cell_height = (width - 60) // columns, (height - 60) // rows
    strings = []
    taken = set()
    # Figures of two by two cells; a title block where the last two are.
    for column, row in ((random.randint(0, 1), random.randint(0, 2)),
                        (2, random.randint(3, 5))):
        left, top = 30 + column * cell_width, 30 + row * cell_height
        taken |= {(column + i, row + j) for i in (0, 1) for j in (0, 1)}
        if random.random() < 0.5:
            hatched(draw, left + 40, top + 20, left + 2 * cell_width - 40,
                    top + 2 * cell_height - 20, random.randint(9, 16))
        else:
            flange(draw, left + cell_width, top + cell_height,
                   cell_height - 12, random.choice([4, 6, 8]))
    taken |= {(columns - 2, rows - 1), (columns - 1, rows - 1)}
    title_block(draw, random, width - 13, height - 13, font(path, 19))
    for row in range(rows):
        for column in range(columns):
            if (column, row) in taken:
                continue
            string = dimension(random)
            x = 60 + column * cell_width + random.randint(0, 40)
            y = 36 + row * cell_height + random.randint(0, 12)
            draw.text((x, y), string, fill=0, font=face)
            left, top, right, bottom = draw.textbbox((x, y), string, face)
            dimension_line(draw, left - 12, right + 12, bottom + 10)
            strings.append((string, (left - 8, top - 6, right + 8,
                                     bottom + 5)))
    return Page(image, strings=strings)
