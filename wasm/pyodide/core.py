"""The C core in Pyodide without numpy: buffers of float32, such as array("f"), through ctypes alone."""

import ctypes
import importlib.util
from pathlib import Path

(FOLDER,) = importlib.util.find_spec("percepnet").submodule_search_locations
POINTER = ctypes.c_void_p


class Stream:
    """One mono stream at 48 kHz. model: the path of a model file."""

    def __init__(self, model):
        self.library = library = ctypes.CDLL(str(Path(FOLDER) / "libraries/libpercepnet.so"))
        library.percepnet_model_create.argtypes = [POINTER, POINTER, ctypes.c_size_t]
        library.percepnet_create.argtypes = library.percepnet_process_frame.argtypes = [POINTER, POINTER, POINTER]
        library.percepnet_destroy.argtypes = library.percepnet_model_destroy.argtypes = [POINTER]
        library.percepnet_process_frame.restype = ctypes.c_float
        data = Path(model).read_bytes()
        self.blob = ctypes.create_string_buffer(len(data) + 16)
        address = -(-ctypes.addressof(self.blob) // 16) * 16
        ctypes.memmove(address, data, len(data))
        self.model, self.state = POINTER(), POINTER()
        if library.percepnet_model_create(ctypes.byref(self.model), address, len(data)):
            raise ValueError(f"{model} is no model of this version of percepnet: take one that came with it")
        if library.percepnet_create(ctypes.byref(self.state), self.model, None):
            library.percepnet_model_destroy(self.model)
            raise MemoryError("no memory for another stream: close those that are no longer needed")
        self.frame_size = library.percepnet_get_frame_size()

    def close(self):
        """Frees the stream and its model; it must not be used any more."""
        self.library.percepnet_destroy(self.state)
        self.library.percepnet_model_destroy(self.model)

    def process_frame(self, out, frame):
        """Enhances frame_size float32 of one array into another; returns the probability of voice."""
        addresses = []
        for buffer in (out, frame):
            address, size = buffer.buffer_info()
            if buffer.typecode != "f" or size != self.frame_size:
                raise ValueError(f"a frame is array('f') of {self.frame_size} samples")
            addresses.append(address)
        return self.library.percepnet_process_frame(self.state, *addresses)
