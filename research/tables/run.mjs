// From the repository's root after `npm run build`: node research/tables/run.mjs --data DATA --out OUT --table weather --seed 0
import { createJiti } from 'jiti';

const { main } = await createJiti(import.meta.url).import('./main.ts');
process.exitCode = await main(process.argv.slice(2));
