import type { Outputs } from 'cvae-compile/runtime';
import type { Manifest } from '../../../src/signature.ts';
import { Canvas } from './Picture.tsx';
import { viewOf } from './pixels.ts';

/** One row of what a model gives: a picture where it is one, else its numbers. */
export const Outcome = ({
  manifest,
  outputs,
  row = 0,
  label,
}: {
  readonly manifest: Manifest;
  readonly outputs: Outputs;
  readonly row?: number;
  readonly label: string;
}) => {
  if (viewOf(manifest.target)) return <Canvas picture={outputs.image(row)} label={label} />;
  const size = outputs.data.length / (outputs.shape[0] ?? 1);
  return (
    <p class="numbers" aria-label={label}>
      {Array.from(outputs.data.subarray(row * size, (row + 1) * size), (value) => value.toPrecision(4)).join(', ')}
    </p>
  );
};
