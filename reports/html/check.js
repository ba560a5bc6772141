// Findings, and the result of checking the capture against an expected flow: expected and seen side by side.

/** What was found, in the reader's language; the English sentence has the details. @param {Finding} finding */
function findingText({code, text}) {
  const meaning = language === 'en' ? '' : settings.meanings[code];
  return meaning ? el('span', ` ${meaning} `, el('span.facts', {lang: 'en'}, shown(text))) : ` ${shown(text)}`;
}

/** @param {Finding[]} findings */
const findingList = (findings) => el('ul.findings', ...findings.map((finding) => el(`li.${finding.severity}`,
  el('b', say(finding.severity)), findingText(finding), ' ', el('code', finding.code), finding.reference && el('span.facts', ` ${finding.reference} `),
  ...finding.frames.slice(0, 20).map((frame) => button(`${say('frame')} ${frame}`, () => goToFrame(String(frame)))))));

/** @param {Call} call */
function findingsView(call) {
  const own = findingsOf(call.id);
  const others = findingsByCall.get(null) ?? [];
  return region('page', 'findings', own.length ? findingList(own) : empty('noFindings'), others.length > 0 && el('h3', say('ofCapture')),
    others.length > 0 && findingList(others));
}

/** Where a message goes or should go, and what it is. @param {CheckRow} row @returns {string[]|null} */
function wayOf({event, expected}) {
  return event ? [event.from, event.to, event.text] : /^(\S+) -> (\S+): (.*)$/s.exec(expected ?? '')?.slice(1) ?? null;
}

/**
 * A line of the picture: the message that was seen, or the ghost of the one that never came.
 * @param {CheckRow} row @param {string[]} roles @param {string} tone
 */
function laneOf(row, roles, tone) {
  const place = (/** @type {number} */ i) => (i + 0.5) / roles.length * 100;
  const lines = roles.map((_, i) => styled(el('div.lifeline'), {left: `${place(i)}%`}));
  const [from, to, text] = wayOf(row) ?? [];
  if (!text || !roles.includes(from) || !roles.includes(to)) return el('td.lane', ...lines, el('span.aside', shown(row.event?.text)));
  const [begin, end] = [from, to].map((role) => place(roles.indexOf(role)));
  return el('td.lane', ...lines, arrow(begin, end, 40 / roles.length, '%', row.event ? tone : 'ghost', [el('b', shown(text))]));
}

/** @param {CheckRow} row */
const noteOf = (row) => shown(language === 'en' ? row.text : row.text_zh_CN ?? row.text);

/** @param {CheckRow} row */
function toneOfRow({status}) {
  if (status === 'met' || status === 'allowed') return 'good';
  return status === 'undecidable' ? 'even' : 'bad';
}

/** @param {CheckRow} row @param {string[]} roles @param {(frame: string) => void} go */
function checkRow(row, roles, go) {
  const tone = toneOfRow(row);
  const frames = (row.event?.frames ?? []).map((frame) => button(`${say('frame')} ${frame}`, () => go(String(frame))));
  return el('tr', el(`td.${tone}`, signed(tone, say(row.status))), laneOf(row, roles, tone),
    el('td', row.expected && el('div.facts', shown(row.expected)), noteOf(row) && el('div', noteOf(row)), ...frames),
    el('td', pointsText(row.points, row.max_points)));
}

/** Expected and seen in one ladder. @param {Check} check @param {(frame: string) => void} go shows a frame */
function alignedLadder(check, go) {
  const roles = check.roles.map((role) => role.name);
  const heads = el('th.lanes', {scope: 'col'}, el('div', ...check.roles.map((role) => el('span', shown(role.name), el('i', shown(role.address))))));
  const head = (/** @type {string} */ key) => el('th', {scope: 'col'}, say(key));
  return el('div.scroll', {tabindex: 0, role: 'group', 'aria-label': say('check')}, el('table.checked', {'aria-label': say('check')},
    el('thead', el('tr', head('verdict'), heads, head('expected'), head('points'))),
    el('tbody', ...check.rows.map((row) => checkRow(row, roles, go)))));
}

/** @param {Call} call */
function checkView(call) {
  return region('page', 'check', ...checks.filter((one) => one.call === call.id).map((one) => el('section.card',
    verdictHead(one.verdict, chosenText(one.title) || shown(one.flow), one.points, one.max_points),
    el('p.facts', shown(one.reference)), alignedLadder(one, goToFrame))));
}
