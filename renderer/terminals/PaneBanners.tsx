// The banners of a pane: the state of its session, and what the person can do about it.
//
// Temporary banners cover part of the screen, because a change of its height would resize the shell. Lasting banners are below
// the screen, so that they do not hide output permanently.

import type { ReactNode } from 'react'
import type { WireError } from '../../shared/errors'
import type { TerminalView } from '../../shared/model/terminal'
import type { StateWords } from '../../shared/status'
import { ContainerEnd } from '../containers/ContainerEnd'
import { usePageState } from '../context'
import { CaptureEnd } from '../drains/CaptureEnd'
import { EphemeralEnd } from '../ephemeral/PaneParts'
import { Banner } from '../parts/Banner'
import { LoginButton } from '../questions/LoginButton'
import { Button } from '../parts/controls/Button'
import { CommandOf } from '../parts/text/Command'
import { ForeignSentence } from '../parts/text/Foreign'
import { Keys } from '../parts/floats/Tooltip'
import { retryWords } from './words'

interface LostProps {
  /** Why the screen could not be loaded. */
  readonly failure: string | undefined
  readonly view: TerminalView | undefined
  readonly words: StateWords
  readonly onRetry: (terminalId: string) => void
}

/** The screen could not be loaded, or the session is being resumed. */
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
              <LoginButton error={view.state.cause} size="small" />
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

/** Says that another window uses the terminal. `onUse`: the person wants to use it here. */
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
  /** Why the session has ended, as a sentence. */
  readonly end: string
  readonly error: WireError | undefined
  readonly words: StateWords
  /** Absent: the terminal was not opened. */
  readonly view: TerminalView | undefined
  readonly onRestart: () => void
}

/** Says that the session has ended, and offers a new one. */
export function EndBanner({ end, error, words, view, onRestart }: EndProps): ReactNode {
  return (
    <Banner
      tone={words.tone}
      title={`${words.word}.`}
      isFlush
      action={
        <>
          <CommandOf error={error} />
          <CaptureEnd error={error} />
          {view?.ephemeral === undefined ? (
            <>
              <ContainerEnd error={error} view={view} />
              <Button size="small" onClick={onRestart}>
                Reconnect <Keys keys={['⏎']} />
              </Button>
            </>
          ) : (
            <EphemeralEnd view={view} onRestart={onRestart} />
          )}
        </>
      }
    >
      {end}
    </Banner>
  )
}
