import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer, type IncomingMessage } from 'node:http'
import { createServer as createTlsServer, get } from 'node:https'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import type { Duplex } from 'node:stream'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { close, listenOnLoopback } from '../../e2e/kit/aws/awsstandin'
import { openNetwork, type Network } from './network'
import { proxyOf, systemProxyFor } from './systemnetwork'

let folder: string
let pem: { key: string; cert: string }

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'culvert-system-'))
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2']
  const names = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,DNS:ssm.culvert.example']
  const files = ['-keyout', 'key.pem', '-out', 'cert.pem']
  await promisify(execFile)('openssl', ['req', '-x509', ...curve, ...names, ...files], { cwd: folder })
  const [key, cert] = await Promise.all(['key.pem', 'cert.pem'].map((name) => readFile(join(folder, name), 'utf8')))
  pem = { key: key!, cert: cert! }
})
afterAll(() => rm(folder, { recursive: true }))

async function startTls(): Promise<number> {
  const server = createTlsServer(pem, (_, response) => response.end('hello'))
  onTestFinished(() => close(server))
  return listenOnLoopback(server)
}

/** The status of a page that is fetched through `network`, or the code of the error. */
async function statusOf(network: Network, url: string): Promise<unknown> {
  onTestFinished(() => network.destroy())
  const request = get(url, { agent: network.agentFor(url) })
  const answered = once(request, 'response').then(([response]: IncomingMessage[]) => response?.resume().statusCode)
  return answered.catch((error: unknown) => (error as { code: string }).code)
}

describe("the system's certificate authorities", () => {
  test('are trusted beside those of AWS_CA_BUNDLE, and need no setting', async () => {
    const url = `https://localhost:${String(await startTls())}/`
    const trusting = await openNetwork({ env: {}, caBundle: undefined, systemAuthorities: () => [pem.cert] })
    expect(await statusOf(trusting, url)).toBe(200)
    const bare = await openNetwork({ env: {}, caBundle: undefined, systemAuthorities: () => undefined })
    expect(await statusOf(bare, url)).toBe('DEPTH_ZERO_SELF_SIGNED_CERT')
  })

  test('are not trusted with NODE_USE_SYSTEM_CA=0', async () => {
    const url = `https://localhost:${String(await startTls())}/`
    const env = { NODE_USE_SYSTEM_CA: '0' }
    const network = await openNetwork({ env, caBundle: undefined, systemAuthorities: () => [pem.cert] })
    expect(await statusOf(network, url)).toBe('DEPTH_ZERO_SELF_SIGNED_CERT')
  })
})

describe("the system's proxy", () => {
  async function startProxy(port: number): Promise<{ readonly address: string; readonly asked: string[] }> {
    const asked: string[] = []
    const sockets: Duplex[] = []
    const proxy = createServer()
    proxy.on('connect', (request: IncomingMessage, socket) => {
      sockets.push(socket)
      asked.push(request.url ?? '')
      const target = connect(port, '127.0.0.1', () => socket.write('HTTP/1.1 200 OK\r\n\r\n'))
      socket.pipe(target).pipe(socket)
      socket.on('error', () => target.destroy())
      target.on('error', () => socket.destroy())
    })
    onTestFinished(() => {
      // A socket that was handed over by CONNECT is no longer the server's.
      for (const socket of sockets) socket.destroy()
      return close(proxy)
    })
    return { address: `127.0.0.1:${String(await listenOnLoopback(proxy))}`, asked }
  }

  test('carries connections where no variable names one, and a variable replaces it', async () => {
    const proxy = await startProxy(await startTls())
    const resolved: string[] = []
    const resolveProxy = (url: string) => {
      resolved.push(url)
      return Promise.resolve(`PROXY ${proxy.address}; DIRECT`)
    }
    const common = { caBundle: undefined, systemAuthorities: () => [pem.cert], resolveProxy }
    const network = await openNetwork({ ...common, env: {} })
    expect(await statusOf(network, 'https://ssm.culvert.example/secret?x=1')).toBe(200)
    expect(resolved).toEqual(['https://ssm.culvert.example/'])
    expect(proxy.asked).toEqual(['ssm.culvert.example:443'])
    const other = await startProxy(await startTls())
    const named = await openNetwork({ ...common, env: { HTTPS_PROXY: `http://${other.address}` } })
    await statusOf(named, 'https://ssm.culvert.example/')
    expect([resolved.length, other.asked]).toEqual([1, ['ssm.culvert.example:443']])
  })

  test.each([
    ['DIRECT', ''],
    ['PROXY p.example:3128', 'http://p.example:3128'],
    ['proxy p:1; DIRECT', 'http://p:1'],
    ['HTTPS p:1', 'https://p:1'],
    ['SOCKS5 p:1', 'socks5h://p:1'],
    ['SOCKS p:1', 'socks4://p:1'],
    ['PROXY [fd00::1]:3128', 'http://[fd00::1]:3128'],
    ['DIRECT; PROXY p:1', ''],
    ['PROXY user:pass@p:1', ''],
    ['PROXY p', ''],
    ['', ''],
  ])('"%s" is "%s"', (answer, proxy) => {
    expect(proxyOf(answer)).toBe(proxy)
  })

  test('is none for loopback, which is not asked about, and where the system fails', async () => {
    let count = 0
    const resolve = () => {
      count += 1
      return Promise.resolve('PROXY p:1')
    }
    expect(await systemProxyFor(new URL('https://127.0.0.1:1/'), resolve)).toBe('')
    expect(count).toBe(0)
    expect(await systemProxyFor(new URL('wss://h.example/'), resolve)).toBe('http://p:1')
    expect(await systemProxyFor(new URL('wss://h.example/'), () => Promise.reject(new Error('x')))).toBe('')
  })
})
