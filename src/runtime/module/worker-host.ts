import type { WasmPlan } from '../../wasm/plan.ts';
import type { Part } from '../../signature.ts';
import type { Feeds, FileRunner } from '../sessions.ts';
import { reasonOf } from '../../errors.ts';
import { startHere } from './engine.ts';
import type { WasmModule } from './web-assembly.ts';

/** A page's request to the worker that runs a module; the reply goes to the port that comes with it. */
export type ModuleRequest =
  | { readonly do: 'start'; readonly name: string; readonly plan: WasmPlan; readonly module: WasmModule }
  | { readonly do: 'run'; readonly part: Part; readonly inputs: Feeds };

/** The outcome of a request. */
export type ModuleReply = { readonly value: Feeds } | { readonly error: string };

/** Runs a module in this worker for its page. */
export const hostModule = (): void => {
  let engine: Promise<FileRunner> | undefined;
  const serve = async (request: ModuleRequest): Promise<Feeds> => {
    if (request.do === 'start') {
      engine = startHere(request.name, request.plan, request.module);
      await engine;
      return {};
    }
    return (await engine)?.run(request.part, request.inputs) ?? {};
  };
  const answer = async (request: ModuleRequest): Promise<readonly [ModuleReply, readonly ArrayBuffer[]]> => {
    try {
      const value = await serve(request);
      // Sent rather than copied: they are results, of which nobody else knows.
      return [{ value }, Object.values(value).map(({ data: { buffer } }) => buffer as ArrayBuffer)];
    } catch (error) {
      return [{ error: reasonOf(error) }, []];
    }
  };
  self.addEventListener('message', ({ data, ports: [port] }) => {
    void answer(data).then(([reply, sent]) => port.postMessage(reply, sent));
  });
};

/** The part of a worker's global scope that is used. */
declare const self: {
  addEventListener(
    type: 'message',
    listener: (event: {
      readonly data: ModuleRequest;
      readonly ports: readonly [{ postMessage(reply: ModuleReply, transfer: readonly ArrayBuffer[]): void }];
    }) => void,
  ): void;
};
