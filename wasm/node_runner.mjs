// SPDX-License-Identifier: BSD-2-Clause
// Runs WASM modules for percepnet/engines/wasm_node.py: reads requests from stdin and answers each on stdout, until stdin ends.
// Request and answer: u32 length of a JSON text, u32 length of the data, the text, the data; little endian.
// The text of a request is {op, ...arguments}; that of an answer is what the operation returned, or {error, code}.
import { readFileSync, readSync, writeSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';

if (process.versions.v8.startsWith('11.3.')) { // Node 20
  setFlagsFromString('--experimental-wasm-relaxed-simd');
  setFlagsFromString('--no-liftoff'); // its baseline compiler gets i32x4.relaxed_dot_i8x16_i7x16_add_s wrong
}

const PAGE = 65536;
const EMPTY = new Uint8Array(0);
const VIEWS = { f32: Float32Array, f64: Float64Array, i32: Int32Array };
const align = (address) => Math.ceil(address / 16) * 16;

class Refused extends Error {
  constructor(code) {
    super(`the module answers with error ${code}`);
    this.code = code;
  }
}

function check(code) {
  if (code !== 0) throw new Refused(code);
}

function growTo(memory, bytes) {
  const missing = Math.ceil((bytes - memory.buffer.byteLength) / PAGE);
  if (missing > 0) memory.grow(missing);
}

function instantiate(path) {
  return new WebAssembly.Instance(new WebAssembly.Module(readFileSync(path)), {}).exports;
}

/** One stream in an instance of its own: |stack, data| __heap_base: |model file|model|state|input|output|config| */
class Stream {
  constructor(path, modelFile, config) {
    const exports = instantiate(path);
    const { memory } = exports;
    this.exports = exports;
    this.frameSize = exports.percepnet_get_frame_size();
    const blob = align(Number(exports.__heap_base.value));
    this.model = align(blob + modelFile.length);
    this.state = align(this.model + exports.percepnet_model_get_size());
    growTo(memory, this.state);
    new Uint8Array(memory.buffer).set(modelFile, blob);
    check(exports.percepnet_model_init(this.model, blob, modelFile.length));
    this.stateSize = exports.percepnet_get_size(this.model);
    this.in = align(this.state + this.stateSize);
    this.out = align(this.in + 4 * this.frameSize);
    this.config = align(this.out + 4 * this.frameSize);
    growTo(memory, this.config + 4 * config.length);
    this.input = new Float32Array(memory.buffer, this.in, this.frameSize);
    this.output = new Float32Array(memory.buffer, this.out, this.frameSize);
    new Float32Array(memory.buffer, this.config, config.length).set(config);
    check(exports.percepnet_init(this.state, this.model, this.config));
  }

  text(address) {
    const bytes = new Uint8Array(this.exports.memory.buffer, address);
    return Buffer.from(bytes.subarray(0, bytes.indexOf(0))).toString('latin1');
  }

  /** {name: [index, type]} of the signals; none in a release module. */
  signals() {
    const { percepnet_num_signals: count, percepnet_signal_name: name, percepnet_signal_type: type } = this.exports;
    const indices = Array.from({ length: count?.() ?? 0 }, (_, i) => i);
    return Object.fromEntries(indices.map((i) => [this.text(name(i)), [i, this.text(type(i))]]));
  }

  view(index, type) {
    const address = this.exports.percepnet_signal_data(this.state, index);
    return new VIEWS[type](this.exports.memory.buffer, address, this.exports.percepnet_signal_count(this.state, index));
  }

  processFrame() {
    return this.exports.percepnet_process_frame(this.state, this.out, this.in);
  }
}

const streams = new Map();
let lastHandle = 0;

function floats(data) {
  return new Float32Array(data.buffer, data.byteOffset, data.length / 4);
}

/** Calls `each(stream, frame number)` with every frame of the data in the stream's input. */
function forEachFrame(handle, data, each) {
  const stream = streams.get(handle);
  const samples = floats(data);
  const frames = samples.length / stream.frameSize;
  for (let i = 0; i < frames; i++) {
    stream.input.set(samples.subarray(i * stream.frameSize, (i + 1) * stream.frameSize));
    each(stream, i);
  }
  return frames;
}

/** Milliseconds that measuring nothing takes. */
function emptyMs() {
  const times = Array.from({ length: 1001 }, () => -(performance.now() - performance.now()));
  return times.sort((a, b) => a - b)[500];
}

const operations = {
  /** data: the model file. */
  open({ path, config }, data) {
    const stream = new Stream(path, data, config);
    streams.set(++lastHandle, stream);
    const memorySize = stream.exports.memory.buffer.byteLength;
    return [{ handle: lastHandle, signals: stream.signals(), memorySize, stateSize: stream.stateSize }, EMPTY];
  },

  close({ handle }) {
    streams.delete(handle);
    return [{}, EMPTY];
  },

  reset({ handle }) {
    const { exports, state } = streams.get(handle);
    exports.percepnet_reset(state);
    return [{}, EMPTY];
  },

  /** data: whole frames; gives as many, and the voice probability of the last. */
  process({ handle }, data) {
    const result = new Float32Array(data.length / 4);
    let voice = 0;
    forEachFrame(handle, data, (stream, i) => {
      voice = stream.processFrame();
      result.set(stream.output, i * stream.frameSize);
    });
    return [{ voice }, result];
  },

  /** data: a frame; `early` and `goals`: what percepnet_advance is told before the frame is there, and then. */
  process_in_parts({ handle, early, goals }, data) {
    const { exports, state, input, output, in: from, out } = streams.get(handle);
    const done = early.map((goal) => exports.percepnet_advance(state, goal));
    input.set(floats(data));
    check(exports.percepnet_begin_frame(state, from));
    done.push(...goals.map((goal) => exports.percepnet_advance(state, goal)));
    check(exports.percepnet_end_frame(state, out));
    return [{ done }, output];
  },

  get_signal({ handle, index, type }) {
    return [{}, streams.get(handle).view(index, type)];
  },

  set_signal({ handle, index, type }, data) {
    const view = streams.get(handle).view(index, type);
    new Uint8Array(view.buffer, view.byteOffset, view.byteLength).set(data);
    return [{}, EMPTY];
  },

  run_stage({ handle, stage }) {
    const { exports, state } = streams.get(handle);
    exports.percepnet_run_stage(state, stage);
    return [{}, EMPTY];
  },

  /** data: whole frames; gives the microseconds of each. */
  time_frames({ handle }, data) {
    const times = [];
    const empty = emptyMs();
    forEachFrame(handle, data, (stream) => {
      const start = performance.now();
      stream.processFrame();
      times.push(1000 * (performance.now() - start - empty));
    });
    return [{}, Float64Array.from(times)];
  },

  /** data: whole frames; gives the microseconds of every stage of the first, of the second... */
  time_stages({ handle, stages, input }, data) {
    const times = [];
    const empty = emptyMs();
    forEachFrame(handle, data, (stream) => {
      stream.view(...input).set(stream.input);
      for (let stage = 0; stage < stages; stage++) {
        const start = performance.now();
        stream.exports.percepnet_run_stage(stream.state, stage);
        times.push(1000 * (performance.now() - start - empty));
      }
    });
    return [{}, Float64Array.from(times)];
  },

  /** Calls a function on the data, which it may change. arguments: numbers, or {at}: an address in the data. */
  call({ path, name, arguments: given }, data) {
    const exports = instantiate(path);
    const { memory } = exports;
    const start = align(Number(exports.__heap_base.value));
    growTo(memory, start + data.length);
    const room = new Uint8Array(memory.buffer, start, data.length);
    room.set(data);
    exports[name](...given.map((argument) => (argument.at === undefined ? argument : start + argument.at)));
    return [{}, room];
  },
};

function readBytes(count) {
  const bytes = new Uint8Array(count);
  for (let at = 0; at < count; ) {
    const got = readSync(0, bytes, at, count - at, null);
    if (got === 0) process.exit(0);
    at += got;
  }
  return bytes;
}

function writeBytes(bytes) {
  for (let at = 0; at < bytes.length; ) at += writeSync(1, bytes, at);
}

function answer([result, data]) {
  const text = Buffer.from(JSON.stringify(result));
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  writeBytes(new Uint8Array(Uint32Array.of(text.length, bytes.length).buffer));
  writeBytes(text);
  writeBytes(bytes);
}

function perform(request, data) {
  try {
    return operations[request.op](request, data);
  } catch (error) {
    return [{ error: String(error), code: error.code ?? null }, EMPTY];
  }
}

for (;;) {
  const [textSize, dataSize] = new Uint32Array(readBytes(8).buffer);
  const request = JSON.parse(Buffer.from(readBytes(textSize)).toString());
  answer(perform(request, readBytes(dataSize)));
}
