import { megabytes } from './files.ts';

/** The progress of a download; `total` is missing if the server does not report it. */
export interface DataProgress {
  readonly file: string;
  readonly received: number;
  readonly total?: number;
  readonly state: 'running' | 'done' | 'failed';
}

/** The stream on which progress is shown. */
export type Screen = NodeJS.WritableStream & { readonly isTTY?: boolean };

/** Shows a download on standard error: a bar on a terminal, a line at its start and at its end elsewhere. */
export const showProgress = async (stream: Screen = process.stderr): Promise<(at: DataProgress) => void> =>
  stream.isTTY ? bar(stream) : lines(stream);

const bar = async (stream: Screen): Promise<(at: DataProgress) => void> => {
  const { SingleBar } = (await import('cli-progress')).default;
  let shown: InstanceType<typeof SingleBar> | undefined;
  return ({ file, received, total, state }) => {
    const words = { file, size: megabytes(total ?? received) };
    if (shown === undefined) {
      if (state === 'failed') return;
      shown = new SingleBar({ stream, hideCursor: true, format: '{file} {bar} {percentage}% of {size}' });
      shown.start(total ?? received, 0, words);
    }
    if (total !== undefined) shown.setTotal(total);
    // A failed download keeps the last known size.
    shown.update(received, state === 'failed' ? {} : words);
    if (state === 'running') return;
    shown.stop();
    shown = undefined;
  };
};

const lines = (stream: Screen): ((at: DataProgress) => void) => {
  let current: string | undefined;
  return ({ file, received, total, state }) => {
    if (current !== file && state !== 'failed')
      stream.write(`${file}: downloading${total === undefined ? '' : ` ${megabytes(total)}`}\n`);
    current = state === 'running' ? file : undefined;
    if (state === 'done') stream.write(`${file}: ${megabytes(received)} received\n`);
  };
};
