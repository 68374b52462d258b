import { markdown, type Calls } from './measure.ts';
import type { Found } from './serve-page.ts';
import type { Sent } from './wire.ts';

/** What docs/overhead.md says of what was measured. */
export const describeServing = (found: {
  readonly batches: readonly number[];
  readonly native: Found;
  readonly web: Found;
  readonly versions: { readonly node: string; readonly chromium: string };
  /** How many cores the machine has. */
  readonly cores: number;
  /** The load average of the machine while it was measured. */
  readonly load: number;
  readonly wire: readonly Sent[];
}): string => {
  const { batches, native, web, versions, cores, load, wire } = found;
  const decode = batches.flatMap((rows) => {
    const [here, there] = [native.decode[rows] ?? {}, web.decode[rows] ?? {}];
    return [decoded('Node', rows, here), decoded('Chromium, WASM', rows, there)];
  });
  const last = batches.at(-1) ?? 1;
  const { ours, worker } = web.decode[1] ?? {};
  return `# Overhead

What the API costs compared with plain onnxruntime, on the completion model (convolutions, 32 latents, 28 × 28 pixels), one thread.
Written by \`npm run bench -- serve --write\` on a machine of ${cores} cores, under Node ${versions.node} and Chromium ${versions.chromium};
${load.toFixed(0)} programs wanted a core while it ran, so that times by the clock say what was, and those of the processor what it costs.

## decode(z)

\`model.decode(z, { x })\` against \`session.run\` on the same arrays in the same process: two \`Tensor\`s made, run, the output read. In
Chromium both run in the page, in one onnxruntime-web. Calls are taken in turn, each first as often as the other. Milliseconds of
single calls by the clock: the 10th percentile, which other work on the machine touches least, the median and the 95th percentile;
and of the processor's time (of the process, of the page's thread), medians, which are compared.

${markdown(decode)}

## What comes on top

10th percentiles.

${markdown([
  { what: `noise of ${last} samples of 32 latents`, Node: ms(native.noise), Chromium: ms(web.noise) },
  { what: 'the hop to the worker and back, of one row', Node: '', Chromium: ms(minus(worker, ours)) },
  {
    what: `sample({ x }, { count: ${last} }): prior, noise, decoder`,
    Node: ms(native.sample),
    Chromium: ms(web.sample),
  },
])}

## Opening

All three files of the model: in Node again and again, in Chromium each time in a new page with an empty cache, from a server on
the same machine. Ours reads model.json and checks each file's length and SHA-256; in Chromium it also starts the worker.
The quickest of five in Chromium, 10th percentiles in Node.

${markdown([
  { '': 'bare onnxruntime', Node: ms(native.opened['bare']), Chromium: ms(web.opened['bare']) },
  { '': 'open()', Node: ms(native.opened['ours']), Chromium: ms(web.opened['ours']) },
])}

## On the wire

What a page gets, in bytes: as it is, and as servers send it.

${markdown(wire.map(({ what, raw, gzip, brotli }) => ({ what, raw: kB(raw), gzip: kB(gzip), brotli: kB(brotli) })))}
`;
};

const decoded = (where: string, rows: number, { bare, ours }: Readonly<Record<string, Calls>>) => ({
  where,
  batch: rows,
  'bare: p10 / p50 / p95': spread(bare),
  'ours: p10 / p50 / p95': spread(ours),
  'ours, rows/s': Math.round((1000 * rows) / (ours?.quick ?? NaN)).toLocaleString('en'),
  'processor: bare, ours': `${(bare?.processor ?? NaN).toFixed(2)}, ${(ours?.processor ?? NaN).toFixed(2)}`,
  'more than bare': `${(100 * ((ours?.processor ?? NaN) / (bare?.processor ?? NaN) - 1)).toFixed(1)} %`,
});

const spread = (calls: Calls | undefined): string =>
  calls ? [calls.quick, calls.median, calls.p95].map((time) => time.toFixed(2)).join(' / ') : '';
const ms = (calls: Pick<Calls, 'quick'> | undefined): string => (calls ? `${calls.quick.toFixed(2)} ms` : '');
const minus = (a: Calls | undefined, b: Calls | undefined) => ({ quick: (a?.quick ?? NaN) - (b?.quick ?? NaN) });
const kB = (bytes: number): string => `${(bytes / 1000).toFixed(1)} kB`;
