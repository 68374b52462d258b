import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { LOWERINGS } from '../../src/wasm/operators/table.ts';

test('docs/wasm.md lists the operators that have kernels', () => {
  const text = readFileSync(fileURLToPath(new URL('../../docs/wasm.md', import.meta.url)), 'utf8');
  const rows = [...text.matchAll(/^\| (?:elementwise|networks|along axes|moves) \| (.*) \|$/gm)];
  const listed = rows.flatMap(([, names = '']) => names.split(' '));
  expect(listed.toSorted()).toEqual(Object.keys(LOWERINGS).toSorted());
});
