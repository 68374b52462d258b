import { bernoulli, continuous, cvae, concat, dense, gaussian, relu } from 'cvae-compile';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Session } from '../../src/train/engine.ts';
import { engineOf } from '../../src/train/engines.ts';
import { hostedEngine } from '../../src/train/onnx-engine.ts';
import { RemoteHost } from '../../src/train/onnx-remote.ts';
import { movable } from '../../src/threads.ts';
import { adam } from '../../src/train/optimiser.ts';
import { train } from '../../src/train/train.ts';
import { inputOf, objectiveOf, onnx, weightsOf } from './support.ts';
import { IS_LONG } from '../support/chosen.ts';

const HOW = { name: 'onnxruntime-node', version: '1', provider: 'cpu', threads: 1 };
const model = cvae({
  condition: { x: continuous(16) },
  target: bernoulli(64),
  latent: 8,
  recognition: ({ x, y }) => concat(x, y).pipe(dense(256), relu, dense(256), relu, gaussian(8)),
  decoder: ({ x, z }) => concat(x, z).pipe(dense(256), relu, dense(256), relu, dense(64)),
});
const graph = objectiveOf(model);
const optimiser = adam();
const batch = (step: number, count = 32) => inputOf(graph, optimiser, step, count);

let host: RemoteHost;
beforeAll(async () => {
  host = await RemoteHost.start(HOW);
});
afterAll(() => host.close());

/** All that a session holds. */
const heldBy = async (session: Session) => ({ weights: await session.read(), state: await session.state() });

describe('onnxruntime in a worker', () => {
  it('computes what it computes in this thread, to the bit', async () => {
    const batches = [1, 2, 3, 4, 5].map((step) => batch(step, step === 5 ? 7 : 32));
    const [here, there] = await Promise.all(
      [onnx(), hostedEngine(host, HOW)].map(async (engine) => {
        const session = await engine.load(graph, optimiser, weightsOf(graph));
        session.expect?.(batches.slice(0, 3));
        const metrics = [...(await session.step(batches.slice(0, 3))), ...(await session.step(batches.slice(3)))];
        const all = { metrics, ...(await heldBy(session)) };
        session.close();
        return { ...all, evaluated: await engine.evaluate(graph, all.weights, batch(9).values, 32) };
      }),
    );
    expect(there).toEqual(here);
    expect(there?.metrics).toHaveLength(5);
  });

  it('leaves this thread to itself, and ends a long call after the step in which it is asked to', async () => {
    expect(host.stops).toBe(true);
    const session = await hostedEngine(host, HOW).load(graph, optimiser, weightsOf(graph));
    const batches = Array.from({ length: IS_LONG ? 1500 : 300 }, (_, i) => batch(i + 1));
    let turns = 0;
    const timer = setInterval(() => {
      if (++turns === 5) session.interrupt?.();
    }, 10);
    const steps = await session.step(batches);
    clearInterval(timer);
    expect(turns).toBeGreaterThanOrEqual(5);
    expect(steps.length).toBeGreaterThan(0);
    expect(steps.length).toBeLessThan(batches.length);
    const ended = await heldBy(session);
    session.close();
    // What was finished is kept: the same as after a call of this number of steps.
    const other = await onnx().load(graph, optimiser, weightsOf(graph));
    expect(await other.step(batches.slice(0, steps.length))).toEqual(steps);
    expect(await heldBy(other)).toEqual(ended);
  });

  it('reports its errors, and keeps the state that it had', async () => {
    const session = await hostedEngine(host, HOW).load(graph, optimiser, weightsOf(graph));
    await session.step([batch(1)]);
    const before = await heldBy(session);
    // The second call of two cannot be made: x is one example short.
    const [good, bad] = [batch(2), batch(3, 7)];
    const wrong = { ...bad, values: { ...bad.values, x: new Float32Array(6 * 16) } };
    await expect(session.step([good, wrong])).rejects.toThrow(/Tensor|dims|size/);
    expect(await heldBy(session)).toEqual(before);
    expect(await session.step([good])).toHaveLength(1);
    session.close();
  });

  it('refuses what it is asked after its thread has ended', async () => {
    const lost = await RemoteHost.start(HOW);
    await lost.close();
    await expect(lost.get(1, [])).rejects.toThrow('has ended');
  });

  it('copies memory that Node keeps, such as the pool of small buffers, and moves no other of it', async () => {
    const pooled = Buffer.from('123456781234');
    expect(pooled.buffer.byteLength).toBeGreaterThan(pooled.length);
    const data = new Float32Array(pooled.buffer, Math.ceil(pooled.byteOffset / 4) * 4, 2);
    const own = new Float32Array([1, 2]);
    expect(movable([own, own])).toEqual([own.buffer]);
    const kept = [...data];
    await host.set(7, { x: { dims: [2], data }, y: { dims: [2], data: own } });
    expect(await host.get(7, ['x', 'y'])).toMatchObject({
      x: { data: new Float32Array(kept) },
      y: { data: new Float32Array([1, 2]) },
    });
    expect(own).toHaveLength(0);
    await host.forget(7);
  });

  it('does not wait for an answer to what could not be sent', async () => {
    const ports = () => process.getActiveResourcesInfo().filter((name) => name === 'MessagePort').length;
    const before = ports();
    // A value that no message can have.
    const dims = [() => 1] as unknown as number[];
    await expect(host.set(7, { x: { dims, data: new Float32Array(1) } })).rejects.toThrow('could not be cloned');
    expect(ports()).toBe(before);
  });

  it('is one for all trainings of a process', async () => {
    const [one, other] = [await engineOf('onnx'), await engineOf('onnx')];
    expect(other.load).toBe(one.load);
  });

  it('a training that is asked to stop ends at once, resumable from the step that it has reached', async () => {
    const controller = new AbortController();
    const column = (length: number) =>
      Array.from({ length: 600 }, (_, i) => Array.from({ length }, (_, j) => ((i * 7 + j) % 5) / 5));
    let at = NaN;
    const stop = () => {
      at = performance.now();
      controller.abort();
    };
    setTimeout(stop, IS_LONG ? 1500 : 500);
    const data = { train: { x: column(16), y: column(64) } };
    const result = await train(model, data, {
      engine: hostedEngine(host, HOW),
      epochs: 100_000,
      batch: 200,
      signal: controller.signal,
    });
    expect(performance.now() - at).toBeLessThan(1000);
    expect(result.stopped).toBe('aborted');
  });
});
