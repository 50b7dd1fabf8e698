import type { SignInAttempts } from "./sign_in_limits.ts";
import type { PasswordHasher } from "./password_hasher.ts";
import type { User, UserSource } from "./user_source.ts";

/** What is the same for all requests. */
export interface AuthSettings<U extends User> {
  /** Where users come from. */
  readonly users: UserSource<U>;
  /** What checks passwords. */
  readonly passwords: PasswordHasher;
  /** Who counts attempts, if anybody does. */
  readonly attempts: SignInAttempts | undefined;
  /** Whose sessions are believed, the first one being what `login()` writes. */
  readonly backends: readonly string[];
  /** Where one signs in. */
  readonly loginUrl: string;
}

/** What Django writes into a session of somebody who has signed in with a password. */
export const MODEL_BACKEND = "django.contrib.auth.backends.ModelBackend";

/** What Django writes into a session of somebody whom the server in front has named. */
export const REMOTE_BACKEND = "django.contrib.auth.backends.RemoteUserBackend";
