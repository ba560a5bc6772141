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

/** @param {string} name */
const fullName = (name) => tables.compact[name.toLowerCase()] ?? name;

/** @param {Message} m */
function rawView(m) {
  const text = textOf(m);
  if (!text) return el('p.empty', null, say('noRaw'));
  const pre = el('pre.raw', {tabindex: 0});
  let inBody = false;
  text.split('\n').forEach((line, i, all) => {
    const shownLine = line.endsWith('\r') ? line.slice(0, -1) : line;
    const colon = shownLine.indexOf(':');
    if (i === 0) pre.append(el('span.start', null, ...marked(shownLine)));
    else if (!inBody && colon > 0 && !/^\s/.test(shownLine)) {
      pre.append(el('span.name', null, ...marked(shownLine.slice(0, colon))), ...marked(shownLine.slice(colon)));
    } else if (inBody && /^\w=/.test(shownLine)) {
      pre.append(el('span.name', null, shownLine.slice(0, 2)), ...marked(shownLine.slice(2)));
    } else pre.append(...marked(shownLine));
    if (i > 0 && shownLine === '') inBody = true;
    if (i + 1 < all.length) pre.append('\n');
  });
  return pre;
}

/** @param {Message} m */
function parsedView(m) {
  const {start, headers, body} = partsOf(textOf(m));
  /** @type {Map<string, string[]>} */
  const grouped = new Map();
  for (const [name, value] of headers) {
    const full = fullName(name);
    const known = [...grouped.keys()].find((key) => key.toLowerCase() === full.toLowerCase()) ?? full;
    grouped.set(known, [...grouped.get(known) ?? [], value]);
  }
  const rows = [...grouped].map(([name, values]) => [
    el('b', null, shown(name)), el('div', null, ...values.map((value) => el('div', null, ...marked(value))))]);
  const view = el('div', null, el('p.start', null, ...marked(start)), tableOf([say('header'), say('value')], rows, say('parsed')));
  if (m.issues.length) {
    view.append(el('h3', null, say('issues')), el('ul', null, ...m.issues.map((issue) => el(`li.${issue.severity}`, null,
      `${say(issue.severity)}: ${issue.code} @${issue.offset}`, issue.found ? ` - ${shown(issue.found)}` : '',
      issue.needed ? ` (${shown(issue.needed)})` : ''))));
  }
  if (body) view.append(el('h3', null, say('body')), el('pre', {tabindex: 0}, ...marked(body)));
  return view;
}

/** @param {Message} m */
function hexView(m) {
  const octets = octetsOf(m);
  if (!octets) return el('p.empty', null, say('noRaw'));
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
  const all = [...messages.values()].filter((one) => one === m || (m.transaction && one.transaction === m.transaction));
  return tableOf([say('frame'), say('message'), say('sinceStart'), say('sinceMessage')], all.map((one, i) => [
    button(String(one.frames[0]), () => goToFrame(String(one.frames[0]))), one === m ? el('b', null, shown(one.summary)) : shown(one.summary),
    duration(secondsBetween(all[0].time, one.time)), i ? duration(secondsBetween(all[i - 1].time, one.time)) : '']), say('timing'));
}

/** What was found, and what a flow says about this message. @param {Message} m */
function remarksOf(m) {
  const {call} = state;
  const found = (call ? findingsOf(call.id) : []).filter((finding) => finding.frames.some((frame) => m.frames.includes(frame)));
  const rows = checks.flatMap((check) => check.rows.filter((row) => row.event?.message === m.id && check.call === call?.id));
  if (!found.length && !rows.length) return null;
  return el('ul.findings', {tabindex: 0, 'aria-label': say('remarks')},
    ...found.map((finding) => el(`li.${finding.severity}`, null, el('b', null, say(finding.severity)), ` ${shown(finding.text)}`)),
    ...rows.map((row) => el('li', null, el(`b.${toneOfRow(row)}`, null, say(row.status)), ` ${shown(row.expected ?? noteOf(row))}`)));
}

/** What surrounds the message: a list of facts. @param {Message} m @param {Rung} rung */
function factsOf(m, rung) {
  const facts = [
    [say('frame'), m.frames.join(', ')],
    [say('time'), m.time.replace('T', ' ').replace('Z', ' UTC')],
    [say('way'), `${m.source} → ${m.destination}`], [say('transport'), `${m.protocol} / ${m.transport}`],
  ];
  const request = m.status && [...messages.values()].find((other) => other.transaction === m.transaction && !other.status);
  if (request && m.transaction) facts.push([say('sinceRequest'), duration(secondsBetween(request.time, m.time))]);
  const original = rung.relates_to && messages.get(rung.relates_to);
  if (original) {
    const what = rung.relation === 'retransmission' ? say('sentAgain', rung.transmission) : say(rung.relation);
    facts.push([say('relation'), say('ofFrame', what, original.frames[0])]);
  }
  const rfc = rfcOf(m);
  if (rfc) facts.push(['RFC', rfc]);
  return el('dl.facts', null, ...facts.flatMap(([name, value]) => [el('dt', null, name), el('dd', null, value)]));
}

/** @type {Record<string, (m: Message) => Node>} */
const messageViews = {raw: rawView, parsed: parsedView, session: sessionView, timing: timingView, hex: hexView, diff: diffView};

/** @param {Rung|null} rung @param {string} tab */
function messagePane(rung, tab) {
  if (!rung) return [el('p.empty', null, say('pick'))];
  const m = message(rung.message);
  const view = el('div.view', {role: 'tabpanel', id: 'message-view', 'aria-labelledby': `tab-${tab}`}, messageViews[tab](m));
  return [
    el('h2', null, shown(m.summary)), factsOf(m, rung), remarksOf(m) ?? '',
    tabs(Object.keys(messageViews), tab, 'message-view', chooseTab), view,
  ];
}
