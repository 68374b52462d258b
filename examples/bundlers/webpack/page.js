import { show } from '../main.js';

show().catch((error) => (document.title = String(error)));
