"""Means over pages, how sure they are, and the tables they are printed in."""

import json

import numpy as np

from degradations import CLEAN, DEGRADED

RESAMPLES = 10000


class Tallies:
    """Readings by family, kind, preset and page: dictionaries as ocr_bench
    records them."""

    def __init__(self, records):
        self.records = {}
        for record in records:
            key = (record["family"], record["kind"], record["preset"])
            self.records.setdefault(key, {})[record["page"]] = record

    def has(self, family, preset):
        return any(key[0] == family and key[2] == preset
                   for key in self.records)

    def rates(self, family, kind, preset):
        """Character error in per cent, a page each, in the pages' order."""
        pages = self.records.get((family, kind, preset), {})
        return np.array([100 * pages[page]["errors"] /
                         pages[page]["characters"] for page in sorted(pages)])

    def exact(self, family, kinds, preset):
        """Per cent of strings that are right to the last character."""
        found = [record for kind in kinds for record in
                 self.records.get((family, kind, preset), {}).values()]
        strings = sum(record["strings"] for record in found)
        return 100 * sum(record["exact"] for record in found) / max(1, strings)

    def samples(self, family, kinds, preset):
        """The mean over `kinds` of the kind's mean, and RESAMPLES more of them
        from pages drawn anew within each kind; the same draws for every
        preset, so that two of them can be compared."""
        random = np.random.default_rng(20261120)
        means, resampled = [], []
        for kind in kinds:
            rates = self.rates(family, kind, preset)
            draws = random.integers(0, len(rates), (RESAMPLES, len(rates)))
            means.append(rates.mean())
            resampled.append(rates[draws].mean(axis=1))
        return float(np.mean(means)), np.mean(resampled, axis=0)


def interval(resampled):
    low, high = np.percentile(resampled, [2.5, 97.5])
    return float(low), float(high)


def present(tallies, family, presets, kinds):
    """The kinds for which every preset has readings."""
    return [kind for kind in kinds
            if all((family, kind, preset) in tallies.records
                   for preset in presets)]


def print_family(tallies, family, presets):
    kinds = present(tallies, family, presets, [*CLEAN, *DEGRADED])
    degraded = [kind for kind in kinds if kind in DEGRADED]
    pages = {len(tallies.rates(family, kind, presets[0])) for kind in kinds}
    print(f"\n{family}: wrong characters in per cent, "
          f"{'/'.join(str(count) for count in sorted(pages))} pages a kind\n")
    print(f"{'':24}" + "".join(f"{preset:>19}" for preset in presets))
    for kind in kinds:
        print(f"{kind:24}" + "".join(
            f"{tallies.rates(family, kind, preset).mean():19.1f}"
            for preset in presets))
    if not degraded:
        return
    cells, ratios = [], []
    raw = tallies.samples(family, degraded, "raw") if "raw" in presets else None
    for preset in presets:
        mean, resampled = tallies.samples(family, degraded, preset)
        low, high = interval(resampled)
        cells.append(f"{mean:.1f} ({low:.1f}..{high:.1f})")
        if raw:
            low, high = interval(resampled / raw[1])
            ratios.append(f"{mean / raw[0]:.2f} ({low:.2f}..{high:.2f})")
    print(f"{'mean of degraded':24}" + "".join(f"{c:>19}" for c in cells))
    if raw:
        print(f"{'share of raw':24}" + "".join(f"{c:>19}" for c in ratios))
    if family == "drawing":
        for title, some in (("exact, degraded", degraded),
                            ("exact, clean",
                             [kind for kind in kinds if kind in CLEAN])):
            print(f"{title:24}" + "".join(
                f"{tallies.exact(family, some, preset):19.1f}"
                for preset in presets))


def harm(tallies, families):
    """By how many points `auto` is worse than the raw page on the clean page
    where it is worst."""
    worst = 0.0
    for family in families:
        for kind in present(tallies, family, ("raw", "auto"), CLEAN):
            worst = max(worst, float(np.max(
                tallies.rates(family, kind, "auto") -
                tallies.rates(family, kind, "raw"))))
    return worst


def print_json(tallies, families):
    for family in families:
        kinds = present(tallies, family, ("raw", "auto"), DEGRADED)
        ours, _ = tallies.samples(family, kinds, "auto")
        theirs, _ = tallies.samples(family, kinds, "raw")
        print(json.dumps({
            "figure": f"pre_auto_cer_{family}_pct", "value": round(ours, 3),
            "unit": "%", "peer": "raw page", "peer_value": round(theirs, 3),
            "ratio": round(theirs / ours, 2) if ours else None}))
    print(json.dumps({"figure": "pre_clean_page_harm_points",
                      "value": round(harm(tallies, families), 3),
                      "unit": "points"}))
