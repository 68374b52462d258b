import { show } from '../shape/shape.ts';
import { partsOf } from './bodies.ts';
import type { Body, Node } from './node.ts';
import type { AnyOp } from './op.ts';

// A definition may be read twice, or by two copies of this package: equal content then counts as the same thing.

/** Whether two ops compute the same thing, as far as their text tells. */
export const sameOp = (a: AnyOp, b: AnyOp): boolean => PARTS.every((part) => String(a[part]) === String(b[part]));

const PARTS = ['shape', 'lead', 'params', 'run', 'lower'] as const;

/** Whether two networks have the same content: ops, attributes and shapes, in the same arrangement. */
export const sameBody = (a: Body, b: Body): boolean => sketch(a) === sketch(b);

/** A body as text, enough to tell two apart. */
function sketch(body: Body): string {
  const ids = new Map<Node, number>();
  const lines: string[] = [];
  const stack: Node[] = Object.values(body.outputs).toReversed();
  for (let node = stack.at(-1); node; node = stack.at(-1)) {
    if (ids.has(node)) {
      stack.pop();
      continue;
    }
    const parts = partsOf(node);
    const missing = parts.filter((p) => !ids.has(p));
    if (missing.length > 0) {
      stack.push(...missing);
      continue;
    }
    ids.set(node, ids.size);
    lines.push(`${describe(node)}(${parts.map((p) => ids.get(p)).join(',')})`);
    stack.pop();
  }
  const outputs = Object.entries(body.outputs).map(([name, node]) => `${name}=${ids.get(node)}`);
  return [...lines, ...outputs].join('\n');
}

const describe = (node: Node): string => {
  const shape = show(node.shape);
  switch (node.kind) {
    case 'apply':
      return `${node.layer.label} ${node.op.name}${JSON.stringify(node.attrs)}${shape}`;
    case 'call':
      return `call ${node.body.name}.${node.output}`;
    case 'constant':
      return `constant ${shape} ${node.data.join(',')}`;
    case 'param':
      return `param ${node.layer?.label}/${node.label}${shape} ${node.trainable}`;
    case 'noise':
      return `noise ${node.label} ${node.distribution}${shape}`;
    case 'input':
      return `input ${node.name}${shape}`;
    case 'modal':
      return 'modal';
  }
};
