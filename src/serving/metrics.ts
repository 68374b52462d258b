import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { Ran } from './batching.ts';

/** What a server counts, for Prometheus. */
export interface Metrics {
  /** Counts a request for inference that was answered. */
  answered(model: string, status: number, seconds: number): void;
  /** Counts a call of onnxruntime. */
  ran(ran: Ran): void;
  /** Returns all of it as Prometheus reads it, and the type of that text. */
  text(): Promise<{ readonly type: string; readonly text: string }>;
}

/** Seconds, from half a millisecond on. */
const SECONDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/** Returns the metrics of a server; `now` gives what is the case when they are read. */
export const createMetrics = (now: () => { readonly inFlight: number; readonly waiting: number }): Metrics => {
  const register = new Registry();
  const registers = [register];
  collectDefaultMetrics({ register });
  const requests = new Counter({
    name: 'cvae_requests_total',
    help: 'Requests for inference that were answered, by model and HTTP status.',
    labelNames: ['model', 'status'],
    registers,
  });
  const seconds = new Histogram({
    name: 'cvae_request_seconds',
    help: 'Seconds from the head of a request for inference to its answer.',
    labelNames: ['model'],
    buckets: SECONDS,
    registers,
  });
  const calls = new Histogram({
    name: 'cvae_call_seconds',
    help: 'Seconds of a call of onnxruntime, by file.',
    labelNames: ['file'],
    buckets: SECONDS,
    registers,
  });
  const rows = new Histogram({
    name: 'cvae_call_rows',
    help: 'Rows of a call of onnxruntime, by file.',
    labelNames: ['file'],
    buckets: [1, 2, 4, 8, 16, 32, 64, 128, 256],
    registers,
  });
  const together = new Histogram({
    name: 'cvae_call_requests',
    help: 'Requests that a call of onnxruntime serves, by file.',
    labelNames: ['file'],
    buckets: [1, 2, 4, 8, 16, 32, 64, 128],
    registers,
  });
  const inFlight = new Gauge({
    name: 'cvae_requests_in_flight',
    help: 'Requests for inference that have not been answered.',
    registers,
  });
  const waiting = new Gauge({
    name: 'cvae_batches_waiting',
    help: 'Batches that wait for a thread.',
    registers,
  });
  return {
    answered: (model, status, took) => {
      requests.inc({ model, status });
      seconds.observe({ model }, took);
    },
    ran: ({ part: file, requests: count, rows: size, seconds: took }) => {
      calls.observe({ file }, took);
      rows.observe({ file }, size);
      together.observe({ file }, count);
    },
    text: async () => {
      inFlight.set(now().inFlight);
      waiting.set(now().waiting);
      return { type: register.contentType, text: await register.metrics() };
    },
  };
};
