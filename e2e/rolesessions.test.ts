// One RoleSessionName for an installation and a profile: over renewals, restarts and the command line, so that a policy of
// `${aws:userid}` keeps admitting Culvert to its own sessions.

import { execFile } from 'node:child_process'
import { cp, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { defaultTiming } from '../electron/core/sessions/timing'
import { bundledPrograms } from './kit/programs/cli'
import { makePlace, type Place, type Window } from './kit/aws/core'

const OWN = ['arn:aws:ssm:*:*:session/${aws:userid}-*']
const OPS = 'arn:aws:iam::111122223333:role/ops'
/** Less than the 5 minutes ahead of their end in which keys are renewed: each call has keys of its own. */
const LIFETIME_MS = 60_000

let place: Place
let env: NodeJS.ProcessEnv
const windows: Window[] = []

beforeEach(async () => {
  place = await makePlace(
    {
      hasPty: false,
      users: [{ name: 'ann', accessKeyId: 'BASE', secretAccessKey: 's' }],
      roles: { ops: { lifetimeMs: LIFETIME_MS, webIdentityToken: 'token' } },
      policies: {
        ops: [
          { effect: 'allow', actions: ['ssm:StartSession', 'ssm:Describe*', 'ssm:GetDocument', 'ec2:*'] },
          { effect: 'allow', actions: ['ssm:ResumeSession', 'ssm:TerminateSession'], resources: OWN },
          { effect: 'allow', actions: ['ssmmessages:OpenDataChannel'], resources: OWN },
        ],
      },
    },
    { ...defaultTiming, firstRetryMs: 20, maxRetryMs: 100, pollMs: 50 },
  )
  const { home, simulator, dataDirectory } = place
  await mkdir(join(home, '.aws'))
  const profiles = [
    '[profile base]\naws_access_key_id=BASE\naws_secret_access_key=s',
    `[profile ops]\nrole_arn=${OPS}\nsource_profile=base`,
    `[profile named]\nrole_arn=${OPS}\nsource_profile=base\nrole_session_name=ann@example.com`,
    `[profile web]\nrole_arn=${OPS}\nweb_identity_token_file=${join(home, 'token')}`,
  ]
  await writeFile(join(home, '.aws', 'config'), `${profiles.join('\n')}\n`)
  await writeFile(join(home, 'token'), 'token\n')
  env = {
    HOME: home,
    PATH: process.env['PATH'],
    CULVERT_DATA_DIR: dataDirectory,
    AWS_REGION: simulator.region,
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_ENDPOINT_URL: simulator.endpointUrl,
  }
})
afterEach(async () => {
  await Promise.all(windows.splice(0).map((window) => window[Symbol.asyncDispose]()))
  await place.close()
})

async function open(profile: string, dataDirectory = place.dataDirectory): Promise<Window> {
  const window = await place.open('account', { env, profile, dataDirectory })
  windows.push(window)
  return window
}

const names = (): string[] => [...new Set(place.simulator.assumed.map(({ sessionName }) => sessionName))]

async function start(window: Window): Promise<string> {
  const instanceId = await window.instance('web-2')
  const fields = { name: 'page', target: { kind: 'id', instanceId }, remotePort: 8_080, startAtLaunch: false } as const
  const { forwardId } = await window.ask('forward.create', fields)
  await window.ask('forward.start', { forwardId })
  return forwardId
}

test('a forward resumes its session with renewed keys, and the next start ends what a crash has left', async () => {
  const window = await open('ops')
  const forwardId = await start(window)
  const { sessionId } = await window.reach(forwardId, 'up')
  place.simulator.cut(sessionId, 'close-1000')
  await vi.waitFor(() => expect(place.simulator.sessions()[0]?.resumes).toBe(1))
  expect(await window.reach(forwardId, 'up')).toMatchObject({ sessionId })
  expect(place.simulator.assumed.length).toBeGreaterThan(2)
  expect(names()).toEqual([expect.stringMatching(/^culvert-ops-[0-9a-f]{12}$/)])
  expect(sessionId.startsWith(`${names()[0]}-`)).toBe(true)

  // What a process leaves that dies now.
  const left = join(place.home, 'left')
  await cp(place.dataDirectory, left, { recursive: true, filter: (source) => !/sock|\.tmp$/.test(source) })
  const next = await open('ops', left)
  await vi.waitFor(() =>
    expect(next.journal.map(({ text }) => text)).toContain('Ended 1 session left open by an earlier run.'),
  )
  expect(names()).toHaveLength(1)
})

test('the command line has the same name, also where it comes first, and another installation has another', async () => {
  const bundle = bundledPrograms()
  const list = (more: NodeJS.ProcessEnv = {}) =>
    promisify(execFile)(process.execPath, [bundle.cli, 'ls', '--profile', 'ops'], { env: { ...env, ...more } })
  await list()
  await (await open('ops')).instance('web-2')
  expect(names()).toHaveLength(1)
  await list({ CULVERT_DATA_DIR: join(place.home, 'other') })
  expect(names()).toHaveLength(2)
})

test('a web identity has one as well; a name of the profile and one of the environment win', async () => {
  await (await open('web')).instance('web-2')
  expect(names()).toEqual([expect.stringMatching(/^culvert-web-/)])
  await (await open('named', join(place.home, 'two'))).instance('web-2')
  expect(names()[1]).toBe('ann@example.com')
  env = { ...env, AWS_ROLE_SESSION_NAME: 'ann.by.variable' }
  await (await open('web', join(place.home, 'three'))).instance('web-2')
  expect(names()[2]).toBe('ann.by.variable')
})
