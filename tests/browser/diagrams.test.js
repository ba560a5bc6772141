// One ladder, many renderings: the same rungs in all, and the real tools read what is written for them.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { call, capture, folder, hostile, open, report, rungs, sample } from './support.js';

const samples = ['sip/lab-cancelled-caller.pcap', 'sip/b2bua-bridged-call.pcap', 'sip/two-proxies.pcapng', 'msn/audio-accepted.pcap', 'sip/lab-self-call.pcap',
  'students/call.pcap', 'students/at-once.pcap', 'students/shared-media-port.pcap'];
const ladder = (file, format) => rungs('ladder', file, '--to', format, '-q', '--call', '1');
const labelsOf = (file) => JSON.parse(ladder(file, 'json')).ladders[0].rungs.map((rung) => rung.label);
const rungsOf = (file) => JSON.parse(ladder(file, 'json')).ladders[0].rungs.map(({ frame, label, from, to }) => ({ frame, label, from, to }));

/** The rungs of the picture in the page, walked through from top to bottom; from and to as the arrows lie on the lines of the hosts. */
async function drawnRungs(page) {
  await page.getByRole('tab', { name: 'Ladder', exact: true }).click();
  return page.evaluate(async () => {
    const list = document.getElementById('rungs');
    const places = [...document.querySelectorAll('.head')].map((head) => parseFloat(head.style.left) + parseFloat(head.style.width) / 2);
    const at = (x) => places.findIndex((place) => Math.abs(place - x) < 1) + 1;
    const found = new Map();
    for (let top = 0; top <= list.scrollHeight; top += 200) {
      list.scrollTop = top;
      list.dispatchEvent(new Event('scroll'));
      for (const line of list.querySelectorAll('[role=option]')) {
        const arrow = line.querySelector('.arrow');
        const left = at(parseFloat(arrow.style.left));
        const right = arrow.classList.contains('self') ? left : at(parseFloat(arrow.style.left) + parseFloat(arrow.style.width));
        const [from, to] = arrow.classList.contains('left') ? [right, left] : [left, right];
        found.set(Number(line.id.slice(6)), { frame: line.querySelector('.frame').textContent, label: arrow.title, from, to });
      }
    }
    return [...found].sort(([a], [b]) => a - b).map(([, rung]) => rung);
  });
}

const entities = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" };
const plain = (xml) => xml.replace(/&(\w+|#39);/g, (_, name) => entities[name]);

test('the same rungs in JSON, SVG, HTML, text, Mermaid and PlantUML', async () => {
  for (const name of samples) {
    const file = sample(name);
    const labels = labelsOf(file);
    const svg = ladder(file, 'svg');
    const rungTitles = [...svg.matchAll(/<g><title>(.*?)<\/title>/g)].map((match) => plain(match[1])).filter((title) => labels.includes(title));
    assert.deepEqual(rungTitles, labels, `${name} as SVG`);

    const page = await open(report(file, '--call', '1'), { hash: '#call=1&view=table' });
    const cells = await page.locator('table[aria-label=Ladder] tbody tr td:nth-child(6)').allTextContents();
    assert.deepEqual(cells.map((text) => text.replace(/^✗ | ×\d+$/g, '')), labels, `${name} as a table`);
    assert.deepEqual(await drawnRungs(page), rungsOf(file), `${name} as HTML`);
    await page.context().close();

    const frames = JSON.parse(ladder(file, 'json')).ladders[0].rungs.map((rung) => rung.frame);
    const shown = ladder(file, 'text').split('\n').map((line) => /^ *([\d.]+) +-?\d+\.\d{6} /.exec(line)?.[1]).filter((frame) => frames.includes(frame));
    assert.deepEqual(shown, frames, `${name} as text`);

    const decoded = (text) => text.replace(/&?#(\d+);/g, (_, code) => String.fromCharCode(code)).replace(/^✗ | ×\d+$/g, '');
    const mermaid = [...ladder(file, 'mermaid').matchAll(/^ {4}P\d+-?->>P\d+: (.*)$/gm)].map((match) => decoded(match[1]));
    assert.deepEqual(mermaid, labels, `${name} as Mermaid`);
    const plantuml = [...ladder(file, 'plantuml').matchAll(/^P\d+ -(?:\[#\w+\])?-?> P\d+ : (.*)$/gm)].map((match) => decoded(match[1]));
    assert.deepEqual(plantuml, labels, `${name} as PlantUML`);
  }
});

test('SVG is static, well-formed, and as wide as a page', async () => {
  for (const file of [hostile(), sample('sip/lab-cancelled-caller.pcap')]) {
    const svg = rungs('ladder', file, '--to', 'svg', '-q');
    assert.doesNotMatch(svg, /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u202e\u2066]/);
    const path = join(folder, 'ladder.svg');
    writeFileSync(path, svg);
    const page = await open(path);
    assert.equal(await page.evaluate(() => document.documentElement.tagName), 'svg');
    const [elements, attributes] = await page.evaluate(() => {
      const all = [...document.querySelectorAll('*')];
      return [all.map((element) => element.tagName), all.flatMap((element) => element.getAttributeNames())].map((names) => [...new Set(names)]);
    });
    assert.deepEqual(elements.filter((name) => !['svg', 'g', 'title', 'rect', 'path', 'text'].includes(name)), []);
    assert.deepEqual(attributes.filter((name) => /^on|href|style/.test(name)), []);
    assert.deepEqual(page.faults, []);
    await page.context().close();
  }
  assert.match(ladder(sample('sip/lab-cancelled-caller.pcap'), 'svg'), /<svg [^>]*width="718"/);
});

const long = capture('long.pcap', Array.from({ length: 120 }, () => call(1)).flat());

test('Mermaid draws all diagrams', async () => {
  const bundle = join(dirname(createRequire(import.meta.url).resolve('mermaid')), 'mermaid.min.js');
  const blank = join(folder, 'blank.html');
  writeFileSync(blank, '<!DOCTYPE html><title>-</title><body></body>');
  const page = await open(blank);
  await page.addScriptTag({ path: bundle });
  for (const file of [...samples.map(sample), hostile(), long]) {
    const diagrams = [...rungs('ladder', file, '--to', 'mermaid', '-q').matchAll(/```mermaid\n([^]*?)```/g)].map((match) => match[1]);
    assert.ok(diagrams.length > 0);
    for (const text of diagrams) {
      assert.ok(text.length < 50_000 && text.split('>>').length <= 500);
      const arrows = text.match(/^ {4}P\d+(-?->>|-\))P\d+:/gm)?.length ?? 0;
      const drawn = await page.evaluate(async (source) => {
        const { svg } = await window.mermaid.render('drawn', source);
        const parsed = new DOMParser().parseFromString(svg, 'text/html');
        return { arrows: parsed.querySelectorAll('.messageText').length, bad: parsed.querySelectorAll('script, img, [onload], [onerror]').length };
      }, text);
      assert.deepEqual(drawn, { arrows, bad: 0 }, file);
    }
  }
  assert.equal(await page.evaluate(() => window.__pwn), undefined);
});

const hasPlantUml = !spawnSync('plantuml', ['-version']).error;

test('PlantUML draws all diagrams', { skip: hasPlantUml ? false : 'plantuml is not installed' }, () => {
  const source = [...samples.map(sample), hostile(), long].map((file) => rungs('ladder', file, '--to', 'plantuml', '-q')).join('');
  const path = join(folder, 'all.puml');
  writeFileSync(path, source);
  const said = execFileSync('plantuml', ['-headless', '-syntax', '-pipe'], { input: source, encoding: 'utf8' });
  assert.doesNotMatch(said, /ERROR/);
  assert.equal(said.match(/SEQUENCE/g)?.length ?? 0, source.match(/^@startuml$/gm).length);
  const parts = rungs('ladder', long, '--to', 'plantuml', '-q').split('@startuml').slice(1).map((part) => part.match(/^P\d+ \S+ P\d+ :/gm).length);
  assert.ok(parts.length > 1 && parts.every((count) => count <= 450), parts.join());
  assert.equal(parts.reduce((sum, count) => sum + count), labelsOf(long).length);
});
