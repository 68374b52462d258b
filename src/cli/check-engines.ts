import type { Outcome } from '../export/engines/check-engines.ts';
import { EXIT, note, say, type Io } from './io.ts';

/** Runs a folder's files in engines, shows what each makes of each file, and returns the exit code: failed if one is wrong or refuses it. */
export async function inEngines(folder: string, words: string, json: true | undefined, io: Io): Promise<number> {
  const [{ checkEngine, TOLERANCE }, { engineNames }, { readManifest }, { table }] = await Promise.all([
    import('../export/engines/check-engines.ts'),
    import('../export/engines/open-engine.ts'),
    import('../runtime/node.ts'),
    import('./table.ts'),
  ]);
  const names = engineNames(words);
  const manifest = await readManifest(folder);
  const checked = [];
  for (const name of names) checked.push(await checkEngine(name, folder, manifest));
  const isWell = (outcome: Outcome): boolean => 'difference' in outcome && outcome.difference <= TOLERANCE;
  const all = checked.flatMap(({ engine, version, files }) =>
    Object.entries(files).map(([part, outcome]) => ({ engine, version, part, outcome })),
  );
  const wrong = all.filter(({ outcome }) => !isWell(outcome));
  if (json) say(io, JSON.stringify({ ok: wrong.length === 0, engines: checked }));
  else {
    const rows = all.map(({ engine, version, part, outcome }) => [
      `${engine} ${version}`.trim(),
      `${part}.onnx`,
      'difference' in outcome ? outcome.difference.toExponential(1) : 'refused',
    ]);
    say(io, table(['engine', 'file', 'difference'], rows, ['left', 'left', 'right']));
  }
  for (const { engine, part, outcome } of wrong)
    note(
      io,
      'difference' in outcome
        ? `${engine} computes other numbers for ${part}.onnx, by ${outcome.difference.toExponential(1)}`
        : `${engine} does not run ${part}.onnx: ${outcome.reason}`,
    );
  return wrong.length === 0 ? EXIT.done : EXIT.failed;
}
