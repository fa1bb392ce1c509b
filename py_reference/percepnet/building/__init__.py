"""Sets up a checkout and builds the native library, the WebAssembly modules and the web folder."""
