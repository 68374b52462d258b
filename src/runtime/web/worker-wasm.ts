// A worker that a bundler builds as a whole, including onnxruntime-web.
import * as ort from 'onnxruntime-web/wasm';
import { host } from './worker-host.ts';

host(async () => ort);
