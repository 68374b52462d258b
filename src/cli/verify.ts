import type { Command } from 'commander';
import { note, say, type Context } from './io.ts';
import { examples } from './options.ts';
import { working } from './export-progress.ts';

/** `verify`: compares the outputs of an exported model's files in onnxruntime with the expected ones. */
export const verify = (program: Command, { io, exit }: Context): Command =>
  program
    .command('verify')
    .description('Compare what the files of an exported model give in onnxruntime with the float64 reference.')
    .argument('<folder>', 'the folder of an exported model')
    .option(
      '--check <engines>',
      'run the files in these engines too: onnxruntime, wasm, webgpu, module, jax-js, openvino, opencv, tract, c',
    )
    .option('--json', 'print the differences as one line of JSON')
    .addHelpText('after', examples('verify out/digits/onnx', 'verify out/digits/onnx --check wasm,openvino'))
    .action(async (folder: string, { json, check }: { json?: true; check?: string }) => {
      if (check !== undefined)
        return exit(await (await import('./check-engines.ts')).inEngines(folder, check, json, io));
      const [{ verify: compare }, { readManifest }, { HALVES, largest, sentence, usersEngine }, { table }] =
        await Promise.all([
          import('../export/verify.ts'),
          import('../runtime/node.ts'),
          import('../export/verification.ts'),
          import('./table.ts'),
        ]);
      const manifest = await readManifest(folder);
      const shows = working(io);
      const onFile = (file: string, done: number): void => shows.file(file, 'comparing it with float64', done);
      const agreements = await compare(folder, manifest, { engine: await usersEngine(), onFile }).finally(shows.end);
      if (json) return say(io, JSON.stringify({ ok: true, largest: largest(agreements), agreements }));
      const rows = agreements.map(({ part, output, difference }) => [
        (part === 'training' ? manifest.training?.step.file : manifest.files[part]?.file) ?? part,
        output === HALVES ? 'the step in gradient.onnx and update.onnx' : output,
        difference === 0 ? '0' : difference.toExponential(1),
      ]);
      say(io, table(['file', 'output', 'difference'], rows, ['left', 'left', 'right']));
      note(io, `verified: ${sentence(agreements)}`);
    });
