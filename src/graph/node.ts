import type { Shape } from '../shape/shape.ts';
import type { Init } from './init.ts';
import type { AnyOp, Some } from './op.ts';

/** The role of a graph's input: batch data, noise, a scalar that does not change within a batch, or state. */
export type Role = 'batch' | 'scalar' | 'state';

/** How a noise input is drawn, independently for each element. */
export type Distribution = 'normal' | 'uniform';

/** One application of an op or of a block of ops: the owner of parameters, which take its name (`dense_2`). */
export interface Layer {
  readonly label: string;
}

/** A value of the expression that a network's body builds. Nodes are compared by identity: the same node is computed once. */
export type Node = InputNode | ConstantNode | ParamNode | NoiseNode | ApplyNode | CallNode | ModalNode | StepsNode;

/** An input of the network whose body contains it. */
export interface InputNode {
  readonly kind: 'input';
  readonly name: string;
  readonly shape: Shape;
}

/** A constant; it has no batch axis. */
export interface ConstantNode {
  readonly kind: 'constant';
  readonly shape: Shape;
  readonly data: Float32Array;
}

/** A parameter: trained, or only stored (running statistics, data scaling). It has no batch axis. */
export interface ParamNode {
  readonly kind: 'param';
  /** The owner; if omitted, `label` is the full name. */
  readonly layer?: Layer;
  readonly label: string;
  readonly shape: Shape;
  readonly init: Init;
  readonly trainable: boolean;
}

/**
 * Noise: an input that the network's callers never see, with the lead of `like`. No graph contains a random operator.
 */
export interface NoiseNode {
  readonly kind: 'noise';
  readonly label: string;
  readonly distribution: Distribution;
  readonly like: Node;
  readonly shape: Shape;
}

/** An op applied to values. */
export interface ApplyNode {
  readonly kind: 'apply';
  readonly op: AnyOp;
  readonly inputs: Some<Node>;
  readonly attrs: object;
  readonly params: Readonly<Record<string, ParamNode>>;
  readonly layer: Layer;
  readonly shape: Shape;
}

/** One output of a network called with these arguments. Calls of one network share its parameters. */
export interface CallNode {
  readonly kind: 'call';
  readonly body: Body;
  readonly args: Readonly<Record<string, Node>>;
  readonly output: string;
  readonly shape: Shape;
}

/** A value that is computed in one way in training and in another in inference. */
export interface ModalNode {
  readonly kind: 'modal';
  readonly train: Node;
  readonly infer: Node;
  /** Updates that training applies to untrained parameters, such as running statistics. */
  readonly updates: readonly Update[];
  readonly shape: Shape;
}

/**
 * What a body gives at each of several steps: it takes the state that the step before gave and slices of sequences, and
 * gives the next state and its outputs, which are joined here, each flat, one after another: [count, …].
 */
export interface StepsNode {
  readonly kind: 'steps';
  /** Runs the steps. Its attributes are `StepsAttrs`. */
  readonly op: AnyOp;
  /** One step: takes slices, the state, and whatever else is the same at all steps. */
  readonly body: Body;
  readonly count: number;
  /** The arguments by the names of the body's inputs, in their order: sequences, first states, then all others. */
  readonly args: Readonly<Record<string, Node>>;
  /** What a decoder writes in these steps; omitted for calls that were written out. */
  readonly writes?: Written;
  /** How many of the arguments are sequences, and how many after them are states. */
  readonly sequences: number;
  readonly states: number;
  readonly layer: Layer;
  readonly shape: Shape;
}

/** What a decoder writes step by step. */
export interface Written {
  /** What takes the place of the slice before the first of each sequence, by its name. */
  readonly start: Readonly<Record<string, Node>>;
  /** The target whose parameters are returned. */
  readonly target: object;
  /** The outputs as the network passes them on, one for each parameter. */
  readonly results: Readonly<Record<string, Node>>;
}

/** An update that training applies to an untrained parameter. */
export interface Update {
  readonly param: ParamNode;
  readonly value: Node;
  /** Merges the updates from several computations of the network into one: it has one input for each of them. */
  readonly merge: AnyOp;
}

/** A network before it is resolved: its name, which scopes its parameters, and the expressions it computes. */
export interface Body {
  readonly name: string;
  readonly inputs: Readonly<Record<string, { readonly shape: Shape; readonly role: Role }>>;
  readonly outputs: Readonly<Record<string, Node>>;
  /** The network to which its layers belong, if it is a part of one: parameters have the network's name. */
  readonly within?: string;
  /** Values of that network which it uses, and the inputs that take their place. */
  readonly captured?: ReadonlyMap<Node, string>;
  /** Weights of another model that training starts from, and whether training leaves them as they are. */
  readonly pretrained?: Pretrained;
}

/** Weights that were trained elsewhere. */
export interface Pretrained {
  /** A file in the safetensors format: a path, or the URL of a file. */
  readonly file: string;
  /** The file's names by the network's own, such as `conv2d_1/kernel`; if omitted, they are the same. */
  readonly names?: Readonly<Record<string, string>>;
  /** Whose order of axes kernels have in the file; if omitted, this library's, which is that of Keras. */
  readonly from?: 'pytorch';
  /** Whether training leaves them as they are, and computes the network as in use. */
  readonly frozen: boolean;
}
