/** The key that signs messages, CSRF cookies and sealed sessions. It is in no repository: the first start makes it. */

import { encodeBase64Url } from "@std/encoding/base64url";
import { join } from "@std/path";

/**
 * The secret key: `SECRET_KEY` of the environment, or else a file that only this user may read.
 *
 * A key that is made anew at each start would do as well, but then whatever it had signed would be void after a restart.
 */
export async function secretKey(directory: string): Promise<string> {
  const given = Deno.env.get("SECRET_KEY");
  if (given !== undefined) return given;
  const path = join(directory, "secret-key");
  try {
    const key = encodeBase64Url(crypto.getRandomValues(new Uint8Array(48)));
    await Deno.writeTextFile(path, key, { createNew: true, mode: 0o600 });
    return key;
  } catch (error) {
    if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
    return await Deno.readTextFile(path);
  }
}
