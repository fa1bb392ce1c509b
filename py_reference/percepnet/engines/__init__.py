"""The WebAssembly builds driven from Python: in Node, and in a real browser's AudioWorklet."""
