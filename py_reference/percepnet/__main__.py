"""`python -m percepnet`: the same as the command `percepnet`."""

from .commands.cli import main

if __name__ == "__main__":
    main()
