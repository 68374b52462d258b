import { describe, test } from 'vitest';
import { temporary } from '../cli/support/cli.ts';
import { MODELS, QUICK, trainExportSample } from '../support/zoo.ts';

// Those of the zoo that take longer than test/zoo.test.ts should.

const folder = temporary();

describe.each(MODELS.filter((file) => !QUICK.includes(file)))('%s', (file) => {
  test('trains, exports, is verified and sampled', () => trainExportSample(file, folder), 120_000);
});
