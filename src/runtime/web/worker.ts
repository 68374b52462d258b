// A worker that receives the address of onnxruntime-web: import maps do not apply to workers, so it imports nothing by name.
import { host } from './worker-host.ts';

host(({ module }) => import(/* webpackIgnore: true */ /* turbopackIgnore: true */ /* @vite-ignore */ module ?? ''));
