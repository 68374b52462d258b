// Loaded before a command: writes to the file that USAGE names what the command has taken, in seconds of the processor and bytes,
// and what it had taken when it first wrote to standard error.
import { writeFileSync } from 'node:fs';

const seconds = () => process.cpuUsage().user / 1e6 + process.cpuUsage().system / 1e6;
let first;
const write = process.stderr.write.bind(process.stderr);
process.stderr.write = (...args) => {
  first ??= seconds();
  return write(...args);
};
process.on('exit', () =>
  writeFileSync(
    process.env.USAGE,
    JSON.stringify({ first, seconds: seconds(), bytes: process.resourceUsage().maxRSS * 1024 }),
  ),
);
