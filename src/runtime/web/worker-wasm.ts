// A worker that a bundler makes whole, onnxruntime-web included.
import * as ort from 'onnxruntime-web/wasm';
import { host } from './worker-host.ts';

host(async () => ort);
