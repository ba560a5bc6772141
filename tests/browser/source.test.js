// The page's own source: types, size, and words that have no place in it.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { report, root, sample } from './support.js';

const here = dirname(fileURLToPath(import.meta.url));

test('the types are right', () => {
  const compiler = createRequire(import.meta.url).resolve('typescript/bin/tsc');
  const { status, stdout } = spawnSync(process.execPath, [compiler, '-p', here], { encoding: 'utf8' });
  assert.equal(status, 0, stdout);
});

test('script and style keep to their size', () => {
  const html = readFileSync(report(sample('sip/lab-register.pcap')), 'utf8');
  const script = /<script>([^]*)<\/script>/.exec(html.slice(html.lastIndexOf('<script>')))[1];
  assert.doesNotMatch(script, /EventSource/);
  const style = /<style>([^]*?)<\/style>/.exec(html)[1];
  assert.ok(script.length > 10_000 && Buffer.byteLength(script) <= 60 * 1024, `${Buffer.byteLength(script)} octets of script`);
  assert.ok(style.length > 1000 && Buffer.byteLength(style) <= 15 * 1024, `${Buffer.byteLength(style)} octets of style`);
});

test('nothing parses markup, evaluates text or loads', () => {
  const folder = join(root, 'reports/html');
  for (const name of readdirSync(folder).filter((file) => file.endsWith('.js'))) {
    const text = readFileSync(join(folder, name), 'utf8');
    assert.doesNotMatch(text, /innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function|XMLHttpRequest|import\(/, name);
    // Only the page of a live capture asks its server for more; its script is in no report.
    if (name !== 'live.js') assert.doesNotMatch(text, /\bfetch\b|EventSource/, name);
  }
  assert.doesNotMatch(readFileSync(join(folder, 'page.css'), 'utf8'), /url\(|@import/);
});
