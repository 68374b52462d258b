import type { Server } from 'node:http';
import { networkInterfaces } from 'node:os';
import { errorCode, messageOf, Unavailable } from '../errors.ts';

/** The address that other machines cannot reach. */
export const LOOPBACK = '127.0.0.1';

/** Whether a name or an address is this machine's own, which other machines cannot reach. */
export const isLocalName = (name: string): boolean => [LOOPBACK, 'localhost', '::1'].includes(name);

/** Returns the name in a host header: `[::1]:8080` → `::1` */
export const nameOf = (host = ''): string =>
  host
    .replace(/:\d+$/, '')
    .replace(/^\[(.*)\]$/, '$1')
    .toLowerCase();

/**
 * Explains why a request for another host is refused by a server for this machine only: a foreign page could resolve a name of its own
 * to this machine, and read through it (DNS rebinding).
 */
export const foreign = (host: string | undefined): string =>
  `${host} is not the name of this server; open it as localhost`;

/** A server that listens. */
export interface Listening {
  /** Its addresses; more than one if it listens on all addresses of the machine. */
  readonly urls: readonly string[];
  /** Stops listening, and resolves when all connections have ended. */
  close(): Promise<void>;
}

/**
 * Makes a server listen on a port of an address; unless the port is given, on `usual`, or where that is taken on any free one.
 *
 * @throws Unavailable if it cannot listen there.
 */
export const listening = async (
  server: Server,
  host: string,
  port: number | undefined,
  usual: number,
): Promise<Listening> => {
  const listen = (wanted: number): Promise<number> =>
    new Promise((resolve, reject) => {
      server.once('error', reject);
      server.listen(wanted, host, () => {
        server.off('error', reject);
        const address = server.address();
        resolve(typeof address === 'object' && address !== null ? address.port : wanted);
      });
    });
  const found = await (port === undefined ? listen(usual).catch(() => listen(0)) : listen(port)).catch(
    (error: unknown) => {
      throw refusal(error, host, port);
    },
  );
  return {
    urls: namesOf(host).map((name) => `http://${name}:${found}/`),
    close: () => new Promise((resolve) => void server.close(() => resolve())),
  };
};

/** Returns the names by which a browser reaches an address that is listened on. */
const namesOf = (host: string): readonly string[] => {
  if (host !== '0.0.0.0' && host !== '::') return [host.includes(':') ? `[${host}]` : host];
  const others = Object.values(networkInterfaces()).flatMap((addresses = []) =>
    addresses.filter(({ family, internal }) => family === 'IPv4' && !internal).map(({ address }) => address),
  );
  return [LOOPBACK, ...others];
};

const refusal = (error: unknown, host: string, port: number | undefined): Error => {
  const code = errorCode(error) ?? messageOf(error);
  if (code === 'EADDRINUSE')
    return new Unavailable(
      `--port ${port}: expected a port that is free, got one that another program has; choose another, or leave --port out`,
    );
  if (code === 'EACCES')
    return new Unavailable(
      `--port ${port}: expected a port that this user may have, got one that is reserved; choose one from 1024 on`,
    );
  if (code === 'ERR_SOCKET_BAD_PORT')
    return new Unavailable(`--port ${port}: expected a port from 1 to 65535, got another number; choose one of these`);
  return new Unavailable(
    `--host ${host}: expected an address of this machine, got another (${code}); leave --host out`,
  );
};
