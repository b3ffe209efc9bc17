// What has become of a pane's session, and what can be done about it.
//
// What passes lies over the screen, because another height would change the size of the shell. What stays lies below it, so
// that no line of output is hidden for good.

import type { ReactNode } from 'react'
import type { WireError } from '../../shared/errors'
import type { TerminalView } from '../../shared/model/terminal'
import type { StateWords } from '../../shared/status'
import { usePageState } from '../context'
import { Banner } from '../parts/Banner'
import { Button } from '../parts/controls/Button'
import { CommandOf } from '../parts/text/Command'
import { ForeignSentence } from '../parts/text/Foreign'
import { Keys } from '../parts/floats/Tooltip'
import { retryWords } from './words'

interface LostProps {
  /** Why the screen did not load. */
  readonly failure: string | undefined
  readonly view: TerminalView | undefined
  readonly words: StateWords
  readonly onRetry: (terminalId: string) => void
}

/** A screen that did not load, or a session that is being resumed. */
export function LostBanners({ failure, view, words, onRetry }: LostProps): ReactNode {
  const isCounting = view?.state.kind === 'reconnecting'
  const nowAt = usePageState((state) => (isCounting ? state.nowAt : 0))
  return (
    <>
      {failure !== undefined && (
        <Banner tone="failed" title="The terminal did not load." isFlush>
          <ForeignSentence text={failure} /> Reload the page.
        </Banner>
      )}
      {view?.state.kind === 'reconnecting' && (
        <Banner
          tone={words.tone}
          title={`${words.word}.`}
          isFlush
          action={
            <>
              <CommandOf error={view.state.cause} />
              <span className="number">{retryWords(view.state, nowAt)}</span>
              <Button size="small" onClick={() => onRetry(view.id)}>
                Retry now
              </Button>
            </>
          }
        >
          <ForeignSentence text={view.state.cause.message} /> The session and its output are kept.
        </Banner>
      )}
    </>
  )
}

/** Says that another window uses the terminal. `onUse`: it is wanted here. */
export function ElsewhereBanner({ onUse }: { readonly onUse: () => void }): ReactNode {
  return (
    <Banner
      tone="idle"
      title="Another window uses this terminal."
      isFlush
      action={
        <Button size="small" onClick={onUse}>
          Use here
        </Button>
      }
    >
      It has that window’s size.
    </Banner>
  )
}

interface EndProps {
  /** Why there is no session any more, as a sentence. */
  readonly end: string
  readonly error: WireError | undefined
  readonly words: StateWords
  readonly onRestart: () => void
}

/** Says that the session is over, and offers another one. */
export function EndBanner({ end, error, words, onRestart }: EndProps): ReactNode {
  return (
    <Banner
      tone={words.tone}
      title={`${words.word}.`}
      isFlush
      action={
        <>
          <CommandOf error={error} />
          <Button size="small" onClick={onRestart}>
            Reconnect <Keys keys={['⏎']} />
          </Button>
        </>
      }
    >
      {end}
    </Banner>
  )
}
