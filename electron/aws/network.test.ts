import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import { openAccount } from './account'
import { openNetwork, proxyFor } from './network'
import { isOnLoopback } from '../../shared/hosts'
import { callerIdentity, close, listenOnLoopback, serve } from '../../e2e/kit/aws/awsstandin'

const never = new AbortController().signal
const credentials = { AWS_ACCESS_KEY_ID: 'AKID', AWS_SECRET_ACCESS_KEY: 's' }

let folder: string
let caPath: string
let tls: { key: string; cert: string }

/** An authority of our own and a certificate of it for `*.culvert.example` and `localhost`. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'culvert-network-'))
  caPath = join(folder, 'ca.pem')
  const openssl = (...args: string[]) => promisify(execFile)('openssl', args, { cwd: folder })
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
  await openssl('req', '-x509', ...curve, '-keyout', 'ca.key', '-out', 'ca.pem', '-subj', '/CN=Test CA', '-days', '2')
  await openssl('req', ...curve, '-keyout', 'key.pem', '-out', 'request.pem', '-subj', '/CN=server')
  await writeFile(join(folder, 'names'), 'subjectAltName=DNS:*.culvert.example,DNS:localhost\n')
  const sign = ['-req', '-in', 'request.pem', '-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-days', '2']
  await openssl('x509', ...sign, '-out', 'cert.pem', '-extfile', 'names')
  const [key, cert] = await Promise.all(['key.pem', 'cert.pem'].map((name) => readFile(join(folder, name), 'utf8')))
  tls = { key: key!, cert: cert! }
})
afterAll(() => rm(folder, { recursive: true }))

/** A proxy that takes every connection to the one server behind it, whatever host it is asked for, and says for which. */
async function startProxy(port: number): Promise<{ url: string; asked: string[] }> {
  const asked: string[] = []
  const proxy = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`)
    const target = connect(port, '127.0.0.1', () => {
      target.write(`${request.method} ${new URL(request.url!).pathname} HTTP/1.1\r\n`)
      for (let i = 0; i < request.rawHeaders.length; i += 2) {
        target.write(`${request.rawHeaders[i]}: ${request.rawHeaders[i + 1]}\r\n`)
      }
      target.write('connection: close\r\n\r\n')
      request.pipe(target, { end: false })
      target.pipe(response.socket!)
    })
    target.on('error', () => response.destroy())
  })
  proxy.on('connect', (request: IncomingMessage, socket, head) => {
    asked.push(`CONNECT ${request.url} ${request.headers['proxy-authorization'] ?? ''}`.trim())
    const target = connect(port, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n')
      target.write(head)
      socket.pipe(target).pipe(socket)
    })
    for (const [one, other] of [
      [socket, target],
      [target, socket],
    ] as const) {
      one.on('error', () => other.destroy())
      one.on('close', () => other.destroy())
    }
  })
  const proxyPort = await listenOnLoopback(proxy)
  onTestFinished(() => close(proxy))
  return { url: `http://127.0.0.1:${proxyPort}`, asked }
}

async function startTls(): Promise<[number, Server]> {
  const server = createTlsServer(tls)
  serve(server, () => callerIdentity)
  const port = await listenOnLoopback(server)
  onTestFinished(() => close(server))
  return [port, server]
}

async function opened(env: NodeJS.ProcessEnv, endpointUrl: string) {
  const none = { AWS_CONFIG_FILE: join(folder, 'none'), AWS_SHARED_CREDENTIALS_FILE: join(folder, 'none') }
  const account = await openAccount({ region: 'eu-central-1', endpointUrl, env: { ...credentials, ...none, ...env } })
  onTestFinished(() => account[Symbol.asyncDispose]())
  return account
}

describe('calls of the SDK', () => {
  test('go through HTTPS_PROXY by CONNECT, with its login, and trust AWS_CA_BUNDLE', async () => {
    const [port] = await startTls()
    const proxy = await startProxy(port)
    const HTTPS_PROXY = proxy.url.replace('//', '//ann:pass@')
    const account = await opened({ HTTPS_PROXY, AWS_CA_BUNDLE: caPath }, 'https://sts.culvert.example')
    expect((await account.identity(never)).accountId).toBe('123456789012')
    expect(proxy.asked).toEqual([`CONNECT sts.culvert.example:443 Basic ${Buffer.from('ann:pass').toString('base64')}`])
  })

  test('to a plain http endpoint go through HTTP_PROXY in absolute form', async () => {
    const server = createServer()
    serve(server, () => callerIdentity)
    const proxy = await startProxy(await listenOnLoopback(server))
    onTestFinished(() => close(server))
    const account = await opened({ http_proxy: proxy.url }, 'http://sts.culvert.example')
    expect((await account.identity(never)).accountId).toBe('123456789012')
    expect(proxy.asked).toEqual(['POST http://sts.culvert.example/'])
  })

  test('never go through a proxy to loopback', async () => {
    const [port] = await startTls()
    const proxy = await startProxy(port)
    const env = { HTTPS_PROXY: proxy.url, HTTP_PROXY: proxy.url, ALL_PROXY: proxy.url, AWS_CA_BUNDLE: caPath }
    const account = await opened(env, `https://localhost:${port}`)
    expect((await account.identity(never)).accountId).toBe('123456789012')
    expect(proxy.asked).toEqual([])
  })

  test('do not trust an own authority without AWS_CA_BUNDLE, and say which variable is missing', async () => {
    const [port] = await startTls()
    const account = await opened({}, `https://localhost:${port}`)
    await expect(account.identity(never)).rejects.toMatchObject({
      code: 'network',
      message: expect.stringContaining('AWS_CA_BUNDLE'),
    })
  })

  test('say so when the proxy wants a login', async () => {
    const proxy = createServer()
    proxy.on('connect', (_, socket) =>
      socket.end('HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 0\r\n\r\n'),
    )
    const port = await listenOnLoopback(proxy)
    onTestFinished(() => close(proxy))
    const account = await opened({ HTTPS_PROXY: `http://127.0.0.1:${port}` }, 'https://sts.culvert.example')
    await expect(account.identity(never)).rejects.toMatchObject({
      code: 'network',
      message: expect.stringContaining('proxy asks for a login'),
    })
  })
})

describe('a WebSocket', () => {
  async function echo(url: string, env: NodeJS.ProcessEnv): Promise<string> {
    const account = await opened(env, 'https://ssm.culvert.example')
    const socket = new WebSocket(url, { agent: account.agentFor(url) })
    onTestFinished(() => socket.terminate())
    await once(socket, 'open')
    socket.send('hello')
    const [data] = (await once(socket, 'message')) as [Buffer]
    return data.toString()
  }

  async function startEcho(): Promise<number> {
    const [port, server] = await startTls()
    const sockets = new WebSocketServer({ server })
    sockets.on('connection', (socket) => socket.on('message', (data) => socket.send(data)))
    onTestFinished(() => sockets.close())
    return port
  }

  test('goes through HTTPS_PROXY by CONNECT and trusts AWS_CA_BUNDLE', async () => {
    const proxy = await startProxy(await startEcho())
    const env = { HTTPS_PROXY: proxy.url, AWS_CA_BUNDLE: caPath }
    expect(await echo('wss://ssmmessages.culvert.example/v1/x?role=p', env)).toBe('hello')
    expect(proxy.asked).toEqual(['CONNECT ssmmessages.culvert.example:443'])
  })

  test('to loopback trusts AWS_CA_BUNDLE and meets no proxy', async () => {
    const port = await startEcho()
    const proxy = await startProxy(port)
    expect(await echo(`wss://localhost:${port}/x`, { ALL_PROXY: proxy.url, AWS_CA_BUNDLE: caPath })).toBe('hello')
    expect(proxy.asked).toEqual([])
  })

  test('needs no agent where there is neither a proxy nor a bundle, nor for plain ws on loopback', async () => {
    const plain = await opened({}, 'https://ssm.culvert.example')
    expect(plain.agentFor('wss://ssmmessages.culvert.example/x')).toBeUndefined()
    const bundled = await opened({ AWS_CA_BUNDLE: caPath, HTTP_PROXY: 'http://p:1' }, 'https://ssm.culvert.example')
    expect(bundled.agentFor('ws://127.0.0.1:1/x')).toBeUndefined()
  })
})

describe('the proxy for an address', () => {
  const of = (url: string, env: NodeJS.ProcessEnv) => proxyFor(new URL(url), env)

  test('is chosen by scheme, the lower-case variable before the upper-case one, ALL_PROXY last', () => {
    const env = { HTTPS_PROXY: 'http://s:1', HTTP_PROXY: 'http://p:2', ALL_PROXY: 'socks5://a:3' }
    expect(of('https://h.example', env)).toBe('http://s:1')
    expect(of('wss://h.example', env)).toBe('http://s:1')
    expect(of('ws://h.example', env)).toBe('http://p:2')
    expect(of('wss://h.example', { ...env, https_proxy: 'l:4' })).toBe('http://l:4')
    expect(of('https://h.example', { ALL_PROXY: 'socks5://a:3' })).toBe('socks5://a:3')
    expect(of('https://h.example', { HTTP_PROXY: 'http://p:2' })).toBeUndefined()
  })

  test.each([
    ['h.example', true],
    ['example', true],
    ['.example', true],
    ['*.example', true],
    ['xample', false],
    ['other, h.example:443', true],
    ['h.example:8443', false],
    ['H.EXAMPLE', true],
    ['*', true],
    ['', false],
    ['a b h.example', true],
  ])('is none for h.example when NO_PROXY is "%s": %s', (NO_PROXY, isExcluded) => {
    expect(of('wss://h.example/x', { HTTPS_PROXY: 'http://s:1', NO_PROXY }) === undefined).toBe(isExcluded)
  })

  test.each([
    ['10.1.2.3', '10.1.2.3', true],
    ['10.1.2.3', '10.0.0.0/8', true],
    ['10.1.2.3', '11.0.0.0/8', false],
    ['10.1.2.3', '10.0.0.0/99', false],
    ['10.1.2.3', '2.3', false],
    ['[fd00::1]', 'fd00::/8', true],
    ['[fd00::1]', '[fd00::1]', true],
    ['[fd00::1]', '10.0.0.0/8', false],
  ])('is none for %s when NO_PROXY is "%s": %s', (host, NO_PROXY, isExcluded) => {
    expect(of(`https://${host}`, { HTTPS_PROXY: 'http://s:1', NO_PROXY }) === undefined).toBe(isExcluded)
  })

  test.each(['localhost', 'a.localhost', '127.0.0.1', '127.9.9.9', '[::1]'])(
    'is none for %s, whatever is set',
    (host) => {
      expect(isOnLoopback(host)).toBe(true)
      expect(of(`https://${host}:1`, { HTTPS_PROXY: 'http://s:1', ALL_PROXY: 'http://s:1' })).toBeUndefined()
    },
  )

  test.each(['localhost.example', '128.0.0.1', '127.example'])('is not withheld from %s', (host) => {
    expect(isOnLoopback(host)).toBe(false)
  })
})

test('a proxy that is no URL is said at once, by its variable and without its value', async () => {
  for (const HTTPS_PROXY of ['ftp://user:hunter2@p', 'http://[']) {
    await expect(openNetwork({ env: { HTTPS_PROXY }, caBundle: undefined })).rejects.toMatchObject({
      code: 'network',
      message: expect.stringMatching(/^HTTPS_PROXY is not(?!.*hunter2)/),
    })
  }
})
