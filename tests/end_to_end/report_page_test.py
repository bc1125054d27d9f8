"""report.html of `sightline grade --out` in a real browser.

  report_page_test.py BIN_FOLDER     (build/dev/bin)

Skipped without Chromium (scripts/packages browser). With the environment
variable SIGHTLINE_SCREENSHOTS pictures of the page are left in that folder, to
look at.
"""

import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

import browser

SKIPPED = 77
WIDTHS = (375, 768, 1280)
# What a label, a value and a file's name may try.
HOSTILE_LABEL = "<script>alert(1)</script>"
HOSTILE_VALUE = "\"><img src=x onerror=a()>"
HOSTILE_NAME = "'\"><svg onload=alert(2)>&amp;.jpg"
HOSTILE_TITLE = "</title><script>document.title='taken'</script> & co"
SHEETS = 14

# Elements that reach beyond the page on the right, but for those that are
# kept out of sight on purpose.
OVERFLOWING = """(() => {
  const width = document.documentElement.clientWidth;
  const wide = [...document.querySelectorAll('body *')].filter((element) => {
    const box = element.getBoundingClientRect();
    return box.width > 0 && box.right > width + 0.5 && box.left < width &&
        !element.closest('svg');
  });
  return wide.map((element) => element.tagName + '.' + element.className)
      .slice(0, 5)
      .concat(document.documentElement.scrollWidth > width ?
          ['the page: ' + document.documentElement.scrollWidth] : []);
})()"""
VISIBLE_CARDS = ("[...document.querySelectorAll('.card')]"
                 ".filter(card => card.offsetParent !== null)")


def hostile_layout(layout):
    """`layout` with names that try to become markup."""
    layout["name"] = HOSTILE_TITLE
    column = layout["blocks"][1]
    assert column["labels"] == ["q1..15"], column
    column["labels"] = [HOSTILE_LABEL, "q2..15"]
    column["values"][4] = HOSTILE_VALUE
    return layout


class ReportPageTest(unittest.TestCase):
    # Set by main.
    bin_folder = None
    program = None

    @classmethod
    def setUpClass(cls):
        import server
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.folder = pathlib.Path(folder.name)
        subprocess.run(
            [str(cls.bin_folder / "sheet_generator"), "--family",
             "quickstart", "--degradation", "all", "--count", str(SHEETS),
             "--seed", "7", "--out", folder.name],
            check=True, stdout=subprocess.DEVNULL)
        made = cls.folder / "quickstart"
        layout = hostile_layout(json.loads((made / "layout.json").read_text()))
        (made / "layout.json").write_text(json.dumps(layout))
        key = json.loads((made / "key.json").read_text())
        for question in key["questions"]:
            if question["field"] == "q1":
                question["field"] = HOSTILE_LABEL
            for accepted in question["accepted"]:
                if accepted["answer"] == "E" and (
                        question["field"] == HOSTILE_LABEL or
                        int(question["field"][1:]) <= 15):
                    accepted["answer"] = HOSTILE_VALUE
        (made / "key.json").write_text(json.dumps(key))
        scans = cls.folder / "scans"
        scans.mkdir()
        for scan in sorted(made.glob("0*.jpg")):
            scan.rename(scans / scan.name)
        (scans / HOSTILE_NAME).write_text("this is no image")
        first = min(scans.glob("0*.jpg"))
        first.rename(scans / ("0" + HOSTILE_NAME))
        with server.Server(cls.bin_folder / "sightline-omr", "--predrain",
                           "0s") as running:
            for name, flags in (("scored", ["--key", made / "key.json"]),
                                ("read", [])):
                cls.grade(running, scans, made, name, flags)

    @classmethod
    def grade(cls, running, scans, made, name, flags):
        # A high threshold for doubt: cards of every kind.
        done = subprocess.run(
            [cls.bin_folder / "sightline", "grade", scans, "--layout",
             made / "layout.json", "--server", running.address, "--out",
             cls.folder / name, "--review_below", "0.95", *flags],
            capture_output=True, text=True, check=False)
        if done.returncode != 13:  # The sheet that is no image.
            raise AssertionError(done.stdout + done.stderr)

    def setUp(self):
        self.browser = self.enterContext(browser.Browser(self.program))

    def open(self, name="scored", **how):
        self.browser.open((self.folder / name / "report.html").as_uri(), **how)

    def look(self, name):
        folder = os.environ.get("SIGHTLINE_SCREENSHOTS")
        if folder:
            # High enough for the browser to draw every card.
            self.browser.resize(
                self.browser.evaluate("innerWidth"),
                self.browser.evaluate("document.body.scrollHeight"))
            self.browser.screenshot(os.path.join(folder, name + ".png"))

    def assert_quiet(self):
        self.assertEqual(self.browser.complaints, [], "in the console")
        self.assertEqual([url[:100] for url in self.browser.requests
                          if not url.startswith(("data:", "file:"))], [],
                         "asked of the network")
        self.assertEqual(
            len([u for u in self.browser.requests if u.startswith("file:")]),
            1, "the page itself and no other file")

    def test_names_from_sheets_and_layouts_stay_text(self):
        self.open()
        self.assert_quiet()
        self.assertEqual(self.browser.evaluate("document.title"),
                         HOSTILE_TITLE)
        self.assertEqual(
            self.browser.evaluate("document.querySelector('h1').textContent"),
            HOSTILE_TITLE)
        self.assertEqual(
            self.browser.evaluate(
                "document.querySelector('.questions .label').textContent"),
            HOSTILE_LABEL)
        self.assertIn(
            HOSTILE_NAME,
            self.browser.evaluate(
                "document.querySelector('.failed tbody').textContent"))
        # One script, ours; no picture that is not a crop in a card.
        self.assertEqual(self.browser.evaluate("document.scripts.length"), 1)
        self.assertEqual(self.browser.evaluate("document.images.length"), 0)
        self.assertIn(HOSTILE_VALUE, self.browser.evaluate(
            "document.querySelector('.questions').textContent"))

    def test_its_policy_keeps_foreign_scripts_from_running(self):
        self.open()
        self.browser.evaluate(
            "document.body.append(Object.assign(document.createElement("
            "'script'), {textContent: 'window.taken = true'}))")
        self.assertIsNone(self.browser.evaluate("window.taken"))
        self.assertTrue(any("Content Security Policy" in said
                            for said in self.browser.complaints),
                        self.browser.complaints)

    def test_nothing_overflows_at_any_width(self):
        for name in ("scored", "read"):
            for width in WIDTHS:
                for scheme in ("light", "dark"):
                    with self.subTest(page=name, width=width, scheme=scheme):
                        self.browser.resize(width)
                        self.browser.media(scheme=scheme)
                        self.open(name)
                        self.assert_quiet()
                        self.assertEqual(self.browser.evaluate(OVERFLOWING),
                                         [])
                        self.look(f"{name}-{width}-{scheme}")

    def test_every_crop_is_shown_with_its_marks(self):
        self.open()
        shown = self.browser.evaluate(
            "[...document.querySelectorAll('.card svg')].map(svg => "
            "[svg.querySelector('image').getBoundingClientRect().width, "
            "svg.getBoundingClientRect().width])")
        self.assertGreater(len(shown), 5)
        for picture, frame in shown:
            self.assertGreater(picture, 20)
            self.assertLessEqual(picture, frame + 0.5)
        self.assertGreater(self.browser.evaluate(
            "document.querySelectorAll('.card ellipse').length"), 5)

    def cards(self):
        return self.browser.evaluate(VISIBLE_CARDS + ".length")

    def test_filters_show_what_they_say(self):
        self.open()
        total = self.cards()
        buttons = self.browser.evaluate(
            "[...document.querySelectorAll('.filters button')].map(b => "
            "[b.dataset.flag, Number(b.querySelector('span').textContent)])")
        self.assertEqual(buttons[0], ["", total])
        self.assertGreater(len(buttons), 2)
        for flag, count in buttons[1:]:
            click = (f"document.querySelector('button[data-flag=\"{flag}\"]')"
                     ".click()")
            self.browser.evaluate(click)
            self.assertEqual(self.cards(), count, flag)
            self.assertEqual(
                self.browser.evaluate(
                    VISIBLE_CARDS + ".every(card => card.dataset.flags"
                    f".split(' ').includes('{flag}'))"), True, flag)
            self.browser.evaluate(click)
        self.assertEqual(self.cards(), total)
        # Words of the field and of the file, in any order.
        self.browser.evaluate(
            "(() => { const input = document.querySelector('.filters input');"
            "input.value = 'Q2 jpg'; input.dispatchEvent(new Event('input'));"
            "})()")
        found = self.cards()
        self.assertGreater(found, 0)
        self.assertLess(found, total)
        self.assertEqual(
            self.browser.evaluate(
                "document.querySelector('.filters output').textContent"),
            f"{found} of {total} shown")
        self.look("filtered")
        self.assert_quiet()

    def test_the_keyboard_reaches_everything(self):
        self.open()
        self.browser.evaluate("document.querySelector('.filters input')"
                              ".focus()")
        self.browser.press("Tab", 9)
        focused = ("[...document.querySelectorAll('.card')]"
                   ".indexOf(document.activeElement)")
        self.assertEqual(self.browser.evaluate(focused), 0)
        self.browser.press("ArrowRight", 39)
        self.assertEqual(self.browser.evaluate(focused), 1)
        self.browser.press("End", 35)
        self.assertEqual(self.browser.evaluate(focused), self.cards() - 1)
        self.browser.evaluate(
            "document.querySelectorAll('.filters button')[1].focus()")
        before = self.cards()
        self.browser.press(" ", 32)
        self.assertLess(self.cards(), before)

    def test_it_is_complete_without_scripts(self):
        self.open(scripts=False)
        # What evaluates here is the protocol, not the page.
        document = self.browser.send("DOM.getDocument")["root"]["nodeId"]
        cards = self.browser.send("DOM.querySelectorAll", nodeId=document,
                                  selector=".card")["nodeIds"]
        self.assertGreater(len(cards), 5)
        box = self.browser.send("DOM.getBoxModel", nodeId=cards[0])
        self.assertGreater(box["model"]["height"], 50)
        filters = self.browser.send("DOM.querySelector", nodeId=document,
                                    selector=".filters")["nodeId"]
        with self.assertRaises(AssertionError, msg="it would do nothing"):
            self.browser.send("DOM.getBoxModel", nodeId=filters)

    def test_it_prints(self):
        self.open()
        self.browser.evaluate(
            "document.querySelectorAll('.filters button')[1].click()")
        self.browser.resize(794)
        self.browser.media("print")
        self.assertEqual(self.browser.evaluate(
            "document.querySelector('.filters').offsetParent"), None)
        # A filter does not keep anything from paper.
        self.assertEqual(self.cards(), self.browser.evaluate(
            "document.querySelectorAll('.card').length"))
        self.assertEqual(self.browser.evaluate(OVERFLOWING), [])
        self.look("print")

    def test_without_a_key_there_are_no_scores(self):
        self.open("read")
        self.assertEqual(self.browser.evaluate(
            "document.querySelector('#scores')"), None)
        self.assertGreater(self.browser.evaluate(
            "document.querySelectorAll('.questions tbody tr').length"), 20)
        self.assertNotIn("Difficulty", self.browser.evaluate(
            "document.body.textContent"))


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    ReportPageTest.bin_folder = pathlib.Path(sys.argv[1]).resolve()
    ReportPageTest.program = browser.find()
    if ReportPageTest.program is None:
        print("SKIPPED: no Chromium is installed (scripts/packages browser)")
        sys.exit(SKIPPED)
    try:
        __import__("grpc")
    except ImportError:
        print("SKIPPED: Python module grpc is not installed "
              "(scripts/packages end_to_end)")
        sys.exit(SKIPPED)
    unittest.main(argv=sys.argv[:1])
