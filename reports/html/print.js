// On paper: the graded tasks, the check, or the call that is open with all of its lines (up to a limit) and its heads on
// each page.

const mostPrinted = 500;

/** @param {Call} call */
function printedLadder(call) {
  const ladder = /** @type {Ladder} */ (ladderOf.get(call.id));
  const lines = linesOf(ladder);
  const places = placesOf(ladder, 700);
  const rows = lines.slice(0, mostPrinted).map((line) => el('tr', el('td', styled(lineOf(ladder, line, places), {height: `${heightOf(line)}px`}))));
  return [el('table', el('thead', el('tr', el('td', headsOf(ladder, places)))), el('tbody', ...rows)),
    el('p', lines.length > mostPrinted ? say('only', mostPrinted) : '')];
}

function printed() {
  if (settings.graded && state.page === 'grade') return gradedView(settings.graded);
  const {call} = state;
  if (!call) return [];
  return [el('h2', callTitle(call)), el('p', callFacts(call)), ...state.view === 'check' ? [checkView(call)] : printedLadder(call)];
}

addEventListener('beforeprint', () => document.getElementById('paper')?.replaceChildren(...printed()));
addEventListener('afterprint', () => document.getElementById('paper')?.replaceChildren());
