import { stripVTControlCharacters } from 'node:util';
import type { Command } from 'commander';
import pc from 'picocolors';
import { isFolder } from '../files/exists.ts';
import { show } from '../shape/show.ts';
import { counted, sized } from './number-text.ts';
import type { Extent, Inspection, Layer, Section } from './inspection.ts';
import { say, wantsColor, type Context } from './io.ts';
import { examples } from './options.ts';
import { whole, widthOf, wrapped } from './wrap.ts';

/** `inspect`: prints the layers of a definition, or the nodes of exported files. */
export const inspect = (program: Command, { io }: Context): Command =>
  program
    .command('inspect')
    .description('Print the layers of a definition or of an exported model: shapes, parameters, bytes.')
    .argument('<path>', 'a definition, an ONNX file of an exported model, or its folder')
    .option('--json', 'print JSON instead of tables')
    .addHelpText(
      'after',
      examples(
        'inspect examples/digits/model.ts',
        'inspect out/digits/onnx',
        'inspect out/digits/onnx/decoder.onnx --json',
      ),
    )
    .action(async (path: string, { json }: { json?: true }) => {
      const report = await look(path);
      if (json) return say(io, JSON.stringify({ of: report.of, ...report.facts, ...rest(report) }));
      const { table } = await import('./table.ts');
      const { bold } = pc.createColors(wantsColor(io.stdout, io.env));
      const width = widthOf(io.stdout);
      const layers = (section: Section): string[] => [
        '',
        ...heading(section, bold, width),
        table(
          ['layer', 'op', 'shape', 'parameters', 'bytes'],
          [
            ...rows(section, report).map((l) => [l.name, l.op, show(l.shape), numbers(l.parameters), numbers(l.bytes)]),
            ['total', '', '', counted(section.parameters), counted(section.bytes)],
          ],
          ['left', 'left', 'left', 'right', 'right'],
        ),
      ];
      const files = (): string[] => {
        const sizes = (s: Section) => [counted(s.layers.length), counted(s.parameters), counted(s.bytes)];
        const whole = table(
          ['file', 'inputs', 'outputs', 'nodes', 'parameters', 'bytes'],
          report.sections.map((s) => [s.name, named(s.inputs).join(', '), named(s.outputs).join(', '), ...sizes(s)]),
          ['left', 'left', 'left', 'right', 'right', 'right'],
          bold,
        );
        if (whole.split('\n').every((line) => stripVTControlCharacters(line).length <= width)) return ['', whole];
        const short = table(
          ['file', 'nodes', 'parameters', 'bytes'],
          report.sections.map((s) => [s.name, ...sizes(s)]),
          ['left', 'right', 'right', 'right'],
          bold,
        );
        return ['', short, ...report.sections.flatMap((s) => ['', ...apart(s, bold, width)])];
      };
      say(
        io,
        ...lines(report).flatMap(([key, value]) => wrapped(`${key}: ${shown(value)}`, width, '  ')),
        ...(report.of === 'folder' ? files() : report.sections.flatMap(layers)),
        '',
        `${counted(report.parameters)} parameters, ${sized(report.bytes)}`,
      );
    });

/** Returns a section's layers; those of a network that has a section of its own, and is called here, are shown as one. */
const rows = ({ name, layers }: Section, { sections }: Inspection): readonly Layer[] => {
  const shown: Layer[] = [];
  for (const layer of layers) {
    const called = sections.find((s) => s.name !== name && layer.name.startsWith(`${s.name}/`));
    const last = shown.at(-1);
    if (called === undefined) shown.push(layer);
    else if (last?.name === called.name) shown.splice(-1, 1, { ...last, shape: layer.shape });
    else shown.push({ ...called, op: 'network', shape: layer.shape });
  }
  return shown;
};

/** Determines what a path is, and describes it. */
const look = async (path: string): Promise<Inspection> => {
  const onnx = path.endsWith('.onnx');
  if (onnx || (await isFolder(path))) {
    const { describeFile, describeFolder } = await import('./files.ts');
    return onnx ? describeFile(path) : describeFolder(path);
  }
  const [{ load }, { describe }] = await Promise.all([import('./load.ts'), import('./describe.ts')]);
  return describe((await load(path)).model);
};

const rest = ({ sections, parameters, bytes, of }: Inspection) => ({
  [of === 'folder' ? 'files' : of === 'file' ? 'graphs' : 'networks']: sections,
  parameters,
  bytes,
});

type Style = (text: string) => string;

const heading = (section: Section, bold: Style, width: number): readonly string[] => {
  const line = `${section.name}: ${named(section.inputs).join(', ')} → ${named(section.outputs).join(', ')}`;
  return line.length <= width ? [bold(line)] : apart(section, bold, width);
};

/** A name, and below it inputs and outputs, on as many lines as they need. */
const apart = ({ name, inputs, outputs }: Section, bold: Style, width: number): readonly string[] => [
  bold(name),
  ...below('  inputs   ', named(inputs), width),
  ...below('  outputs  ', named(outputs), width),
];

/** A list after a title, on lines below its first word; what has no spaces of its own is not broken. */
const below = (title: string, words: readonly string[], width: number): readonly string[] =>
  wrapped(`${whole(title)}${words.map(whole).join(', ')}`, width, ' '.repeat(title.length));

const named = (shapes: Readonly<Record<string, Extent>>): readonly string[] =>
  Object.entries(shapes).map(([name, shape]) => `${name} ${show(shape)}`);

/** Formats a count; empty if it is 0. */
const numbers = (count: number): string => (count === 0 ? '' : counted(count));

/** The facts, of which several targets are shown one by one. */
const lines = ({ facts }: Inspection): readonly (readonly [string, unknown])[] =>
  Object.entries(facts).map(([key, value]) =>
    key === 'target' && facts.target?.targets ? ['targets', facts.target.targets] : [key, value],
  );

/** Formats a fact: `digit categorical [10]`. */
const shown = (value: unknown): string => {
  if (Array.isArray(value)) return `[${value.join(', ')}]`;
  if (typeof value !== 'object' || value === null) return String(value);
  const plain = Object.values(value).every((v) => typeof v !== 'object' || Array.isArray(v));
  return Object.entries(value)
    .map(([key, v]) => (plain ? shown(v) : whole(`${key} ${shown(v)}`)))
    .join(plain ? ' ' : ', ');
};
