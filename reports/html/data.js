// What the report is about: the blocks of data, and ways through them.

/** A block as text; large ones are gzip in Base64. @param {string} name @param {number} [source] whose, from 1 @returns {Promise<string>} */
async function textOfBlock(name, source = 1) {
  const block = /** @type {HTMLScriptElement} */ (document.getElementById(source > 1 ? `${name}-${source}` : name));
  const text = block.textContent ?? '';
  if (block.type !== 'application/gzip') return text;
  const octets = new Blob([octetsOfBase64(text)]);
  return new Response(octets.stream().pipeThrough(new DecompressionStream('gzip'))).text();
}

/** @param {string} text */
function octetsOfBase64(text) {
  const latin1 = atob(text);
  const octets = new Uint8Array(latin1.length);
  for (let i = 0; i < latin1.length; ++i) octets[i] = latin1.charCodeAt(i);
  return octets;
}

/** What a block holds. @param {string} name @param {number} [source] @returns {Promise<any>} */
const read = async (name, source) => JSON.parse(await textOfBlock(name, source));

/** @type {Settings} */
let settings;
/** @type {Analysis} */
let analysis = {complete: true, captures: [], calls: [], messages: [], streams: [], findings: []};
/** @type {Ladder[]} */
let ladders = [];
/** @type {Check[]} of all flows, those of one source */
let checks = [];
/** @type {Call[]} */
let calls = [];
/** @type {Stream[]} */
let streams = [];
/** @type {Map<number|null, Finding[]>} */
let findingsByCall = new Map();
/** @type {Map<number, Message>} */
let messages = new Map();
/** @type {Map<number, Call>} */
let callById = new Map();
/** @type {Map<number, Ladder>} */
let ladderOf = new Map();

/** Makes a source the one that the page is about. @param {number} source */
async function load(source) {
  const [whole, drawn, checked] = await Promise.all(['analysis', 'ladders', 'check'].map((name) => read(name, source)));
  use(whole, drawn.ladders, checked.checks);
}

/** From now on the page is about these. @param {Analysis} whole @param {Ladder[]} drawn @param {Check[]} checked */
function use(whole, drawn, checked) {
  analysis = whole;
  ladders = drawn;
  checks = checked;
  ({calls, streams} = analysis);
  messages = new Map(analysis.messages.map((m) => [m.id, m]));
  callById = new Map(calls.map((call) => [call.id, call]));
  ladderOf = new Map(ladders.map((ladder) => [ladder.call, ladder]));
  findingsByCall = new Map();
  for (const finding of analysis.findings) {
    const others = findingsByCall.get(finding.call);
    if (others) others.push(finding); else findingsByCall.set(finding.call, [finding]);
  }
}

/** @param {number} call */
const findingsOf = (call) => findingsByCall.get(call) ?? [];

/** @param {number} id @returns {Message} */
const message = (id) => /** @type {Message} */ (messages.get(id));

/** @param {Message} m @returns {Uint8Array|null} */
function octetsOf(m) {
  if (m.raw_b64) return octetsOfBase64(m.raw_b64);
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

/** A verdict that does not only speak by its colour. @param {string} tone @param {string} text */
const signed = (tone, text) => `${{good: '✓', bad: '✗', even: '○'}[tone]} ${text}`;

/** Good, bad or neither, for colours. @param {string} outcome */
const tone = (outcome) => (tables.good.includes(outcome) ? 'good' : tables.even.includes(outcome) ? 'even' : 'bad');

/** What finds `wanted` in upper or lower case. @param {string} wanted @param {string} [flags] */
const pattern = (wanted, flags = '') => new RegExp(wanted.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'), `i${flags}`);

/** Ids of the messages that hold `wanted`. @param {string} wanted @returns {Set<number>} */
function search(wanted) {
  const text = pattern(wanted);
  const holds = (/** @type {Message} */ m) => text.test(textOf(m)) || text.test(m.summary) || text.test(`${m.source} ${m.destination}`);
  return new Set(analysis.messages.filter(holds).map((m) => m.id));
}
