import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { softwareGpu } from '../browser/support/chromium.ts';
import { evaluate } from '../browser/support/evaluate.ts';
import { encode } from '../../src/onnx/encode.ts';
import { modelOf } from '../../src/testing/engines.ts';
import { RANGES, type Tried } from './graphs.ts';

/** What an engine gives for a file, run by run: numbers by output. */
export type Answers = readonly (readonly Readonly<Record<string, Float32Array>>[])[];

/** Runs all files on all that they are tried on. */
export type Runner = (all: readonly Tried[]) => Promise<Answers>;

/** A file and its inputs as text, to be sent to another process. */
const sent = ({ graph, feeds }: Tried) => ({
  bytes: Buffer.from(encode(modelOf(graph))).toString('base64'),
  runs: RANGES.map((range) =>
    Object.fromEntries(
      Object.entries(feeds[range]).map(([name, { data, shape }]) => [name, { data: base64(data), shape }]),
    ),
  ),
});

const base64 = ({ buffer, byteOffset, byteLength }: ArrayBufferView): string =>
  Buffer.from(buffer, byteOffset, byteLength).toString('base64');
const floats = (data: string): Float32Array => new Float32Array(new Uint8Array(Buffer.from(data, 'base64')).buffer);

const received = (answers: readonly (readonly Readonly<Record<string, string>>[])[]): Answers =>
  answers.map((runs) =>
    runs.map((outputs) => Object.fromEntries(Object.entries(outputs).map(([name, data]) => [name, floats(data)]))),
  );

/** onnxruntime-node, on the CPU or, with a Chromium's software adapter, by WebGPU. */
export const inNode =
  (provider: 'cpu' | 'webgpu'): Runner =>
  async (all) => {
    const child = spawn(process.execPath, [fileURLToPath(new URL('run.mjs', import.meta.url))], {
      env: { ...process.env, ...(provider === 'webgpu' && softwareGpu()) },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    child.stdin.end(JSON.stringify({ provider, files: all.map(sent) }));
    return received(JSON.parse(await text(child.stdout)));
  };

/** onnxruntime-web in a page whose import map has it, on WASM or by WebGPU. */
export const inPage =
  (visit: () => Promise<Page>, provider: 'wasm' | 'webgpu'): Runner =>
  async (all) => {
    const page = await visit();
    const answers: Record<string, string>[][] = [];
    for (const one of all) answers.push(await evaluate(page, IN_PAGE(provider, JSON.stringify(sent(one)))));
    return received(answers);
  };

/** As run.mjs, in a page. */
const IN_PAGE = (provider: string, file: string): string => `
  const { InferenceSession, Tensor, env } = await import('onnxruntime-web/${provider}');
  const bytesOf = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  const textOf = ({ buffer, byteOffset, byteLength }) =>
    btoa(Array.from(new Uint8Array(buffer, byteOffset, byteLength), (byte) => String.fromCharCode(byte)).join(''));
  env.wasm.numThreads = 1;
  env.logLevel = 'error';
  const { bytes, runs } = ${file};
  const session = await InferenceSession.create(bytesOf(bytes), { executionProviders: ['${provider}'] });
  const outputs = [];
  for (const feeds of runs) {
    const tensors = Object.entries(feeds).map(([name, { data, shape }]) => [
      name,
      new Tensor('float32', new Float32Array(bytesOf(data).buffer), shape),
    ]);
    const found = await session.run(Object.fromEntries(tensors));
    outputs.push(Object.fromEntries(Object.entries(found).map(([name, { data }]) => [name, textOf(data)])));
  }
  await session.release();
  return outputs;`;
