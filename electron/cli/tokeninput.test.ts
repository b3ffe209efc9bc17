import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { readToken, readTokenFile, tokenIn } from './tokeninput'

const token = `culvert-authz-1.0123456789ab.${'A'.repeat(43)}`
const refused = { code: 'authorization-refused' }

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'culvert-token-'))
})
afterEach(() => rm(folder, { recursive: true }))

test('a token is found alone, in what authorize prints, and in its JSON', () => {
  expect(tokenIn(` ${token}\n`)).toEqual({ token, isAlone: true })
  expect(tokenIn(`Target information:\n  Authorization Token: ${token}\n  Type: tcp\n`)).toEqual({
    token,
    isAlone: false,
  })
  expect(tokenIn(JSON.stringify({ authorizationToken: token }))).toEqual({ token, isAlone: false })
  expect(() => tokenIn('no such thing')).toThrow(expect.objectContaining(refused))
})

test('stdin is read up to the line of the token, in any pieces, and the rest stays there', async () => {
  const stdin = new PassThrough()
  const read = readToken(stdin)
  for (const piece of ['Target infor', 'mation:\n  T: ', token.slice(0, 20), `${token.slice(20)}\nls`, ' -l\n']) {
    stdin.write(piece)
  }
  stdin.end()
  expect(await read).toEqual({ token, isAlone: false })
  const rest: Buffer[] = []
  for await (const chunk of stdin) rest.push(chunk as Buffer)
  expect(Buffer.concat(rest).toString()).toBe('ls -l\n')
})

test('a last line without a break counts, an end without a token and endless other text are refused', async () => {
  const last = new PassThrough()
  last.end(token)
  expect(await readToken(last)).toEqual({ token, isAlone: true })
  const none = new PassThrough()
  none.end('nothing\n')
  await expect(readToken(none)).rejects.toMatchObject(refused)
  const endless = new PassThrough()
  endless.write('x'.repeat(300_000))
  await expect(readToken(endless)).rejects.toMatchObject(refused)
  // `yes | culvert connect --authz -`
  const lines = new PassThrough()
  lines.write('y\n'.repeat(150_000))
  await expect(readToken(lines)).rejects.toMatchObject(refused)
})

test('a file that others may read is warned of, and one that is not there is told', async () => {
  const path = join(folder, 'token')
  const warnings: string[] = []
  const read = () => readTokenFile(path, (text) => warnings.push(text))
  await expect(read()).rejects.toMatchObject({ code: 'usage' })
  await writeFile(path, token, { mode: 0o600 })
  expect(await read()).toEqual({ token, isAlone: true })
  expect(warnings).toEqual([])
  await chmod(path, 0o640)
  await read()
  expect(warnings).toEqual([expect.stringContaining('chmod 600')])
})
