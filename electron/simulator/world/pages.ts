// The two web pages of the Demo world: an instance's status page and the intranet behind it.

import { createHash } from 'node:crypto'
import { createServer } from 'node:http'
import type { Duplex } from 'node:stream'

interface Page {
  readonly title: string
  readonly lead: string
  readonly facts: readonly (readonly [string, string])[]
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
}

function render(page: Page): string {
  const facts = page.facts.map(([name, value]) => `<dt>${escapeHtml(name)}</dt><dd>${escapeHtml(value)}</dd>`).join('')
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${escapeHtml(page.title)}</title>
<style>
  :root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif }
  body { max-width: 34rem; margin: 4rem auto; padding: 0 1rem }
  h1 { font-size: 1.5rem; margin-bottom: 0.25rem }
  dl { display: grid; grid-template-columns: max-content 1fr; gap: 0.25rem 1.5rem; margin-top: 2rem }
  dt { opacity: 0.65 }
  dd { margin: 0; font-variant-numeric: tabular-nums }
</style>
</head>
<body>
<h1>${escapeHtml(page.title)}</h1>
<p>${escapeHtml(page.lead)}</p>
<dl>${facts}</dl>
</body>
</html>
`
}

// Answers HTTP/1.1 on the connections that it is given; it never listens.
function servePage(pageFor: (path: string) => Page): (connection: Duplex) => void {
  const server = createServer((request, response) => {
    request.resume()
    const body = Buffer.from(render(pageFor(request.url ?? '/')))
    response.setHeader('content-type', 'text/html; charset=utf-8')
    // A reader behind a tunnel can check that every byte has come. Source: RFC 9530.
    response.setHeader('content-digest', `sha-256=:${createHash('sha256').update(body).digest('base64')}:`)
    response.end(body)
  })
  return (connection) => {
    server.emit('connection', connection)
  }
}

/** Serves the internal status page of an instance (port 8080). */
export function serveStatusPage(instance: {
  readonly id: string
  readonly name: string
}): (connection: Duplex) => void {
  return servePage((path) => ({
    title: `${instance.name}: internal status`,
    lead: 'This page is only reachable from inside. You are reading it through a tunnel of the Culvert demo.',
    facts: [
      ['Instance', instance.name],
      ['Id', instance.id],
      ['Service', 'healthy'],
      ['Path', path],
      ['Time', new Date().toISOString()],
    ],
  }))
}

/** Serves the front page of `intranet.internal` (port 80), a host that only instances can reach. */
export function serveIntranetPage(): (connection: Duplex) => void {
  return servePage((path) => ({
    title: 'intranet.internal',
    lead: 'A host behind the instance. The instance connected here on your behalf. Try an outage in Culvert, then load this page again: it waits, and comes.',
    facts: [
      ['Host', 'intranet.internal'],
      ['Path', path],
      ['Time', new Date().toISOString()],
    ],
  }))
}
