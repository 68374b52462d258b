import { PARTS, type ExportedFile, type Manifest, type Part } from '../signature.ts';
import { HALVES, type Agreement } from './verification.ts';
import { compareFile, REFERENCE } from './compare-file.ts';
import { namingFile, until } from './engine.ts';
import { checkVerify, type VerifyOptions } from './verify-options.ts';
import { readExported, readFileOf } from './read-exported.ts';
import { verifyTraining } from './verify-training.ts';

/**
 * Checks an exported folder against its manifest: sizes and SHA-256 of the files, those of a module included, their metadata, their graphs, and the outputs
 * of `engine` for realistic inputs against the reference, |a − b| ≤ 1e-4 + 1e-4·|b|, for y in its standard deviations. Returns
 * the differences. If the reference takes seconds for a row of a model, it computes few rows, and other rows of a batch are
 * compared with the engine's outputs for them in a batch of their own.
 *
 * @throws InvalidFile for a file that does not match the manifest; InvalidGraph for a graph that is wrong, or that computes other
 * numbers, with the first node that differs.
 */
export async function verify(folder: string, manifest: Manifest, given: VerifyOptions): Promise<readonly Agreement[]> {
  checkVerify(given);
  const { signal, engine } = given;
  const options = signal ? { ...given, engine: until(signal, engine) } : given;
  const agreements: Agreement[] = [];
  for (const part of PARTS) {
    const file = manifest.files[part];
    if (!file) continue;
    options.onFile?.(file.file, 0);
    agreements.push(...(await verifyFile(folder, manifest, part, file, options)));
  }
  const { training, examples, module = [] } = manifest;
  for (const file of [...(examples ? [examples] : []), ...module]) await readFileOf(folder, file);
  if (training) {
    const { file } = training.step;
    options.onFile?.(file, 0);
    const onDone = (done: number) => options.onFile?.(file, done);
    const { step, halves } = await verifyTraining(folder, manifest, training, options.engine, onDone);
    agreements.push({ part: 'training', output: 'gradients', with: REFERENCE, difference: step });
    if (halves !== undefined) agreements.push({ part: 'training', output: HALVES, with: file, difference: halves });
  }
  return agreements;
}

async function verifyFile(
  folder: string,
  manifest: Manifest,
  part: Part,
  file: ExportedFile,
  options: VerifyOptions,
): Promise<readonly Agreement[]> {
  const engine = namingFile(options.engine, file.file);
  const exported = await readExported(folder, manifest, part, file);
  const loaded = await engine.load(exported.bytes, exported.external);
  try {
    const { model } = exported;
    return await compareFile({ folder, manifest, part, file, model, loaded, options: { ...options, engine } });
  } finally {
    await loaded.release();
  }
}
