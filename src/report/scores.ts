import type { Scores } from '../formats/scores.ts';
import { escaped } from './html.ts';
import { scoredTables, scoredText, scoreRows } from './score-rows.ts';

/** Renders the scores of a table's draws. */
export const scoresSection = (scores: Scores): string => {
  const cells = (all: readonly string[], tag: string): string =>
    all.map((text) => `<${tag}>${escaped(text)}</${tag}>`).join('');
  const rows = scoreRows(scores).map(
    ({ name, best, cells: own }) => `<tr><th scope="row">${escaped(name)}</th>${cells([...own, best], 'td')}</tr>`,
  );
  return `<h2>Scores</h2><p class="soft">${escaped(scoredText(scores))}.</p>
<div class="wide" tabindex="0" role="group" aria-label="Scores"><table><thead><tr><td></td>${cells([...scoredTables(scores), 'best'], 'th scope="col"').replaceAll('</th scope="col">', '</th>')}</tr></thead><tbody>${rows.join('')}</tbody></table></div>`;
};
