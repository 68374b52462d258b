import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { DISTRIBUTIONS } from '../../src/distributions/data/table.ts';
import * as door from '../../src/index.ts';
import type { Target } from '../../src/dsl/target.ts';
import { callOf, FUNCTIONS } from './signatures.ts';
import { WORDS } from './words.ts';

/** A layer, as its source says. */
interface Row {
  readonly name: string;
  /** How it is made: `conv2d(filters, { kernel, stride, padding })`. */
  readonly call: string;
  readonly from: string;
  readonly to: string;
  /** An instance of it, with shapes: from the cases that its tests try. */
  readonly example: string;
  readonly about: string;
}

/** Takes checks out of a type: whatever is intersected with a tensor has no values, and says in words why. */
const withoutChecks = (text: string): string => {
  const start = / & \w+</.exec(text);
  if (!start) return text;
  let [end, open] = [start.index + start[0].length, 1];
  for (; open > 0 && end < text.length; end++) open += text[end] === '<' ? 1 : text[end] === '>' ? -1 : 0;
  return withoutChecks(text.slice(0, start.index) + text.slice(end));
};

/** The compiler's view of the entry point for definitions and of the layers, which takes seconds to make. */
export const sourcesOf = (root: string) => {
  const { config } = ts.readConfigFile(join(root, 'tsconfig.json'), ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root);
  const files = ['src/index.ts', 'src/layers/index.ts'].map((file) => join(root, file));
  const program = ts.createProgram(files, options);
  const checker = program.getTypeChecker();
  const exportsOf = (file: string): readonly ts.Symbol[] => {
    const source = program.getSourceFile(join(root, file));
    const symbol = source && checker.getSymbolAtLocation(source);
    if (!symbol) throw new Error(`catalogue: expected ${file}, got none; build from the repository`);
    return checker
      .getExportsOfModule(symbol)
      .map((each) => (each.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(each) : each));
  };
  return { checker, exportsOf };
};

type Sources = ReturnType<typeof sourcesOf>;

/** A docstring's first sentence, on one line, as a table can show it. */
const sentence = (symbol: ts.Symbol, checker: ts.TypeChecker): string => {
  const [paragraph = ''] = ts.displayPartsToString(symbol.getDocumentationComment(checker)).split(/\n\s*\n/);
  const [first = ''] = paragraph.replace(/\s*\n\s*/g, ' ').split(/(?<=\.) (?=[A-Z`])/);
  return first.replace(/[:.]$/, '').replaceAll('|', '\\|');
};

/** What each layer is tried with first: `conv2d(4)`: [7, 5, 3] → [7, 5, 4]. */
const examplesOf = (root: string): ReadonlyMap<string, string> => {
  const found = new Map<string, string>();
  const visit = (node: ts.Node, layer = ''): void => {
    const name = ts.isPropertyAssignment(node) && ts.isIdentifier(node.name) ? node.name.text : layer;
    if (ts.isCallExpression(node) && node.expression.getText() === 'given' && !found.has(layer)) {
      const [inputs, made, shape] = node.arguments;
      const literal = /^\[[\s\d,[\]]*\]$/;
      if (inputs && made && shape && literal.test(inputs.getText()) && !ts.isArrowFunction(made)) {
        const from = inputs
          .getText()
          .replace(/\s+/g, ' ')
          .slice(1, -1)
          .replace(/^ |, $/g, '');
        found.set(layer, `\`${made.getText()}\`: ${from.replaceAll('], [', '] and [')} → ${shape.getText()}`);
      }
    }
    node.forEachChild((child) => visit(child, name));
  };
  for (const name of ['cases', 'attention-cases', 'recurrent-cases']) {
    const file = join(root, `test/layers/${name}.ts`);
    visit(ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true));
  }
  return found;
};

/** What layers of one kind of shape take, by the check of it. */
const CHECKED: readonly (readonly [RegExp, string])[] = [
  [/Tensor<\w> & Series</, 'Tensor<[T, C]> & Series<'],
  [/Tensor<\w> & Image</, 'Tensor<[H, W, C]> & Image<'],
  [/Tensor<\w> & Vector</, 'Tensor<[N]> & Vector<'],
];

/** Layers that are made of functions of tensors. */
const MAKERS = new Set(['each', 'elementwise', 'residual']);

/** The layers of the door, in the order of their families. @throws for a shape that there are no words for. */
export const layersOf = (root: string, { checker, exportsOf }: Sources): readonly Row[] => {
  const examples = examplesOf(root);
  const flags = ts.TypeFormatFlags.NoTruncation | ts.TypeFormatFlags.UseAliasDefinedOutsideCurrentScope;
  return exportsOf('src/layers/index.ts').flatMap((symbol): Row[] => {
    const [outer] = checker.getTypeOfSymbol(symbol).getCallSignatures();
    if (!outer) return [];
    const { name } = symbol;
    const textOf = (type: ts.Type): string => checker.typeToString(type, undefined, flags);
    const typeOf = (parameter: ts.Symbol): ts.Type => checker.getTypeOfSymbol(parameter);
    const takesTensors = ({ parameters }: ts.Signature): boolean =>
      parameters.some((parameter) => /^(?!\w*Options<).*\bTensor</.test(textOf(typeOf(parameter))));
    // A layer is made by no call, one, as `dense(200)`, or two, as `sliceAt(0)(2, 5)`.
    const calls: ts.Signature[] = [];
    let inner = outer;
    const isMade = (call: ts.Signature): boolean => !takesTensors(call) || (call === outer && MAKERS.has(symbol.name));
    while (isMade(inner)) {
      calls.push(inner);
      const [next] = inner.getReturnType().getCallSignatures();
      if (!next) return [];
      inner = next;
    }
    const takes = calls.flatMap(({ parameters }) => parameters);
    // A type parameter that is an argument's goes by the argument's name.
    const bound = takes.flatMap((parameter) => {
      const type = checker.getNonNullableType(typeOf(parameter));
      return type.isTypeParameter() ? [[type.symbol.name, parameter.name] as const] : [];
    });
    const isOfImages = inner.parameters.some((parameter) => /& Image</.test(textOf(typeOf(parameter))));
    // H and W are the sides of the image that is given, if no argument is called so.
    const [sides, others] = [true, false].map((isSide) =>
      bound.filter(([letter]) => (isOfImages && 'HW'.includes(letter)) === isSide),
    );
    const withArguments = (text: string, letters: typeof bound = []): string =>
      letters.reduce((all, [letter, argument]) => all.replace(new RegExp(`\\b${letter}\\b`, 'g'), argument), text);
    const shape = (type: ts.Type): string => {
      const known = withArguments(textOf(type), sides);
      // `Tensor<…>` is its shape, which is named by the check that it has.
      const named = CHECKED.reduce((all, [pattern, letters]) => all.replace(pattern, letters), known);
      const written = isOfImages
        ? named.replaceAll(/(?:Axis|Length)<[SX], ([012])>/g, (_, axis: string) => 'HWC'[Number(axis)] ?? '')
        : named;
      let text = withoutChecks(written).replace(/Tensor<((?:[^<>]|<(?:[^<>]|<[^<>]*>)*>)*)>/g, '$1');
      for (const [pattern, words] of WORDS) text = text.replace(pattern, words);
      text = text.replace(/Tensor<([^<>]*)>/g, '$1');
      text = withArguments(text, others);
      if (/[<>&{}]/.test(text))
        throw new Error(
          `catalogue: expected a shape that there are words for, got ${text} of ${name}; add it to WORDS`,
        );
      return text;
    };
    const made = calls.map((call) => {
      // An argument without a declaration, of a tuple that was inferred, has its name in the text alone.
      const [, written = ''] = /\((?:\.\.\.)?(\w+)/.exec(checker.signatureToString(call)) ?? [];
      const shown = call.parameters.map((parameter) => {
        const text = argument(parameter, checker.getNonNullableType(typeOf(parameter)), checker);
        return text.includes('__') ? written : text;
      });
      return `(${shown.join(', ')})`;
    });
    return [
      {
        name,
        call: name === 'each' ? 'each(…layers)' : `${name}${made.join('')}`,
        from: inner.parameters.map((parameter) => shape(typeOf(parameter))).join(' and '),
        to: shape(inner.getReturnType()),
        example: examples.get(name) ?? '',
        about: sentence(symbol, checker),
      },
    ];
  });
};

/** How an argument is shown: by its name, options by theirs. */
const argument = (parameter: ts.Symbol, type: ts.Type, checker: ts.TypeChecker): string => {
  const options = type.isClassOrInterface() || (type.flags & ts.TypeFlags.Object) !== 0 ? type.getProperties() : [];
  const isOptions = options.length > 0 && type.getCallSignatures().length === 0 && !checker.isArrayLikeType(type);
  if (isOptions) return `{ ${options.map(({ name }) => name).join(', ')} }`;
  const [declaration] = parameter.declarations ?? [];
  return declaration && ts.isParameter(declaration) && declaration.dotDotDotToken
    ? `…${parameter.name}`
    : parameter.name;
};

/** Families of layers, by what they take and give. */
const FAMILIES: readonly (readonly [title: string, holds: (row: Row) => boolean])[] = [
  ['Layers of vectors', ({ from }) => from === '[N]'],
  ['Layers of series, steps and channels', ({ from }) => from === '[L, C]' || from === '[T, C]'],
  ['Layers of images, height, width and channels', ({ from }) => from === '[H, W, C]'],
  ['Layers that keep the shape', ({ from, to }) => from === 'S' && to === 'S'],
  ['Layers of two or more tensors', ({ from }) => from.includes(' and ')],
  ['Layers that change the shape', () => true],
];

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');

/** A name, as a link to its page of the reference. */
const link = (name: string): string => `{@link "cvae-compile".${name} | ${name}}`;

const layers = (root: string, sources: Sources): string => {
  const rows = [...layersOf(root, sources)];
  return FAMILIES.map(([title, holds]) => {
    const own = rows.filter(holds);
    for (const row of own) rows.splice(rows.indexOf(row), 1);
    const lines = own.map(({ name, call, from, to, example, about }) => [
      call === name ? link(name) : `${link(name)}<br>\`${call}\``,
      `${from} → ${to}${example && `<br>${example}`}`,
      about,
    ]);
    return `### ${title}\n\n${table(['layer', 'shapes, and an example', 'what it is'], lines)}\n`;
  }).join('\n');
};

const VALUES = {
  real: 'real numbers',
  positive: 'positive numbers',
  unit: 'numbers from 0 to 1',
  counts: 'counts',
  classes: 'class indices',
};

/** Likelihoods that are made of another one, and the image of one that has colours. */
const WRAPPED: Readonly<Record<string, () => Target>> = {
  hurdle: () => door.hurdle(door.normalScores(4)),
  zeroInflated: () => door.zeroInflated(door.logNormal(4)),
  mixture: () => door.mixture(door.normal(4, { sigma: 'learned' }), 3),
  discretizedLogistic: () => door.discretizedLogistic(2, 2, 1),
};

/** Each likelihood for 4 elements, as a target of that name makes it. */
const likelihoods = ({ checker, exportsOf }: Sources): string => {
  const symbols = new Map(exportsOf('src/index.ts').map((symbol) => [symbol.name, symbol]));
  const makers: Readonly<Record<string, unknown>> = door;
  const rows = Object.entries(DISTRIBUTIONS).flatMap(([name, { values, draws, unit }]) => {
    if (name === 'record') return []; // which is several of the others
    const own = name === 'custom' ? 'distribution' : name;
    const symbol = symbols.get(own);
    const make = makers[own];
    if (!symbol || typeof make !== 'function')
      throw new Error(`catalogue: expected ${own} on the door, got none; export it`);
    const target: Target | undefined = name === 'custom' ? undefined : (WRAPPED[name]?.() ?? make(4));
    const given = Object.entries(target?.parameters ?? {}).map(([key, shape]) => `\`${key}\` [${shape.join(', ')}]`);
    const row = [
      `${link(own)}<br>\`${callOf(own)}\``,
      target ? `${VALUES[values]} [${target.dataShape.join(', ')}]` : 'numbers of any shape',
      given.join(', ') || 'what you declare',
      typeof draws === 'object' || target?.draws ? 'yes' : name === 'custom' ? 'with `draw`' : 'no',
      unit,
      sentence(symbol, checker),
    ];
    return [row];
  });
  return table(['likelihood', 'y, of 4', 'a decoder gives', 'can be drawn', 'loss in', 'what it is'], rows);
};

const CONDITIONS = {
  categorical: door.categorical('low', 'high'),
  continuous: door.continuous(3),
  image: door.image(28, 28, 1),
};
const CALLS = {
  categorical: "categorical('low', 'high', { at, mask })",
  continuous: 'continuous(3, { mask })',
  image: 'image(28, 28, 1)',
};

const conditions = ({ checker, exportsOf }: Sources): string => {
  const symbols = new Map(exportsOf('src/index.ts').map((symbol) => [symbol.name, symbol]));
  const rows = Object.entries(CONDITIONS).map(([name, { shape, dataShape }]) => {
    const symbol = symbols.get(name);
    if (!symbol) throw new Error(`catalogue: expected ${name} on the door, got none; export it`);
    return [
      link(name),
      `\`${CALLS[name as keyof typeof CALLS]}\``, // a key of the object that was listed
      `[${dataShape.join(', ')}] → [${shape.join(', ')}]`,
      sentence(symbol, checker),
    ];
  });
  return table(['condition', 'for example', 'data → networks', 'what it is'], rows);
};

/** What a definition is made of besides layers, likelihoods and conditions, by sections. */
const functions = ({ checker, exportsOf }: Sources): string => {
  const symbols = new Map(exportsOf('src/index.ts').map((symbol) => [symbol.name, symbol]));
  return Object.entries(FUNCTIONS)
    .map(([title, calls]) => {
      const rows = Object.entries(calls).map(([name, call]) => {
        const symbol = symbols.get(name);
        if (!symbol) throw new Error(`catalogue: expected ${name} on the door, got none; export it`);
        return [link(name), `\`${call}\``, sentence(symbol, checker)];
      });
      return `## ${title}\n\n${table(['name', 'how it is written', 'what it is'], rows)}\n`;
    })
    .join('\n');
};

/** The page of all that a definition is made of, from the sources. */
export const catalogue = (root: string, sources: Sources = sourcesOf(root)): string => `# Catalogue

What a definition is made of. Shapes are those of one example: the batch axis is never written. A layer is a function of tensors,
\`relu(x)\`, or is made first, \`dense(200)(x)\`; \`x.pipe(dense(200), relu)\` applies one after another. This page is made from the
sources.

## Layers

H′ and W′ are the height and width after a window, and L′ is the length: of a convolution or a pool ⌈H / stride⌉ with \`padding: 'same'\`, and
⌊(H − kernel) / stride⌋ + 1 with \`'valid'\`; of a transposed convolution H · stride, and (H − 1) · stride + kernel.

${layers(root, sources)}
## Likelihoods

${likelihoods(sources)}

With \`mask: true\` numbers may be missing, null in the data, and a recognition network is given \`mask\`.

## Conditions

${conditions(sources)}

With \`{ mask: true }\` values may be missing, null in the data, and networks are given \`age_mask\` in addition to \`age\`.

${functions(sources)}`;
