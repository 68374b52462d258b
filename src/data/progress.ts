import { megabytes } from './files.ts';

/** How far a download is; `total` is missing where the server does not say. */
export interface Progress {
  readonly file: string;
  readonly received: number;
  readonly total?: number;
  readonly done: boolean;
}

/** Shows a download on standard error: a bar on a terminal, a line at its start and end elsewhere. */
export const showProgress = async (stream: NodeJS.WriteStream = process.stderr): Promise<(at: Progress) => void> =>
  stream.isTTY ? bar(stream) : lines(stream);

const bar = async (stream: NodeJS.WriteStream): Promise<(at: Progress) => void> => {
  const { SingleBar } = (await import('cli-progress')).default;
  let shown: InstanceType<typeof SingleBar> | undefined;
  return ({ file, received, total, done }) => {
    if (shown === undefined) {
      shown = new SingleBar({ stream, hideCursor: true, format: '{file} {bar} {percentage}% of {size}' });
      shown.start(total ?? received, 0);
    }
    if (total !== undefined) shown.setTotal(total);
    shown.update(received, { file, size: megabytes(total ?? received) });
    if (!done) return;
    shown.stop();
    shown = undefined;
  };
};

const lines = (stream: NodeJS.WriteStream): ((at: Progress) => void) => {
  let current: string | undefined;
  return ({ file, received, total, done }) => {
    if (current !== file) stream.write(`${file}: downloading${total === undefined ? '' : ` ${megabytes(total)}`}\n`);
    current = done ? undefined : file;
    if (done) stream.write(`${file}: ${megabytes(received)} received\n`);
  };
};
