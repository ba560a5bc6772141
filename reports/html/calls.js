// The list of calls, and what narrows it.

/** @type {Record<string, (a: Call, b: Call) => number>} */
const orders = {
  sortStart: (a, b) => a.id - b.id,
  sortCount: (a, b) => countOf(b) - countOf(a) || a.id - b.id,
  sortTalk: (a, b) => (b.duration_s ?? -1) - (a.duration_s ?? -1) || a.id - b.id,
  sortOutcome: (a, b) => a.outcome.localeCompare(b.outcome) || a.id - b.id,
};

/** @param {Call} call */
const countOf = (call) => ladderOf.get(call.id)?.rungs.length ?? 0;

/** @param {Message} m */
const hostsOf = (m) => [m.source, m.destination].map((end) => end.slice(0, end.lastIndexOf(':')));

/** @param {Message} m */
function passesFilter(m) {
  const {method, status, host, session} = state.filter;
  return (!method || methodOf(m) === method) && (!status || String(m.status ?? 0)[0] === status) && (!session || m.sdp) && (!host || hostsOf(m).includes(host));
}

/** @param {Call} call */
function passes(call) {
  const {kind, outcome, method, status, host, session, findings: remarked, failed, noise} = state.filter;
  const rungs = ladderOf.get(call.id)?.rungs ?? [];
  return (!kind || call.kind === kind) && (!outcome || call.outcome === outcome) && (!remarked || findingsByCall.has(call.id)) &&
    (!failed || checks.some((check) => check.call === call.id && check.verdict === 'fail')) && (noise || !['registration', 'options'].includes(call.kind)) &&
    (!(method || status || host || session) || rungs.some((rung) => passesFilter(message(rung.message)))) &&
    (!state.hits || rungs.some((rung) => state.hits?.has(rung.message)));
}

/** Who takes part: who registers only registers with itself. @param {Call} call */
function partiesOf(call) {
  const [from, to] = [call.caller, call.callee].map((party) => shown(nameOf(party)));
  return from === to && call.kind === 'registration' ? from : `${from} → ${to}`;
}

/** @param {Call} call */
function callLine(call) {
  const facts = [`#${call.id}`, call.start.slice(11, 19), say('messages', countOf(call))];
  if (call.duration_s !== null) facts.splice(2, 0, duration(call.duration_s));
  if (call.kind !== 'call') facts.unshift(say(`kind.${call.kind}`));
  const worst = findingsOf(call.id).filter((finding) => finding.severity !== 'note').length;
  const isChosen = call === state.call;
  return el('div', {
    class: isChosen ? 'call chosen' : 'call', role: 'option', 'aria-selected': isChosen,
    click: () => { chooseCall(call); setPane('ladder'); },
  }, el('span.who', partiesOf(call)),
  el('span.facts', el(`span.${tone(call.outcome)}`, outcomeText(call)), ` · ${facts.join(' · ')}`, worst > 0 && el('span.even', ` · ⚠ ${worst}`)));
}

/** @param {Call} call */
const outcomeText = (call) => signed(tone(call.outcome), say(`outcome.${call.outcome}`)) + (call.final_status ? ` (${call.final_status})` : '');

/** @param {string} label @param {string[]} values @param {string} chosen @param {(value: string) => void} change @param {(value: string) => string} [text] */
function choice(label, values, chosen, change, text = shown) {
  return el('label', el('span', say(label)), el('select', {change: (/** @type {Event} */ event) => change(/** @type {HTMLSelectElement} */ (event.target).value)},
    ...values.map((value) => el('option', {value, selected: value === chosen}, value ? text(value) : say('all')))));
}

/** @param {string} label @param {boolean} on @param {(on: boolean) => void} change */
function toggle(label, on, change) {
  return el('label.check', el('input', {type: 'checkbox', checked: on, change: (/** @type {Event} */ event) => change(/** @type {HTMLInputElement} */ (event.target).checked)}), say(label));
}

/** @param {Iterable<string>} values */
const distinct = (values) => ['', ...[...new Set(values)].filter(Boolean).sort()];

function filterPanel() {
  const {filter} = state;
  const set = (/** @type {Partial<Filter>} */ change) => { Object.assign(filter, change); refilter(); };
  const all = analysis.messages;
  const pick = (/** @type {'kind'|'outcome'|'method'|'status'|'host'} */ key, /** @type {string[]} */ values, /** @type {(value: string) => string} */ text = shown) =>
    choice(key, distinct(values), filter[key], (value) => set({[key]: value}), text);
  const tick = (/** @type {'session'|'findings'|'failed'|'again'|'noise'} */ key) => toggle(`with.${key}`, filter[key], (on) => set({[key]: on}));
  return el('div.filters', {id: 'filters', hidden: !state.filtersOpen},
    pick('kind', calls.map((call) => call.kind), (kind) => say(`kind.${kind}`)), pick('outcome', calls.map((call) => call.outcome), (outcome) => say(`outcome.${outcome}`)),
    pick('method', all.map(methodOf)), pick('status', all.map((m) => String(m.status ?? '')[0] ?? ''), (status) => `${status}xx`), pick('host', all.flatMap(hostsOf)),
    tick('session'), tick('findings'), checks.length > 0 && tick('failed'), tick('again'), tick('noise'),
    button('clear', () => { state.filter = noFilter(); start(); }));
}

/** @returns {Filter} */
const noFilter = () => ({kind: '', outcome: '', method: '', status: '', host: '', session: false, findings: false, failed: false, again: true, noise: true});
