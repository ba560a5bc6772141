// The report in a browser, as people use it.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { test } from 'node:test';
import { call, capture, dataOf, folder, harmful, hostile, open, report, rungs, sample } from './support.js';

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const cancelled = report(sample('sip/lab-cancelled-caller.pcap'), '--flow', 'cancelled');
const bridged = report(sample('sip/b2bua-bridged-call.pcap'));
const messenger = report(sample('msn/audio-accepted.pcap'));
const mixed = report(sample('sip/lab-cancelled-caller.pcap'), sample('sip/b2bua-bridged-call.pcap'), sample('sip/lab-register.pcap'));

const options = (page) => page.locator('#rungs [role=option]');
const chosen = (page) => page.locator('#rungs [aria-selected=true] .frame').textContent();
const press = async (page, ...keys) => { for (const key of keys) await page.keyboard.press(key); };

test('opens without a request and without an error', async () => {
  for (const file of [cancelled, bridged, messenger, mixed]) {
    const page = await open(file);
    for (const name of ['Table', 'Media', 'Findings', 'Ladder', 'Parsed', 'Session', 'Hex', 'Compare', 'Raw']) await page.getByRole('tab', { name, exact: true }).click();
    assert.deepEqual(page.faults, []);
    await page.context().close();
  }
});

test('its policy lets nothing in that is not in the file', async () => {
  const page = await open(cancelled);
  const errors = await page.evaluate(() => [
    () => document.createElement('img').setAttribute('onerror', 'window.__pwn = 1'),
    () => { document.createElement('script').text = 'window.__pwn = 1'; },
    () => { document.body.innerHTML = '<img src=x onerror="window.__pwn = 1">'; },
    () => window.trustedTypes.createPolicy('default', {}),
  ].map((attempt) => {
    try {
      attempt();
      return 'allowed';
    } catch (error) {
      return error.constructor.name;
    }
  }));
  assert.deepEqual(errors, ['TypeError', 'TypeError', 'TypeError', 'TypeError']);
  assert.equal(await page.evaluate(() => window.__pwn), undefined);
});

test('a hostile capture stays text', async () => {
  const path = report(hostile());
  const page = await open(path);
  const calls = await page.locator('.count, #calls [role=option]').count();
  assert.ok(calls > 5);
  for (let i = 0; i < harmful.length; ++i) {
    await press(page, 'j');
    for (const name of ['Parsed', 'Session', 'Hex', 'Raw']) await page.getByRole('tab', { name, exact: true }).click();
  }
  assert.deepEqual(page.faults, []);
  assert.equal(await page.evaluate(() => window.__pwn), undefined);
  assert.equal(await page.locator('#app img, #app script, #app svg[onload]').count(), 0);
  const text = await page.evaluate(() => document.getElementById('app').innerText);
  assert.doesNotMatch(text, /[\u0000-\u0008\u000e-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/);
  assert.equal(dataOf(path, 'analysis').messages.length, 2 * harmful.length);
});

test('can be walked by keyboard', async () => {
  const page = await open(cancelled);
  await page.locator('#rungs').focus();
  assert.equal(await chosen(page), '1');
  await press(page, 'j', 'j', 'ArrowDown', 'k');
  assert.equal(await chosen(page), '3');
  assert.match(await page.locator('#rungs').getAttribute('aria-activedescendant'), /^rungs-\d+$/);
  await press(page, 'Enter', 'r');
  assert.match(await page.locator('#message-view').innerText(), /^ACK sip:1002@lab\.example\.com SIP\/2\.0/);
  await press(page, 'g');
  await page.locator('dialog input').fill('10');
  await press(page, 'Enter');
  assert.equal(await chosen(page), '10');
  assert.match(await page.locator('#rungs [aria-selected=true]').textContent(), /frame 10, 203\.0\.113\.5 → 1001, .*487 Request Terminated/);
  await press(page, 'n');
  assert.equal(await chosen(page), '11');
  await press(page, 'l');
  assert.equal(await page.locator('table[aria-label=Ladder] tbody tr').count(), 12);
  await press(page, 'l', '?');
  assert.equal(await page.locator('dialog kbd').count() > 20, true);
  await press(page, 'Escape');
  await page.locator('dialog').waitFor({ state: 'detached' }); // keys are the dialog's until it is gone
  await press(page, '/');
  assert.equal(await page.evaluate(() => document.activeElement.type), 'search');
  assert.deepEqual(page.faults, []);
});

test('links lead to a message', async () => {
  const page = await open(cancelled, { hash: '#call=1&frame=8&tab=parsed' });
  assert.equal(await chosen(page), '8');
  assert.match(await page.locator('#message-view').innerText(), /Call-ID/);
  await page.locator('#rungs').focus();
  await press(page, 'j');
  assert.match(page.url(), /call=1&frame=9&tab=parsed$/);
});

test('Back returns to the call before', async () => {
  const page = await open(mixed);
  const title = () => page.locator('.ladder h2').textContent();
  const first = await title();
  await page.locator('#calls [role=option]').nth(1).click();
  assert.notEqual(await title(), first);
  await page.goBack();
  assert.equal(await title(), first);
});

test('search finds text of messages and marks it', async () => {
  const page = await open(mixed);
  await page.locator('input[type=search]').fill('microsip');
  assert.match(await page.locator('[role=status]').first().textContent(), /^\d+ messages in \d+ calls$/);
  assert.ok(await page.locator('.line.hit').count() > 0);
  assert.ok(await page.evaluate(() => CSS.highlights.get('search').size) > 0);
  await page.locator('input[type=search]').fill('no such text anywhere');
  assert.equal(await page.locator('#calls [role=option]').count(), 0);
});

test('filters narrow calls and lines', async () => {
  const page = await open(mixed);
  await page.getByRole('button', { name: 'Filters' }).click();
  await page.getByLabel('Kind').selectOption('registration');
  for (const text of await page.locator('#calls [role=option] .facts').allTextContents()) assert.match(text, /registration/);
  await page.getByRole('button', { name: 'Clear' }).click();
  await page.getByLabel('Method').selectOption('BYE');
  for (const label of await page.locator('.line .label').allTextContents()) assert.match(label, /BYE/);
});

test('filters by failed checks and by what is only kept alive, and says that it does', async () => {
  const page = await open(report(sample('sip/lab-cancelled-caller.pcap'), sample('sip/lab-register.pcap'), sample('sip/flow-options.pcap'), '--flow', 'busy'));
  const all = await page.locator('#calls [role=option]').count();
  const kinds = dataOf(mixed, 'analysis').calls.map((call) => call.kind);
  assert.ok(kinds.includes('registration'));
  await page.getByRole('button', { name: 'Filters' }).click();
  await page.getByLabel('check failed').check();
  assert.equal(await page.locator('#calls [role=option]').count(), 1);
  assert.match(await page.locator('#calls [role=option]').innerText(), /cancelled \(487\)/);
  assert.equal(await page.getByRole('button', { name: 'Filters (1)' }).count(), 1);
  await page.getByRole('button', { name: 'Clear' }).click();
  await page.getByLabel('registrations and probes').uncheck();
  const left = await page.locator('#calls [role=option] .facts').allTextContents();
  assert.ok(left.length > 0 && left.length < all);
  for (const text of left) assert.doesNotMatch(text, /registration|options/);
  await page.getByRole('button', { name: 'Clear' }).click();
  assert.equal(await page.locator('#calls [role=option]').count(), all);
  await page.getByLabel('retransmissions').uncheck();
  assert.equal(await page.locator('.line .label').filter({ hasText: '×2' }).count(), 0);
  await page.context().close();
});

test('compares two marked messages', async () => {
  const page = await open(cancelled);
  await page.locator('#rungs').focus();
  await press(page, 'Space', 'j', 'j', 'j', 'Space', 'd');
  const changed = await page.locator('.diff tr:has(.changed) th').allTextContents();
  assert.ok(changed.includes('Proxy-Authorization'), changed.join());
  assert.ok((await page.locator('.diff tr.same th').allTextContents()).includes('Call-ID'));
});

/** A message with a session description; `media` are lines behind "t=". */
function described({ from, to, start, id, seq, tag, media, head = [] }) {
  const body = ['v=0', `o=- 1 ${seq} IN IP4 192.0.2.${from}`, 's=-', `c=IN IP4 192.0.2.${from}`, 't=0 0', ...media, ''].join('\r\n');
  const headers = [`Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK${id}`, 'From: <sip:ana@example.com>;tag=a', `To: <sip:ben@example.com>${tag ? ';tag=b' : ''}`,
    'Call-ID: offers@example.com', `CSeq: ${seq} INVITE`, ...head, 'Content-Type: application/sdp', `Content-Length: ${body.length}`];
  return { from, to, text: [start, ...headers, '', body].join('\r\n') };
}

/** An offer of four codecs and video, an early answer in another order and with other numbers, and a second offer that holds the call elsewhere. */
const offers = report(capture('offers.pcap', [
  described({ from: 1, to: 2, start: 'INVITE sip:ben@example.com SIP/2.0', id: 1, seq: 1, media: ['m=audio 4000 RTP/AVP 0 8 96 18', 'a=rtpmap:96 opus/48000', 'm=video 4002 RTP/AVP 31'] }),
  described({ from: 2, to: 1, start: 'SIP/2.0 183 Session Progress', id: 1, seq: 1, tag: true, media: ['m=audio 5000 RTP/AVP 8 0 97', 'a=rtpmap:97 opus/48000', 'm=video 0 RTP/AVP 31'] }),
  described({ from: 1, to: 2, start: 'INVITE sip:ben@192.0.2.2 SIP/2.0', id: 2, seq: 2, tag: true, media: ['m=audio 4010 RTP/AVP 8', 'a=sendonly'], head: ['i: offers@example.com', 's: music'] }),
  described({ from: 2, to: 1, start: 'SIP/2.0 200 OK', id: 2, seq: 2, tag: true, media: ['m=audio 5000 RTP/AVP 8', 'a=recvonly'] }),
]));

/** The rows of a table, as lists of cells. */
const rowsOf = (page, selector) => page.locator(`${selector} tbody tr`).evaluateAll((rows) => rows.map((row) => [...row.cells].map((cell) => cell.innerText.trim())));

test('says what an answer did with its offer', async () => {
  const page = await open(offers, { hash: '#call=1&frame=2&tab=session' });
  const rows = (await rowsOf(page, '#message-view')).map(([what, offer, answer, remark]) => `${what}: ${offer} | ${answer} | ${remark}`);
  assert.deepEqual(rows, [
    'media: audio | audio | RTP/AVP', 'address: 192.0.2.1:4000 | 192.0.2.2:5000 | ', 'direction: sendrecv | sendrecv | ',
    'codecs: 0 PCMU/8000 | 0 PCMU/8000 | kept, reordered', 'codecs: 8 PCMA/8000 | 8 PCMA/8000 | kept, reordered',
    'codecs: 96 opus/48000 | 97 opus/48000 | number 96 → 97', 'codecs: 18 G729/8000 | - | dropped',
    'media: video | video | RTP/AVP', 'address: 192.0.2.1:4002 | 192.0.2.2:0 | ', 'direction: sendrecv | sendrecv | refused (port 0)',
    'codecs: 31 H261/90000 | 31 H261/90000 | kept']);
  assert.match(await page.locator('#message-view').innerText(), /early media/);
  await page.goto(`file://${offers}#call=1&frame=4&tab=session`);
  await page.locator('#rungs [aria-selected=true] .frame').getByText('4').waitFor();
  const held = (await rowsOf(page, '#message-view')).slice(1, 3);
  assert.deepEqual(held, [['address', '192.0.2.1:4010', '192.0.2.2:5000', 'was 192.0.2.1:4000'],
    ['direction', 'sendonly', 'recvonly', 'was sendrecv, was sendrecv, hold']]);
  await page.context().close();
});

test('compares headers by what they are, not by how they are written', async () => {
  const page = await open(offers, { hash: '#call=1&frame=1' });
  await page.locator('#rungs').focus();
  await press(page, 'Space', 'j', 'j', 'Space', 'd');
  const rows = await page.locator('.diff tbody tr').evaluateAll((all) => all.map((row) => [row.className, row.querySelector('th').innerText]));
  assert.ok(rows.some(([kind, name]) => kind === 'same' && name === 'From'));
  assert.ok(rows.some(([kind, name]) => kind === '' && name === 'CSeq'));
  assert.ok(rows.some(([kind, name]) => kind === '' && name === 'Subject'), 's: is Subject:');
  assert.equal(rows.filter(([, name]) => /^(call-id|i)$/i.test(name)).length, 1, 'i: is Call-ID:');
  assert.equal(await page.locator('.diff tbody tr:has-text("a=sendonly") td.changed, .diff tbody tr:has-text("a=sendonly") td.absent').count() > 0, true);
  await page.context().close();
});

test('shows an answer beside its offer', async () => {
  const page = await open(bridged, { hash: '#call=1&frame=52&tab=session' });
  const text = await page.locator('#message-view').innerText();
  assert.match(text, /Offer \(frame 4\)/);
  assert.match(text, /PCMA\/8000\s+-\s+dropped/);
  assert.match(text, /PCMU\/8000.*kept/);
});

test('draws media and its seconds', async () => {
  const page = await open(bridged);
  assert.ok(await page.locator('.band').count() > 0);
  await page.locator('#rungs').focus();
  await press(page, 'm');
  const { streams } = dataOf(bridged, 'analysis');
  const cards = page.locator('section.card');
  assert.equal(await cards.count(), streams.length);
  for (const [i, stream] of streams.entries()) {
    const names = await cards.nth(i).locator('figcaption b').allTextContents();
    assert.deepEqual(names, ['packets', 'lost', 'jitter', 'delta', 'sequence number']);
    assert.equal(await cards.nth(i).locator('figure svg[role=img]').count(), 5);
    await cards.nth(i).locator('summary').click();
    const rows = await cards.nth(i).locator('details tbody tr').evaluateAll((all) => all.map((row) => [...row.cells].map((cell) => Number(cell.innerText))));
    assert.deepEqual(rows, stream.seconds.map((one) => [one.second, one.packets, one.skipped, one.jitter_ms_max, one.delta_ms_max, one.sequence]));
    assert.equal(rows.reduce((sum, row) => sum + row[1], 0), stream.packets);
  }
  // 65535 is followed by 0; a packet from before does not go round again.
  assert.deepEqual(await page.evaluate(() => sequencesOf([65500, 14, 10, 65].map((sequence) => ({ sequence })))), [65500, 65550, 65546, 65601]);
  const drawn = await page.evaluate(() => thinned(Array.from({ length: 36_000 }, (_, i) => (i === 777 ? 0 : i === 20_001 ? 99 : 50))));
  assert.ok(drawn.length <= 2000 && drawn.includes(0) && drawn.includes(99), 'neither a hole nor a peak is lost');
  await page.context().close();
});

test('shows the flow beside what was seen', async () => {
  const page = await open(cancelled, { hash: '#call=1&view=check' });
  const rows = await page.locator('table.checked tbody tr').count();
  assert.equal(rows, dataOf(cancelled, 'check').checks[0].rows.length);
  assert.match(await page.locator('header').innerText(), /✓ pass 8 \/ 8/);
});

test('a step that never came is a ghost in the ladder', async () => {
  const page = await open(report(sample('sip/lab-cancelled-caller.pcap'), '--flow', 'busy'), { hash: '#call=1&view=check' });
  assert.equal(await page.locator('.lane .ghost').innerText(), '486|600 (INVITE)');
  assert.equal(await page.locator('.lane .arrow:not(.ghost)').first().innerText(), 'INVITE');
  await page.getByRole('button', { name: '中文' }).click();
  assert.match(await page.locator('tr:has(.ghost)').innerText(), /缺失[^]*[\u4e00-\u9fff]/);
});

test('data are the same plain and compressed', async () => {
  const [plain, packed] = ['plain', 'gzip'].map((how) => report(sample('sip/b2bua-bridged-call.pcap'), '--html-data', how));
  for (const id of ['analysis', 'ladders', 'check', 'mermaid', 'settings']) assert.deepEqual(dataOf(packed, id), dataOf(plain, id));
  assert.match(readFileSync(packed, 'utf8'), /type="application\/gzip" id="analysis"/);
  const texts = await Promise.all([plain, packed].map(async (file) => (await open(file)).locator('#app').innerText()));
  assert.equal(texts[1], texts[0]);
});

test('names the capture by its digest', async () => {
  const file = sample('sip/lab-cancelled-caller.pcap');
  const digest = createHash('sha256').update(readFileSync(file)).digest('hex');
  assert.deepEqual(dataOf(cancelled, 'settings').sources[0].sha256, [digest]);
  const page = await open(cancelled);
  assert.match(await page.locator('header button.link').getAttribute('title'), new RegExp(digest));
});

test('copies the ladder for Mermaid, a link and a filter', async () => {
  const page = await open(cancelled, { permissions: ['clipboard-read', 'clipboard-write'] });
  const copied = async (name) => {
    await page.locator('.message').getByRole('button', { name, exact: true }).click();
    await page.locator('.said:not(:empty)').waitFor();
    return page.evaluate(() => navigator.clipboard.readText());
  };
  assert.equal(await copied('Mermaid'), rungs('ladder', sample('sip/lab-cancelled-caller.pcap'), '--to', 'mermaid', '-q'));
  assert.equal(await copied('tshark filter'), 'frame.number in {1}');
  assert.match(await copied('link'), /#call=1&frame=1$/);
});

test('says when messages of a transaction came, and what was remarked', async () => {
  const page = await open(cancelled, { hash: '#call=1&frame=10&tab=timing' });
  const rows = await page.locator('#message-view tbody tr').allInnerTexts();
  assert.match(rows[0], /^4\s+INVITE/);
  assert.ok(rows.some((row) => /^10\s+487 Request Terminated/.test(row)));
  assert.match(await page.locator('.message').innerText(), /3261 §21\.4\.25[^]*met proxy -> caller: 487/);
});

test('says why there is nothing to see', async () => {
  const empty = await open(report(capture('empty.pcap', [])));
  assert.match(await empty.locator('.ladder').innerText(), /The capture is empty/);
  const other = await open(report(capture('other.pcap', [{ from: 1, to: 2, text: 'no call' }])));
  assert.match(await other.locator('.ladder').innerText(), /No calls in this capture/);
  for (const page of [empty, other]) assert.deepEqual(page.faults, []);
});

// What `rungs grade` writes for a student, made here from two reports.
function graded() {
  const first = readFileSync(report(sample('sip/lab-cancelled-caller.pcap'), '--flow', 'cancelled', '--html-data', 'plain'), 'utf8');
  const second = readFileSync(report(sample('students/call.pcap'), '--flow', 'student-call', '--html-data', 'plain'), 'utf8');
  const blocks = second.match(/<script type="application\/json" id="(analysis|ladders|mermaid|check)">.*?<\/script>\n/gs);
  const settings = { redacted: false, meanings: {}, sources: [{ files: ['cancelled.pcap'], sha256: [] }, { files: ['call.pcap'], sha256: [] }], graded: {
    title: { en: 'SIP lab', zh_CN: 'SIP 实验' }, student: 'Eva <b>Example</b>', score: 17.5, max: 30, tasks: [
      { title: { en: 'The caller gives up', zh_CN: '主叫挂断' }, score: 8, max: 10, verdict: 'partial', reasons: [{ en: 'Late by a day.', zh_CN: '迟交一天。' }], source: 1, check: 1 },
      { title: { en: 'A call', zh_CN: '呼叫' }, score: 9.5, max: 10, verdict: 'pass', reasons: [], source: 2, check: 1 },
      { title: { en: 'Registration', zh_CN: '注册' }, score: 0, max: 10, verdict: 'not_assessable', reasons: [], source: null, check: null }] } };
  const path = join(folder, 'graded.html');
  writeFileSync(path, first.replace(/(id="settings">).*?(<\/script>\n)/s, (_, before, after) => `${before}${JSON.stringify(settings).replaceAll('<', '\\u003c')}${after}`)
    .replace(/<script>/, () => `${blocks.join('').replace(/id="(\w+)"/g, 'id="$1-2"')}<script>`));
  return path;
}

test('graded tasks lead to the captures they are about', async () => {
  for (const colorScheme of ['light', 'dark']) {
    const page = await open(graded(), { bypassCSP: true, colorScheme });
    assert.equal(await page.locator('header h1').innerText(), 'rungs SIP lab'); // no verdict of one capture above the total
    const text = await page.locator('.graded').innerText();
    assert.match(text, /SIP lab · Eva <b>Example<\/b>\s+Total 17\.5 \/ 30/);
    assert.match(text, /partial 1\. The caller gives up · 8 \/ 10[^]*Late by a day[^]*2\. A call[^]*not assessable 3\. Registration[^]*No capture was handed in/);
    assert.equal(await page.locator('.graded table.checked').count(), 2);
    await page.evaluate(axeSource);
    const { violations } = await page.evaluate(() => window.axe.run());
    assert.deepEqual(violations.map(({ id }) => id), []);
    await page.locator('#task-2').getByRole('button', { name: 'frame 9', exact: true }).click();
    await page.locator('.ladder h2').getByText('Call 3 · ana → ben').waitFor();
    assert.equal(await chosen(page), '9');
    assert.match(page.url(), /page=calls&source=2&call=3&frame=9/);
    await page.locator('.calls select').first().selectOption('0');
    await page.locator('.ladder h2').getByText('Ana Torres').waitFor();
    assert.match(await page.locator('header h1').innerText(), /cancelled\.pcap\s+✓ pass 8 \/ 8/);
    await page.getByRole('button', { name: 'Result' }).click();
    assert.ok(await page.locator('.graded').isVisible());
    assert.deepEqual(page.faults, []);
    await page.context().close();
  }
});

test('is accessible, light and dark', async () => {
  for (const colorScheme of ['light', 'dark']) {
    for (const hash of ['', '#call=1&view=table&tab=parsed', '#call=1&view=streams&tab=session', '#call=1&view=findings&tab=hex', '#call=1&view=check&frame=8']) {
      for (const file of [cancelled, bridged]) {
        const page = await open(file, { hash, colorScheme, bypassCSP: true });
        await page.evaluate(axeSource);
        const { violations } = await page.evaluate(() => window.axe.run());
        assert.deepEqual(violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).slice(0, 3).join(' ')}`), [], `${colorScheme} ${hash}`);
        await page.context().close();
      }
    }
  }
});

test('the theme can be changed and is kept', async () => {
  const page = await open(cancelled);
  const color = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const light = await color();
  await page.locator('#rungs').focus();
  await press(page, 't');
  assert.notEqual(await color(), light);
});

test('speaks Chinese and English', async () => {
  const page = await open(cancelled);
  await page.getByRole('button', { name: '中文' }).click();
  assert.equal(await page.evaluate(() => document.documentElement.lang), 'zh-CN');
  assert.match(await page.locator('#calls [role=option]').first().innerText(), /已取消/);
  await page.getByRole('button', { name: 'English' }).click();
  assert.match(await page.locator('#calls [role=option]').first().innerText(), /cancelled/);
  await page.context().close();
  const chinese = await open(report(sample('sip/lab-cancelled-caller.pcap'), '--lang', 'zh_CN', '--flow', 'busy'));
  // Whatever the page itself says is Chinese: what is left are abbreviations, units, names of formats.
  const known = /^(rungs|xx|English|SHA|RFC|SIP|UDP|TCP|UTC|SDP|SSRC|RTP|MOS|DTMF|Mermaid|tshark|max|ms|s|x|m|d|g|r|w|c|t|l|f|np|jk|Enter|Esc|section|Request|Terminated)$/;
  const said = async (selector) => (await chinese.locator(selector).allInnerTexts()).join('\n').replace(/[\w.+-]+\.pcap|[0-9a-f]{8}…|Ana Torres|\d+(\.\d+)+(:\d+)?/g, '').match(/[A-Za-z]+/g) ?? [];
  await press(chinese, '?');
  assert.deepEqual((await said('dialog')).filter((word) => !known.test(word)), []);
  await press(chinese, 'Escape');
  await chinese.locator('dialog').waitFor({ state: 'detached' });
  await chinese.getByRole('button', { name: '筛选' }).click();
  const chrome = ['header', '.tools', '.filters label', '.tabs', 'dt', '.facts:not([lang=en])', 'thead th:not(.lanes)', 'h3', '.findings b'];
  for (const tab of ['梯形图', '表格', '媒体', '发现', '检查']) {
    await chinese.locator('.ladder').getByRole('tab', { name: tab, exact: true }).click();
    for (const selector of chrome) {
      if (tab === '检查' && selector.startsWith('.facts')) continue; // what the flow itself says
      assert.deepEqual((await said(`#app ${selector}`)).filter((word) => !known.test(word) && !/^(INVITE|ACK|BYE|CANCEL|REGISTER|OPTIONS)$/.test(word)), [], `${tab} ${selector}`);
    }
  }
  for (const tab of ['原文', '解析', '会话', '时序', '十六进制', '对比']) {
    await chinese.locator('.message').getByRole('tab', { name: tab, exact: true }).click();
    assert.deepEqual((await said('#message-view thead, #message-view p.empty, #message-view h3')).filter((word) => !known.test(word) && !/^(INVITE|Offer)$/.test(word)), [], tab);
  }
  assert.match(await chinese.locator('#calls [role=option]').first().innerText(), /已取消/);
});

/** Pages of what is printed. */
const pagesOf = async (page) => (await page.pdf({ preferCSSPageSize: true })).toString('latin1').match(/\/Type\s*\/Page\b/g).length;

test('prints the call on few pages', async () => {
  const page = await open(cancelled);
  const pages = await pagesOf(page);
  assert.ok(pages >= 1 && pages <= 2, `${pages} pages`);
});

test('prints a long call up to a limit, with its hosts on each page', async () => {
  const page = await open(report(capture('long.pcap', Array.from({ length: 60 }, () => call(1)).flat())));
  await page.evaluate(() => dispatchEvent(new Event('beforeprint')));
  assert.equal(await page.locator('#paper tbody tr').count(), 500);
  assert.match(await page.locator('#paper').textContent(), /Only the first 500 are here; the report has all/);
  await page.emulateMedia({ media: 'print' });
  assert.equal(await page.locator('#paper thead').evaluate((head) => getComputedStyle(head).display), 'table-header-group'); // browsers repeat it
  assert.equal(await page.locator('#app').isVisible(), false);
  assert.equal(await page.locator('#paper button').count(), 0);
  assert.ok(await pagesOf(page) > 10);
  await page.context().close();
});

test('prints graded work: total, tasks, reasons and aligned ladders', async () => {
  const page = await open(graded());
  await page.evaluate(() => dispatchEvent(new Event('beforeprint')));
  await page.emulateMedia({ media: 'print' });
  const text = await page.locator('#paper').innerText();
  assert.match(text, /SIP lab · Eva <b>Example<\/b>\s+Total 17\.5 \/ 30[^]*Late by a day[^]*not assessable 3\. Registration/);
  assert.equal(await page.locator('#paper table.checked').count(), 2);
  const [right, width] = await page.locator('#paper').evaluate((paper) => [Math.max(...[...paper.querySelectorAll('*')].map((one) => one.getBoundingClientRect().right)), innerWidth]);
  assert.ok(right <= width, 'nothing is cut at the right');
  const pages = await pagesOf(page);
  assert.ok(pages >= 2 && pages <= 6, `${pages} pages`);
  await page.context().close();
});

test('fits a telephone', async () => {
  const page = await open(mixed, { viewport: { width: 390, height: 844 } });
  await page.locator('#calls [role=option]').first().click();
  assert.ok(await page.locator('.ladder').isVisible());
  await options(page).nth(2).click();
  assert.ok(await page.locator('.message').isVisible());
  await page.locator('.message .back').click();
  await page.locator('.ladder .back').click();
  assert.ok(await page.locator('#calls').isVisible());
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth) <= 390);
});

test('reads as tables without scripts', async () => {
  const page = await open(cancelled, { javaScriptEnabled: false });
  const text = await page.locator('body').innerText();
  assert.match(text, /cancelled/);
  assert.match(text, /487 Request Terminated/);
  const drawn = rungs('ladder', sample('sip/lab-cancelled-caller.pcap'), '--ascii', '-q', '--call', '1');
  assert.equal((await page.locator('pre').innerText()).trimEnd(), drawn.slice(drawn.indexOf('\n\n') + 2).trimEnd());
  const redacted = await open(report(sample('sip/lab-cancelled-caller.pcap'), '--redact'), { javaScriptEnabled: false });
  assert.doesNotMatch(await redacted.locator('body').innerText(), /1001|1002|203\.0\.113/);
});

test('the same capture gives the same octets', () => {
  const file = sample('sip/b2bua-bridged-call.pcap');
  assert.equal(rungs('report', file), rungs('report', file));
});

// Who is in the sample captures, and what proves who they are.
const people = {
  'sip/lab-cancelled-caller.pcap': ['Ana', 'Torres', '1001', '192.168.1.20', '203.0.113.5', '198.51.100.7'],
  'msn/audio-accepted.pcap': ['alice', 'bob', 'ali', '小波', '192.168.0.127', '192.168.0.165', '198.51.100.35', '203.0.113.105', '203.0.113.106'],
  'msn/audio-over-udp.pcap': ['alice', 'bob', '192.168.0.127', '192.168.0.165'],
  'msn/file-transfer.pcap': ['alice', 'bob'],
  'sip/b2bua-bridged-call.pcap': ['Eva', 'Lind', '1010', '1020', '192.168.1.11', '198.51.100.21', '10.0.0.5', '203.0.113.9', '192.168.7.12'],
  'students/call.pcap': ['ana', 'ben'],
};
const escapedPattern = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** Everything of a captured text that a page could hold: itself, its hex and Base64 at each of the three offsets. */
function disguises(secret) {
  const octets = Buffer.from(secret, 'utf8');
  const shifted = [0, 1, 2].map((pad) => Buffer.concat([Buffer.alloc(pad), octets]).toString('base64').slice(pad ? 4 : 0).replace(/=*$/, '').slice(0, -1));
  return [...octets.length > 4 ? [octets.toString('hex'), ...shifted.filter((text) => text.length >= 8)] : [], encodeURIComponent(secret)].filter((text) => text !== secret);
}

for (const [name, known] of Object.entries(people)) {
  const flow = name.startsWith('students') ? 'student-call' : name.startsWith('msn') ? 'msn-accepted' : 'cancelled';
  test(`redaction of ${name} leaves no name, number, address or credential`, async () => {
    const file = sample(name);
    const original = readFileSync(report(file, '--html-data', 'plain'), 'utf8');
    const credentials = [...original.matchAll(/(?:nonce|response|ticket|[?&]t)=(?:\\")?([\w%]{12,})/g)].map((match) => match[1]);
    const addresses = [...original.matchAll(/(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}:\d+/g)].map((match) => match[0]).filter((text) => !/^(127\.|0\.0)/.test(text));
    const secrets = [...new Set([...known, ...credentials, ...addresses, name.split('/')[1]])];
    const path = report(file, '--redact', '--html-data', 'plain', '--flow', flow);
    const page = readFileSync(path, 'utf8').replace(/<style>[^]*?<\/style>|<script>[^]*<\/script>|<script [^>]*id="tables">[^]*?<\/script>|<meta[^>]*>/g, '');
    for (const secret of secrets) {
      const found = new RegExp(`.{0,60}(?<![\\p{L}\\d.-])${escapedPattern(secret)}(?![\\p{L}\\d-]|\\.\\d).{0,20}`, 'u').exec(page);
      assert.ok(!found, `${secret} in ${found}`);
      for (const disguise of disguises(secret)) assert.ok(!page.includes(disguise), `${secret} as ${disguise}`);
    }
    for (const m of dataOf(path, 'analysis').messages) assert.ok(!m.raw_b64, 'octets that no filter saw');
    const shown = await open(path);
    await shown.getByRole('tab', { name: 'Hex', exact: true }).click();
    for (const secret of known) assert.ok(!(await shown.locator('#app').innerText()).includes(secret) || secret.length < 5, secret);
    assert.deepEqual(shown.faults, []);
    await shown.context().close();
  });
}
