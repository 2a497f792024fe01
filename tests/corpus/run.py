"""The recipe of `examples/corpus` on a local cluster of three machines, one of which is killed.

`run.py TOOL FILES…` compares what the cluster writes with what `TOOL` writes by itself: every line is
there once and says the same, also when a file that was cut off is gone on with.
"""

import json
import pathlib
import subprocess
import sys
import tempfile
import threading
import time

ROOT = pathlib.Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "examples/corpus"))
sys.dont_write_bytecode = True

import ray
from analyze import analyze, written
from ray._private.node import Node
from ray.cluster_utils import Cluster

MACHINES = 3


def lines(text: str) -> list[dict]:
    return sorted(map(json.loads, text.splitlines()), key=lambda line: (line["file"], line["batch"]))


def kill(cluster: Cluster, machine: Node, into: pathlib.Path, killed: list[int]) -> None:
    """Kills a machine, with what it was doing, once some lines are written and others are not."""
    while not into.exists() or into.read_bytes().count(b"\n") < 3:
        time.sleep(0.01)
    cluster.remove_node(machine, allow_graceful=False)
    killed.append(into.read_bytes().count(b"\n"))


def main() -> None:
    tool, *files = sys.argv[1:]
    alone = subprocess.run([tool, "analyze", *files], capture_output=True, text=True)
    expected = lines(alone.stdout)
    assert len(expected) >= len(files) > 4 * MACHINES, f"{len(expected)} lines of {len(files)} files"

    # The first machine only leads.
    cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 0})
    machines = [cluster.add_node(num_cpus=1) for _ in range(MACHINES)]
    cluster.wait_for_nodes()
    ray.init(address=cluster.address, log_to_driver=False)

    with tempfile.TemporaryDirectory() as folder:
        into = pathlib.Path(folder) / "lines.jsonl"
        killed: list[int] = []
        killer = threading.Thread(target=kill, args=(cluster, machines[0], into, killed))
        killer.start()
        failed = analyze(files, into, tool)
        killer.join()
        assert failed == 0, f"{failed} files failed"
        assert killed and killed[0] < len(expected), "the machine was killed too late to matter"
        assert lines(into.read_text()) == expected, "the cluster wrote other lines"
        print(f"{len(files)} files, {len(expected)} lines; a machine was killed after {killed[0]} lines: none lost, none twice")

        whole = into.read_bytes()
        into.write_bytes(whole[: len(whole) // 2])
        left = sum(len(there) for _, there in written(into).values())
        assert analyze(files, into, tool) == 0
        assert lines(into.read_text()) == expected, "what was gone on with has other lines"
        print(f"cut off after {left} lines and gone on with: none lost, none twice")

        picture = pathlib.Path(folder) / "distribution.svg"
        draw = [sys.executable, str(ROOT / "examples/corpus/distribution.py"), str(into), "--draw", str(picture)]
        subprocess.run(draw, check=True)
        assert picture.read_text().count("<path") > 6, "the picture is empty"
    ray.shutdown()
    cluster.shutdown()


if __name__ == "__main__":
    main()
