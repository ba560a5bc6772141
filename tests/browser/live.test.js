// The page of `rungs live --serve` while a call is placed: packets come through a pipe, one after another.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import { test } from 'node:test';
import { sample, startLive, visit } from './support.js';

/** The header of a pcap file, and its records. */
function recordsOf(path) {
  const file = readFileSync(path);
  const records = [file.subarray(0, 24)];
  for (let at = 24; at < file.length;) {
    const end = at + 16 + file.readUInt32LE(at + 8);
    records.push(file.subarray(at, end));
    at = end;
  }
  return records;
}

/** The program with its standard input open. The first packet has to be there before it starts to serve. */
async function serve(first) {
  const { live, address, ended } = startLive('-r', '-');
  live.stdin.write(first);
  return { live, address: await address, ended };
}

const status = (address, headers = {}) => new Promise((resolve, reject) => {
  request(address, { headers }, (response) => { response.resume(); resolve(response.statusCode); }).on('error', reject).end();
});

test('the ladder grows while the call is placed', async () => {
  const [head, ...packets] = recordsOf(sample('sip/lab-cancelled-caller.pcap'));
  const { live, address, ended } = await serve(Buffer.concat([head, packets[0]]));
  assert.match(address, /^http:\/\/127\.0\.0\.1:\d+\/[0-9a-f]{32}\/$/);
  const page = await visit(address);
  const rungs = page.locator('#rungs [role=option]');
  await rungs.first().waitFor();
  assert.equal(await rungs.count(), 1);
  assert.match(await page.locator('#calls [role=option]').first().textContent(), /in progress/i);

  live.stdin.write(Buffer.concat(packets.slice(1, 6)));
  await page.waitForFunction(() => document.querySelectorAll('#rungs [role=option]').length === 6);
  live.stdin.write(Buffer.concat(packets.slice(6)));
  await page.waitForFunction((count) => document.querySelectorAll('#rungs [role=option]').length === count, packets.length);
  assert.match(await page.locator('#calls [role=option]').first().textContent(), /cancelled/i);
  assert.deepEqual(page.faults, []);

  live.stdin.end();
  assert.equal(await ended, 0);
  await page.context().close();
});

test('what a reader chose stays while calls go on', async () => {
  const [head, ...packets] = recordsOf(sample('sip/lab-cancelled-caller.pcap'));
  const { live, address, ended } = await serve(Buffer.concat([head, ...packets.slice(0, 4)]));
  const page = await visit(address);
  await page.locator('#rungs [role=option]').nth(3).waitFor();
  await page.getByRole('tab', { name: 'Table', exact: true }).click();
  live.stdin.write(Buffer.concat(packets.slice(4)));
  await page.waitForFunction((count) => document.querySelector('#app').dataset.live === String(count), packets.length);
  assert.equal(await page.getByRole('tab', { name: 'Table', exact: true }).getAttribute('aria-selected'), 'true');
  live.stdin.end();
  await ended;
  await page.context().close();
});

test('nothing is shown without the token, or under another name', async () => {
  const [head, ...packets] = recordsOf(sample('sip/lab-cancelled-caller.pcap'));
  const { live, address, ended } = await serve(Buffer.concat([head, packets[0]]));
  const { origin, port } = new URL(address);
  assert.equal(await status(address), 200);
  assert.equal(await status(`${origin}/`), 404);
  assert.equal(await status(`${origin}/${'0'.repeat(32)}/data`), 404);
  assert.equal(await status(address, { Host: `attacker.example.com:${port}` }), 403);
  live.kill('SIGTERM');
  assert.equal(await ended, 0);
});
