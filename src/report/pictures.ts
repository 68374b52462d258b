import { dataUrl, escaped } from './html.ts';
import { GAP, type ImagesSnapshot, type Shown } from '../formats/snapshot.ts';
import type { Run } from '../run/read-run.ts';
import { columnsOf } from './sheet.ts';

/** A section of a sheet of pictures: its heading, and which columns of which snapshot. */
interface Block {
  readonly heading: string;
  readonly snapshot: ImagesSnapshot;
  readonly columns: readonly number[];
}

/** The number of epochs shown side by side, their total width in pixels, and the space between them. */
const EPOCHS = 6;
const WIDTH = 960;
const SPACE = 16;
/** The approximate size of a displayed picture, in pixels: among those of many epochs, and among the last. */
const [SMALL, LARGE] = [48, 80];

const scaleOf = ({ cell: [height, width] }: ImagesSnapshot, large: number): number =>
  Math.max(1, Math.round(large / Math.max(height, width)));

/** The width of the page's text, in pixels, and that of a letter of a label, about. */
const [PAGE, LETTER] = [1030, 7.5];

/** Returns the scale at which all blocks fit next to each other, if that is no less than 1. */
const fittingScale = (blocks: readonly Block[], { cell: [, width], rows }: ImagesSnapshot, large: number): number => {
  const label = LETTER * Math.max(0, ...rows.map(({ length }) => length)) + SPACE;
  const columns = blocks.reduce((sum, block) => sum + block.columns.length, 0);
  const room = PAGE - label - blocks.length * SPACE;
  return Math.max(1, Math.min(large, Math.floor((20 * room) / (columns * (width + GAP))) / 20));
};

/** Returns the distance from one picture to the next, in pixels of the page. */
const pitchOf = (snapshot: ImagesSnapshot): number => scaleOf(snapshot, SMALL) * (snapshot.cell[1] + GAP);

/** Renders pictures of held-out examples: samples over time, then everything in the last snapshot. */
export async function pictures(run: Run, snapshots: readonly ImagesSnapshot[]): Promise<string> {
  const last = snapshots.findLast(({ kept }) => kept) ?? snapshots.at(-1);
  if (!last) return '';
  const of = ({ columns }: ImagesSnapshot, shown: Shown) => columns.flatMap((name, i) => (name === shown ? [i] : []));
  const known = (['given', 'truth', 'reconstruction', 'guess'] as const).flatMap((shown) => {
    const columns = of(last, shown);
    return columns.length > 0 ? [{ heading: HEADINGS[shown], snapshot: last, columns }] : [];
  });
  const samples = of(last, 'sample');
  const what = samples.length === 1 ? 'prediction' : of(last, 'given').length > 0 ? 'completions' : 'samples';
  const before = spread(
    snapshots.filter(({ epoch }) => epoch < last.epoch),
    EPOCHS - 1,
  );
  const held = known.filter(({ heading }) => heading === HEADINGS.given || heading === HEADINGS.truth);
  const wide = pitchOf(last);
  const room = WIDTH - held.length * (wide + SPACE) - (before.length + 1) * SPACE;
  const each = Math.max(2, Math.floor(room / wide / (before.length + 1)));
  const overTime = [...before, last].map((snapshot) => ({
    heading: `epoch ${snapshot.epoch}`,
    snapshot,
    columns: of(snapshot, 'sample').slice(0, each),
  }));
  const title = `${what[0]?.toUpperCase()}${what.slice(1)}`;
  const same = samples.length > 1 ? ' Each column has the same z in all rows and epochs.' : '';
  const through = known.some(({ heading }) => heading === HEADINGS.reconstruction)
    ? ' A reconstruction is the truth through q and back: z is the mean of q(z|x,y).'
    : '';
  const section = async (heading: string, text: string, blocks: readonly Block[], large = LARGE) =>
    `<h2>${heading}</h2><p class="soft">${text}</p>${await row(run, blocks, large)}`;
  return [
    ...(before.length > 0
      ? [await section(`${title} over time`, `Held-out examples.${same}`, [...held, ...overTime], SMALL)]
      : []),
    await section(
      `${title} after epoch ${last.epoch}`,
      `Held-out examples${last.kept ? ', by the weights that were kept' : ''}.${before.length > 0 ? '' : same}${through}`,
      [...known, { heading: what, snapshot: last, columns: samples }],
    ),
  ].join('\n');
}

const HEADINGS = { given: 'given', truth: 'truth', reconstruction: 'reconstruction', guess: 'baseline' } as const;

/** Renders blocks side by side, after the labels of their rows. */
async function row(run: Run, blocks: readonly Block[], large: number): Promise<string> {
  const [first] = blocks;
  if (!first) return '';
  const { rows, cell } = first.snapshot;
  const [height, width] = cell;
  const scale = fittingScale(blocks, first.snapshot, scaleOf(first.snapshot, large));
  const smooth = Number.isInteger(scale) ? '' : ' class="smooth"';
  const tall = Math.round(scale * (rows.length * (height + GAP) - GAP));
  const labels = rows.some((label) => label !== '')
    ? `<div><p class="blank" aria-hidden="true">&nbsp;</p><div class="labels" style="height:${tall}px">${rows.map((label) => `<span>${escaped(label)}</span>`).join('')}</div></div>`
    : '';
  const sheets = await Promise.all(
    blocks.map(async ({ heading, snapshot, columns }) => {
      const png = columnsOf(await run.picture(snapshot), columns, width);
      const wide = Math.round(scale * (columns.length * (width + GAP) - GAP));
      return `<div><h3>${escaped(heading)}</h3><img${smooth} src="${dataUrl(png)}" width="${wide}" height="${tall}" alt="${escaped(`${heading}: ${rows.filter(Boolean).join(', ') || `${rows.length} examples`}`)}"></div>`;
    }),
  );
  return `<div class="wide" tabindex="0" role="group" aria-label="${escaped(blocks.map(({ heading }) => heading).join(', '))}"><div class="sheets">${labels}${sheets.join('')}</div></div>`;
}

/** Returns some of many items, evenly spaced, including the first. */
const spread = <T>(all: readonly T[], most: number): readonly T[] =>
  all.length <= most
    ? all
    : Array.from({ length: most }, (_, i) => all[Math.round((i * (all.length - 1)) / (most - 1))]).filter(
        (v) => v !== undefined,
      );
