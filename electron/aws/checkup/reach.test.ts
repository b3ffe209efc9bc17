import { createServer as createHttpServer } from 'node:http'
import { createServer, type Server } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { close, listenOnLoopback } from '../../../e2e/kit/aws/awsstandin'
import { openNetwork } from '../network'
import { reach } from './reach'
import { bundlePath, stageCertificate, startTls } from './tls.kit'

const never = new AbortController().signal

stageCertificate()

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
  const trusting = await open({}, bundlePath())
  expect(await reach(url, trusting, never)).toMatchObject({ kind: 'answered', issuer: 'Inspecting Proxy Ltd' })
})

test('the request carries no credentials, and tells how far the clocks differ', async () => {
  const { url, asked } = await startTls()
  const reaching = await reach(url, await open({}, bundlePath()), never)
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

test('a proxy that opens no way is not taken for the service', async () => {
  const proxy = createHttpServer()
  proxy.on('connect', (_request, socket) => socket.end('HTTP/1.1 403 Forbidden\r\nconnection: close\r\n\r\n'))
  onTestFinished(() => close(proxy))
  const network = await open({ HTTPS_PROXY: `http://127.0.0.1:${await listenOnLoopback(proxy)}` })
  expect(await reach('https://ssm.eu-west-1.amazonaws.com', network, never)).toEqual({
    kind: 'unreached',
    why: 'the proxy answered HTTP 403',
  })
})
