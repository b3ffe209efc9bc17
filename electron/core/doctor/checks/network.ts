// The way to each service: its name, the proxy, TLS and the certificate; and the clock, which every answer tells.

import { isIP } from 'node:net'
import { asError, codeOf } from '../../../../shared/errors'
import { SERVICES, type Reaching, type ServiceName, type ServicePlace } from '../../../../shared/examination'
import { isOnLoopback } from '../../../../shared/hosts'
import { isFipsHost } from '../../../../shared/partitions'
import { endpointsCheck } from './configuration'
import { examinationOf, failed, passed, unknown, type Check, type Exam, type Finding } from '../parts'

const LOOK_UP_MS = 10_000
/** Two connections of 10 s at most: the second reads the certificate. */
const REACH_MS = 25_000

/** Signatures may be wrong by this much. Source: IAM user guide, "Signature Version 4", x-amz-date. */
const MAX_CLOCK_MS = 5 * 60_000

const MAX_ADDRESSES = 4

/** The setting that names another host for a service. */
function settingOf(service: ServiceName): string {
  return service === 'ssmmessages' ? 'CULVERT_SSMMESSAGES_ENDPOINT' : `AWS_ENDPOINT_URL_${service.toUpperCase()}`
}

function placeIn({ places }: Exam, service: ServiceName): ServicePlace {
  const place = places.get(service)
  if (place === undefined) throw new Error(`no place of ${service}`)
  return place
}

/** KMS is needed by encrypted sessions only, so that its absence is no failure by itself. */
function unlessNeeded(service: ServiceName, finding: Finding): Finding {
  if (service !== 'kms' || finding.outcome !== 'failed') return finding
  return { ...finding, outcome: 'unknown', evidence: `${finding.evidence} Only encrypted sessions need it.` }
}

function isPrivate(address: string): boolean {
  return /^(10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|f[cd])/.test(address)
}

function addressWords(addresses: readonly string[]): string {
  const shown = addresses.slice(0, MAX_ADDRESSES).join(', ')
  const more = addresses.length > MAX_ADDRESSES ? ` and ${addresses.length - MAX_ADDRESSES} more` : ''
  return addresses.every(isPrivate) ? `${shown}${more}, private: a VPC endpoint` : `${shown}${more}`
}

async function lookUp(service: ServiceName, exam: Exam, signal: AbortSignal): Promise<Finding> {
  const { url, proxy } = placeIn(exam, service)
  const hostname = new URL(url).hostname.replace(/^\[|\]$/g, '')
  if (isIP(hostname) !== 0 || isOnLoopback(hostname)) return passed(`${hostname} needs no look-up.`)
  if (proxy !== undefined) return passed(`The proxy ${proxy} looks up ${hostname}.`)
  try {
    return passed(`${hostname} is ${addressWords(await examinationOf(exam).addressesOf(hostname, signal))}.`)
  } catch (error) {
    signal.throwIfAborted()
    const code = codeOf(error) ?? asError(error).message
    const why = code === 'ENOTFOUND' ? 'does not exist for this computer' : `could not be looked up (${code})`
    if (code === 'ENOTFOUND' && isFipsHost(hostname)) {
      return failed(`${hostname} ${why}.`, {
        missing: 'AWS_USE_FIPS_ENDPOINT',
        next: 'Check whether the region has FIPS endpoints (AWS_USE_FIPS_ENDPOINT, use_fips_endpoint), then DNS and VPN.',
      })
    }
    return failed(`${hostname} ${why}.`, {
      missing: settingOf(service),
      next: `Check the region, DNS and VPN. In a VPC without internet, turn on private DNS of the endpoint or set ${settingOf(service)}.`,
    })
  }
}

function reachedWords({ url, proxy }: ServicePlace, reaching: Extract<Reaching, { kind: 'answered' }>): string {
  const { host } = new URL(url)
  const by = proxy === undefined ? '' : ` through the proxy ${proxy}`
  const { issuer, tookMs } = reaching
  if (issuer === undefined) return `${host} answered${by} in ${tookMs} ms, without TLS.`
  const note = /amazon/i.test(issuer)
    ? 'The certificate is issued by Amazon.'
    : `The certificate is issued by "${issuer}", not by Amazon: something on the way reads the traffic, and this computer trusts it.`
  return `${host} answered${by} in ${tookMs} ms. ${note}`
}

async function reach(service: ServiceName, exam: Exam, signal: AbortSignal): Promise<Finding> {
  const place = placeIn(exam, service)
  const { host } = new URL(place.url)
  const reaching = await examinationOf(exam).reach(place.url, signal)
  exam.reachings.set(service, reaching)
  switch (reaching.kind) {
    case 'answered':
      return passed(reachedWords(place, reaching))
    case 'untrusted':
      return failed(
        `The certificate of ${host} is issued by "${reaching.issuer}", which this computer does not trust (${reaching.why}).`,
        {
          missing: 'AWS_CA_BUNDLE',
          next: 'If a proxy inspects TLS here, set AWS_CA_BUNDLE (or NODE_EXTRA_CA_CERTS) to a PEM file with its certificate.',
        },
      )
    case 'unreached': {
      const by = place.proxy === undefined ? '' : ` through the proxy ${place.proxy}`
      return failed(`${host} could not be reached${by} (${reaching.why}).`, {
        missing: place.proxy === undefined ? 'HTTPS_PROXY' : 'HTTPS_PROXY, NO_PROXY',
        next:
          place.proxy === undefined
            ? `Allow HTTPS to ${host} in the firewall, or set HTTPS_PROXY. In a VPC, check the security group of the endpoint.`
            : `Check that the proxy ${place.proxy} runs and allows ${host}; correct HTTPS_PROXY, or add the host to NO_PROXY.`,
      })
    }
  }
}

const nameChecks = SERVICES.map((service): Check => ({
  id: `network.${service}.name`,
  group: 'network',
  title: `Host name of ${service}`,
  needs: [endpointsCheck.id],
  limitMs: LOOK_UP_MS,
  run: async (exam, signal) => unlessNeeded(service, await lookUp(service, exam, signal)),
}))

const reachChecks = SERVICES.map((service): Check => ({
  id: `network.${service}`,
  group: 'network',
  title: `Connection to ${service}`,
  needs: [endpointsCheck.id, `network.${service}.name`],
  limitMs: REACH_MS,
  run: async (exam, signal) => unlessNeeded(service, await reach(service, exam, signal)),
}))

function clockAheadMs({ reachings }: Exam): number | undefined {
  for (const reaching of reachings.values()) {
    if (reaching.kind === 'answered' && reaching.clockAheadMs !== undefined) return reaching.clockAheadMs
  }
  return undefined
}

function spanWords(ms: number): string {
  const seconds = Math.round(Math.abs(ms) / 1_000)
  return seconds < 120 ? `${seconds} s` : `${Math.round(seconds / 60)} min`
}

const clockCheck: Check = {
  id: 'network.clock',
  group: 'network',
  title: 'Clock',
  needs: [endpointsCheck.id],
  limitMs: LOOK_UP_MS,
  run: (exam) => {
    const aheadMs = clockAheadMs(exam)
    if (aheadMs === undefined) return Promise.resolve(unknown('No service has told the time.'))
    if (Math.abs(aheadMs) < 2_000) return Promise.resolve(passed('This computer and AWS agree on the time.'))
    const words = `This computer's clock is ${spanWords(aheadMs)} ${aheadMs > 0 ? 'behind' : 'ahead of'} AWS's.`
    const isWrong = Math.abs(aheadMs) > MAX_CLOCK_MS
    const next = 'Turn on automatic time in the system settings (NTP). AWS refuses signatures that are 5 minutes wrong.'
    return Promise.resolve(isWrong ? failed(words, { next }) : passed(words))
  },
}

/** Names first, then connections, then the clock. */
export const networkChecks: readonly Check[] = [...nameChecks, ...reachChecks, clockCheck]
