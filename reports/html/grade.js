// Graded work: the tasks, what each was worth, why, and what was seen. It stands in front of the captures.

/** What an author wrote, in the reader's language when there is one. @param {Bilingual} text */
const chosenText = (text) => shown(language === 'en' ? text.en ?? text.zh_CN : text.zh_CN ?? text.en);

/** @type {Check[][]} by source, from 1 */
const gradedChecks = [];

async function loadGradedChecks() {
  for (let i = 1; i <= settings.sources.length; ++i) gradedChecks[i] = (await read('check', i)).checks;
}

/** @param {string} verdict */
const verdictTone = (verdict) => (verdict === 'pass' ? 'good' : verdict === 'fail' ? 'bad' : 'even');

/** @param {string} verdict */
const verdictText = (verdict) => signed(verdictTone(verdict), say(verdict));

/** @param {number} score @param {number} max */
const pointsText = (score, max) => (max ? `${score} / ${max}` : '');

/** @param {string} verdict @param {string} text @param {number} score @param {number} max */
const verdictHead = (verdict, text, score, max) => el('h3', el(`span.${verdictTone(verdict)}`, verdictText(verdict)), ` ${[text, pointsText(score, max)].filter(Boolean).join(' · ')}`);

/** @param {Task} task @param {number} number */
function taskCard(task, number) {
  const [source, check] = [task.source ?? 0, task.check ?? 0];
  const judged = gradedChecks[source]?.[check - 1];
  return el('section.card', {id: `task-${number}`},
    verdictHead(task.verdict, `${number}. ${chosenText(task.title)}`, task.score, task.max),
    source ? el('p.facts', settings.sources[source - 1].files.map(shown).join(', ')) : el('p', say('noCapture')),
    el('ul', ...task.reasons.map((reason) => el('li', chosenText(reason)))),
    judged && alignedLadder(judged, (frame) => goToFrame(frame, source)));
}

/** @param {Graded} work */
function gradedView(work) {
  const rows = work.tasks.map((task, i) => [button(`${i + 1}. ${chosenText(task.title)}`, () => document.getElementById(`task-${i + 1}`)?.scrollIntoView(), {class: 'link'}), el(`span.${verdictTone(task.verdict)}`, verdictText(task.verdict)), pointsText(task.score, task.max)]);
  return [el('h2', `${chosenText(work.title)}${work.student ? ` · ${shown(work.student)}` : ''}`),
    el('p.total', `${say('total')} `, el('b', pointsText(work.score, work.max))),
    tableOf(['task', 'verdict', 'points'], rows, 'grade'), ...work.tasks.map((task, i) => taskCard(task, i + 1))];
}
