// The editor's proposals for fields that the person has not typed: a name, a local port, the ports of well-known services.

import { shownName, withoutUnseen } from '../../../shared/foreigntext'
import type { ForwardView } from '../../../shared/model/forward'
import { remoteHostProblem } from '../../../shared/hosts'
import { readPort, takeApart } from './destination'

/** Ports below this need privileges that Culvert does not ask for. */
export const FIRST_FREE_FOR_ALL = 1_024

/** Services that can be filled in by a click. */
export const SERVICES = [
  { label: 'PostgreSQL', port: 5_432, kind: 'database' },
  { label: 'MySQL', port: 3_306, kind: 'database' },
  { label: 'Redis', port: 6_379, kind: 'database' },
  { label: 'MongoDB', port: 27_017, kind: 'database' },
  { label: 'HTTP', port: 80, kind: 'web' },
  { label: 'HTTPS', port: 443, kind: 'web' },
  { label: 'RDP', port: 3_389, kind: 'desktop' },
] as const

/** The most likely kind of a destination, by its port; "web" also for the usual ports of development servers. */
export function serviceKind(port: number | undefined): 'database' | 'web' | 'desktop' | 'other' {
  if (port === undefined) return 'other'
  const known = SERVICES.find((service) => service.port === port)
  if (known !== undefined) return known.kind
  return [3_000, 5_000, 5_601, 8_000, 8_080, 8_443, 8_888, 9_000, 9_090].includes(port) ? 'web' : 'other'
}

/** The local port to try first for a remote port: the same one, or 8000 above it for ports below 1024 (8080 for 80). */
export function localPortFor(remotePort: number): number {
  return remotePort < FIRST_FREE_FOR_ALL ? remotePort + 8_000 : remotePort
}

/**
 * Proposes a name from the destination: the first label of the host, or else the instance, followed by the port. "" while
 * neither is known. Never the name of another forward, and never with invisible characters, because a person has to type it.
 */
export function proposeName(
  wish: { readonly instance: string; readonly remoteHost: string; readonly remotePort: string },
  others: readonly ForwardView[],
): string {
  const { host } = takeApart(wish.remoteHost)
  const isName =
    host !== 'localhost' && /^[a-z]/i.test(host) && !host.includes(':') && remoteHostProblem(host) === undefined
  const base = isName ? (host.split('.')[0] ?? host) : withoutUnseen(wish.instance)
  if (base === '') return ''
  const port = readPort(wish.remotePort)
  const stem = (port === undefined ? base : `${base}-${port}`).slice(0, 90)
  const taken = new Set(others.map(({ forward }) => forward.name))
  let name = stem
  for (let count = 2; taken.has(name); count += 1) name = `${stem}-${count}`
  return name
}

/** A sentence that names the forward with this local port; undefined if there is none. */
export function portHolder(localPort: number, others: readonly ForwardView[]): string | undefined {
  const holder = others.find((view) => view.localPort === localPort)
  return holder === undefined
    ? undefined
    : `Port ${localPort} belongs to your forward ${shownName(holder.forward.name)}.`
}
