// The ladder: hosts that stay in view, a line for each message, pause and stream.

/** @typedef {{type: 'rung', rung: Rung}|{type: 'gap', seconds: number}|{type: 'stream', stream: any}} Line */

const gapAtLeast = 2; // seconds

/** @param {Ladder} ladder @returns {Line[]} */
function linesOf(ladder) {
  /** @type {Line[]} */
  const lines = [];
  const waiting = streams.filter((stream) => stream.call === ladder.call).sort((a, b) => (a.start < b.start ? -1 : 1));
  /** @type {Rung|null} */
  let before = null;
  for (const rung of ladder.rungs) {
    while (waiting.length && waiting[0].start < rung.time) lines.push({type: 'stream', stream: waiting.shift()});
    if (!isShown(rung)) continue;
    const pause = before ? rung.since_start_s - before.since_start_s : 0;
    if (pause >= gapAtLeast) lines.push({type: 'gap', seconds: pause});
    lines.push({type: 'rung', rung});
    before = rung;
  }
  return lines.concat(waiting.map((stream) => ({type: /** @type {const} */ ('stream'), stream})));
}

/** @param {Rung} rung */
function isShown(rung) {
  const m = message(rung.message);
  if (state.legOnly && m.dialog !== state.leg) return false;
  if (rung.relation === 'retransmission' && !state.filter.again) return false;
  return passesFilter(m);
}

/** @param {Line} line */
function heightOf(line) {
  if (line.type === 'gap') return 24;
  if (line.type === 'stream') return 40;
  return line.rung.session ? 54 : 38;
}

/** Places of the columns in pixels. @param {Ladder} ladder @param {number} width */
function placesOf(ladder, width) {
  const narrow = width < 560;
  const lead = narrow ? 92 : 216;
  const count = ladder.participants.length;
  const column = Math.max((narrow ? 110 : 170) * state.zoom, state.zoom <= 1 ? (width - lead - 16) / count * state.zoom : 0);
  return {lead, column, width: Math.round(lead + column * count), x: (/** @type {number} */ i) => lead + column * (i + 0.5)};
}

/** @param {Ladder} ladder @param {ReturnType<typeof placesOf>} places */
function headsOf(ladder, places) {
  const heads = ladder.participants.map((p, i) => styled(el('div.head', {title: `${p.address} ${p.ports.join(' ')}`},
    el('b', null, shown(p.name) || say(p.role) || '?'), el('span', null, shown(addressOf(p, ladder))),
    p.name && p.role !== 'other' && el('i', null, say(p.role))), {left: `${places.x(i) - places.column / 2}px`, width: `${places.column}px`}));
  const titles = el('div.titles', null, el('span.frame', null, say('frame')), el('span.time', null, say('time')), el('span.delta', null, say('delta')));
  return styled(el('div.heads', {'aria-hidden': true}, titles, ...heads), {width: `${places.width}px`});
}

/** @param {Ladder} ladder @param {ReturnType<typeof placesOf>} places */
const lifelines = (ladder, places) => ladder.participants.map((_, i) => styled(el('div.lifeline'), {left: `${places.x(i)}px`}));

/** @param {Rung} rung */
const timeOf = (rung) => (state.clock ? rung.time.slice(11, 23) : rung.since_start_s.toFixed(3));

/** Colour class: by leg, or by what kind of message it is. @param {Rung} rung @param {Message} m */
function inkOf(rung, m) {
  if (rung.failure) return 'failure';
  if (!state.byKind) return `ink${(m.dialog ?? 0) % 6}`;
  if (m.status) return m.status < 200 ? 'ink2' : m.status < 300 ? 'ink3' : 'ink4';
  return m.protocol === 'SIP' ? 'ink1' : 'ink5';
}

/** @param {Ladder} ladder @param {Rung} rung */
function spoken(ladder, rung) {
  const [from, to] = [rung.from, rung.to].map((i) => ladder.participants[i - 1]);
  const name = (/** @type {Participant} */ p) => p.name ?? p.address;
  return shown(`${say('frame')} ${rung.frame}, ${rung.since_start_s.toFixed(3)} s, ${name(from)} → ${name(to)}, ${rung.label}` +
    (rung.relation === 'original' ? '' : `, ${rung.relation === 'retransmission' ? say('sentAgain', rung.transmission) : say(rung.relation)}`));
}

/** "180 Ringing (INVITE)" with what matters most in front. @param {string} label */
function labelNodes(label) {
  const [first, ...rest] = shown(label).split(' ');
  return [el('b', null, first), rest.length ? ` ${rest.join(' ')}` : ''];
}

/** @param {Ladder} ladder @param {Rung} rung @param {ReturnType<typeof placesOf>} places */
function arrowOf(ladder, rung, places) {
  const m = message(rung.message);
  const [from, to] = [places.x(rung.from - 1), places.x(rung.to - 1)];
  const way = from === to ? 'self' : from < to ? 'right' : 'left';
  const classes = [way, inkOf(rung, m), m.status ? 'response' : 'request', rung.relation];
  const label = el('span.label', {title: shown(rung.label)}, rung.failure && el('span.cross', null, '✗ '), ...labelNodes(rung.label),
    rung.transmission > 1 && el('span.times', null, ` ×${rung.transmission}`), rung.relation === 'hop' && el('span.times', null, ' ↪'));
  const arrow = el('div.arrow', {class: ['arrow', ...classes].join(' ')}, label, el('span.line'),
    rung.session && el('span.session', {title: shown(rung.session)}, shown(rung.session)));
  return styled(arrow, {left: `${Math.min(from, to)}px`, width: `${way === 'self' ? Math.max(places.column * 0.48, 60) : Math.abs(to - from)}px`});
}

/** @param {Ladder} ladder @param {Line} line @param {ReturnType<typeof placesOf>} places @returns {HTMLElement} */
function lineOf(ladder, line, places) {
  const width = {width: `${places.width}px`};
  if (line.type === 'gap') {
    return styled(el('div.gap', {role: 'presentation'}, ...lifelines(ladder, places), el('span', null, say('gap', duration(line.seconds)))), width);
  }
  if (line.type === 'stream') return styled(bandOf(ladder, line.stream, places), width);
  const {rung} = line;
  const classes = ['line', rung === state.rung && 'chosen', state.marks.has(rung.message) && 'marked', state.hits?.has(rung.message) && 'hit'];
  return styled(el('div', {
    class: classes.filter(Boolean).join(' '), role: 'option', 'aria-selected': rung === state.rung, 'aria-label': spoken(ladder, rung),
    click: () => { chooseRung(rung); setPane('message'); },
  }, ...lifelines(ladder, places), el('span.frame', null, rung.frame), el('span.time', null, timeOf(rung)),
  el('span.delta', null, `+${rung.delta_s.toFixed(3)}`), arrowOf(ladder, rung, places)), width);
}

/** A stream as a band between its ends. @param {Ladder} ladder @param {any} stream @param {ReturnType<typeof placesOf>} places */
function bandOf(ladder, stream, places) {
  const end = (/** @type {string} */ endpoint) => {
    const exact = ladder.participants.findIndex((p) => p.ports.some((port) => endpoint === `${p.address}:${port}`));
    return exact >= 0 ? exact : ladder.participants.findIndex((p) => endpoint.startsWith(`${p.address}:`) || endpoint.startsWith(`[${p.address}]:`));
  };
  const [from, to] = [end(stream.source), end(stream.destination)].map((i, k) => (i < 0 ? (k ? ladder.participants.length - 1 : 0) : i));
  const [left, right] = [Math.min(places.x(from), places.x(to)), Math.max(places.x(from), places.x(to))];
  const label = el('span', null, from <= to ? '' : '◄ ', el('b', null, 'RTP'), ` ${streamTitle(stream)}`, from <= to ? ' ►' : '');
  const band = el('div.band', {title: `${stream.source} → ${stream.destination}`, click: () => chooseView('streams')}, label);
  return el('div.bandline', {role: 'presentation'}, ...lifelines(ladder, places),
    el('span.time', null, secondsBetween(ladder.rungs[0].time, stream.start).toFixed(3)),
    styled(band, {left: `${left}px`, width: `${Math.max(right - left, 120)}px`}));
}

/** The ladder as rows of text: the same rungs for readers that see no picture. @param {Ladder} ladder @param {number} most */
function ladderTable(ladder, most) {
  const rungs = ladder.rungs.filter(isShown);
  const end = (/** @type {number} */ i) => {
    const p = ladder.participants[i - 1];
    return shown(p.name ? `${p.name} ${addressOf(p, ladder)}` : addressOf(p, ladder));
  };
  const rows = rungs.slice(0, most).map((rung) => [
    button(rung.frame, () => { chooseRung(rung); setPane('message'); }, {'aria-label': spoken(ladder, rung)}),
    timeOf(rung), `+${rung.delta_s.toFixed(3)}`, end(rung.from), end(rung.to),
    `${rung.failure ? '✗ ' : ''}${shown(rung.label)}${rung.transmission > 1 ? ` ×${rung.transmission}` : ''}`, shown(rung.session)]);
  return el('div.page', {tabindex: 0, role: 'region', 'aria-label': say('table')}, rungs.length > most && el('p', null, say('only', most)),
    tableOf([say('frame'), say('time'), say('delta'), say('source'), say('destination'), say('message'), say('session')], rows, say('ladder')));
}
