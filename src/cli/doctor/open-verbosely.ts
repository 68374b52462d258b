// A process of its own, since onnxruntime writes where it has placed each node to standard error: opens files on a device.
import { importOnnxruntime } from '../../onnxruntime.ts';
import { reasonOf } from '../../errors.ts';
import { MARK } from './placements.ts';

const [provider = 'cpu', ...files] = process.argv.slice(2);
try {
  const { InferenceSession } = await importOnnxruntime();
  for (const file of files) {
    process.stderr.write(`\n${MARK}${file}\n`);
    await InferenceSession.create(file, { executionProviders: [provider], logSeverityLevel: 0, logVerbosityLevel: 1 });
  }
} catch (error) {
  process.stdout.write(reasonOf(error));
  process.exitCode = 1;
}
