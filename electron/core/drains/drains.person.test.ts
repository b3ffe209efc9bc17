// Drains: what a person decides, is told, and is refused.

import { readdir, readFile, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { status } from './destinations/http.kit'
import {
  arrived,
  begin,
  clock,
  directory,
  fields,
  limitSpools,
  open,
  receiver,
  signal,
  subject,
  told,
  view,
  stageDrains,
} from './drainstage.kit'
import type { KeyStore } from './secrets'

stageDrains()

test('a required drain that cannot be reached forbids the session, and says which, why and what to do', async () => {
  const drains = await open()
  const drainId = await drains.create(
    fields({ isRequired: true, destination: { kind: 'https', url: 'http://127.0.0.1:9/' } }),
    {},
  )
  await expect(drains.begin(subject(), signal)).rejects.toMatchObject({
    code: 'drain-unreachable',
    message: expect.stringMatching(
      /^The drain "logs" is required here and cannot be reached\. .*ECONNREFUSED.*not required\.$/,
    ) as string,
  })
  const lastError = { at: clock.now(), error: { message: expect.stringContaining('ECONNREFUSED') as string } }
  expect(view(drains)).toMatchObject({ state: { kind: 'idle' }, lastError })
  receiver.answers.push(() => clock.advance(5_000))
  await drains.update(drainId, fields({ isRequired: true }), {})
  await expect(drains.begin(subject(), signal)).rejects.toMatchObject({
    message: expect.stringMatching(/within 5 s/) as string,
  })
  await begin(drains)
  const asked = receiver.got.length
  // Reached within the last minute: not asked again.
  await begin(drains)
  expect(receiver.got).toHaveLength(asked)
  clock.advance(60_000)
  await begin(drains)
  expect(receiver.got).toHaveLength(asked + 1)
})

test('a required drain whose spool is full makes the terminal wait, and lets it go on once there is room', async () => {
  limitSpools(1)
  const drains = await open()
  await drains.create(fields({ isRequired: true }), {})
  const { capture, say } = await begin(drains)
  receiver.answers.push(status(503))
  expect(capture.room()).toBeUndefined()
  for (let count = 0; count < 12; count += 1) say(`${'x'.repeat(1_000)}\n`.repeat(100))
  const room = capture.room()
  expect(room).toBeDefined()
  await vi.waitFor(() => expect(view(drains).state.kind).toBe('failing'))
  drains.wake()
  await room
  clock.advance(1_000)
  await vi.waitFor(() => expect(view(drains)).toMatchObject({ delivered: 1_200, dropped: 0 }))
  expect(
    arrived()
      .map(({ sequence }) => sequence)
      .slice(-1),
  ).toEqual([1_200])
})

test('a drain that was off meanwhile is told how many records it has missed', async () => {
  const drains = await open()
  const drainId = await drains.create(fields(), {})
  const { say } = await begin(drains)
  say('one\n')
  await vi.waitFor(() => expect(view(drains).delivered).toBe(1))
  await drains.update(drainId, fields({ isEnabled: false }), {})
  expect(view(drains).state).toEqual({ kind: 'off' })
  say('two\nthree\n')
  say('four\n')
  await drains.update(drainId, fields(), {})
  say('five\n')
  await vi.waitFor(() =>
    expect(arrived().slice(1)).toMatchObject([
      { kind: 'dropped', sequence: 4, count: 3 },
      { sequence: 5, text: 'five' },
    ]),
  )
})

test('a test record goes past the spool, also where the drain is off, and tells the failure', async () => {
  const drains = await open()
  const drainId = await drains.create(fields({ isEnabled: false }), {})
  receiver.answers.push((got, response) => {
    clock.advance(120)
    status(200)(got, response)
  })
  expect(await drains.test(drainId)).toEqual({ tookMs: 120 })
  expect(arrived()).toMatchObject([{ kind: 'test', text: 'A test record of the drain "logs".' }])
  receiver.answers.push(status(401), status(400))
  expect(await drains.test(drainId)).toMatchObject({ error: { code: 'access-denied' } })
  expect(await drains.test(drainId)).toMatchObject({ error: { code: 'service' } })
  await expect(drains.test('gone')).rejects.toMatchObject({ code: 'unknown-drain' })
})

test('what waits goes to the new destination, and a deleted drain leaves nothing behind', async () => {
  const drains = await open()
  const drainId = await drains.create(fields({ destination: { kind: 'https', url: 'http://127.0.0.1:9/' } }), {
    hmacKey: 'MARK',
  })
  const { say } = await begin(drains)
  say('one\n')
  await vi.waitFor(() => expect(view(drains).state.kind).toBe('failing'))
  const path = join(directory, '..', `${drainId}.jsonl`)
  await drains.update(drainId, fields({ destination: { kind: 'file', path, maxMegabytes: 1, keep: 1 } }), {})
  await vi.waitFor(async () => expect(await readFile(path, 'utf8')).toContain('"text":"one"'))
  expect((await stat(path)).mode & 0o777).toBe(0o600)
  await rm(path)
  await drains.delete(drainId)
  expect(drains.views).toEqual([])
  expect(await readdir(join(directory, 'drains'))).toEqual([])
  expect(await readFile(join(directory, 'drainsecrets.json'), 'utf8')).not.toContain('MARK')
})

test('secrets go in and do not come out: not in views, saved drains, spools or errors; the key store seals them', async () => {
  const keyStore: KeyStore = {
    seal: (text) => Promise.resolve(Buffer.from(text).toString('base64')),
    open: (sealed) => Promise.resolve(Buffer.from(sealed, 'base64').toString()),
  }
  const drains = await open(keyStore)
  expect(await drains.place()).toBe('key-store')
  const drainId = await drains.create(fields(), { hmacKey: 'CANARY-1', authorization: 'Bearer CANARY-2' })
  const { say } = await begin(drains)
  receiver.answers.push(status(401))
  say('one\n')
  await vi.waitFor(() => expect(view(drains).state.kind).toBe('failing'))
  expect(receiver.got[0]?.headers).toMatchObject({ authorization: 'Bearer CANARY-2' })
  expect(view(drains).drain.secrets).toEqual(['hmacKey', 'authorization'])
  expect(JSON.stringify(drains.views) + JSON.stringify(told)).not.toContain('CANARY')
  const files = await readdir(directory, { withFileTypes: true, recursive: true })
  for (const file of files.filter((each) => each.isFile())) {
    expect(await readFile(join(file.parentPath, file.name), 'utf8'), file.name).not.toContain('CANARY')
  }
  await drains.update(drainId, fields(), { authorization: '' })
  expect(view(drains).drain.secrets).toEqual(['hmacKey'])
  await drains[Symbol.asyncDispose]()
  // Without the key store, as in the web page: the sentence says so, and the records wait.
  const web = await open()
  expect(await web.place()).toBe('file')
  await vi.waitFor(() => expect(view(web).state).toMatchObject({ kind: 'failing', error: { code: 'access-denied' } }))
})

test('names are unique, and what cannot be a destination is refused with what to do', async () => {
  const drains = await open()
  await drains.create(fields(), {})
  await expect(drains.create(fields(), {})).rejects.toMatchObject({ code: 'name-taken' })
  const https = (url: string) => ({ kind: 'https', url }) as const
  const elastic = {
    kind: 'elasticsearch',
    url: 'https://es.example',
    index: 'a',
    isDataStream: false,
    auth: 'none',
  } as const
  const file = (path: string) => ({ kind: 'file', path, maxMegabytes: 1, keep: 1 }) as const
  const refused = [
    [https('logs'), /no URL/],
    [https('ftp://logs.example'), /https:\/\//],
    [https('http://logs.example'), /could read the output/],
    [https('https://a:b@logs.example'), /own fields/],
    [{ ...https('https://a.example'), headers: { Authorization: 'x' } }, /secret/],
    [{ ...https('https://a.example'), headers: { Host: 'x' } }, /sets the header/],
    [{ ...elastic, index: 'Upper' }, /lower-case/],
    [{ ...elastic, index: 'a-%{yyyy}' }, /only pattern/],
    [{ ...elastic, index: 'a-%{yyyy.MM.dd}', isDataStream: true }, /data stream/],
    [{ ...elastic, auth: 'basic' }, /user/],
    [{ ...elastic, auth: 'basic', user: 'a' }, /password/],
    [{ ...elastic, auth: 'api-key' }, /API key/],
    [{ kind: 'syslog', host: 'a b', port: 514, isTls: false }, /spaces/],
    [{ kind: 'syslog', host: 'a', port: 514, isTls: true, ca: 'x' }, /PEM/],
    [file('relative'), /not absolute/],
    [file('/tmp/'), /folder/],
    [file(join(directory, 'forwards.json')), /own data directory/],
    [file(join(directory, '..drain', 'out.jsonl')), /own data directory/],
  ] as const
  for (const [destination, message] of refused) {
    await expect(
      drains.create(fields({ name: 'x', destination }), {}),
      JSON.stringify(destination),
    ).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringMatching(message) as string,
    })
  }
  expect(drains.views).toHaveLength(1)
})
