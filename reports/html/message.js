// The message pane: what one message says, in several ways.

/**
 * Start line, headers (folded lines joined, RFC 3261 section 7.3.1) and body of a message.
 * @param {string} text @returns {{start: string, headers: [string, string][], body: string}}
 */
function partsOf(text) {
  const end = /\r?\n\r?\n/.exec(text);
  const head = end ? text.slice(0, end.index) : text;
  const lines = head.replace(/\r?\n[ \t]+/g, ' ').split(/\r?\n/);
  /** @type {[string, string][]} */
  const headers = lines.slice(1).filter((line) => line).map((line) => {
    const colon = line.indexOf(':');
    return colon < 0 ? ['', line] : [line.slice(0, colon).trim(), line.slice(colon + 1).trim()];
  });
  return {start: lines[0], headers, body: end ? text.slice(end.index + end[0].length).replaceAll('\r\n', '\n') : ''};
}

/** Values by the full name of their header, whatever case it was written in. @param {[string, string][]} headers */
function valuesByName(headers) {
  /** @type {Map<string, {name: string, values: string[]}>} */
  const found = new Map();
  for (const [written, value] of headers) {
    const name = tables.compact[written.toLowerCase()] ?? written;
    const key = name.toLowerCase();
    const known = found.get(key);
    if (known) known.values.push(value); else found.set(key, {name, values: [value]});
  }
  return found;
}

/** @param {Message} m */
function rawView(m) {
  const text = textOf(m);
  if (!text) return empty('noRaw');
  const pre = el('pre.raw', {tabindex: 0});
  let inBody = false;
  text.split('\n').forEach((whole, i) => {
    const line = whole.endsWith('\r') ? whole.slice(0, -1) : whole;
    const [, name = '', rest = line] = (inBody ? /^(\w=)(.*)/ : /^([^:\s][^:]*)(:.*)/).exec(line) ?? [];
    pre.append(i ? '\n' : '', ...i ? [el('span.name', ...marked(name)), ...marked(rest)] : [el('span.start', ...marked(line))]);
    inBody ||= !line;
  });
  return pre;
}

/** @param {Message} m */
function parsedView(m) {
  const {start, headers, body} = partsOf(textOf(m));
  const rows = [...valuesByName(headers).values()].map(({name, values}) => [
    el('b', shown(name)), el('div', ...values.map((value) => el('div', ...marked(value))))]);
  const view = el('div', el('p.start', ...marked(start)), tableOf(['header', 'value'], rows, 'parsed'));
  if (m.issues.length) {
    view.append(el('h3', say('issues')), el('ul', ...m.issues.map((issue) => el(`li.${issue.severity}`,
      `${say(issue.severity)}: ${issue.code} @${issue.offset}`, issue.found ? ` - ${shown(issue.found)}` : '',
      issue.needed ? ` (${shown(issue.needed)})` : ''))));
  }
  if (body) view.append(el('h3', say('body')), el('pre', {tabindex: 0}, ...marked(body)));
  return view;
}

/** @param {Message} m */
function hexView(m) {
  const octets = octetsOf(m);
  if (!octets) return empty('noRaw');
  const lines = [];
  for (let at = 0; at < octets.length; at += 16) {
    const line = [...octets.slice(at, at + 16)];
    const hex = line.map((octet) => octet.toString(16).padStart(2, '0')).join(' ');
    const text = line.map((octet) => (octet >= 0x20 && octet < 0x7f ? String.fromCharCode(octet) : '.')).join('');
    lines.push(`${at.toString(16).padStart(4, '0')}  ${hex.padEnd(47)}  ${text}`);
  }
  return el('pre', {tabindex: 0}, lines.join('\n'));
}

/** Where an RFC speaks of it: of its method, or of its status (RFC 3261 section 21). @param {Message} m */
function rfcOf(m) {
  if (m.protocol !== 'SIP') return '';
  if (!m.status) return tables.methods[m.method ?? ''] ?? '';
  const group = Math.floor(m.status / 100);
  const place = tables.statuses[group - 1]?.indexOf(m.status) ?? -1;
  return place < 0 ? '' : `3261 §21.${group}.${place + 1}`;
}

/** When the messages of its transaction came. @param {Message} m */
function timingView(m) {
  const all = analysis.messages.filter((one) => one === m || (m.transaction && one.transaction === m.transaction));
  return tableOf(['frame', 'message', 'sinceStart', 'sinceMessage'], all.map((one, i) => [
    button(String(one.frames[0]), () => goToFrame(String(one.frames[0]))), one === m ? el('b', shown(one.summary)) : shown(one.summary),
    duration(secondsBetween(all[0].time, one.time)), i ? duration(secondsBetween(all[i - 1].time, one.time)) : '']), 'timing');
}

/** What was found, and what a flow says about this message. @param {Message} m */
function remarksOf(m) {
  const {call} = state;
  const found = (call ? findingsOf(call.id) : []).filter((finding) => finding.frames.some((frame) => m.frames.includes(frame)));
  const rows = checks.flatMap((check) => check.rows.filter((row) => row.event?.message === m.id && check.call === call?.id));
  if (!found.length && !rows.length) return null;
  return el('ul.findings', {tabindex: 0, 'aria-label': say('remarks')},
    ...found.map((finding) => el(`li.${finding.severity}`, el('b', say(finding.severity)), findingText(finding))),
    ...rows.map((row) => el('li', el(`b.${toneOfRow(row)}`, say(row.status)), ` ${shown(row.expected ?? noteOf(row))}`)));
}

/** What surrounds the message: a list of facts. @param {Message} m @param {Rung} rung */
function factsOf(m, rung) {
  const facts = [
    ['frame', m.frames.join(', ')],
    ['time', m.time.replace('T', ' ').replace('Z', ' UTC')],
    ['way', `${m.source} → ${m.destination}`], ['transport', `${m.protocol} / ${m.transport}`],
  ];
  const request = m.status && analysis.messages.find((other) => other.transaction === m.transaction && !other.status);
  if (request && m.transaction) facts.push(['sinceRequest', duration(secondsBetween(request.time, m.time))]);
  const original = rung.relates_to && messages.get(rung.relates_to);
  if (original) {
    const what = rung.relation === 'retransmission' ? say('sentAgain', rung.transmission) : say(rung.relation);
    facts.push(['relation', say('ofFrame', what, original.frames[0])]);
  }
  const rfc = rfcOf(m);
  if (rfc) facts.push(['RFC', rfc]);
  return el('dl.facts', ...facts.flatMap(([name, value]) => [el('dt', say(name)), el('dd', value)]));
}

/** @type {Record<string, (m: Message) => Node>} */
const messageViews = {raw: rawView, parsed: parsedView, session: sessionView, timing: timingView, hex: hexView, diff: diffView};

/** @param {Rung|null} rung @param {string} tab */
function messagePane(rung, tab) {
  if (!rung) return [empty('pick')];
  const m = message(rung.message);
  const view = el('div.view', {role: 'tabpanel', id: 'message-view', 'aria-labelledby': `tab-${tab}`}, messageViews[tab](m));
  return [
    el('h2', shown(m.summary)), factsOf(m, rung), remarksOf(m) ?? '',
    tabs(Object.keys(messageViews), tab, 'message-view', chooseTab), view,
  ];
}
