// A worker that is told where onnxruntime-web is: import maps do not reach workers, so it imports nothing by name.
import { host } from './worker-host.ts';

host(({ module }) => import(/* webpackIgnore: true */ /* turbopackIgnore: true */ /* @vite-ignore */ module ?? ''));
