// What is said around the list: which environments could not be listed, and how far back ended sessions are loaded.

import { Square } from 'lucide-react'
import type { ReactNode } from 'react'
import type { WireError } from '../../shared/errors'
import type { SessionListState, SessionProblem } from '../../shared/model/accountsession'
import { clockWords } from '../../shared/status'
import { usePage, usePageState } from '../context'
import { Banner } from '../parts/Banner'
import { Button } from '../parts/controls/Button'
import { CopyButton } from '../parts/controls/CopyButton'
import { CommandOf } from '../parts/text/Command'
import { ForeignName, ForeignSentence } from '../parts/text/Foreign'
import { LoginButton } from '../questions/LoginButton'
import { momentWords, placeWords } from './words/states'

const MOST_BANNERS = 3
const DAY_MS = 86_400_000

/** How far back a person can load; AWS keeps 30 days. */
const SPANS = [7, 30] as const

function Problem({ problem }: { readonly problem: SessionProblem }): ReactNode {
  const page = usePage()
  const { place, error, retryAt } = problem
  const isThrottled = error.code === 'throttled'
  return (
    <Banner
      tone={isThrottled || retryAt !== undefined ? 'waiting' : 'failed'}
      title={
        <>
          <ForeignName text={placeWords(place)} />:{' '}
          {isThrottled ? 'AWS slowed the listing down.' : 'not all sessions are listed.'}
        </>
      }
      action={
        <>
          <LoginButton size="small" error={error} />
          {retryAt === undefined && (
            <Button size="small" onClick={() => page.sessions.reload()}>
              Try again
            </Button>
          )}
          <CopyButton text={error.message} label="Copy cause" />
        </>
      }
    >
      <ForeignSentence text={error.message} />
      {retryAt !== undefined && ` Culvert tries again at ${clockWords(retryAt)}.`}
      <CommandOf error={error} />
    </Banner>
  )
}

/** The environments that could not be listed, and why; the rest is shown. */
export function Problems({
  list,
  error,
}: {
  readonly list: SessionListState | undefined
  readonly error: WireError | undefined
}): ReactNode {
  const problems = list?.problems ?? []
  const moreCount = problems.length - MOST_BANNERS
  return (
    <div className="banners">
      {error !== undefined && (
        <Banner tone="failed" title="The list is not up to date.">
          <ForeignSentence text={error.message} /> Culvert tries again by itself.
        </Banner>
      )}
      {problems.slice(0, MOST_BANNERS).map((problem) => (
        <Problem key={JSON.stringify(problem.place)} problem={problem} />
      ))}
      {moreCount > 0 && (
        <Banner
          tone="idle"
          title={`${moreCount} more ${moreCount === 1 ? 'environment' : 'environments'} could not be listed.`}
        >
          <ForeignSentence
            text={problems
              .slice(MOST_BANNERS)
              .map(({ place }) => `${placeWords(place)}`)
              .join('; ')}
          />
        </Banner>
      )}
    </div>
  )
}

/** Loads older sessions: 7 or 30 days. */
export function OlderButtons({ list }: { readonly list: SessionListState }): ReactNode {
  const page = usePage()
  const nowAt = usePageState((state) => state.nowAt)
  return SPANS.filter((days) => nowAt - list.loadedSinceAt < (days - 0.5) * DAY_MS).map((days) => (
    <Button key={days} size="small" onClick={() => page.sessions.older(Date.now() - days * DAY_MS)}>
      Load {days} days
    </Button>
  ))
}

interface LoadedProps {
  readonly list: SessionListState
  /** Whether loaded rows are still on their way to this page. */
  readonly isFilling: boolean
}

/** The foot of the ended sessions: what is loaded, what is not, and how to get it. */
export function Loaded({ list, isFilling }: LoadedProps): ReactNode {
  const page = usePage()
  const nowAt = usePageState((state) => state.nowAt)
  const since = momentWords(list.loadedSinceAt, nowAt)
  return (
    <div className="loaded">
      <p role="status">
        {list.isLoading || isFilling
          ? `Older sessions are being loaded, so far back to ${since}.`
          : list.hasOlder
            ? `Sessions that ended before ${since} are not loaded. AWS keeps 30 days.`
            : list.isCut === true
              ? ''
              : 'All sessions that AWS keeps are loaded.'}
        {list.isCut === true && ' The list is full: some ended sessions are left out.'}
      </p>
      {list.isLoading ? (
        <Button size="small" icon={Square} onClick={() => page.sessions.stop()}>
          Stop
        </Button>
      ) : (
        list.hasOlder && <OlderButtons list={list} />
      )}
    </div>
  )
}
