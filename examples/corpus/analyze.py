"""Runs `interleave analyze` over many files on the machines of a Ray cluster.

Files are sent to whichever worker is free, so that only this machine needs them. The rule: a line is
written once. Ray runs what a dead worker had again, and lines are written here alone, when all of a
file are there; a call that was ended is gone on with by calling it again.
"""

import argparse
import json
import pathlib
import subprocess
import sys

import ray

# Files on their way for each processor: enough that none waits, and no more memory than that takes.
AHEAD = 2
# How often a file is given to another worker after one died over it.
RETRIES = 5


@ray.remote(num_cpus=1, max_retries=RETRIES)
def analyzed(tool: str, content: bytes) -> list[str]:
    """The lines of one file."""
    call = subprocess.run([tool, "analyze", "-"], input=content, capture_output=True)
    # 2 says that something of the file could not be read, which its lines say too.
    if call.returncode not in (0, 2) or not call.stdout:
        raise RuntimeError(f"{tool} ended with {call.returncode}: {call.stderr.decode()}")
    return call.stdout.decode().splitlines()


def written(into: pathlib.Path) -> dict[str, tuple[int, set[int]]]:
    """Of each file, how many batches it holds and which have a line; a line that was cut off is removed."""
    done: dict[str, tuple[int, set[int]]] = {}
    if not into.exists():
        return done
    whole = 0
    with into.open("rb") as lines:
        for line in lines:
            if not line.endswith(b"\n"):
                break
            said = json.loads(line)
            _, batches = done.setdefault(said["file"], (said["batches"], set()))
            batches.add(said["batch"])
            whole += len(line)
    with into.open("rb+") as lines:
        lines.truncate(whole)
    return done


def analyze(files: list[str], into: pathlib.Path, tool: str) -> int:
    """Adds the lines of all files; returns how many files could not be analysed."""
    done = written(into)

    def is_missing(file: str) -> bool:
        batches, there = done.get(file, (1, set()))
        return len(there) < batches

    missing = iter([file for file in dict.fromkeys(files) if is_missing(file)])
    failed = 0
    running: dict[ray.ObjectRef, str] = {}
    most = AHEAD * max(1, int(ray.cluster_resources().get("CPU", 1)))
    with into.open("a") as output:
        while True:
            for file in missing:
                content = pathlib.Path(file).read_bytes()
                running[analyzed.remote(tool, content)] = file
                if len(running) >= most:
                    break
            if not running:
                return failed
            [ready], _ = ray.wait(list(running))
            file = running.pop(ready)
            try:
                lines = ray.get(ready)
            except (ray.exceptions.RayError, RuntimeError) as error:
                failed += 1
                print(f"{file}: error: {error}", file=sys.stderr)
                continue
            _, there = done.get(file, (1, set()))
            for line in map(json.loads, lines):
                if line["batch"] not in there:
                    named = {**line, "file": file}
                    output.write(json.dumps(named, ensure_ascii=False, separators=(",", ":")) + "\n")
            output.flush()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("files", nargs="+", help="blocks, t8n inputs, tests or scripts, gzipped or not")
    parser.add_argument("--into", type=pathlib.Path, required=True, help="the file of lines, which is added to")
    parser.add_argument("--tool", default="interleave", help="the command, where each machine has it")
    parser.add_argument("--address", help="the cluster; without it, one of this machine alone")
    arguments = parser.parse_args()
    ray.init(address=arguments.address, log_to_driver=False)
    failed = analyze(arguments.files, arguments.into, arguments.tool)
    sys.exit(f"{failed} files could not be analysed" if failed else 0)


if __name__ == "__main__":
    main()
