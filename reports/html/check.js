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

/** The document of the check as it is, until its kinds of step have a picture of their own. */
function checkView() {
  return el('div.page', {tabindex: 0, role: 'region', 'aria-label': say('check')}, el('pre', null, shown(JSON.stringify(checks, null, 1))));
}
