import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { catalogue, layersOf, sourcesOf } from '../../docs/site/catalogue.ts';
import { optionsOf } from '../../docs/site/signatures.ts';
import { DISTRIBUTIONS } from '../../src/distributions/data/table.ts';
import * as door from '../../src/index.ts';
import * as layers from '../../src/layers/index.ts';
import { DEFINITIONS } from '../refused/options/definitions.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** All that declare one target. */
const LIKELIHOODS = Object.keys(DISTRIBUTIONS).filter((name) => name !== 'record');

describe('the catalogue', () => {
  const sources = sourcesOf(ROOT);
  const rows = layersOf(ROOT, sources);
  const page = catalogue(ROOT, sources);

  it('has every layer that the door has, with shapes, and its first sentence', () => {
    expect(rows.map(({ name }) => name).sort()).toEqual(Object.keys(layers).sort());
    for (const { name, from, to, about } of rows) {
      expect(from, name).not.toBe('');
      expect(to, name).not.toBe('');
      expect(about.length, name).toBeGreaterThan(1);
      expect(page).toContain(`"cvae-compile".${name} |`);
    }
  });

  it('describes in words what layers take and return', () => {
    const row = (name: string) => rows.find((each) => each.name === name);
    expect(row('dense')).toMatchObject({ call: 'dense(units)', from: '[N]', to: '[units]', example: '`dense(3)`: [5] → [3]' });
    expect(row('conv2d')).toMatchObject({
      call: 'conv2d(filters, { kernel, stride, dilation, padding, groups })',
      from: '[H, W, C]',
      to: '[H′, W′, filters]',
      example: '`conv2d(4)`: [7, 5, 3] → [7, 5, 4]',
    });
    expect(row('relu')).toMatchObject({ call: 'relu', from: 'S', to: 'S' });
    expect(row('concat')).toMatchObject({ from: 'A and B, …', example: '`concat`: [5] and [3] → [8]' });
    expect(row('upsample2d')).toMatchObject({ call: 'upsample2d(factor)', to: '[H·factor, W·factor, C]' });
    expect(row('gaussian')).toMatchObject({ call: 'gaussian(dims, { variance })', to: 'mean [dims], logVar [dims]' });
  });

  it('has what makes the outputs of a decoder', () => {
    expect(page).toMatch(/"cvae-compile"\.steps \|.*\| `steps\(target, \{ start, state \}, step\)` \| A decoder that writes/);
  });

  it('has every function that the door has: nobody need look elsewhere for a name', () => {
    // Errors are not written in a definition, and the last three are for your own ops, for text, and for programs.
    const others = Object.entries(door).filter(([name]) => /^[A-Z]/.test(name) || ['apply', 'print', 'isUserError'].includes(name));
    const names = Object.keys(door).filter((name) => !others.some(([other]) => other === name));
    expect(names.filter((name) => !page.includes(`"cvae-compile".${name} |`))).toEqual([]);
  });

  it('has the options that are accepted', () => {
    const definitions: Readonly<Record<string, 'none' | { readonly known: readonly string[] }>> = DEFINITIONS;
    for (const one of LIKELIHOODS) {
      const name = one === 'custom' ? 'distribution' : one;
      const accepted = definitions[name] ?? 'none';
      expect([...optionsOf(name)].sort(), name).toEqual(accepted === 'none' ? [] : [...accepted.known].sort());
    }
  });

  it('has every likelihood, with what a decoder gives for it', () => {
    const [, likelihoods = ''] = page.split('## Likelihoods');
    for (const name of LIKELIHOODS)
      expect(likelihoods).toContain(`"cvae-compile".${name === 'custom' ? 'distribution' : name} |`);
    expect(likelihoods).toMatch(/bernoulli\}<br>`bernoulli\(…shape, \{ image, mask, per \}\)` \| numbers from 0 to 1 \[4\] \| `logits` \[4\] \| yes \| nats/);
    expect(likelihoods).toMatch(/squaredError\}<br>[^|]* \| real numbers \[4\] \| `mean` \[4\] \| no \| squared error/);
  });
});

describe('docs/coming-from.md', () => {
  const page = readFileSync(join(ROOT, 'docs', 'coming-from.md'), 'utf8');
  const named = (name: string): boolean => new RegExp(`\`${name}\\b`).test(page);

  it('names every layer and every likelihood', () => {
    expect(Object.keys(layers).filter((name) => !named(name))).toEqual([]);
    const likelihoods = LIKELIHOODS.map((name) => (name === 'custom' ? 'distribution' : name));
    expect(likelihoods.filter((name) => !named(name))).toEqual([]);
  });
});
