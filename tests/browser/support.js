// What the tests share: the program, made-up captures, pages in Chromium.
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { chromium } from 'playwright-core';

export const root = fileURLToPath(new URL('../../', import.meta.url));
export const folder = mkdtempSync(join(tmpdir(), 'rungs-browser-'));
export const sample = (name) => join(root, 'samples', name);

const program = process.env.RUNGS ?? join(root, 'build/release/cli/rungs');

/** Standard output of the program. */
export function rungs(...args) {
  return execFileSync(program, args, { encoding: 'utf8', maxBuffer: 1 << 30, env: { LC_ALL: 'C.UTF-8', TZ: 'UTC' } });
}

let count = 0;

/** A report's file. */
export function report(capture, ...args) {
  const path = join(folder, `report-${++count}.html`);
  rungs('report', capture, '-o', path, '-q', ...args);
  return path;
}

/** The data in a report, as the page reads it. */
export function dataOf(path, id) {
  const html = readFileSync(path, 'utf8');
  const [, type, text] = new RegExp(`<script type="application/(\\w+)" id="${id}">(.*?)</script>`, 's').exec(html);
  return JSON.parse(type === 'gzip' ? gunzipSync(Buffer.from(text, 'base64')) : text);
}

// --- captures

/** One UDP datagram over IPv4 and Ethernet; the addresses are numbers from 1. */
function frameOf({ from, to, text }) {
  const payload = Buffer.from(text, 'latin1');
  const frame = Buffer.alloc(42 + payload.length);
  frame.writeUInt16BE(0x0800, 12);
  frame[14] = 0x45;
  frame.writeUInt16BE(28 + payload.length, 16);
  frame[22] = 64;
  frame[23] = 17;
  frame.set([192, 0, 2, from], 26);
  frame.set([192, 0, 2, to], 30);
  frame.writeUInt16BE(5060, 34);
  frame.writeUInt16BE(5060, 36);
  frame.writeUInt16BE(8 + payload.length, 38);
  payload.copy(frame, 42);
  return frame;
}

/** Writes a pcap file, a datagram each 10 ms; texts are octets in latin1. */
export function capture(name, datagrams) {
  const head = Buffer.alloc(24);
  head.writeUInt32LE(0xa1b2c3d4, 0);
  head.writeUInt16LE(2, 4);
  head.writeUInt16LE(4, 6);
  head.writeUInt32LE(262144, 16);
  head.writeUInt32LE(1, 20);
  const parts = [head];
  datagrams.forEach((datagram, i) => {
    const frame = frameOf(datagram);
    const record = Buffer.alloc(16);
    record.writeUInt32LE(1_700_000_000 + Math.floor(i / 100), 0);
    record.writeUInt32LE((i % 100) * 10_000, 4);
    record.writeUInt32LE(frame.length, 8);
    record.writeUInt32LE(frame.length, 12);
    parts.push(record, frame);
  });
  const path = join(folder, name);
  writeFileSync(path, Buffer.concat(parts));
  return path;
}

const lines = (...all) => `${all.join('\r\n')}\r\n\r\n`;

/** An answered call of eight messages: INVITE, 100, 180, 200, ACK, INFO, BYE... by `id`. */
export function call(id) {
  const head = (branch, seq, method) => [`Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK${id}x${branch}`, `From: "Ana ${id}" <sip:ana${id}@example.com>;tag=a${id}`,
    `To: <sip:ben${id}@example.com>;tag=b${id}`, `Call-ID: call-${id}@example.com`, `CSeq: ${seq} ${method}`, 'Max-Forwards: 70',
    'User-Agent: example-phone/1.0 (made for a test of large reports)', 'Allow: INVITE, ACK, CANCEL, OPTIONS, BYE, INFO, UPDATE',
    `Contact: <sip:ana${id}@192.0.2.1:5060>`, 'Supported: replaces, 100rel, timer', 'Content-Length: 0'];
  const request = (method, seq, branch) => ({ from: 1, to: 2, text: lines(`${method} sip:ben${id}@example.com SIP/2.0`, ...head(branch, seq, method)) });
  const response = (status, method, seq, branch) => ({ from: 2, to: 1, text: lines(`SIP/2.0 ${status}`, ...head(branch, seq, method)) });
  return [request('INVITE', 1, 1), response('100 Trying', 'INVITE', 1, 1), response('180 Ringing', 'INVITE', 1, 1), response('200 OK', 'INVITE', 1, 1),
    request('ACK', 1, 2), request('INFO', 2, 3), response('200 OK', 'INFO', 2, 3), request('BYE', 3, 4), response('200 OK', 'BYE', 3, 4),
    request('OPTIONS', 4, 5)];
}

/** `messages` messages in calls of ten. */
export const large = (messages) => capture(`large-${messages}.pcap`, Array.from({ length: messages / 10 }, (_, i) => call(i + 1)).flat());

/** What would harm a page, a terminal, a spreadsheet or a diagram that interprets it. */
export const harmful = [
  '<script>window.__pwn=1</script>', '</script><img src=x onerror=window.__pwn=1>', '<svg onload=window.__pwn=1>', '&lt;b&gt;',
  '\x1b[31mred\x1b]0;title\x07', '=HYPERLINK("http://192.0.2.9")', '\u202eexe.pcap\u2066', '%getenv("HOME")', '!include /etc/passwd',
  '[[http://192.0.2.9 link]]', 'end; P1->>P2: forged', '"><script>window.__pwn=1</script>', '${7*7} {{7*7}} `id`', '\u2028\u2029\u0000',
  '#35; <img src=file:///etc/passwd>', '@enduml', '--> <!-- ]]>',
];

export function hostile() {
  const latin1 = (text) => Buffer.from(text, 'utf8').toString('latin1');
  return capture('hostile.pcap', harmful.flatMap((text, i) => {
    const bad = latin1(text);
    const head = [`Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK${i}`, `From: "${bad}" <sip:${bad}@example.com>;tag=${i}`, `To: ${bad} <sip:ben@example.com>`,
      `Call-ID: ${i}${bad}`, 'CSeq: 1 INVITE', `Subject: ${bad}`, `User-Agent: ${bad}`];
    const session = `v=0\r\no=${bad} 1 1 IN IP4 192.0.2.1\r\ns=${bad}\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0 96\r\na=rtpmap:96 ${bad}/8000\r\n`;
    return [
      { from: 1, to: 2, text: lines('INVITE sip:ben@example.com SIP/2.0', ...head, 'Content-Type: application/sdp', `Content-Length: ${session.length}`) + session },
      { from: 2, to: 1, text: lines(`SIP/2.0 486 ${bad}`, ...head, 'Content-Length: 0') + '\xff\xfe' },
    ];
  }));
}

// --- pages

const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox'] });
after(() => browser.close());

/** A page that notes what it should not have done: requests, errors on the console. */
export async function open(path, { hash = '', ...options } = {}) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, offline: true, ...options });
  const page = await context.newPage();
  const faults = [];
  page.on('request', (request) => { if (!request.url().startsWith('file://') || !request.isNavigationRequest()) faults.push(`request ${request.url()}`); });
  page.on('console', (entry) => { if (['error', 'warning'].includes(entry.type())) faults.push(`console ${entry.text()}`); });
  page.on('pageerror', (error) => faults.push(`error ${error.message}`));
  page.on('dialog', (dialog) => { faults.push('dialog'); dialog.dismiss(); });
  await page.goto(`file://${path}${hash}`);
  if (options.javaScriptEnabled !== false && path.endsWith('.html')) await page.locator('#app, body:not(:has(#settings))').first().waitFor({ state: 'attached' });
  return Object.assign(page, { faults });
}

/** A page of `rungs live --serve`, which does make requests; notes errors, and requests that go elsewhere. */
export async function visit(address) {
  const page = await (await browser.newContext({ viewport: { width: 1440, height: 900 } })).newPage();
  const faults = [];
  page.on('request', (request) => { if (!request.url().startsWith(address)) faults.push(`request ${request.url()}`); });
  page.on('console', (entry) => { if (['error', 'warning'].includes(entry.type())) faults.push(`console ${entry.text()}`); });
  page.on('pageerror', (error) => faults.push(`error ${error.message}`));
  await page.goto(address);
  return Object.assign(page, { faults });
}

/** `rungs live` with a page: the process, and promises of the page's address and of its exit status. */
export function startLive(...args) {
  const live = spawn(program, ['live', '--lines', '--serve', '127.0.0.1:0', ...args], { env: { LC_ALL: 'C.UTF-8', TZ: 'UTC' } });
  const ended = new Promise((resolve) => live.on('exit', resolve));
  const address = new Promise((resolve, reject) => {
    let said = '';
    live.stderr.on('data', (text) => {
      said += text;
      const found = /http:\S+/.exec(said);
      if (found) resolve(found[0]);
    });
    live.on('exit', () => reject(new Error(`ended: ${said}`)));
  });
  return { live, address, ended };
}

export { program };
