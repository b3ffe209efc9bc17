// Masks what identifies a person, an account or a network in a text that is pasted into a public issue.
//
//   123456789012                                   <account-1>
//   i-0abc…  vpce-0abc…  key ids (UUID)            i-<id-1>  vpce-<id-2>  <id-3>
//   arn:aws:sts::ACCOUNT:assumed-role/ROLE/NAME    arn:aws:sts::<account-1>:assumed-role/<name-1>/<name-2>
//   db.corp.example  10.0.3.4                      <host-1>  <address-1>
//   /home/ann/.aws/config  /srv/team/config         <home>/.aws/config  <folder-1>/config
//
// The same text gets the same mask, so that the structure stays readable. Hosts and documents of AWS, regions and versions stay. In doubt
// a text is masked. Secrets are removed first (redaction.ts).

import { redact } from '../../../shared/redaction'

/** Texts that are known to identify: they are masked wherever they stand as a word. */
export interface KnownNames {
  /** Profiles, instances, users, computers, sessions: whole words, any of them may be "". */
  readonly names: readonly string[]
  readonly hosts: readonly string[]
  /** Home directories. */
  readonly homes: readonly string[]
  /** Texts that look like addresses and are none: versions of agents. */
  readonly kept: readonly string[]
}

/** Names that do not identify. */
const PLAIN = new Set(['', 'default', 'demo', 'localhost', 'root', 'environment variables'])

const UUID = /\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/gi
const ENDPOINT = /\bvpce-[a-z0-9-]+/gi
const RESOURCE = /\b([a-z]{1,8})-([0-9a-f]{8}(?:[0-9a-f]{9})?)\b/gi
/** Also in groups of four, as sentences have it. */
const ACCOUNT = /(?<![\w.])(?:\d{12}|\d{4}([ -])\d{4}\1\d{4})(?![\w.]*\d)/g
const UNIQUE = /\bA(?:ROA|IDA|GPA|IPA|NPA|NVA|SCA)[A-Z0-9]{12,28}\b/g
const REGIONS_KEY = /\bmrk-[0-9a-f]{32}\b/gi
const SESSION = /[\w+=,.@-]*-(?=[a-z0-9]*[0-9])[a-z0-9]{17,26}\b/g
const EMAIL = /[\w.+-]+@[\w-]+(?:\.[\w-]+)*/g
const ARN = /\barn:(aws[a-z-]*):([a-z0-9-]*):([a-z0-9-]*|\*):([^:\s]*):([^\s"'`,;)]+)/g
const IPV4 = /(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?![\w.]*\d)/g
const IPV6 = /(?<![\w:])(?:[0-9a-f]{0,4}:){2,7}[0-9a-f]{0,4}(?![\w:])/gi
const HOST = /(?<![\w<@-])(?:[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?\.)+[a-z]{2,24}(?![\w-])/gi
const HOME = /(?:\/home\/|\/Users\/|[A-Za-z]:\\Users\\)[^\s/\\"',;:)]+/g

/** The folders of a path; the name of its file stays. */
const FOLDER = /(?<![\w<>:/.@-])\/(?:[^\s/"'`,;:()<>]+\/)+/g

/** Those in a home, but for AWS's own. */
const HOME_FOLDER = /(?<=<home>)\/(?!\.aws\/)(?:[^\s/"'`,;:()<>]+\/)+/g

/** Public names of AWS's services. */
const OF_AWS =
  /^(?:(?:device|portal)\.)?[a-z0-9-]+\.[a-z]{2,4}(?:-[a-z]+)+-\d\.(?:vpce\.)?(?:amazonaws\.(?:com|com\.cn|eu)|api\.aws|api\.amazonwebservices\.(?:com\.cn|eu)|(?:api\.)?(?:aws\.)?[a-z0-9.-]*(?:c2s\.ic\.gov|sc2s\.sgov\.gov|hci\.ic\.gov|adc-e\.uk|scloud))$/i

/** Parts of an ARN that do not identify: wildcards, variables, AWS's own documents. */
const PUBLIC_PART = /^(?:\*|AWS-[\w-]+|SSM-SessionManagerRunShell|\$\{aws:\w+\}(?:-\*)?)$/

const LOOPBACK = /^(?:127\.0\.0\.1|0\.0\.0\.0|::1|::)$/

function escaped(name: string): string {
  return name.replaceAll(/[.*+?^${}()|[\]\\/]/g, String.raw`\$&`)
}

/** Masks texts; remembers what each mask stands for, so that all texts of one report agree. */
export class Mask {
  readonly #known: KnownNames
  readonly #names: RegExp | undefined
  readonly #masks = new Map<string, string>()
  readonly #counts = new Map<string, number>()

  constructor(known: KnownNames) {
    this.#known = known
    // The longest first: one name may be a part of another.
    const names = [...known.names, ...known.hosts]
      .filter((name) => !PLAIN.has(name.toLowerCase()))
      .toSorted((a, b) => b.length - a.length)
    if (names.length > 0) {
      this.#names = new RegExp(`(?<![\\p{L}\\p{N}])(?:${names.map(escaped).join('|')})(?![\\p{L}\\p{N}])`, 'giu')
    }
  }

  /** The text without anything that identifies. */
  text(value: string): string {
    let text = redact(value)
    const { homes, kept } = this.#known
    for (const home of homes) if (home.length > 1) text = text.replaceAll(home, '<home>')
    text = text.replaceAll(HOME, '<home>')
    text = text.replaceAll(HOME_FOLDER, (found) => `/${this.#mask('folder', found)}/`)
    text = text.replaceAll(FOLDER, (found) => `${this.#mask('folder', found)}/`)
    text = text.replaceAll(ARN, (...match) => this.#arn(match))
    if (this.#names !== undefined) {
      text = this.#outsideMasks(text, this.#names, (name) => this.#mask(this.#isHost(name) ? 'host' : 'name', name))
    }
    const step = (pattern: RegExp, kind: string, isKept: (found: string) => boolean = () => false): void => {
      text = this.#outsideMasks(text, pattern, (found) => (isKept(found) ? found : this.#mask(kind, found)))
    }
    step(EMAIL, 'name')
    step(UUID, 'id')
    step(UNIQUE, 'id')
    text = this.#outsideMasks(text, REGIONS_KEY, (found) => `mrk-${this.#mask('id', found)}`)
    text = this.#outsideMasks(text, ENDPOINT, (found) => `vpce-${this.#mask('id', found)}`)
    text = this.#outsideMasks(text, RESOURCE, (found) => {
      const end = found.lastIndexOf('-')
      return `${found.slice(0, end)}-${this.#mask('id', found)}`
    })
    step(SESSION, 'session', (found) => /^[a-z]+-<id/.test(found))
    text = this.#outsideMasks(text, ACCOUNT, (found) => this.#mask('account', found.replaceAll(/\D/g, '')))
    step(IPV4, 'address', (found) => LOOPBACK.test(found) || kept.includes(found) || this.#isVersion(found))
    step(IPV6, 'address', (found) => LOOPBACK.test(found) || !/[0-9a-f]/i.test(found))
    step(HOST, 'host', (found) => OF_AWS.test(found))
    return text
  }

  #isHost(name: string): boolean {
    return this.#known.hosts.some((host) => host.toLowerCase() === name.toLowerCase())
  }

  /** Whether a part is larger than an octet, so that it is a version and not an address. */
  #isVersion(found: string): boolean {
    return found.split('.').some((part) => Number(part) > 255)
  }

  /** Replaces what stands between masks: a mask is never masked again. */
  #outsideMasks(text: string, pattern: RegExp, replace: (found: string) => string): string {
    return text
      .split(/(<[a-z]+(?:-\d+)?>)/)
      .map((part, index) => (index % 2 === 1 ? part : part.replaceAll(pattern, (found) => replace(found))))
      .join('')
  }

  #arn(match: readonly unknown[]): string {
    const [, partition, service, region, account, rest] = match.map(String)
    const owner = /^\d{12}$/.test(account ?? '') ? this.#mask('account', account ?? '') : account
    // "role/NAME" and "key/ID" have a type first; a bucket or a topic is a name alone.
    const [first = '', ...others] = (rest ?? '').split('/')
    const name = (part: string): string => (part === '' || PUBLIC_PART.test(part) ? part : this.#mask('name', part))
    const resource = others.length === 0 ? name(first) : [first, ...others.map(name)].join('/')
    return `arn:${partition}:${service}:${region}:${owner}:${resource}`
  }

  #mask(kind: string, found: string): string {
    const key = `${kind} ${found.toLowerCase()}`
    const known = this.#masks.get(key)
    if (known !== undefined) return known
    const count = (this.#counts.get(kind) ?? 0) + 1
    this.#counts.set(kind, count)
    const mask = `<${kind}-${count}>`
    this.#masks.set(key, mask)
    return mask
  }
}
