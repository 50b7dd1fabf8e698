import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { emptyDir, emptyDirSync, ensureDir, ensureDirSync, exists, existsSync, walk, walkSync } from "@std/fs";
import { join, relative, toFileUrl } from "@std/path";

// What the project relies on. Where JSR is reached this holds the real functions to it, elsewhere the stand-ins.

Deno.test("ensureDir() makes a directory with its parents, once or often", async () => {
  await inFolder(async (root) => {
    const dir = join(root, "a/b/c");
    await Promise.all(Array.from({ length: 8 }, () => ensureDir(dir)));
    ensureDirSync(dir);
    await ensureDir(toFileUrl(join(root, "a/url")));
    assert((await Deno.stat(dir)).isDirectory);
    assert((await Deno.stat(join(root, "a/url"))).isDirectory);
  });
});

Deno.test("ensureDir() refuses when a file is in the way", async () => {
  await inFolder(async (root) => {
    const file = join(root, "file");
    await Deno.writeTextFile(file, "");
    await assertRejects(() => ensureDir(file), Error, "expected 'dir', got 'file'");
    assertThrows(() => ensureDirSync(file), Error, "expected 'dir', got 'file'");
    await assertRejects(() => ensureDir(join(file, "below")));
  });
});

Deno.test("ensureDir() takes a link to a directory for one", async () => {
  await inFolder(async (root) => {
    await Deno.mkdir(join(root, "real"));
    await Deno.symlink(join(root, "real"), join(root, "link"));
    await ensureDir(join(root, "link"));
    ensureDirSync(join(root, "link"));
  });
});

Deno.test("emptyDir() removes what is inside, or makes the directory", async () => {
  await inFolder(async (root) => {
    for (const empty of [emptyDir, emptyDirSync]) {
      await Deno.mkdir(join(root, "x/deep/er"), { recursive: true });
      await Deno.writeTextFile(join(root, "x/file"), "");
      await empty(join(root, "x"));
      assertEquals(await Array.fromAsync(Deno.readDir(join(root, "x"))), []);
      await empty(join(root, `new_${empty.name}`));
      assert((await Deno.stat(join(root, `new_${empty.name}`))).isDirectory);
    }
  });
});

Deno.test("exists() says what is there, and of which kind", async () => {
  await inFolder(async (root) => {
    const file = join(root, "file");
    await Deno.writeTextFile(file, "");
    for (const ask of [exists, existsSync]) {
      assertEquals(await ask(file), true);
      assertEquals(await ask(file, { isFile: true }), true);
      assertEquals(await ask(file, { isReadable: true }), true);
      assertEquals(await ask(file, { isDirectory: true }), false);
      assertEquals(await ask(toFileUrl(root), { isDirectory: true }), true);
      assertEquals(await ask(join(root, "nothing")), false);
    }
    await assertRejects(() => exists(file, { isFile: true, isDirectory: true }), TypeError);
    assertThrows(() => existsSync(file, { isFile: true, isDirectory: true }), TypeError);
  });
});

Deno.test("walk() visits the root and all that is below it", async () => {
  await inFolder(async (root) => {
    await plant(root);
    const everything = ["", "a.ts", "b", "b/c.json", "b/d", "b/d/e.ts", "link"];
    assertEquals(await visited(root), everything);
    assertEquals([...walkSync(root)].map(({ path }) => relative(root, path)).sort(), everything);
    const [first] = await Array.fromAsync(walk(root, { maxDepth: 0 }));
    assertEquals(first, {
      path: root,
      name: root.split("/").at(-1)!,
      isFile: false,
      isDirectory: true,
      isSymlink: false,
    });
  });
});

Deno.test("walk() visits what its options ask for", async () => {
  await inFolder(async (root) => {
    await plant(root);
    assertEquals(await visited(root, { maxDepth: 1 }), ["", "a.ts", "b", "link"]);
    assertEquals(await visited(root, { includeFiles: false }), ["", "b", "b/d", "link"]);
    assertEquals(await visited(root, { includeDirs: false, includeSymlinks: false }), ["a.ts", "b/c.json", "b/d/e.ts"]);
    assertEquals(await visited(root, { exts: [".ts"] }), ["a.ts", "b/d/e.ts"]);
    assertEquals(await visited(root, { exts: ["json"] }), ["b/c.json"]);
    assertEquals(await visited(root, { match: [/e\.ts$/] }), ["b/d/e.ts"]);
    assertEquals(await visited(root, { skip: [/\/d$/], includeDirs: false }), ["a.ts", "b/c.json", "link"]);
  });
});

Deno.test("walk() rejects when there is nothing to walk", async () => {
  await inFolder(async (root) => {
    await assertRejects(() => Array.fromAsync(walk(join(root, "nothing"))), Error);
    assertThrows(() => [...walkSync(join(root, "nothing"))], Error);
  });
});

async function plant(root: string): Promise<void> {
  await Deno.mkdir(join(root, "b/d"), { recursive: true });
  for (const path of ["a.ts", "b/c.json", "b/d/e.ts"]) await Deno.writeTextFile(join(root, path), "");
  await Deno.symlink(join(root, "b"), join(root, "link"));
}

async function visited(root: string, options?: Parameters<typeof walk>[1]): Promise<string[]> {
  const entries = await Array.fromAsync(walk(root, options));
  return entries.map(({ path }) => relative(root, path)).sort();
}

async function inFolder(use: (root: string) => Promise<void>): Promise<void> {
  const root = await Deno.realPath(await Deno.makeTempDir());
  try {
    await use(root);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}
