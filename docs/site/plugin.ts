import {
  Comment,
  CommentTag,
  Context,
  Converter,
  IndexEvent,
  PageEvent,
  ReflectionKind,
  type Application,
  type TypeScript,
} from 'typedoc';

type GetComment = (this: Context, symbol: TypeScript.Symbol, kind: ReflectionKind) => Comment | undefined;

/**
 * Lets TypeDoc show constants that are functions, as layers are (`dense = layer(…)`), as functions. It does so for those with the
 * tag `@function`, which this adds to what it reads.
 */
export const showFunctions = (): void => {
  // The one place where all comments are read; the types leave out that it may be replaced.
  const prototype = Context.prototype as unknown as { getComment: GetComment };
  const own = prototype.getComment;
  prototype.getComment = function (symbol, kind) {
    const comment = own.call(this, symbol, kind);
    const isFunction =
      kind === ReflectionKind.Variable && this.checker.getTypeOfSymbol(symbol).getCallSignatures().length > 0;
    if (comment && isFunction) comment.modifierTags.add('@function');
    return comment;
  };
};

/** What functions of a door are grouped as, by the file that they are from: the first that fits. */
const GROUPS: readonly (readonly [from: RegExp, group: string])[] = [
  [/src\/dsl\/(cvae|network|print)\.ts/, 'Models'],
  [/src\/dsl\/variables\.ts/, 'Conditions'],
  [/src\/distributions\//, 'Likelihoods'],
  [/src\/layers\/gaussian\.ts/, 'Gaussians'],
  [/src\/layers\//, 'Layers'],
  [/src\/(dsl|graph)\//, 'Parts of layers'],
  [/src\/train\/(objective\.ts|objectives\/)/, 'Objectives'],
  [/src\/train\/optimiser\.ts/, 'Optimisers'],
  [/src\/train\/schedule\.ts/, 'Schedules'],
  [/src\/(train\/(engines?|onnx|tfjs)|run\/|weights\/)/, 'Engines, weights and checkpoints'],
  [/src\/(training|train)\//, 'Training and evaluation'],
  [/src\/data\/(mnist|digits|csv|image-folder|idx-folder)\.ts/, 'Sources'],
  [/src\/data\/(binarise|random-shift|quadrants|scaling|split|transform|batches)\.ts/, 'Transforms'],
];

/** The order of groups in a door's page; what is listed in none comes where the star is. */
export const GROUP_ORDER: readonly string[] = [
  'Documents',
  'Models',
  'Layers',
  'Likelihoods',
  'Conditions',
  'Training and evaluation',
  'Objectives',
  'Optimisers',
  'Schedules',
  'Sources',
  'Transforms',
  'Functions',
  'Gaussians',
  'Parts of layers',
  'Engines, weights and checkpoints',
  '*',
  'Classes',
  'Variables',
  'Interfaces',
  'Type Aliases',
  'Modules',
];

/** Groups the functions of doors by what they are for. */
export const groupFunctions = (app: Application): void => {
  app.converter.on(Converter.EVENT_CREATE_DECLARATION, (context, reflection) => {
    if (!reflection.kindOf(ReflectionKind.Function) || !reflection.parent?.kindOf(ReflectionKind.Module)) return;
    const file = context.getSymbolFromReflection(reflection)?.declarations?.[0]?.getSourceFile().fileName ?? '';
    const group = GROUPS.find(([from]) => from.test(file))?.[1];
    if (group === undefined) return;
    reflection.comment ??= new Comment();
    reflection.comment.blockTags.push(new CommentTag('@group', [{ kind: 'text', text: group }]));
  });
};

/** How much more a group counts in a search than types and what is internal: what a definition is made of comes first. */
export const GROUP_BOOSTS: Readonly<Record<string, number>> = {
  Documents: 2,
  Models: 3,
  Layers: 3,
  Likelihoods: 3,
  Conditions: 3,
  'Training and evaluation': 2,
  Objectives: 2,
  Optimisers: 2,
  Schedules: 2,
  Sources: 2,
  Functions: 2,
};

/**
 * Leaves out of the search what would fill it: pages that show source files, to which the pages of their examples lead, and the members of
 * types that no door exports.
 */
export const leaveSourcesUnsearched = (app: Application): void => {
  app.renderer.on(IndexEvent.PREPARE_INDEX, (event) => {
    for (let i = event.searchResults.length - 1; i >= 0; i--) {
      const found = event.searchResults[i];
      const isSource = found?.isDocument() === true && /\.(ts|mjs|py|jsonl?|csv)$/.test(found.name);
      if (isSource || found?.getFullName().includes('.internal.') === true) event.removeResult(i);
    }
  });
};

/** Makes tables, which are scrolled where they are wider than the page, reachable by the keyboard, and says what a page's own content is. */
export const makeReachable = (app: Application): void => {
  app.renderer.on(PageEvent.END, (page) => {
    if (page.contents === undefined) return;
    page.contents = page.contents
      .replaceAll('<table>', '<table tabindex="0">')
      .replace('<div class="col-content">', '<div class="col-content" role="main">');
  });
};
