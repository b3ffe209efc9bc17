// A state as glyph, word and colour together, with its detail beside or below it.

import type { ReactNode } from 'react'
import type { StateWords } from '../../shared/status'
import { Countdown, type CountdownProps } from './text/Countdown'
import { ForeignSentence } from './text/Foreign'
import { Glyph } from './Glyph'

/** The props of a state. */
export interface StateProps {
  readonly words: StateWords
  /** `below`: the detail is a second line, aligned with the word's left edge, as in rows. */
  readonly detail?: 'beside' | 'below' | 'none'
  /** The wait that the words count down; undefined: no countdown. */
  readonly countdown?: CountdownProps | undefined
}

/** A state: glyph, word (`.word`) and detail (`.detail`). */
export function State({ words, detail = 'beside', countdown }: StateProps): ReactNode {
  return (
    <span className={`state ${detail}`}>
      {countdown === undefined ? <Glyph tone={words.tone} /> : <Countdown key={countdown.retryAt} {...countdown} />}
      <span className={`word ${words.tone}`} key={words.word.replace(/\d+/, '')}>
        <ForeignSentence text={words.word} />
      </span>
      {detail !== 'none' && words.detail !== undefined && (
        <span className="detail">
          <ForeignSentence text={words.detail} />
        </span>
      )}
    </span>
  )
}
