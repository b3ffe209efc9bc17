// The static files of the page, by an allow-list made once: a request names a key of a map, never a path on disk.

import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
  '.woff': 'font/woff',
}

/** One file as it is served. */
export interface StaticFile {
  readonly type: string
  readonly body: Buffer
}

/**
 * Reads every file of a known type under `directory`, keyed by its URL path (`/assets/index-abc.js`). Source maps and unknown
 * types are left out. Throws where the folder is missing: the page was not built.
 */
export function readStaticFiles(directory: string): ReadonlyMap<string, StaticFile> {
  const files = new Map<string, StaticFile>()
  for (const entry of readdirSync(directory, { recursive: true, withFileTypes: true })) {
    const type = TYPES[path.extname(entry.name)]
    if (!entry.isFile() || type === undefined) continue
    const file = path.join(entry.parentPath, entry.name)
    const key = `/${path.relative(directory, file).split(path.sep).join('/')}`
    files.set(key, { type, body: readFileSync(file) })
  }
  return files
}
