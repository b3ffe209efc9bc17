import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer as createTlsServer } from 'node:https'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { close, listenOnLoopback } from '../../../e2e/kit/aws/awsstandin'
import { openNetwork } from '../network'
import { reach } from './reach'

let folder: string
let tls: { key: string; cert: string }
const never = new AbortController().signal

/** A certificate for `localhost` that "Inspecting Proxy Ltd" has issued to itself. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'culvert-reach-'))
  const options = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2']
  const subject = ['-subj', '/O=Inspecting Proxy Ltd/CN=box', '-addext', 'subjectAltName=DNS:localhost']
  const files = ['-keyout', 'key.pem', '-out', 'cert.pem']
  await promisify(execFile)('openssl', ['req', '-x509', ...options, ...files, ...subject], { cwd: folder })
  const [key, cert] = await Promise.all(['key.pem', 'cert.pem'].map((name) => readFile(join(folder, name), 'utf8')))
  tls = { key: key!, cert: cert! }
})
afterAll(() => rm(folder, { recursive: true }))

async function startTls(): Promise<{ url: string; asked: string[] }> {
  const asked: string[] = []
  const server = createTlsServer(tls, (request, response) => {
    asked.push(`${request.method} ${request.url} ${request.headers.authorization ?? 'no authorization'}`)
    response.writeHead(404).end()
  })
  onTestFinished(() => close(server))
  return { url: `https://localhost:${await listenOnLoopback(server)}`, asked }
}

async function open(env: NodeJS.ProcessEnv, caBundle?: string) {
  const network = await openNetwork({ env, caBundle, systemAuthorities: () => undefined })
  onTestFinished(() => network.destroy())
  return network
}

test('a certificate that is not trusted is told with its issuer; with the bundle of AWS_CA_BUNDLE it answers', async () => {
  const { url } = await startTls()
  expect(await reach(url, await open({}), never)).toEqual({
    kind: 'untrusted',
    issuer: 'Inspecting Proxy Ltd',
    why: 'DEPTH_ZERO_SELF_SIGNED_CERT',
  })
  const trusting = await open({}, join(folder, 'cert.pem'))
  expect(await reach(url, trusting, never)).toMatchObject({ kind: 'answered', issuer: 'Inspecting Proxy Ltd' })
})

test('the request carries no credentials, and tells how far the clocks differ', async () => {
  const { url, asked } = await startTls()
  const reaching = await reach(url, await open({}, join(folder, 'cert.pem')), never)
  expect(asked).toEqual(['GET / no authorization'])
  expect(reaching).toMatchObject({ kind: 'answered', tookMs: expect.any(Number) })
  const { clockAheadMs = Number.NaN } = reaching.kind === 'answered' ? reaching : {}
  expect(Math.abs(clockAheadMs)).toBeLessThan(30_000)
})

test('a port on which nothing listens, and a server that hangs up, are not reached', async () => {
  const network = await open({})
  expect(await reach('https://127.0.0.1:9', network, never)).toEqual({ kind: 'unreached', why: 'ECONNREFUSED' })
  const rude: Server = createServer((socket) => socket.destroy())
  onTestFinished(() => new Promise<void>((resolve) => rude.close(() => resolve())))
  await new Promise<void>((resolve) => rude.listen(0, '127.0.0.1', resolve))
  const address = rude.address()
  const port = typeof address === 'object' ? address?.port : 0
  expect(await reach(`http://127.0.0.1:${port}`, network, never)).toMatchObject({ kind: 'unreached' })
})

test('an abort rejects with its reason', async () => {
  const { url } = await startTls()
  const stop = AbortSignal.abort(new Error('stopped'))
  await expect(reach(url, await open({}), stop)).rejects.toThrow('stopped')
})
