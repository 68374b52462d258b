import { describe, expect, it } from 'vitest';
import { chunks } from '../../src/data/batches.ts';
import { checksum } from '../../src/data/checksum.ts';
import { measure } from '../../src/data/scaling.ts';
import { DATA, everywhere } from './realm.ts';

// Data whose arrays, objects, iterators and promises are of another realm, or objects without a prototype.

/** What the door to data keeps inside. */
const INSIDE = { checksum, chunks, measure };

const VARIABLES = `o({
  kind: lib.categorical('left', 'right', 'constructor'), x: lib.continuous(4), toString: lib.continuous(1), y: lib.normal(4),
})`;
const EXAMPLES = `kinds.map((kind, i) => o({
  kind, x: Float64Array.from(xs.slice(4 * i, 4 * i + 4)), toString: kind * 10, y: ys.slice(4 * i, 4 * i + 4),
}))`;

describe('data', () => {
  it.each([
    ['columns of typed arrays', 'source'],
    ['a function', '() => source'],
    ['a promise', 'Promise.resolve(source)'],
    ['parts', 'o({ train: source, test: source })'],
    [
      'nested lists and names',
      `o({ ...source, kind: kinds.map((v) => ['left', 'right', 'constructor'][v]), x: kinds.map((_, i) => xs.slice(4 * i, 4 * i + 4)) })`,
    ],
    ['blends', `o({ ...source, kind: kinds.map(() => Float32Array.of(0.25, 0.5, 0.25)) })`],
    [
      'columns with a scale, a shape and names',
      `o({ ...source, y: { data: Int16Array.from(xs, (v) => v * 100), scale: 0.01, shape: [4], names: ['a', 'b', 'c', 'd'] } })`,
    ],
    ['examples', EXAMPLES],
    ['a set of examples', `new Set(${EXAMPLES})`],
    ['examples one by one', `function* () { yield* ${EXAMPLES}; }`],
    ['examples in time', `async () => (async function* () { yield* ${EXAMPLES}; })()`],
    ['none', 'new Map()'],
    ['none that is known', 'new Date(0)'],
    ['numbers too large', 'o({ ...source, x: BigInt64Array.from(kinds, (v) => BigInt(v)) })'],
  ])('are the same as %s', async (_, source) => {
    const text = await everywhere(`(() => { ${DATA} return data.toDataset(${source}, ${VARIABLES}); })()`);
    expect(text).toMatch(/^(\{"name":"data"|InvalidData: data: )/);
  });

  const images = (kind: string): string => `
    const pixels = Array.from({ length: 6 * 4 * 4 }, (_, i) => (i * 37) % 256);
    const floats = ${/Float/.test(kind)};
    const examples = o({
      count: 6,
      columns: {
        y: { shape: [4, 4, 1], data: ${kind}.from(pixels, (v) => (floats ? v / 255 : v)), scale: floats ? 1 : 1 / 255 },
        label: { shape: [], data: Int32Array.of(0, 1, 2, 0, 1, 2), scale: 1, classes: ['a', 'b', 'c'] },
        w: { shape: [2], data: ${kind}.from({ length: 12 }, (_, i) => i), scale: 1 },
      },
    });
    const dataset = o({ name: 'mine', train: examples });
    const variables = { y: lib.bernoulli(4, 4, 1), x: lib.image(4, 4, 1) };
  `;
  const kinds = ['Uint8Array', 'Uint8ClampedArray', 'Int16Array', 'Float32Array', 'Float64Array'];
  const changes = {
    split: 'data.split(examples, 0.4, 1)',
    take: 'data.take(examples, 2)',
    select: 'data.select(examples, Uint32Array.of(1, 0))',
    quadrants: 'data.quadrants(2, o({ mask: true }))(dataset)',
    binarise: 'data.binarise(0.3)(dataset)',
    withScaling: 'data.withScaling(dataset)',
    unscaled: `data.unscaled(dataset, ['w'])`,
    checksum: 'checksum(dataset)',
    measure: 'measure(examples.columns.w)',
    chunks: 'chunks(Int32Array.of(3, 1, 2), 2)',
    transforms: `data.toDataset(data.quadrants(1)(data.randomShift(o({ pixels: 1 }))(data.binarise('dynamic')(dataset))), variables)
      .then(({ train }) => data.batch(train, Uint8Array.of(0, 1, 2), variables, o({ seed: 1, epoch: 2 })))`,
    'a transform of their own': `data.batch(
      data.withTransform(examples, ({ y }) => y.set(Float32Array.from(y, (v) => 1 - v))), [0, 2], { y: variables.y })`,
  };
  it.each(kinds.flatMap((kind) => Object.entries(changes).map(([name, script]) => [name, kind, script] as const)))(
    'are changed alike by %s in a %s',
    async (_, kind, script) => {
      const text = await everywhere(`(() => { ${images(kind)} return ${script}; })()`, INSIDE);
      expect(text).not.toMatch(/Error|^Invalid/);
    },
  );

  it('keep their numbers, of whatever kind their arrays are', async () => {
    for (const kind of kinds) {
      const text = await everywhere(`(() => { ${images(kind)}
        const [rest, held] = data.split(examples, 0.5, 1);
        const [{ data: a }, { data: b }] = [rest.columns.w, held.columns.w];
        return [...a, ...b].sort((p, q) => p - q);
      })()`);
      expect(JSON.parse(text)).toEqual(Array.from({ length: 12 }, (_, i) => i));
    }
  });
});
