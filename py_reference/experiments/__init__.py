"""Experiments that decide: variants of the system against the default on equal mixtures; `python -m experiments`."""
