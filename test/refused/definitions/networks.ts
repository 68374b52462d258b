import * as own from '../../../src/index.ts';
import { js, on, type Loose, type Refused } from '../loose.ts';

const x = own.continuous(4);

/** What networks and blocks refuse. */
export const NETWORKS = {
  network: [
    [
      'no name',
      () => js.network({ x }, ({ x }: { x: Loose }) => x),
      'network: expected a name of letters, digits, - and _, got a record of x; rename the network',
    ],
    [
      'a name that is a number',
      () => js.network(3, { x }, ({ x }: { x: Loose }) => x),
      'network: expected a name of letters, digits, - and _, got 3; rename the network',
    ],
    [
      'a name of two words',
      () => js.network('my network', { x }, ({ x }: { x: Loose }) => x),
      'network: expected a name of letters, digits, - and _, got "my network"; rename the network',
    ],
    [
      'a reserved name',
      () => js.network('output', { x }, ({ x }: { x: Loose }) => x),
      'network: expected a name of its own, got the reserved output; rename the network',
    ],
    [
      'one input without its name',
      () => js.network('net', x, ({ x }: { x: Loose }) => x),
      'net/kind: expected a variable such as categorical(10), got "continuous"; say what it is',
    ],
    [
      'inputs as a list',
      () => js.network('net', [x], (x: Loose) => x),
      'network: expected the inputs by name, each a variable, got an array of 1; give what the body takes: { x: continuous(3) }',
    ],
    [
      'a shape as an input',
      () => js.network('net', { x: [4] }, ({ x }: { x: Loose }) => x),
      'net/x: expected a variable such as categorical(10), got an array of 1; say what it is',
    ],
    [
      'no body',
      () => js.network('net', { x }),
      'network: expected a function of tensors, got nothing; write the body: ({ x }) => x.pipe(dense(10))',
    ],
    [
      'a layer as a fourth argument',
      () => js.network('net', { x }, ({ x }: { x: Loose }) => x, js.relu),
      'network: expected options as an object, got a function; give { pretrained }, or nothing',
    ],
    [
      'a body that gives a number',
      on(() => 3),
      'net: expected its body to return a tensor or a record of tensors, got 3; return a tensor, such as dense(10)(x)',
    ],
    [
      'a body that gives nothing',
      on(() => undefined),
      'net: expected its body to return a tensor or a record of tensors, got nothing; return a tensor, such as dense(10)(x)',
    ],
    [
      'a body that gives a record with a number',
      on((x) => ({ x, n: 3 })),
      'net: expected its body to return a tensor or a record of tensors, got a record of x, n; return a tensor, such as dense(10)(x)',
    ],
    [
      'a body that never ends',
      on((x) => {
        const deeper = (y: Loose): Loose => deeper(js.relu(y));
        return deeper(x);
      }),
      'net: expected a body that ends, got a function that calls itself endlessly; add a condition that stops the recursion',
    ],
    [
      'a call with a tensor',
      on((x) => js.network('inner', { x: own.continuous(4) }, ({ x }: { x: Loose }) => x)(x)),
      'net/inner: expected a record of x, got a tensor of shape [4]; call inner({ x })',
    ],
    [
      'a call with nothing',
      on(() => js.network('inner', { x: own.continuous(4) }, ({ x }: { x: Loose }) => x)()),
      'net/inner: expected a record of x, got nothing; call inner({ x })',
    ],
    [
      'a call with two arguments',
      on((x) => js.network('inner', { x: own.continuous(4) }, ({ x }: { x: Loose }) => x)({ x }, x)),
      'net/inner: expected a record of x, got 2 arguments; call inner({ x })',
    ],
    [
      'a call with a number',
      on(() => js.network('inner', { x: own.continuous(4) }, ({ x }: { x: Loose }) => x)({ x: 3 })),
      'net/inner: expected a tensor as x, got 3; pass it in the call',
    ],
    [
      'a number in a pipe',
      on((x) => x.pipe(js.dense(3), 3)),
      'net/pipe: expected layers, got 3 as number 2; give what makes a tensor of one, such as relu or dense(200)',
    ],
    [
      'an option in a pipe',
      on((x) => x.pipe(js.relu, { name: 'relu' })),
      'net/pipe: expected layers, got a record of name as number 2; give what makes a tensor of one, such as relu or dense(200)',
    ],
    [
      'a tensor with a sign',
      on((x) => js.relu(`${String(x)}1`)),
      'net/relu_1: expected a tensor, got "[object Object]1"; pass a tensor, such as dense(10)(x)',
    ],
  ],
  print: [
    ['nothing', () => js.print(), 'print: expected a model, got nothing; pass the result of cvae(…) or predictor(…)'],
    [
      'a definition that is not read',
      () => js.print({ condition: {} }),
      'print: expected a model, got a record of condition; pass the result of cvae(…) or predictor(…)',
    ],
  ],
  block: [
    [
      'no name',
      on((x) => js.block(() => x)),
      'net/block: expected a name of letters, digits, - and _, got a function; name the block',
    ],
    [
      'a name with a slash',
      on((x) => js.block('a/b', () => x)),
      'net/block: expected a name of letters, digits, - and _, got "a/b"; name the block',
    ],
    [
      'no body',
      on(() => js.block('residual')),
      'net/block: expected a function, got nothing; apply the layers in it: () => x.pipe(relu)',
    ],
  ],
} satisfies Readonly<Record<string, readonly Refused[]>>;
