// The secrets of drains through the whole core: they go in and reach their destination, and are nowhere else.

import { readdir, readFile } from 'node:fs/promises'
import type { ServerResponse } from 'node:http'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { makePlace, type Place } from '../../e2e/kit/aws/core'
import type { DrainDestination, DrainSecrets } from '../../shared/model/drain'
import { startReceiver, status, type Got, type Receiver } from './drains/destinations/http.kit'
import { openDiagnosticLog } from './store/diagnosticlog'

let place: Place
let receiver: Receiver
beforeEach(async () => {
  place = await makePlace()
  receiver = await startReceiver()
})
afterEach(async () => {
  await receiver[Symbol.asyncDispose]()
  await place.close()
})

const secrets = {
  hmacKey: 'MARK-hmac',
  authorization: 'Bearer MARK-authorization',
  password: 'MARK-password',
  apiKey: 'MARK-apikey',
} as const satisfies DrainSecrets

test('a secret of a drain is in no event, answer, error or file but drainsecrets.json', async () => {
  const log = await openDiagnosticLog({ directory: place.dataDirectory, env: { CULVERT_LOG: 'trace' }, door: 'test' })
  if (log === undefined) throw new Error('there is no log')
  const window = await place.open('demo', { diagnose: log.diagnose })
  const heard: unknown[] = []
  window.core.subscribe((name, event) => heard.push([name, event]))
  // The receiver quotes the credentials that it refuses.
  const echo = (got: Got, response: ServerResponse): void =>
    status(401, `denied: ${got.headers.authorization}`, { location: `/?${got.headers.authorization}` })(got, response)
  receiver.answers.push(...Array.from({ length: 50 }, () => echo))
  const { url } = receiver
  const elastic = { kind: 'elasticsearch', url, index: 'culvert', isDataStream: false } as const
  const wanted: readonly (readonly [string, DrainDestination, DrainSecrets])[] = [
    ['https', { kind: 'https', url }, { hmacKey: secrets.hmacKey, authorization: secrets.authorization }],
    ['basic', { ...elastic, auth: 'basic', user: 'alice' }, { password: secrets.password }],
    ['api-key', { ...elastic, auth: 'api-key' }, { apiKey: secrets.apiKey }],
  ]
  const fields = { environment: { kind: 'demo' }, isRaw: false, isRequired: false, isEnabled: true } as const
  const answers: unknown[] = []
  for (const [name, destination, own] of wanted) {
    const { drainId } = await window.ask('drain.create', { ...fields, name, destination, secrets: own })
    answers.push(await window.ask('drain.test', { drainId }))
    answers.push(await window.ask('drain.update', { ...fields, drainId, name, destination, secrets: own }))
  }
  const refused = { ...fields, name: 'https', destination: { kind: 'https', url } as const, secrets }
  answers.push(await window.ask('drain.create', refused).catch((error: unknown) => told(error)))
  const wrong = {
    ...fields,
    name: 'wrong',
    destination: { kind: 'https', url } as const,
    secrets: { ...secrets, hmacKey: `MARK${'x'.repeat(100_000)}` },
  }
  answers.push(await window.ask('drain.create', wrong).catch((error: unknown) => told(error)))
  const instanceId = await window.instance('web-2')
  const { terminalId } = await window.ask('terminal.open', { instanceId, cols: 80, rows: 24 })
  await window.until(() => (window.output.get(terminalId) ?? '').length > 0)
  await window.until(({ drains }) => drains.length > 2 && drains.every(({ state }) => state.kind === 'failing'))
  const sent = JSON.stringify(receiver.got)
  const basic = Buffer.from(`alice:${secrets.password}`).toString('base64')
  for (const text of [secrets.authorization, basic, secrets.apiKey]) expect(sent).toContain(text)
  const seen = JSON.stringify([heard, answers, window.journal, window.state])
  await window[Symbol.asyncDispose]()
  await log[Symbol.asyncDispose]()
  expect(seen).toContain('denied: ')
  for (const text of ['MARK', basic]) expect(seen).not.toContain(text)
  const files = (await readdir(place.home, { withFileTypes: true, recursive: true })).filter((file) => file.isFile())
  const texts = await Promise.all(
    files.map(async ({ parentPath, name }) => ({ name, text: await readFile(join(parentPath, name), 'latin1') })),
  )
  expect(texts.map(({ name }) => name)).toEqual(expect.arrayContaining(['culvert.log', 'drains.json']))
  const marked = texts.filter(({ text }) => text.includes('MARK') || text.includes(basic)).map(({ name }) => name)
  expect(marked).toEqual(['drainsecrets.json'])
})

function told(error: unknown): unknown {
  return error instanceof Error ? [error.message, error.stack, String(error.cause)] : error
}
