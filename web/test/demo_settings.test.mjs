import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { DEFAULT_CONFIG } from '../src/config.ts';
import { PRESETS } from '../src/presets.ts';
import { DEFAULTS, formatSettings, parseSettings, presetOf } from '../demo/settings.ts';

test('what is written is read again', () => {
  const settings = {
    model: 'my model & co',
    variant: 'simd128',
    execution: 'worker',
    maxAttenuationDb: 24,
    postfilter: 0.75,
    match: false,
    shortcuts: false,
  };
  assert.deepEqual(parseSettings(formatSettings(settings)), settings);
  assert.ok(Object.keys(settings).every((name) => settings[name] !== DEFAULTS[name]));
});

test('defaults need no words, and are the library’s', () => {
  assert.equal(formatSettings(DEFAULTS), '');
  assert.deepEqual(parseSettings(''), DEFAULTS);
  assert.equal(DEFAULTS.maxAttenuationDb, DEFAULT_CONFIG.maxAttenuationDb);
  assert.equal(DEFAULTS.postfilter, DEFAULT_CONFIG.postfilter);
  assert.equal(presetOf(DEFAULTS), 'balanced');
});

test('what makes no sense is as if it were not there', () => {
  const nonsense =
    'variant=fancy&execution=cloud&maxAttenuationDb=5&postfilter=NaN&match=perhaps&__proto__=1&constructor=2&unknown=3';
  assert.deepEqual(parseSettings(nonsense), DEFAULTS);
  assert.deepEqual(parseSettings('maxAttenuationDb=&postfilter='), DEFAULTS);
  assert.equal(parseSettings('maxAttenuationDb=101&postfilter=1').postfilter, 1);
});

test('presets have names, other values none', () => {
  const page = readFileSync(join(process.cwd(), '../docs/web/troubleshooting.md'), 'utf8');
  for (const [name, strength] of Object.entries(PRESETS)) {
    assert.equal(presetOf(strength), name);
    const [row] = page.split('\n').filter((line) => line.startsWith(`| \`${name}\``));
    assert.ok(row.endsWith(`| ${strength.maxAttenuationDb} | ${strength.postfilter} |`), row);
  }
  assert.equal(presetOf({ maxAttenuationDb: 13, postfilter: 0 }), 'custom');
});
