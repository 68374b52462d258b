import type { Command } from 'commander';
import { note, type Context } from './io.ts';
import { examples } from './options.ts';

/** `assets`: copies the files that a page needs to run models, for pages whose bundler does not find them. */
export const assets = (program: Command, { io }: Context): Command =>
  program
    .command('assets')
    .description('Copy what a page needs to run models: the worker, and onnxruntime-web with its WebAssembly.')
    .requiredOption('--out <folder>', 'the folder to write to; the page passes its address as wasmPaths')
    .option('--webgpu', 'also copy what the webgpu backend needs, which is twice as large')
    .addHelpText('after', examples('assets --out public/cvae', 'assets --out public/cvae --webgpu'))
    .action(async ({ out, webgpu = false }: { out: string; webgpu?: boolean }) => {
      const [{ copyAssets }, { sized }] = await Promise.all([import('./asset-files.ts'), import('./number-text.ts')]);
      const copied = await copyAssets(out, webgpu);
      note(io, ...copied.map(({ path, bytes }) => `wrote ${path} (${sized(bytes)})`));
    });
