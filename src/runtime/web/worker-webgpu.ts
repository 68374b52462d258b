// A worker that a bundler makes whole, onnxruntime-web with its GPU included.
import * as ort from 'onnxruntime-web/webgpu';
import { host } from './worker-host.ts';

host(async () => ort);
