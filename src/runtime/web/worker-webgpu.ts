// A worker that a bundler builds as a whole, including onnxruntime-web with GPU support.
import * as ort from 'onnxruntime-web/webgpu';
import { host } from './worker-host.ts';

host(async () => ort);
