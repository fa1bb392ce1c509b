// The page's side of an engine's way to the audio thread: what is sent, and what is answered.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { EngineDelivery } from '../src/engine_delivery.ts';

const model = new Uint8Array(readFileSync(join(process.cwd(), 'dist/percepnet-64.pnet')));
const module = new WebAssembly.Module(Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0));
const assetsOf = (bytes) => ({ module, moduleBytes: new ArrayBuffer(8), model: bytes.slice() });

/** A delivery that is given assets; what it posts goes through a real port, whose transfer detaches. */
async function deliver(...given) {
  const { port1 } = new MessageChannel();
  const posted = [];
  const post = (message, transfer = []) => {
    const files = message.engine?.files;
    posted.push({ ...message, files, transfer, bytes: files && files.model.slice() });
    port1.postMessage(files ? files.model : null, transfer);
  };
  const failed = (error) => assert.fail(error);
  const delivery = new EngineDelivery({}, post, failed);
  for (const assets of given) delivery.deliver(assets);
  await setImmediate();
  port1.close();
  return { delivery, posted };
}

test("the audio thread gets a copy of the model by transfer, and the page's stays", async () => {
  const assets = assetsOf(model);
  const { posted } = await deliver(assets);
  const [{ type, files, transfer, bytes }] = posted;
  assert.equal(type, 'engine');
  assert.deepEqual(bytes, model);
  assert.deepEqual(transfer, [files.model.buffer]);
  assert.equal(files.model.byteLength, 0, 'it was cloned');
  assert.deepEqual(assets.model, model);
});

test('a view of a larger buffer takes its own bytes along, no more', async () => {
  const larger = new Uint8Array(model.length + 1000);
  larger.set(model, 500);
  const assets = { ...assetsOf(model), model: larger.subarray(500, 500 + model.length) };
  const [{ bytes }] = (await deliver(assets)).posted;
  assert.deepEqual(bytes, model);
  assert.equal(larger.length, model.length + 1000);
});

test('files that were thought to be there are sent after all, by transfer too', async () => {
  const { delivery, posted } = await deliver(assetsOf(model));
  for (const type of ['missing', 'unreadable']) {
    delivery.receive({ type, id: 0 });
    const { transfer, bytes, files } = posted.at(-1);
    assert.deepEqual([bytes, transfer.length], [model, 1]);
    assert.equal(files.module instanceof ArrayBuffer, type === 'unreadable');
  }
});

test('who has done a part is told to go on, and to drop what is no longer wanted', async () => {
  const { delivery, posted } = await deliver(assetsOf(model), assetsOf(model));
  assert.deepEqual(posted.map(({ id }) => id), [1]);
  for (const id of [1, 0]) delivery.receive({ type: 'part', id });
  const answers = posted.slice(1).map(({ type, id }) => [type, id]);
  assert.deepEqual(answers, [
    ['continue', 1],
    ['drop', 0],
  ]);
  delivery.receive({ type: 'ready', id: 1 });
  await delivery.ready;
});

test('assets that are still on their way have the older ones dropped', async () => {
  const { delivery, posted } = await deliver(assetsOf(model));
  delivery.deliver(new Promise(() => {}));
  delivery.receive({ type: 'part', id: 0 });
  assert.equal(posted.at(-1).type, 'drop');
});
