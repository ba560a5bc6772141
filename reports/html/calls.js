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
function passesFilter(m) {
  const {method, status, host, session} = state.filter;
  if (method && methodOf(m) !== method) return false;
  if (status && String(m.status ?? 0)[0] !== status) return false;
  if (session && !m.sdp) return false;
  return !host || [m.source, m.destination].some((end) => end.slice(0, end.lastIndexOf(':')) === host);
}

/** @param {Call} call */
function passes(call) {
  const {kind, outcome, method, status, host, session, findings: remarked} = state.filter;
  if ((kind && call.kind !== kind) || (outcome && call.outcome !== outcome)) return false;
  if (remarked && !findingsByCall.has(call.id)) return false;
  const rungs = ladderOf.get(call.id)?.rungs ?? [];
  if ((method || status || host || session) && !rungs.some((rung) => passesFilter(message(rung.message)))) return false;
  return !state.hits || rungs.some((rung) => state.hits?.has(rung.message));
}

/** @param {Call} call */
function callLine(call) {
  const facts = [`#${call.id}`, call.start.slice(11, 19), say('messages', countOf(call))];
  if (call.duration_s !== null) facts.push(duration(call.duration_s));
  if (call.kind !== 'call') facts.unshift(say(`kind.${call.kind}`));
  const worst = findingsOf(call.id).filter((finding) => finding.severity !== 'note').length;
  return el('div', {
    class: call.id === state.call?.id ? 'call chosen' : 'call', role: 'option', 'aria-selected': call.id === state.call?.id,
    click: () => { chooseCall(call); setPane('ladder'); },
  }, el('span.who', null, shown(nameOf(call.caller)), el('span.to', null, ' → '), shown(nameOf(call.callee))),
  el(`span.badge.${tone(call.outcome)}`, null, `${outcomeText(call)}`),
  el('span.facts', null, facts.join(' · '), worst > 0 && el('span.even', null, ` · ⚠ ${worst}`)));
}

/** @param {Call} call */
const outcomeText = (call) => `${{good: '✓', bad: '✗', even: '○'}[tone(call.outcome)]} ${say(`outcome.${call.outcome}`)}` +
  (call.final_status ? ` (${call.final_status})` : '');

/** @param {string} label @param {string[]} values @param {string} chosen @param {(value: string) => void} change @param {(value: string) => string} [text] */
function choice(label, values, chosen, change, text = (value) => shown(value)) {
  return el('label', null, say(label), el('select', {change: (/** @type {Event} */ event) => change(/** @type {HTMLSelectElement} */ (event.target).value)},
    ...values.map((value) => el('option', {value, selected: value === chosen}, value ? text(value) : say('all')))));
}

/** @param {string} label @param {boolean} on @param {(on: boolean) => void} change */
function toggle(label, on, change) {
  return el('label.check', null, el('input', {type: 'checkbox', checked: on, change: (/** @type {Event} */ event) => change(/** @type {HTMLInputElement} */ (event.target).checked)}), say(label));
}

/** @param {Iterable<string>} values */
const distinct = (values) => ['', ...[...new Set(values)].filter(Boolean).sort()];

function filterPanel() {
  const {filter} = state;
  const set = (/** @type {Partial<Filter>} */ change) => { Object.assign(filter, change); refilter(); };
  const all = [...messages.values()];
  return el('div.filters', {id: 'filters', hidden: !state.filtersOpen},
    choice('kind', distinct(calls.map((call) => call.kind)), filter.kind, (kind) => set({kind}), (kind) => say(`kind.${kind}`)),
    choice('outcome', distinct(calls.map((call) => call.outcome)), filter.outcome, (outcome) => set({outcome}), (outcome) => say(`outcome.${outcome}`)),
    choice('method', distinct(all.map(methodOf)), filter.method, (method) => set({method})),
    choice('class', distinct(all.map((m) => (m.status ? String(m.status)[0] : ''))), filter.status, (status) => set({status}), (status) => `${status}xx`),
    choice('host', distinct(all.flatMap((m) => [m.source, m.destination].map((end) => end.slice(0, end.lastIndexOf(':'))))), filter.host, (host) => set({host})),
    toggle('withSession', filter.session, (session) => set({session})),
    toggle('withFindings', filter.findings, (remarked) => set({findings: remarked})),
    toggle('withAgain', filter.again, (again) => set({again})),
    button(say('clear'), () => { state.filter = noFilter(); start(); }));
}

/** @returns {Filter} */
const noFilter = () => ({kind: '', outcome: '', method: '', status: '', host: '', session: false, findings: false, again: true});
