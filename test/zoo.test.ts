import { appendFileSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { open } from '../src/runtime/node.ts';
import { cli, temporary } from './cli/support/cli.ts';

const zoo = fileURLToPath(new URL('../examples/zoo', import.meta.url));
const log = (...x: unknown[]) => appendFileSync('/tmp/zoo.log', x.map((v) => typeof v === 'string' ? v : JSON.stringify(v)).join(' ') + '\n');
const folder = temporary();
// The file that others import defines no model.
const models = readdirSync(zoo).filter((file) => file.endsWith('.ts') && file !== 'rows.ts');

describe.each(models)('%s', (file) => {
  test('trains, exports, verifies and samples', async () => {
    const path = join(zoo, file);
    const run = join(folder, file);
    const files = join(run, 'onnx');
    const t = [performance.now()];
    const training = ['--epochs', '1', '--limit', '32', '--batch', '8', '--engine', 'onnx', '--no-report'];
    const trained = await cli('train', path, '--out', run, ...training, '--json');
    expect(trained.code, trained.err).toBe(0);
    t.push(performance.now());
    const exported = await cli('export', path, '--weights', run, '--out', files);
    expect(exported.code, exported.err).toBe(0);
    t.push(performance.now());
    const verified = await cli('verify', files, '--json');
    expect(verified.code, verified.err).toBe(0);
    expect(JSON.parse(verified.out)).toMatchObject({ ok: true });
    t.push(performance.now());
    log(file, t.slice(1).map((x, i) => Math.round(x - t[i]!)).join(' '), JSON.parse(verified.out).largest, trained.out, trained.err);

    const { examples } = JSON.parse(readFileSync(join(files, 'examples.json'), 'utf8'));
    const model = await open(files);
    const { data } = await model.sample(examples[0].conditions, { count: 3, seed: 1 });
    log(data.slice(0,12), Object.keys(examples[0]));
    expect(Array.from(data).every(Number.isFinite)).toBe(true);
    await model.close();
  }, 60_000);
});
