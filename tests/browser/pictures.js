// Takes the pictures of the report that README.md and docs/ show: RUNGS=PROGRAM node tests/browser/pictures.js
import { join } from 'node:path';
import { open, report, root, sample } from './support.js';

const shots = {
  msn: [report(sample('msn/audio-accepted.pcap')), '#call=1&frame=99'],
  check: [report(sample('sip/lab-cancelled-caller.pcap'), '--flow', 'cancelled'), '#call=1&frame=8&view=check'],
  bridged: [report(sample('sip/b2bua-bridged-call.pcap')), '#call=1&frame=52&tab=session'],
};

for (const [name, [path, hash]] of Object.entries(shots)) {
  for (const colorScheme of ['light', 'dark']) {
    for (const [suffix, width, height] of [['', 1360, 850], ['-phone', 390, 844]]) {
      const page = await open(path, { hash, colorScheme, viewport: { width, height } });
      await page.locator('.chosen').first().waitFor({ state: 'attached' });
      await page.screenshot({ path: join(root, 'docs/pictures', `report-${name}${suffix}${colorScheme === 'dark' ? '-dark' : ''}.png`) });
      if (page.faults.length) throw new Error(page.faults.join());
      await page.context().close();
    }
  }
}
process.exit(0);
