// The page: what is chosen, how it is laid out, and what keys and links do.

/** What nothing was chosen of. */
const nothing = () => ({call: null, rung: null, hits: null, filter: noFilter(), leg: null, legOnly: false, marks: new Set()});

/** @type {State} */
const state = {
  page: 'calls', source: 1, view: 'ladder', tab: 'raw', pane: 'calls', query: '', filtersOpen: false, order: 'sortStart', clock: false, byKind: false, zoom: 1,
  ...nothing(),
};

/** @type {Windowed<Call>} */
let callList;
/** @type {Windowed<Line>|null} */
let rungList = null;
/** @type {Record<string, HTMLElement>} */
const panes = {};

// --- what is shown

/** @param {Call} call */
const callTitle = (call) => `${say(call.kind === 'registration' ? 'registration' : 'call', call.id)} · ${partiesOf(call)}`;

/** @param {Call} call */
function callFacts(call) {
  const facts = [outcomeText(call), `${moment(call.start)} UTC`];
  if (call.challenged) facts.push(say('challenged'));
  for (const [word, seconds] of /** @type {[string, number|null][]} */ ([['pdd', call.pdd_ms && call.pdd_ms / 1000], ['ring', call.ring_ms && call.ring_ms / 1000], ['talk', call.duration_s]])) {
    if (seconds !== null) facts.push(`${say(word)} ${duration(seconds)}`);
  }
  if (call.ended_by) facts.push(say('endedBy', say(call.ended_by)));
  if (call.legs.length > 1) facts.push(`${call.legs.length} ${say('legs')}`);
  if (call.reason) facts.push(shown(call.reason));
  return facts.join(' · ');
}

const views = () => ['ladder', 'table', 'streams', 'findings', ...(checks.some((one) => one.call === state.call?.id) ? ['check'] : [])];

function showCall() {
  const {call} = state;
  rungList = null;
  if (!views().includes(state.view)) state.view = 'ladder';
  if (!call) return panes.ladder.replaceChildren(...withoutCall());
  const ladder = /** @type {Ladder} */ (ladderOf.get(call.id));
  const view = el('div.view', {role: 'tabpanel', id: 'call-view', 'aria-labelledby': `tab-${state.view}`});
  panes.ladder.replaceChildren(backButton('calls'), el('h2', callTitle(call)), el('p.facts', callFacts(call)),
    tabs(views(), state.view, 'call-view', chooseView), view);
  if (state.view === 'ladder') showLadder(ladder, view);
  else if (state.view === 'table') view.append(ladderTable(ladder, 2000));
  else if (state.view === 'streams') view.append(streamsView(call));
  else if (state.view === 'check') view.append(checkView(call));
  else view.append(findingsView(call));
}

/** Why there is nothing to choose, and what there is instead. */
function withoutCall() {
  if (calls.length) return [empty('noneLeft')];
  const hasPackets = analysis.captures.some((capture) => capture.packets);
  const media = streams.some((stream) => stream.call === null) ? [el('h2', say('onlyMedia')), streamsView(null)] : [];
  return [empty(hasPackets ? 'noCalls' : 'noPackets'), ...media];
}

/** @param {Ladder} ladder @param {HTMLElement} view */
function showLadder(ladder, view) {
  const list = el('div.rungs', {id: 'rungs', role: 'listbox', tabindex: 0, 'aria-label': say('ladder'), focus: () => { state.pane = 'ladder'; }});
  view.append(list);
  let places = placesOf(ladder, list.clientWidth);
  let heads = headsOf(ladder, places);
  list.append(heads);
  const rungs = new Windowed(list, (/** @type {Line} */ line) => lineOf(ladder, line, places), heightOf);
  rungs.lead = heads.offsetHeight;
  rungList = rungs;
  rungs.show(linesOf(ladder));
  activateRung();
  new ResizeObserver(() => {
    const next = placesOf(ladder, list.clientWidth);
    if (next.width === places.width) return;
    places = next;
    heads.replaceWith(heads = headsOf(ladder, places));
    rungs.draw();
  }).observe(list);
}

/** Brings the chosen rung into view. */
const activateRung = () => rungList?.activate(rungList.items.findIndex((line) => line.type === 'rung' && line.rung === state.rung));

function showMessage() {
  const tools = state.rung && el('div.tools', say('copy'), button('link', () => copy(location.href)), button('filter', () => copy(tsharkFilter())),
    button('mermaid', copyMermaid));
  panes.message.replaceChildren(backButton('ladder'), ...messagePane(state.rung, state.tab), tools || '');
  highlightHits();
}

function showCalls() {
  const shownCalls = calls.filter(passes).sort(orders[state.order]);
  const plain = noFilter();
  const used = Object.entries(state.filter).filter(([key, value]) => value !== plain[/** @type {keyof Filter} */ (key)]).length;
  panes.filterButton.textContent = say('filters') + (used ? ` (${used})` : '');
  callList.show(shownCalls);
  callList.activate(shownCalls.findIndex((call) => call === state.call));
  panes.count.textContent = say('count', shownCalls.length, calls.length);
  const more = settings.sources[state.source - 1]?.part ? ` ${say('inPart')}` : '';
  panes.hits.textContent = !state.hits ? '' : (state.hits.size ? say('hits', state.hits.size, shownCalls.length) : say('noHits')) + more;
  return shownCalls;
}

/** Marks what was searched for in the open message. */
function highlightHits() {
  const registry = /** @type {any} */ (CSS).highlights;
  if (!registry) return;
  registry.delete('search');
  const view = document.getElementById('message-view');
  if (!state.query || !view) return;
  const ranges = [];
  const walker = document.createTreeWalker(view, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode;
    for (const {0: hit, index} of (node.textContent ?? '').matchAll(pattern(state.query, 'g'))) {
      ranges.push(new StaticRange({startContainer: node, startOffset: index, endContainer: node, endOffset: index + hit.length}));
    }
  }
  registry.set('search', new (/** @type {any} */ (window).Highlight)(...ranges));
}

// --- choosing

/** @param {Call} call @param {Rung|null} [rung] */
function chooseCall(call, rung = null) {
  const isNew = call !== state.call;
  if (isNew) state.legOnly = false;
  state.call = call;
  state.rung = rung ?? ladderOf.get(call.id)?.rungs.find((one) => !state.hits || state.hits.has(one.message)) ?? null;
  callList.activate(callList.items.indexOf(call));
  showCall();
  showMessage();
  writeHash(isNew);
}

/** @param {Rung} rung */
function chooseRung(rung) {
  state.rung = rung;
  activateRung();
  showMessage();
  writeHash(false);
}

/** Chooses a tab: of the call, or of its message. @param {'view'|'tab'} which @param {string} name @param {() => void} show */
function chooseTabOf(which, name, show) {
  state[which] = name;
  show();
  document.getElementById(`tab-${name}`)?.focus();
  writeHash(false);
}

/** @param {string} view */
const chooseView = (view) => chooseTabOf('view', view, showCall);

/** @param {string} tab */
const chooseTab = (tab) => chooseTabOf('tab', tab, showMessage);

/** On narrow screens one pane is seen at a time. @param {string} pane */
function setPane(pane) {
  state.pane = pane;
  panes.app.dataset.pane = pane;
  if (pane === 'calls') callList.list.focus();
  if (pane === 'ladder') (rungList?.list ?? panes.ladder).focus();
}

/** @param {number} source @param {string} [query] what to look for there */
async function chooseSource(source, query = '') {
  if (source === state.source || !settings.sources[source - 1]) return;
  await load(source);
  Object.assign(state, nothing(), {source, query, hits: query ? search(query) : null});
  start();
}

/** Looks for what was searched in the parts after this one, or before it. @param {number} by */
async function nextPart(by) {
  const {source, query} = state;
  const count = settings.sources.length;
  for (let i = 1; i <= count; ++i) {
    await chooseSource((source - 1 + by * i + count * i) % count + 1, query);
    if (state.hits?.size) return;
  }
}

/** Shows the graded tasks or the captures. @param {string} page */
function showPage(page) {
  state.page = page;
  panes.app.dataset.page = page;
  drawHeader();
}

/** @param {string} page */
function setPage(page) {
  showPage(page);
  writeHash(true);
}

/** @param {string} frame @returns {[Call, Rung]|null} */
function rungOfFrame(frame) {
  for (const ladder of ladders) {
    const rung = ladder.rungs.find((one) => one.frame === frame || message(one.message).frames.includes(Number(frame)));
    if (rung) return [/** @type {Call} */ (callById.get(ladder.call)), rung];
  }
  return null;
}

/** @param {string} frame @param {number} [source] */
async function goToFrame(frame, source = state.source) {
  const number = Math.floor(Number(frame));
  const others = settings.sources.flatMap(({part}, i) => (part && part.first_frame <= number && number <= part.last_frame ? [i + 1] : []));
  for (const place of [source, ...others]) {
    await chooseSource(place);
    const found = rungOfFrame(frame);
    if (!found) continue;
    if (state.page !== 'calls') setPage('calls');
    state.view = 'ladder';
    chooseCall(...found);
    return setPane('ladder');
  }
  await chooseSource(source);
  tell(say('noFrame', frame));
}

/** @param {string} query */
function find(query) {
  state.query = query;
  state.hits = query ? search(query) : null;
  refilter();
}

function refilter() {
  const shownCalls = showCalls();
  if (state.call && shownCalls.includes(state.call)) showCall();
  else if (shownCalls[0]) chooseCall(shownCalls[0]);
  highlightHits();
}

/** To the next or previous line of the ladder, or of the list of calls. @param {number} by */
function move(by) {
  if (state.pane === 'calls') {
    const next = callList.items[Math.max(callList.items.indexOf(/** @type {Call} */ (state.call)) + by, 0)];
    if (next) chooseCall(next);
  } else step(by, () => true);
}

/** @param {number} by @param {(rung: Rung) => boolean} fits @returns {boolean} */
function step(by, fits) {
  if (!rungList) return false;
  for (let i = rungList.active + by; i >= 0 && i < rungList.items.length; i += by) {
    const line = rungList.items[i];
    if (line.type !== 'rung' || !fits(line.rung)) continue;
    chooseRung(line.rung);
    return true;
  }
  return false;
}

/** The next hit, also in the calls after this one and in other parts; without a search the next message. @param {number} by */
function nextHit(by) {
  const fits = (/** @type {Rung} */ rung) => !state.hits || state.hits.has(rung.message);
  if (step(by, fits) || !state.hits) return;
  const next = callList.items[callList.items.indexOf(/** @type {Call} */ (state.call)) + by];
  const rungs = next && /** @type {Ladder} */ (ladderOf.get(next.id)).rungs.filter(fits);
  if (rungs) chooseCall(next, rungs.at(by > 0 ? 0 : -1));
  else if (settings.sources[state.source - 1].part) nextPart(by);
}

// --- links

function tsharkFilter() {
  const chosen = state.marks.size ? [...state.marks].map(message) : state.rung ? [message(state.rung.message)] : [];
  return `frame.number in {${chosen.flatMap((m) => m.frames).sort((a, b) => a - b).join(', ')}}`;
}

/** What `rungs ladder --to mermaid` writes of the call. */
async function copyMermaid() {
  const diagrams = await read('mermaid', state.source);
  copy(diagrams[calls.indexOf(/** @type {Call} */ (state.call))]);
}

/** `#call=3&frame=17&tab=session`: by frame, which stays the same whatever else a report holds. @param {boolean} isStep Back returns from it */
function writeHash(isStep) {
  const parts = new URLSearchParams();
  if (settings.graded) parts.set('page', state.page);
  if (state.source > 1) parts.set('source', String(state.source));
  if (state.call) parts.set('call', String(state.call.id));
  if (state.rung) parts.set('frame', state.rung.frame);
  if (state.view !== 'ladder') parts.set('view', state.view);
  if (state.tab !== 'raw') parts.set('tab', state.tab);
  const hash = `#${parts}`;
  if (hash === location.hash) return;
  if (isStep && location.hash) history.pushState(null, '', hash); else history.replaceState(null, '', hash);
}

async function readHash() {
  const parts = new URLSearchParams(location.hash.slice(1));
  await chooseSource(Number(parts.get('source') ?? 1));
  if (settings.graded) showPage(parts.get('page') === 'grade' ? 'grade' : 'calls');
  const frame = parts.get('frame');
  const call = callById.get(Number(parts.get('call'))) ?? (frame && rungOfFrame(frame)?.[0]);
  const tab = parts.get('tab') ?? 'raw';
  // What is no view becomes one in showCall.
  state.view = parts.get('view') ?? 'ladder';
  state.tab = Object.hasOwn(messageViews, tab) ? tab : 'raw';
  if (call) chooseCall(call, ladderOf.get(call.id)?.rungs.find((rung) => rung.frame === frame));
}

/** @param {string} text */
async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    tell(say('copied'));
  } catch {
    tell(`${say('notCopied')}: ${text}`);
  }
}

/** @param {string} text */
function tell(text) {
  panes.said.textContent = text;
  setTimeout(() => { if (panes.said.textContent === text) panes.said.textContent = ''; }, 4000);
}

// --- the page

/** What the reader chose stays, where the browser lets a file keep it. @param {string} key @param {string} [value] */
function remembered(key, value) {
  try {
    if (value) localStorage.setItem(`rungs.${key}`, value);
    return localStorage.getItem(`rungs.${key}`);
  } catch {
    return value ?? null;
  }
}

/** @param {string|null} theme */
const setTheme = (theme) => { if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme; };

function toggleTheme() {
  const now = document.documentElement.dataset.theme ?? (matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light');
  setTheme(remembered('theme', now === 'dark' ? 'light' : 'dark'));
}

/** @param {string|null} to */
function setLanguage(to) {
  language = to === 'zh-CN' ? 'zh-CN' : 'en';
  document.documentElement.lang = language;
}

async function save() {
  const url = URL.createObjectURL(new Blob([await textOfBlock('analysis', state.source)], {type: 'application/json'}));
  el('a', {href: url, download: 'rungs.analysis.json'}).click();
  URL.revokeObjectURL(url);
}

/** @param {string} pane */
const backButton = (pane) => button(`← ${say('back')}`, () => setPane(pane), {class: 'back'});

/** @param {string} title @param {...Node} content */
function dialog(title, ...content) {
  const box = /** @type {HTMLDialogElement} */ (el('dialog', {'aria-label': title, close: () => box.remove()}, el('h2', title), ...content));
  box.append(button('close', () => box.close()));
  document.body.append(box);
  box.showModal();
  return box;
}

function askForFrame() {
  const input = /** @type {HTMLInputElement} */ (el('input', {inputmode: 'decimal', 'aria-label': say('toFrame')}));
  const box = dialog(say('toFrame'), input);
  input.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter') return;
    event.preventDefault();
    box.close();
    goToFrame(input.value.trim());
  });
  input.focus();
}

function showHelp() {
  dialog(say('help'), el('dl.keys', ...keys.flatMap(([names, , word]) => [el('dt', ...names.split(' ').map((name) => el('kbd', name))), el('dd', say(`key.${word}`))])));
}

function toggleFilters() {
  state.filtersOpen = !state.filtersOpen;
  panes.filters.hidden = !state.filtersOpen;
  panes.filterButton.setAttribute('aria-expanded', String(state.filtersOpen));
  if (state.filtersOpen) panes.filters.querySelector('select')?.focus();
}

/** @param {number} factor 0 fits the window again */
function zoom(factor) {
  state.zoom = factor ? Math.min(Math.max(state.zoom * factor, 0.5), 4) : 1;
  showCall();
}

function mark() {
  if (!state.rung) return;
  const id = state.rung.message;
  if (!state.marks.delete(id)) state.marks.add(id);
  if (state.marks.size > 2) state.marks.delete([...state.marks][0]);
  rungList?.draw();
}

function toggleLeg() {
  state.legOnly = !state.legOnly;
  state.leg = state.rung && message(state.rung.message).dialog;
  showCall();
}

const goBack = () => { if (state.pane !== 'calls') setPane(state.pane === 'message' ? 'ladder' : 'calls'); };

const enter = () => setPane(state.pane === 'calls' ? 'ladder' : 'message');

/** Keys as sngrep and Wireshark have them, what they do, and the word that says it. @type {[string, (key: string) => void, string][]} */
const keys = [
  ['j k ↓ ↑', (key) => move(key === 'j' || key === 'ArrowDown' ? 1 : -1), 'move'],
  ['Enter', enter, 'open'], ['Esc', goBack, 'back'],
  ['/', () => panes.search.focus(), 'search'], ['f', toggleFilters, 'filter'],
  ['n p', (key) => nextHit(key === 'n' ? 1 : -1), 'hits'], ['g', askForFrame, 'go'], ['x', toggleLeg, 'legs'],
  ['r', () => chooseTab('raw'), 'raw'], ['␣', mark, 'mark'],
  ['d', () => chooseTab(state.marks.size === 2 ? 'diff' : 'session'), 'diff'],
  ['m', () => chooseView(state.view === 'streams' ? 'ladder' : 'streams'), 'media'],
  ['l', () => chooseView(state.view === 'ladder' ? 'table' : 'ladder'), 'table'],
  ['+ - 0', (key) => zoom(key === '0' ? 0 : key === '-' ? 0.8 : 1.25), 'zoom'],
  ['w', () => { state.clock = !state.clock; showCall(); }, 'time'],
  ['c', () => { state.byKind = !state.byKind; showCall(); }, 'color'],
  ['t', toggleTheme, 'theme'], ['?', showHelp, 'help'],
];

/** @type {Record<string, string>} */
const keyNames = {ArrowDown: '↓', ArrowUp: '↑', Escape: 'Esc', ' ': '␣', '=': '+'};

addEventListener('keydown', (event) => {
  const {key} = event;
  const target = /** @type {HTMLElement} */ (event.target);
  if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector('dialog')) return;
  if (target.matches('input, select')) {
    if (key === 'Escape' || (key === 'Enter' && target === panes.search)) { target.blur(); setPane('ladder'); }
    return;
  }
  if (target.matches('button, summary') && (key === 'Enter' || key === ' ')) return;
  if (target.matches('[role=tab]') && (key === 'ArrowLeft' || key === 'ArrowRight')) {
    const next = key === 'ArrowLeft' ? target.previousElementSibling : target.nextElementSibling;
    return /** @type {HTMLElement|null} */ (next)?.click();
  }
  // Arrows scroll these.
  if (target.matches('pre, .page') && key.startsWith('Arrow')) return;
  const name = keyNames[key] ?? key;
  const action = keys.find(([names]) => names.split(' ').includes(name));
  if (!action) return;
  event.preventDefault();
  action[1](key);
});

/** @param {string} sign @param {string} name @param {() => void} click */
const icon = (sign, name, click) => button(sign, click, {title: say(name), 'aria-label': say(name)});

function header() {
  const {files, sha256, part} = settings.sources[state.source - 1] ?? {files: [], sha256: [], part: null};
  const {captures} = analysis;
  const work = state.page === 'grade' && settings.graded;
  const packets = captures.reduce((sum, capture) => sum + capture.packets, 0);
  const times = captures.flatMap(({first, last}) => (first && last ? [first, last] : [])).sort();
  const facts = [say('packets', packets), say('messages', part?.all_messages ?? messages.size), say(settings.redacted ? 'redacted' : 'notice')];
  if (times.length) facts.unshift(`${moment(times[0])} – ${times[times.length - 1].slice(11, 19)} UTC`);
  const turn = language === 'en' ? 'zh-CN' : 'en';
  const warning = (/** @type {boolean} */ is, /** @type {string} */ name) => is && el('span.even', ` ⚠ ${say(name)}`);
  const about = work ? [el('span', chosenText(work.title))] : [el('span', files.map(shown).join(', ')), ...checks.map((one) => el(`span.${verdictTone(one.verdict)}`,
    {title: chosenText(one.title) || shown(one.flow)}, `${verdictText(one.verdict)} ${pointsText(one.points, one.max_points)}`))];
  return el('header', el('h1', el('b', 'rungs'), ...about.flatMap((one) => [' ', one])),
    el('nav', {'aria-label': say('tools')}, settings.graded && button(work ? 'captures' : 'grade', () => setPage(work ? 'calls' : 'grade')),
      button('language', () => { setLanguage(remembered('language', turn)); start(); }, {lang: turn}),
      icon('◐', 'theme', toggleTheme), button('print', () => print()), button('save', save), icon('?', 'help', showHelp)),
    !work && el('p.facts', facts.join(' · '),
      ...sha256.filter(Boolean).flatMap((digest) => [' · ', button(`SHA-256 ${digest.slice(0, 8)}…`, () => copy(digest), {class: 'link', title: `${say('sha')}: ${digest}`})]),
      warning(!analysis.complete, 'incomplete'), warning(captures.some((capture) => capture.truncated), 'truncated')));
}

const drawHeader = () => panes.app.querySelector('header')?.replaceWith(header());

/** "2026-09-21 14:33:21" @param {string} time */
const moment = (time) => time.slice(0, 19).replace('T', ' ');

/** Builds the page anew: at first, and when the language changes. */
function start() {
  panes.search = el('input', {type: 'search', placeholder: `${say('search')}  /`, 'aria-label': say('search'), value: state.query,
    input: () => find(/** @type {HTMLInputElement} */ (panes.search).value)});
  panes.filters = filterPanel();
  panes.filterButton = button('', toggleFilters, {'aria-expanded': state.filtersOpen, 'aria-controls': 'filters'});
  panes.count = el('span.facts');
  [panes.hits, panes.said] = ['span.facts', 'div.said'].map((tag) => el(tag, {role: 'status', 'aria-live': 'polite'}));
  const list = el('div.list', {id: 'calls', role: 'listbox', tabindex: 0, 'aria-label': say('calls'), focus: () => { state.pane = 'calls'; }});
  const order = choice('sort', Object.keys(orders), state.order, (value) => { state.order = value; showCalls(); }, say);
  const sources = settings.sources.map(({files, part}) => (part ? `${say('part', part.first_call, part.last_call)} · ${moment(part.start)} · ${say('messages', part.messages)}` :
    files.map(shown).join(', ')));
  const source = sources.length > 1 && choice('capture', [...sources.keys()].map(String), String(state.source - 1), (i) => chooseSource(+i + 1), (i) => sources[+i]);
  const section = (/** @type {string} */ name, /** @type {any[]} */ ...children) => { panes[name] = el(`section.${name}`, {'aria-label': say(name)}, ...children); };
  section('calls', source && el('div.tools.sources', source), panes.search, el('div.tools', panes.filterButton, order, panes.count), panes.filters, panes.hits, list);
  section('ladder');
  section('message');
  const graded = settings.graded && region('graded', 'grade', ...gradedView(settings.graded));
  panes.app = el('div', {id: 'app', 'data-pane': state.pane, 'data-page': state.page}, header(),
    el('main', graded, el('div.panes', panes.calls, panes.ladder, panes.message)), panes.said);
  for (const id of ['app', 'paper']) document.getElementById(id)?.remove();
  document.body.prepend(panes.app, el('div', {id: 'paper'}));
  callList = new Windowed(list, callLine, () => 58);
  const shownCalls = showCalls();
  const first = state.call ?? shownCalls.find((call) => checks.some((check) => check.call === call.id)) ?? shownCalls[0];
  if (first) chooseCall(first, state.rung); else { showCall(); showMessage(); }
}

async function openPage() {
  setTheme(remembered('theme'));
  setLanguage(remembered('language') ?? language);
  tables = await read('tables');
  settings = await read('settings');
  if (settings.graded) await loadGradedChecks();
  if (settings.sources.length) await load(1);
  const linked = location.hash;
  if (settings.graded && !linked.includes('=')) state.page = 'grade';
  if (linked.includes('=') || calls.length === 1) state.pane = 'ladder';
  start();
  if (linked.includes('=')) {
    history.replaceState(null, '', linked);
    await readHash();
  }
  addEventListener('popstate', readHash);
  if (settings.live) followLive();
}

openPage().catch((error) => document.body.prepend(el('p', {role: 'alert'}, say('failed', String(error)))));
