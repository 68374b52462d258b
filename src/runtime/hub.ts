import { InvalidData } from '../errors.ts';

/** Where a model is on the hub: `https://huggingface.co`, or the server that `HF_ENDPOINT` names. */
const HUB = 'https://huggingface.co';

/** A folder of a repository of the hub. */
export interface HubFolder {
  readonly url: URL;
  /** Whether the revision is a commit, whose files never change. */
  readonly pinned: boolean;
}

/** Whether an address is one of the hub's: `hf:owner/name`. */
export const isOnHub = (address: string): boolean => /^hf:/i.test(address);

/**
 * Returns the folder that `hf:owner/name`, `hf:owner/name/folder` or `hf:owner/name@revision` names; a revision is a branch (`main` by
 * default), a tag or a commit. Throws an `InvalidData` for other text, and for `.` and `..`, by which an address would leave the repository.
 */
export const hubFolder = (address: string): HubFolder => {
  const [, owner, name, folder = '', revision = 'main'] =
    /^hf:(?:\/\/)?(?!(?:.*[/@])?(?:\.|%2e){1,2}(?:[/@]|$))([\w.-]+)\/([\w.-]+)((?:\/[^/@?#\\\t\n\r]+)*)\/?(?:@([^@?#\s]+))?$/i.exec(
      address,
    ) ?? [];
  if (!owner || !name)
    throw new InvalidData(
      `${address}: expected hf:owner/name, hf:owner/name@revision or hf:owner/name/folder, got other text; correct it`,
    );
  const endpoint = environment()['HF_ENDPOINT'] || HUB;
  const path = [owner, name, 'resolve', encodeURIComponent(revision)].join('/');
  return {
    url: new URL(`${endpoint.replace(/\/+$/, '')}/${path}${folder}/`),
    pinned: /^[0-9a-f]{40}$/.test(revision),
  };
};

/** What lets the hub give a private model: `HF_TOKEN`, sent to nobody else. */
export const hubHeaders = (): Readonly<Record<string, string>> => {
  const token = environment()['HF_TOKEN'];
  return token ? { authorization: `Bearer ${token}` } : {};
};

/** The environment of Node and its like; of a page, whatever a bundler puts there. */
const environment = (): Readonly<Record<string, string | undefined>> =>
  (globalThis as { readonly process?: { readonly env?: Record<string, string | undefined> } }).process?.env ?? {};
