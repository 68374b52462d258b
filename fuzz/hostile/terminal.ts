import { EventEmitter } from 'node:events';
import { Writable } from 'node:stream';
import { run } from '../../src/cli/program.ts';
import { Wrong } from '../failure.ts';

class Sink extends Writable {
  text = '';
  readonly columns = 120;
  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString('utf8');
    done();
  }
}

class Terminal extends EventEmitter {
  readonly stdout = new Sink();
  readonly stderr = new Sink();
  readonly env = {};
}

/** Runs a command in this process. @throws Wrong where it ends in something else than its result or one sentence */
export const command = async (...words: readonly string[]): Promise<void> => {
  const terminal = new Terminal();
  const code = await run(words, terminal);
  const said = terminal.stderr.text;
  const errors = said.split('\n').filter((line) => line.startsWith('error: '));
  if (said.includes('a defect of'))
    throw new Wrong(`${words[0]}: an internal error`, said.slice(said.indexOf('error: ')));
  if (code === 0 && errors.length === 0) return;
  if (code !== 1 || errors.length !== 1)
    throw new Wrong(`${words[0]}: exit ${code} with ${errors.length} sentences`, said);
};
