// Shows text from outside: isolated from the surrounding text direction, and with a mark for each invisible character.
//
// For attributes, inputs and live regions use shownName and shownSentence of shared/foreigntext.ts, which give the same text.

import type { ReactNode } from 'react'
import { namePieces, sentencePieces, type ForeignPiece } from '../../../shared/foreigntext'

/** The props of a foreign text. */
export interface ForeignProps {
  /** The original text. */
  readonly text: string
}

function Mark({ text, code }: { readonly text: string; readonly code: number }): ReactNode {
  return (
    <span
      className="unseen"
      title={`A character that does not show: U+${code.toString(16).toUpperCase().padStart(4, '0')}`}
    >
      {text}
    </span>
  )
}

function drawn(pieces: readonly ForeignPiece[], draw: (text: string) => ReactNode): ReactNode {
  return pieces.map((piece, index) =>
    // Pieces are identified by their position only.
    piece.kind === 'mark' ? (
      <Mark key={index} text={piece.text} code={piece.code} />
    ) : (
      <span key={index}>{draw(piece.text)}</span>
    ),
  )
}

/**
 * A name, an id or a value, which must not be mistaken for another. `draw` renders its visible parts, for example with a
 * marked match.
 */
export function ForeignName({ text, draw }: ForeignProps & { readonly draw?: (text: string) => ReactNode }): ReactNode {
  const pieces = namePieces(text)
  const [only] = pieces
  if (draw === undefined && pieces.length === 1 && only?.kind === 'text') return <bdi>{only.text}</bdi>
  return <bdi>{drawn(pieces, draw ?? ((piece) => piece))}</bdi>
}

/** A sentence from AWS, an agent or the core, which may quote a name. */
export function ForeignSentence({ text }: ForeignProps): ReactNode {
  const pieces = sentencePieces(text)
  const [only] = pieces
  if (pieces.length === 1 && only?.kind === 'text') return <bdi>{only.text}</bdi>
  return <bdi>{drawn(pieces, (piece) => piece)}</bdi>
}

/** A part's content: a plain string is shown as a sentence, anything else is rendered as it is. */
export function Said({ children }: { readonly children: ReactNode }): ReactNode {
  return typeof children === 'string' ? <ForeignSentence text={children} /> : children
}
