// What a list shows instead of its rows where the filter matches none of them, and above them where a refresh has failed or
// the list may be incomplete.

import type { ReactNode } from 'react'
import type { WireError } from '../../../shared/errors'
import { Banner } from '../Banner'
import { Button } from '../controls/Button'
import { EmptyState } from '../EmptyState'
import { CommandOf } from '../text/Command'
import { ForeignName } from '../text/Foreign'

/** A listing that has failed. `retryAt`: it is tried again by itself. */
export interface FailedListing {
  readonly error: WireError
  readonly retryAt?: number
}

/** The failure in words. */
export function failureWords({ error, retryAt }: FailedListing): string {
  return retryAt === undefined ? error.message : `${error.message} Culvert lists them again by itself.`
}

interface NoMatchProps {
  readonly filter: string
  readonly title: string
  /** What stands before the filter's text and behind it: "No instance has", "in its name or id." */
  readonly before: string
  readonly after: string
  readonly onClear: () => void
}

/** The filter matches no row. */
export function NoMatch({ filter, title, before, after, onClear }: NoMatchProps): ReactNode {
  return (
    <EmptyState
      title={title}
      text={
        <>
          {before}{' '}
          <span className="mono">
            <ForeignName text={filter.trim()} />
          </span>{' '}
          {after}
        </>
      }
      action={<Button onClick={onClear}>Clear filter</Button>}
    />
  )
}

/** What the list may lack. */
export function Notices({ notices }: { readonly notices: readonly string[] }): ReactNode {
  return notices.map((notice) => (
    <Banner key={notice} tone="waiting" title="This list may be incomplete.">
      {notice}
    </Banner>
  ))
}

/** A refresh has failed while an older list is shown. */
export function StaleBanner(props: { readonly state: FailedListing; readonly onRetry: () => void }): ReactNode {
  const { state, onRetry } = props
  return (
    <Banner
      tone="failed"
      title="This list is out of date."
      action={
        <>
          <CommandOf error={state.error} />
          <Button size="small" onClick={onRetry}>
            Try again
          </Button>
        </>
      }
    >
      {failureWords(state)}
    </Banner>
  )
}
