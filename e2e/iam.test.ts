// docs/iam.md: every policy on that page does what its section says, and without any one of its actions the action is named.

import { readFileSync } from 'node:fs'
import { once } from 'node:events'
import { connect } from 'node:net'
import path from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import * as z from 'zod'
import { openEnvironment } from '../electron/core/environments/open'
import type { Environment } from '../electron/core/environments/environment'
import { defaultTiming } from '../electron/core/sessions/timing'
import { processBudgets } from '../electron/core/tunnels/budgets'
import type { StatementInput } from '../electron/simulator/iam/policy'
import { startSimulator, type Simulator, type SimulatorOptions } from '../electron/simulator/simulator'

const { signal } = new AbortController()
const size = { cols: 80, rows: 24 }
const texts = z.union([z.string().transform((text) => [text]), z.array(z.string())])
const policySchema = z.strictObject({
  Version: z.literal('2012-10-17'),
  Statement: z.array(z.strictObject({ Effect: z.literal('Allow'), Action: texts, Resource: texts })),
})

const page = readFileSync(path.resolve(import.meta.dirname, '../docs/iam.md'), 'utf8')

/** The policies of the page by their headings. */
const policies = new Map(
  page.split(/^## /m).flatMap((section) => {
    const [heading = ''] = section.split('\n')
    // Those are tested in files of their own.
    if (/^(Containers|Ephemeral)/.test(heading)) return []
    const blocks = [...section.matchAll(/^```json\n([\s\S]*?)^```/gm)].map(([, json = '']): StatementInput[] =>
      policySchema
        .parse(JSON.parse(json))
        .Statement.map(({ Action, Resource }) => ({ effect: 'allow', actions: Action, resources: Resource })),
    )
    expect(blocks.length).toBeLessThanOrEqual(1)
    return blocks.map((block) => [heading, block] as const)
  }),
)

interface Scene {
  readonly simulator: Simulator
  readonly environment: Environment
  readonly target: string
  /** What was told beside errors: notices of lists, ends that are not allowed, causes of new sessions. */
  readonly told: string[]
}

const tell = { onState: () => undefined, onEvent: () => undefined, signal }

async function forward(
  { environment, target, told }: Scene,
  wanted: Partial<Parameters<Environment['openTunnel']>[0]>,
): Promise<Awaited<ReturnType<Environment['openTunnel']>>> {
  const tunnel = await environment.openTunnel({
    ...tell,
    target,
    remotePort: 8_080,
    ...wanted,
    onEvent: (event) => {
      if (event.kind === 'restarted') told.push(event.cause.message)
      if (event.kind === 'resumed') told.push('resumed')
    },
  })
  const socket = connect(tunnel.port, '127.0.0.1')
  socket.write('GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')
  const [bytes] = (await once(socket, 'data')) as [Buffer]
  socket.destroy()
  expect(bytes.toString('latin1')).toContain('HTTP/1.1 200')
  return tunnel
}

async function shell({ environment, target }: Scene): Promise<void> {
  const opened = await environment.openShell({ target, size, signal })
  await opened[Symbol.asyncDispose]()
}

async function list({ environment, told }: Scene): Promise<void> {
  const { notices } = await environment.listInstances(signal)
  told.push(...notices)
}

const intranet = { remoteHost: 'intranet.internal', remotePort: 80 }

/** What each section promises. */
const things: Readonly<Record<string, (scene: Scene) => Promise<unknown>>> = {
  // The tags are a section of their own.
  'List instances': async (scene) => {
    await list(scene)
    const others = scene.told.filter((notice) => !notice.includes('ssm:ListTagsForResource'))
    scene.told.splice(0, scene.told.length, ...others)
  },
  'Tags of hybrid nodes': list,
  Shell: shell,
  'Forward a port of the instance': async (scene) => (await forward(scene, {}))[Symbol.asyncDispose](),
  'Forward a port of a remote host': async (scene) => (await forward(scene, intranet))[Symbol.asyncDispose](),
  'Your own documents': async (scene) => {
    await scene.environment.sessionDocument('Acme-Intranet', signal)
    await (await forward(scene, { ...intranet, document: { name: 'Acme-Intranet' } }))[Symbol.asyncDispose]()
  },
  ssh: async ({ environment, target }) => {
    await using raw = await environment.openRawSession({ target, remotePort: 22, signal })
    await once(raw.stream, 'data')
  },
  Resume: async (scene) => {
    await using tunnel = await forward(scene, {})
    scene.simulator.cut(tunnel.sessionId, 'close-1000')
    await vi.waitFor(() => expect(withoutEnds(scene.told.join('\n'))).not.toBe(''))
  },
  'End sessions': async (scene) => {
    await shell(scene)
    await scene.environment.activeSessions(scene.target, signal)
  },
  'Sessions of the account': async ({ environment }) => {
    const { arn } = await environment.identity(signal)
    const active = await environment.sessions({ state: 'Active' }).next(signal)
    await environment.endSession(active.find(({ owner }) => owner !== arn)!.sessionId, signal)
  },
  'Sets of hosts': async (scene) => {
    const { environment, target } = scene
    // The tags are a section of their own.
    const found = await environment.resolveTarget('Name=web-2', signal)
    expect(found.id).toBe(target)
    await list(scene)
    scene.told.splice(0, scene.told.length, ...scene.told.filter((notice) => !notice.includes('ssm:ListTags')))
    expect(await environment.connectionStatus(target, signal)).toBe('connected')
  },
  'Encrypted sessions': shell,
  Preferences: ({ environment }) => environment.sessionDocument('SSM-SessionManagerRunShell', signal),
}

async function run(heading: string, statements: readonly StatementInput[]): Promise<string> {
  const options: SimulatorOptions = {
    isPaced: false,
    shellDelayMs: 0,
    hasPty: false,
    upgradePolicy: 'signed-only',
    policies: { CulvertDemo: statements },
    documents: {
      'Acme-Intranet': {
        sessionType: 'Port',
        parameters: { remotePort: { type: 'String', allowedValues: ['80'] } },
        properties: { host: 'intranet.internal', portNumber: '{{ remotePort }}', type: 'LocalPortForwarding' },
      },
    },
    ...(heading === 'Encrypted sessions' ? { encryption: {} } : {}),
    hasOtherPeople: heading === 'Sessions of the account',
  }
  const simulator = await startSimulator(options)
  const { endpointUrl, region, credentials } = simulator
  const told: string[] = []
  const environment = await openEnvironment({
    endpointUrl,
    region,
    budgets: processBudgets(),
    timing: { ...defaultTiming, firstRetryMs: 20, maxRetryMs: 100, pollMs: 50 },
    spawnDemo: () => Promise.reject(new Error('no Demo')),
    onUnended: ({ message }) => told.push(message),
    env: {
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
      AWS_SESSION_TOKEN: credentials.sessionToken,
      AWS_CONFIG_FILE: '/nowhere',
      AWS_SHARED_CREDENTIALS_FILE: '/nowhere',
    },
  })
  onTestFinished(async () => {
    await environment[Symbol.asyncDispose]()
    await simulator[Symbol.asyncDispose]()
  })
  const target = simulator.world.instances.find(({ tags }) => tags['Name'] === 'web-2')!.id
  try {
    await things[heading]!({ simulator, environment, target, told })
  } catch (error) {
    told.push((error as Error).message)
  }
  return told.filter((text) => text !== 'resumed').join('\n')
}

/** Ends are denied in every section but those that are about them. */
const withoutEnds = (told: string): string =>
  told
    .split('\n')
    .filter((line) => !line.includes('ssm:TerminateSession'))
    .join('\n')

test('the page has a policy for each thing, and one for all', () => {
  expect([...policies.keys()]).toEqual([...Object.keys(things).toSorted(byPage), 'Everything'])
})

function byPage(one: string, other: string): number {
  return page.indexOf(`\n## ${one}\n`) - page.indexOf(`\n## ${other}\n`)
}

test.each(Object.keys(things))('%s: the policy is enough, and so is the one for everything', async (heading) => {
  const told = await run(heading, policies.get(heading)!)
  expect(heading === 'End sessions' ? told : withoutEnds(told)).toBe('')
  expect(await run(heading, policies.get('Everything')!)).toBe('')
})

const removals = Object.keys(things).flatMap((heading) =>
  [...new Set(policies.get(heading)?.flatMap(({ actions }) => actions))].map((action) => [heading, action] as const),
)

test.each(removals)('%s: without %s that action is named', async (heading, action) => {
  const left = policies.get(heading)!.flatMap((statement) => {
    const actions = statement.actions.filter((each) => each !== action)
    return actions.length === 0 ? [] : [{ ...statement, actions }]
  })
  expect(await run(heading, left)).toContain(action)
})
