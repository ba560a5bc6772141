// Media: for each stream its numbers, a picture of each second, and the same as a table.

/** @param {any} stream */
function streamTitle(stream) {
  const codecs = stream.payload_types.map((/** @type {any} */ type) => type.encoding ?? type.number).join(' ');
  const parts = [shown(codecs), say('packets', stream.packets)];
  if (stream.loss_percent) parts.push(`${stream.loss_percent}% ${say('loss')}`);
  if (stream.duration_s != null) parts.push(duration(stream.duration_s));
  return parts.join(' · ');
}

/** One value each second as bars. @param {string} name @param {number[]} values @param {string} unit @param {string} ink */
function chart(name, values, unit, ink) {
  const [width, height] = [600, 90];
  const most = Math.max(...values, 1e-9);
  const step = width / values.length;
  const bars = values.map((value, i) => `M${(i * step).toFixed(1)} ${height}v${(-value / most * height).toFixed(1)}h${Math.max(step - 0.5, 0.5).toFixed(1)}V${height}z`).join('');
  const picture = svg('svg', {viewBox: `0 0 ${width} ${height}`, preserveAspectRatio: 'none', role: 'img', 'aria-label': `${name}: ${+most.toFixed(2)} ${unit}`},
    svg('path', {d: bars, class: ink}));
  return el('figure', null, el('figcaption', null, `${name} (max ${most < 1e-6 ? 0 : +most.toFixed(2)} ${unit})`), picture);
}

const mostBars = 600;

/** At most `mostBars` values: the largest of each group, so that no peak is lost. @param {number[]} values */
function thinned(values) {
  const size = Math.ceil(values.length / mostBars);
  return size <= 1 ? values : Array.from({length: Math.ceil(values.length / size)}, (_, i) => Math.max(...values.slice(i * size, (i + 1) * size)));
}

/** @param {any} stream */
function chartsOf(stream) {
  const seconds = stream.seconds ?? [];
  if (!seconds.length) return null;
  const count = seconds[seconds.length - 1].second + 1;
  const series = (/** @type {string} */ key) => {
    const values = new Array(count).fill(0);
    for (const one of seconds) values[one.second] = one[key] ?? 0;
    return thinned(values);
  };
  const keys = /** @type {[string, string, string, string][]} */ ([
    [say('packets', '').trim(), 'packets', '', 'bar1'], [say('lost'), 'lost', '', 'bar2'],
    [say('jitter'), 'jitter_max_ms', 'ms', 'bar3'], [say('delta'), 'delta_max_ms', 'ms', 'bar4'],
  ]).filter(([, key]) => seconds.some((/** @type {any} */ one) => one[key] != null));
  const rows = seconds.slice(0, 2000).map((/** @type {any} */ one) => [one.second, ...keys.map(([, key]) => one[key] ?? '')]);
  return el('div', null, el('div.charts', null, ...keys.map(([name, key, unit, ink]) => chart(name, series(key), unit, ink))),
    el('details', null, el('summary', null, say('perSecond')), tableOf([say('second'), ...keys.map(([name]) => name)], rows, say('perSecond'))));
}

/** @param {Call} call */
function streamsView(call) {
  const own = streams.filter((stream) => stream.call === call.id);
  const number = (/** @type {number|null|undefined} */ value, unit = '') => (value == null ? '-' : `${value}${unit}`);
  return el('div.page', {tabindex: 0, role: 'region', 'aria-label': say('streams')}, !own.length && el('p.empty', null, say('noStreams')),
    ...own.map((stream) => el('section.card', null,
      el('h3', null, `${shown(stream.source)} → ${shown(stream.destination)} · ${streamTitle(stream)}`),
      tableOf(['SSRC', say('packets', '').trim(), say('lost'), `${say('loss')} %`, `${say('jitter')} ⌀ ms`, `${say('jitter')} max ms`, `${say('delta')} max ms`, say('quality')],
        [[stream.ssrc, stream.packets, number(stream.lost), number(stream.loss_percent), number(stream.jitter_ms?.mean), number(stream.jitter_ms?.max),
          number(stream.delta_ms?.max), number(stream.mos)]], say('streams')),
      chartsOf(stream))));
}
