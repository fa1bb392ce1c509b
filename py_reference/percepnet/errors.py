"""What can go wrong for a user; each message says in one line what and what to do."""

import textwrap


def brief(value: object) -> str:
    """What a message shows of a value that was passed in, which may be long, or have lines of its own."""
    return textwrap.shorten(repr(value), 100, placeholder=" ...")


class PercepNetError(Exception):
    """Base of all errors that are the caller's or the environment's, not a fault of the program."""


class BadModel(PercepNetError):
    """Not a model file, a damaged one, or one of another version or shape."""


class BadAudio(PercepNetError, ValueError):
    """Audio that cannot be read, or samples of another type, shape or rate than asked for, or not finite."""


class BadOption(PercepNetError, ValueError):
    """An option that does not exist, or a value out of its range."""


class Closed(PercepNetError):
    """A stream that was closed."""


class Missing(PercepNetError):
    """Something has to be built or installed first; the message names the command."""
