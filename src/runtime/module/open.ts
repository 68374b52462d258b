import { InvalidFile, Unavailable, reasonOf } from '../../errors.ts';
import type { Manifest, Part } from '../../signature.ts';
import type { WasmPlan } from '../../wasm/plan.ts';
import { asking } from '../asking.ts';
import { createModel } from '../create.ts';
import { download, received } from '../download.ts';
import type { Model } from '../model.ts';
import type { LoadProgress } from '../open-options.ts';
import { checkNames, checkOptions } from '../options.ts';
import { outputs } from '../result.ts';
import { runExamples } from '../self-test.ts';
import type { FileRunner } from '../sessions.ts';
import { severally } from '../several.ts';
import { inSteps } from '../steps.ts';
import { startHere } from './engine.ts';
import { host, type WasmModule, type WebAssemblyHost } from './web-assembly.ts';

/** Where `model.wasm` comes from, if it is not next to `model.js`. */
export interface ModuleOptions {
  /** The module, compiled or as bytes, a response with it, the promise of one of these, or its address. */
  readonly wasm?: WasmModule | string;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: LoadProgress) => void;
}

/** What `model.wasm` holds besides code and weights, as JSON: how its parts are called, their examples, and of which files it was made. */
export interface Enclosed {
  readonly plan: WasmPlan;
  readonly examples: Readonly<Partial<Record<Part, string>>>;
  readonly files: Readonly<Partial<Record<Part, string>>>;
}

/** The name of the custom section with what a module encloses. */
export const SECTION = 'cvae';

const FILE = 'model.wasm';

/** Gives a compiled module its memory, and runs it: in this thread, or in a worker. */
export type Start = typeof startHere;

/** Opens a model that was exported as WebAssembly: `model.js` holds the manifest, and knows the address. */
export const openModule = async (
  manifest: Manifest,
  address: () => URL,
  options: ModuleOptions = {},
  start: Start = startHere,
): Promise<Model> => {
  checkNames(options, ['wasm', 'signal', 'onProgress']);
  const { WebAssembly } = host;
  if (!WebAssembly?.validate(SIMD))
    throw new Unavailable(
      `${FILE}: expected a host with WebAssembly SIMD (Chrome 91, Firefox 89, Safari 16.4, Node 16.4, or later), got one without; update it, or export the model without the target wasm`,
    );
  const module = await moduleOf(WebAssembly, options.wasm ?? address(), options);
  const { plan, examples } = enclosedIn(WebAssembly, manifest, module);
  const engine = await start(manifest.name, plan, module);
  const tests = new Map(Object.entries(examples).map(([part, text]) => [part as Part, { text, where: FILE }] as const));
  const prove = () => runExamples(engine, manifest, tests, 'wasm');
  const make = (...own: readonly [Manifest, FileRunner]) => createModel(...own, { name: 'wasm', threads: 1 }, prove);
  return asking(severally(inSteps(manifest, engine, make), checkOptions, outputs), engine);
};

const enclosedIn = (WebAssembly: WebAssemblyHost, { files }: Manifest, module: WasmModule): Enclosed => {
  const [section] = WebAssembly.Module.customSections(module, SECTION);
  const enclosed: Partial<Enclosed> = section ? JSON.parse(new TextDecoder().decode(section)) : {};
  const { plan, examples = {}, files: made = {} } = enclosed;
  const isSame = Object.entries(made).every(([part, sha256]) => files[part as Part]?.sha256 === sha256);
  if (!plan || !isSame)
    throw new InvalidFile(
      `${FILE}: expected the one that was exported with its model.js, got ${plan ? "another model's" : 'another module'}; copy both from one export`,
    );
  return { plan, examples, files: made };
};

/** Compiles what was given, or what lies at an address. */
const moduleOf = async (
  WebAssembly: WebAssemblyHost,
  given: WasmModule | string,
  options: ModuleOptions,
): Promise<WasmModule> => {
  const source = await given;
  const bytes = await bytesOf(source, options);
  if (!bytes) return source as WasmModule; // neither text nor bytes: a compiled module, or what will be refused as none
  options.signal?.throwIfAborted();
  return WebAssembly.compile(bytes).catch((error: unknown) => {
    const reason = reasonOf(error);
    if (bytes[0] === 0 && /csp|content security policy|disallowed|unsafe-eval|refused/i.test(reason))
      throw new Unavailable(
        `${FILE}: expected a host that compiles WebAssembly, got "${reason}"; allow 'wasm-unsafe-eval' in script-src, or import model.wasm as a module and give it to open as { wasm }`,
        { cause: error },
      );
    throw new InvalidFile(`${FILE}: expected a WebAssembly module, got "${reason}"; export the model again`, {
      cause: error,
    });
  });
};

/** Returns the bytes of a module, unless it is compiled. */
const bytesOf = async (source: unknown, options: ModuleOptions): Promise<Uint8Array | undefined> => {
  if (ArrayBuffer.isView(source))
    return new Uint8Array(source.buffer as ArrayBuffer, source.byteOffset, source.byteLength);
  const name = Object.prototype.toString.call(source);
  // Of this realm or another.
  if (typeof source === 'string' || name === '[object URL]') return read(String(source), options);
  if (name === '[object ArrayBuffer]') return new Uint8Array(source as ArrayBuffer);
  if (name === '[object Response]') {
    const response = source as Response;
    return received(response, response.url || FILE, WANTED, options);
  }
  if (name === '[object WebAssembly.Module]') return undefined;
  throw new InvalidFile(
    `${FILE}: expected a WebAssembly module, its bytes, a response or an address as wasm, got ${name.slice(8, -1)}; give one of these`,
  );
};

const WANTED = { what: FILE, remedy: 'put it next to model.js, or give its address as { wasm }' };

const read = async (address: URL | string, options: ModuleOptions): Promise<Uint8Array> => {
  const base = (globalThis as { readonly document?: { readonly baseURI: string } }).document?.baseURI;
  const url = new URL(address, base);
  // Node does not fetch files.
  const files = url.protocol === 'file:' ? host.process?.getBuiltinModule?.('node:fs/promises') : undefined;
  if (!files) return download(url, WANTED, options);
  return files.readFile(url).catch((error: unknown) => {
    throw new InvalidFile(`${url.pathname}: expected ${FILE}, got ${reasonOf(error)}; ${WANTED.remedy}`, {
      cause: error,
    });
  });
};

/** A module with one function of SIMD. */
const SIMD = Uint8Array.of(
  0,
  97,
  115,
  109,
  1,
  0,
  0,
  0,
  1,
  5,
  1,
  96,
  0,
  1,
  123,
  3,
  2,
  1,
  0,
  10,
  10,
  1,
  8,
  0,
  65,
  0,
  253,
  15,
  253,
  98,
  11,
);
