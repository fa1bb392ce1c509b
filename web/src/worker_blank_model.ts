import { MODEL_VERSION, NUM_BANDS, NUM_FEATURES } from './constants.ts';

const HEADER_SIZE = 64;
const ROW_SIZE = 48;
const NAME_SIZE = 24;
const ALIGNMENT = 64;
const CHECKED_FROM = 20;
const CONV1_TAPS = 5;
const CONV2_TAPS = 3;
const FLOAT = 0;
const INT8 = 1;
const INT32 = 2;

interface Tensor {
  name: string;
  type: typeof FLOAT | typeof INT8 | typeof INT32;
  rows: number;
  columns: number;
}

function floatLayer(name: string, rows: number, columns: number): Tensor[] {
  return [
    { name: `${name}.weight`, type: FLOAT, rows, columns },
    { name: `${name}.bias`, type: FLOAT, rows, columns: 1 },
  ];
}

function int8Layer(name: string, rows: number, columns: number): Tensor[] {
  return [
    { name: `${name}.weight`, type: INT8, rows, columns },
    { name: `${name}.scale`, type: FLOAT, rows, columns: 1 },
    { name: `${name}.offset`, type: INT32, rows, columns: 1 },
    { name: `${name}.bias`, type: FLOAT, rows, columns: 1 },
  ];
}

function gru(name: string, units: number, inputs: number): Tensor[] {
  return [
    ...int8Layer(`${name}.input`, 3 * units, inputs),
    ...int8Layer(`${name}.recurrent`, 3 * units, units),
  ];
}

function tensorsOf(embedding: number, width: number, strengthWidth: number): Tensor[] {
  return [
    ...floatLayer('dense', embedding, NUM_FEATURES),
    ...int8Layer('conv1', width, CONV1_TAPS * embedding),
    ...int8Layer('conv2', width, CONV2_TAPS * width),
    ...['gru1', 'gru2', 'gru3', 'gru_g'].flatMap((name) => gru(name, width, width)),
    ...gru('gru_r', strengthWidth, 2 * width),
    ...floatLayer('gain', NUM_BANDS, 5 * width),
    ...floatLayer('strength', NUM_BANDS, strengthWidth),
  ];
}

/**
 * A model file (spec/model_format.md) of the usual proportions whose weights are all 0: it costs what a trained one of
 * that width costs, without a download. `width`: a multiple of 32.
 */
export function blankModel(width: number): Uint8Array<ArrayBuffer> {
  const [embedding, strengthWidth] = [Math.min(128, width), width / 4];
  const tensors = tensorsOf(embedding, width, strengthWidth);
  const bytesOf = ({ type, rows, columns }: Tensor): number => rows * columns * (type === INT8 ? 1 : 4);
  const align = (offset: number): number => Math.ceil(offset / ALIGNMENT) * ALIGNMENT;
  let end = HEADER_SIZE + tensors.length * ROW_SIZE;
  const offsets = tensors.map((tensor) => {
    const offset = align(end);
    end = offset + bytesOf(tensor);
    return offset;
  });
  const file = new Uint8Array(end);
  const view = new DataView(file.buffer);
  const write = (at: number, ...values: number[]): void =>
    values.forEach((value, i) => view.setUint32(at + 4 * i, value, true));
  const text = new TextEncoder();
  tensors.forEach((tensor, i) => {
    const row = HEADER_SIZE + i * ROW_SIZE;
    file.set(text.encode(tensor.name), row);
    write(row + NAME_SIZE, tensor.type, tensor.rows, tensor.columns, offsets[i], bytesOf(tensor));
  });
  file.set(text.encode('PERCEPNT'));
  write(
    8,
    MODEL_VERSION,
    end,
    0,
    tensors.length,
    NUM_FEATURES,
    NUM_BANDS,
    embedding,
    width,
    strengthWidth,
    end,
    0,
  );
  write(16, crc32(file.subarray(CHECKED_FROM)));
  return file;
}

/** As in zlib. */
function crc32(bytes: Uint8Array): number {
  const table = Uint32Array.from({ length: 256 }, (_, i) => {
    for (let bit = 0; bit < 8; bit++) i = i & 1 ? 0xedb88320 ^ (i >>> 1) : i >>> 1;
    return i;
  });
  let crc = -1;
  for (let i = 0; i < bytes.length; i++) crc = table[(crc ^ bytes[i]) & 255] ^ (crc >>> 8);
  return ~crc >>> 0;
}
