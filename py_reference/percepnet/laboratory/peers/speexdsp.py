"""The preprocessor of speexdsp (2003), as npm's web-noise-suppressor ships it."""

from .npm import npm_peer

SPEEXDSP = npm_peer("speexdsp", "@sapphi-red/web-noise-suppressor", "spectral subtraction, no network")
