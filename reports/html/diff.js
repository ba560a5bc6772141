// Two messages side by side: start lines, headers by name, bodies line by line.

/**
 * Pairs of lines that a longest common subsequence aligns; null where one side has nothing.
 * @param {string[]} a @param {string[]} b @returns {[string|null, string|null][]}
 */
function aligned(a, b) {
  const longest = Array.from({length: a.length + 1}, () => new Uint16Array(b.length + 1));
  for (let i = a.length - 1; i >= 0; --i) {
    for (let j = b.length - 1; j >= 0; --j) {
      longest[i][j] = a[i] === b[j] ? longest[i + 1][j + 1] + 1 : Math.max(longest[i + 1][j], longest[i][j + 1]);
    }
  }
  /** @type {[string|null, string|null][]} */
  const pairs = [];
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) pairs.push([a[i++], b[j++]]);
    else if (j >= b.length || (i < a.length && longest[i + 1][j] >= longest[i][j + 1])) pairs.push([a[i++], null]);
    else pairs.push([null, b[j++]]);
  }
  return pairs;
}

const mostDiffLines = 400;

/** @typedef {[what: string, left: string|null, right: string|null]} Difference */

/** @param {string} a @param {string} b @returns {Difference[]} */
function differences(a, b) {
  const [left, right] = [partsOf(a), partsOf(b)];
  const [valuesA, valuesB] = [left, right].map(({headers}) => valuesByName(headers));
  const lines = (/** @type {string} */ body) => (body ? body.split(/\r?\n/).slice(0, mostDiffLines) : []);
  /** @type {Difference[]} */
  const found = [['', left.start, right.start]];
  for (const [key, {name}] of new Map([...valuesA, ...valuesB])) {
    const value = (/** @type {typeof valuesA} */ all) => all.get(key)?.values.join('\n') ?? null;
    found.push([name, value(valuesA), value(valuesB)]);
  }
  for (const [x, y] of aligned(lines(left.body), lines(right.body))) found.push(['', x, y]);
  return found;
}

function diffView() {
  const [a, b] = [...state.marks].sort((x, y) => x - y).map(message);
  if (!a || !b) return empty('noDiff');
  const rows = differences(textOf(a), textOf(b)).map(([name, left, right]) => {
    const same = left === right;
    const cell = (/** @type {string|null} */ text) => el(`td${same ? '' : text === null ? '.absent' : '.changed'}`, ...marked(text ?? ''));
    return el(same ? 'tr.same' : 'tr', el('th', {scope: 'row'}, shown(name)), cell(left), cell(right));
  });
  const head = (/** @type {Message} */ m) => el('th', {scope: 'col'}, `${say('frame')} ${m.frames[0]}: ${shown(m.summary)}`);
  return el('table.diff', {'aria-label': say('diff')}, el('thead', el('tr', el('td'), head(a), head(b))), el('tbody', ...rows));
}
