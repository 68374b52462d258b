#!/usr/bin/env node
import { run } from './program.ts';

// A reader that has seen enough (`| head`, a closed terminal) ends what is written to it, and nothing else: a run goes on.
const GONE = ['EPIPE', 'EIO', 'ECONNRESET', 'ERR_STREAM_DESTROYED'];
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (GONE.includes(error.code ?? '')) return;
  process.stderr.write(`error: standard output: ${error.message}\n`);
  process.exit(1);
});
// Nobody could be told that nobody can be told.
process.stderr.on('error', () => undefined);
process.exitCode = await run(process.argv.slice(2), process);
