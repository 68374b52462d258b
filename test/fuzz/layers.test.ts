import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import * as layers from '../../src/layers/index.ts';
import { caseOfText } from '../../fuzz/definitions/case.ts';
import { enginesHere } from '../../fuzz/definitions/engines.ts';
import { backends, tryCase } from '../../fuzz/definitions/stage.ts';
import { LAYERS } from '../../fuzz/definitions/write.ts';
import * as judge from '../../fuzz/judge/all.ts';
import { IS_LONG } from '../support/chosen.ts';

const folder = mkdtempSync(join(tmpdir(), 'cvae-layers-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** What random definitions do without: what is made of layers that they have, and what the judge does not know. */
const WITHOUT = [
  'bidirectional',
  'convDecoder',
  'convEncoder',
  'convTranspose1d',
  'embedding',
  'lgamma',
  'mlp',
  'mmd',
  'transformerDecoder',
  'transformerEncoder',
  'ungroup',
];

/** Those that definitions have of their own. */
const OWN = ['elementwise', 'residual'];

it('every layer is written into random definitions, or named here, and the judge has it', () => {
  const written = new Set(LAYERS);
  expect(Object.keys(layers).filter((name) => !written.has(name) && ![...WITHOUT, ...OWN].includes(name))).toEqual([]);
  const known = Object.keys(layers).filter((name) => written.has(name) && !OWN.includes(name));
  expect(known.filter((name) => !(name in judge))).toEqual([]);
});

// `.ci/run` tries random ones.
it.runIf(IS_LONG)(
  'those of series, along axes and of images give what the judge gives, and their gradients',
  async () => {
    const { engines } = await enginesHere(['cpu']);
    try {
      const text = readFileSync(join(import.meta.dirname, 'support', 'all-layers.ts'), 'utf8');
      const counts = await tryCase(
        { ...caseOfText(text), exporting: false },
        'all',
        { folder, engines },
        await backends(),
      );
      expect(counts.runs).toBeGreaterThan(20);
      expect(counts.steps).toBe(1);
    } finally {
      for (const engine of engines) engine.close();
    }
  },
  120_000,
);
