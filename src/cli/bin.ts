#!/usr/bin/env node
import { run } from './program.ts';
import { SIGNALS } from './io.ts';

// A reader that has seen enough (`| head`, a closed terminal) ends only what is written to it: a run continues.
const GONE = ['EPIPE', 'EIO', 'ECONNRESET', 'ERR_STREAM_DESTROYED'];
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (GONE.includes(error.code ?? '')) return;
  process.stderr.write(`error: standard output: ${error.message}\n`);
  process.exit(1);
});
// A failure to report on standard error cannot be reported.
process.stderr.on('error', () => undefined);
// The first process of a container does not receive signals that it does not handle: Ctrl-C could not end it.
if (process.pid === 1)
  for (const [name, code] of Object.entries(SIGNALS))
    process.on(name, () => {
      if (process.listenerCount(name) === 1) process.exit(code);
    });
process.exitCode = await run(process.argv.slice(2), process);
