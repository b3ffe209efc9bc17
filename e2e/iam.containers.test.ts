// The sections of docs/iam.md about containers: each policy is enough for its section, and the error without one of its actions names
// that action.

import { readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, test } from 'vitest'
import * as z from 'zod'
import { asAppError } from '../shared/errors'
import { Holdings } from '../electron/core/ephemeral/holdings'
import { openIn } from '../electron/core/ephemeral/limits'
import { openEphemeral } from '../electron/core/ephemeral/session'
import { defaultEphemeralTiming } from '../electron/core/ephemeral/timing'
import { openEnvironment } from '../electron/core/environments/open'
import { execOf } from '../electron/core/environments/execof'
import type { Environment } from '../electron/core/environments/environment'
import { processBudgets } from '../electron/core/tunnels/budgets'
import type { StatementInput } from '../electron/simulator/iam/policy'
import { startSimulator } from '../electron/simulator/simulator'

const { signal } = new AbortController()
const WEB = 'ecs:demo-production/storefront-web/app'
const EPHEMERAL = 'Ephemeral sessions in containers'
/** This section is granted in addition to EPHEMERAL. */
const DERIVED = 'Ephemeral sessions: derived definitions'
const texts = z.union([z.string().transform((text) => [text]), z.array(z.string())])
const policySchema = z.object({
  Statement: z.array(z.strictObject({ Effect: z.literal('Allow'), Action: texts, Resource: texts })),
})

const page = readFileSync(path.resolve(import.meta.dirname, '../docs/iam.md'), 'utf8')

function policyOf(heading: string): StatementInput[] {
  const [, section = ''] = page.split(`\n## ${heading}\n`)
  const [, json = ''] = /^```json\n([\s\S]*?)^```/m.exec(section) ?? []
  return policySchema
    .parse(JSON.parse(json))
    .Statement.map(({ Action, Resource }) => ({ effect: 'allow', actions: Action, resources: Resource }))
}

/** Opens an ephemeral session as `culvert ephemeral` does, and ends it. */
async function ephemeral(environment: Environment, isDerived: boolean): Promise<string> {
  const told: string[] = []
  const folder = await mkdtemp(path.join(tmpdir(), 'culvert-iam-'))
  const who = { computer: '0a1b2c3d4e5f', isHeld: () => false, signal }
  const { open, problem } = await openIn(environment.ecs, 'demo-production', who)
  if (problem !== undefined) told.push(problem.message)
  const opened = openEphemeral({
    environment,
    ref: { kind: 'demo' },
    fields: { cluster: 'demo-production', service: 'storefront-web', command: 'cat' },
    limits: { leaseMinutes: 20, resumeMinutes: 20, limit: 5, open: open.length },
    computer: who.computer,
    holdings: new Holdings(folder, 'command'),
    timing: { ...defaultEphemeralTiming, pollMs: 10, maxPollMs: 10 },
    now: Date.now,
    size: { cols: 80, rows: 24 },
    isDerived,
    signal,
    changed: () => undefined,
    notice: (text) => told.push(text),
  })
  try {
    await using _ = await opened
  } finally {
    await rm(folder, { recursive: true })
  }
  return told.join('\n')
}

/** Does what each section of the page promises; resolves with the notices that a person gets. */
const things: Readonly<Record<string, (environment: Environment) => Promise<string>>> = {
  'Containers: list': async ({ ecs }) => (await ecs.listContainers(signal)).notices.join('\n'),
  'Containers: shell': async (environment) => {
    const found = await environment.findHost(WEB, {}, signal)
    const exec = execOf(found, environment)
    const shell = await environment.openShell({
      target: found.instance.id,
      ...(exec === undefined ? {} : { exec }),
      signal,
    })
    await shell[Symbol.asyncDispose]()
    return ''
  },
  'Containers: forward': async (environment) => {
    const { instance } = await environment.findHost(WEB, {}, signal)
    const tunnel = await environment.openTunnel({
      target: instance.id,
      remotePort: 8_080,
      onState: () => undefined,
      onEvent: () => undefined,
      signal,
    })
    await tunnel[Symbol.asyncDispose]()
    return (await environment.connectionStatus(instance.id, signal)) === 'connected' ? '' : 'not connected'
  },
  [EPHEMERAL]: (environment) => ephemeral(environment, false),
  [DERIVED]: (environment) => ephemeral(environment, true),
}

async function run(heading: string, own: readonly StatementInput[]): Promise<string> {
  const statements = heading === DERIVED ? [...policyOf(EPHEMERAL), ...own] : own
  await using simulator = await startSimulator({
    isPaced: false,
    shellDelayMs: 0,
    hasPty: heading.startsWith('Ephemeral'),
    upgradePolicy: 'signed-only',
    policies: { CulvertDemo: statements },
    containers: { delays: { provisioningMs: 1, pullMs: 1, agentMs: 1 } },
  })
  const { endpointUrl, region, credentials } = simulator
  const told: string[] = []
  await using environment = await openEnvironment({
    endpointUrl,
    region,
    env: {
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
      AWS_SESSION_TOKEN: credentials.sessionToken,
    },
    spawnDemo: () => Promise.reject(new Error('no Demo')),
    budgets: processBudgets(),
    onUnended: ({ message }) => told.push(message),
  })
  const said = await things[heading]!(environment).catch((error: unknown) => asAppError(error).message)
  return [said, ...told].filter((text) => text !== '').join('\n')
}

test.each(Object.keys(things))('%s: the policy is enough', async (heading) => {
  expect(await run(heading, policyOf(heading))).toBe('')
})

/** Actions that these tests never call: no session is resumed. */
const UNSEEN = new Set(['ssm:ResumeSession'])
const removals = Object.keys(things).flatMap((heading) =>
  [...new Set(policyOf(heading).flatMap(({ actions }) => actions))]
    .filter((action) => !UNSEEN.has(action))
    // Only the list reads definitions, and only to explain a blocked container; a container is found without its definition.
    .filter((action) => action !== 'ecs:DescribeTaskDefinition' || heading === 'Containers: list')
    .map((action) => [heading, action] as const),
)

test.each(removals)('%s: without %s that action is named', async (heading, action) => {
  const left = policyOf(heading).flatMap((statement) => {
    const actions = statement.actions.filter((each) => each !== action)
    return actions.length === 0 ? [] : [{ ...statement, actions }]
  })
  expect(await run(heading, left)).toContain(action)
})
