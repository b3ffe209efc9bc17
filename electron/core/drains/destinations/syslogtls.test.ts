// Syslog over TLS, to a server of node:tls with a certificate of its own authority.

import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createServer } from 'node:tls'
import { promisify } from 'node:util'
import { expect, test, vi } from 'vitest'
import { ManualClock, recordOf } from '../drains.kit'
import { SyslogDestination } from './syslog'

test('a certificate of an authority that is not known is refused, and one of the drain’s own authority is taken', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'culvert-syslogtls-'))
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2']
  const subject = ['-subj', '/CN=logs', '-addext', 'subjectAltName=DNS:localhost']
  const files = ['-keyout', 'key.pem', '-out', 'cert.pem']
  await promisify(execFile)('openssl', ['req', '-x509', ...key, ...files, ...subject], { cwd: folder })
  const ca = await readFile(join(folder, 'cert.pem'), 'utf8')
  let got = ''
  const server = createServer({ key: await readFile(join(folder, 'key.pem')), cert: ca }, (socket) => {
    socket.on('error', () => undefined)
    socket.on('data', (chunk: Buffer) => (got += chunk.toString()))
  })
  server.on('tlsClientError', () => undefined)
  await new Promise<void>((resolve) => server.listen(0, resolve))
  const options = {
    host: 'localhost',
    port: (server.address() as AddressInfo).port,
    isTls: true,
    authorities: () => undefined,
    clock: new ManualClock(),
    owedPath: join(folder, 'owed.json'),
    onOwing: () => undefined,
  }
  const { signal } = new AbortController()
  const stranger = new SyslogDestination(options)
  const refused = await stranger.send([recordOf(1)], '', signal)
  expect(refused).toMatchObject({ again: [recordOf(1)], error: { code: 'network' } })
  expect(refused.error?.message).toMatch(/its certificate is not valid|its authority is not known/)
  expect(got).toBe('')
  const destination = new SyslogDestination({ ...options, ca })
  expect(await destination.send([recordOf(1)], '', signal)).toEqual({ refused: 0, again: [] })
  await vi.waitFor(() => expect(got).toMatch(/^\d+ <134>1 .* sequence="1" /))
  await stranger[Symbol.asyncDispose]()
  await destination[Symbol.asyncDispose]()
  await new Promise((resolve) => server.close(resolve))
  await rm(folder, { recursive: true })
})
