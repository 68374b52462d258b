import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { isModel } from '../../src/dsl/model.ts';
import type { Tf } from '../../src/graph/op.ts';
import { resolve } from '../../src/graph/resolve.ts';
import { loadBackend } from '../../src/train/backend.ts';
import { baselineLikelihood, measurable } from '../../src/train/objectives/likelihood.ts';
import { chosen } from '../support/chosen.ts';
import { byOnnx, byTfjs, differences, valuesOf } from './tfjs.ts';

const folder = fileURLToPath(new URL('../../examples', import.meta.url));
const definitions = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts') && /^export default /m.test(readFileSync(join(folder, file), 'utf8')))
  .map((file) => file.replaceAll('\\', '/'))
  .sort();

let tf: Tf;
beforeAll(async () => {
  tf = (await loadBackend()).tf;
});

describe.each(chosen('gradients of examples', definitions, 6))('the gradient of examples/%s', (file) => {
  it('is that of TensorFlow.js, of its objective and of its baseline alone', async () => {
    const { default: model }: { default: unknown } = await import(pathToFileURL(join(folder, file)).href);
    if (!isModel(model)) throw new Error(`${file} has no model`);
    for (const objective of [measurable(model), ...(model.networks.baseline ? [baselineLikelihood()] : [])]) {
      const graph = resolve(objective.body(model), { mode: 'train' });
      const values = valuesOf(graph, 3);
      const apart = differences(await byOnnx(graph, values), byTfjs(tf, graph, values));
      expect(apart.length).toBeGreaterThan(0);
      // A gradient that is 0, as that of a bias before a normalisation or of a softmax's keys, is what rounding leaves.
      const largest = Math.max(...apart.map(({ norm }) => norm));
      expect(apart.filter(({ apart, norm }) => !(apart <= 1e-4 * norm + 1e-6 * largest))).toEqual([]);
    }
  });
});

it('there are examples', () => expect(definitions.length).toBeGreaterThan(4));
