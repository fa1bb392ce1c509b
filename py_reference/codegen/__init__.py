"""Turns spec/percepnet.toml into the constants, tables and structs of C, Python and TypeScript.

Stands beside the package `percepnet`, not inside it, so that it runs when the generated files are missing or stale.
"""
