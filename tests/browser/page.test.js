// The report in a browser, as people use it.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import { dataOf, harmful, hostile, open, report, rungs, sample } from './support.js';

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
  await press(page, 'Escape', '/');
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
  for (const text of await page.locator('#calls [role=option] .facts').allTextContents()) assert.match(text, /^registration/);
  await page.getByRole('button', { name: 'Clear' }).click();
  await page.getByLabel('Method').selectOption('BYE');
  for (const label of await page.locator('.line .label').allTextContents()) assert.match(label, /BYE/);
});

test('compares two marked messages', async () => {
  const page = await open(cancelled);
  await page.locator('#rungs').focus();
  await press(page, 'Space', 'j', 'j', 'j', 'Space', 'd');
  const changed = await page.locator('.diff tr:has(.changed) th').allTextContents();
  assert.ok(changed.includes('Proxy-Authorization'), changed.join());
  assert.ok((await page.locator('.diff tr.same th').allTextContents()).includes('Call-ID'));
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
  assert.ok(await page.locator('figure svg[role=img]').count() >= 3);
  assert.ok(await page.locator('details table').count() >= 1);
});

test('shows the flow beside what was seen', async () => {
  const page = await open(cancelled, { hash: '#call=1&view=check' });
  const rows = await page.locator('table.checked tbody tr').count();
  assert.equal(rows, dataOf(cancelled, 'check').checks[0].rows.length);
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
  const chinese = await open(report(sample('sip/lab-cancelled-caller.pcap'), '--lang', 'zh_CN'));
  assert.match(await chinese.locator('#calls [role=option]').first().innerText(), /已取消/);
});

test('prints the call on few pages', async () => {
  const page = await open(cancelled);
  const pdf = (await page.pdf({ preferCSSPageSize: true })).toString('latin1');
  const pages = pdf.match(/\/Type\s*\/Page\b/g).length;
  assert.ok(pages >= 1 && pages <= 2, `${pages} pages`);
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
});

test('the same capture gives the same octets', () => {
  const file = sample('sip/b2bua-bridged-call.pcap');
  assert.equal(rungs('report', file), rungs('report', file));
});

test('redaction leaves no name, number, address or credential', () => {
  const file = sample('sip/lab-cancelled-caller.pcap');
  const secrets = ['Ana', 'Torres', '1001', '192.168.1.20', '203.0.113.5', '198.51.100.7', 'lab-cancelled-caller',
    ...[...rungs('report', file).matchAll(/(?:nonce|response)=\\"(\w+)/g)].map((match) => match[1])];
  const path = report(file, '--redact');
  const text = ['analysis', 'ladders', 'check'].map((id) => JSON.stringify(dataOf(path, id))).join('\n') + readFileSync(path, 'utf8').split('<body>')[1].split('</noscript>')[0];
  assert.ok(secrets.length > 8);
  for (const secret of secrets) assert.doesNotMatch(text, new RegExp(`(?<![\\w.-])${secret.replaceAll('.', '\\.')}(?![\\w.])`), secret);
  assert.match(text, /sip:user\d+@lab\.example\.com/);
});
