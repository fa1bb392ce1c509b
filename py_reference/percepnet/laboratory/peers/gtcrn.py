"""GTCRN, a 16 kHz network of 2024, as npm's web-noise-suppressor ships it; it resamples by itself."""

from .npm import npm_peer

GTCRN = npm_peer("gtcrn", "@sapphi-red/web-noise-suppressor", "16 kHz network: nothing above 8 kHz")
