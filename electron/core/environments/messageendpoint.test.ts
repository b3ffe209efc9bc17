// Sessions through an endpoint of ssmmessages that the user set, over TLS: a VPC endpoint in front of a simulator that names
// AWS's public host in every stream URL, as AWS does.

import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { connect, type AddressInfo, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createServer, type TLSSocket } from 'node:tls'
import { promisify } from 'node:util'
import { beforeAll, afterAll, expect, onTestFinished, test, vi } from 'vitest'
import { startSimulator, type Simulator } from '../../simulator/simulator'
import { openLedger } from '../ledger/ledger'
import { processBudgets } from '../tunnels/budgets'
import { openEnvironment, type EnvironmentOptions } from './open'
import { recordSessions } from './records'

const PUBLIC_HOST = 'ssmmessages.eu-west-1.amazonaws.com'
const signal = new AbortController().signal

let folder: string
let tls: { key: string; cert: string }

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'culvert-endpoint-'))
  const openssl = (...args: string[]) => promisify(execFile)('openssl', args, { cwd: folder })
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
  await openssl('req', '-x509', ...curve, '-keyout', 'ca.key', '-out', 'ca.pem', '-subj', '/CN=Test CA', '-days', '2')
  await openssl('req', ...curve, '-keyout', 'key.pem', '-out', 'request.pem', '-subj', '/CN=endpoint')
  await writeFile(path.join(folder, 'names'), 'subjectAltName=DNS:localhost\n')
  const sign = ['-req', '-in', 'request.pem', '-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-days', '2']
  await openssl('x509', ...sign, '-out', 'cert.pem', '-extfile', 'names')
  const [key = '', cert = ''] = await Promise.all(
    ['key.pem', 'cert.pem'].map((name) => readFile(path.join(folder, name), 'utf8')),
  )
  tls = { key, cert }
})
afterAll(() => rm(folder, { recursive: true }))

async function begin(): Promise<Simulator> {
  const simulator = await startSimulator({
    streamOrigin: `wss://${PUBLIC_HOST}`,
    upgradePolicy: 'signed-only',
    shellDelayMs: 0,
    isPaced: false,
    hasPty: false,
  })
  onTestFinished(() => simulator[Symbol.asyncDispose]())
  return simulator
}

/** An endpoint that ends TLS before the simulator, and says for which names it was asked. */
async function startEndpoint(simulator: Simulator): Promise<{ url: string; names: (string | false | null)[] }> {
  const names: (string | false | null)[] = []
  const sockets = new Set<Socket>()
  const server = createServer({ key: tls.key, cert: tls.cert }, (socket: TLSSocket) => {
    names.push(socket.servername)
    const target = connect(Number(new URL(simulator.endpointUrl).port), '127.0.0.1')
    for (const one of [socket, target]) {
      sockets.add(one)
      one.on('error', () => undefined)
    }
    socket.on('close', () => target.destroy())
    target.on('close', () => socket.destroy())
    socket.pipe(target).pipe(socket)
  })
  server.on('tlsClientError', () => undefined)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(async () => {
    for (const socket of sockets) socket.destroy()
    await new Promise((resolve) => server.close(resolve))
  })
  const { port } = server.address() as AddressInfo
  return { url: `https://localhost:${port}`, names }
}

/** The environment of an account whose calls go to the simulator, with its sessions recorded as in the app. */
async function open(simulator: Simulator, more: Partial<EnvironmentOptions> = {}, variables: NodeJS.ProcessEnv = {}) {
  const { endpointUrl, region, credentials } = simulator
  const none = path.join(folder, 'none')
  const ledger = await openLedger({ directory: await mkdtemp(path.join(folder, 'data-')), door: 'app' })
  const environment = await openEnvironment(
    {
      endpointUrl,
      region,
      budgets: processBudgets(),
      spawnDemo: () => Promise.reject(new Error('no Demo')),
      ...more,
      env: {
        AWS_ACCESS_KEY_ID: credentials.accessKeyId,
        AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
        AWS_SESSION_TOKEN: credentials.sessionToken,
        AWS_CONFIG_FILE: none,
        AWS_SHARED_CREDENTIALS_FILE: none,
        AWS_CA_BUNDLE: path.join(folder, 'ca.pem'),
        ...variables,
      },
    },
    (service, { name }) =>
      recordSessions(service, { environment: { kind: 'aws' }, name, ledger, onProblem: () => undefined }),
  )
  onTestFinished(() => environment[Symbol.asyncDispose]())
  return environment
}

const size = { cols: 80, rows: 24 }

test.each(['option', 'variable', 'setting', 'profile'] as const)(
  'a session and its resume go to the endpoint of the %s: TLS name, Host header and signature are its',
  async (how) => {
    const simulator = await begin()
    const endpoint = await startEndpoint(simulator)
    const config = path.join(folder, 'config')
    const services = `[services here]\nssmmessages =\n  endpoint_url = ${endpoint.url}\n`
    await writeFile(config, `[default]\nservices = here\n${services}`)
    const environment = await {
      option: () => open(simulator, { messageEndpoint: endpoint.url }),
      variable: () => open(simulator, {}, { CULVERT_SSMMESSAGES_ENDPOINT: endpoint.url }),
      setting: () => open(simulator, { settingsOf: () => ({ messageEndpoint: endpoint.url }) }),
      profile: () => open(simulator, {}, { AWS_CONFIG_FILE: config }),
    }[how]()
    const target = simulator.world.instances[0]!.id
    const shell = await environment.openShell({ target, size, signal })
    simulator.cut(shell.sessionId, 'rst')
    await vi.waitFor(() => expect(simulator.sessions()[0]?.resumes).toBe(1))
    expect(endpoint.names).toEqual(['localhost', 'localhost'])
    // The simulator verifies the signature over the Host header that came.
    expect(simulator.sessions()[0]?.opened.map(({ isSigned }) => isSigned)).toEqual([true, true])
    await shell[Symbol.asyncDispose]()
  },
)

test('a changed setting holds from the next connection on, and the variable wins over it', async () => {
  const simulator = await begin()
  const endpoint = await startEndpoint(simulator)
  let messageEndpoint = 'https://localhost:1'
  const settingsOf = () => ({ messageEndpoint })
  const environment = await open(simulator, { settingsOf })
  const target = simulator.world.instances[0]!.id
  await expect(environment.openShell({ target, size, signal })).rejects.toMatchObject({ code: 'network' })
  messageEndpoint = endpoint.url
  await (await environment.openShell({ target, size, signal }))[Symbol.asyncDispose]()
  messageEndpoint = 'https://localhost:1'
  const other = await open(simulator, { settingsOf }, { CULVERT_SSMMESSAGES_ENDPOINT: endpoint.url })
  await (await other.openShell({ target, size, signal }))[Symbol.asyncDispose]()
  expect(endpoint.names).toEqual(['localhost', 'localhost'])
})

test('an endpoint without encryption is refused when the environment is opened', async () => {
  const simulator = await begin()
  await expect(open(simulator, { messageEndpoint: 'http://gateway.example' })).rejects.toMatchObject({ code: 'usage' })
})
