import { resolve } from 'node:path';
import { buildSite } from './build.ts';

await buildSite(resolve(process.argv[2] ?? 'docs-site'));
