/** What the helpers that start real servers have in common. */

/** A program of the system: the first that is there, of paths and of names on the path; `undefined` if none is. */
export function findProgram(...candidates: string[]): string | undefined {
  const folders = (Deno.env.get("PATH") ?? "").split(":");
  return candidates.flatMap((candidate) =>
    candidate.includes("/") ? [candidate] : folders.map((folder) => `${folder}/${candidate}`)
  ).find(isFile);
}

/** A port of this machine that nobody uses. */
export function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

/** Waits until somebody listens, twenty seconds at most. */
export async function untilListening(port: number, what: string): Promise<void> {
  await untilDone(async () => {
    using _connection = await Deno.connect({ hostname: "127.0.0.1", port });
  }, `${what} does not listen on port ${port}`);
}

/** Tries again and again until it doesn't throw, twenty seconds at most. */
export async function untilDone(attempt: () => Promise<void>, complaint: string): Promise<void> {
  for (let count = 0;; count++) {
    try {
      return await attempt();
    } catch (cause) {
      if (count === 400) throw new Error(complaint, { cause });
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

/** As whom a server runs that refuses to be root: a user of the system, where this process is root; else as this process does. */
export async function serverUser(name: string): Promise<{ uid?: number; gid?: number }> {
  if (Deno.uid() !== 0) return {};
  const number = async (option: string) => {
    const { stdout } = await new Deno.Command("id", { args: [option, name] }).output();
    return Number(new TextDecoder().decode(stdout));
  };
  return { uid: await number("-u"), gid: await number("-g") };
}

/** An empty directory that belongs to such a user. */
export async function serverDirectory({ uid, gid }: { uid?: number; gid?: number }): Promise<string> {
  const directory = await Deno.makeTempDir();
  if (uid !== undefined) await Deno.chown(directory, uid, gid ?? null);
  return directory;
}

/** Runs a program to its end, and throws with what it wrote if it failed. */
export async function run(program: string, options: Deno.CommandOptions): Promise<void> {
  const { success, stderr } = await new Deno.Command(program, { ...options, stdout: "null", stderr: "piped" }).output();
  if (!success) throw new Error(`${program} failed: ${new TextDecoder().decode(stderr)}`);
}

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}
