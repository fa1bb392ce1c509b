"""`python -m codegen [--check]`: writes the generated files, or says which are stale (exit 1)."""

import argparse
import sys

from . import emit
from .spec import SpecError


def main():
    parser = argparse.ArgumentParser(prog="python -m codegen", description=__doc__)
    parser.add_argument("--check", action="store_true", help="only say which files are stale; exit 1 if any")
    arguments = parser.parse_args()
    try:
        paths = emit.stale() if arguments.check else emit.write()
    except SpecError as error:
        print(error, file=sys.stderr)
        return 2
    for path in paths:
        print(f"{path} is stale: run `make codegen`" if arguments.check else f"wrote {path}")
    return 1 if arguments.check and paths else 0


if __name__ == "__main__":
    sys.exit(main())
