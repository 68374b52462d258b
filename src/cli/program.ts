import { Command } from 'commander';
import { LIBRARY } from '../version.ts';
import { assets } from './assets.ts';
import { compare } from './compare.ts';
import { dataCommand } from './data.ts';
import { doctor } from './doctor/command.ts';
import { encodeCommand } from './encode.ts';
import { evaluateCommand } from './evaluate.ts';
import { exportCommand } from './export.ts';
import { reportError } from './report-error.ts';
import { imputeCommand } from './impute.ts';
import { init } from './init.ts';
import { inspect } from './inspect.ts';
import { EXIT, type Context, type Io } from './io.ts';
import { neighboursCommand } from './neighbours.ts';
import { reconstructCommand } from './reconstruct.ts';
import { report } from './report.ts';
import { sample } from './sample.ts';
import { scoreCommand } from './score.ts';
import { serve } from './serve.ts';
import { train } from './train.ts';
import { verify } from './verify.ts';

/** Runs the command line, and returns its exit code. `argv` are the words after the program's name. */
export async function run(argv: readonly string[], io: Io): Promise<number> {
  let code: number = EXIT.done;
  try {
    await program({ io, exit: (given) => (code = given) }).parseAsync(argv, { from: 'user' });
    return code;
  } catch (error) {
    return await reportError(error, io);
  }
}

/** Builds the whole command line. Commands load what they need when they run, so that help is quick. */
function program(context: Context): Command {
  const { stdout, stderr } = context.io;
  const main = new Command(LIBRARY.name)
    .description('Define a conditional VAE in TypeScript, train it, ship it as ONNX.')
    .version(LIBRARY.version)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void stdout.write(text),
      writeErr: (text) => void stderr.write(text),
      getOutHelpWidth: () => stdout.columns ?? WIDTH,
      getErrHelpWidth: () => stderr.columns ?? WIDTH,
    })
    .showHelpAfterError('(--help shows how it is used)');
  for (const register of [
    init,
    dataCommand,
    train,
    evaluateCommand,
    report,
    compare,
    exportCommand,
    verify,
    sample,
    encodeCommand,
    reconstructCommand,
    scoreCommand,
    neighboursCommand,
    imputeCommand,
    serve,
    inspect,
    assets,
    doctor,
  ])
    register(main, context);
  return main;
}

/** The width of help that is not written to a terminal. */
const WIDTH = 100;
