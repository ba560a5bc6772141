// Media: for each stream its numbers, a picture of each second, and the same as a table.

/** @param {Stream} stream */
const streamTitle = (stream) => `${shown(stream.source)} → ${shown(stream.destination)} · ` +
  `${shown(stream.payload_types.map((type) => type.encoding ?? type.number).join(' '))} · ${duration(stream.duration_s)}`;

/** One value each second as bars. @param {string} name @param {number[]} values @param {string} unit @param {string} ink */
function chart(name, values, unit, ink) {
  const [width, height] = [600, 90];
  const most = Math.max(...values, 1e-9);
  const step = width / values.length;
  const bars = values.map((value, i) => `M${(i * step).toFixed(1)} ${height}v${(-value / most * height).toFixed(1)}h${Math.max(step - 0.5, 0.5).toFixed(1)}V${height}z`).join('');
  const picture = svg('svg', {viewBox: `0 0 ${width} ${height}`, preserveAspectRatio: 'none', role: 'img', 'aria-label': `${name}: ${+most.toFixed(2)}${unit}`},
    svg('path', {d: bars, class: ink}));
  return el('figure', null, el('figcaption', null, `${name} (max ${most < 1e-6 ? 0 : +most.toFixed(2)}${unit})`), most > 1e-6 && picture);
}

const mostBars = 600;

/** At most `mostBars` values: the largest of each group, so that no peak is lost. @param {number[]} values */
function thinned(values) {
  const size = Math.ceil(values.length / mostBars);
  return size <= 1 ? values : Array.from({length: Math.ceil(values.length / size)}, (_, i) => Math.max(...values.slice(i * size, (i + 1) * size)));
}

/** @param {Stream} stream */
function chartsOf(stream) {
  const {seconds} = stream;
  if (!seconds.length) return null;
  const count = seconds[seconds.length - 1].second + 1;
  const kinds = /** @type {[string, 'packets'|'skipped'|'jitter_ms_max'|'delta_ms_max', string, string][]} */ ([
    [say('packetsWord'), 'packets', '', 'bar1'], [say('lost'), 'skipped', '', 'bar2'], [say('jitter'), 'jitter_ms_max', ' ms', 'bar3'], [say('delta'), 'delta_ms_max', ' ms', 'bar4']]);
  const charts = kinds.map(([name, key, unit, ink]) => {
    const values = new Array(count).fill(0);
    for (const one of seconds) values[one.second] = one[key] ?? 0;
    return chart(name, thinned(values), unit, ink);
  });
  const rows = seconds.slice(0, 2000).map((one) => [one.second, ...kinds.map(([, key]) => one[key] ?? '-')]);
  return el('div', null, el('div.charts', null, ...charts),
    el('details', null, el('summary', null, say('perSecond')), tableOf([say('second'), ...kinds.map(([name]) => name)], rows, say('perSecond'))));
}

/** Of a call, or of none. @param {Call|null} call */
function streamsView(call) {
  const own = streams.filter((stream) => stream.call === (call?.id ?? null));
  const number = (/** @type {number|null|undefined} */ value) => value ?? '-';
  return region('page', 'streams', !own.length && el('p.empty', null, say('noStreams')),
    ...own.map((stream) => el('section.card', null,
      el('h3', null, streamTitle(stream)),
      tableOf(['SSRC', say('packetsWord'), say('lost'), `${say('loss')} %`, `${say('jitter')} ⌀ ms`, `${say('jitter')} max ms`, `${say('delta')} max ms`, say('quality')],
        [[stream.ssrc, stream.packets, number(stream.lost), number(stream.loss_percent), number(stream.jitter_ms?.mean), number(stream.jitter_ms?.max),
          number(stream.delta_ms?.max), number(stream.mos)]], say('streams')),
      stream.dtmf.length > 0 && el('p', null, `DTMF: ${shown(stream.dtmf.map((one) => one.key).join(' '))}`),
      chartsOf(stream))));
}
