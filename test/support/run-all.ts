/** What a program printed, line by line, and the error that ended it. */
export interface Printed {
  readonly printed: readonly string[];
  readonly error?: string;
}

/**
 * The text of a program that runs others, which are next to it: each in turn, so that what it prints is its own, and all in one process,
 * since loading the library takes longer than most of them. It writes a `Printed` for each by its name, as JSON.
 */
export const runAllProgram = (names: readonly string[]): string => `
import { format } from 'node:util';
const results: Record<string, unknown> = {};
for (const name of ${JSON.stringify(names)}) {
  const printed: string[] = [];
  console.log = (...words: unknown[]) => void printed.push(format(...words));
  const error = await import(\`./\${name}.ts\`).then(() => undefined, (reason: unknown) => String(reason));
  results[name] = { printed, ...(error !== undefined && { error }) };
}
process.stdout.write(JSON.stringify(results));
`;

/** Reads what the program of `runAll` wrote. */
export const parsePrinted = (output: string): Readonly<Record<string, Printed>> =>
  // What `runAll` writes; engines may say something before it, and training after it.
  JSON.parse(output.slice(output.indexOf('{"'), output.lastIndexOf('}}') + 2)) as Readonly<Record<string, Printed>>;
