/** Django's default project on gunicorn, installed outside of the project when the benchmark needs it. */

import { ensureDir } from "@std/fs/ensure-dir";
import { exists } from "@std/fs/exists";
import { join } from "@std/path/join";
import { ROOT } from "../../tools/project.ts";
import { isInstalled, output, type Program } from "../measure/programs.ts";

const PACKAGES = ["django==5.2.19", "gunicorn==27.0.1"];

/**
 * Gives a function that installs Django, if it isn't there, makes a project, and says how to start it.
 *
 * @param sessions Where sessions are kept: in SQLite, as the default project does, or in the memory of the process.
 */
export function djangoSite(sessions: "default" | "memory"): () => Promise<Program> {
  return async () => {
    const home = join(cacheDirectory(), `nuages-bench-${PACKAGES.join("-").replaceAll("==", "-")}`);
    const bin = join(home, "venv", "bin");
    await install(home, bin);
    const site = join(home, "shop");
    await makeProject(site, join(bin, "django-admin"), join(bin, "python"));
    const settings = ROOT + "bench/peers/django";
    return {
      command: [join(bin, "gunicorn"), "--config", join(settings, "gunicorn_settings.py"), ...KEEPS_ALIVE, WSGI],
      env: {
        PYTHONPATH: `${site}:${settings}`,
        PYTHONDONTWRITEBYTECODE: "1",
        DJANGO_SETTINGS_MODULE: "bench_settings",
        BENCH_SESSIONS: sessions,
      },
    };
  };
}

const WSGI = "shop.wsgi";
/** The default worker opens a connection for each request, which would be held against Django. */
const KEEPS_ALIVE = ["--worker-class", "gthread", "--threads", "4"];

async function install(home: string, bin: string): Promise<void> {
  const done = join(home, "installed");
  if (await exists(done)) return;
  if (!await isInstalled("python3")) throw new Error("python3 is not installed");
  await ensureDir(home);
  await output(["python3", "-m", "venv", join(home, "venv")]);
  await output([join(bin, "pip"), "install", "--quiet", "--disable-pip-version-check", ...PACKAGES]);
  await Deno.writeTextFile(done, PACKAGES.join("\n"));
}

async function makeProject(site: string, admin: string, python: string): Promise<void> {
  if (await exists(join(site, "db.sqlite3"))) return;
  await ensureDir(site);
  await output([admin, "startproject", "shop", site]);
  await output([python, join(site, "manage.py"), "migrate", "--verbosity", "0"]);
}

/** Where programs keep what they can fetch again; never in the project. */
function cacheDirectory(): string {
  const home = Deno.env.get("HOME");
  const directory = Deno.env.get("XDG_CACHE_HOME") ?? (home === undefined ? undefined : join(home, ".cache"));
  if (directory === undefined) throw new Error("there is no directory to install it in: set XDG_CACHE_HOME");
  return directory;
}
