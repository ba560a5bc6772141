// Session descriptions: an offer beside its answer (RFC 3264).

/** The description that `m` answers, or that answers it: the nearest one the other way in its dialog. @param {Message} m */
function counterpart(m) {
  const others = analysis.messages.filter((other) => other.sdp && other.dialog === m.dialog && other.source !== m.source &&
    !other.retransmission_of && !other.hop_of);
  const before = others.findLast((other) => other.id < m.id);
  const after = others.find((other) => other.id > m.id);
  return m.status ? before ?? after : after ?? before;
}

/** @param {Format} format */
const codec = (format) => `${format.encoding ?? format.format}${format.clock_rate_hz ? `/${format.clock_rate_hz}` : ''}`;

/** @param {Media|undefined} media */
const isHeld = (media) => !!media && (media.direction === 'sendonly' || media.direction === 'inactive' || /^0\.0\.0\.0:/.test(media.address ?? ''));

/** @param {Media|undefined} media */
const isRefused = (media) => !!media && /:0$/.test(media.address ?? '');

/** What the sender of `m` last said in its dialog. @param {Message|undefined} m */
const earlier = (m) => m && analysis.messages.findLast((one) => one.id < m.id && one.sdp && one.dialog === m.dialog && one.source === m.source &&
  one.cseq?.number !== m.cseq?.number);

/** @param {Media|undefined} offer @param {Media|undefined} answer */
function codecRows(offer, answer) {
  const [offered, answered] = [offer, answer].map((media) => new Map((media?.formats ?? []).map((format) => [codec(format), format])));
  const place = (/** @type {Map<string, Format>} */ all, /** @type {string} */ wanted) => [...all.keys()].filter((name) => offered.has(name) && answered.has(name)).indexOf(wanted);
  return [...new Map([...offered, ...answered]).keys()].map((name) => {
    const [a, b] = [offered.get(name), answered.get(name)];
    const remarks = !b ? [say('dropped')] : !a ? [say('added')] : [a.format === b.format ? say('kept') : say('renumbered', a.format, b.format)];
    if (a && b && place(offered, name) !== place(answered, name)) remarks.push(say('reordered'));
    const text = (/** @type {Format|undefined} */ format) => (format ? shown(`${format.format} ${name}${format.fmtp ? ` ${format.fmtp}` : ''}`) : '-');
    return [say('codecs'), text(a), text(b), el(`span.${!a || !b ? 'even' : 'good'}`, remarks.join(', '))];
  });
}

/**
 * Offer and answer of one m= line, and what their senders said before.
 * @param {(Media|undefined)[]} four @returns {(Node|string)[][]}
 */
function mediaRows([a, b, pastA, pastB]) {
  const remarks = [isHeld(a) || isHeld(b) ? say('hold') : '', isRefused(b) ? say('rejected') : ''].filter(Boolean);
  const row = (/** @type {'address'|'direction'} */ key) => {
    const changed = [[a, pastA], [b, pastB]].flatMap(([now, past]) => (now && past && now[key] !== past[key] ? [say('before', shown(past[key]))] : []));
    return [say(key), shown(a?.[key] ?? '-'), shown(b?.[key] ?? '-'), el('span.even', [...changed, ...key === 'direction' ? remarks : []].join(', '))];
  };
  return [[say('media'), shown(a?.type ?? '-'), shown(b?.type ?? '-'), shown(a?.protocol ?? b?.protocol)], row('address'), row('direction'), ...codecRows(a, b)];
}

/** @param {Message} m */
function sessionView(m) {
  if (!m.sdp) return empty('noSession');
  const other = counterpart(m);
  const [offer, answer] = !other || m.id < other.id ? [m, other] : [other, m];
  const title = (/** @type {string} */ key, /** @type {Message|undefined} */ one) => `${say(key)}${one ? ` (${say('frame')} ${one.frames[0]})` : ''}`;
  const count = Math.max(offer.sdp?.media.length ?? 0, answer?.sdp?.media.length ?? 0);
  const rows = [];
  for (let i = 0; i < count; ++i) rows.push(...mediaRows([offer, answer, earlier(offer), earlier(answer)].map((one) => one?.sdp?.media[i])));
  const isEarly = [offer, answer].some((one) => one?.status && one.status > 100 && one.status < 200);
  return el('div', !other && empty('noOther'), isEarly && el('p', say('early')),
    tableOf(['', title('offer', offer), title('answer', answer), ''], rows, 'session'));
}
