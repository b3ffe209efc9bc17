import { connect } from 'node:net'
import { once } from 'node:events'
import { expect, onTestFinished, test } from 'vitest'
import type { EnvironmentSettings } from '../../../shared/environmentsettings'
import { startSimulator, type Simulator, type SimulatorOptions } from '../../simulator/simulator'
import { processBudgets } from '../tunnels/budgets'
import { openEnvironment, type EnvironmentOptions } from './open'
import type { Environment } from './environment'

const { signal } = new AbortController()
const size = { cols: 80, rows: 24 }

const documents: NonNullable<SimulatorOptions['documents']> = {
  'Acme-Intranet': {
    sessionType: 'Port',
    parameters: { site: { type: 'String', allowedPattern: '^[a-z.]+$' }, remotePort: { type: 'String' } },
    properties: { host: '{{ site }}', portNumber: '{{ remotePort }}', type: 'LocalPortForwarding' },
  },
  'Acme-Hello': {
    sessionType: 'InteractiveCommands',
    parameters: {},
    properties: { linux: { commands: 'echo hello from the document' } },
  },
  'Acme-Patch': { type: 'Command' },
}

async function open(
  options: Partial<EnvironmentOptions> = {},
  account: SimulatorOptions = {},
): Promise<{ readonly simulator: Simulator; readonly environment: Environment; readonly target: string }> {
  const simulator = await startSimulator({ isPaced: false, shellDelayMs: 0, documents, ...account })
  onTestFinished(() => simulator[Symbol.asyncDispose]())
  const { endpointUrl, region, credentials } = simulator
  const environment = await openEnvironment({
    endpointUrl,
    region,
    budgets: processBudgets(),
    spawnDemo: () => Promise.reject(new Error('no Demo')),
    ...options,
    env: {
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
      AWS_SESSION_TOKEN: credentials.sessionToken,
      AWS_CONFIG_FILE: '/nowhere',
      AWS_SHARED_CREDENTIALS_FILE: '/nowhere',
    },
  })
  onTestFinished(() => environment[Symbol.asyncDispose]())
  const target = simulator.world.instances.find(({ tags }) => tags['Name'] === 'web-2')!.id
  return { simulator, environment, target }
}

/** Opens a forward, and resolves with the first bytes that a request of HTTP gets through it. */
async function page(environment: Environment, wanted: Parameters<Environment['openTunnel']>[0]): Promise<string> {
  await using tunnel = await environment.openTunnel(wanted)
  const socket = connect(tunnel.port, '127.0.0.1')
  onTestFinished(() => void socket.destroy())
  socket.write('GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')
  const [bytes] = (await once(socket, 'data')) as [Buffer]
  return bytes.toString('latin1')
}

const tell = { onState: () => undefined, onEvent: () => undefined, signal }
const intranet = { remoteHost: 'intranet.internal', remotePort: 80, ...tell }

test('a forward goes through a document of the account, which gets the destination under its own names', async () => {
  const { simulator, environment, target } = await open()
  const document = { name: 'Acme-Intranet' }
  expect(await page(environment, { target, document, ...intranet })).toContain('HTTP/1.1 200')
  expect(simulator.sessions().map(({ documentName }) => documentName)).toEqual(['Acme-Intranet'])
})

test('without permission to read the document, what a person enters is sent', async () => {
  const deny = [
    { effect: 'allow', actions: ['*'] },
    { effect: 'deny', actions: ['ssm:GetDocument'] },
  ] as const
  const { environment, target } = await open({}, { policies: { CulvertDemo: deny } })
  const parameters = { site: ['intranet.internal'], remotePort: ['80'] }
  const document = { name: 'Acme-Intranet', parameters }
  expect(await page(environment, { target, document, ...intranet })).toContain('HTTP/1.1 200')
  // AWS checks what could not be checked here.
  const unfit = { name: 'Acme-Intranet' }
  await expect(environment.openTunnel({ target, document: unfit, ...intranet })).rejects.toMatchObject({
    code: 'usage',
  })
})

test.each([
  ['Acme-Hello', 'usage', 'is of type InteractiveCommands and forwards no port'],
  ['Acme-Patch', 'usage', 'is a document of type Command'],
  ['Acme-Missing', 'document-missing', 'Acme-Missing does not exist'],
])('%s is refused with words before a session is started', async (name, code, words) => {
  const { simulator, environment, target } = await open()
  await expect(environment.openTunnel({ target, document: { name }, ...intranet })).rejects.toMatchObject({
    code,
    message: expect.stringContaining(words),
  })
  const raw = environment.openRawSession({ target, document: { name }, remotePort: 22, signal })
  await expect(raw).rejects.toMatchObject({ code })
  expect(simulator.sessions()).toEqual([])
})

test('the documents in the settings of the environment are used from the next session on', async () => {
  let settings: EnvironmentSettings = {}
  const asked: unknown[] = []
  const settingsOf = (...of: unknown[]) => {
    asked.push(of)
    return settings
  }
  const { simulator, environment, target } = await open({ settingsOf })
  await (await environment.openShell({ target, size, signal }))[Symbol.asyncDispose]()
  settings = { documents: { shell: 'Acme-Hello', remoteHost: 'Acme-Intranet' } }
  await using shell = await environment.openShell({ target, size, signal })
  const [hello] = (await once(shell.output, 'data')) as [Buffer]
  expect(hello.toString()).toContain('hello from the document')
  await page(environment, { target, ...intranet })
  expect(simulator.sessions().map(({ documentName }) => documentName)).toEqual([
    'SSM-SessionManagerRunShell',
    'Acme-Hello',
    'Acme-Intranet',
  ])
  expect(new Set(asked.map((of) => JSON.stringify(of)))).toEqual(new Set(['["Environment variables","eu-west-1"]']))
})

test('a reason that the settings require is asked for at each session that has none, and AWS keeps it', async () => {
  const settingsOf = () => ({ isReasonRequired: true })
  const asked: unknown[] = []
  const askReason = (environment: unknown) => {
    asked.push(environment)
    return Promise.resolve('ticket 7')
  }
  const { simulator, environment, target } = await open({ settingsOf, askReason })
  await (await environment.openShell({ target, size, signal }))[Symbol.asyncDispose]()
  await page(environment, { target, ...intranet, reason: 'ticket 8' })
  expect(simulator.sessions().map(({ reason }) => reason)).toEqual(['ticket 7', 'ticket 8'])
  expect(asked).toEqual([{ name: 'Environment variables', region: 'eu-west-1' }])

  const silent = await open({ settingsOf })
  await expect(silent.environment.openRawSession({ target, remotePort: 22, signal })).rejects.toMatchObject({
    code: 'usage',
    message: expect.stringContaining('need a reason'),
  })
  expect(silent.simulator.sessions()).toEqual([])
})
