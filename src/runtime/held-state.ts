import { unboundedIn } from '../values/finite.ts';
import type { OrtSession, OrtTensor, ShapedArray } from './ort.ts';

type Tensors = Readonly<Record<string, OrtTensor>>;

/** What a step has made of a state, which is not the state before `keep`. */
export interface Stepped {
  readonly results: Tensors;
  /** An array of the next state that is not finite, with its first such number. */
  readonly unbounded?: readonly [name: string, value: number];
  keep(): void;
}

/** The state of training: where the session runs, so that no step sends it. */
export interface HeldState {
  step(inputs: Tensors): Promise<Stepped>;
  read(): Promise<ReadonlyMap<string, ShapedArray>>;
}

/** Returns the state of a session, which begins with these tensors. */
export const holdState = (session: OrtSession, first: ReadonlyMap<string, OrtTensor>): HeldState =>
  session.hold ? there(session, session.hold, first) : here(session, first);

const here = (session: OrtSession, first: ReadonlyMap<string, OrtTensor>): HeldState => {
  const state = new Map(first);
  return {
    step: async (inputs) => {
      const given = { ...Object.fromEntries(state), ...inputs };
      const results = await session.run(Object.fromEntries(session.inputNames.map((name) => [name, of(given, name)])));
      const next = Array.from(state.keys(), (name) => [name, results[`next/${name}`]] as const);
      const found = next.flatMap(([name, value]): (readonly [string, number])[] => {
        const wrong = value && unboundedIn(dataOf(value));
        return wrong === undefined ? [] : [[name, wrong]];
      });
      return {
        results,
        ...(found[0] && { unbounded: found[0] }),
        keep: () => {
          for (const [name, value] of next) if (value) state.set(name, value);
        },
      };
    },
    read: async () => new Map([...state].map(([name, tensor]) => [name, arrayOf(tensor)])),
  };
};

/** Two states lie in the worker in turn: the present one, and what a step makes of it. What no step takes stays here. */
const there = (
  { inputNames }: OrtSession,
  hold: NonNullable<OrtSession['hold']>,
  first: ReadonlyMap<string, OrtTensor>,
): HeldState => {
  let now: 0 | 1 | undefined;
  const taken = (tensors: Iterable<readonly [string, OrtTensor]>): Tensors =>
    Object.fromEntries([...tensors].filter(([name]) => inputNames.includes(name)));
  const read = async (state: 0 | 1): Promise<Tensors> => hold({}, { from: state, to: -1 });
  return {
    step: async (inputs) => {
      const to = now === 0 ? 1 : 0;
      const own = taken(Object.entries(inputs));
      const results = await (now === undefined
        ? hold({ ...taken(first), ...own }, { to })
        : hold(own, { from: now, to }));
      const wrong = [...first.keys()].find((name) => results[`next/${name}`]?.data === false);
      return {
        results,
        ...(wrong !== undefined && { unbounded: [wrong, await firstUnbounded(wrong, await read(to))] as const }),
        keep: () => (now = to),
      };
    },
    read: async () => {
      const moved = now === undefined ? {} : await read(now);
      return new Map([...first].map(([name, tensor]) => [name, arrayOf(moved[name] ?? tensor)]));
    },
  };
};

const firstUnbounded = async (name: string, state: Tensors): Promise<number> =>
  unboundedIn(dataOf(state[name])) ?? Number.NaN;

const of = (tensors: Tensors, name: string): OrtTensor => {
  const found = tensors[name];
  if (found === undefined) throw new RangeError(`train: ${name} is missing`);
  return found;
};

const arrayOf = (tensor: OrtTensor): ShapedArray => ({ data: dataOf(tensor).slice(), shape: tensor.dims });

/** Returns the numbers of a result. */
export const dataOf = (value: OrtTensor | undefined): Float32Array => {
  if (value?.data instanceof Float32Array) return value.data;
  throw new TypeError('train: a result is not float32');
};
