// What tests of TLS share: a server whose certificate "Inspecting Proxy Ltd" has issued to itself.

import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, onTestFinished } from 'vitest'
import { close, listenOnLoopback } from '../../../e2e/kit/aws/awsstandin'

let folder: string
let tls: { key: string; cert: string }

/** The path of the certificate, for AWS_CA_BUNDLE. */
export const bundlePath = (): string => join(folder, 'cert.pem')

/** Makes the certificate for `localhost` once for the file; call it at the top of a test file. */
export function stageCertificate(): void {
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'culvert-tls-'))
    const options = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2']
    const subject = ['-subj', '/O=Inspecting Proxy Ltd/CN=box', '-addext', 'subjectAltName=DNS:localhost']
    const files = ['-keyout', 'key.pem', '-out', 'cert.pem']
    await promisify(execFile)('openssl', ['req', '-x509', ...options, ...files, ...subject], { cwd: folder })
    const [key, cert] = await Promise.all(['key.pem', 'cert.pem'].map((name) => readFile(join(folder, name), 'utf8')))
    tls = { key: key!, cert: cert! }
  })
  afterAll(() => rm(folder, { recursive: true }))
}

/** Starts a server that answers 404 and keeps what it was asked. It ends with the test. */
export async function startTls(): Promise<{ url: string; asked: string[] }> {
  const asked: string[] = []
  const server = createServer(tls, (request, response) => {
    asked.push(`${request.method} ${request.url} ${request.headers.authorization ?? 'no authorization'}`)
    response.writeHead(404).end()
  })
  onTestFinished(() => close(server))
  return { url: `https://localhost:${await listenOnLoopback(server)}`, asked }
}
