// Large reports: measured and printed. What is asserted is that they work, never a time.
import assert from 'node:assert/strict';
import { statSync } from 'node:fs';
import { test } from 'node:test';
import { dataOf, large, open, report } from './support.js';

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
    // A wheel turned through the longest list: how long each frame took, and the work in it.
    const frames = await page.evaluate(async () => {
      document.querySelector('input[type=search]').value = '';
      document.querySelector('input[type=search]').dispatchEvent(new Event('input'));
      const list = document.getElementById('calls');
      const times = [];
      let before = await new Promise(requestAnimationFrame);
      for (let i = 0; i < 120; ++i) {
        list.scrollTop += 400;
        const now = await new Promise(requestAnimationFrame);
        times.push(now - before);
        before = now;
      }
      const drawing = [];
      for (let i = 0; i < 120; ++i) {
        list.scrollTop += 400;
        const start = performance.now();
        list.dispatchEvent(new Event('scroll'));
        list.getBoundingClientRect();
        drawing.push(performance.now() - start);
      }
      return [times, drawing].map((all) => all.sort((a, b) => a - b)).map((all) => [all[60], all[114]]);
    });
    await page.evaluate((text) => {
      document.querySelector('input[type=search]').value = text;
      document.querySelector('input[type=search]').dispatchEvent(new Event('input'));
    }, 'call-42@example.com');
    const hits = await page.locator('[role=status]').first().textContent();
    context.diagnostic(`${messages} messages: file ${(statSync(path).size / 1e6).toFixed(1)} MB, open ${opened.toFixed(0)} ms, ` +
      `first search ${searched[0].toFixed(0)} ms, next search ${searched[1].toFixed(0)} ms, scrolling ${frames[0].map((ms) => ms.toFixed(1)).join(' / ')} ms a frame ` +
      `and ${frames[1].map((ms) => ms.toFixed(1)).join(' / ')} ms of work in it (median / 95 %), ${nodes} elements`);
    assert.equal(hits, '10 messages in 1 calls');
    assert.ok(nodes < 2000, 'only what is in view is built');
    assert.deepEqual(page.faults, []);
    await page.context().close();
  });
}

test('more than 100 000 messages come in parts, with an index of them', async (context) => {
  const path = report(large(100_010));
  const { sources } = dataOf(path, 'settings');
  assert.deepEqual(sources.map(({ part }) => [part.first_call, part.last_call, part.messages]), [[1, 5000, 50_000], [5001, 10_000, 50_000], [10_001, 10_001, 10]]);
  const page = await open(path);
  await page.locator('#rungs [role=option]').first().waitFor();
  const opened = await page.evaluate(() => performance.getEntriesByType('navigation')[0].loadEventEnd);
  context.diagnostic(`100 010 messages: file ${(statSync(path).size / 1e6).toFixed(1)} MB, first part open in ${opened.toFixed(0)} ms`);
  assert.match(await page.locator('header .facts').innerText(), /100010 packets · 100010 messages/);
  const index = page.locator('.sources select');
  assert.match((await index.locator('option').allTextContents())[1], /^Calls 5001 to 10000 · .* · 50000 messages$/);

  // From part to part: by the index, by a frame, by a search, by a link.
  await index.selectOption('1');
  await page.locator('.ladder h2').getByText('Call 5001 · ').waitFor();
  await page.keyboard.press('g');
  await page.locator('dialog input').fill('100003');
  await page.keyboard.press('Enter');
  await page.locator('.ladder h2').getByText('Call 10001 · ').waitFor();
  assert.match(page.url(), /source=3&call=10001&frame=100003/);
  await page.locator('input[type=search]').fill('call-42@example.com');
  assert.match(await page.locator('.calls [role=status]').innerText(), /Nothing found in these calls; n and p go on/);
  await page.locator('#calls').focus();
  await page.keyboard.press('n');
  await page.locator('.ladder h2').getByText('Call 42 · ').waitFor();
  assert.match(await page.locator('.calls [role=status]').innerText(), /^10 messages in 1 calls/);
  await page.goto('about:blank');
  await page.goto(`file://${path}#source=2&call=7000&frame=69991`);
  await page.locator('.ladder h2').getByText('Call 7000 · ').waitFor();
  assert.deepEqual(page.faults, []);
  await page.context().close();
});
