import { FIX } from '../../train/backend.ts';
import type { Facts, Found } from './machine-facts.ts';

/** One check of `doctor`: whether the result is as it should be, in words, and the command that would fix it. */
export interface Check {
  readonly name: string;
  readonly ok: boolean;
  readonly detail: string;
  readonly fix?: string;
  /** Set if the result is not as it should be, but nothing on this machine needs it. */
  readonly optional?: true;
}

/** What a machine can do: the package for training, the one for serving, and each check. */
export interface Diagnosis {
  /** Whether training and serving are possible in some way. */
  readonly ok: boolean;
  readonly version: string;
  readonly machine: Facts['machine'];
  readonly training: 'tfjs-node' | 'onnxruntime-node' | 'tfjs-cpu' | null;
  readonly serving: 'onnxruntime-node' | 'onnxruntime-web' | null;
  readonly checks: readonly Check[];
}

/** Judges the facts. */
export function diagnose(facts: Facts): Diagnosis {
  const node = nodeCheck(facts);
  // The same choice as in `engineOf('auto')`.
  const training = facts.tfjsNode.ok
    ? 'tfjs-node'
    : facts.ortNode.ok
      ? 'onnxruntime-node'
      : facts.tfjsCpu.ok
        ? 'tfjs-cpu'
        : null;
  const serving = facts.ortNode.ok ? 'onnxruntime-node' : facts.ortWeb.ok ? 'onnxruntime-web' : null;
  return {
    ok: node.ok && training !== null && serving !== null,
    version: facts.version,
    machine: facts.machine,
    training,
    serving,
    checks: [
      node,
      tfjsNodeCheck(facts),
      packageCheck(
        'tfjs-cpu',
        facts.tfjsCpu,
        'trains without tfjs-node and onnxruntime-node, slowly',
        'npm install cvae-compile',
      ),
      ortNodeCheck(facts),
      ortWebCheck(facts),
      cacheCheck(facts),
      dataCheck(facts),
    ],
  };
}

function nodeCheck({ node }: Facts): Check {
  const ok = atLeast(node.version, node.range);
  const detail = `${node.version}, of ${node.range}`;
  return { name: 'node', ok, detail, ...(ok ? {} : { fix: `install Node ${node.range}` }) };
}

/** Whether a version is in a range of the form `>=20.18`. */
export function atLeast(version: string, range: string): boolean {
  const [have = [], need = []] = [version, range].map((text) => (text.match(/\d+/g) ?? []).map(Number));
  const at = need.findIndex((part, i) => part !== (have[i] ?? 0));
  return at === -1 || (have[at] ?? 0) > (need[at] ?? 0);
}

function tfjsNodeCheck({ tfjsNode, ortNode }: Facts): Check {
  const name = 'tfjs-node';
  if (tfjsNode.ok) {
    return { name, ok: true, detail: `${tfjsNode.version}, with TensorFlow ${tfjsNode.tensorflow}: trains` };
  }
  const fix = tfjsNode.fixable ? FIX : tfjsNode.remedy;
  // onnxruntime-node trains as well.
  return { name, ok: false, detail: tfjsNode.reason, fix, ...(ortNode.ok && { optional: true }) };
}

/** The platforms with binaries in onnxruntime-node; those for Linux are for glibc. */
const ORT_NODE = new Set(['darwin arm64', 'linux arm64', 'linux x64', 'win32 arm64', 'win32 x64']);

function ortNodeCheck({ machine, ortNode, ortWeb }: Facts): Check {
  const here = `${machine.platform} ${machine.arch}`;
  const name = 'onnxruntime-node';
  if (ortNode.ok || (ORT_NODE.has(here) && machine.libc !== 'musl')) {
    return packageCheck(name, ortNode, 'serves and verifies', 'npm install --ignore-scripts onnxruntime-node');
  }
  const detail = `it has no binary for ${here}${machine.libc === 'musl' ? ' with musl' : ''}; onnxruntime-web serves here`;
  return { name, ok: false, detail, ...(ortWeb.ok ? {} : { fix: 'npm install onnxruntime-web' }) };
}

function ortWebCheck({ ortNode, ortWeb }: Facts): Check {
  const check = packageCheck('onnxruntime-web', ortWeb, 'serves in browsers', 'npm install onnxruntime-web');
  return !check.ok && ortNode.ok ? { ...check, optional: true } : check;
}

function packageCheck(name: string, found: Found, use: string, fix: string): Check {
  if (!found.ok) return { name, ok: false, detail: found.reason, fix };
  return { name, ok: true, detail: `${found.version}: ${use}${found.note ? ` (files: ${found.note})` : ''}` };
}

function cacheCheck({ cache: { folder, writable, bytes } }: Facts): Check {
  const name = 'cache';
  if (writable) return { name, ok: true, detail: `${folder}, ${Math.round(bytes / 1e6)} MB` };
  return { name, ok: false, detail: `${folder} cannot be written`, fix: 'set CVAE_CACHE to a folder that can be' };
}

function dataCheck({ data: { embedded, folder, exists } }: Facts): Check {
  const name = 'data';
  if (!embedded) {
    return { name, ok: false, detail: 'the embedded digits are missing', fix: 'npm install cvae-compile' };
  }
  if (folder === undefined) return { name, ok: true, detail: 'embedded digits; CVAE_DATA names no folder of others' };
  if (exists) return { name, ok: true, detail: `embedded digits, and ${folder}` };
  return {
    name,
    ok: false,
    detail: `CVAE_DATA names ${folder}, which is not a folder`,
    fix: 'correct or unset CVAE_DATA',
  };
}
