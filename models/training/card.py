"""Tables of a model card, filled in between `<!-- name -->` and `<!-- /name -->` from results.json."""

import re


def number(value, interval=None):
    text = f"{value:.3f}"
    return text if interval is None else f"{text} ({interval[0]:.3f}-{interval[1]:.3f})"


def cell(found):
    """An estimate of overread.Review.numbers."""
    return "" if found is None else number(found[0], found[1:] or None)


def table(head, rows):
    line = lambda cells: "| " + " | ".join(map(str, cells)) + " |"
    return "\n".join([line(head), line(["---"] * len(head)), *map(line, rows)])


def confusion(counts, classes):
    return table(["", *[f"called {c}" for c in classes]], [[f"labelled {c}", *row] for c, row in zip(classes, counts)])


def gap(test):
    """How far the recipe's numbers are from the program's."""
    found = test["gap_to_the_program"]
    return f"{found['logits']:.1e}, probabilities by {found['probabilities']:.1e},"


def heatmaps(found):
    """What heatmaps.py added to results.json."""
    measures = (("deletion_auc", "deletion (lower is better)"), ("insertion_auc", "insertion (higher is better)"))
    rows = [[label, *[f"{found[m][order]:.3f}" for order in ("map", "random", "edges")], f"{found[m]['map_beats_random']} of {found['cases']}"]
            for m, label in measures]  # fmt: skip
    return table(["area under the curve, logits", "map", "random order", "edges", "map beats random"], rows)


def fill(readme, **blocks):
    text = readme.read_text()
    for name, block in blocks.items():
        pattern = rf"(<!-- {name} -->\n).*?(<!-- /{name} -->)"
        assert re.search(pattern, text, re.S), f"no place for {name} in {readme}"
        text = re.sub(pattern, lambda m: m.group(1) + block + "\n" + m.group(2), text, flags=re.S)
    readme.write_text(text)
