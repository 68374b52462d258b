import { show } from '../main.js';

show({ wasmPaths: 'cvae/' }).catch((error) => (document.title = String(error)));
