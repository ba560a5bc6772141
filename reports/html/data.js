// What the report is about: the blocks of data, and ways through them.

/** @param {string} id */
const block = (id) => document.getElementById(id)?.textContent || 'null';

const analysis = JSON.parse(block('analysis'));
/** @type {Ladder[]} */
const ladders = JSON.parse(block('ladders')).ladders;
/** @type {Check[]} */
const checks = JSON.parse(block('check'))?.checks ?? [];
const settings = JSON.parse(block('settings'));

/** @type {Call[]} */
const calls = analysis.calls;
/** @type {Finding[]} */
const findings = analysis.findings;
/** @type {Stream[]} */
const streams = analysis.streams;

/** @type {Map<number|null, Finding[]>} */
const findingsByCall = new Map();
for (const finding of findings) findingsByCall.set(finding.call, [...findingsByCall.get(finding.call) ?? [], finding]);

/** @type {Map<number, Message>} */
const messages = new Map(analysis.messages.map((/** @type {Message} */ m) => [m.id, m]));
const callById = new Map(calls.map((call) => [call.id, call]));
const ladderOf = new Map(ladders.map((ladder) => [ladder.call, ladder]));
/** @type {Map<number, number>} call of a message, also of one that the call only refers to */
const callOfMessage = new Map();
for (const ladder of ladders) for (const rung of ladder.rungs) callOfMessage.set(rung.message, ladder.call);

/** @param {number} call */
const findingsOf = (call) => findingsByCall.get(call) ?? [];

/** @param {number} id @returns {Message} */
const message = (id) => /** @type {Message} */ (messages.get(id));

/** @param {Message} m @returns {Uint8Array|null} */
function octetsOf(m) {
  if (m.raw_b64) return Uint8Array.from(atob(m.raw_b64), (c) => c.charCodeAt(0));
  return m.raw == null ? null : new TextEncoder().encode(m.raw);
}

/** Its text; octets that are no UTF-8 one by one. @param {Message} m @returns {string} */
const textOf = (m) => m.raw ?? (m.raw_b64 ? atob(m.raw_b64) : '');

/** @param {Message} m */
const methodOf = (m) => m.method ?? m.cseq?.method ?? '';

/** What people call a party: user part of its URI, else its address. @param {Party} party */
function nameOf(party) {
  const user = /^\w+:([^@;?]*)@/.exec(party.uri ?? '') ?? /^tel:([^;]*)/.exec(party.uri ?? '');
  const name = user ? unescaped(user[1]) : (party.uri ?? party.address ?? '?').replace(/^sips?:/, '');
  return party.display_name && party.display_name !== name ? `${party.display_name} (${name})` : name;
}

/** @param {string} text */
function unescaped(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Address of a participant; with its port when that tells it apart. @param {Participant} p @param {Ladder} ladder */
function addressOf(p, ladder) {
  const shared = ladder.participants.some((other) => other !== p && other.address === p.address);
  if (!p.ports.length || (p.ports.length > 1 && !shared)) return p.address;
  return p.address.includes(':') ? `[${p.address}]:${p.ports[0]}` : `${p.address}:${p.ports[0]}`;
}

/** Seconds between two times. @param {string} a @param {string} b */
const secondsBetween = (a, b) => (Date.parse(b.slice(0, 19) + 'Z') - Date.parse(a.slice(0, 19) + 'Z')) / 1000 +
  Number(`0.${b.slice(20, -1)}`) - Number(`0.${a.slice(20, -1)}`);

/** Good, bad or neither, for colours. @param {string} outcome */
function tone(outcome) {
  if (['answered', 'accepted', 'registered', 'unregistered', 'delivered'].includes(outcome)) return 'good';
  return ['in_progress', 'unknown', 'redirected', 'cancelled', 'offered'].includes(outcome) ? 'even' : 'bad';
}

// --- search: text of messages, in lower case once it was needed

/** @type {Map<number, string>} */
const lowered = new Map();

/** @param {string} wanted @returns {Set<number>} ids of messages */
function search(wanted) {
  const text = wanted.toLowerCase();
  const found = new Set();
  for (const m of messages.values()) {
    let lower = lowered.get(m.id);
    if (lower === undefined) {
      lower = `${m.summary}\n${m.source} ${m.destination}\n${textOf(m)}`.toLowerCase();
      lowered.set(m.id, lower);
    }
    if (lower.includes(text)) found.add(m.id);
  }
  return found;
}
