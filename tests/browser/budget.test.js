// Large reports: measured and printed. What is asserted is that they work, never a time.
import assert from 'node:assert/strict';
import { statSync } from 'node:fs';
import { test } from 'node:test';
import { large, open, report } from './support.js';

for (const messages of [10_000, 50_000]) {
  test(`${messages} messages`, async (context) => {
    const path = report(large(messages));
    const page = await open(path);
    await page.locator('#rungs [role=option]').first().waitFor();
    const opened = await page.evaluate(() => performance.getEntriesByType('navigation')[0].loadEventEnd);
    const [searched, nodes] = await page.evaluate(() => {
      const input = document.querySelector('input[type=search]');
      const times = ['ben77@', 'call-42@example.com'].map((text) => {
        const start = performance.now();
        input.value = text;
        input.dispatchEvent(new Event('input'));
        return performance.now() - start;
      });
      return [times, document.querySelectorAll('#app *').length];
    });
    const hits = await page.locator('[role=status]').first().textContent();
    context.diagnostic(`${messages} messages: file ${(statSync(path).size / 1e6).toFixed(1)} MB, open ${opened.toFixed(0)} ms, ` +
      `first search ${searched[0].toFixed(0)} ms, next search ${searched[1].toFixed(0)} ms, ${nodes} elements`);
    assert.equal(hits, '10 messages in 1 calls');
    assert.ok(nodes < 2000, 'only what is in view is built');
    assert.deepEqual(page.faults, []);
    await page.context().close();
  });
}
