"""`python -m percepnet.building.docs`: builds the site in build/docs."""

import sys

from ...errors import Missing
from ..environment import ROOT, SetupError
from .site import build_site


def main():
    try:
        index = build_site()
    except (Missing, SetupError) as error:
        print(f"docs: {error}", file=sys.stderr)
        sys.exit(2)
    print(f"site: {index.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
