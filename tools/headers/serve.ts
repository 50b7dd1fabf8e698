/** Serves a site on one port, http and https alike, as a proxy in front of it would: scanners are given a name, and try both. */

import type { App } from "@nuages/web";

/** A certificate for `localhost`, signed by an authority of its own. */
export interface Certificate {
  /** The file of the authority's certificate, to be trusted. */
  readonly authority: string;
  readonly cert: string;
  readonly key: string;
}

/**
 * Makes one with `openssl`, good for a day.
 *
 * @param directory Where its files go.
 */
export async function makeCertificate(directory: string): Promise<Certificate> {
  const path = (name: string) => `${directory}/${name}`;
  const newKey = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
  await Deno.writeTextFile(path("names"), "subjectAltName=DNS:localhost\nbasicConstraints=CA:FALSE\n");
  await openssl([
    "req",
    "-x509",
    ...newKey,
    "-days",
    "1",
    "-subj",
    "/CN=scan",
    "-keyout",
    path("ca.key"),
    "-out",
    path("ca.pem"),
  ]);
  await openssl(["req", ...newKey, "-subj", "/CN=localhost", "-keyout", path("site.key"), "-out", path("site.csr")]);
  const signing = ["-CA", path("ca.pem"), "-CAkey", path("ca.key"), "-CAcreateserial", "-extfile", path("names")];
  await openssl(["x509", "-req", "-days", "1", "-in", path("site.csr"), ...signing, "-out", path("site.pem")]);
  const [cert, key] = await Promise.all([Deno.readTextFile(path("site.pem")), Deno.readTextFile(path("site.key"))]);
  return { authority: path("ca.pem"), cert, key };
}

/** A site that answers. */
export interface Served extends AsyncDisposable {
  /** Its name and port, without a scheme. */
  readonly host: string;
}

/**
 * Serves a site. The first byte of a connection says whether it is TLS.
 *
 * @param app The site; it trusts the proxy at 127.0.0.1.
 * @param certificate The certificate for https.
 */
export function serveBoth(app: App, { cert, key }: Certificate): Served {
  const here = { hostname: "127.0.0.1", port: 0, onListen() {} };
  const plain = Deno.serve(here, forwarded(app, "http"));
  const secure = Deno.serve({ ...here, cert, key }, forwarded(app, "https"));
  const listener = Deno.listen(here);
  const connections = new Set<Promise<void>>();
  const accepting = (async () => {
    for await (const connection of listener) {
      const passing = pass(connection, plain.addr.port, secure.addr.port).finally(() => connections.delete(passing));
      connections.add(passing);
    }
  })();
  return {
    host: `localhost:${listener.addr.port}`,
    async [Symbol.asyncDispose]() {
      listener.close();
      await accepting;
      await Promise.all([plain.shutdown(), secure.shutdown(), ...connections]);
    },
  };
}

/** What the proxy says of the visitor. */
function forwarded(app: App, scheme: string): Deno.ServeHandler {
  return (request, info) => {
    const headers = new Headers(request.headers);
    headers.set("X-Forwarded-For", "203.0.113.9");
    headers.set("X-Forwarded-Proto", scheme);
    const { url, method, body } = request;
    return app(new Request(url, { method, headers, body }), info);
  };
}

const TLS_HANDSHAKE = 0x16;

async function pass(connection: Deno.TcpConn, plain: number, secure: number): Promise<void> {
  const first = new Uint8Array(1);
  // Visitors, scanners above all, leave when they like.
  if (await connection.read(first).catch(() => null) === null) return connection.close();
  const site = await Deno.connect({ hostname: "127.0.0.1", port: first[0] === TLS_HANDSHAKE ? secure : plain });
  await site.write(first);
  await Promise.allSettled([connection.readable.pipeTo(site.writable), site.readable.pipeTo(connection.writable)]);
}

async function openssl(args: string[]): Promise<void> {
  const { success, stderr } = await new Deno.Command("openssl", { args, stdin: "null" }).output();
  if (!success) throw new Error(`Cannot make a certificate: ${new TextDecoder().decode(stderr)}`);
}
