import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { markdown } from '../../bench/measure.ts';
import { compileStored } from '../../src/export/compile.ts';
import { checkEngine, TOLERANCE, type Checked } from '../../src/export/engines/check-engines.ts';
import { ENGINES } from '../../src/export/engines/open-engine.ts';
import { NEAREST } from '../../src/export/storage/calibrate.ts';
import { write } from '../../src/export/write.ts';
import { readManifest } from '../../src/runtime/node.ts';
import { isUserError } from '../../src/errors.ts';
import { examples } from '../browser/support/models.ts';
import { trainedWeights } from '../compiler/weights.ts';
import { pythonWith } from '../setup/python.ts';

// Every file of these examples in every engine that can be installed here, in all precisions. `CVAE_RECORD=1` writes the table into
// docs/engines.md.

const MODELS = ['digits', 'completion', 'table', 'weather', 'names', 'anomaly', 'article'];
const PRECISIONS = ['float32', 'float16', 'int8', 'int4'] as const;
const PAGE = fileURLToPath(new URL('../../docs/engines.md', import.meta.url));
const root = mkdtempSync(join(tmpdir(), 'cvae-engines-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** What is known to be refused, with the engine's reason; anything else must be right. */
const REFUSED: Readonly<Record<string, RegExp>> = {
  module: /expected operators that the target wasm has|multiple of the batch/,
};

test(
  'every engine computes what the files say, or names the operator that it lacks',
  { timeout: 3_000_000 },
  async () => {
    const found = pythonWith('numpy', 'openvino', 'opencv-python-headless>=5', 'tract');
    if ('python' in found) process.env['CVAE_PYTHON'] = found.python;
    else console.log(`skipped in Python: ${found.missing}`);
    const all: { readonly model: string; readonly precision: string; readonly checked: Checked }[] = [];
    const missing = new Map<string, string>();
    for (const name of MODELS) {
      const make = examples()[name];
      if (!make) continue;
      const model = await make();
      for (const precision of PRECISIONS) {
        const folder = join(root, `${name}-${precision}`);
        const options = {
          name,
          recognition: model.latent > 0,
          evaluationSamples: 10,
          precision,
          // How whole numbers were found does not matter to engines.
          calibration: NEAREST,
        };
        await write(folder, compileStored(model, trainedWeights(model), options), async () => undefined);
        const manifest = await readManifest(folder);
        for (const engine of ENGINES.filter((one) => !missing.has(one)))
          try {
            all.push({ model: name, precision, checked: await checkEngine(engine, folder, manifest) });
          } catch (error) {
            if (!isUserError(error)) throw error;
            missing.set(engine, error.message);
          }
      }
    }
    for (const [engine, reason] of missing) console.log(`skipped: ${engine}: ${reason}`);
    const wrong = all.flatMap(({ model, precision, checked: { engine, files } }) =>
      Object.entries(files).flatMap(([part, outcome]) => {
        if ('difference' in outcome)
          return outcome.difference <= TOLERANCE
            ? []
            : [`${engine}: ${model} ${precision} ${part}: ${outcome.difference}`];
        return REFUSED[engine]?.test(outcome.reason)
          ? []
          : [`${engine}: ${model} ${precision} ${part}: ${outcome.reason}`];
      }),
    );
    if (process.env['CVAE_RECORD']) record(all);
    expect(wrong).toEqual([]);
  },
);

const record = (
  all: readonly { readonly model: string; readonly precision: string; readonly checked: Checked }[],
): void => {
  const engines = [...new Set(all.map(({ checked }) => checked.engine))];
  const rows = [...new Set(all.map(({ model, precision }) => `${model}, ${precision}`))].map((row) => {
    const cells = engines.map((engine) => {
      const own = all.find(
        ({ model, precision, checked }) => `${model}, ${precision}` === row && checked.engine === engine,
      );
      const outcomes = Object.entries(own?.checked.files ?? {});
      const refused = outcomes.flatMap(([part, outcome]) => ('reason' in outcome ? [part] : []));
      const far = Math.max(...outcomes.map(([, outcome]) => ('difference' in outcome ? outcome.difference : 0)));
      return [engine, `${far.toExponential(0)}${refused.length > 0 ? `, without ${refused.join(', ')}` : ''}`] as const;
    });
    return { files: row, ...Object.fromEntries(cells) };
  });
  const versions = engines.map((engine) =>
    `${engine} ${all.find(({ checked }) => checked.engine === engine)?.checked.version ?? ''}`.trim(),
  );
  const reasons = new Map(
    all.flatMap(({ checked: { engine, files } }) =>
      Object.values(files).flatMap((outcome) =>
        'reason' in outcome ? [[`${engine}: ${outcome.reason}`, true] as const] : [],
      ),
    ),
  );
  const refusals = [...reasons.keys()].map((line) => `- ${line}`).join('\n');
  const text = `${markdown(rows)}\n\nVersions: ${versions.join(', ')}.\n${refusals && `\nRefused:\n\n${refusals}\n`}`;
  const marked = /(<!-- table -->)[\s\S]*?(<!-- end -->)/;
  writeFileSync(
    PAGE,
    readFileSync(PAGE, 'utf8').replace(marked, (_, head: string, tail: string) => `${head}\n\n${text}\n${tail}`),
  );
};
