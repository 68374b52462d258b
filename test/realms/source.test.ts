import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const SRC = fileURLToPath(new URL('../../src', import.meta.url));

/** Where a value is checked for a class of JavaScript's, and never is one that a user gave. */
const OWN: Readonly<Record<string, readonly string[]>> = {
  'results of onnxruntime': [
    'export/engine.ts',
    'runtime/adapt.ts',
    'runtime/impute.ts',
    'runtime/sessions.ts',
    'runtime/several.ts',
    'runtime/held-state.ts',
    'runtime/web/remote.ts',
    'train/onnx-backend.ts',
  ],
  'arrays that this package has made': [
    'cli/samples.ts',
    'compiler/origin.ts',
    'data/check.ts',
    'data/gather.ts',
    'data/images.ts',
    'data/images/pixel-column.ts',
    'data/images/resize.ts',
    'data/numpy.ts',
    'data/plain-column.ts',
    'data/read-part.ts',
    'data/table/lz4.ts',
    'exchange.ts',
    'export/exchange-check.ts',
  ],
  'errors of its own stack': ['formats/read.ts', 'cli/templates/page.ts'],
  'what is the same for all realms, where the class is another': [
    'errors.ts',
    'onnx/decode.ts',
    // What is of another realm is copied as all other values are.
    'runtime/create.ts',
    'runtime/usual-values.ts',
    'values/lists.ts',
  ],
};

it('never checks a user’s value for its class, since another realm has classes of its own', () => {
  const found = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.startsWith(join('onnx', 'proto')))
    .filter((file) =>
      /\binstanceof (?:\w*Array|(?:Range|Type|Syntax)?Error|Array|Map|Set|Date|Promise|RegExp|Object|ArrayBuffer|URL)\b/.test(
        readFileSync(join(SRC, file), 'utf8'),
      ),
    );
  expect(found.map((file) => file.replaceAll('\\', '/')).sort()).toEqual(Object.values(OWN).flat().sort());
});
