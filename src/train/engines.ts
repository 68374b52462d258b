import { availableParallelism } from 'node:os';
import { check } from '../dsl/check-arguments.ts';
import { Unavailable, reasonOf } from '../errors.ts';
import { hasTfjsNode, loadBackend } from './backend.ts';
import { unreached, type Device } from '../onnxruntime.ts';
import { loadAny, versionOf } from '../runtime/ort-node.ts';
import type { TrainingEngine } from './engine.ts';
import { hostedEngine, onnxEngine } from './onnx-engine.ts';
import { RemoteHost } from './onnx-remote.ts';
import { oneOf } from '../values/rules.ts';
import { tfjsEngine } from './tfjs.ts';

/** What trains: TensorFlow.js with tfjs-node, onnxruntime, or the first of them that this machine has. */
export type EngineName = 'tfjs' | 'onnx' | 'auto';
const ENGINE = oneOf('tfjs', 'onnx', 'auto');

export type { Device } from '../onnxruntime.ts';
const DEVICE = oneOf('cpu', 'webgpu', 'cuda');

/**
 * Loads an engine by name. `auto` is tfjs-node if it is installed and works; otherwise onnxruntime-node, with a notice of the
 * reason if tfjs-node is there but does not load; and if that cannot be loaded either, TensorFlow.js in plain JavaScript, which is slow.
 *
 * @param device where onnxruntime computes; on a GPU, `auto` is onnxruntime
 * @throws Unavailable, with the remedy, if an engine or a device that was requested by name cannot be used.
 */
export async function engineOf(name: EngineName = 'auto', device: Device = 'cpu'): Promise<TrainingEngine> {
  check('engineOf', ENGINE, name);
  check('engineOf', DEVICE, device);
  if (device !== 'cpu') {
    if (name === 'tfjs')
      throw new Unavailable(
        `train: expected onnx as engine on ${device}, got tfjs, which computes on the processor; leave it out`,
      );
    return { ...(await loadOnnx(device)), why: ASKED };
  }
  if (name === 'tfjs') return { ...tfjsEngine(await loadBackend('tfjs-node')), why: ASKED };
  if (name === 'onnx') return { ...(await loadOnnx()), why: ASKED };
  try {
    const why = 'which is installed; --engine onnx uses onnxruntime';
    return { ...tfjsEngine(await loadBackend('tfjs-node')), why };
  } catch (why) {
    if (!(why instanceof Unavailable)) throw why;
    try {
      const onnx = await loadOnnx();
      if (onnx.name === 'onnxruntime-web') return onnx;
      if (!hasTfjsNode()) return { ...onnx, why: 'since tfjs-node, which is not needed, is not installed' };
      return {
        ...onnx,
        why: 'since tfjs-node does not load',
        notice: `training with onnxruntime-node; ${why.message}`,
      };
    } catch (error) {
      if (!(error instanceof Unavailable)) throw error;
      // Whoever has neither installs onnxruntime, which is the faster one and compiles nothing.
      const reason = hasTfjsNode() ? why.message : `training in plain JavaScript, which is slow; ${error.message}`;
      return tfjsEngine({ ...(await loadBackend('tfjs-cpu')), reason });
    }
  }
}

const ASKED = 'as asked for';

/** The engine that options ask for, by its name or as it is. @throws as `engineOf` does */
export const chosenEngine = async ({
  engine = 'auto',
  device,
}: {
  readonly engine?: EngineName | TrainingEngine;
  readonly device?: Device;
}): Promise<TrainingEngine> => (typeof engine === 'string' ? engineOf(engine, device) : engine);

/** Loads the default engine. */
export const usualEngine = (): Promise<TrainingEngine> => engineOf('auto');

/** Loads onnxruntime, in a thread of its own on a device: one for all that trains in this process. */
const loadOnnx = async (device: Device = 'cpu'): Promise<TrainingEngine> => {
  try {
    const before = await hosted.get(device);
    if (before?.host.isThere) return before.engine;
    const found = startHosted(device);
    hosted.set(device, found);
    return (await found).engine;
  } catch (error) {
    hosted.delete(device);
    if (device !== 'cpu')
      throw new Unavailable(
        unreached('train', device, reasonOf(error), 'leave --device out to train on the processor'),
        { cause: error },
      );
    return loadWasm(error);
  }
};

/** An engine, and the thread that it runs in. */
interface Hosted {
  readonly host: RemoteHost;
  readonly engine: TrainingEngine;
}

const hosted = new Map<Device, Promise<Hosted>>();

const startHosted = async (device: Device): Promise<Hosted> => {
  const name = device === 'cpu' ? 'onnxruntime-node' : `onnxruntime-node on ${device}`;
  const how = { name, version: versionOf('onnxruntime-node'), provider: device, threads: availableParallelism() };
  const host = await RemoteHost.start(how);
  return { host, engine: hostedEngine(host, how) };
};

/** Loads onnxruntime-web's WASM, in this thread, where onnxruntime-node does not load. */
const loadWasm = async (why: unknown): Promise<TrainingEngine> => {
  const { ort } = (await loadAny('wasm').catch(() => undefined)) ?? {};
  if (!ort)
    throw new Unavailable(
      `train: expected onnxruntime-node to load, got "${reasonOf(why)}"; npm install onnxruntime-node, or see cvae-compile doctor`,
      { cause: why },
    );
  const name = 'onnxruntime-web';
  const engine = onnxEngine({ ort, name, version: versionOf(name), provider: 'wasm', threads: 1 });
  return { ...engine, notice: `training with onnxruntime-web's WASM; ${reasonOf(why)}` };
};
