import { spawn } from 'node:child_process'
import { watch } from 'node:fs'
import { mkdir, mkdtemp, readFile, readdir, rename, rm, stat, symlink, truncate, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { build } from 'esbuild'
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import * as z from 'zod'
import { openJsonFile, type JsonFile, type JsonFileOptions } from './jsonfile'
import { makePipe } from '../../../e2e/kit/programs/pipe'

const at = Date.UTC(2026, 0, 5, 11, 42, 0, 123)

let folder: string
let path: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'culvert-json-'))
  path = join(folder, 'list.json')
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const list = z.array(z.strictObject({ n: z.number() }))
type List = z.infer<typeof list>

function opened(options: Partial<JsonFileOptions<List>> = {}): Promise<JsonFile<List>> {
  return openJsonFile({ path, version: 3, schema: list, empty: [], migrations: {}, now: () => at, ...options })
}

const stored = (): Promise<string> => readFile(path, 'utf8')

describe('a file', () => {
  test('that is not there is empty, and is not made by opening', async () => {
    const file = await opened({ empty: [{ n: 7 }] })
    expect([file.value, file.keptAside]).toEqual([[{ n: 7 }], undefined])
    expect(await readdir(folder)).toEqual([])
  })

  test('keeps what is written, with its version, for us alone', async () => {
    const file = await opened()
    const writing = file.write([{ n: 1 }])
    expect(file.value).toEqual([{ n: 1 }])
    await writing
    expect(await stored()).toBe('{\n  "version": 3,\n  "data": [\n    {\n      "n": 1\n    }\n  ]\n}\n')
    expect((await stat(path)).mode & 0o777).toBe(0o600)
    expect(await readdir(folder)).toEqual(['list.json'])
    expect((await opened()).value).toEqual([{ n: 1 }])
  })

  test('of an older version is migrated step by step, and written when it changes', async () => {
    await writeFile(path, '{"version":1,"data":5}')
    const migrations = {
      1: (data: unknown) => [data],
      2: (data: unknown) => (data as number[]).map((n) => ({ n })),
    }
    const file = await opened({ migrations })
    expect([file.value, file.keptAside]).toEqual([[{ n: 5 }], undefined])
    expect(await stored()).toBe('{"version":1,"data":5}')
    await file.write(file.value)
    expect(JSON.parse(await stored())).toEqual({ version: 3, data: [{ n: 5 }] })
  })

  test('edited by an editor that marks the byte order is read', async () => {
    await writeFile(path, '\uFEFF{"version":3,"data":[{"n":1}]}')
    expect((await opened()).value).toEqual([{ n: 1 }])
  })
})

describe('a file that cannot be read by us', () => {
  test.each([
    ['is empty', ''],
    ['is half a file', '{"version":3,"data":[{"n":'],
    ['has no version', '[{"n":1}]'],
    ['breaks the schema', '{"version":3,"data":[{"n":"1"}]}'],
    ['has a field that we do not know', '{"version":3,"data":[{"n":1,"m":2}]}'],
    ['is of a newer version', '{"version":4,"data":[{"n":1}]}'],
    ['is of a version that nobody migrates', '{"version":2,"data":[{"n":1}]}'],
    ['is of a version whose migration fails', '{"version":1,"data":null}'],
    ['is no UTF-8', Buffer.from([...Buffer.from('{"version":3,"data":[],"x":"'), 0xff, 0x22, 0x7d])],
  ])('because it %s is kept aside', async (_why, content) => {
    await writeFile(path, content)
    const file = await opened({ migrations: { 1: (data) => (data as number[]).map((n) => ({ n })) } })
    expect([file.value, file.keptAside]).toEqual([[], `${path}.20260105T114200123Z.kept`])
    expect(await readFile(file.keptAside!)).toEqual(Buffer.from(content))
    await file.write([{ n: 2 }])
    expect((await readdir(folder)).toSorted()).toEqual(['list.json', 'list.json.20260105T114200123Z.kept'])
  })

  test('never replaces one that was kept before', async () => {
    for (const content of ['a', 'b', 'c']) {
      await writeFile(path, content)
      await opened()
    }
    const names = (await readdir(folder)).toSorted()
    expect(names).toHaveLength(3)
    const contents = await Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')))
    expect(contents.toSorted()).toEqual(['a', 'b', 'c'])
  })

  test('because the system fails is an error, never an empty file', async () => {
    await mkdir(path)
    await expect(opened()).rejects.toMatchObject({
      code: 'data-directory',
      message: expect.stringContaining(`${path} cannot be read (EISDIR)`),
    })
    await writeFile(join(folder, 'file'), '')
    await expect(opened({ path: join(folder, 'file', 'list.json') })).rejects.toMatchObject({ code: 'data-directory' })
  })
})

describe.skipIf(process.platform === 'win32')('what is no file', () => {
  test.each([
    ['a pipe', () => Promise.resolve(makePipe(path)), 'cannot be read (it is a pipe)'],
    ['a link to a device that never ends', () => symlink('/dev/zero', path), 'cannot be read (it is a device)'],
    ['links that go round', () => symlink('list.json', path), 'cannot be read (ELOOP)'],
    [
      'a socket',
      async () => {
        const server = createServer()
        await new Promise<void>((resolve) => server.listen(path, resolve))
        onTestFinished(() => void server.close())
      },
      'cannot be read (it is a socket)',
    ],
  ])('such as %s, is refused at once and left where it is', async (_, make, said) => {
    await make()
    await expect(opened()).rejects.toMatchObject({
      code: 'data-directory',
      message: expect.stringContaining(`${path} ${said}: move what is in the way`),
    })
    expect(await readdir(folder)).toEqual(['list.json'])
  })

  test('as a link to a file is read like the file', async () => {
    await writeFile(join(folder, 'elsewhere'), '{"version":3,"data":[{"n":1}]}')
    await symlink('elsewhere', path)
    expect((await opened()).value).toEqual([{ n: 1 }])
  })
})

describe('a file without end', () => {
  test('is kept aside and not read', async () => {
    await writeFile(path, '{"version":3,"data":[')
    await truncate(path, 4 * 1024 ** 4)
    const file = await opened()
    expect([file.value, file.keptAside]).toEqual([[], `${path}.20260105T114200123Z.kept`])
  })
})

describe('writing', () => {
  test('joins writes that wait, resolves each once its state or a newer one is on disk, and ends with the newest', async () => {
    const renames: string[] = []
    const watcher = watch(folder, (_event, name) => {
      if (name?.endsWith('.tmp') === true && !renames.includes(name)) renames.push(name)
    })
    onTestFinished(() => watcher.close())
    const file = await opened()
    const writes = Array.from({ length: 100 }, (_, n) =>
      file.write([{ n }]).then(async () => {
        const [on] = (JSON.parse(await stored()) as { data: List }).data
        expect(on!.n).toBeGreaterThanOrEqual(n)
      }),
    )
    await Promise.all(writes)
    expect(JSON.parse(await stored())).toEqual({ version: 3, data: [{ n: 99 }] })
    const last = file.write([{ n: 100 }])
    const both = [last, file.write([{ n: 101 }])]
    await Promise.all(both)
    expect(JSON.parse(await stored())).toEqual({ version: 3, data: [{ n: 101 }] })
    expect(renames.length).toBeLessThan(5)
  })

  test('shows a reader the old state or the new one, never half of one', async () => {
    const file = await opened()
    const long = (n: number): List => Array.from({ length: 5_000 }, () => ({ n }))
    await file.write(long(0))
    let isDone = false
    const reading = (async () => {
      while (!isDone) {
        const { data } = JSON.parse(await stored()) as { data: List }
        expect(new Set(data.map(({ n }) => n)).size).toBe(1)
        expect(data).toHaveLength(5_000)
      }
    })()
    for (let n = 1; n <= 20; n += 1) await file.write(long(n))
    isDone = true
    await reading
  })

  test('that fails rejects, leaves the old state and no litter, and the next one works', async () => {
    const file = await opened()
    await file.write([{ n: 1 }])
    await rm(path)
    // A directory in its place cannot be replaced.
    await mkdir(join(path, 'x'), { recursive: true })
    await expect(file.write([{ n: 2 }])).rejects.toMatchObject({
      code: 'data-directory',
      message: expect.stringContaining(`${path} cannot be written`),
    })
    expect(await readdir(folder)).toEqual(['list.json'])
    await rm(path, { recursive: true })
    await file.write([{ n: 3 }])
    expect((await opened()).value).toEqual([{ n: 3 }])
  })

  test('that fails leaves the value as it was, too', async () => {
    const file = await opened()
    await file.write([{ n: 1 }])
    const away = `${folder}-away`
    await rename(folder, away)
    await writeFile(folder, 'in the way')
    const [first, second] = [file.write([{ n: 2 }]), file.write([{ n: 3 }])]
    await expect(first).rejects.toMatchObject({ code: 'data-directory' })
    await expect(second).rejects.toMatchObject({ code: 'data-directory' })
    expect(file.value).toEqual([{ n: 1 }])
    await rm(folder)
    await rename(away, folder)
    expect((await opened()).value).toEqual([{ n: 1 }])
    await file.write([...file.value, { n: 4 }])
    expect((await opened()).value).toEqual([{ n: 1 }, { n: 4 }])
  })

  test('on a full disk leaves the value and the file as they were', async () => {
    const script = join(folder, 'child.mjs')
    await build({
      stdin: {
        contents: `
          import * as z from 'zod'
          import { openJsonFile } from './jsonfile'
          const schema = z.array(z.string())
          const file = await openJsonFile({ path: process.argv[2], version: 3, schema, empty: [], migrations: {} })
          await file.write(['small'])
          const outcome = await file.write(['small', 'x'.repeat(1_000_000)]).then(() => 'written', (error) => error.message)
          console.log(JSON.stringify([outcome, file.value]))
        `,
        resolveDir: import.meta.dirname,
        loader: 'ts',
      },
      outfile: script,
      bundle: true,
      format: 'esm',
      platform: 'node',
      target: 'node20',
      logLevel: 'silent',
    })
    // Files may have a few blocks only.
    const child = spawn('sh', ['-c', 'ulimit -f 8; exec "$0" "$@"', process.execPath, script, path])
    const [outcome, value] = JSON.parse(await text(child.stdout)) as [string, string[]]
    expect([outcome, value]).toEqual([expect.stringContaining('cannot be written (EFBIG)'), ['small']])
    expect(JSON.parse(await stored())).toEqual({ version: 3, data: ['small'] })
    expect((await readdir(folder)).toSorted()).toEqual(['child.mjs', 'list.json'])
  })

  test('is refused once the file is closed, which waits for what is being written', async () => {
    const file = await opened()
    const written = file.write([{ n: 1 }])
    await file.close()
    expect(JSON.parse(await stored())).toEqual({ version: 3, data: [{ n: 1 }] })
    await written
    await expect(file.write([{ n: 2 }])).rejects.toMatchObject({ code: 'not-running' })
    expect(JSON.parse(await stored())).toEqual({ version: 3, data: [{ n: 1 }] })
  })

  test('that a crash cut short is cleared away at opening, and nothing else is', async () => {
    const others = ['list.json.kept', 'list.json.0a1b2c3d4e5.tmp', 'other.json.0a1b2c3d4e5f.tmp']
    for (const name of ['list.json.0a1b2c3d4e5f.tmp', ...others]) await writeFile(join(folder, name), 'x')
    await opened()
    expect((await readdir(folder)).toSorted()).toEqual(others.toSorted())
  })
})
