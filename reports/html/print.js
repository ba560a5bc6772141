// On paper: the call that is open, all of its lines (up to a limit), with its heads on each page.

const mostPrinted = 500;

addEventListener('beforeprint', () => {
  if (!state.call) return;
  const ladder = /** @type {Ladder} */ (ladderOf.get(state.call.id));
  const lines = linesOf(ladder);
  const places = placesOf(ladder, 700);
  const rows = lines.slice(0, mostPrinted).map((line) => el('tr', null, el('td', null, styled(lineOf(ladder, line, places), {height: `${heightOf(line)}px`}))));
  document.getElementById('paper')?.replaceChildren(
    el('h2', null, callTitle(state.call)), el('p', null, callFacts(state.call)),
    el('table', null, el('thead', null, el('tr', null, el('td', null, headsOf(ladder, places)))), el('tbody', null, ...rows)),
    el('p', null, lines.length > mostPrinted ? say('only', mostPrinted) : ''));
});

addEventListener('afterprint', () => document.getElementById('paper')?.replaceChildren());
