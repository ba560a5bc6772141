// The ladder: hosts that stay in view, a line for each message, pause and stream.

// Seconds.
const gapAtLeast = 2;

/** @param {Ladder} ladder @returns {Line[]} */
function linesOf(ladder) {
  /** @type {Line[]} */
  const lines = [];
  const media = [...ladder.bands.map((band) => ({before: band.before, line: /** @type {Line} */ ({type: 'band', band})})),
    ...ladder.keys.map((key) => ({before: key.before, line: /** @type {Line} */ ({type: 'key', key})}))].sort((a, b) => a.before - b.before);
  /** @type {Rung|null} */
  let before = null;
  ladder.rungs.forEach((rung, i) => {
    while (media.length && media[0].before <= i + 1) lines.push(/** @type {any} */ (media.shift()).line);
    if (!isShown(rung)) return;
    const pause = before ? rung.since_start_s - before.since_start_s : 0;
    if (pause >= gapAtLeast) lines.push({type: 'gap', seconds: pause});
    lines.push({type: 'rung', rung});
    before = rung;
  });
  return lines.concat(media.map(({line}) => line));
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
  if (line.type === 'band') return 18 + 20 * line.band.streams.length;
  if (line.type === 'key') return 38;
  return line.rung.session ? 54 : 38;
}

/** Places of the columns in pixels. @param {Ladder} ladder @param {number} width @returns {Places} */
function placesOf(ladder, width) {
  const narrow = width < 560;
  const lead = narrow ? 92 : 190;
  const count = ladder.participants.length;
  const column = Math.max((narrow ? 92 : 104) * state.zoom, state.zoom <= 1 ? (width - lead - 16) / count * state.zoom : 0);
  return {lead, column, width: Math.round(lead + column * count), x: (i) => lead + column * (i + 0.5)};
}

/** @param {Ladder} ladder @param {Places} places */
function headsOf(ladder, places) {
  const heads = ladder.participants.map((p, i) => styled(el('div.head', {title: `${p.address} ${p.ports.join(' ')}`},
    el('b', shown(p.name) || say(p.role) || '?'), el('span', shown(addressOf(p, ladder))),
    p.name && p.role !== 'other' && el('i', say(p.role))), {left: `${places.x(i) - places.column / 2}px`, width: `${places.column}px`}));
  const titles = el('div.titles', ...['frame', 'time', 'delta'].map((name) => el(`span.${name}`, say(name))));
  return styled(el('div.heads', {'aria-hidden': true}, titles, ...heads), {width: `${places.width}px`});
}

/** @param {Ladder} ladder @param {Places} places */
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

/** What a picture says by its places: for those that hear it. @param {Ladder} ladder @param {Rung} rung */
function spoken(ladder, rung) {
  const [from, to] = [rung.from, rung.to].map((i) => ladder.participants[i - 1]).map((p) => p.name ?? p.address);
  const relation = rung.relation === 'retransmission' ? say('sentAgain', rung.transmission) : rung.relation === 'original' ? '' : say(rung.relation);
  const failed = checks.some((check) => check.rows.some((row) => row.event?.message === rung.message && toneOfRow(row) === 'bad'));
  return shown(`${say('frame')} ${rung.frame}, ${from} → ${to}, ${relation} ${failed ? say('with.failed') : ''} `);
}

/**
 * An arrow between two places, in any unit. @param {number} from @param {number} to @param {number} self length of one to the sender itself
 * @param {string} unit @param {string} classes @param {(Node|string|false)[]} label @param {...(Node|string|null|false)} below
 */
function arrow(from, to, self, unit, classes, label, ...below) {
  const way = from === to ? 'self' : from < to ? 'right' : 'left';
  const element = el('div', {class: `arrow ${way} ${classes}`}, el('span.label', el('span', ...label)), el('span.stroke'), ...below);
  return styled(element, {left: `${Math.min(from, to)}${unit}`, width: `${Math.abs(to - from) || self}${unit}`});
}

/** @param {Rung} rung @param {Places} places */
function arrowOf(rung, places) {
  const m = message(rung.message);
  const [first, ...rest] = shown(rung.label).split(' ');
  const label = [rung.failure && '✗ ', rung.relation === 'hop' && '↪ ', el('b', first), rung.transmission > 1 && ` ×${rung.transmission}`, ` ${rest.join(' ')}`];
  const session = rung.session && el('span.session', {title: shown(rung.session)}, el('span', shown(rung.session)));
  const element = arrow(places.x(rung.from - 1), places.x(rung.to - 1), places.column * 0.48, 'px', `${inkOf(rung, m)} ${m.status ? 'response' : 'request'} ${rung.relation}`, label, session);
  element.title = shown(rung.label);
  return styled(element, {'--room': `${places.column * 0.48}px`});
}

/** @param {Ladder} ladder @param {Line} line @param {Places} places */
function lineOf(ladder, line, places) {
  const draw = (/** @type {string} */ tag, /** @type {Record<string, any>} */ attributes, /** @type {any[]} */ ...children) =>
    styled(el(tag, {role: 'presentation', ...attributes}, ...lifelines(ladder, places), ...children), {width: `${places.width}px`});
  if (line.type === 'gap') return draw('div.gap', {}, el('span', say('gap', duration(line.seconds))));
  if (line.type === 'band') {
    return draw('div.bandline', {click: () => chooseView('streams')}, el('span.time', line.band.streams[0].since_start_s.toFixed(3)), bandOf(line.band, places));
  }
  if (line.type === 'key') {
    const {frame, since_start_s: time, from, to, key} = line.key;
    return draw('div.bandline', {}, el('span.frame', frame), el('span.time', time.toFixed(3)),
      arrow(places.x(from - 1), places.x(to - 1), places.column * 0.48, 'px', 'ink3', [el('b', '⌨ ', shown(key))]));
  }
  const {rung} = line;
  const classes = ['line', rung === state.rung && 'chosen', state.marks.has(rung.message) && 'marked', state.hits?.has(rung.message) && 'hit'];
  return draw('div', {
    class: classes.filter(Boolean).join(' '), role: 'option', 'aria-selected': rung === state.rung,
    click: () => { chooseRung(rung); setPane('message'); },
  }, el('span.spoken', spoken(ladder, rung)), el('span.frame', {'aria-hidden': true}, rung.frame), el('span.time', timeOf(rung)),
  el('span.delta', `+${rung.delta_s.toFixed(3)}`), arrowOf(rung, places));
}

/** Media between two participants, a line for each stream. @param {Band} band @param {Places} places */
function bandOf(band, places) {
  const [left, right] = [places.x(band.left - 1), places.x(band.right - 1)];
  const lines = band.streams.map((stream) => {
    const text = ` ${shown(stream.codec) || 'RTP'} · ${say('packets', stream.packets)}${places.column < 200 ? '' : ` · ${duration(stream.duration_s)}`}` +
      (stream.lost ? ` · ${stream.loss_percent}% ${say('loss')}` : '');
    return el('div', stream.from > stream.to && '◄', text, stream.from <= stream.to && ' ►');
  });
  const width = Math.max(right - left, 160);
  return styled(el('div.band', ...lines), {left: `${(left + right - width) / 2}px`, width: `${width}px`});
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
  return region('page', 'table', rungs.length > most && el('p', say('only', most)),
    tableOf(['frame', 'time', 'delta', 'source', 'destination', 'message', 'session'], rows, 'ladder'));
}
