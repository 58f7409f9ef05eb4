"""Tables of a model card, filled in between `<!-- name -->` and `<!-- /name -->` from results.json."""

import re


def number(value, interval=None):
    text = f"{value:.3f}"
    return text if interval is None else f"{text} ({interval[0]:.3f}-{interval[1]:.3f})"


def table(head, rows):
    line = lambda cells: "| " + " | ".join(map(str, cells)) + " |"
    return "\n".join([line(head), line(["---"] * len(head)), *map(line, rows)])


def confusion(counts, classes):
    return table(["", *[f"called {c}" for c in classes]], [[f"labelled {c}", *row] for c, row in zip(classes, counts)])


def fill(readme, **blocks):
    text = readme.read_text()
    for name, block in blocks.items():
        pattern = rf"(<!-- {name} -->\n).*?(<!-- /{name} -->)"
        assert re.search(pattern, text, re.S), f"no place for {name} in {readme}"
        text = re.sub(pattern, lambda m: m.group(1) + block + "\n" + m.group(2), text, flags=re.S)
    readme.write_text(text)
