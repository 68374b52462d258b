import { rule } from '../values/rules.ts';
import { ELEMENT, type DType } from './dtype.ts';
import { shortest } from './float32.ts';
import {
  isGraph,
  isTensor,
  subgraphs,
  type AttributeValue,
  type Dim,
  type OnnxGraph,
  type OnnxModel,
  type OnnxNode,
  type OnnxTensor,
  type ValueInfo,
} from './graph.ts';
import { expectGraph } from './given.ts';
import { kindAsRead, kindInTable, type Kind } from './kind.ts';
import { checkOptions } from './options.ts';

/** Options for printing. */
export interface PrintOptions {
  /**
   * Initializers with more elements than this are printed by type and name only; if omitted, all are printed in full.
   */
  readonly most?: number;
}

/**
 * Prints a model or a graph in ONNX's own text syntax (https://onnx.ai/onnx/repo-docs/Syntax.html), which `parse` reads
 * back to the same, except for the `kept` fields of a file. A node's flag is printed as a comment after it.
 */
export const print = (printed: OnnxModel | OnnxGraph, options: PrintOptions = {}): string => {
  checkOptions('print', OPTIONS, options);
  const { most = Infinity } = options;
  if (Object(printed).graph === undefined) expectGraph('print', printed);
  return 'graph' in printed
    ? `${header(printed)}\n${graphText(printed.graph, most, '')}\n`
    : `${graphText(printed, most, '')}\n`;
};

const OPTIONS = {
  most: rule(
    'a number from 0',
    (value) => typeof value === 'number' && value >= 0,
    'give how many elements are printed',
  ),
};

const header = ({ irVersion, opset, domains = {}, producer, doc, metadata }: OnnxModel): string => {
  const imports = [['', opset] as const, ...Object.entries(domains)];
  const entries = Object.entries(metadata).map(([key, value]) => `${quoted(key)}: ${quoted(value)}`);
  const lines = [
    `ir_version: ${irVersion}`,
    `opset_import: [${imports.map(([domain, version]) => `${quoted(domain)} : ${version}`).join(', ')}]`,
    `producer_name: ${quoted(producer.name)}`,
    `producer_version: ${quoted(producer.version)}`,
    ...(doc === undefined ? [] : [`doc_string: ${quoted(doc)}`]),
    ...(entries.length === 0 ? [] : [`metadata_props: [${entries.join(', ')}]`]),
  ];
  return `<\n${lines.map((line) => `  ${line}`).join(',\n')}\n>`;
};

const graphText = (graph: OnnxGraph, most: number, indent: string): string => {
  const inputs = graph.inputs.map(valueText).join(', ');
  const outputs = graph.outputs.map(valueText).join(', ');
  const constants = [...graph.initializers].map(([name, tensor]) => `${indent}  ${constantText(name, tensor, most)}`);
  return [
    `${id(graph.name)} (${inputs}) => (${outputs})${constants.length === 0 ? ' {' : ''}`,
    ...(constants.length === 0 ? [] : [`${indent}<\n${constants.join(',\n')}\n${indent}>\n${indent}{`]),
    ...graph.nodes.map((node) => `${indent}  ${nodeText(node, most, `${indent}  `)}`),
    `${indent}}`,
  ].join('\n');
};

const nodeText = (node: OnnxNode, most: number, indent: string): string => {
  const attributes = Object.entries(node.attributes)
    .map(([name, value]) =>
      attributeText(name, value, kindAsRead(node, name) ?? kindInTable(node.op, name), most, indent),
    )
    .join(', ');
  const written = attributes === '' ? '' : ` <${attributes}>`;
  const inputs = ` (${node.inputs.map(id).join(', ')})`;
  // As in ONNX's printer, graphs, which take many lines, come after the inputs.
  const call = subgraphs(node).length > 0 ? inputs + written : written + inputs;
  const flag = node.flag ? ` # ${node.flag}` : '';
  const name = node.name === '' ? '' : `[${id(node.name)}] `;
  return `${name}${node.outputs.map(id).join(', ')} = ${node.op}${call}${flag}`;
};

const attributeText = (
  name: string,
  value: AttributeValue,
  type: Kind | undefined,
  most: number,
  indent: string,
): string => {
  if (isGraph(value)) return `${name} = ${graphText(value, most, indent)}`;
  if (isTensor(value)) return `${name} = ${typeText(value.dtype, value.shape)} ${elementsText(value)}`;
  if (typeof value === 'string') return `${name} = ${quoted(value)}`;
  const float = type === 'float' || type === 'floats';
  const one = (element: number | string): string =>
    typeof element === 'string' ? quoted(element) : float ? floatText(element) : String(element);
  if (typeof value === 'number') return `${name} = ${one(value)}`;
  // An empty list does not show the type of its elements.
  const annotation = value.length === 0 ? `: ${type ?? 'ints'}` : '';
  return `${name}${annotation} = [${value.map(one).join(', ')}]`;
};

const constantText = (name: string, tensor: OnnxTensor, most: number): string => {
  const declared = `${typeText(tensor.dtype, tensor.shape)} ${id(name)}`;
  return tensor.data.length > most ? declared : `${declared} = ${elementsText(tensor)}`;
};

const valueText = ({ name, dtype, shape }: ValueInfo): string => `${typeText(dtype, shape)} ${id(name)}`;

const typeText = (dtype: DType, shape: readonly Dim[]): string =>
  shape.length === 0 ? ELEMENT[dtype].word : `${ELEMENT[dtype].word}[${shape.map(dimText).join(', ')}]`;

const dimText = (dim: Dim): string => (typeof dim === 'number' || dim === '?' ? String(dim) : id(dim));

const elementsText = ({ dtype, data }: OnnxTensor): string => {
  const float = dtype === 'float32' || dtype === 'float64';
  const elements = Array.from(data, (element: number | bigint) => {
    if (typeof element === 'bigint' || !float) return String(element);
    return floatText(dtype === 'float32' ? shortest(element) : element);
  });
  return `{${elements.join(', ')}}`;
};

/**
 * Returns a number as text that reads back as a float: with a point, an exponent, or as one of the words for infinity
 * and NaN.
 */
const floatText = (value: number): string => {
  if (Number.isNaN(value)) return 'nan';
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
  const text = Object.is(value, -0) ? '-0' : String(value);
  return /[.e]/.test(text) ? text : `${text}.0`;
};

const id = (name: string): string => (/^[A-Za-z_]\w*$/.test(name) ? name : quoted(name));

const quoted = (text: string): string => `"${text.replace(/[\\"]/g, '\\$&')}"`;
