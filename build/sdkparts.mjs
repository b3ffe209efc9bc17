// Bundles of each AWS SDK package only what the product imports of it.
//
// The product imports the SDK when it is needed: `const { EC2Client } = await import('@aws-sdk/client-ec2')`. esbuild keeps every
// export of a module that is imported in this way. EC2's module is 1.9 MB with all its commands, and compiling it takes longer
// than a call. This plugin puts a module in between that exports only the names that the sources take, so that esbuild leaves out
// the rest.

import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'

const IMPORT = /import\(\s*'@aws-sdk\//g
const TAKEN = /\{([\w\s,]+)\} = await import\(\s*'(@aws-sdk\/[^']+)'/g

/** The names that a source takes, each with its package. Throws where an import takes a whole package. */
export function takenNames(source, file) {
  const found = [...source.matchAll(TAKEN)]
  if (found.length !== (source.match(IMPORT)?.length ?? 0))
    throw new Error(`${file}: import of the SDK by name only: const { Name } = await import('@aws-sdk/…')`)
  return found.flatMap(([, names, from]) =>
    names.split(',').flatMap((name) => (name.trim() === '' ? [] : [{ from, name: name.trim() }])),
  )
}

/**
 * Writes the keys of the SDK's schemas out: `{ [_n]: 1 }` with `const _n = "name"` becomes `{ "name": 1 }`. A computed key may have
 * a side effect, so esbuild keeps every object with one, also where it is not used.
 */
export function plainKeys(code) {
  const words = new Map([...code.matchAll(/^const (_\w+) = ("[^"]*");$/gm)].map(([, name, word]) => [name, word]))
  return code.replace(/\[(_\w+)\](?=:)/g, (whole, name) => words.get(name) ?? whole)
}

/** The esbuild plugin; `folder` has the sources. */
export function sdkParts(folder) {
  const namespace = 'sdk-parts'
  return {
    name: namespace,
    setup(build) {
      build.onResolve({ filter: /^@aws-sdk\// }, ({ kind, path: name }) =>
        kind === 'dynamic-import' ? { path: name, namespace } : undefined,
      )
      build.onLoad({ filter: /./, namespace }, ({ path: wanted }) => {
        const files = readdirSync(folder, { recursive: true })
          .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
          .map((file) => path.join(folder, file))
        const names = files
          .flatMap((file) => takenNames(readFileSync(file, 'utf8'), file))
          .flatMap(({ from, name }) => (from === wanted ? [name] : []))
        return {
          contents: `export { ${[...new Set(names)].join(', ')} } from '${wanted}'`,
          resolveDir: folder,
          // In watch mode esbuild bundles again when one of these files changes.
          watchFiles: files,
        }
      })
      build.onLoad({ filter: /@aws-sdk[\\/].*[\\/]schemas_\d+\.js$/ }, ({ path: file }) => ({
        contents: plainKeys(readFileSync(file, 'utf8')),
      }))
    },
  }
}
