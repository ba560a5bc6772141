// Findings, and the result of checking the capture against an expected flow: expected and seen side by side.

/** @param {Call} call */
function findingsView(call) {
  const own = findingsOf(call.id);
  return el('div.page', {tabindex: 0, role: 'region', 'aria-label': say('findings')}, !own.length && el('p.empty', null, say('noFindings')),
    el('ul.findings', null, ...own.map((finding) => el(`li.${finding.severity}`, null,
      el('b', null, say(finding.severity)), ` ${shown(finding.text)} `, el('code', null, finding.code),
      finding.reference && el('span.facts', null, ` ${finding.reference} `),
      ...finding.frames.slice(0, 20).map((frame) => button(`${say('frame')} ${frame}`, () => goToFrame(String(frame))))))));
}

/** Expected and seen side by side: a step that never came is a gap on the right, an extra message one on the left. @param {CheckRow} row */
function checkRow(row) {
  const fine = row.status === 'met' || row.status === 'allowed';
  const tone = fine ? 'good' : row.status === 'undecidable' ? 'even' : 'bad';
  const {event} = row;
  const seen = event && el('td', null, `${shown(event.from)} → ${shown(event.to)}: `, el('b', null, shown(event.text)), ' ',
    ...event.frames.map((frame) => button(`${say('frame')} ${frame}`, () => goToFrame(String(frame)))));
  return el('tr', null, el(`td.${tone}`, null, `${{good: '✓', bad: '✗', even: '?'}[tone]} ${say(row.status)}`),
    row.expected ? el('td', null, shown(row.expected)) : el('td.ghost'), seen ?? el(row.kind === 'step' ? 'td.ghost' : 'td'),
    el('td', null, shown(row.text)), el('td', null, row.max_points ? `${row.points} / ${row.max_points}` : ''));
}

/** @param {Call} call */
function checkView(call) {
  return el('div.page', {tabindex: 0, role: 'region', 'aria-label': say('check')}, ...checks.filter((one) => one.call === call.id).map((one) => {
    const tone = one.verdict === 'pass' ? 'good' : one.verdict === 'fail' ? 'bad' : 'even';
    const title = shown((language === 'en' ? one.title.en : one.title.zh_CN) ?? one.title.en ?? one.flow);
    return el('section.card', null, el('h3', null, el(`span.${tone}`, null, say(one.verdict)), ` ${title} · ${one.points} / ${one.max_points} `),
      el('p.facts', null, shown(one.reference)),
      el('table.checked', {'aria-label': say('check')}, el('thead', null, el('tr', null, ...['verdict', 'expected', 'seen', 'note', 'points'].map((key) => el('th', {scope: 'col'}, say(key))))),
        el('tbody', null, ...one.rows.map(checkRow))));
  }));
}
