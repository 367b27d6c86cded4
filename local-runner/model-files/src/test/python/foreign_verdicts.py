"""Says of every weight file in a folder whether the Python packages safetensors and gguf read it.

    python foreign_verdicts.py FOLDER > verdicts.tsv

Prints a line for each file, sorted by name: the name, a tab, "read" or "refused". A file that takes longer than ten seconds or more
than 4 GiB counts as refused.
"""

import pathlib
import resource
import signal
import sys

import safetensors
from gguf import GGUFReader

SECONDS = 10
MEMORY_BYTES = 4 << 30


def read(path: pathlib.Path) -> None:
    if path.suffix == ".safetensors":
        safetensors.deserialize(path.read_bytes())
    else:
        for tensor in GGUFReader(path).tensors:
            tensor.data.tobytes()


def give_up(number: int, frame: object) -> None:
    raise TimeoutError


def verdict(path: pathlib.Path) -> str:
    signal.alarm(SECONDS)
    try:
        read(path)
        return "read"
    except Exception:
        return "refused"
    finally:
        signal.alarm(0)


def main() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    signal.signal(signal.SIGALRM, give_up)
    for path in sorted(pathlib.Path(sys.argv[1]).iterdir()):
        print(f"{path.name}\t{verdict(path)}")


main()
