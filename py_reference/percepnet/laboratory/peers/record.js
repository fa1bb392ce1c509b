// SPDX-License-Identifier: BSD-2-Clause
// Records the microphone at 48 kHz: the samples as float32 in hexadecimal.
async ({ seconds, noiseSuppression }) => {
  const context = new AudioContext({ sampleRate: 48000 });
  const code = `registerProcessor('tap', class extends AudioWorkletProcessor {
    process([input]) {
      if (input.length) this.port.postMessage(input[0].slice());
      return true;
    }
  });`;
  await context.audioWorklet.addModule(URL.createObjectURL(new Blob([code], { type: 'text/javascript' })));
  const tap = new AudioWorkletNode(context, 'tap', { numberOfOutputs: 0 });
  const blocks = [];
  const wanted = seconds * 48000;
  let count = 0;
  const done = new Promise((resolve) => {
    tap.port.onmessage = ({ data }) => {
      blocks.push(data);
      count += data.length;
      if (count >= wanted) resolve();
    };
  });
  const constraints = { noiseSuppression, echoCancellation: false, autoGainControl: false, channelCount: 1 };
  const stream = await navigator.mediaDevices.getUserMedia({ audio: constraints });
  context.createMediaStreamSource(stream).connect(tap);
  await done;
  for (const track of stream.getTracks()) track.stop();
  const samples = new Float32Array(count);
  let at = 0;
  for (const block of blocks) {
    samples.set(block, at);
    at += block.length;
  }
  const hex = (byte) => byte.toString(16).padStart(2, '0');
  return Array.from(new Uint8Array(samples.buffer), hex).join('');
};
