// Programs that students wrote: what tests/students.txt says of each capture is what its page shows.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { open, report, root, rungs, sample } from './support.js';

const [head, ...lines] = readFileSync(join(root, 'tests/students.txt'), 'utf8').trim().split('\n').map((line) => line.split(/\s+/));
const rows = lines.map((line) => Object.fromEntries(line.map((value, i) => [head[i], value])));
const words = JSON.parse(readFileSync(join(root, 'reports/html/tables.json'), 'utf8')).words;

for (const name of new Set(rows.map((row) => row.sample))) {
  test(name, async () => {
    const file = sample(`students/${name}.pcap`);
    const page = await open(report(file));
    const ladders = JSON.parse(rungs('ladder', file, '--to', 'json', '-q')).ladders;
    const own = rows.filter((row) => row.sample === name);
    for (const [i, row] of own.entries()) {
      await page.goto('about:blank');
      await page.goto(`file://${report(file)}#call=${i + 1}`);
      await page.locator('#calls .chosen').waitFor();
      const call = await page.locator('#calls .chosen').innerText();
      const who = row.caller === row.callee && row.kind === 'registration' ? [row.caller] : [row.caller, row.callee];
      for (const user of who) if (user !== '-') assert.ok(call.split('\n')[0].includes(user), `${call} names ${user}`);
      assert.ok(call.includes(words[`outcome.${row.outcome}`][0]), `${call} is ${row.outcome}`);
      if (row.status !== '-') assert.ok(call.includes(`(${row.status})`), `${call} ends with ${row.status}`);
      const heads = await page.locator('.head b').allInnerTexts();
      assert.deepEqual(heads, ladders[i].participants.map((p) => p.name ?? p.role.replace('other', '?')));
      await page.keyboard.press('l');
      assert.deepEqual(await page.locator('table[aria-label=Ladder] tbody tr td:first-child').allInnerTexts(), ladders[i].rungs.map((rung) => rung.frame));
      const repeats = ladders[i].rungs.filter((rung) => ['retransmission', 'duplicate'].includes(rung.relation)).length;
      assert.equal(repeats, Number(row.repeats));
      await page.getByRole('tab', { name: 'Media', exact: true }).click();
      assert.equal(await page.locator('section.card').count(), Number(row.streams));
    }
    assert.deepEqual(page.faults, []);
    await page.context().close();
  });
}
