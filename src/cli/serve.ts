import { Option, type Command } from 'commander';
import { EXIT, note, say, type Context, type Io } from './io.ts';
import { InvalidModel } from '../errors.ts';
import { DEVICES, examples, positive, whole } from './options.ts';
import type { ApiOptions } from './serve-api.ts';
import { interruption } from './signals.ts';
import { SIGNALS } from './io.ts';

interface Options extends ApiOptions {
  readonly api?: true;
  readonly open?: true;
  readonly isolate?: true;
  readonly build?: string;
  readonly webgpu?: true;
  readonly json?: true;
}

/** `serve`: shows an exported model in a page, or writes that page to a folder. */
export const serve = (program: Command, { io, exit }: Context): Command =>
  program
    .command('serve')
    .description('Show an exported model in a page of the browser, or write that page for any host of static files.')
    .argument('<folder>', 'the folder of an exported model')
    .option('--port <n>', 'the port (default: 8377, or any free one if that is taken)', whole(1, 65_535))
    .option('--host <address>', 'the address to listen on; by default only this machine reaches it')
    .option('--open', 'open the page in the browser')
    .option('--isolate', 'send COOP and COEP, so that the page may use threads')
    .option('--build <folder>', 'write the site to this folder instead, and exit')
    .option('--webgpu', 'with --build, also write the ONNX files and what runs them on WebGPU')
    .option('--api', 'answer the Open Inference Protocol instead of showing a page: the API of Triton and KServe')
    .option('--threads <n>', 'with --api, the threads that run the model (default: 1)', whole(1, 256))
    .addOption(new Option('--device <name>', 'with --api, where onnxruntime computes (default: cpu)').choices(DEVICES))
    .option(
      '--batch <rows>',
      'with --api, the rows of several requests that run together (default: 128)',
      whole(1, 65_536),
    )
    .option(
      '--queue <n>',
      'with --api, the number of requests that are accepted at a time (default: 512)',
      whole(1, 1_000_000),
    )
    .option('--limit <MiB>', 'with --api, the largest body of a request or an answer (default: 64)', whole(1, 4096))
    .option('--timeout <seconds>', 'with --api, the longest time that a request may take (default: 30)', positive())
    .option(
      '--drain <seconds>',
      'with --api, how long requests are still accepted after SIGTERM (default: 5)',
      positive({ zero: true }),
    )
    .option('--json', 'print the addresses, or what was written, as one line of JSON')
    .addHelpText(
      'after',
      examples(
        'serve out/digits/onnx --open',
        'serve out/digits/onnx --build site',
        'serve out/digits/onnx --api --host 0.0.0.0 --port 8000',
      ),
    )
    .action(async (folder: string, options: Options) => {
      checkTogether(options);
      if (options.api) return exit(await (await import('./serve-api.ts')).serveApiUntilSignal(folder, options, io));
      return options.build === undefined ? exit(await show(folder, options, io)) : build(folder, options, io);
    });

/** Refuses options that have no effect together. @throws InvalidModel for those. */
const checkTogether = (options: Options): void => {
  const others = (['open', 'isolate', 'build'] as const).filter((name) => options[name] !== undefined);
  const own = (['threads', 'device', 'batch', 'queue', 'limit', 'timeout', 'drain'] as const).filter(
    (name) => options[name] !== undefined,
  );
  const [wrong] = options.api ? others : own;
  if (wrong === undefined) return;
  const [expected, got] = options.api ? [`no --${wrong} with --api`, 'both'] : [`--api with --${wrong}`, 'none'];
  throw new InvalidModel(
    `--${wrong}: expected ${expected}, got ${got}; leave --${wrong} out${options.api ? '' : ', or add --api'}`,
  );
};

/** Shows the page until a signal arrives, and returns the exit code. */
async function show(folder: string, { host, port, open, isolate, json }: Options, io: Io): Promise<number> {
  const [{ siteOf }, { serveSite }, { readManifest }, { checkWhole }] = await Promise.all([
    import('../site/site.ts'),
    import('../site/server.ts'),
    import('../runtime/node.ts'),
    import('../export/read-exported.ts'),
  ]);
  // Problems with the folder are better reported here than in the page.
  await siteOf(folder, { engines: 'all' });
  const manifest = await readManifest(folder);
  await checkWhole(folder, manifest);
  const { name } = manifest;
  const where = { ...(host !== undefined && { host }), ...(port !== undefined && { port }), isolate: isolate === true };
  const { urls, close } = await serveSite(() => siteOf(folder, { engines: 'all' }), where);
  const interrupted = interruption(io);
  note(io, `${name} is shown at ${urls.join(' and ')}; Ctrl-C ends it`);
  if (urls.length > 1)
    note(io, 'other machines on the network can open it too; without HTTPS their browsers cannot use it offline');
  if (json) say(io, JSON.stringify({ urls }));
  if (open) {
    const { default: openUrl } = await import('open');
    await openUrl(urls[0] ?? '').catch(() => note(io, 'no browser could be opened: open the address by hand'));
  }
  await interrupted.requested;
  await close();
  interrupted.done();
  // Ctrl-C is the intended way to end it.
  const code = interrupted.code(EXIT.done);
  return code === SIGNALS.SIGINT ? EXIT.done : code;
}

async function build(folder: string, { build: out = '', webgpu, json }: Options, io: Io): Promise<void> {
  const [{ siteOf }, { writeSite }, { sized }, { readManifest }, { checkWhole }] = await Promise.all([
    import('../site/site.ts'),
    import('../site/write.ts'),
    import('./number-text.ts'),
    import('../runtime/node.ts'),
    import('../export/read-exported.ts'),
  ]);
  const site = await siteOf(folder, webgpu && { engines: 'webgpu' });
  // A page of a damaged file could only say that.
  await checkWhole(folder, await readManifest(folder));
  const { files, bytes } = await writeSite(out, site);
  note(io, `wrote ${out}: ${files} files, ${sized(bytes)}; put them anywhere, also into a folder of another site`);
  if (json) say(io, JSON.stringify({ out, files, bytes }));
}
