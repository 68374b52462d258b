// A worker that runs a model as WebAssembly for its page.
import { hostModule } from './worker-host.ts';

hostModule();
