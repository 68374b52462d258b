import { MARK, startProcess, type EngineProcess } from './engine-process.ts';

/**
 * What each engine's package is called at PyPI. MNN is not among them: its converter runs pip when it is imported, and installs packages into
 * whatever Python is on the path.
 */
export const PACKAGES = {
  openvino: 'openvino',
  opencv: 'opencv-python-headless',
  tract: 'tract',
  c: 'emx-onnx-cgen',
} as const;
export type PythonEngineName = keyof typeof PACKAGES;

/**
 * Starts an engine in the Python that `CVAE_PYTHON` names, or `python3`.
 *
 * @throws Unavailable if that is missing, or its package.
 */
export const startPython = (name: PythonEngineName): Promise<EngineProcess> => {
  const python = process.env['CVAE_PYTHON'] ?? 'python3';
  return startProcess(python, ['-c', PROGRAM, name], {
    who: name,
    what: `${PACKAGES[name]} in ${python}`,
    remedy: `${python} -m pip install ${PACKAGES[name]} numpy`,
  });
};

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
    elif name == "c":
        import ctypes, os, re, shutil, subprocess, tempfile
        import emx_onnx_cgen, onnx
        from importlib.metadata import version as of
        compiler = next((own for own in ("cc", "gcc", "clang") if shutil.which(own)), None)
        if compiler is None:
            raise Exception("no C compiler")
        printed = subprocess.run([compiler, "-dumpversion"], capture_output=True, text=True).stdout.strip()
        version = of("emx-onnx-cgen") + ", " + compiler + " " + printed
except Exception as error:
    tell(error=str(error).split("\\n")[0])
    sys.exit(0)

# Left to itself it rounds what a product of int8 weights is given to int8 too.
OPTIONS = {"INFERENCE_PRECISION_HINT": "f32", "DYNAMIC_QUANTIZATION_GROUP_SIZE": 0}

def with_openvino(path, feeds, outputs):
    core = openvino.Core()
    model = core.compile_model(core.read_model(path), "CPU", OPTIONS)
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
        model.set_input_fact(i, ",".join([*map(str, feeds[key].shape), "f32"]))
    model.analyse()
    found = [model.output_name(i) for i in range(model.output_count())]
    results = model.into_model().into_runnable().run([feeds[key] for key in names])
    arrays = {key: result.to_numpy() for key, result in zip(found, results)}
    return [arrays[output] for output in outputs]

def execute(command):
    done = subprocess.run(command, capture_output=True, text=True, env={**os.environ, "NO_COLOR": "1"})
    if done.returncode != 0:
        lines = [own.strip() for own in (done.stderr + done.stdout).split("\\n") if own.strip()]
        raise Exception(next((own for own in lines if "rror" in own), lines[-1] if lines else str(done.returncode)))

def with_c(path, feeds, outputs):
    with tempfile.TemporaryDirectory() as folder:
        source = os.path.join(folder, "net.c")
        named = {}
        for own in onnx.load(path, load_external_data=False).graph.input:
            for dim, size in zip(own.type.tensor_type.shape.dim, feeds[own.name].shape):
                if dim.dim_param:
                    named[dim.dim_param] = size
        fixed = [word for item in named.items() for word in ("--input-dim", "%s=%d" % item)]
        execute([sys.executable, "-m", "emx_onnx_cgen", "compile", path, source, "--model-name", "net", "--color", "never", *fixed])
        library = os.path.join(folder, "net.so")
        execute([compiler, "-O1", "-w", "-std=c11", "-shared", "-fPIC", source, "-o", library, "-lm"])
        lib = ctypes.CDLL(library)
        weights = [own for own in os.listdir(folder) if own.endswith(".bin")]
        if weights:
            lib.net_load.restype = ctypes.c_bool
            if not lib.net_load(os.path.join(folder, weights[0]).encode()):
                raise Exception("its weights do not load")
        with open(source) as file:
            declared = re.search(r"^void net\\((.*?)\\)", file.read(), re.M | re.S).group(1).split(", ")
        given = []
        parameters = [re.match(r"(const )?(\\w+) (\\w+)((?:\\[[^]]*\\])*)$", own.strip()).groups() for own in declared]
        keys = {re.sub(r"\\W", "_", key): key for key in [*feeds, *outputs]}
        results = {}
        for constant, kind, own, dims in parameters:
            names = [part.split()[-1] for part in re.findall(r"\\[([^]]*)\\]", dims)]
            if constant:
                given.append(np.ascontiguousarray(feeds[keys[own]]))
            else:
                shape = [int(part) for part in names]
                given.append(results.setdefault(keys[own], np.zeros(shape, np.float32)))
        lib.net(*[own.ctypes.data_as(ctypes.c_void_p) for own in given])
        return [results[key] for key in outputs]

run = {"openvino": with_openvino, "opencv": with_opencv, "tract": with_tract, "c": with_c}[name]
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
        lines = [own.strip() for own in str(error).split("Stack backtrace")[0].split("\\n") if own.strip()]
        text = " ".join(lines) or type(error).__name__
        # Of a long text what went wrong, which comes first, and why, which comes last.
        tell(error=text if len(text) <= 400 else text[:200] + " … " + text[-200:])
`;
