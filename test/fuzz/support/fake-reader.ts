// A reader of spoiled files that does what it is asked to: answers, hangs, takes memory, or ends.
import type { Asked } from '../../../fuzz/hostile/child.ts';

const held: Uint8Array[] = [];
process.on('message', (asked: Asked) => {
  const what = 'target' in asked ? asked.target : 0;
  if (what === 0) process.send?.({ file: 'one', used: 3, taken: true });
  if (what === 1) for (;;);
  if (what === 2) setInterval(() => held.push(new Uint8Array(2 ** 27).fill(1)), 20);
  if (what === 3) process.kill(process.pid, 'SIGSEGV');
});
process.on('disconnect', () => process.exit(0));
