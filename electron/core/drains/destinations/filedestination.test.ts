import { chmod, chown, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { recordOf } from '../drains.kit'
import { FileDestination } from './filedestination'

let folder: string
let path: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'culvert-filedrain-'))
  path = join(folder, 'deeper', 'out.jsonl')
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const open = (change: { maxBytes?: number; keep?: number } = {}) =>
  new FileDestination({ path, maxBytes: 1_000_000, keep: 2, ...change })

const textsOf = async (file: string) =>
  (await readFile(file, 'utf8'))
    .split('\n')
    .slice(0, -1)
    .map((line) => (JSON.parse(line) as { text: string }).text)

test('records are appended as JSON lines, to a file and folders of the owner alone', async () => {
  await open().send([recordOf(1), recordOf(2)])
  await open().send([recordOf(3)])
  expect(await textsOf(path)).toEqual(['line 1', 'line 2', 'line 3'])
  expect([(await stat(path)).mode & 0o777, (await stat(join(folder, 'deeper'))).mode & 0o777]).toEqual([0o600, 0o700])
})

test('past the size another file is begun, and so many older ones are kept', async () => {
  const destination = open({ maxBytes: 700 })
  for (let sequence = 1; sequence <= 9; sequence += 1) await destination.send([recordOf(sequence)])
  const names = await readdir(join(folder, 'deeper'))
  expect(names.toSorted()).toEqual(['out.jsonl', 'out.jsonl.1', 'out.jsonl.2'])
  const kept = await Promise.all([`${path}.2`, `${path}.1`, path].map(textsOf))
  const all = kept.flat()
  expect(all).toEqual(Array.from({ length: all.length }, (_, index) => `line ${9 - all.length + 1 + index}`))
  for (const name of names) expect((await stat(join(folder, 'deeper', name))).size).toBeLessThanOrEqual(700)
  await open({ maxBytes: 1, keep: 0 }).send([recordOf(10)])
  expect(await textsOf(path)).toEqual(['line 10'])
})

test('after a line that was cut off the next one begins anew', async () => {
  await mkdir(join(folder, 'deeper'), { mode: 0o700 })
  await writeFile(path, '{"half":', { mode: 0o600 })
  await open().send([recordOf(1)])
  const [half, line = ''] = (await readFile(path, 'utf8')).split('\n')
  expect([half, JSON.parse(line)]).toMatchObject(['{"half":', { sequence: 1 }])
})

test('a symbolic link, a folder, and a folder that all may write are refused, and the records wait', async () => {
  await mkdir(join(folder, 'deeper'))
  await writeFile(join(folder, 'elsewhere'), '')
  await symlink(join(folder, 'elsewhere'), path)
  const sent = await open().send([recordOf(1)])
  expect(sent).toMatchObject({ refused: 0, again: [recordOf(1)] })
  expect(sent.error?.message).toMatch(/\(ELOOP\): it is a symbolic link\. Enter the path that it leads to\.$/)
  expect(await readFile(join(folder, 'elsewhere'), 'utf8')).toBe('')
  await rm(path)
  await mkdir(path)
  await expect(open().reach()).rejects.toMatchObject({ code: 'data-directory' })
  await rm(path, { recursive: true })
  await chmod(join(folder, 'deeper'), 0o777)
  await expect(open().reach()).rejects.toMatchObject({ code: 'usage' })
})

test('a file that a log shipper may read keeps its mode, also after a rotation; one that every user may write is refused', async () => {
  await mkdir(join(folder, 'deeper'), { mode: 0o755 })
  await writeFile(path, '')
  await chmod(path, 0o644)
  const destination = open({ maxBytes: 700 })
  for (let sequence = 1; sequence <= 4; sequence += 1) await destination.send([recordOf(sequence)])
  expect([await textsOf(`${path}.1`), await textsOf(path)].flat().slice(-2)).toEqual(['line 3', 'line 4'])
  expect([(await stat(`${path}.1`)).mode & 0o777, (await stat(path)).mode & 0o777]).toEqual([0o644, 0o644])
  await chmod(path, 0o666)
  const before = await readFile(path, 'utf8')
  const sent = await destination.send([recordOf(5)])
  expect(sent).toMatchObject({ again: [recordOf(5)], error: { code: 'usage' } })
  expect(sent.error?.message).toContain('chmod o-w')
  expect(await readFile(path, 'utf8')).toBe(before)
})

test.runIf(process.getuid?.() === 0)('a file and a folder of another user are refused', async () => {
  await mkdir(join(folder, 'deeper'), { mode: 0o755 })
  await writeFile(path, '')
  await chown(path, 4_711, 4_711)
  await expect(open().reach()).rejects.toMatchObject({ message: expect.stringContaining('another user') as string })
  await rm(path)
  await chown(join(folder, 'deeper'), 4_711, 4_711)
  await expect(open().reach()).rejects.toMatchObject({ message: expect.stringContaining('another user') as string })
})
