// Keys of the environment that end under an open connection, and other keys of the same owner: of a fallback profile, of a profile that
// a person chooses, and handed over. The whole core over a simulator that issues the keys and judges them.

import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { connect, type Socket } from 'node:net'
import { join } from 'node:path'
import { once } from 'node:events'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { askRunning } from '../electron/core/lock/asking'
import { defaultTiming } from '../electron/core/sessions/timing'
import { exported, roleKeys, TWO_ROLES, TWO_ROLES_CONFIG } from './kit/aws/rolekeys'
import { makePlace, type Place, type Window } from './kit/aws/core'

/** No retry happens by time: everything that goes on was woken. */
const NEVER_MS = 3_600_000

let place: Place
let window: Window
let forwardId: string
let sessionId: string
let client: Socket

beforeEach(async () => {
  place = await makePlace(
    { hasPty: false, ...TWO_ROLES },
    { ...defaultTiming, firstRetryMs: NEVER_MS, maxRetryMs: NEVER_MS },
  )
  await mkdir(join(place.home, '.aws'))
  await writeFile(join(place.home, '.aws', 'config'), TWO_ROLES_CONFIG)
})
afterEach(async () => {
  client.destroy()
  await window[Symbol.asyncDispose]()
  await place.close()
})

/** A core with keys of the role "ops", a forward that is up, and a connection through it. */
async function begin(variables: NodeJS.ProcessEnv = {}): Promise<void> {
  const { simulator, home } = place
  const keys = exported(await roleKeys(simulator, 'ops', 'ann'))
  const env = { HOME: home, AWS_REGION: simulator.region, AWS_EC2_METADATA_DISABLED: 'true', ...keys, ...variables }
  // The profiles' roles are assumed at the same place.
  window = await place.open('account', { env })
  const instanceId = await window.instance('web-2')
  await window.until(({ environment }) => environment.identity)
  const fields = { name: 'echo', target: { kind: 'id', instanceId }, remotePort: 7, startAtLaunch: false } as const
  forwardId = (await window.ask('forward.create', fields)).forwardId
  await window.ask('forward.start', { forwardId })
  sessionId = (await window.reach(forwardId, 'up')).sessionId
  client = connect(window.forward(forwardId).localPort, '127.0.0.1')
  await once(client, 'connect')
  expect(await echo('before')).toBe('before')
}

async function echo(text: string): Promise<string> {
  client.write(text)
  let answer = ''
  while (answer.length < text.length) {
    const [chunk] = await once(client, 'data')
    answer += String(chunk)
  }
  return answer
}

/** Ends all keys that are out, and closes the socket as the service does after an hour. */
function endKeys(): void {
  place.simulator.faults.apply({ kind: 'expire-credentials', status: 403 })
  place.simulator.cut(sessionId, 'close-1000')
}

async function expectSameSession(): Promise<void> {
  expect(await echo('after')).toBe('after')
  expect(await window.reach(forwardId, 'up')).toMatchObject({ sessionId })
  expect(place.simulator.sessions()).toMatchObject([{ id: sessionId, resumes: 1 }])
}

const lines = (): string[] => window.journal.map(({ text }) => text)

test('keys end, fallback: the session is resumed with the keys of CULVERT_FALLBACK_PROFILE, and no connection notices', async () => {
  await begin({ CULVERT_FALLBACK_PROFILE: 'same' })
  endKeys()
  await expectSameSession()
  expect(lines()).toContain(
    'The credentials in the environment have ended. Culvert goes on with the keys of the profile "same".',
  )
  expect(window.state.environment.login).toBeUndefined()
})

test('keys end, and a profile that is only named by AWS_PROFILE is offered and taken by a click', async () => {
  await begin({ AWS_PROFILE: 'same' })
  endKeys()
  await window.reach(forwardId, 'waiting')
  const { offered } = await window.until(({ environment: { login } }) => login?.offered !== undefined && login)
  expect(offered).toBe('same')
  await expect(window.ask('environment.accept', { profile: 'admin' })).rejects.toMatchObject({ code: 'usage' })
  await window.ask('environment.accept', { profile: 'same' })
  await expectSameSession()
  await window.until(({ environment }) => environment.login === undefined)
})

/** Reads nothing of a file that no longer exists. */
function gone(error: NodeJS.ErrnoException): string {
  if (error.code !== 'ENOENT') throw error
  return ''
}

test('keys end, hand-over to the app: what waits goes on at once, other roles are refused, and no secret is stored', async () => {
  await begin()
  endKeys()
  await window.reach(forwardId, 'waiting')
  const give = (credentials: unknown, more: object = {}): Promise<unknown> =>
    askRunning(place.dataDirectory, { credentials, ...more }, { isSecret: true })
  await expect(give(await roleKeys(place.simulator, 'admin', 'ann'))).rejects.toMatchObject({
    code: 'access-denied',
    message: expect.stringMatching(/assumed-role\/ops\/ann, .*assumed-role\/admin\/ann/),
  })
  const keys = await roleKeys(place.simulator, 'ops', 'ann')
  await expect(give(keys, { environment: 'work' })).rejects.toMatchObject({
    code: 'usage',
    message: expect.stringContaining('"Environment variables"'),
  })
  expect(await give(keys)).toMatchObject({ environment: 'Environment variables' })
  await expectSameSession()
  const stored = await Promise.all(
    (await readdir(place.dataDirectory, { withFileTypes: true, recursive: true }))
      .filter((entry) => entry.isFile())
      // A file that is being replaced may have its final name by now.
      .map(({ parentPath, name }) => readFile(join(parentPath, name), 'utf8').catch(gone)),
  )
  const seen = JSON.stringify([stored, window.state, window.journal])
  expect(seen).toContain('was given new credentials, of arn:aws:sts::111122223333:assumed-role/ops/ann')
  for (const secret of [keys.secretAccessKey, keys.sessionToken ?? '', keys.accessKeyId]) {
    expect(seen.includes(secret)).toBe(false)
  }
})

test('with several environments the one that keys are for must be named', async () => {
  await begin()
  await window.ask('environment.select', { environment: { kind: 'aws', profile: 'same' } })
  await window.until(({ environment }) => environment.name === 'same' && environment.state.kind === 'open')
  const credentials = await roleKeys(place.simulator, 'ops', 'ann')
  await expect(askRunning(place.dataDirectory, { credentials })).rejects.toMatchObject({
    code: 'usage',
    message: expect.stringMatching(/"Environment variables", "same".*--environment/),
  })
  expect(await askRunning(place.dataDirectory, { credentials, environment: 'same' })).toMatchObject({
    arn: 'arn:aws:sts::111122223333:assumed-role/ops/ann',
  })
})
