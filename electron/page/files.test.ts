import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { answerFile, readStaticFiles } from './files'

const policy = (nonce: string): string => `script-src 'nonce-${nonce}'`

/** A built page: an index, an asset, and what must not be served. */
function built() {
  const folder = mkdtempSync(path.join(tmpdir(), 'culvert-files-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  mkdirSync(path.join(folder, 'assets'))
  writeFileSync(path.join(folder, 'index.html'), '<script nonce="CSP_NONCE"></script><style nonce="CSP_NONCE"></style>')
  writeFileSync(path.join(folder, 'assets', 'a.js'), 'CSP_NONCE')
  writeFileSync(path.join(folder, 'assets', 'a.js.map'), '{}')
  writeFileSync(path.join(folder, 'notes.txt'), 'notes')
  if (process.platform !== 'win32') symlinkSync(path.join(folder, 'assets', 'a.js'), path.join(folder, 'link.js'))
  return readStaticFiles(folder)
}

test('files of known types are served by their paths, and nothing else is there', () => {
  const files = built()
  expect([...files.keys()].toSorted()).toEqual(['/assets/a.js', '/index.html'])
  const statuses = [
    '/',
    '/?a=1',
    '/index.html',
    '/assets/a.js',
    '/assets',
    '/assets/../index.html',
    '/notes.txt',
    '//',
  ].map((name) => answerFile(files, { method: 'GET', path: name }, policy).status)
  expect(statuses).toEqual([200, 200, 200, 200, 404, 404, 404, 404])
})

test('each load of the page has a nonce of its own, which its policy names; a file is served as it is and kept', () => {
  const files = built()
  const nonces = [1, 2].map(() => {
    const { headers, body } = answerFile(files, { method: 'GET', path: '/' }, policy)
    const nonce = /'nonce-(.+)'/.exec(headers['content-security-policy'] ?? '')?.[1] ?? ''
    expect(body.toString()).toBe(`<script nonce="${nonce}"></script><style nonce="${nonce}"></style>`)
    expect(headers).toMatchObject({ 'cache-control': 'no-store', 'content-length': String(body.length) })
    return nonce
  })
  expect(nonces[0]).not.toBe(nonces[1])
  const asset = answerFile(files, { method: 'GET', path: '/assets/a.js' }, policy)
  expect([asset.body.toString(), asset.headers['cache-control']]).toEqual(['CSP_NONCE', 'max-age=31536000, immutable'])
})

test('HEAD has the headers of GET and no body; other methods are refused', () => {
  const files = built()
  const [head, get] = ['HEAD', 'GET'].map((method) => answerFile(files, { method, path: '/assets/a.js' }, policy))
  expect([head?.status, head?.body.length, head?.headers['content-length']]).toEqual([
    200,
    0,
    get?.headers['content-length'],
  ])
  expect(answerFile(files, { method: 'POST', path: '/' }, policy).status).toBe(405)
})
