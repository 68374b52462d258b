import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { Unavailable } from '../../errors.ts';
import type { Feeds } from '../../runtime/sessions.ts';

/** An engine of a Python package, in a process of its own. */
export interface PythonEngine {
  readonly version: string;
  /** Runs a file on float32 arrays. @throws Error with the engine's own reason. */
  run(path: string, inputs: Feeds, outputs: readonly string[]): Promise<Feeds>;
  close(): Promise<void>;
}

/**
 * What each engine's package is called at PyPI. MNN is not among them: its converter runs pip when it is imported, and installs packages into
 * whatever Python is on the path.
 */
export const PACKAGES = {
  openvino: 'openvino',
  opencv: 'opencv-python-headless',
  tract: 'tract',
} as const;
export type PythonEngineName = keyof typeof PACKAGES;

/**
 * Starts an engine in the Python that `CVAE_PYTHON` names, or `python3`.
 *
 * @throws Unavailable if that is missing, or its package.
 */
export const startPython = async (name: PythonEngineName): Promise<PythonEngine> => {
  const python = process.env['CVAE_PYTHON'] ?? 'python3';
  const child = spawn(python, ['-c', PROGRAM, name], { stdio: ['pipe', 'pipe', 'ignore'] });
  const answers: ((line: string) => void)[] = [];
  let end = 'it has ended';
  createInterface({ input: child.stdout }).on('line', (line) => {
    // Engines print, too.
    if (line.startsWith(MARK)) answers.shift()?.(line.slice(MARK.length));
  });
  const closed = once(child, 'close').catch((error: unknown) => (end = String(error)));
  void closed.then(() => answers.splice(0).forEach((answer) => answer(JSON.stringify({ error: end }))));
  const next = (): Promise<Answer> => new Promise((resolve) => answers.push((line) => resolve(JSON.parse(line))));
  const first = await next();
  if (first.error !== undefined)
    throw new Unavailable(
      `${name}: expected ${PACKAGES[name]} in ${python}, got "${first.error}"; ${python} -m pip install ${PACKAGES[name]} numpy`,
    );
  return {
    version: first.version ?? '',
    run: async (path, inputs, outputs) => {
      const given = Object.entries(inputs).map(([key, { data, shape }]) => [key, { data: Array.from(data), shape }]);
      const answer = next();
      child.stdin.write(`${JSON.stringify({ path, inputs: Object.fromEntries(given), outputs })}\n`);
      const { error, found = {} } = await answer;
      if (error !== undefined) throw new Error(error);
      return Object.fromEntries(
        // JSON has no infinity and no NaN.
        Object.entries(found).map(([key, { data, shape }]) => [
          key,
          { data: Float32Array.from(data, (value) => value ?? NaN), shape },
        ]),
      );
    },
    close: async () => {
      child.stdin.end();
      await closed;
    },
  };
};

interface Answer {
  readonly version?: string;
  readonly error?: string;
  readonly found?: Readonly<
    Record<string, { readonly data: readonly (number | null)[]; readonly shape: readonly number[] }>
  >;
}

const MARK = '#cvae ';

/** Reads a request a line, and answers with a line. Every engine is used as its documentation says, on the CPU, in float32. */
const PROGRAM = `
import json, sys

def tell(**answer):
    print("${MARK}" + json.dumps(answer), flush=True)

name = sys.argv[1]
try:
    import numpy as np
    if name == "openvino":
        import openvino
        version = openvino.__version__.split("-")[0]
    elif name == "opencv":
        import cv2
        version = cv2.__version__
    elif name == "tract":
        import tract
        from importlib.metadata import version as of
        version = of("tract")
except Exception as error:
    tell(error=str(error).split("\\n")[0])
    sys.exit(0)

def with_openvino(path, feeds, outputs):
    core = openvino.Core()
    model = core.compile_model(core.read_model(path), "CPU", {"INFERENCE_PRECISION_HINT": "f32"})
    found = model(feeds)
    return [found[model.output(output)] for output in outputs]

def with_opencv(path, feeds, outputs):
    net = cv2.dnn.readNetFromONNX(path)
    for key, array in feeds.items():
        net.setInput(array, key)
    return net.forward(outputs)

def with_tract(path, feeds, outputs):
    model = tract.onnx().load(path)
    names = [model.input_name(i) for i in range(model.input_count())]
    for i, key in enumerate(names):
        model.set_input_fact(i, ",".join(map(str, feeds[key].shape)) + ",f32")
    model.analyse()
    found = [model.output_name(i) for i in range(model.output_count())]
    results = model.into_model().into_runnable().run([feeds[key] for key in names])
    arrays = {key: result.to_numpy() for key, result in zip(found, results)}
    return [arrays[output] for output in outputs]

run = {"openvino": with_openvino, "opencv": with_opencv, "tract": with_tract}[name]
tell(version=version)
for line in sys.stdin:
    try:
        request = json.loads(line)
        feeds = {key: np.array(own["data"], np.float32).reshape(own["shape"]) for key, own in request["inputs"].items()}
        results = run(request["path"], feeds, request["outputs"])
        found = {}
        for key, array in zip(request["outputs"], results):
            array = np.asarray(array, np.float32)
            numbers = [float(value) if np.isfinite(value) else None for value in array.ravel()]
            found[key] = {"data": numbers, "shape": list(array.shape)}
        tell(found=found)
    except Exception as error:
        lines = [own.strip() for own in str(error).strip().split("\\n") if own.strip()]
        tell(error=(lines[0] if lines else type(error).__name__)[:300])
`;
