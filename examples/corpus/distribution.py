"""Says, and draws, how far the blocks of a corpus could be parallel, from the lines of `analyze`."""

import argparse
import json
import pathlib
import statistics

# What counts as a conflict, from the coarsest way to look to the finest, as the lines name them.
SETTINGS = {
    "naive": "whole accounts, fees at once",
    "account": "whole accounts",
    "split": "fields and slots",
    "commutative": "payments add up",
    "allSwitches": "nonces expected",
    "storage": "storage alone",
}


def bounds(lines: pathlib.Path) -> tuple[dict[str, list[float]], int]:
    """The bounds of all blocks under each setting, and how many lines had none."""
    found: dict[str, list[float]] = {setting: [] for setting in SETTINGS}
    left_out = 0
    with lines.open() as text:
        for line in map(json.loads, text):
            # A block of no transaction has no bound.
            if "criticalPathBound" not in line or line["transactions"] == 0:
                left_out += 1
                continue
            for setting, bound in line["criticalPathBound"].items():
                found[setting].append(bound)
    return found, left_out


def draw(found: dict[str, list[float]], picture: pathlib.Path) -> None:
    import matplotlib

    matplotlib.use("svg")
    import matplotlib.pyplot as plot

    figure, axes = plot.subplots(figsize=(8, 4.5), layout="constrained")
    for setting, values in found.items():
        shares = [(i + 1) / len(values) for i in range(len(values))]
        axes.step(sorted(values), shares, where="post", label=SETTINGS[setting])
    axes.set_xscale("log", base=2)
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:g}×")
    axes.set_xlabel("most that any number of workers can gain")
    axes.set_ylabel("share of blocks that gain no more")
    axes.set_ylim(0, 1)
    axes.grid(alpha=0.3)
    axes.legend(title="what counts as a conflict", fontsize="small")
    figure.savefig(picture)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("lines", type=pathlib.Path, help="what `interleave analyze` wrote")
    parser.add_argument("--draw", type=pathlib.Path, help="the picture's file, as SVG or PNG")
    arguments = parser.parse_args()
    found, left_out = bounds(arguments.lines)
    blocks = len(found["storage"])
    print(f"{blocks} blocks, {left_out} lines left out")
    if blocks < 2:
        return
    print(f"{'what counts as a conflict':<30}{'lowest tenth':>14}{'median':>10}{'highest tenth':>15}")
    for setting, values in found.items():
        tenths = statistics.quantiles(values, n=10, method="inclusive")
        median = statistics.median(values)
        print(f"{SETTINGS[setting]:<30}{tenths[0]:>13.2f}×{median:>9.2f}×{tenths[-1]:>14.2f}×")
    if arguments.draw:
        draw(found, arguments.draw)


if __name__ == "__main__":
    main()
