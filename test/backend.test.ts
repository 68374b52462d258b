import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { bareProject, worksHere } from './setup/tfjs-project.ts';

const works = worksHere();

// A convolution and its gradients, transposed convolution, pooling, top-k (which tfjs-node needs `util` for) and
// reductions, each on numbers that tell positions apart.
const PROGRAM = `
  import { loadBackend } from ${JSON.stringify(new URL('../dist/train/backend.js', import.meta.url).href)};
  const [only] = process.argv.slice(1);
  const { tf, ...backend } = await loadBackend(only);
  const ramp = (...shape) => tf.reshape(tf.sin(tf.div(tf.range(0, shape.reduce((a, b) => a * b)), 10)), shape);
  const loss = (x, kernel, other) => {
    const h = tf.maxPool(tf.relu(tf.conv2d(x, kernel, 1, 'same')), 2, 2, 'same');
    return tf.sum(tf.softplus(tf.conv2dTranspose(h, other, [2, 8, 8, 1], 2, 'same')));
  };
  const grads = tf.grads(loss)([ramp(2, 8, 8, 1), ramp(3, 3, 1, 4), ramp(3, 3, 1, 4)]).map((g) => [...g.dataSync()]);
  const top = [...tf.topk(tf.tensor1d([1, 3, 2])).values.dataSync()];
  console.log(JSON.stringify({ ...backend, computes: tf.getBackend(), grads: grads.flat(), top }));
`;

/** Loads a backend in a process of its own, as a user's program would from a folder. */
const load = (cwd: string, ...only: readonly string[]) => {
  const options = { cwd, encoding: 'utf8' } as const;
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', PROGRAM, ...only], options);
  return { stderr, ...(stdout === '' ? {} : JSON.parse(stdout)) };
};

describe('TensorFlow.js', () => {
  it('is tfjs-node where it works, and computes what plain JavaScript does, and prints nothing', () => {
    const native = load('.');
    expect(native).toMatchObject({ name: works ? 'tfjs-node' : 'tfjs-cpu', version: '4.22.0', stderr: '' });
    expect(native.computes).toBe(works ? 'tensorflow' : 'cpu');
    expect('reason' in native).toBe(!works);
    const plain = load('.', 'tfjs-cpu');
    expect(plain).toMatchObject({ name: 'tfjs-cpu', computes: 'cpu', version: '4.22.0', top: [3], stderr: '' });
    expect(plain.grads).toHaveLength(2 * 64 + 2 * 36);
    for (const [i, value] of plain.grads.entries()) expect(native.grads[i]).toBeCloseTo(value, 4);
  });

  it('is plain JavaScript where tfjs-node lacks its add-on, and says what fixes it', () => {
    const found = load(bareProject());
    expect(found).toMatchObject({ name: 'tfjs-cpu', computes: 'cpu', top: [3], stderr: '' });
    expect(found.reason).toBe(
      'tfjs-node: expected an add-on that loads, got none, as its install script was skipped or failed; run npx cvae-compile doctor --fix',
    );
  });

  it('fails if the backend that was asked for does not load', () => {
    expect(load(bareProject(), 'tfjs-node').stderr).toMatch(/Unavailable: tfjs-node: expected an add-on that loads/);
  });
});
