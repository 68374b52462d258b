#!/usr/bin/env node
import { run } from './program.ts';
import { SIGNALS } from './io.ts';

// A reader that has seen enough (`| head`, a closed terminal) ends what is written to it, and nothing else: a run goes on.
const GONE = ['EPIPE', 'EIO', 'ECONNRESET', 'ERR_STREAM_DESTROYED'];
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (GONE.includes(error.code ?? '')) return;
  process.stderr.write(`error: standard output: ${error.message}\n`);
  process.exit(1);
});
// Nobody could be told that nobody can be told.
process.stderr.on('error', () => undefined);
// The first process of a container is spared what it does not listen for: it could not be ended by Ctrl-C.
if (process.pid === 1)
  for (const [name, code] of Object.entries(SIGNALS))
    process.on(name, () => {
      if (process.listenerCount(name) === 1) process.exit(code);
    });
process.exitCode = await run(process.argv.slice(2), process);
