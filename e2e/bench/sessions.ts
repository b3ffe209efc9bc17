// A list of 100,000 sessions in the core: how long AWS's pages take to become rows, the first answer to a view, a change among all of them,
// and the memory of the rows. The pages come from memory, so the time of the network is not in it.

import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { Canceling } from '../../electron/core/accountsessions/canceling'
import { SessionList } from '../../electron/core/accountsessions/sessionlist'
import type { SessionSources } from '../../electron/core/accountsessions/sources'
import { createEnvironment } from '../../electron/core/environments/environment'
import { processBudgets } from '../../electron/core/tunnels/budgets'
import type { ListedSession } from '../../shared/sessionlisting'
import { MAX_SESSION_ROWS } from '../../shared/api/sessions'
import { serviceOf } from '../kit/aws/service'

const SESSIONS = 100_000
const OPEN = 1_000
const PAGE = 200
const HOUR_MS = 3_600_000
const ROUNDS = 15

function say(text: string): void {
  process.stdout.write(`${text}\n`)
}

setFlagsFromString('--expose-gc')

function heapBytes(): number {
  runInNewContext('gc()')
  return process.memoryUsage().heapUsed
}

const nowAt = Date.now()

/** A page as it comes off the wire: every text is a new one. */
function pageOf(from: number, count: number): readonly ListedSession[] {
  const page = Array.from({ length: count }, (_, index): ListedSession => {
    const at = from + index
    const isOpen = at < OPEN
    const startAt = nowAt - 1_000 * (at + 60)
    return {
      sessionId: `person-${at % 300}-0${String(at).padStart(16, '0')}`,
      status: isOpen ? 'Connected' : 'Terminated',
      owner: `arn:aws:sts::111122223333:assumed-role/Engineer/person-${at % 300}`,
      target: `i-${String(at % 10_000).padStart(17, '0')}`,
      document: 'AWS-StartPortForwardingSessionToRemoteHost',
      reason: at % 2 === 0 ? `ticket ${at}` : '',
      accessType: 'standard',
      startAt,
      ...(isOpen ? {} : { endAt: startAt + 30_000 }),
    }
  })
  const parsed: readonly ListedSession[] = JSON.parse(JSON.stringify(page))
  return parsed
}

let clock = nowAt
const environment = createEnvironment({
  name: 'bench',
  isDemo: false,
  budgets: processBudgets(),
  service: serviceOf({
    identity: () => Promise.resolve({ accountId: '111122223333', arn: 'arn:aws:iam::111122223333:user/me' }),
    listInstances: () => Promise.resolve({ instances: [], notices: [] }),
    sessions: ({ state, sessionId, startedSince = 0 }) => {
      const isWhole = sessionId === undefined && startedSince < nowAt - HOUR_MS
      const [first, end] = state === 'Active' ? [0, OPEN] : isWhole ? [OPEN, SESSIONS] : [0, 0]
      let at = first
      return {
        get isDone() {
          return at >= end
        },
        next: () => {
          const page = pageOf(at, Math.min(PAGE, end - at))
          at += Math.max(PAGE, page.length)
          return Promise.resolve(page)
        },
      }
    },
  }),
})
const sources: SessionSources = {
  environment: () => Promise.resolve(environment),
  nameOf: () => 'bench',
  instancesOf: () => undefined,
  records: {
    installation: '0a1b2c3d4e5f',
    bySession: () => undefined,
    byId: () => undefined,
    authorizations: () => [],
    onChange: () => () => undefined,
    refresh: () => Promise.resolve(),
  },
  carried: () => new Map(),
  canceling: new Canceling(),
  now: () => clock,
}

/** The pages alone: what `JSON.parse` and the making of texts take. */
const pagesAt = performance.now()
for (let at = 0; at < SESSIONS; at += PAGE) pageOf(at, PAGE)
const pagesMs = performance.now() - pagesAt

const before = heapBytes()
const startedAt = performance.now()
const list = new SessionList(
  { environments: [{ kind: 'aws' }], filters: {}, sinceAt: nowAt - 30 * 24 * HOUR_MS },
  sources,
)
await list.settled()
const loadedMs = performance.now() - startedAt - pagesMs
const memory = heapBytes() - before

/** Reads everything, answer by answer. */
function readAll(): { readonly rows: number; readonly answers: readonly number[]; readonly revision: number } {
  const answers: number[] = []
  let [rows, revision] = [0, 0]
  for (let hasMore = true; hasMore;) {
    const askedAt = performance.now()
    const page = list.page(revision, MAX_SESSION_ROWS)
    JSON.stringify(page)
    answers.push(performance.now() - askedAt)
    rows += page.set.length
    revision = page.revision
    hasMore = page.hasMore
  }
  return { rows, answers, revision }
}

const { rows, answers, revision } = readAll()
const whole = answers.reduce((sum, ms) => sum + ms, 0)

const changes: number[] = []
let known = revision
for (let round = 0; round < ROUNDS; round += 1) {
  clock += 5_000
  const askedAt = performance.now()
  list.page(known, MAX_SESSION_ROWS)
  await list.settled()
  const page = list.page(known, MAX_SESSION_ROWS)
  changes.push(performance.now() - askedAt)
  known = page.revision
}
const change = changes.toSorted((a, b) => a - b)[Math.floor(ROUNDS / 2)] ?? 0

say(
  `a list of ${rows} sessions: loaded in ${loadedMs.toFixed(0)} ms beside the ${pagesMs.toFixed(0)} ms of the pages, ` +
    `${(memory / 1_048_576).toFixed(0)} MiB (${Math.round(memory / rows)} bytes a row)`,
)
say(
  `the first answer of ${MAX_SESSION_ROWS} rows ${(answers[0] ?? 0).toFixed(1)} ms; all of them ${whole.toFixed(0)} ms in ${answers.length} answers; ` +
    `a poll of ${OPEN} open ones and its changes ${change.toFixed(1)} ms (all again: ${(whole / change).toFixed(0)} times as much)`,
)
list[Symbol.dispose]()
