// The static files of the page, by an allow-list made once: a request names a key of a map, never a path on disk.
//
// Used by the web door and by Electron's own scheme. Callers check the sender first (policy.ts, window/address.ts).

import { randomBytes } from 'node:crypto'
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
  readonly body: Buffer<ArrayBuffer>
}

/**
 * Reads every file of a known type under `directory`, keyed by its URL path (`/assets/index-abc.js`). Source maps, unknown
 * types and links are left out. Throws where the folder is missing: the page was not built.
 */
export function readStaticFiles(directory: string): ReadonlyMap<string, StaticFile> {
  const files = new Map<string, StaticFile>()
  // Folder by folder: Electron's archive does not support `recursive` and `parentPath` reliably.
  const read = (folder: string, prefix: string): void => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const file = path.join(folder, entry.name)
      const type = TYPES[path.extname(entry.name)]
      if (entry.isDirectory()) read(file, `${prefix}${entry.name}/`)
      else if (entry.isFile() && type !== undefined) {
        files.set(`${prefix}${entry.name}`, { type, body: Buffer.from(readFileSync(file)) })
      }
    }
  }
  read(directory, '/')
  return files
}

/** An answer to a request for a file. */
export interface FileAnswer {
  readonly status: 200 | 404 | 405
  readonly headers: Readonly<Record<string, string>>
  /** Empty for HEAD and for refused requests. */
  readonly body: Buffer<ArrayBuffer>
}

/**
 * Answers GET and HEAD of `path`; `/` is the page, a query is ignored. The page gets a new nonce for each load, and `policy` makes its
 * Content-Security-Policy from it. Other files get such a policy too and may be cached for ever: their names contain a hash.
 */
export function answerFile(
  files: ReadonlyMap<string, StaticFile>,
  request: { readonly method: string; readonly path: string },
  policy: (nonce: string) => string,
): FileAnswer {
  const isHead = request.method === 'HEAD'
  if (request.method !== 'GET' && !isHead) return refusal(405)
  const [key = '/'] = request.path.split('?')
  const file = files.get(key === '/' ? '/index.html' : key)
  if (file === undefined) return refusal(404)
  const nonce = randomBytes(16).toString('base64')
  const isPage = file.type.startsWith('text/html')
  const body = isPage ? Buffer.from(file.body.toString('utf8').replaceAll('CSP_NONCE', nonce)) : file.body
  return {
    status: 200,
    headers: {
      'content-type': file.type,
      'content-length': String(body.length),
      'content-security-policy': policy(nonce),
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
      'cache-control': isPage ? 'no-store' : 'max-age=31536000, immutable',
    },
    body: isHead ? Buffer.alloc(0) : body,
  }
}

function refusal(status: 404 | 405): FileAnswer {
  return { status, headers: { 'content-length': '0' }, body: Buffer.alloc(0) }
}
