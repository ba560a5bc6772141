// Media: for each stream its numbers, pictures of its seconds, and the same as a table.

/** @param {Stream} stream */
const streamTitle = (stream) => `${shown(stream.source)} → ${shown(stream.destination)} · ` +
  `${shown(stream.payload_types.map((type) => type.encoding ?? type.number).join(' '))} · ${duration(stream.duration_s)}`;

const mostPoints = 2000;

/** At most `mostPoints` values: the least and the largest of each group, so that no peak and no hole is lost. @param {number[]} values */
function thinned(values) {
  if (values.length <= mostPoints) return values;
  const size = Math.ceil(values.length / (mostPoints / 2));
  return Array.from({length: Math.ceil(values.length / size)}, (_, i) => {
    const group = values.slice(i * size, (i + 1) * size);
    const ends = [Math.min(...group), Math.max(...group)];
    return group.indexOf(ends[0]) < group.indexOf(ends[1]) ? ends : ends.reverse();
  }).flat();
}

/** The sequence numbers, counted on where they begin again at 0 (RFC 3550: 16 bits). @param {Second[]} seconds */
function sequencesOf(seconds) {
  let last = seconds[0].sequence;
  return seconds.map(({sequence}) => (last += (sequence - last) << 16 >> 16));
}

/**
 * A value each second: as bars from 0, or as a line.
 * @param {string} name @param {number[]} values @param {string} unit @param {string} ink @param {boolean} isLine
 */
function chart(name, values, unit, ink, isLine) {
  const [width, height] = [600, 90];
  const least = isLine ? Math.min(...values) : 0;
  const most = Math.max(...values);
  const points = thinned(values);
  const step = width / points.length;
  const path = points.map((value, i) => {
    const y = (height - (value - least) / (most - least || 1) * (height - 2)).toFixed(1);
    const x = (i * step).toFixed(1);
    if (isLine) return `${i ? 'L' : 'M'}${x} ${y}h${step.toFixed(2)}`;
    return value ? `M${x} ${height}V${y}h${Math.max(step * 0.9, 0.5).toFixed(2)}V${height}z` : '';
  }).join('');
  const range = isLine ? `${least} – ${most}` : `max ${+most.toFixed(2)}${unit}`;
  return el('figure', el('figcaption', el('b', name), ` ${range}`),
    svg('svg', {viewBox: `0 0 ${width} ${height}`, preserveAspectRatio: 'none', role: 'img', 'aria-label': `${name}: ${range}`},
      svg('path', {d: path, class: isLine ? 'trace' : ink})),
    el('div.axis', el('span', '0 s'), el('span', duration(values.length))));
}

/** @param {Stream} stream */
function chartsOf(stream) {
  const {seconds} = stream;
  if (!seconds.length) return '';
  const numbers = sequencesOf(seconds);
  const kinds = /** @type {[string, (one: Second, i: number) => number|null, string, string][]} */ ([
    ['packetsWord', (one) => one.packets, '', 'bar1'], ['lost', (one) => one.skipped, '', 'bar2'], ['jitter', (one) => one.jitter_ms_max, ' ms', 'bar3'],
    ['delta', (one) => one.delta_ms_max, ' ms', 'bar4'], ['sequence', (_, i) => numbers[i], '', 'bar1']]);
  const charts = kinds.map(([name, valueOf, unit, ink]) => {
    const isLine = name === 'sequence';
    /** @type {number[]} */
    const values = [];
    // In a second without packets the sequence number stays and the others are 0.
    seconds.forEach((one, i) => {
      while (values.length < one.second) values.push(isLine ? values[values.length - 1] : 0);
      values.push(valueOf(one, i) ?? 0);
    });
    return chart(say(name), values, unit, ink, isLine);
  });
  const rows = seconds.slice(0, 2000).map((one, i) => [one.second, ...kinds.map(([, valueOf]) => valueOf(one, i) ?? '-')]);
  return el('div', el('div.charts', ...charts), el('details', el('summary', say('perSecond')),
    tableOf(['second', ...kinds.map(([name, , unit]) => (unit ? say(name) + unit : name))], rows, 'perSecond')));
}

/** Of a call, or of none. @param {Call|null} call */
function streamsView(call) {
  const own = streams.filter((stream) => stream.call === (call?.id ?? null));
  const headings = ['SSRC', 'packetsWord', 'lost', `${say('loss')} %`, `${say('jitter')} ⌀ ms`, `${say('jitter')} max ms`, `${say('delta')} max ms`, 'quality'];
  return region('page', 'streams', !own.length && empty('noStreams'), ...own.map((stream) => el('section.card', el('h3', streamTitle(stream)),
    tableOf(headings, [[stream.ssrc, stream.packets, stream.lost, stream.loss_percent, stream.jitter_ms?.mean, stream.jitter_ms?.max, stream.delta_ms?.max, stream.mos]
      .map((value) => value ?? '-')], 'streams'),
    stream.dtmf.length > 0 && el('p', `DTMF: ${shown(stream.dtmf.map((one) => one.key).join(' '))}`),
    chartsOf(stream))));
}
