import { spawn } from 'node:child_process';
import pc from 'picocolors';
import { diagnose, type Check, type Diagnosis } from './diagnose.ts';
import { gather, SCRIPT } from './machine-facts.ts';
import { EXIT, wantsColor, type Io } from '../io.ts';
import { widthOf, wrapped } from '../wrap.ts';

/** The streams of `doctor`: its answer goes to `stdout`, its progress to `stderr`. */
type Voice = Pick<Io, 'stdout' | 'stderr' | 'env'>;

/** How `doctor` answers, and whether it first repairs tfjs-node. */
export interface DoctorOptions {
  readonly json?: boolean;
  readonly fix?: boolean;
}

/**
 * Reports what this machine trains and serves with, why something is missing, and the command that fixes it.
 * @returns the exit code: 0 if both are possible in some way, 1 if not, or if a repair was requested and failed
 */
export async function doctor(options: DoctorOptions, io: Voice): Promise<number> {
  const isFixed = options.fix === true ? await fix(io) : true;
  const diagnosis = diagnose(await gather());
  io.stdout.write(
    options.json === true
      ? `${JSON.stringify(diagnosis)}\n`
      : table(diagnosis, wantsColor(io.stdout, io.env), widthOf(io.stdout)),
  );
  return diagnosis.ok && isFixed ? EXIT.done : EXIT.failed;
}

function fix({ stderr }: Voice): Promise<boolean> {
  return new Promise((done, fail) => {
    const child = spawn(process.execPath, [SCRIPT], { stdio: ['ignore', 'ignore', 'pipe'] });
    child.stderr.setEncoding('utf8').on('data', (text: string) => stderr.write(text));
    child.on('error', fail);
    child.on('close', (status) => done(status === 0));
  });
}

function table({ version, machine, training, serving, checks }: Diagnosis, color: boolean, whole: number): string {
  const { green, red, bold } = pc.createColors(color);
  const width = Math.max(...checks.map(({ name }) => name.length)) + 2;
  const libc = machine.libc ? ` (${machine.libc})` : '';
  const mark = ({ ok, optional }: Check): string => (ok ? green('✓') : optional ? '–' : red('✗'));
  const lines = checks.flatMap((check) => [
    `${mark(check)} ${check.name.padEnd(width)}${detailOf(check, whole - width - 2).join(`\n${' '.repeat(width + 2)}`)}`,
    ...(check.fix === undefined ? [] : [`${' '.repeat(width + 2)}→ ${bold(check.fix)}`]),
  ]);
  return [
    `cvae-compile ${version} on ${machine.platform} ${machine.arch}${libc}, cores: ${machine.cores}`,
    '',
    ...lines,
    '',
    `Training: ${training ?? 'not possible'}. Serving: ${serving ?? 'not possible'}.`,
    '',
  ].join('\n');
}

/** What is known, on lines of a width; a path that is longer than one stays whole, to be copied. */
const detailOf = ({ detail }: Check, width: number): readonly string[] =>
  detail.split(' ').some((word) => word.length > width) ? [detail] : wrapped(detail, width);
