import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { setTimeout as startTimer } from 'node:timers';
import { setTimeout } from 'node:timers/promises';
import type { Backend } from '../runtime/open-options.ts';
import type { Manifest } from '../signature.ts';
import { foreign, isLocalName, listening, LOOPBACK, nameOf } from '../site/listening.ts';
import { Admission, type Limits } from './admission.ts';
import { Batching } from './batching.ts';
import { compressed, GONE, readBody } from './body.ts';
import type { Engine } from './engine.ts';
import { fileModel } from './file-model.ts';
import { createMetrics, type Metrics } from './metrics.ts';
import { filesOf } from './names.ts';
import { refuse, refusalOf } from './refusal.ts';
import { readRequest } from './request.ts';
import { checkWanted, JSON_LENGTH, writeResponse, type Encoded } from './response.ts';
import { routeOf } from './routes.ts';
import type { ServedModel } from './served-model.ts';
import { wholeModel } from './whole-model.ts';

/** Where and how a model is served. */
export interface ApiOptions extends Partial<Limits> {
  /** The address to listen on: by default the loopback address, which other machines cannot reach. */
  readonly host?: string;
  /** A port, which must be free; by default 8000, or any that is free. */
  readonly port?: number;
  /** Rows of a call of onnxruntime, which may be those of several requests; 128 by default. */
  readonly batch?: number;
  /** Called with what went wrong in the server itself. */
  readonly onError?: (error: Error) => void;
}

/** A model that is being served. */
export interface ServedApi {
  /** The addresses of the server; more than one if it listens on all addresses of the machine. */
  readonly urls: readonly string[];
  /** The names of its models. */
  readonly models: readonly string[];
  /**
   * Ends it. It reports at once that it is not ready, still answers what arrives within `drain` milliseconds, then stops listening, and
   * resolves when everything that was asked is answered.
   */
  end(drain: number): Promise<void>;
}

/**
 * Serves an exported model by the Open Inference Protocol (version 2, REST): each of its files, and all of it as one that draws samples.
 * Rows of several requests run together.
 *
 * @throws Unavailable if it cannot listen there.
 */
export const serveApi = async (
  manifest: Manifest,
  engine: Engine,
  backend: Backend,
  options: ApiOptions = {},
): Promise<ServedApi> => {
  const { host = LOOPBACK, port, batch = 128, onError = () => undefined } = options;
  const limits: Limits = { bytes: 2 ** 26, requests: 512, time: 30_000, ...options };
  const admission = new Admission(limits);
  const metrics = createMetrics(() => ({ inFlight: admission.requests, waiting: batching.waiting }));
  const batching = new Batching(engine, batch, metrics.ran);
  const models = new Map(
    [wholeModel(manifest, backend), ...filesOf(manifest).map(([part, file]) => fileModel(manifest, part, file))].map(
      (model) => [model.name, model],
    ),
  );
  const isLocal = isLocalName(host);
  let ready = true;

  const send: Send = async (request, response, status, answer) => {
    // What follows is for another server.
    if (!ready) response.setHeader('connection', 'close');
    await sendWhole(request, response, status, answer);
  };
  const respond = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { method = '', url = '', headers } = request;
    if (isLocal && !isLocalName(nameOf(headers.host))) throw refuse(foreign(headers.host), 421);
    const route = routeOf(method, url, models, { live: engine.works, ready: ready && engine.works });
    if (route.kind === 'metrics') {
      const { type, text } = await metrics.text();
      return send(request, response, 200, { headers: { 'content-type': type }, body: Buffer.from(text) });
    }
    if (route.kind === 'fixed') return send(request, response, route.status, json(route.body));
    return infer(request, response, route.model, { admission, batching, limits, metrics, send });
  };

  const server = createServer((request, response) => {
    respond(request, response).catch(async (error: unknown) => {
      const { status, message } = refusalOf(error);
      if (status === 500) onError(refusalOf(error));
      if (response.headersSent || response.destroyed) return void response.destroy();
      if (status === 503) response.setHeader('retry-after', '1');
      if (status === 405) response.setHeader('allow', message.includes('expected POST') ? 'POST' : 'GET, HEAD');
      // Node skips what was not read of a body; not of one that is too large, whose connection ends with the answer.
      if (status === 413 && !request.complete) response.setHeader('connection', 'close');
      await send(request, response, status, json({ error: message }));
    });
  });
  // Longer than load balancers keep connections, so that it is not the server that closes one as a request arrives on it.
  server.keepAliveTimeout = 75_000;
  server.requestTimeout = 60_000;
  // A client that takes nothing of its answer for so long is gone.
  server.timeout = limits.time + 60_000;
  const { urls, close } = await listening(server, host, port, USUAL);
  return {
    urls,
    models: [...models.keys()],
    end: async (drain) => {
      ready = false;
      await setTimeout(drain);
      const closed = close();
      // Some become idle only now, and some clients never do.
      const idle = setInterval(() => server.closeIdleConnections(), 50);
      const late = startTimer(() => server.closeAllConnections(), limits.time + 1000);
      await closed;
      clearInterval(idle);
      clearTimeout(late);
      await engine.close();
    },
  };
};

/** The port of Triton's HTTP, which clients assume. */
const USUAL = 8000;

interface Serving {
  readonly admission: Admission;
  readonly batching: Batching;
  readonly limits: Limits;
  readonly metrics: Metrics;
  readonly send: Send;
}

/** Sends an answer, and waits until the client has it. */
type Send = (request: IncomingMessage, response: ServerResponse, status: number, answer: Encoded) => Promise<void>;

/** Answers a request for inference. */
async function infer(
  request: IncomingMessage,
  response: ServerResponse,
  model: ServedModel,
  { admission, batching, limits, metrics, send }: Serving,
): Promise<void> {
  const started = performance.now();
  let status = 200;
  const leave = admit(admission, request, limits);
  const controller = new AbortController();
  const stop = () => controller.abort(refuse('the client has gone', GONE));
  response.once('close', stop);
  let timer: NodeJS.Timeout | undefined;
  const endAfter = (milliseconds: number): void => {
    clearTimeout(timer);
    const late = (): Error =>
      refuse(`expected an answer within ${milliseconds / 1000} s, got none by then; try again, or ask for less`, 504);
    timer = startTimer(() => controller.abort(late()), milliseconds - (performance.now() - started));
  };
  try {
    endAfter(limits.time);
    const length = request.headers[JSON_LENGTH];
    const asked = readRequest(await readBody(request, limits.bytes), length === undefined ? undefined : whole(length));
    if (asked.timeout !== undefined) endAfter(Math.min(asked.timeout, limits.time));
    checkWanted(model, asked.outputs);
    const { signal } = controller;
    const found = await model.infer({
      inputs: asked.inputs,
      signal,
      runner: batching.runner(signal),
      most: limits.bytes / Float32Array.BYTES_PER_ELEMENT,
    });
    await send(request, response, status, writeResponse(model, asked, found));
  } catch (error) {
    ({ status } = refusalOf(error));
    throw error;
  } finally {
    clearTimeout(timer);
    response.off('close', stop);
    leave();
    metrics.answered(model.name, status, (performance.now() - started) / 1000);
  }
}

const admit = (admission: Admission, { headers }: IncomingMessage, { bytes }: Limits): (() => void) =>
  // A body of unknown length may be as long as any.
  admission.admit(Math.min(Number(headers['content-length'] ?? bytes) || 0, bytes));

const whole = (text: string | readonly string[]): number => {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= 0) return value;
  throw refuse(`${JSON_LENGTH}: expected a whole number, got ${String(text)}; send the length of the JSON`);
};

const json = (body: unknown): Encoded => ({
  headers: { 'content-type': 'application/json' },
  body: Buffer.from(JSON.stringify(body)),
});

const sendWhole: Send = async ({ method, headers: { 'accept-encoding': accepted } }, response, status, answer) => {
  const { body, coding } = await compressed(answer.body, String(accepted ?? ''));
  response.writeHead(status, {
    ...answer.headers,
    'content-length': body.length,
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    ...(coding && { 'content-encoding': coding }),
  });
  await new Promise<void>((resolve) => {
    response.once('close', resolve);
    response.end(method === 'HEAD' ? undefined : body, resolve);
  });
};
