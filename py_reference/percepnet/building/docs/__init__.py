"""The documentation site: `python -m percepnet.building.docs` builds it in build/docs, to be read without a network."""
