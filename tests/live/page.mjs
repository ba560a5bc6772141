// A call over a wire, seen in the browser; started by ./page in the network namespace of the called party.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { test } from 'node:test';
import { startLive, visit } from '../browser/support.js';

const called = '192.0.2.20', calling = '192.0.2.10';

/** Runs a program to its end, which must be a good one; it does not outlive the test. */
function run(context, program, ...args) {
  const child = spawn(program, args, { stdio: 'ignore' });
  context.after(() => child.kill());
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (status) => (status === 0 ? resolve() : reject(new Error(`${program} ended with ${status}`))));
  });
}

test('the ladder grows while a call is placed over a wire', async (context) => {
  const { live, address, ended } = startLive('-i', 'wire1');
  context.after(() => live.kill());
  const page = await visit(await address);
  const rungs = page.locator('#rungs [role=option]');
  assert.equal(await rungs.count(), 0);

  const callee = run(context, 'sipp', '-sn', 'uas', '-i', called, '-p', '5060', '-m', '1', '-nostdin');
  const caller = run(context, 'ip', 'netns', 'exec', process.env.CALLER_NAMESPACE, 'sipp', '-sn', 'uac', `${called}:5060`, '-i', calling, '-p', '5060',
    '-d', '4000', '-m', '1', '-nostdin');
  const grown = (count) => page.waitForFunction((wanted) => document.querySelectorAll('#rungs [role=option]').length === wanted, count);
  await grown(4); // INVITE, 180, 200, ACK
  const call = page.locator('#calls [role=option]').first();
  assert.match(await call.textContent(), /answered.* 4 messages/i);
  await grown(6); // BYE, 200
  assert.match(await call.textContent(), /answered.* 6 messages/i);
  await Promise.all([callee, caller]);
  assert.deepEqual(page.faults, []);

  live.kill('SIGTERM');
  assert.equal(await ended, 0);
  await page.context().close();
});
